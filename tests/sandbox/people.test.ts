/** Personas carry numbers that hold and belong to nobody; everybody else is drawn, the same for the same seed. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseResidentId, parseUscc } from '../../domain/identifiers.ts';
import { parseBaihangReport, parsePbocReport } from '../../domain/bureau.ts';
import {
  birthDateOf,
  isResidentNumber,
  isUnifiedSocialCreditCode,
  luhnCheck,
  residentNumber,
} from '../../sandbox/identifiers.ts';
import { COMPANIES } from '../../sandbox/people/companies.ts';
import { createPeople, PERSONAS } from '../../sandbox/people/people.ts';
import { baihangReport } from '../../sandbox/reports/baihang-report.ts';
import { pbocReport } from '../../sandbox/reports/pboc-report.ts';
import { createRateLimiter } from '../../sandbox/rate-limit.ts';

const now = new Date('2026-11-24T04:00:00Z');
const people = createPeople('seed');

/** A number of an assigned region, so that it is nobody's persona. */
const anyNumber = fc
  .record({
    region: fc.constantFrom('110105', '310101', '440305'),
    day: fc.date({ min: new Date('1955-01-01'), max: new Date('2007-12-31'), noInvalidDate: true }),
    sequence: fc.integer({ min: 0, max: 999 }),
  })
  .map(({ region, day, sequence }) =>
    residentNumber(
      region +
        day.toISOString().slice(0, 10).replaceAll('-', '') +
        String(sequence).padStart(3, '0'),
    ),
  );

describe('check digits of the sandbox', () => {
  it('agree with the published examples', () => {
    for (const good of ['11010519491231002X', '53010219200508011X', '440524188001010014'])
      expect(isResidentNumber(good), good).toBe(true);
    for (const bad of ['110105194912310021', '11010519490231002X', '1101051949123100'])
      expect(isResidentNumber(bad), bad).toBe(false);
    for (const good of [
      '91350100M000100Y43',
      '91440300708461136T',
      '91110000802100433B',
      '91110108551385082Q',
      '9111000071093123XX',
    ])
      expect(isUnifiedSocialCreditCode(good), good).toBe(true);
    expect(isUnifiedSocialCreditCode('91350100M000100Y44')).toBe(false);
    expect(luhnCheck('622202123456789012')).toBe('8');
  });
});

describe('personas', () => {
  const personas = people.personas(now);

  it('are at least forty, each with its own key, name, numbers and story', () => {
    expect(personas.length).toBeGreaterThanOrEqual(40);
    const distinct = (values: readonly string[]) => new Set(values).size;
    expect(distinct(personas.map((one) => one.key))).toBe(personas.length);
    expect(distinct(personas.map((one) => one.application.identity.name))).toBe(personas.length);
    expect(distinct(personas.map((one) => one.application.identity.idNumber))).toBe(
      personas.length,
    );
    expect(distinct(personas.map((one) => one.application.identity.mobile))).toBe(personas.length);
    expect(distinct(personas.map((one) => one.application.loan.bankCardNumber))).toBe(
      personas.length,
    );
    for (const persona of personas) expect(persona.story.length, persona.key).toBeGreaterThan(30);
  });

  it.each(personas.map((one) => [one.key, one] as const))(
    '%s has numbers that hold, in ranges nobody is assigned',
    (_key, { application }) => {
      const { identity, loan } = application;
      expect(parseResidentId(identity.idNumber)).toMatchObject({ ok: true });
      expect(identity.idNumber.startsWith('999999')).toBe(true);
      for (const mobile of [
        identity.mobile,
        loan.bankReservedMobile,
        ...loan.contacts.map((contact) => contact.mobile),
      ])
        expect(mobile).toMatch(/^154\d{8}$/);
      expect(loan.bankCardNumber).toMatch(/^62[23]999\d{12}$/);
      expect(luhnCheck(loan.bankCardNumber.slice(0, -1))).toBe(loan.bankCardNumber.slice(-1));
      expect(identity.idValidUntil === 'LONG_TERM' || identity.idValidUntil > '2026-11-24').toBe(
        true,
      );
    },
  );

  it('stay seventeen and sixty-six whatever the year', () => {
    for (const year of [2026, 2027, 2031]) {
      const at = new Date(`${year}-06-30T04:00:00Z`);
      for (const [key, age] of [
        ['minor', 17],
        ['elderly-66', 66],
      ] as const) {
        const persona = people.personas(at).find((one) => one.key === key);
        const birth = birthDateOf(persona?.application.identity.idNumber ?? '') ?? '';
        const before = `${year}-06-30` < `${year}${birth.slice(4)}` ? 1 : 0;
        expect(year - Number(birth.slice(0, 4)) - before).toBe(age);
      }
    }
  });

  it('share one device in the ring, and only there', () => {
    const devices = personas.flatMap((one) =>
      one.application.device === null ? [] : [one.application.device.fingerprint],
    );
    expect(devices.filter((device) => device === 'device-ring')).toHaveLength(5);
    expect(new Set(devices).size).toBe(devices.length - 4);
  });

  it('keep a character outside the basic plane whole', () => {
    const rare = personas.find((one) => one.key === 'rare-character');
    expect(rare?.application.identity.name).toBe('林\u{20BB7}');
  });

  it('are known to the services by their numbers and cards', () => {
    for (const spec of PERSONAS) {
      const persona = personas.find((one) => one.key === spec.key);
      if (persona === undefined) throw new Error(spec.key);
      expect(people.byIdNumber(persona.application.identity.idNumber, now).persona).toBe(spec.key);
      if (spec.loan?.bankCardNumber === undefined)
        expect(people.byCard(persona.application.loan.bankCardNumber, now)?.persona).toBe(spec.key);
    }
    expect(people.byCard('6222021234567890128', now)).toBeNull();
  });

  it('have variants: other people with the same story, none twice', () => {
    const variants = people.variants('straight-approval', 1, 1200, now) ?? [];
    expect(variants).toHaveLength(1200);
    for (const read of [
      (at: number) => variants[at]?.application.identity.idNumber,
      (at: number) => variants[at]?.application.identity.mobile,
      (at: number) => variants[at]?.application.loan.bankCardNumber,
      (at: number) => variants[at]?.application.device?.fingerprint,
      (at: number) => variants[at]?.application.identity.address,
    ]) {
      expect(new Set(variants.map((_, at) => read(at))).size).toBe(1200);
    }
    for (const { application } of variants.slice(0, 40)) {
      expect(isResidentNumber(application.identity.idNumber)).toBe(true);
      const known = people.byIdNumber(application.identity.idNumber, now);
      expect(known).toMatchObject({
        persona: 'straight-approval',
        name: application.identity.name,
        mobile: application.identity.mobile,
      });
      expect(people.byCard(application.loan.bankCardNumber, now)?.idNumber).toBe(
        application.identity.idNumber,
      );
    }
    expect(people.variants('nobody', 0, 1, now)).toBeNull();
  });
});

describe('companies', () => {
  it('have codes that hold and shares that sum to a hundred, with a cycle among them', () => {
    for (const company of COMPANIES) {
      expect(parseUscc(company.uscc), company.key).toMatchObject({ ok: true });
      expect(company.shareholders.reduce((sum, holder) => sum + Number(holder.percent), 0)).toBe(
        100,
      );
    }
    const [clean, holding] = COMPANIES;
    expect(clean?.shareholders.some((holder) => holder.id === holding?.uscc)).toBe(true);
    expect(holding?.shareholders.some((holder) => holder.id === clean?.uscc)).toBe(true);
  });
});

describe('everybody else', () => {
  const request = (idNumber: string) => ({
    reportNo: 'R',
    name: '示范人',
    idNumber,
    mobile: null,
    queryingOrganisation: 'L',
    reason: '02',
    at: now,
  });

  it('is drawn the same for the same seed, and differently for another', () => {
    const again = createPeople('seed');
    const other = createPeople('other');
    const differs = new Set<boolean>();
    fc.assert(
      fc.property(anyNumber, (idNumber) => {
        expect(again.byIdNumber(idNumber, now)).toEqual(people.byIdNumber(idNumber, now));
        differs.add(
          JSON.stringify(other.byIdNumber(idNumber, now)) !==
            JSON.stringify(people.byIdNumber(idNumber, now)),
        );
      }),
    );
    expect(differs.has(true)).toBe(true);
  });

  it('has reports that the platform’s own parsers accept', () => {
    fc.assert(
      fc.property(anyNumber, (idNumber) => {
        const { credit, baihang } = people.byIdNumber(idNumber, now);
        const who = { name: '示范人', idNumber };
        if (credit !== null)
          expect(parsePbocReport(pbocReport(credit, request(idNumber)), who)).toMatchObject({
            ok: true,
          });
        if (baihang !== null)
          expect(
            parseBaihangReport(baihangReport(baihang, { reportNo: 'B', ...who, at: now }), who),
          ).toMatchObject({ ok: true });
      }),
      { numRuns: 300 },
    );
  });

  it('fails and owes at the rates of a real population', () => {
    const drawn = fc
      .sample(anyNumber, { numRuns: 2000, seed: 7 })
      .map((idNumber) => people.byIdNumber(idNumber, now));
    const share = (fits: (person: (typeof drawn)[number]) => boolean) =>
      drawn.filter(fits).length / drawn.length;
    const late = (history: string) => /[1-7B]/.test(history);
    expect(share((person) => person.credit === null)).toBeGreaterThan(0.12);
    expect(share((person) => person.credit === null)).toBeLessThan(0.2);
    expect(share((person) => person.mismatch.includes('TWO_FACTOR'))).toBeLessThan(0.02);
    const overdue = share(
      (person) =>
        (person.credit?.loans ?? []).some((loan) => late(loan.history)) ||
        (person.credit?.cards ?? []).some((card) => late(card.history)),
    );
    expect(overdue).toBeGreaterThan(0.04);
    expect(overdue).toBeLessThan(0.14);
    expect(share((person) => (person.baihang?.watchList.length ?? 0) > 0)).toBeLessThan(0.04);
  });
});

describe('the contacts of an applicant', () => {
  it('are never the applicant, whatever a variant is called', () => {
    const variants = people.variants('payout-accepted-then-paid', 0, 1_000, now) ?? [];
    expect(variants).toHaveLength(1_000);
    const own = variants.filter(({ application: { identity, loan } }) =>
      loan.contacts.some(({ name }) => name === identity.name),
    );
    expect(own.map(({ variant }) => variant)).toEqual([]);
  });
});

describe('the rate limiter', () => {
  it('allows a burst of one second’s quota and then one call per share of it, per caller and service', () => {
    const limiter = createRateLimiter({ pboc: 2 });
    const at = (milliseconds: number, app = 'a') => limiter.refuse('pboc', app, milliseconds);
    expect([at(0), at(0), at(0)]).toEqual([null, null, 500]);
    expect(at(0, 'b')).toBeNull();
    expect(at(400)).toBe(100);
    expect(at(500)).toBeNull();
    expect(limiter.refuse('bank', 'a', 0)).toBeNull();
  });
});
