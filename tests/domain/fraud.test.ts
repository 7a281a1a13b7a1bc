/** Fraud rules on crafted trails: people pass, programs are seen, circumstances alone never refuse, and nothing throws. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addToTrail,
  type DeviceTrail,
  type PageBehaviour,
  TRAIL_FIELDS,
  VISITS_MOST,
} from '../../domain/device-trail.ts';
import {
  assessFraud,
  FRAUD_LEVELS,
  FRAUD_RULES,
  type FraudInput,
  NO_VELOCITY,
  NOTHING_KNOWN,
} from '../../domain/fraud.ts';
import { extractFeatures } from '../../domain/fraud-features.ts';
import { type FoundLink, NO_GRAPH, summariseGraph } from '../../domain/fraud-graph.ts';
import { distanceKm, impossibleJourney } from '../../domain/geography.ts';

const page = (over: Partial<PageBehaviour> = {}): PageBehaviour => ({
  page: 1,
  dwellMs: 60_000,
  pasteCount: 0,
  correctionCount: 1,
  keyCount: 50,
  scrollPx: 300,
  typing: [{ field: 'name', keys: 9, meanMs: 280, deviationMs: 120 }],
  moved: true,
  tilted: true,
  ...over,
});

const HUMAN: DeviceTrail = {
  fingerprint: 'f',
  userAgent:
    'Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36',
  platform: 'Linux armv8l',
  timeZone: 'Asia/Shanghai',
  screen: { width: 393, height: 852 },
  touchPoints: 5,
  cores: 8,
  memoryGb: 8,
  webglRenderer: 'Adreno (TM) 740',
  webdriver: false,
  sensors: { motion: true, orientation: true },
  pages: [page(), page({ page: 2 }), page({ page: 3 })],
};

const assess = (over: Partial<FraudInput>) => assessFraud({ ...NOTHING_KNOWN, ...over });
const codes = (over: Partial<FraudInput>) => assess(over).signals.map(({ code }) => code);
const device = (over: Partial<DeviceTrail>) => ({ device: { ...HUMAN, ...over } });
const everyPage = (over: Partial<PageBehaviour>) =>
  device({ pages: ([1, 2, 3] as const).map((n) => page({ page: n, ...over })) });

describe('the signals of a trail', () => {
  it('say nothing of a person with a telephone, nor of one at a desk', () => {
    expect(codes({ device: HUMAN })).toEqual([]);
    const { sensors: _none, ...desk } = {
      ...HUMAN,
      userAgent:
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36',
      platform: 'Win32',
      touchPoints: 0,
      cores: 24,
      memoryGb: 64,
    };
    expect(codes({ device: desk })).toEqual([]);
  });

  it.each<[string, Partial<DeviceTrail>, string]>([
    ['a driven browser', { webdriver: true }, 'EMULATOR'],
    ['a headless one', { userAgent: 'Mozilla/5.0 HeadlessChrome/126.0' }, 'EMULATOR'],
    ['a renderer in software', { webglRenderer: 'Google SwiftShader' }, 'EMULATOR'],
    ['llvmpipe', { webglRenderer: 'Mesa llvmpipe (LLVM 15)' }, 'EMULATOR'],
    ['a verdict of the integrator', { emulator: true }, 'EMULATOR'],
    [
      'a telephone with a desk’s processor that nobody touches',
      { platform: 'Linux x86_64', touchPoints: 0 },
      'EMULATOR',
    ],
    ['a telephone without touch alone', { touchPoints: 0 }, 'DEVICE_CONTRADICTS'],
    ['a telephone with 64 cores', { cores: 64 }, 'DEVICE_CONTRADICTS'],
    ['a screen without size', { screen: { width: 0, height: 0 } }, 'DEVICE_CONTRADICTS'],
    ['a clock in New York', { timeZone: 'America/New_York' }, 'FOREIGN_TIME_ZONE'],
    ['a proxy by the integrator’s word', { proxy: true }, 'PROXY'],
  ])('see %s', (_what, over, code) => {
    expect(codes(device(over))).toEqual([code]);
  });

  it.each<[string, Partial<PageBehaviour>, string]>([
    [
      'typing as even as a machine’s',
      { typing: [{ field: 'name', keys: 12, meanMs: 100, deviationMs: 2 }] },
      'EVEN_TYPING',
    ],
    [
      'typing faster than any hand',
      { typing: [{ field: 'name', keys: 12, meanMs: 5, deviationMs: 4 }] },
      'EVEN_TYPING',
    ],
    [
      'identity from a file',
      {
        pastes: [
          { field: 'name', count: 1 },
          { field: 'idNumber', count: 1 },
        ],
      },
      'PASTED_IDENTITY',
    ],
    [
      'an own name corrected twice on every page',
      { corrections: [{ field: 'name', count: 2 }] },
      'NAME_CORRECTED',
    ],
    ['pages done in two seconds', { dwellMs: 2_999, moved: true }, 'TOO_FAST'],
    ['a page open for five hours', { dwellMs: 18_000_000 }, 'TOO_SLOW'],
    ['much pasting', { pasteCount: 2 }, 'PASTED'],
    ['no key at all', { keyCount: 0 }, 'NO_KEYS'],
    ['a telephone nobody holds', { moved: false, tilted: false }, 'DEVICE_CONTRADICTS'],
  ])('see %s', (_what, over, code) => {
    expect(codes(everyPage(over))).toEqual([code]);
  });

  it('take few keys for no rhythm, one pasted field for none, and a card pasted from the bank’s app for no identity', () => {
    expect(
      codes(everyPage({ typing: [{ field: 'name', keys: 3, meanMs: 90, deviationMs: 0 }] })),
    ).toEqual([]);
    expect(codes(everyPage({ pastes: [{ field: 'idNumber', count: 1 }] }))).toEqual([]);
    const card = [
      { field: 'bankCardNumber', count: 1 },
      { field: 'contactMobile', count: 1 },
    ] as const;
    expect(codes(everyPage({ pastes: card }))).toEqual([]);
  });

  it('keep what they saw, and nothing of what was typed', () => {
    const [signal] = assess(device({ webdriver: true })).signals;
    expect(signal).toMatchObject({ code: 'EMULATOR', evidence: { signs: ['WEBDRIVER'] } });
  });

  it('count the absence of a trail, but not a refusal to be collected', () => {
    expect(codes({ device: null })).toEqual(['NO_DEVICE_TRAIL']);
    expect(codes({ device: null, trailRefused: true })).toEqual([]);
  });

  it('see networks that hide and not those people use', () => {
    expect(codes({ device: HUMAN, networks: [{ kind: 'ACCESS' }] })).toEqual([]);
    for (const kind of ['HOSTING', 'VPN', 'PROXY', 'TOR'] as const)
      expect(codes({ device: HUMAN, networks: [{ kind }] })).toEqual(['PROXY']);
  });

  it('know the small hours of Shanghai at their edges', () => {
    const at = (submittedAt: string | null) => codes({ device: HUMAN, submittedAt });
    expect(at('2026-01-05T16:59:59.999Z')).toEqual([]);
    expect(at('2026-01-05T17:00:00.000Z')).toEqual(['NIGHT']);
    expect(at('2026-01-05T20:59:59.999Z')).toEqual(['NIGHT']);
    expect(at('2026-01-05T21:00:00.000Z')).toEqual([]);
    expect(at('not a moment')).toEqual([]);
  });
});

describe('impossible travel', () => {
  const SHENZHEN = { latitude: 22.54, longitude: 114.06 };
  const HARBIN = { latitude: 45.8, longitude: 126.53 };
  const GUANGZHOU = { latitude: 23.13, longitude: 113.26 };
  const HOUR = 3_600_000;
  const pair = (hours: number, to = HARBIN) => [
    { ...to, atMs: hours * HOUR },
    { ...SHENZHEN, atMs: 0 },
  ];

  it('is what no airliner could fly, whichever sighting is told first', () => {
    const km = distanceKm(SHENZHEN, HARBIN);
    expect(km).toBeGreaterThan(2_700);
    expect(km).toBeLessThan(2_900);
    expect(impossibleJourney(pair(km / 900 - 0.01))).toMatchObject({ distanceKm: Math.round(km) });
    expect(impossibleJourney(pair(km / 900 + 0.01))).toBeNull();
  });
  it('is not the next town, whose address may be that of the same mast', () => {
    expect(impossibleJourney(pair(0, SHENZHEN))).toBeNull();
    // About 105 km: seen at the same moment in both it is impossible, and a quarter of an hour apart it is not.
    expect(impossibleJourney(pair(0, GUANGZHOU))).not.toBeNull();
    expect(impossibleJourney(pair(0.25, GUANGZHOU))).toBeNull();
  });
  it('is a soft signal that keeps distance and minutes, and no place', () => {
    const [signal, ...more] = assess({ device: HUMAN, sightings: pair(1) }).signals;
    expect(more).toEqual([]);
    expect(signal?.code).toBe('IMPOSSIBLE_TRAVEL');
    expect(Object.keys(signal?.evidence ?? {}).sort()).toEqual(['distanceKm', 'minutes']);
  });
});

describe('the level', () => {
  const busy = { day1: 9, day7: 9, day30: 9 };
  /** For every rule some facts that make it hit. */
  const FACTS: readonly Partial<FraudInput>[] = [
    { lists: { device: true, mobile: true, idNumber: true, card: true } },
    { grey: ['MOBILE'] },
    { sanctionsNames: 1 },
    {
      velocity: {
        ...NO_VELOCITY,
        device: busy,
        mobile: busy,
        card: busy,
        address: busy,
        contact: busy,
      },
    },
    {
      velocity: {
        ...NO_VELOCITY,
        employerPhone: { day1: 0, day7: 20, day30: 20 },
        ip: { day1: 10, day7: 10, day30: 10 },
      },
    },
    {
      graph: {
        ...NO_GRAPH,
        close: { persons: 4, kinds: ['DEVICE', 'ADDRESS'], defaults: 1 },
      },
    },
    { contactInDefault: true },
    { virtualMobile: true },
    { antiFraudScore: 80 },
    { submittedAt: '2026-01-05T18:00:00Z' },
    { networks: [{ kind: 'TOR' }] },
    {
      sightings: [
        { atMs: 0, latitude: 0, longitude: 0 },
        { atMs: 1, latitude: 50, longitude: 100 },
      ],
    },
    { device: null },
    device({ webdriver: true, timeZone: 'Europe/Paris' }),
    device({ touchPoints: 0 }),
    everyPage({
      dwellMs: 1_000,
      keyCount: 0,
      pasteCount: 5,
      typing: [{ field: 'name', keys: 20, meanMs: 10, deviationMs: 0 }],
      pastes: [
        { field: 'name', count: 1 },
        { field: 'mobile', count: 1 },
      ],
      corrections: [{ field: 'name', count: 9 }],
    }),
    everyPage({ dwellMs: 20_000_000 }),
  ];
  const order = ['LOW', 'MEDIUM', 'HIGH'];

  it('is reached by every rule: none is out of reach', () => {
    const seen = new Set(FACTS.flatMap((facts) => codes(facts)));
    expect(FRAUD_RULES.map(({ code }) => code).filter((code) => !seen.has(code))).toEqual([]);
  });

  it('never falls when a fact is added, whatever the others are', () => {
    fc.assert(
      fc.property(fc.subarray([...FACTS]), fc.constantFrom(...FACTS), (some, more) => {
        // Facts of one kind stand for one another; those of other kinds are added.
        const before = Object.assign({}, ...some);
        const keys = Object.keys(more);
        fc.pre(keys.every((key) => !(key in before)));
        const rank = (over: object) => order.indexOf(assess({ device: HUMAN, ...over }).level);
        expect(rank({ ...before, ...more })).toBeGreaterThanOrEqual(rank(before));
      }),
    );
  });

  it('is never HIGH on circumstances alone, however many', () => {
    const soft = FACTS.filter((facts) => {
      const hit = new Set(codes(facts));
      return FRAUD_RULES.every((rule) => rule.kind === 'SOFT' || !hit.has(rule.code));
    });
    const all = assess(Object.assign({}, ...soft));
    expect(all.points).toBeGreaterThan(FRAUD_LEVELS.high);
    expect(all.level).toBe('MEDIUM');
  });

  it('sends a name on a sanctions list to people and by itself refuses nobody', () => {
    const alone = assess({ device: HUMAN, sanctionsNames: 3 });
    expect([alone.level, alone.points]).toEqual(['MEDIUM', 0]);
    expect(
      assess({ device: HUMAN, sanctionsNames: 1, antiFraudScore: 99, virtualMobile: true }).level,
    ).toBe('MEDIUM');
  });

  it('is spared circumstances by the white list, and nothing else', () => {
    const black = { lists: { device: true, mobile: false, idNumber: false, card: false } };
    const white = assess({ ...device({ webdriver: true }), ...black, white: true });
    expect(white.signals.map(({ code }) => code)).toEqual(['LIST_DEVICE']);
    expect([white.level, white.waived]).toEqual(['HIGH', ['EMULATOR']]);
    expect(assess({ device: HUMAN, white: true, sanctionsNames: 1 }).level).toBe('MEDIUM');
  });

  it('comes of any trail without a throw', () => {
    const number = fc.oneof(fc.integer(), fc.double(), fc.constant(0));
    const perField = fc.record({
      field: fc.constantFrom(...TRAIL_FIELDS),
      keys: number,
      meanMs: number,
      deviationMs: number,
      count: number,
    });
    const behaviour = fc.record(
      {
        page: fc.constantFrom(1 as const, 2 as const, 3 as const),
        dwellMs: number,
        pasteCount: number,
        correctionCount: number,
        keyCount: number,
        scrollPx: number,
        typing: fc.array(perField),
        pastes: fc.array(perField),
        corrections: fc.array(perField),
        moved: fc.boolean(),
      },
      {
        requiredKeys: ['page', 'dwellMs', 'pasteCount', 'correctionCount', 'keyCount', 'scrollPx'],
      },
    );
    const trail = fc.record(
      {
        fingerprint: fc.string(),
        userAgent: fc.string(),
        platform: fc.string(),
        timeZone: fc.string(),
        webglRenderer: fc.string(),
        touchPoints: number,
        cores: number,
        memoryGb: number,
        webdriver: fc.boolean(),
        pages: fc.array(behaviour),
      },
      { requiredKeys: ['fingerprint'] },
    );
    const sighting = fc.record({ atMs: number, latitude: number, longitude: number });
    fc.assert(
      fc.property(
        fc.option(trail),
        fc.array(sighting),
        fc.option(fc.string()),
        (told, sightings, submittedAt) => {
          const result = assess({ device: told, sightings, submittedAt });
          expect(order).toContain(result.level);
          expect(
            extractFeatures({ device: told, networks: [], sightings, submittedAt }),
          ).toBeDefined();
        },
      ),
    );
  });
});

describe('a trail in parts', () => {
  const facts = { fingerprint: 'f' };
  const at = (n: number, address = '203.0.113.9') => ({
    at: `2026-01-05T02:00:0${n}.000Z`,
    address,
  });

  it('grows by pages, takes a page again in place of itself, and is one when a part comes twice', () => {
    const first = addToTrail(null, { device: facts, page: page() }, null);
    const second = addToTrail(first, { device: facts, page: page({ page: 3 }) }, null);
    const again = addToTrail(second, { device: facts, page: page({ keyCount: 7 }) }, null);
    expect(again.pages?.map(({ page: n, keyCount }) => [n, keyCount])).toEqual([
      [1, 7],
      [3, 50],
    ]);
    expect(addToTrail(again, { device: facts, page: page({ keyCount: 7 }) }, null)).toEqual(again);
    expect(addToTrail(again, { device: { fingerprint: 'g' } }, null).pages).toHaveLength(2);
  });

  it('keeps the first and the last moment at an address, and no more visits than its bound', () => {
    let trail = addToTrail(null, { device: facts }, at(0));
    for (const n of [1, 2, 3]) trail = addToTrail(trail, { device: facts }, at(n));
    expect(trail.visits?.map((visit) => visit.at.slice(17, 19))).toEqual(['00', '03']);
    for (let n = 0; n < 40; n += 1)
      trail = addToTrail(trail, { device: facts }, at(4, `198.51.100.${n}`));
    expect(trail.visits).toHaveLength(VISITS_MOST);
    expect(trail.visits?.[0]).toEqual(at(0));
  });
});

describe('the graph', () => {
  const link = (
    person: number,
    kind: FoundLink['kind'],
    value: string,
    inDefault = false,
  ): FoundLink => ({
    applicationId: `a${person}`,
    applicantId: `p${person}`,
    kind,
    value,
    inDefault,
  });
  const found = (links: readonly FoundLink[]) =>
    summariseGraph('a1', { links, hubs: [], truncated: false });

  it('of somebody who shares nothing is that person alone', () => {
    expect(found([link(1, 'DEVICE', 'd'), link(1, 'MOBILE', 'm')])).toEqual(NO_GRAPH);
    expect(found([])).toEqual(NO_GRAPH);
  });

  it('counts people, defaults of others, kinds and density, and names nobody', () => {
    const graph = found([
      link(1, 'DEVICE', 'd'),
      link(2, 'DEVICE', 'd'),
      link(2, 'CONTACT', 'n'),
      link(3, 'MOBILE', 'n', true),
      link(3, 'CARD', 'alone'),
    ]);
    expect(graph).toMatchObject({ applications: 3, persons: 3, defaults: 1, density: 0.667 });
    expect(graph.kinds).toEqual(['DEVICE', 'MOBILE', 'CONTACT']);
    expect(graph.edges).toHaveLength(4);
    expect(JSON.stringify(graph)).not.toMatch(/"(a|p)\d"|"alone"/);
    expect(graph.nodes.filter(({ of }) => of === 'SELF')).toHaveLength(1);
  });

  it('takes no office and no house for a ring, but what people share besides within one', () => {
    const office = [1, 2, 3, 4, 5].flatMap((n) => [
      link(n, 'EMPLOYER_PHONE', 'office'),
      link(n, 'ADDRESS', 'house', n === 5),
    ]);
    expect(found(office)).toMatchObject({
      persons: 5,
      defaults: 1,
      close: { persons: 1, defaults: 0, kinds: [] },
    });
    const ring = [...office, ...[1, 2, 3, 5].map((n) => link(n, 'DEVICE', 'd'))];
    expect(found(ring).close).toEqual({
      persons: 4,
      defaults: 1,
      kinds: ['DEVICE', 'ADDRESS', 'EMPLOYER_PHONE'],
    });
  });

  it('takes several applications of one person for one person, and the own default for none of others', () => {
    const own = { ...link(1, 'DEVICE', 'd', true), applicationId: 'a9' };
    expect(found([link(1, 'DEVICE', 'd'), own])).toEqual(NO_GRAPH);
    const graph = found([link(1, 'DEVICE', 'd'), own, link(2, 'DEVICE', 'd')]);
    expect(graph).toMatchObject({ applications: 3, persons: 2, defaults: 0 });
    expect(graph.nodes.map(({ of }) => of).filter((of) => of === 'SAME_PERSON')).toHaveLength(1);
  });
});
