/**
 * What an income can carry: level payments and the amounts they pay for. The factor of a rate and a term is an exact
 * fraction that is computed once; every amount after that is one multiplication and one division of whole numbers.
 */
import { type Fen, fen } from './money.ts';
import { type AnnualRate, D, rateFraction } from './rates.ts';

/** The level monthly payment of an amount, rounded up to fen: a measure of burden, not a schedule. */
export function monthlyPaymentFen(amountFen: Fen, rate: AnnualRate, months: number): Fen {
  const monthly = rateFraction(rate).dividedBy(12);
  if (monthly.isZero()) return fen(new D(amountFen).dividedBy(months).ceil().toNumber());
  const growth = monthly.plus(1).pow(months);
  const payment = new D(amountFen).times(monthly).times(growth).dividedBy(growth.minus(1));
  return fen(payment.ceil().toNumber());
}

/** The amount whose level payment is `paymentFen`, rounded down; undefined beyond the safe integers. */
export type AffordableAmount = (paymentFen: number, months: number) => number | undefined;

/** A fraction of whole numbers, its parts without a common factor. */
interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}

function fraction(over: bigint, under: bigint): Fraction {
  const divisor = greatestDivisor(over, under);
  return { over: over / divisor, under: under / divisor };
}

/** The rate of one month: `7.20` is 3/500. */
function monthlyRate(rate: AnnualRate): Fraction {
  const [whole = '0', decimals = ''] = rate.split('.');
  return fraction(BigInt(whole + decimals), 1200n * 10n ** BigInt(decimals.length));
}

/**
 * What a payment of one fen, `months` times, is worth at the start: (1 − (1 + i)⁻ⁿ) ÷ i. As a fraction of whole numbers
 * no digit is lost, so that rounding down is never decided by an earlier rounding.
 */
function annuity(monthly: Fraction, months: number): Fraction {
  if (monthly.over === 0n) return { over: BigInt(months), under: 1n };
  const n = BigInt(months);
  const grown = (monthly.under + monthly.over) ** n;
  return fraction((grown - monthly.under ** n) * monthly.under, grown * monthly.over);
}

/**
 * Affordable amounts at one rate, the factor of each term kept. `paymentFen` is a safe integer and `months` a whole
 * number from 1 to 600; a payment of nothing pays for nothing.
 */
export function affordableAt(rate: AnnualRate): AffordableAmount {
  const monthly = monthlyRate(rate);
  const factors = new Map<number, Fraction>();
  return (paymentFen, months) => {
    if (paymentFen <= 0) return 0;
    let factor = factors.get(months);
    if (factor === undefined) {
      factor = annuity(monthly, months);
      factors.set(months, factor);
    }
    const amount = Number((BigInt(paymentFen) * factor.over) / factor.under);
    return Number.isSafeInteger(amount) ? amount : undefined;
  };
}
