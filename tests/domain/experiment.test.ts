/** An experiment's document is refused with places, people stay in their arm, and a report concludes no more than it may. */
import { createHash, randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  armOfBucket,
  bucketOf,
  BUCKETS,
  bucketText,
  type ExperimentDocument,
  withinCap,
} from '../../domain/experiment.ts';
import { parseExperiment } from '../../domain/experiment-parse.ts';
import { type ArmCounts, breachOf, reportOf } from '../../domain/experiment-report.ts';
import { fen } from '../../domain/money.ts';
import { chiSquareTail } from '../../domain/distributions.ts';

const CHAMPION = { name: 'base', role: 'CHAMPION', strategyVersion: 1, shareBp: 7_000 };
const HIGHER = { name: 'higher', role: 'CHALLENGER', strategyVersion: 2, shareBp: 2_000 };
const DEARER = { name: 'dearer', role: 'CHALLENGER', strategyVersion: 3, shareBp: 1_000 };
const SHADOW = { name: 'shade', role: 'SHADOW', strategyVersion: 4, shareBp: 0 };
const band = (arm: string) => ({
  arm,
  measure: 'APPROVAL_RATE',
  lowBp: 2_000,
  highBp: 8_000,
  minimumSample: 100,
});
const SENT = {
  format: 1,
  code: 'LIMITS_2026Q4',
  strategyCode: 'PERSONAL_STANDARD',
  salt: 'pepper-and-salt',
  arms: [CHAMPION, HIGHER, DEARER, SHADOW],
  exposureCap: { maxPersons: 500, maxFen: 1_000_000_00 },
  stopLoss: [band('higher'), band('dearer')],
  earlyOverdue: { days: 7, marginBp: 200 },
  minimumSample: 100,
  startsAt: '2026-10-01T00:00:00Z',
  endsAt: '2026-12-31T00:00:00Z',
};

function parsed(sent: unknown = SENT): ExperimentDocument {
  const found = parseExperiment(sent);
  if (!found.ok) throw new Error(JSON.stringify(found.faults));
  return found.experiment;
}
function faults(change: Record<string, unknown>): readonly string[] {
  const found = parseExperiment({ ...SENT, ...change });
  return found.ok ? [] : found.faults.map(({ path, code }) => `${path} ${code}`);
}
const bucketOfPerson = (salt: string, id: string): number =>
  bucketOf(createHash('sm3').update(bucketText(salt, id)).digest());

describe('the document', () => {
  it('is taken as it is when nothing is wrong with it', () => {
    expect(parsed()).toEqual(SENT);
  });

  it.each([
    [
      'a share too many',
      { arms: [{ ...CHAMPION, shareBp: 7_001 }, HIGHER, DEARER] },
      'arms SHARES_NOT_WHOLE',
    ],
    [
      'two champions',
      { arms: [CHAMPION, { ...HIGHER, role: 'CHAMPION' }, DEARER] },
      'arms ONE_CHAMPION',
    ],
    [
      'a shadow with a share',
      { arms: [CHAMPION, HIGHER, DEARER, { ...SHADOW, shareBp: 1 }] },
      'arms[3].shareBp SHADOW_HAS_SHARE',
    ],
    [
      'a name twice',
      { arms: [CHAMPION, HIGHER, { ...DEARER, name: 'higher' }] },
      'arms[2].name TWICE',
    ],
    [
      'the champion’s version again',
      { arms: [CHAMPION, { ...HIGHER, strategyVersion: 1 }, DEARER] },
      'arms[1].strategyVersion SAME_VERSION',
    ],
    ['no cap', { exposureCap: { maxPersons: null, maxFen: null } }, 'exposureCap NO_CAP'],
    ['a challenger without a band', { stopLoss: [band('higher')] }, 'stopLoss NO_BAND'],
    [
      'a band of nobody',
      { stopLoss: [band('higher'), band('dearer'), band('base')] },
      'stopLoss[2].arm NO_SUCH_CHALLENGER',
    ],
    [
      'a band upside down',
      { stopLoss: [{ ...band('higher'), highBp: 1 }, band('dearer')] },
      'stopLoss[0].highBp UPSIDE_DOWN',
    ],
    ['an end before the start', { endsAt: '2026-01-01T00:00:00Z' }, 'endsAt ENDS_BEFORE_START'],
    ['a day that is none', { endsAt: '2026-13-41T00:00:00Z' }, 'endsAt NO_SUCH_INSTANT'],
    ['a field of nobody’s', { extra: 1 }, 'extra UNKNOWN_FIELD'],
    ['another format', { format: 2 }, 'format FORMAT'],
    ['arms that are no list', { arms: 'many' }, 'arms LENGTH'],
  ])('is refused for %s', (_, change, fault) => {
    expect(faults(change)).toContain(fault);
  });

  it('is refused with faults and never throws, whatever is sent', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        const found = parseExperiment(anything);
        return found.ok || found.faults.length > 0;
      }),
    );
  });

  it('lets no challenger have more than its own segment', () => {
    const arms = [
      { ...CHAMPION, shareBp: 1_000 },
      { ...HIGHER, shareBp: 6_000 },
      { ...DEARER, shareBp: 3_000 },
    ];
    expect(faults({ arms })).toEqual(['arms[1].shareBp SHARE_ABOVE_SEGMENT']);
  });
});

describe('a person', () => {
  it('is in one bucket for one salt, spread evenly over 100,000 people by chi-square', () => {
    const cells = Array.from({ length: 100 }, () => 0);
    for (let i = 0; i < 100_000; i += 1) {
      const cell = Math.floor(bucketOfPerson('salt-of-the-test', `person-${i}`) / 100);
      cells[cell] = (cells[cell] ?? 0) + 1;
    }
    const chiSquare = cells.reduce((sum, n) => sum + (n - 1_000) ** 2 / 1_000, 0);
    expect(chiSquareTail(chiSquare, 99)).toBeGreaterThan(0.001);
    const id = randomUUID();
    expect(bucketOfPerson('salt-of-the-test', id)).toBe(bucketOfPerson('salt-of-the-test', id));
  });

  it('is in the bucket that the first eight bytes of the digest name', () => {
    const digest = Buffer.from('000000000000271a'.padEnd(64, 'f'), 'hex');
    expect(bucketOf(digest)).toBe(10);
  });

  it('meets the arms in the declared shares, to the bucket', () => {
    const met = new Map<string, number>();
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      const { name } = armOfBucket(parsed(), bucket);
      met.set(name, (met.get(name) ?? 0) + 1);
    }
    expect(Object.fromEntries(met)).toEqual({ base: 7_000, higher: 2_000, dearer: 1_000 });
  });

  it('never moves from one challenger to another, however shares grow or shrink under the same salt', () => {
    const shares = fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 4_999 }));
    const withShares = ([one, other]: readonly [number, number]) =>
      parsed({
        ...SENT,
        arms: [
          { ...CHAMPION, shareBp: BUCKETS - one - other },
          { ...HIGHER, shareBp: one },
          { ...DEARER, shareBp: other },
        ],
      });
    fc.assert(
      fc.property(shares, shares, (before, after) => {
        const [then, now] = [withShares(before), withShares(after)];
        for (let bucket = 0; bucket < BUCKETS; bucket += 7) {
          const from = armOfBucket(then, bucket);
          const to = armOfBucket(now, bucket);
          if (from.role === 'CHALLENGER' && to.role === 'CHALLENGER' && from.name !== to.name)
            return false;
        }
        return true;
      }),
      { numRuns: 50 },
    );
  });
});

describe('the cap', () => {
  it('counts the one who asks, and a person who is counted already only by the money', () => {
    const cap = { maxPersons: 2, maxFen: fen(100) };
    const ask = (newPerson: boolean, amount: number) => ({ newPerson, amountFen: fen(amount) });
    expect(withinCap(cap, { persons: 1, fen: 50 }, ask(true, 50))).toBe(true);
    expect(withinCap(cap, { persons: 2, fen: 50 }, ask(true, 50))).toBe(false);
    expect(withinCap(cap, { persons: 2, fen: 50 }, ask(false, 50))).toBe(true);
    expect(withinCap(cap, { persons: 1, fen: 50 }, ask(true, 51))).toBe(false);
    expect(
      withinCap({ maxPersons: null, maxFen: fen(9) }, { persons: 99, fen: 0 }, ask(true, 9)),
    ).toBe(true);
  });
});

const none = { mean: 0, deviation: 0, of: 0 };
function counts(arm: string, change: Partial<ArmCounts> = {}): ArmCounts {
  return {
    arm,
    persons: 1_000,
    diverted: 0,
    approved: 500,
    declined: 300,
    referred: 200,
    limit: none,
    price: none,
    matured: 400,
    earlyOverdue: 8,
    ...change,
  };
}

describe('a band', () => {
  const only = [{ ...band('higher'), measure: 'DECLINE_RATE' as const, lowBp: 0, highBp: 3_000 }];
  it('holds at its very end, is left beyond it, and is not looked at before its sample', () => {
    expect(breachOf(only, counts('higher', { declined: 300 }))).toBeNull();
    expect(breachOf(only, counts('higher', { declined: 301, approved: 499 }))).toMatchObject({
      seen: { hits: 301, of: 1_000 },
    });
    const few = { approved: 0, declined: 99, referred: 0 };
    expect(breachOf(only, counts('higher', few))).toBeNull();
    expect(breachOf(only, counts('base', { declined: 900 }))).toBeNull();
  });

  it('of early overdue counts matured loans', () => {
    const early = [
      { ...band('higher'), measure: 'EARLY_OVERDUE_RATE' as const, lowBp: 0, highBp: 500 },
    ];
    expect(breachOf(early, counts('higher', { matured: 99, earlyOverdue: 99 }))).toBeNull();
    expect(breachOf(early, counts('higher', { matured: 100, earlyOverdue: 6 }))?.seen).toEqual({
      hits: 6,
      of: 100,
    });
  });
});

describe('a report', () => {
  const verdict = (change: Partial<ArmCounts>, ended = true) =>
    reportOf(
      parsed(),
      [
        counts('base', { persons: 7_000, matured: 2_000, earlyOverdue: 40 }),
        counts('higher', { persons: 2_000, matured: 2_000, earlyOverdue: 40, ...change }),
        counts('dearer'),
      ],
      ended,
    ).arms.find(({ arm }) => arm === 'higher')?.verdict;

  it('says nothing of too few, and nothing before the planned end', () => {
    expect(verdict({ approved: 50, declined: 20, referred: 29 })).toMatchObject({
      code: 'TOO_FEW',
      zh: '样本不足，无法判断。',
    });
    expect(verdict({ approved: 900, declined: 50, referred: 50 }, false)?.code).toBe('NOT_ENDED');
    expect(
      verdict({ approved: 900, declined: 50, referred: 50, matured: 10, earlyOverdue: 0 })?.code,
    ).toBe('TOO_FEW');
  });

  it('finds more, fewer and equal approvals, and puts early overdue before them', () => {
    expect(verdict({ approved: 700, declined: 100 })?.code).toBe('MORE_APPROVALS');
    expect(verdict({ approved: 300, declined: 500 })?.code).toBe('FEWER_APPROVALS');
    expect(verdict({})?.code).toBe('NO_DIFFERENCE');
    expect(verdict({ approved: 700, declined: 100, earlyOverdue: 160 })?.code).toBe(
      'WORSE_OVERDUE',
    );
    expect(verdict({ approved: 700, declined: 100, matured: 200, earlyOverdue: 6 })?.code).toBe(
      'OVERDUE_UNCLEAR',
    );
  });

  it('widens differences by Bonferroni over challengers and measures, and names no shadow an arm', () => {
    const report = reportOf(parsed(), [counts('base'), counts('higher')], true);
    expect(report.differenceConfidence).toBeCloseTo(1 - 0.05 / 8, 12);
    expect(report.arms.map(({ arm }) => arm)).toEqual(['base', 'higher', 'dearer']);
    expect(report.arms[0]?.againstChampion).toBeNull();
  });

  it('doubts an assignment that does not fit the shares', () => {
    const of = (base: number, higher: number, dearer: number) =>
      reportOf(
        parsed(),
        [
          counts('base', { persons: base }),
          counts('higher', { persons: higher }),
          counts('dearer', { persons: dearer }),
        ],
        true,
      ).balance;
    expect(of(7_010, 1_995, 995)?.doubtful).toBe(false);
    expect(of(7_300, 1_800, 900)).toMatchObject({ degrees: 2, doubtful: true });
  });
});
