/** Annual rates against Regulation Z Appendix J and Directive 2008/48/EC. */
import { describe, expect, it } from 'vitest';
import {
  datedRate,
  euAnnualRate,
  euYearsBetween,
  type TimedAmount,
  type UnitPeriod,
  unitPeriodRate,
  unitPeriodsBetween,
  unitsPerYear,
} from '../../domain/annualised-rate.ts';
import { fen } from '../../domain/money.ts';

const MONTH: UnitPeriod = { unit: 'MONTH', count: 1 };

/** A single advance repaid at the given amounts, one each unit period, the first on `first`. */
function rate(
  advance: number,
  from: string,
  first: string,
  unit: UnitPeriod,
  amounts: readonly number[],
) {
  const start = unitPeriodsBetween(from, first, unit);
  const payments: readonly TimedAmount[] = amounts.map((amount, i) => ({
    amountFen: fen(Math.round(amount * 100)),
    whole: start.whole + i,
    fraction: start.fraction,
  }));
  const advances = [{ amountFen: fen(advance * 100), whole: 0, fraction: 0 }];
  return unitPeriodRate({ advances, payments, unitsPerYear: unitsPerYear(unit) });
}

const times = (n: number, amount: number) => Array.from({ length: n }, () => amount);

describe('Regulation Z, Appendix J', () => {
  it.each([
    ['(1)(i) monthly', 5000, '1978-01-10', '1978-02-10', MONTH, times(24, 230), 9.68570806],
    [
      '(1)(ii) long first period',
      6000,
      '1978-02-10',
      '1978-04-01',
      MONTH,
      times(36, 200),
      11.81650829,
    ],
    [
      '(1)(v) weekly',
      500,
      '1978-03-20',
      '1978-04-21',
      { unit: 'WEEK', count: 1 },
      times(30, 17.6),
      14.96222269,
    ],
    [
      '(3)(i) odd last payment',
      5000,
      '1978-01-10',
      '1978-02-10',
      MONTH,
      [...times(23, 230), 280],
      10.50046886,
    ],
  ] as const)('%s', (_name, advance, from, first, unit, amounts, percent) => {
    const result = rate(advance, from, first, unit, amounts);
    expect(result.ok && result.annual * 100).toBeCloseTo(percent, 7);
  });

  it.each([
    [
      'semi-monthly, short first period',
      5000,
      '1978-02-23',
      '1978-03-01',
      { unit: 'HALF_MONTH', count: 1 },
      times(24, 219.17),
      10.34,
    ],
    [
      'quarterly, long first period',
      10000,
      '1978-05-23',
      '1978-10-01',
      { unit: 'MONTH', count: 3 },
      times(40, 385),
      8.97,
    ],
    [
      'four-weekly, odd first payment',
      400,
      '1978-03-18',
      '1978-04-20',
      { unit: 'WEEK', count: 4 },
      [39.5, ...times(11, 38.31)],
      28.5,
    ],
    [
      'two-weekly, odd last payment',
      200,
      '1978-04-03',
      '1978-04-11',
      { unit: 'WEEK', count: 2 },
      [...times(19, 9.5), 30],
      12.22,
    ],
    [
      'odd first and last payment',
      5000,
      '1978-01-10',
      '1978-02-10',
      MONTH,
      [250, ...times(22, 230), 280],
      10.9,
    ],
    [
      'single payment after six months',
      1000,
      '1978-07-15',
      '1979-01-15',
      { unit: 'MONTH', count: 6 },
      [1044],
      8.8,
    ],
  ] as const)('%s, to two decimals', (_name, advance, from, first, unit, amounts, percent) => {
    const result = rate(advance, from, first, unit, amounts);
    expect(result.ok && (result.annual * 100).toFixed(2)).toBe(percent.toFixed(2));
  });

  it('counts odd days back from the payment: thirtieths, sevenths, and 30 days for each odd month', () => {
    expect(unitPeriodsBetween('1978-02-10', '1978-04-01', MONTH)).toEqual({
      whole: 1,
      fraction: 19 / 30,
    });
    expect(unitPeriodsBetween('1978-03-20', '1978-04-21', { unit: 'WEEK', count: 1 })).toEqual({
      whole: 4,
      fraction: 4 / 7,
    });
    expect(unitPeriodsBetween('1978-01-10', '1978-03-01', { unit: 'MONTH', count: 2 })).toEqual({
      whole: 0,
      fraction: 52 / 60,
    });
    expect(
      unitPeriodsBetween('1978-02-23', '1978-03-01', { unit: 'HALF_MONTH', count: 1 }),
    ).toEqual({
      whole: 0,
      fraction: 6 / 15,
    });
  });

  it('measures a single payment in days over 365', () => {
    const result = rate(1000, '1978-01-03', '1978-09-15', { unit: 'DAY', count: 255 }, [1080]);
    expect(result.ok && result.annual * 100).toBeCloseTo(11.45, 2);
  });
});

describe('Chinese golden cases before rounding to fen (regulation.md §1.5 c)', () => {
  // Amounts in ten-thousandths of a yuan, so that the level payments are exact to the digits published.
  const units = (yuan: number) => fen(Math.round(yuan * 10_000));
  it.each([
    ['12 % level', 10_000, times(12, 888.4879), 12, 12.6825],
    ['24 % level', 10_000, times(12, 945.596), 24, 26.8242],
    ['flat fee 0.6 %', 10_000, times(12, 893.3333), 13.0342, 13.8418],
    ['flat fee 0.5 %', 10_000, times(12, 883.3333), 10.8964, 11.4574],
    ['300 deducted up front', 9_700, times(12, 888.4879), 17.8249, 19.3557],
    ['daily 0.05 %, interest only', 10_000, [...times(11, 150), 10_150], 18, 19.5618],
  ] as const)('%s', (_name, advance, amounts, simple, compound) => {
    const result = unitPeriodRate({
      advances: [{ amountFen: units(advance), whole: 0, fraction: 0 }],
      payments: amounts.map((amount, i) => ({
        amountFen: units(amount),
        whole: i + 1,
        fraction: 0,
      })),
      unitsPerYear: 12,
    });
    expect(result.ok && result.annual * 100).toBeCloseTo(simple, 4);
    expect(result.ok && ((1 + result.periodic) ** 12 - 1) * 100).toBeCloseTo(compound, 4);
  });
});

describe('Directive 2008/48/EC, Annex I', () => {
  it('500 repaid as 510 after five days costs 324.436 % a year', () => {
    const years = euYearsBetween('2001-01-01', '2001-01-06');
    const result = euAnnualRate(
      [{ amountFen: fen(500_00), years: 0 }],
      [{ amountFen: fen(510_00), years }],
    );
    expect(result.ok && result.annual * 100).toBeCloseTo(324.436, 2);
  });
  it('a year with a 29 February has 366 days', () => {
    expect(euYearsBetween('2024-01-01', '2024-02-01')).toBe(31 / 366);
    expect(euYearsBetween('2023-01-01', '2024-02-01')).toBe(1 + 31 / 366);
  });
});

describe('flows without one answer are refused by name', () => {
  const at = (date: string, yuan: number) => ({ date, amountFen: fen(yuan * 100) });
  it.each([
    ['NO_ADVANCE', [], [at('2026-02-01', 10)]],
    ['NO_PAYMENT', [at('2026-01-01', 10)], []],
    ['NO_SOLUTION', [at('2026-01-01', 10)], [at('2026-01-01', 10)]],
    ['AMBIGUOUS', [at('2026-01-01', 100), at('2028-01-01', 132)], [at('2027-01-01', 230)]],
  ] as const)('%s', (reason, advances, payments) => {
    expect(datedRate(advances, payments)).toEqual({ ok: false, reason });
  });
});
