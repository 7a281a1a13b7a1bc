/** What a payment on a day is taken for: the one function that quotes and counts, so that a quote is what the allocation takes. */
import { type Fen, fen, subtractFen, ZERO_FEN } from './money.ts';
import { type Allocation, type Parts, sumParts, totalParts } from './service.ts';
import {
  advanceTo,
  type LoanAccount,
  owedNow,
  payDue,
  type PenaltyAccrual,
  receive,
  type UnappliedUse,
} from './service-account.ts';
import {
  type PayableUntil,
  planPrepayment,
  type PrepaymentAsk,
  type PrepaymentPlan,
  type PrepaymentRefusal,
  underVersion,
} from './service-schedule.ts';

/** A prepayment that was carried out: its plan, and what the held money paid. */
export interface Prepaid {
  readonly plan: PrepaymentPlan;
  readonly allocations: readonly Allocation[];
}

/** Everything that happened to an account on the way to a day and with the money of that day. */
export interface Taken {
  readonly account: LoanAccount;
  readonly accruals: readonly PenaltyAccrual[];
  readonly uses: readonly UnappliedUse[];
  /** What this money paid of what was due. */
  readonly allocations: readonly Allocation[];
  /** What of this money is held, before a prepayment takes it. */
  readonly unappliedFen: Fen;
  readonly prepaid: Prepaid | null;
}

/** Carries out the prepayment that was asked for, when all that is due is paid and the money that is held suffices. */
function prepay(
  account: LoanAccount,
  on: string,
  ask: PrepaymentAsk | null,
  payableUntil: PayableUntil,
): { readonly account: LoanAccount; readonly prepaid: Prepaid | null } {
  const none = { account, prepaid: null };
  if (ask === null || sumParts(owedNow(account, on)) > 0) return none;
  const planned = planPrepayment(account, on, ask, payableUntil);
  if (!planned.ok || account.unappliedFen < planned.plan.totalFen) return none;
  const { plan } = planned;
  const under = underVersion(account, on, plan.instalments);
  const paid = payDue(under, on, plan.totalFen);
  const unappliedFen = subtractFen(account.unappliedFen, subtractFen(plan.totalFen, paid.restFen));
  return {
    account: { ...under, instalments: paid.instalments, unappliedFen },
    prepaid: { plan, allocations: paid.allocations },
  };
}

/**
 * Lets time pass to `on` and takes `amountFen` in: what is due is paid, the rest is held, and a prepayment that was asked for
 * is carried out when the held money suffices. With no money it looks whether money that is held suffices now.
 */
export function takeIn(
  account: LoanAccount,
  on: string,
  amountFen: Fen,
  ask: PrepaymentAsk | null,
  payableUntil: PayableUntil = (day) => day,
): Taken {
  const advanced = advanceTo(account, on);
  const received =
    amountFen > 0
      ? receive(advanced.account, on, amountFen)
      : { account: advanced.account, allocations: [], unappliedFen: ZERO_FEN };
  const done = prepay(received.account, on, ask, payableUntil);
  return {
    account: done.account,
    accruals: advanced.accruals,
    uses: advanced.uses,
    allocations: received.allocations,
    unappliedFen: received.unappliedFen,
    prepaid: done.prepaid,
  };
}

/** What is asked: what is due, or a prepayment beside it. */
export type QuoteAsk = { readonly kind: 'DUE' } | PrepaymentAsk;

export interface Quote {
  readonly on: string;
  readonly kind: QuoteAsk['kind'];
  /** What is owed on that day for what is asked, by part. */
  readonly owed: Parts;
  readonly owedFen: Fen;
  /** Money of the borrower that is held and counts towards it. */
  readonly heldFen: Fen;
  /** What must come in on that day. */
  readonly toPayFen: Fen;
  /** The payment that is looked at: what was named, or what must come in. */
  readonly paymentFen: Fen;
  /** What that payment, with the money that is held, pays. */
  readonly allocations: readonly Allocation[];
  /** What of the borrower's money is held afterwards. */
  readonly unappliedFen: Fen;
}

export type Quoted =
  | { readonly ok: true; readonly quote: Quote }
  | { readonly ok: false; readonly reason: PrepaymentRefusal | 'DATE_PASSED' };

/**
 * Quotes a payment on a day: what is owed for what is asked, and what `paymentFen`, or exactly what must come in, is taken
 * for when it arrives that day after the prepayment was asked for. Refused for a day the account has passed.
 */
export function quote(
  account: LoanAccount,
  on: string,
  ask: QuoteAsk,
  paymentFen: Fen | null = null,
  payableUntil: PayableUntil = (day) => day,
): Quoted {
  if (on < account.servicedTo) return { ok: false, reason: 'DATE_PASSED' };
  const { account: then } = advanceTo(account, on);
  let owed = owedNow(then, on);
  if (ask.kind !== 'DUE') {
    const planned = planPrepayment(then, on, ask, payableUntil);
    if (!planned.ok) return planned;
    owed = totalParts([planned.plan.arrears, planned.plan.parts]);
  }
  const owedFen = sumParts(owed);
  const toPayFen = fen(Math.max(0, owedFen - then.unappliedFen));
  const payment = paymentFen ?? toPayFen;
  const taken = takeIn(then, on, payment, ask.kind === 'DUE' ? null : ask, payableUntil);
  const allocations = merged([...taken.allocations, ...(taken.prepaid?.allocations ?? [])]);
  return {
    ok: true,
    quote: {
      on,
      kind: ask.kind,
      owed,
      owedFen,
      heldFen: then.unappliedFen,
      toPayFen,
      paymentFen: payment,
      allocations,
      unappliedFen: taken.account.unappliedFen,
    },
  };
}

/** One line for each instalment. */
function merged(allocations: readonly Allocation[]): readonly Allocation[] {
  const numbers = [...new Set(allocations.map(({ number }) => number))];
  return numbers.map((number) => ({
    number,
    ...totalParts(allocations.filter((one) => one.number === number)),
  }));
}
