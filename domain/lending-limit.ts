/**
 * What an income can carry: level payments and the amounts they pay for, in exact decimals; the factor of a rate and a
 * term is computed once, and every amount after that is one multiplication of whole numbers.
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

/** The annuity of one fen a month: what a payment of one fen, `months` times, is worth at the start. */
export function annuityOf(rate: AnnualRate, months: number): InstanceType<typeof D> {
  const monthly = rateFraction(rate).dividedBy(12);
  if (monthly.isZero()) return new D(months);
  return new D(1).minus(monthly.plus(1).pow(-months)).dividedBy(monthly);
}

const PLACES = 36;
const UNIT = 10n ** BigInt(PLACES);

/** An annuity as a whole number of 10⁻³⁶, rounded down: below the exact value by less than one unit. */
function scaled(rate: AnnualRate, months: number): bigint {
  return BigInt(annuityOf(rate, months).times(`1e${PLACES}`).floor().toFixed(0));
}

/** The amount whose level payment is `paymentFen`, rounded down; undefined beyond the safe integers. */
export type AffordableAmount = (paymentFen: number, months: number) => number | undefined;

/**
 * Affordable amounts at one rate, the factor of each term kept. `paymentFen` is a safe integer and `months` a whole
 * number from 1 to 600; a payment of nothing pays for nothing.
 */
export function affordableAt(rate: AnnualRate): AffordableAmount {
  const factors = new Map<number, bigint>();
  return (paymentFen, months) => {
    if (paymentFen <= 0) return 0;
    let factor = factors.get(months);
    if (factor === undefined) {
      factor = scaled(rate, months);
      factors.set(months, factor);
    }
    const amount = Number((BigInt(paymentFen) * factor) / UNIT);
    return Number.isSafeInteger(amount) ? amount : undefined;
  };
}
