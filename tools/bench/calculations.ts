/**
 * `npm run bench -- calculations`: schedules and annual rates a second on one core, beside bare loops in floating point
 * that round nothing by rule, check nothing, know no calendar and, for schedules, compute no rates. No servers.
 */
import { annualPercentageRate, type AprBasis, RATE_DECIMALS } from '../../domain/apr.ts';
import { addMonthsClamped } from '../../domain/calendar.ts';
import type { DayCount } from '../../domain/loan-terms.ts';
import { fen } from '../../domain/money.ts';
import { annualRate } from '../../domain/rates.ts';
import { buildSchedule } from '../../domain/schedule.ts';
import { type Result, result } from './results.ts';

const START = '2026-01-15';
const PRINCIPAL = 1_000_000;
const PERCENT = 14.4;

/** Milliseconds for which each piece of work is repeated, after a tenth of it to warm up. */
const MEASURED_MS = 1_000;

/** Times a second that `work` is done; its results are summed, so that no loop can be left out. */
function perSecond(work: () => number): number {
  let kept = 0;
  const run = (forMs: number): number => {
    const begun = performance.now();
    let [times, passed] = [0, 0];
    for (; passed < forMs; passed = performance.now() - begun) {
      for (let i = 0; i < 8; i += 1) kept += work();
      times += 8;
    }
    return (times / passed) * 1000;
  };
  run(MEASURED_MS / 10);
  const rate = run(MEASURED_MS);
  if (Number.isNaN(kept)) throw new Error('A measured loop came to no number.');
  return rate;
}

function ourSchedule(instalments: number, dayCount: DayCount): number {
  const { totals } = buildSchedule(
    {
      principalFen: fen(PRINCIPAL),
      annualRate: annualRate(String(PERCENT)),
      instalments,
      method: 'EQUAL_INSTALMENT',
      dayCount,
      startDate: START,
    },
    RATE_DECIMALS,
  );
  return totals.interestFen;
}

function bareSchedule(instalments: number): number {
  const rate = PERCENT / 1200;
  const payment = Math.round((PRINCIPAL * rate) / (1 - (1 + rate) ** -instalments));
  let [balance, interestSum] = [PRINCIPAL, 0];
  for (let i = 1; i <= instalments; i += 1) {
    const interest = Math.round(balance * rate);
    interestSum += interest;
    balance -= i === instalments ? balance : payment - interest;
  }
  return interestSum;
}

/** Level payments of the loan, for the rates. */
function levelPayments(count: number): readonly number[] {
  const rate = PERCENT / 1200;
  const payment = Math.round((PRINCIPAL * rate) / (1 - (1 + rate) ** -count));
  return Array.from({ length: count }, () => payment);
}

function ourRate(amounts: readonly number[], basis: AprBasis): number {
  const found = annualPercentageRate({
    advances: [{ date: START, amountFen: fen(PRINCIPAL) }],
    payments: amounts.map((amount, i) => ({
      date: addMonthsClamped(START, i + 1),
      amountFen: fen(amount),
    })),
    basis,
  });
  return found.ok ? Number(found.apr.annualRate) : Number.NaN;
}

/** Newton's method on whole months, to a billionth of a percent. */
function bareRate(amounts: readonly number[]): number {
  let rate = 0.01;
  for (let step = 0; step < 50; step += 1) {
    let [value, slope, discount] = [-PRINCIPAL, 0, 1];
    for (let i = 0; i < amounts.length; i += 1) {
      discount /= 1 + rate;
      const worth = (amounts[i] ?? 0) * discount;
      value += worth;
      slope -= (worth * (i + 1)) / (1 + rate);
    }
    const move = value / slope;
    rate -= move;
    if (Math.abs(move) < 1e-13) break;
  }
  return rate * 1200;
}

/** Measures everything; `baseline` of each result is the bare loop's in the same run. */
export function benchCalculations(): readonly Result[] {
  const sizes = [12, 36, 360] as const;
  const bareSchedules = sizes.map((n) => perSecond(() => bareSchedule(n)));
  const schedules = (['MONTHS/12', 'ACT/365'] as const).flatMap((dayCount) =>
    sizes.map((n, i) => {
      const rate = perSecond(() => ourSchedule(n, dayCount));
      return result(
        `schedule with its rates, ${n} instalments, ${dayCount}`,
        rate,
        'a second',
        bareSchedules[i],
      );
    }),
  );
  const payments = sizes.map(levelPayments);
  const bareRates = payments.map((amounts) => perSecond(() => bareRate(amounts)));
  const rates = (['UNIT_PERIOD', 'ACT/365'] as const).flatMap((basis) =>
    payments.map((amounts, i) => {
      const rate = perSecond(() => ourRate(amounts, basis));
      return result(`rate, ${amounts.length} payments, ${basis}`, rate, 'a second', bareRates[i]);
    }),
  );
  return [...schedules, ...rates];
}
