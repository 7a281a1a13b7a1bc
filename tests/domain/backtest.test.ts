/** Backtests count alike however the record is cut into parts, and their reports say what was counted. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addCompared,
  addTallies,
  addUnreadable,
  type BacktestTerms,
  type Compared,
  emptyTally,
  OUTCOMES,
  type Tally,
  UNREADABLES,
} from '../../domain/backtest.ts';
import { backtestReport } from '../../domain/backtest-report.ts';
import { fen } from '../../domain/money.ts';

const TERMS: BacktestTerms = { lgdPercent: 60, sampleLimit: 5 };

const verdict = fc.record({
  outcome: fc.constantFrom(...OUTCOMES),
  amountFen: fc.option(fc.integer({ min: 0, max: 20_000_000 }).map(fen)),
  annualRate: fc.option(fc.constantFrom('7.2', '10.8', '15.12')),
});
const entry = fc.record({
  before: verdict,
  after: verdict,
  defaultProbability: fc.double({ min: 0, max: 1, noNaN: true }),
  why: fc.option(fc.constantFrom(...UNREADABLES), { freq: 5 }),
  segments: fc.record({
    grade: fc.option(fc.constantFrom('A', 'B', 'E')),
    product: fc.constantFrom('P', 'Q'),
    employment: fc.option(fc.constantFrom('EMPLOYED', 'RETIRED')),
    ageYears: fc.option(fc.integer({ min: 18, max: 80 })),
    requestedFen: fc.option(fc.integer({ min: 0, max: 90_000_000 })),
    arm: fc.option(fc.constantFrom('X')),
  }),
});
type Entry = typeof entry extends fc.Arbitrary<infer T> ? T & { readonly id: string } : never;

function tallyOf(entries: readonly Entry[]): Tally {
  const tally = emptyTally();
  for (const { id, why, ...rest } of entries) {
    if (why === null) addCompared(tally, { applicationId: id, ...rest }, TERMS);
    else addUnreadable(tally, id, why, TERMS);
  }
  return tally;
}

const numbered = fc
  .array(entry, { maxLength: 60 })
  .map((all) => all.map((one, i): Entry => ({ ...one, id: String(i).padStart(4, '0') })));

describe('a tally', () => {
  it('of two parts adds up to that of the whole, whichever part comes first', () => {
    fc.assert(
      fc.property(numbered, fc.nat(60), (entries, cut) => {
        const whole = tallyOf(entries);
        const [left, right] = [tallyOf(entries.slice(0, cut)), tallyOf(entries.slice(cut))];
        expect(addTallies(left, right, TERMS)).toEqual(whole);
        expect(addTallies(right, left, TERMS)).toEqual(whole);
      }),
    );
  });

  it('survives being kept as JSON', () => {
    fc.assert(
      fc.property(numbered, (entries) => {
        const tally = tallyOf(entries);
        expect(JSON.parse(JSON.stringify(tally))).toEqual(tally);
      }),
    );
  });
});

describe('a report', () => {
  const at = (
    applicationId: string,
    before: Compared['before'],
    after: Compared['after'],
  ): Compared => ({
    applicationId,
    before,
    after,
    defaultProbability: 0.05,
    segments: {
      grade: 'B',
      product: 'P',
      employment: 'EMPLOYED',
      ageYears: 34,
      requestedFen: 5_000_000,
      arm: null,
    },
  });
  const approve = (yuan: number, annualRate: string) =>
    ({ outcome: 'APPROVE', amountFen: fen(yuan * 100), annualRate }) as const;
  const refer = { outcome: 'REFER', amountFen: fen(100), annualRate: '9' } as const;
  const decline = { outcome: 'DECLINE', amountFen: null, annualRate: null } as const;

  const tally = emptyTally();
  addCompared(tally, at('1', approve(10_000, '10'), approve(8_000, '12')), TERMS);
  addCompared(tally, at('2', approve(20_000, '14'), decline), TERMS);
  addCompared(tally, at('3', refer, approve(30_000, '9')), TERMS);
  addCompared(tally, at('4', decline, refer), TERMS);
  addUnreadable(tally, '5', 'ERASED', TERMS);
  const report = backtestReport(tally, TERMS);

  it('counts swaps, approvals, averages and expected loss as worked by hand', () => {
    expect(report.total).toMatchObject({ compared: 4, swapIn: 1, swapOut: 1 });
    expect(report.total.matrix.APPROVE).toEqual({ APPROVE: 1, REFER: 0, DECLINE: 1 });
    expect(report.total.before).toEqual({
      approved: 2,
      approvalRatePercent: 50,
      averageAmountFen: 1_500_000,
      averageRatePercent: 12,
      approvedAmountFen: 3_000_000,
      // 5 % × 60 % of 30,000 yuan.
      expectedLossFen: 90_000,
      expectedLossPercent: 3,
    });
    expect(report.total.after).toMatchObject({ approved: 2, averageRatePercent: 10.5 });
    expect(report.total.after.expectedLossFen).toBe(114_000);
  });

  it('names who was swapped and who could not be read, and never counts the latter', () => {
    expect(report.samples).toEqual({ swapIn: ['3'], swapOut: ['2'], unreadable: ['5'] });
    expect(report.unreadable).toEqual({ ERASED: 1 });
  });

  it('splits by age, amount and the other words', () => {
    const names = report.segments.map(({ word, value }) => `${word}=${value}`);
    expect(names).toContain('ageYears=25–34');
    expect(names).toContain('requestedYuan=50000–99999');
    expect(names).toContain('arm=NONE');
  });

  it('says what it assumed', () => {
    expect(report.assumptions.lgdPercent).toBe(60);
    expect(report.assumptions.en).toContain('60 %');
  });
});
