/** The solver: flows with one answer, with none, with several, and how many digits of an answer are right. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datedRate } from '../../domain/annualised-rate.ts';
import { addDays, daysBetween } from '../../domain/calendar.ts';
import { fen } from '../../domain/money.ts';
import { D } from '../../domain/rates.ts';
import { annual, apr, type Flow, monthly } from './flows.ts';

describe('flows with and without one answer', () => {
  it.each<[string, Flow[], Flow[]]>([
    ['NO_ADVANCE', [], [['2026-02-01', 10]]],
    [
      'NO_ADVANCE',
      [['2026-01-01', 10]],
      [
        ['2026-01-01', 10.5],
        ['2026-03-01', 1],
      ],
    ],
    ['NO_PAYMENT', [['2026-01-01', 10]], []],
    ['NO_PAYMENT', [['2026-01-01', 10]], [['2026-02-01', 0]]],
    ['NO_SOLUTION', [['2026-01-01', 10]], [['2026-01-01', 9]]],
    [
      'PAYMENT_BEFORE_ADVANCE',
      [['2026-02-01', 10]],
      [
        ['2026-01-01', 5],
        ['2026-04-01', 6],
      ],
    ],
    [
      'AMBIGUOUS',
      [
        ['2026-01-01', 100],
        ['2028-01-01', 132],
      ],
      [['2027-01-01', 230]],
    ],
    ['OUT_OF_RANGE', [['2026-01-01', 1]], [['2026-01-02', 2]]],
  ])('%s', (reason, advances, payments) => {
    expect(apr(advances, payments, 'ACT/365')).toEqual({ ok: false, reason });
  });

  it('less paid back than advanced is a negative rate', () => {
    expect(annual([['2026-01-01', 100]], [['2027-01-01', 90]], 'ACT/365')).toBe('-10.00000000');
    expect(annual([['2026-01-01', 100]], [['2027-01-01', 100]], 'ACT/365')).toBe('0.00000000');
    expect(annual([['2026-01-01', 1000]], monthly(6, 100, '2026-02-01'))).toBe('-154.73907738');
  });

  it('a line drawn and repaid in turns has a rate, and the order of the list does not matter', () => {
    const drawn: Flow[] = [
      ['2026-01-01', 100],
      ['2026-03-01', 100],
      ['2026-05-01', 100],
    ];
    const repaid: Flow[] = [
      ['2026-02-01', 50],
      ['2026-04-01', 60],
      ['2026-06-01', 210],
    ];
    const rate = annual(drawn, repaid);
    expect(Number(rate)).toBeGreaterThan(0);
    expect(annual(drawn.toReversed(), repaid.toReversed())).toBe(rate);
  });

  it('keeps its digits for rates of payday lending and beyond', () => {
    expect(annual([['2026-01-01', 100]], [['2026-01-15', 115]])).toBe('391.07142857');
    const huge = annual([['2026-01-01', 1]], [['2026-01-02', 1.1]], 'ACT/365');
    expect(huge).toBe(new D('1.1').pow(365).minus(1).times(100).toFixed(8));
  });

  it('balances the equation to every digit it prints', () => {
    const anyLoan = fc.record({
      advance: fc.integer({ min: 100_000, max: 100_000_000 }),
      shares: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 30 }),
      gap: fc.integer({ min: 1, max: 60 }),
      cost: fc.integer({ min: -30, max: 80 }),
    });
    fc.assert(
      fc.property(anyLoan, ({ advance, shares, gap, cost }) => {
        const sum = shares.reduce((a, b) => a + b, 0);
        const payments = shares.map((share, i) => ({
          date: addDays('2026-01-01', gap * (i + 1)),
          amountFen: fen(Math.max(1, Math.round((advance * share * (100 + cost)) / sum / 100))),
        }));
        const result = datedRate([{ date: '2026-01-01', amountFen: fen(advance) }], payments);
        fc.pre(result.ok || result.reason !== 'OUT_OF_RANGE');
        if (!result.ok) throw new Error(result.reason);
        const worth = (rate: InstanceType<typeof D>) =>
          payments.reduce((total, { date, amountFen }) => {
            const years = new D(daysBetween('2026-01-01', date)).dividedBy(365);
            return total.plus(new D(amountFen).dividedBy(rate.plus(1).pow(years)));
          }, new D(0));
        const { compound } = result.rates;
        const step = new D('1e-10');
        expect(worth(compound.minus(step)).greaterThan(advance)).toBe(true);
        expect(worth(compound.plus(step)).lessThan(advance)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
