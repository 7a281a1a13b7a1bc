/** Annual interest rates as decimal strings in percent, and the one place where decimals are rounded. */
import { Decimal } from 'decimal.js';
import { type Fen, signedFen } from './money.ts';

/** Decimal arithmetic with enough digits that rounding to fen is never decided by lost digits. */
export const D = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_UP });

declare const rateBrand: unique symbol;

/** A rate a year in percent as a plain decimal string, e.g. `14.40` for 14.40 % a year. */
export type AnnualRate = string & { readonly [rateBrand]: true };

/** How a fraction of a fen is rounded. */
export type Rounding = 'HALF_UP' | 'HALF_EVEN';

/** Highest rate that is still read as a rate: beyond it the input is a mistake, not a price. */
const MAX_PERCENT = 1000;

/** Reads a rate such as `14.40`: digits, at most eight decimals, 0 … 1000. Null when it is none. */
export function parseAnnualRate(text: string): AnnualRate | null {
  if (!/^\d{1,4}(\.\d{1,8})?$/.test(text)) return null;
  return new D(text).greaterThan(MAX_PERCENT) ? null : (text as AnnualRate);
}

/** As `parseAnnualRate`, for text that is already known to be a rate. Throws RangeError otherwise. */
export function annualRate(text: string): AnnualRate {
  const rate = parseAnnualRate(text);
  if (rate === null)
    throw new RangeError('An annual rate is a decimal string in percent, 0 to 1000.');
  return rate;
}

/** The rate as a fraction: `14.40` → 0.144. */
export function rateFraction(rate: AnnualRate): Decimal {
  return new D(rate).dividedBy(100);
}

/** Formats a fraction as percent half-up, two decimals unless told: 0.24000006 → `24.00`; never `-0.00`. */
export function formatPercent(fraction: Decimal.Value, decimals = 2): string {
  const percent = new D(fraction).times(100).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP);
  return (percent.isZero() ? new D(0) : percent).toFixed(decimals);
}

/** Rounds a decimal number of fen to whole fen. */
export function roundToFen(amount: Decimal, rounding: Rounding = 'HALF_UP'): Fen {
  const mode = rounding === 'HALF_UP' ? Decimal.ROUND_HALF_UP : Decimal.ROUND_HALF_EVEN;
  return signedFen(amount.toDecimalPlaces(0, mode).toNumber());
}

/** Compares two rates given in percent: negative, zero or positive as `a` is below, equal to or above `b`. */
export function compareRates(a: string, b: string): number {
  return new D(a).comparedTo(new D(b));
}
