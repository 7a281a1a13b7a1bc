/** Terms out of the ordinary, other systems' schedules, and what holds for any schedule with fees and odd periods. */
import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annualPercentageRate } from '../../domain/apr.ts';
import { addDays, addMonthsClamped } from '../../domain/calendar.ts';
import { DAY_COUNTS, REPAYMENT_METHODS } from '../../domain/loan-terms.ts';
import { fen, sumFen } from '../../domain/money.ts';
import { annualRate, D } from '../../domain/rates.ts';
import { buildSchedule, ScheduleError, type ScheduleInput } from '../../domain/schedule.ts';
import { FEE_TIMINGS } from '../../domain/schedule-terms.ts';

function terms(over: Partial<ScheduleInput>): ScheduleInput {
  return {
    principalFen: fen(10_000_00),
    annualRate: annualRate('12'),
    instalments: 12,
    method: 'EQUAL_INSTALMENT',
    dayCount: 'MONTHS/12',
    startDate: '2026-01-15',
    ...over,
  };
}
const rowsOf = (input: ScheduleInput) =>
  buildSchedule(input, 8).instalments.map((i) => [i.principalFen, i.interestFen]);
const duesOf = (over: Partial<ScheduleInput>) =>
  buildSchedule(terms(over)).instalments.map((i) => i.dueDate);

interface Vector {
  readonly name: string;
  readonly terms: ScheduleInput;
  readonly rows: readonly (readonly [principalFen: number, interestFen: number])[];
}
const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL('./vectors/schedules.json', import.meta.url), 'utf8'),
);

describe("other systems' schedules", () => {
  it.each(vectors.map((v) => [v.name, v] as const))('%s', (_name, vector) => {
    expect(rowsOf(vector.terms)).toEqual(vector.rows);
  });

  const shared = new URL('../../../shared/vectors/amortisation.json', import.meta.url);
  it.skipIf(!existsSync(shared))('our copy of the shared vectors is the shared file', () => {
    const ours = new URL('./vectors/amortisation.json', import.meta.url);
    expect(JSON.parse(readFileSync(ours, 'utf8'))).toEqual(
      JSON.parse(readFileSync(shared, 'utf8')),
    );
  });
});

describe('odd first periods', () => {
  // 10,000 yuan at 12 %, from 15 January to 1 March: 45 days, 46 days of 30-day months, one month and 14 days.
  it.each([
    ['ACT/360', 150_00],
    ['ACT/365', 147_95],
    ['30/360', 153_33],
    ['MONTHS/12', 146_67],
  ] as const)('%s counts the days of a long one by its own rule', (dayCount, interest) => {
    const input = terms({ dayCount, firstDueDate: '2026-03-01', method: 'INTEREST_FIRST' });
    expect(rowsOf(input)[0]).toEqual([0, interest]);
  });

  it('a short one bears less, and later periods are whole again', () => {
    const rows = rowsOf(terms({ dueDay: 10, method: 'INTEREST_FIRST', dayCount: '30/360' }));
    expect(rows.slice(0, 2)).toEqual([
      [0, 83_33],
      [0, 100_00],
    ]);
  });

  it('a second period to another due day is odd too', () => {
    const input = terms({ firstDueDate: '2026-03-05', dueDay: 20, method: 'INTEREST_FIRST' });
    expect(
      buildSchedule(input)
        .instalments.slice(0, 3)
        .map((i) => [i.dueDate, i.interestFen]),
    ).toEqual([
      ['2026-03-05', 160_00],
      ['2026-04-20', 150_00],
      ['2026-05-20', 100_00],
    ]);
  });

  it('interest of a period too long for the level payment is paid, and never joins principal', () => {
    const { instalments } = buildSchedule(
      terms({ annualRate: annualRate('36'), instalments: 36, firstDueDate: '2026-12-15' }),
    );
    expect(instalments[0]).toMatchObject({ principalFen: 0, interestFen: 3_300_00 });
    const level = instalments.slice(1, -1).map((i) => i.paymentFen);
    expect(new Set(level).size).toBe(1);
    expect(Math.abs((instalments.at(-1)?.paymentFen ?? 0) - (level[0] ?? 0))).toBeLessThan(36);
  });
});

describe('due dates', () => {
  it('days 29 to 31 are month ends in shorter months, also in leap years', () => {
    expect(duesOf({ instalments: 3, dueDay: 31 })).toEqual([
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
    ]);
    expect(duesOf({ instalments: 1, startDate: '2028-01-30' })).toEqual(['2028-02-29']);
    const first = { startDate: '2026-01-31', firstDueDate: '2026-02-28', instalments: 3 };
    expect(duesOf(first)).toEqual(['2026-02-28', '2026-03-31', '2026-04-30']);
  });
});

describe('terms out of the ordinary', () => {
  it('no interest, one instalment, one day', () => {
    const free = buildSchedule(terms({ annualRate: annualRate('0') }), 8);
    expect(free.totals.interestFen).toBe(0);
    expect(free.annualised.simple).toBe('0.00000000');
    expect(rowsOf(terms({ instalments: 1 }))).toEqual([[10_000_00, 100_00]]);
    const day = buildSchedule(terms({ instalments: 1, days: 1, dayCount: 'ACT/360' }), 8);
    expect(day.instalments).toMatchObject([{ dueDate: '2026-01-16', interestFen: 3_33 }]);
    expect(day.annualised.simple).toBe('12.15450000');
  });

  it('a principal smaller than the number of instalments leaves some of them without principal', () => {
    const parts = (method: ScheduleInput['method'], yuan: number) =>
      rowsOf(terms({ method, principalFen: fen(yuan), annualRate: annualRate('0') })).map(
        ([p]) => p,
      );
    expect(parts('EQUAL_PRINCIPAL', 5)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]);
    expect(parts('EQUAL_PRINCIPAL', 7)).toEqual([1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
    expect(parts('EQUAL_INSTALMENT', 1)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('the highest rate over the longest term still ends at zero', () => {
    for (const dayCount of DAY_COUNTS) {
      const { instalments } = buildSchedule(
        terms({ annualRate: annualRate('1000'), instalments: 600, dayCount }),
      );
      expect(instalments.at(-1)?.balanceFen).toBe(0);
      expect(instalments.every((i) => i.principalFen >= 0)).toBe(true);
    }
  });

  it('a 6 % loan by days over 360 costs 6.0833 % over 365', () => {
    const year = terms({
      annualRate: annualRate('6'),
      instalments: 1,
      days: 365,
      dayCount: 'ACT/360',
    });
    expect(buildSchedule(year, 4).annualised.simple).toBe('6.0833');
  });

  it.each([
    ['TOTAL_TOO_LARGE', { principalFen: fen(Number.MAX_SAFE_INTEGER) }],
    ['FIRST_DUE_DATE', { firstDueDate: '2026-01-15' }],
    ['INSTALMENTS', { days: 30 }],
    ['UPFRONT_FEES', { fees: [{ code: 'x', timing: 'UPFRONT_PAID', amountFen: fen(10_000_00) }] }],
  ] as const)('%s is refused by name', (code, over) => {
    expect(() => buildSchedule(terms(over))).toThrow(ScheduleError);
    expect(() => buildSchedule(terms(over))).toThrow(code);
  });
});

const anyTerms = fc
  .record({
    principalFen: fc.integer({ min: 10_000, max: 50_000_000 }).map(fen),
    annualRate: fc.integer({ min: 0, max: 36_000 }).map((n) => annualRate((n / 1000).toFixed(3))),
    instalments: fc.integer({ min: 2, max: 40 }),
    method: fc.constantFrom(...REPAYMENT_METHODS),
    dayCount: fc.constantFrom(...DAY_COUNTS),
    startDate: fc.integer({ min: 0, max: 4000 }).map((n) => addDays('2023-06-01', n)),
    rounding: fc.constantFrom('HALF_UP' as const, 'HALF_EVEN' as const),
    firstGap: fc.option(fc.integer({ min: 5, max: 75 }), { nil: undefined }),
    fees: fc.array(
      fc.record({
        code: fc.constant('FEE'),
        timing: fc.constantFrom(...FEE_TIMINGS),
        amountFen: fc.integer({ min: 0, max: 500 }).map(fen),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ firstGap, ...rest }): ScheduleInput => {
    if (firstGap === undefined) return rest;
    return { ...rest, firstDueDate: addDays(rest.startDate, firstGap) };
  });

describe('any schedule', () => {
  it('adds up in every row, every column and down the balance', () => {
    fc.assert(
      fc.property(anyTerms, (input) => {
        const { instalments, totals } = buildSchedule(input);
        let balance = input.principalFen;
        for (const i of instalments) {
          expect(i.paymentFen).toBe(i.principalFen + i.interestFen + i.feeFen);
          expect(i.balanceFen).toBe(balance - i.principalFen);
          balance = i.balanceFen;
        }
        expect(balance).toBe(0);
        expect(totals.principalFen).toBe(input.principalFen);
        expect(totals.interestFen).toBe(sumFen(instalments.map((i) => i.interestFen)));
        expect(totals.paymentFen).toBe(sumFen(instalments.map((i) => i.paymentFen)));
        const upfront = totals.feeFen - sumFen(instalments.map((i) => i.feeFen));
        expect(totals.principalFen + totals.interestFen + totals.feeFen).toBe(
          totals.paymentFen + upfront,
        );
      }),
      { numRuns: 150 },
    );
  });

  it('is what its annualised rates say: the flows, asked for their rate, return it', () => {
    // An advance on the 30th is no 28th because the payments are.
    const offDay = terms({
      principalFen: fen(10_000),
      annualRate: annualRate('0.031'),
      instalments: 2,
      dayCount: 'ACT/365',
      startDate: '2025-08-30',
      firstDueDate: '2025-10-28',
    });
    // Months without interest are paid nothing, and month ends stay month ends.
    const unpaid = terms({
      principalFen: fen(10_000),
      annualRate: annualRate('0.002'),
      instalments: 33,
      method: 'INTEREST_FIRST',
      dayCount: '30/360',
      startDate: '2026-12-29',
      firstDueDate: '2027-01-31',
    });
    fc.assert(
      fc.property(anyTerms, (input) => {
        const bare = { ...input, fees: [] };
        const { instalments, annualised } = buildSchedule(bare, 8);
        const found = annualPercentageRate({
          advances: [{ date: input.startDate, amountFen: input.principalFen }],
          payments: instalments.map((i) => ({ date: i.dueDate, amountFen: i.paymentFen })),
          basis: 'UNIT_PERIOD',
          ...(input.method === 'BULLET' ? {} : { unit: { unit: 'MONTH', count: 1 } as const }),
        });
        expect(found.ok && found.apr.annualRate).toBe(annualised.simple);
      }),
      { numRuns: 100, examples: [[offDay], [unpaid]] },
    );
  });

  it('at the rate found from a regular one pays the same, to the fen', () => {
    const regular = anyTerms.map(
      ({ principalFen, annualRate: rate, instalments, startDate }): ScheduleInput =>
        terms({ principalFen, annualRate: rate, instalments, startDate }),
    );
    fc.assert(
      fc.property(regular, (input) => {
        const first = buildSchedule(input, 8);
        fc.pre(!first.annualised.simple.startsWith('-'));
        const again = buildSchedule({ ...input, annualRate: annualRate(first.annualised.simple) });
        first.instalments.slice(0, -1).forEach((i, at) => {
          expect(
            Math.abs(i.paymentFen - (again.instalments[at]?.paymentFen ?? 0)),
          ).toBeLessThanOrEqual(1);
        });
        // Rounding alone separates the nominal rate from the one its instalments bear.
        const apart = new D(first.annualised.simple).minus(input.annualRate).abs();
        const fens = new D(input.instalments).times(1200).dividedBy(input.principalFen);
        expect(apart.lessThanOrEqualTo(fens)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('rounded half-up or half-even differs by at most a fen in every payment but the last', () => {
    fc.assert(
      fc.property(anyTerms, (input) => {
        const up = buildSchedule({ ...input, rounding: 'HALF_UP' }).instalments;
        const even = buildSchedule({ ...input, rounding: 'HALF_EVEN' }).instalments;
        const most = input.method === 'EQUAL_PRINCIPAL' ? 2 : 1;
        up.slice(0, -1).forEach((i, at) => {
          expect(Math.abs(i.paymentFen - (even[at]?.paymentFen ?? 0))).toBeLessThanOrEqual(most);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('bears more interest at a higher rate, whatever its first period', () => {
    fc.assert(
      fc.property(anyTerms, (input) => {
        const dearer = annualRate(new D(input.annualRate).plus(2).toFixed(3));
        const a = buildSchedule(input).totals.interestFen;
        expect(buildSchedule({ ...input, annualRate: dearer }).totals.interestFen).toBeGreaterThan(
          a,
        );
      }),
      { numRuns: 100 },
    );
  });

  it('falls due month by month on the day agreed', () => {
    fc.assert(
      fc.property(anyTerms, fc.integer({ min: 1, max: 31 }), (input, dueDay) => {
        const dues = buildSchedule({ ...input, dueDay, method: 'EQUAL_PRINCIPAL' }).instalments;
        dues.slice(1).forEach(({ dueDate }, at) => {
          expect(dueDate).toBe(addMonthsClamped(dues[at]?.dueDate ?? '', 1, dueDay));
        });
      }),
      { numRuns: 60 },
    );
  });
});
