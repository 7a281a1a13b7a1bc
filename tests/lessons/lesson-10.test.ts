/** Lesson 10: floating-point money, instalments rounded up, two schedule types with one interest, one due date twice. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RepaymentMethod } from '../../domain/loan-terms.ts';
import { fen, splitFen, sumFen } from '../../domain/money.ts';
import { annualRate } from '../../domain/rates.ts';
import { buildSchedule, type ScheduleInput } from '../../domain/schedule.ts';

const METHODS: readonly RepaymentMethod[] = [
  'EQUAL_INSTALMENT',
  'EQUAL_PRINCIPAL',
  'INTEREST_FIRST',
  'BULLET',
];

/** 1,000 to 300,000 yuan over up to five years, from any day of the years at hand, month ends among them. */
const terms = fc.record({
  principalFen: fc.integer({ min: 100_000, max: 30_000_000 }).map(fen),
  annualRate: fc.integer({ min: 1, max: 2_400 }).map((bp) => annualRate((bp / 100).toFixed(2))),
  instalments: fc.integer({ min: 1, max: 60 }),
  method: fc.constantFrom(...METHODS),
  dayCount: fc.constantFrom('MONTHS/12' as const, 'ACT/360' as const, '30/360' as const),
  startDate: fc
    .integer({ min: 0, max: 1_000 })
    .map((day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)),
}) satisfies fc.Arbitrary<ScheduleInput>;

describe('lesson 10: money to the fen', () => {
  test('every schedule repays exactly the principal in whole fen, on strictly later dates', () => {
    fc.assert(
      fc.property(terms, (input) => {
        const { instalments, totals } = buildSchedule(input);
        expect(sumFen(instalments.map((one) => one.principalFen))).toBe(input.principalFen);
        for (const one of instalments) {
          expect(Number.isSafeInteger(one.paymentFen)).toBe(true);
          expect(one.paymentFen).toBe(one.principalFen + one.interestFen + one.feeFen);
        }
        expect(totals.paymentFen).toBe(sumFen(instalments.map((one) => one.paymentFen)));
        const dates = instalments.map((one) => one.dueDate);
        expect([...new Set(dates)].sort()).toEqual(dates);
      }),
      { numRuns: 300 },
    );
  });

  test('each way of repaying has an interest of its own, the faster repaid the less', () => {
    const interest = METHODS.map((method) => {
      const { totals } = buildSchedule({
        principalFen: fen(10_000_000),
        annualRate: annualRate('12.00'),
        instalments: 12,
        method,
        dayCount: 'MONTHS/12',
        startDate: '2026-03-31',
      });
      return { method, fen: totals.interestFen };
    });
    const of = (name: RepaymentMethod) => interest.find(({ method }) => method === name)?.fen ?? 0;
    expect(of('EQUAL_PRINCIPAL')).toBeLessThan(of('EQUAL_INSTALMENT'));
    expect(of('EQUAL_INSTALMENT')).toBeLessThan(of('INTEREST_FIRST'));
    expect(of('INTEREST_FIRST')).toBe(1_200_000);
  });

  test('a fraction of a fen is no amount, and a split conserves its total', () => {
    expect(() => fen(0.1 + 0.2)).toThrow(RangeError);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000_000 }),
        fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 12 }),
        (total, weights) => {
          expect(sumFen(splitFen(fen(total), weights))).toBe(total);
        },
      ),
    );
  });
});
