/** Bureau reports: what does not fit, contradicts itself or is not what was asked for is refused by name, whatever is done to it. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deriveBureauVariables,
  parseBaihangReport,
  parsePbocReport,
  parseVerification,
  parseWatchList,
} from '../../domain/bureau.ts';
import { account, baihang, card, ID_NUMBER, NAME, pboc } from './bureau-samples.ts';

const subject = { name: NAME, idNumber: ID_NUMBER };
const asked = {
  organisation: 'XINDAI',
  purpose: '02',
  now: '2026-11-24T10:01:00',
  validityDays: 30,
};
const AS_OF = '2026-11-24';
const refusedAt = (path: string) => ({ ok: false, reason: 'MALFORMED', path });

describe('a report that was asked for', () => {
  it('is read when it is about the person, ours, for the purpose, and young', () => {
    expect(parsePbocReport(pboc(), subject, asked)).toMatchObject({ ok: true });
    expect(parseBaihangReport(baihang(), subject, asked)).toMatchObject({ ok: true });
  });

  it.each([
    ['another house queried it', { organisation: '别家银行' }, 'NOT_OUR_QUERY'],
    ['it was queried for another purpose', { purpose: '08' }, 'NOT_OUR_QUERY'],
    ['it is older than its validity', { now: '2026-12-25T00:00:00' }, 'STALE'],
    ['it is from the future', { now: '2026-11-24T09:54:00' }, 'STALE'],
  ])('is refused when %s', (_, change, reason) => {
    expect(parsePbocReport(pboc(), subject, { ...asked, ...change })).toEqual({
      ok: false,
      reason,
    });
  });

  it('is still read on the last day of its validity and within minutes of another clock', () => {
    for (const now of ['2026-12-24T23:59:59', '2026-11-24T09:56:00'])
      expect(parsePbocReport(pboc(), subject, { ...asked, now }).ok, now).toBe(true);
    expect(
      parseBaihangReport(baihang(), subject, { ...asked, now: '2027-01-01T00:00:00' }),
    ).toEqual({ ok: false, reason: 'STALE' });
  });
});

describe('every section is there with its code tables, or the report is refused with the place', () => {
  it.each(Object.keys(pboc()))('without %s', (tag) => {
    const { [tag as keyof ReturnType<typeof pboc>]: _gone, ...rest } = pboc();
    expect(parsePbocReport(rest, subject)).toEqual(refusedAt(`/${tag}`));
  });

  it.each([
    ['an account type', '/PDA/0/PD01AD01', { PD01AD01: 'D9' }],
    ['an institution type', '/PDA/0/PD01AD02', { PD01AD02: '13' }],
    ['a business kind', '/PDA/0/PD01AD03', { PD01AD03: '00' }],
    ['a frequency', '/PDA/0/PD01AD06', { PD01AD06: '10' }],
    ['a five-tier class', '/PDA/0/PD01CD02', { PD01CD02: '7' }],
    [
      'a special transaction',
      '/PDA/0/PD01F/0/PD01FD01',
      { PD01F: [{ PD01FD01: '10', PD01FR01: '2026-01-01' }] },
    ],
    ['a mark', '/PDA/0/PD01Z/0/ZD01', { PD01Z: [{ ZD01: '9', ZQ01: '', ZR01: '2026-01-01' }] }],
    ['a status of 23 months', '/PDA/0/PD01DD01', { PD01DD01: 'N'.repeat(23) }],
    ['a status letter', '/PDA/0/PD01DD01', { PD01DD01: `${'N'.repeat(23)}8` }],
    ['a negative amount', '/PDA/0/PD01CJ01', { PD01CJ01: -1 }],
    ['a fraction of a yuan', '/PDA/0/PD01CJ04', { PD01CJ04: 0.5 }],
    ['an amount that is no number', '/PDA/0/PD01CJ06', { PD01CJ06: Number.NaN }],
    ['a day that is none', '/PDA/0/PD01AR01', { PD01AR01: '2019-02-30' }],
    ['a card status on a loan', '/PDA/0/PD01CD01', { PD01CD01: '31' }],
  ])('%s that the table does not have', (_, path, change) => {
    const value = { ...pboc(), PDA: [{ ...account(), ...change }, card()] };
    expect(parsePbocReport(value, subject)).toEqual(refusedAt(path));
  });

  it('a query reason no table has', () => {
    const POQ = [{ ...pboc().POQ[0], PH010Q03: '07' }];
    expect(parsePbocReport({ ...pboc(), POQ }, subject)).toEqual(refusedAt('/POQ/0/PH010Q03'));
  });
});

describe('a report that contradicts itself is refused with the place', () => {
  const clean = pboc();
  const late = `${'N'.repeat(22)}1N`;
  it.each([
    ['two accounts of one number', '/PDA/1/PD01AI01', pboc({ PDA: [account(), account()] })],
    [
      'a string that ends after the report',
      '/PDA/0/PD01DR02',
      pboc({ PDA: [account({ PD01DR02: '2026-12' })] }),
    ],
    [
      'a month before the opening',
      '/PDA/0/PD01DD01',
      pboc({ PDA: [account({ PD01AR01: '2026-05-01' })] }),
    ],
    [
      'an overdue month that five years do not know',
      '/PDA/0/PD01DD01',
      pboc({ PDA: [account({ PD01DD01: late, PD01E: [] })] }),
    ],
    [
      'five years that know more than the string',
      '/PDA/0/PD01DD01',
      pboc({ PDA: [account({ PD01E: [{ PD01ER03: '2026-09', PD01ED01: '1', PD01EJ01: 5 }] })] }),
    ],
    [
      'a month older than five years',
      '/PDA/0/PD01E/0/PD01ER03',
      pboc({ PDA: [account({ PD01E: [{ PD01ER03: '2021-11', PD01ED01: '1', PD01EJ01: 5 }] })] }),
    ],
    [
      'a closed account without its day',
      '/PDA/0/PD01BR01',
      pboc({ PDA: [account({ PD01CD01: '3', PD01CJ01: 0 })] }),
    ],
    [
      'a closed account with a balance',
      '/PDA/0/PD01BJ01',
      pboc({ PDA: [account({ PD01CD01: '3', PD01BR01: '2026-01-01' })] }),
    ],
    [
      'overdue instalments of nothing',
      '/PDA/0/PD01CJ06',
      pboc({ PDA: [account({ PD01CS02: 1 })] }),
    ],
    ['a card without a limit', '/PDA/0/PD01AJ02', pboc({ PDA: [card({ PD01AJ02: null })] })],
    [
      'an account of the future',
      '/PDA/0/PD01BR03',
      pboc({ PDA: [account({ PD01BR03: '2026-11-25' })] }),
    ],
    [
      'a query of the future',
      '/POQ',
      pboc({ POQ: [{ PH010R01: '2026-11-25', PH010D01: '11', PH010Q02: 'B', PH010Q03: '02' }] }),
    ],
    [
      'accounts that the summary does not count',
      '/PCO/PC02A/PC02AS01',
      { ...clean, PDA: [account()] },
    ],
    [
      'a balance that does not add up',
      '/PCO/PC02E/PC02EJ02',
      pboc({ PCO: { ...clean.PCO, PC02E: { ...clean.PCO.PC02E, PC02EJ02: 1 } } }),
    ],
    [
      'overdue months that do not add up',
      '/PCO/PC02D',
      { ...pboc({ PDA: [account({ PD01DD01: late })] }), PCO: pboc({ PDA: [account()] }).PCO },
    ],
    [
      'queries that do not add up',
      '/PQO/PC05B/PC05BS01',
      pboc({ PQO: { ...clean.PQO, PC05B: { ...clean.PQO.PC05B, PC05BS01: 3 } } }),
    ],
    [
      'a last query that is not in the list',
      '/PQO/PC05A',
      pboc({ PQO: { ...clean.PQO, PC05A: null } }),
    ],
    [
      'public records that nobody counts',
      '/PPO',
      pboc({
        PAP: [{ PF04AQ01: 'A', PF04AR01: '2025-01-01', PF04AJ01: null, PF04Z: [] }],
        PPO: [],
      }),
    ],
    [
      'an objection that the header does not know',
      '/PRH/PA01ES01',
      { ...pboc({ POS: [{ ZD01: '1', ZQ01: '', ZR01: '2026-01-01' }] }), PRH: clean.PRH },
    ],
  ])('%s', (_, path, value) => {
    expect(parsePbocReport(value, subject)).toEqual(refusedAt(path));
  });

  it('a Baihang report whose windows shrink, or that owes nothing and is overdue', () => {
    const window = (institutions: number) => ({ institutions, applications: institutions });
    const applications = {
      months1: window(2),
      months3: window(1),
      months6: window(2),
      months12: window(2),
    };
    expect(parseBaihangReport(baihang({ applications }), subject)).toEqual(
      refusedAt('/applications/months3'),
    );
    const loans = { ...baihang().loans, overdueAccounts: 1 };
    expect(parseBaihangReport(baihang({ loans }), subject)).toEqual(
      refusedAt('/loans/overdueYuan'),
    );
    const watchList = [{ level: 'M1' as const, listedOn: '2026-11-25', source: 'X' }];
    expect(parseBaihangReport(baihang({ watchList }), subject)).toEqual(
      refusedAt('/watchList/0/listedOn'),
    );
  });
});

/** Every place of a JSON value, as the keys that lead to it. */
function places(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]));
  return [path, ...below];
}

function changed(value: unknown, path: readonly string[], junk: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return junk;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.map((item: unknown, i) => (String(i) === key ? changed(item, rest, junk) : item));
  return { ...value, [key]: changed(new Map(Object.entries(value)).get(key), rest, junk) };
}

const junk = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    '',
    'N',
    '2026-13-01',
    '9999-12-31',
    '0000-00-00',
    '/',
    -1,
    1e308,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.MAX_SAFE_INTEGER,
    [],
    {},
    true,
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.integer(),
  fc.string(),
);

/** Whatever was done to a report, it is refused or gives sound variables. */
function expectSound(read: { ok: boolean }, derive: () => object): void {
  if (!read.ok) {
    expect(read).toHaveProperty('reason');
    return;
  }
  for (const [name, value] of Object.entries(derive())) {
    if (typeof value !== 'number') continue;
    expect(Number.isSafeInteger(value) && value >= -1, `${name} ${value}`).toBe(true);
  }
}

describe('random changes of a good report', () => {
  const pbocPlaces = places(pboc());
  const baihangPlaces = places(baihang());
  const changes = (all: readonly (readonly string[])[]) =>
    fc.array(fc.tuple(fc.constantFrom(...all), junk), { minLength: 1, maxLength: 3 });
  const apply = (value: unknown, list: readonly (readonly [readonly string[], unknown])[]) =>
    list.reduce((report, [path, what]) => changed(report, path, what), value);

  it('never make the parser throw, and never give a number that is none or negative', () => {
    fc.assert(
      fc.property(changes(pbocPlaces), (list) => {
        const read = parsePbocReport(apply(pboc(), list), subject, asked);
        expectSound(read, () => deriveBureauVariables(read.ok ? read.report : null, null, AS_OF));
      }),
      { numRuns: 3_000 },
    );
    fc.assert(
      fc.property(changes(baihangPlaces), (list) => {
        const read = parseBaihangReport(apply(baihang(), list), subject, asked);
        expectSound(read, () => deriveBureauVariables(null, read.ok ? read.report : null, AS_OF));
      }),
      { numRuns: 1_000 },
    );
  });

  it('and a report cut off anywhere is no report', () => {
    const whole = JSON.stringify(pboc());
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        const cut = whole.slice(0, length);
        expect(parsePbocReport(cut, subject).ok).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('and anything at all is refused without a throw', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const parse of [
          parsePbocReport,
          parseBaihangReport,
          parseWatchList,
          parseVerification,
        ])
          expect(parse(value, subject).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a disputed item', () => {
  const objection = { ZD01: '1', ZQ01: '异议', ZR01: '2026-10-01' } as const;
  const late = { PD01DD01: `${'N'.repeat(21)}123`, PD01CS02: 3, PD01CJ06: 3_600 };
  const derive = (
    report: ReturnType<typeof pboc>,
    disputes: Parameters<typeof deriveBureauVariables>[3] = {},
  ) => deriveBureauVariables(report, null, AS_OF, disputes);

  it('leaves untold whatever would be otherwise without it, and nothing else', () => {
    const marked = derive(pboc({ PDA: [account({ ...late, PD01Z: [objection] }), card()] }));
    expect(marked).toMatchObject({
      maxOverdue24m: null,
      consecutiveThree: null,
      currentOverdueFen: null,
      monthlyDebtServiceFen: null,
      pbocScore: null,
      disputed: true,
      cumulativeSix: false,
      cardUtilisation: 15,
      queryInstitutions3m: 1,
    });
  });

  it('does not hide what stands without it', () => {
    const marked = derive(
      pboc({
        PDA: [account({ ...late, PD01Z: [objection] }), account({ ...late, PD01AI01: 'A2' })],
      }),
    );
    expect(marked).toMatchObject({
      maxOverdue24m: 3,
      consecutiveThree: true,
      currentOverdueFen: null,
    });
  });

  it('is one as soon as our own desk has the objection, before the bureau has marked it', () => {
    const report = pboc({ PDA: [account(late), card()] });
    expect(derive(report)).toMatchObject({ consecutiveThree: true, disputed: false });
    const disputes = [{ bureau: 'PBOC', item: 'ACCOUNT', reference: 'A1' } as const];
    expect(derive(report, { disputes })).toMatchObject({ consecutiveThree: null, disputed: true });
    const elsewhere = [{ bureau: 'PBOC', item: 'ACCOUNT', reference: 'C1' } as const];
    expect(derive(report, { disputes: elsewhere })).toMatchObject({ consecutiveThree: true });
  });

  it('of Baihang leaves untold what rests on it', () => {
    const disputes = [{ bureau: 'BAIHANG', item: 'WATCH_LIST', reference: null } as const];
    const variables = deriveBureauVariables(null, baihang(), AS_OF, { disputes });
    expect(variables).toMatchObject({ watchLevel: null, baihangScore: null, mobileMonths: 80 });
  });
});

describe('months of unknown status', () => {
  it('leave untold what depends on them, and only in the windows that hold them', () => {
    const report = pboc({ PDA: [account({ PD01DD01: `${'#'.repeat(6)}${'N'.repeat(18)}` })] });
    expect(deriveBureauVariables(report, null, AS_OF)).toMatchObject({
      maxOverdue12m: 0,
      maxOverdue24m: null,
      consecutiveThree: null,
      badDebt: false,
    });
  });
});

describe('the one-off credit repair', () => {
  const derive = (reportTime: string) => {
    const report = { ...pboc(), PRH: { ...pboc().PRH, PA01AR01: reportTime } };
    const { provenHistoryMonths, creditRepairWindow } = deriveBureauVariables(report, null, AS_OF);
    return [provenHistoryMonths, creditRepairWindow];
  };
  it('leaves of a history only the months since 2026 as proof', () => {
    expect(derive('2026-11-24T10:00:00')).toEqual([11, true]);
    expect(derive('2028-01-02T10:00:00')).toEqual([25, false]);
    expect(derive('2036-01-02T10:00:00')).toEqual([60, false]);
    expect(derive('2025-12-31T23:59:59')).toEqual([60, false]);
  });
});

describe('Baihang without a report', () => {
  it('still tells the watch list and the mobile number where they were asked for by themselves', () => {
    const hits = [{ level: 'M2', listedOn: '2026-01-01', source: 'X' } as const];
    expect(parseWatchList({ subject, hits }, subject)).toEqual({ ok: true, report: hits });
    expect(parseWatchList({ subject: { ...subject, name: '别人' }, hits }, subject)).toEqual({
      ok: false,
      reason: 'WRONG_PERSON',
    });
    const mobile = { monthsInUse: 7, status: 'ACTIVE' } as const;
    const beside = { watchList: hits, mobile };
    expect(deriveBureauVariables(null, null, AS_OF, beside)).toMatchObject({
      watchLevel: 'M2',
      mobileMonths: 7,
      mobileActive: true,
      baihangScore: null,
    });
  });
});
