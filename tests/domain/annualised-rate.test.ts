/** Annual rates against Regulation Z Appendix J, the EU's examples, and the golden cases of Chinese loans. */
import { describe, expect, it } from 'vitest';
import { datedRate, unitPeriodRate } from '../../domain/annualised-rate.ts';
import { annualPercentageRate, type AprBasis } from '../../domain/apr.ts';
import { addDays, addMonthsClamped } from '../../domain/calendar.ts';
import { euYearsBetween } from '../../domain/eu-intervals.ts';
import { fen } from '../../domain/money.ts';
import { D } from '../../domain/rates.ts';
import {
  detectUnitPeriod,
  type UnitPeriod,
  unitPeriodsBetween,
  unitsPerYear,
} from '../../domain/unit-periods.ts';
import { annual, apr, dated, type Flow, monthly, onFirstAnd16th, weekly } from './flows.ts';

const MONTH: UnitPeriod = { unit: 'MONTH', count: 1 };

describe('Regulation Z, Appendix J: its examples, the unit period found from the dates', () => {
  // The published rate stands first; the digits behind it are recomputed. The inputs of (c)(5)(ii), (c)(5)(iv) and
  // (c)(7)(i) were recalled, not read from the text; that they come out at the published rate speaks for them.
  it.each<[string, string, string, number, Flow[], Flow[]]>([
    [
      '(c)(1)(i)',
      '9.69',
      '9.68570806',
      12,
      [['1978-01-10', 5000]],
      [...monthly(24, 230, '1978-02-10')],
    ],
    [
      '(c)(1)(ii)',
      '11.82',
      '11.81650829',
      12,
      [['1978-02-10', 6000]],
      [...monthly(36, 200, '1978-04-01')],
    ],
    [
      '(c)(1)(iii)',
      '10.34',
      '10.33790291',
      24,
      [['1978-02-23', 5000]],
      [...onFirstAnd16th(24, 219.17, '1978-03-01')],
    ],
    [
      '(c)(1)(iv)',
      '8.97',
      '8.97076965',
      4,
      [['1978-05-23', 10_000]],
      [...monthly(40, 385, '1978-10-01', 3)],
    ],
    [
      '(c)(1)(v)',
      '14.96',
      '14.96222269',
      52,
      [['1978-03-20', 500]],
      [...weekly(30, 17.6, '1978-04-21')],
    ],
    [
      '(c)(2)(i)',
      '10.08',
      '10.08289003',
      12,
      [['1978-01-10', 5000]],
      [['1978-02-10', 250], ...monthly(23, 230, '1978-03-10')],
    ],
    [
      '(c)(2)(ii)',
      '28.50',
      '28.49793985',
      13,
      [['1978-03-18', 400]],
      [['1978-04-20', 39.5], ...weekly(11, 38.31, '1978-05-18', 4)],
    ],
    [
      '(c)(3)(i)',
      '10.50',
      '10.50046886',
      12,
      [['1978-01-10', 5000]],
      [...monthly(23, 230, '1978-02-10'), ['1980-01-10', 280]],
    ],
    [
      '(c)(3)(ii)',
      '12.22',
      '12.22485654',
      26,
      [['1978-04-03', 200]],
      [...weekly(19, 9.5, '1978-04-11', 2), ['1979-01-02', 30]],
    ],
    [
      '(c)(4)(i)',
      '10.90',
      '10.89554870',
      12,
      [['1978-01-10', 5000]],
      [['1978-02-10', 250], ...monthly(22, 230, '1978-03-10'), ['1980-01-10', 280]],
    ],
    [
      '(c)(4)(ii)',
      '7.30',
      '7.30176516',
      6,
      [['1978-01-10', 8000]],
      [['1978-03-01', 449.36], ...monthly(18, 465, '1978-05-01', 2), ['1981-05-01', 200]],
    ],
    [
      '(c)(5)(i)',
      '11.45',
      '11.45098039',
      365 / 255,
      [['1978-01-03', 1000]],
      [['1978-09-15', 1080]],
    ],
    ['(c)(5)(ii)', '8.80', '8.80000000', 2, [['1978-07-15', 1000]], [['1979-01-15', 1044]]],
    ['(c)(5)(iv)', '11.36', '11.35528726', 1, [['1978-01-17', 1000]], [['1980-01-17', 1240]]],
    [
      '(c)(7)(i), three advances',
      '10.25',
      '10.25006440',
      12,
      [
        ['1979-04-10', 20_000],
        ['1979-06-12', 20_000],
        ['1979-09-18', 20_000],
      ],
      [...monthly(240, 612.36, '1979-12-10')],
    ],
  ])('%s %s %%', (_name, published, digits, perYear, advances, payments) => {
    const result = apr(advances, payments);
    expect(result.ok && new D(result.apr.annualRate).toFixed(2)).toBe(published);
    expect(result).toMatchObject({ apr: { annualRate: digits, periodsPerYear: perYear } });
  });

  // Of a published implementation's tests, which its author confirmed with a spreadsheet.
  it.each<[string, Flow[], Flow[]]>([
    ['9.15', [['1978-06-23', 10_000]], [...monthly(40, 385, '1978-10-01', 3)]],
    ['9.32', [['1978-07-23', 10_000]], [...monthly(40, 385, '1978-10-01', 3)]],
    [
      '94.15',
      [['2023-10-26', 1000]],
      Array.from({ length: 5 }, (_, i) => [addDays('2023-11-30', i), 220]),
    ],
    ['176.52', [['2023-10-28', 1000]], [...weekly(5, 250, '2023-11-30')]],
    ['412.40', [['2023-11-23', 1000]], [...weekly(5, 250, '2023-11-30')]],
    ['434.30', [['2023-11-24', 1000]], [...weekly(5, 250, '2023-11-30')]],
    ['78.34', [['2023-10-26', 1000]], [...monthly(5, 500, '2023-11-30', 12)]],
  ])('quarters, days, weeks and years with odd first periods: %s %%', (published, ...flows) => {
    expect(new D(annual(...flows)).toFixed(2)).toBe(published);
  });

  it('counts odd days back from the payment: thirtieths, fifteenths, sevenths, 30 days a month, 365 a year', () => {
    const between = unitPeriodsBetween;
    expect(between('1978-02-10', '1978-04-01', MONTH)).toEqual({ whole: 1, part: 19, of: 30 });
    const week = { unit: 'WEEK', count: 1 } as const;
    expect(between('1978-03-20', '1978-04-21', week)).toEqual({ whole: 4, part: 4, of: 7 });
    const two = { unit: 'MONTH', count: 2 } as const;
    expect(between('1978-01-10', '1978-03-01', two)).toEqual({ whole: 0, part: 52, of: 60 });
    const half = { unit: 'HALF_MONTH', count: 1 } as const;
    expect(between('1978-02-23', '1978-03-01', half)).toEqual({ whole: 0, part: 6, of: 15 });
    const year = { unit: 'MONTH', count: 12 } as const;
    expect(between('1978-01-17', '1980-01-29', year)).toEqual({ whole: 2, part: 12, of: 365 });
    expect(between('1978-01-17', '1980-04-17', year)).toEqual({ whole: 2, part: 3, of: 12 });
  });

  it('months of a series at month ends are whole, with the last of February for the 29th and 30th', () => {
    const level = (day: string) =>
      Array.from({ length: 12 }, (_, i): Flow => [addMonthsClamped(day, i + 1), 888.49]);
    const regular = annual([['2026-01-15', 10_000]], level('2026-01-15'));
    for (const start of ['2026-01-31', '2026-01-30', '2026-01-29'])
      expect(annual([[start, 10_000]], level(start))).toBe(regular);
  });

  it('the unit is the most frequent common period, the smaller of two, else the average rounded', () => {
    const dates = (flows: readonly Flow[]) => flows.map(([date]) => date);
    const of = (start: string, flows: readonly Flow[]) => detectUnitPeriod([start], dates(flows));
    const skipping = monthly(24, 1, '2026-02-10').filter((_, i) => i % 12 < 9);
    expect(of('2026-01-10', skipping)).toEqual(MONTH);
    expect(of('2026-02-01', weekly(3, 1, '2026-02-15', 2))).toEqual({ unit: 'WEEK', count: 2 });
    const tie: Flow[] = [
      ['2026-02-01', 1],
      ['2026-03-01', 1],
      ['2026-06-01', 1],
      ['2026-09-01', 1],
    ];
    expect(of('2026-01-01', tie)).toEqual(MONTH);
    const odd: Flow[] = [
      ['2026-02-05', 1],
      ['2026-03-08', 1],
    ];
    expect(of('2026-01-10', odd)).toEqual({ unit: 'WEEK', count: 4 });
    const endAndMiddle: Flow[] = [
      ['2026-01-31', 1],
      ['2026-02-15', 1],
      ['2026-02-28', 1],
      ['2026-03-15', 1],
      ['2026-03-31', 1],
    ];
    expect(of('2026-01-15', endAndMiddle)).toEqual({ unit: 'HALF_MONTH', count: 1 });
    expect(
      of('2026-01-15', [
        ['2029-01-15', 1],
        ['2032-01-15', 1],
      ]),
    ).toEqual({ unit: 'MONTH', count: 12 });
  });

  it('takes the unit it is given', () => {
    const flows = [[['2026-01-10', 5000]], monthly(24, 230, '2026-02-10')] as const;
    const quarter = apr(...flows, 'UNIT_PERIOD', { unit: 'MONTH', count: 3 });
    expect(quarter).toMatchObject({ ok: true, apr: { periodsPerYear: 4 } });
    expect(annual(...flows, 'UNIT_PERIOD', MONTH)).toBe(annual(...flows));
  });
});

describe('Chinese golden cases before rounding to fen (regulation.md §1.5 c)', () => {
  // Amounts in ten-thousandths of a yuan, so that the level payments are exact to the digits published.
  const units = (yuan: number) => fen(Math.round(yuan * 10_000));
  const times = (n: number, amount: number) => Array.from({ length: n }, () => amount);
  it.each([
    ['12 % level', 10_000, times(12, 888.4879), 12, 12.6825],
    ['24 % level', 10_000, times(12, 945.596), 24, 26.8242],
    ['flat fee 0.6 %', 10_000, times(12, 893.3333), 13.0342, 13.8418],
    ['flat fee 0.5 %', 10_000, times(12, 883.3333), 10.8964, 11.4574],
    ['300 deducted up front', 9_700, times(12, 888.4879), 17.8249, 19.3557],
    ['daily 0.05 %, interest only', 10_000, [...times(11, 150), 10_150], 18, 19.5618],
  ] as const)('%s', (_name, advance, amounts, simple, compound) => {
    const result = unitPeriodRate({
      advances: [{ amountFen: units(advance), whole: 0, part: 0, of: 1 }],
      payments: amounts.map((amount, i) => ({
        amountFen: units(amount),
        whole: i + 1,
        part: 0,
        of: 1,
      })),
      unitsPerYear: unitsPerYear(MONTH),
    });
    expect(result.ok && result.rates.annual.times(100).toNumber()).toBeCloseTo(simple, 4);
    expect(result.ok && result.rates.compound.times(100).toNumber()).toBeCloseTo(compound, 4);
  });
});

describe('the EU annex', () => {
  const annex: Flow[] = [['1994-01-01', 1000]];
  const partly: Flow[] = [
    ['1994-04-01', 272],
    ['1994-07-01', 272],
    ['1995-01-01', 544],
  ];
  it.each<[string, string, AprBasis, Flow[], Flow[]]>([
    ['2008/48/EC', '324.436', 'ACT/365', [['2026-11-24', 500]], [['2026-11-29', 510]]],
    ['the same in a leap year', '324.436', 'ACT/365', [['2012-10-10', 500]], [['2012-10-15', 510]]],
    [
      'two payments',
      '84.63',
      'ACT/365',
      [['2012-10-10', 500]],
      [
        ['2012-11-10', 270],
        ['2012-12-10', 270],
      ],
    ],
    ['98/7/EC A, first example', '12.96', 'ACT/365', annex, [['1995-07-01', 1200]]],
    ['98/7/EC A, second', '16.9', 'ACT/365', [['1994-01-01', 950]], [['1995-07-01', 1200]]],
    [
      '98/7/EC A, third',
      '13.07',
      'ACT/365',
      annex,
      [
        ['1995-01-01', 600],
        ['1996-01-01', 600],
      ],
    ],
    ['98/7/EC A, fourth', '13.2', 'ACT/365', annex, partly],
    ['98/7/EC B, first', '12.92', 'EQUAL_MONTHS', annex, [['1995-07-01', 1200]]],
    ['98/7/EC B, fourth', '13.2', 'EQUAL_MONTHS', annex, partly],
    [
      'COM(2005) 483, example 2',
      '9.380593',
      'EQUAL_MONTHS',
      [['2025-01-10', 6000]],
      [...monthly(48, 149.31, '2025-02-10')],
    ],
    [
      'COM(2005) 483, example 4',
      '9.856689',
      'EQUAL_MONTHS',
      [['2025-01-10', 6000]],
      [...monthly(48, 150.56, '2025-02-10')],
    ],
  ])('%s: %s %%', (_name, published, basis, advances, payments) => {
    const decimals = published.split('.')[1]?.length ?? 0;
    expect(new D(annual(advances, payments, basis)).toFixed(decimals)).toBe(published);
  });

  // The table of SWD(2012) 128, 4.1.1: whole units back from the later date, then days.
  it.each([
    ['MONTH', '2012-01-12', '2012-02-15', 1 / 12 + 3 / 365],
    ['MONTH', '2012-01-12', '2012-03-15', 2 / 12 + 3 / 365],
    ['MONTH', '2013-01-12', '2013-02-15', 1 / 12 + 3 / 366],
    ['MONTH', '2013-01-12', '2013-04-15', 3 / 12 + 3 / 366],
    ['MONTH', '2013-02-25', '2013-03-28', 1 / 12 + 3 / 366],
    ['MONTH', '2013-02-26', '2013-03-29', 1 / 12 + 2 / 366],
    ['MONTH', '2012-02-26', '2012-03-29', 1 / 12 + 3 / 366],
    ['YEAR', '2012-01-12', '2012-02-15', 34 / 365],
    ['YEAR', '2012-01-12', '2013-02-15', 1 + 34 / 365],
    ['YEAR', '2012-01-12', '2014-02-15', 2 + 34 / 365],
    ['YEAR', '2020-01-01', '2021-03-15', 1 + 74 / 366],
    ['YEAR', '2024-01-01', '2025-01-01', 1],
    ['YEAR', '2024-02-28', '2024-03-01', 2 / 366],
    ['WEEK', '2012-01-12', '2012-01-30', 2 / 52 + 4 / 365],
    ['WEEK', '2012-01-12', '2013-01-12', 1 + 2 / 365],
  ] as const)('%s: %s to %s', (unit, from, to, years) => {
    const { whole, part, of } = euYearsBetween(from, to, unit, Number(to.slice(8)));
    expect(whole + part / of).toBeCloseTo(years, 14);
  });

  it('loans in weeks are counted in fifty-seconds of a year', () => {
    const paid: Flow[] = [
      ['2026-01-08', 52],
      ['2026-01-15', 52],
    ];
    const result = new D(annual([['2026-01-01', 100]], paid, 'EQUAL_MONTHS')).dividedBy(100);
    const v = result.plus(1).pow(new D(-1).dividedBy(52));
    expect(v.plus(v.pow(2)).times(52).toNumber()).toBeCloseTo(100, 8);
  });

  it('a compound rate is told a period of the unit that is asked for', () => {
    const loan = [[['2026-01-01', 1000]], [['2027-01-01', 1126.8250301319697]]] as const;
    const result = apr(loan[0], [['2027-01-01', 1126.83]], 'ACT/365', MONTH);
    expect(result).toMatchObject({ apr: { annualRate: '12.68300000', periodsPerYear: 12 } });
    expect(result.ok && Number(result.apr.perPeriod)).toBeCloseTo(1.0000368, 6);
    expect(apr(loan[0], [['2027-01-01', 1100]], 'ACT/365')).toEqual({
      ok: true,
      apr: { annualRate: '10.00000000', perPeriod: '10.00000000', periodsPerYear: 1 },
    });
  });

  it('differs from the spreadsheet where a leap day passes: XIRR has years of 365 days alone', () => {
    // The example of a well-known spreadsheet's XIRR: 37.3362535 %.
    const out = dated([['2008-01-01', 10_000]]);
    const back = dated([
      ['2008-03-01', 2750],
      ['2008-10-30', 4250],
      ['2009-02-15', 3250],
      ['2009-04-01', 2750],
    ]);
    const xirr = datedRate(out, back);
    expect(xirr.ok && xirr.rates.compound.times(100).toFixed(5)).toBe('37.33625');
    const annexRate = annualPercentageRate({ advances: out, payments: back, basis: 'ACT/365' });
    expect(annexRate).not.toMatchObject({ apr: { annualRate: '37.33625346' } });
    expect(annual([['2024-01-01', 100]], [['2025-01-01', 110]], 'ACT/365')).toBe('10.00000000');
  });
});
