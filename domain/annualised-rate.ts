/**
 * What a loan costs a year: the unit-period equation (US Reg Z, 12 CFR 1026 Appendix J), the EU equation (2008/48/EC
 * Annex I) and the dated internal rate. Regulation.md §1.1 and §1.5. No amount of money is ever computed from them.
 */
import type { Decimal } from 'decimal.js';
import { daysBetween } from './calendar.ts';
import type { Fen } from './money.ts';
import { D } from './rates.ts';
import { type Fractions, growthOver, type RateFailure, solveGrowth } from './rate-solver.ts';
import type { Span } from './unit-periods.ts';

export type { RateFailure } from './rate-solver.ts';

/** An amount at a time after the first advance, in periods of the equation. */
export interface TimedAmount extends Span {
  readonly amountFen: Fen;
}

/**
 * Rates as fractions (0.01 is 1 %): `periodic` a period, `annual` times the periods of a year (simple), `compound` with
 * interest upon interest.
 */
export interface Rates {
  readonly periodic: Decimal;
  readonly annual: Decimal;
  readonly compound: Decimal;
}

export type RateResult =
  | { readonly ok: true; readonly rates: Rates }
  | { readonly ok: false; readonly reason: RateFailure };

interface Flows {
  readonly advances: readonly TimedAmount[];
  readonly payments: readonly TimedAmount[];
}

function rateOf({ advances, payments }: Flows, fractions: Fractions, perYear: Decimal): RateResult {
  const flow =
    (sign: 1 | -1) =>
    ({ amountFen, whole, part, of }: TimedAmount) => ({
      amount: sign * amountFen,
      whole,
      part,
      of,
    });
  const flows = [...advances.map(flow(1)), ...payments.map(flow(-1))];
  const solved = solveGrowth(flows, fractions, perYear.toNumber());
  if (!solved.ok) return solved;
  const periodic = growthOver(solved.growth, new D(1));
  const annual = periodic.times(perYear);
  return { ok: true, rates: { periodic, annual, compound: growthOver(solved.growth, perYear) } };
}

/**
 * Annual percentage rate by the unit-period equation Σ A/((1+f·i)(1+i)^t) = Σ P/((1+f·i)(1+i)^t), annual = i·w.
 * `unitsPerYear` is w: 12 for months, 52 for weeks, 365/days for a single payment measured in days.
 */
export function unitPeriodRate(flows: Flows & { readonly unitsPerYear: Decimal }): RateResult {
  return rateOf(flows, 'SIMPLE', flows.unitsPerYear);
}

/** The EU annual percentage rate of charge: Σ C(1+X)^−t = Σ D(1+X)^−s with times in years. The result is compound. */
export function euAnnualRate(flows: Flows): RateResult {
  return rateOf(flows, 'COMPOUND', new D(1));
}

/** An amount on a date. */
export interface DatedAmount {
  readonly amountFen: Fen;
  readonly date: string;
}

/** Internal rate of dated flows over years of 365 days from the first advance (the spreadsheet's XIRR). */
export function datedRate(
  advances: readonly DatedAmount[],
  payments: readonly DatedAmount[],
): RateResult {
  const first = advances[0];
  if (first === undefined) return { ok: false, reason: 'NO_ADVANCE' };
  const timed = ({ amountFen, date }: DatedAmount): TimedAmount => ({
    amountFen,
    whole: 0,
    part: daysBetween(first.date, date),
    of: 365,
  });
  return euAnnualRate({ advances: advances.map(timed), payments: payments.map(timed) });
}
