/** Schedules and annualised rates against published vectors, and their conservation for any terms. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMonthsClamped } from '../../domain/calendar.ts';
import { fen, sumFen, yuanToFen } from '../../domain/money.ts';
import { annualRate } from '../../domain/rates.ts';
import { buildSchedule, type ScheduleInput } from '../../domain/schedule.ts';
import { DAY_COUNTS, REPAYMENT_METHODS } from '../../domain/loan-terms.ts';

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

describe('schedules of regulation.md §7.4 to the last fen', () => {
  const cases = [
    ['EQUAL_INSTALMENT', 10_000, '12', 12, [788.49, 100, 888.49], [879.67, 8.8, 888.47], 661.86],
    ['EQUAL_INSTALMENT', 10_000, '24', 12, [745.6, 200, 945.6], [927.01, 18.54, 945.55], 1347.15],
    [
      'EQUAL_INSTALMENT',
      100_000,
      '3.65',
      36,
      [2632.68, 304.17, 2936.85],
      [2928.1, 8.91, 2937.01],
      5726.76,
    ],
    ['EQUAL_PRINCIPAL', 10_000, '12', 12, [833.33, 100, 933.33], [833.37, 8.33, 841.7], 650],
    [
      'EQUAL_PRINCIPAL',
      100_000,
      '3.65',
      36,
      [2777.78, 304.17, 3081.95],
      [2777.7, 8.45, 2786.15],
      5627.09,
    ],
  ] as const;
  it.each(cases)(
    '%s %d yuan at %s %% over %d months',
    (method, yuan, rate, n, first, last, total) => {
      const schedule = buildSchedule(
        terms({
          method,
          principalFen: fen(yuan * 100),
          annualRate: annualRate(rate),
          instalments: n,
        }),
      );
      const row = (i: number) => {
        const x = schedule.instalments.at(i);
        return x === undefined
          ? []
          : [x.principalFen / 100, x.interestFen / 100, x.paymentFen / 100];
      };
      expect(row(0)).toEqual(first);
      expect(row(-1)).toEqual(last);
      expect(schedule.totals.interestFen).toBe(Math.round(total * 100));
    },
  );

  it('interest first counts actual days over 360 or 365', () => {
    const actual = terms({
      method: 'INTEREST_FIRST',
      annualRate: annualRate('18'),
      dayCount: 'ACT/360',
    });
    const schedule = buildSchedule(actual);
    expect(schedule.instalments.map((i) => i.interestFen)).toContain(140_00);
    expect(schedule.instalments[0]?.interestFen).toBe(155_00);
    expect(schedule.totals.interestFen).toBe(1825_00);
    expect(buildSchedule({ ...actual, dayCount: 'ACT/365' }).totals.interestFen).toBe(1800_00);
    expect(schedule.instalments.at(-1)?.principalFen).toBe(10_000_00);
  });

  it('a bullet loan pays P(1 + r·T) once and shows its nominal rate as the simple rate', () => {
    const schedule = buildSchedule(terms({ method: 'BULLET' }));
    expect(schedule.instalments).toHaveLength(1);
    expect(schedule.instalments[0]).toMatchObject({ paymentFen: 11_200_00, dueDate: '2027-01-15' });
    expect(schedule.annualised).toMatchObject({ simple: '12.00', compound: '12.00' });
  });
});

interface Vector {
  readonly name: string;
  readonly principal: string;
  readonly annualRate: string;
  readonly dayCount: string;
  readonly start: string;
  readonly instalments: number;
  readonly periods: readonly { interest: string; principal: string; balance?: string }[];
}

describe('schedules asserted by Apache Fineract (HALF_EVEN)', () => {
  const vectors: readonly Vector[] = JSON.parse(
    readFileSync(new URL('./vectors/amortisation.json', import.meta.url), 'utf8'),
  );
  it.each(vectors.map((v) => [v.name, v] as const))('%s', (_name, vector) => {
    const schedule = buildSchedule({
      principalFen: yuanToFen(vector.principal),
      annualRate: annualRate(vector.annualRate),
      instalments: vector.instalments,
      method: 'EQUAL_INSTALMENT',
      dayCount: vector.dayCount === '30/360' ? '30/360' : 'ACT/365',
      startDate: vector.start,
      rounding: 'HALF_EVEN',
    });
    expect(schedule.instalments.map((i) => [i.interestFen, i.principalFen, i.balanceFen])).toEqual(
      vector.periods.map((p, i) => [
        yuanToFen(p.interest),
        yuanToFen(p.principal),
        p.balance === undefined ? schedule.instalments[i]?.balanceFen : yuanToFen(p.balance),
      ]),
    );
  });
});

describe('annualised rates of the Chinese golden cases (regulation.md §1.5 c)', () => {
  const fee = (percent: number) => [
    { code: 'FLAT', timing: 'PER_INSTALMENT' as const, amountFen: fen(percent * 10_000) },
  ];
  const upfront = [{ code: 'UPFRONT', timing: 'UPFRONT' as const, amountFen: fen(300_00) }];
  it.each([
    ['12 % level', {}, '12.00', '12.68'],
    ['24 % level, only rounding above the cap', { annualRate: annualRate('24') }, '24.00', '26.82'],
    ['flat fee 0.6 % a month', { annualRate: annualRate('0'), fees: fee(0.6) }, '13.03', '13.84'],
    ['flat fee 0.5 % a month', { annualRate: annualRate('0'), fees: fee(0.5) }, '10.90', '11.46'],
    // 17.8249 % before instalments are rounded to fen (tested on the solver), 17.825 % after.
    ['12 % with 300 yuan taken up front', { fees: upfront }, '17.83', '19.36'],
    [
      'interest first at 18 %',
      { annualRate: annualRate('18'), method: 'INTEREST_FIRST' as const },
      '18.00',
      '19.56',
    ],
  ])('%s', (_name, over, simple, compound) => {
    expect(buildSchedule(terms(over)).annualised).toMatchObject({ simple, compound });
  });

  it('the dated rate of the 24 % loan is 26.95 %', () => {
    expect(buildSchedule(terms({ annualRate: annualRate('24') })).annualised.xirr).toBe('26.95');
  });

  it('a loan started on the 31st falls due at month ends and keeps its nominal rate', () => {
    const schedule = buildSchedule(terms({ startDate: '2026-01-31' }));
    expect(schedule.instalments.slice(0, 3).map((i) => i.dueDate)).toEqual([
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
    ]);
    expect(schedule.annualised.simple).toBe('12.00');
  });
});

describe('any schedule', () => {
  const anyTerms = fc.record({
    principalFen: fc.integer({ min: 1_000_00, max: 20_000_000 }).map(fen),
    annualRate: fc.integer({ min: 0, max: 3600 }).map((n) => annualRate((n / 100).toFixed(2))),
    instalments: fc.integer({ min: 1, max: 36 }),
    method: fc.constantFrom(...REPAYMENT_METHODS),
    dayCount: fc.constantFrom(...DAY_COUNTS),
    startDate: fc
      .integer({ min: 0, max: 3000 })
      .map((n) => addMonthsClamped('2020-01-31', n % 120, (n % 31) + 1)),
    rounding: fc.constantFrom('HALF_UP' as const, 'HALF_EVEN' as const),
  });

  it('conserves the principal, ends at zero and moves forward in time', () => {
    fc.assert(
      fc.property(anyTerms, (input) => {
        const { instalments, totals } = buildSchedule(input);
        expect(sumFen(instalments.map((i) => i.principalFen))).toBe(input.principalFen);
        expect(totals.paymentFen).toBe(totals.principalFen + totals.interestFen);
        expect(instalments.at(-1)?.balanceFen).toBe(0);
        instalments.forEach((instalment, i) => {
          const before = instalments[i - 1];
          expect(instalment.principalFen).toBeGreaterThanOrEqual(0);
          expect(instalment.interestFen).toBeGreaterThanOrEqual(0);
          if (before !== undefined) expect(instalment.dueDate > before.dueDate).toBe(true);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('costs more at a higher rate', () => {
    fc.assert(
      fc.property(anyTerms, (input) => {
        const dearer = annualRate((Number(input.annualRate) + 1).toFixed(2));
        const a = buildSchedule(input);
        const b = buildSchedule({ ...input, annualRate: dearer });
        expect(b.totals.interestFen).toBeGreaterThan(a.totals.interestFen);
        expect(Number(b.annualised.simple)).toBeGreaterThan(Number(a.annualised.simple));
      }),
      { numRuns: 60 },
    );
  });

  it('refuses terms that make no loan, by code', () => {
    const upfront = { code: 'U', timing: 'UPFRONT' as const, amountFen: fen(10_000_00) };
    expect(() => buildSchedule(terms({ fees: [upfront] }))).toThrow('UPFRONT_FEES');
    expect(() => buildSchedule(terms({ instalments: 0 }))).toThrow('INSTALMENTS');
    expect(() => buildSchedule(terms({ principalFen: fen(0) }))).toThrow('PRINCIPAL');
    expect(() => buildSchedule(terms({ firstDueDate: '2026-01-15' }))).toThrow('FIRST_DUE_DATE');
  });
});
