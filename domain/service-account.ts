/**
 * The account of one loan in service as a pure machine: time passes, money comes in. What it gives depends on the days and
 * amounts alone, never on how often somebody looked, so that a quote for a day is what the allocation takes on that day.
 */
import { daysBetween } from './calendar.ts';
import { addFen, type Fen, subtractFen, ZERO_FEN } from './money.ts';
import {
  addParts,
  type Allocation,
  allocateRepayment,
  daysPastDue,
  NO_PARTS,
  outstanding,
  penaltyOn,
  type Part,
  type Parts,
  type ServicedInstalment,
  totalParts,
} from './service.ts';
import type { ServicingTerms } from './service-terms.ts';

export interface LoanAccount {
  readonly terms: ServicingTerms;
  readonly disbursedOn: string;
  /** What the borrower received less than the principal: the fee that was kept back. */
  readonly deductedFeeFen: Fen;
  /** Day through which due dates and penalty interest are counted. */
  readonly servicedTo: string;
  readonly scheduleVersion: number;
  /** Day on which the active version of the schedule began. */
  readonly versionFrom: string;
  /** Due date of the last instalment of the first version: extensions are measured from it. */
  readonly firstMaturity: string;
  /** The active version of the schedule, by number. */
  readonly instalments: readonly ServicedInstalment[];
  /** Money of the borrower that the next due date takes. */
  readonly unappliedFen: Fen;
}

/** Penalty interest of one instalment for the days from `from` to before `until`, with what it was computed from. */
export interface PenaltyAccrual {
  readonly number: number;
  readonly from: string;
  readonly until: string;
  readonly principalFen: Fen;
  /** Overdue interest that bears penalty interest too; zero unless the contract agrees on it. */
  readonly interestFen: Fen;
  readonly chargedFen: Fen;
}

/** Money that was held and paid what fell due on a day. */
export interface UnappliedUse {
  readonly on: string;
  readonly allocations: readonly Allocation[];
}

export interface Advanced {
  readonly account: LoanAccount;
  readonly accruals: readonly PenaltyAccrual[];
  readonly uses: readonly UnappliedUse[];
}

/** Instalments that have fallen due by a day. */
export const dueBy = (account: LoanAccount, on: string): readonly ServicedInstalment[] =>
  account.instalments.filter((i) => i.dueDate <= on);

/** What is due on a day, by part. The account stands on that day. */
export function owedNow(account: LoanAccount, on: string): Parts {
  return totalParts(
    dueBy(account, on).map(({ due, paid }) => ({
      feeFen: subtractFen(due.feeFen, paid.feeFen),
      penaltyFen: subtractFen(due.penaltyFen, paid.penaltyFen),
      interestFen: subtractFen(due.interestFen, paid.interestFen),
      principalFen: subtractFen(due.principalFen, paid.principalFen),
    })),
  );
}

interface Accrued {
  readonly instalment: ServicedInstalment;
  readonly accrual: PenaltyAccrual | null;
}

/** Counts the days of one overdue instalment until `until`; the charge is the difference of two roundings over the whole base. */
function accrueOne(
  { terms, servicedTo }: LoanAccount,
  instalment: ServicedInstalment,
  until: string,
): Accrued {
  const from = servicedTo > instalment.payableUntil ? servicedTo : instalment.payableUntil;
  const days = daysBetween(from, until);
  const principalFen = subtractFen(instalment.due.principalFen, instalment.paid.principalFen);
  const overdueInterest = subtractFen(instalment.due.interestFen, instalment.paid.interestFen);
  const interestFen = terms.compoundPenalty ? overdueInterest : ZERO_FEN;
  if (days <= 0 || principalFen + interestFen === 0) return { instalment, accrual: null };
  const principalFenDays = instalment.principalFenDays + principalFen * days;
  const interestFenDays = instalment.interestFenDays + interestFen * days;
  const rate = { annualRate: terms.annualRate, markupPercent: terms.penaltyMarkupPercent };
  const before = penaltyOn(instalment.principalFenDays + instalment.interestFenDays, rate);
  const chargedFen = subtractFen(penaltyOn(principalFenDays + interestFenDays, rate), before);
  const penaltyFen = addFen(instalment.due.penaltyFen, chargedFen);
  return {
    instalment: {
      ...instalment,
      principalFenDays,
      interestFenDays,
      due: { ...instalment.due, penaltyFen },
    },
    accrual: { number: instalment.number, from, until, principalFen, interestFen, chargedFen },
  };
}

/** Pays instalments that are due, in the order of the contract; principal of all of them first once the loan is late enough. */
export function payDue(
  account: LoanAccount,
  on: string,
  amountFen: Fen,
): {
  readonly instalments: readonly ServicedInstalment[];
  readonly allocations: readonly Allocation[];
  readonly restFen: Fen;
} {
  const { order, principalFirstFromDays } = account.terms.allocation;
  const late = daysPastDue(account.instalments, on);
  const passes: readonly (readonly Part[])[] =
    principalFirstFromDays !== null && late >= principalFirstFromDays
      ? [['principalFen'], order.filter((part) => part !== 'principalFen')]
      : [order];
  let instalments = account.instalments;
  let restFen = amountFen;
  const given = new Map<number, Parts>();
  for (const parts of passes) {
    const due = instalments.filter((i) => i.dueDate <= on);
    const result = allocateRepayment(due, restFen, parts);
    const byNumber = new Map(result.instalments.map((i) => [i.number, i]));
    instalments = instalments.map((i) => byNumber.get(i.number) ?? i);
    restFen = result.unappliedFen;
    for (const { number, ...taken } of result.allocations)
      given.set(number, addParts(given.get(number) ?? NO_PARTS, taken));
  }
  const allocations = [...given].map(([number, parts]) => ({ number, ...parts }));
  return { instalments, allocations, restFen };
}

/** What falls due on `on` becomes a claim, and money that is held pays it. */
function fallDue(account: LoanAccount, on: string): { account: LoanAccount; use: UnappliedUse } {
  const instalments = account.instalments.map((i) =>
    i.dueDate <= on && i.accruedOn === null ? { ...i, accruedOn: i.dueDate } : i,
  );
  const claimed = { ...account, instalments };
  const paid = payDue(claimed, on, account.unappliedFen);
  return {
    account: { ...claimed, instalments: paid.instalments, unappliedFen: paid.restFen },
    use: { on, allocations: paid.allocations },
  };
}

/**
 * Lets time pass to the end of the day before `on` and to the due dates of `on`: penalty interest accrues day by day, due
 * dates fall, held money pays them. The same from day to day or in one leap. A day that is past already changes nothing.
 */
export function advanceTo(account: LoanAccount, on: string): Advanced {
  const stops = account.instalments
    .map((i) => i.dueDate)
    .filter((day) => day > account.servicedTo && day <= on);
  const accruals: PenaltyAccrual[] = [];
  const uses: UnappliedUse[] = [];
  let now = account;
  for (const stop of [...new Set([...stops, on])].sort()) {
    if (stop <= now.servicedTo) continue;
    const at = now;
    const accrued = at.instalments.map((i) => accrueOne(at, i, stop));
    accruals.push(...accrued.flatMap(({ accrual }) => (accrual === null ? [] : [accrual])));
    const instalments = accrued.map(({ instalment }) => instalment);
    const fallen = fallDue({ ...at, servicedTo: stop, instalments }, stop);
    now = fallen.account;
    if (fallen.use.allocations.length > 0) uses.push(fallen.use);
  }
  return { account: now, accruals: joined(accruals), uses };
}

/** Neighbouring days of one instalment on the same base are told as one stretch. */
function joined(accruals: readonly PenaltyAccrual[]): readonly PenaltyAccrual[] {
  const stretches: PenaltyAccrual[] = [];
  for (const one of accruals) {
    const at = stretches.findIndex((s) => s.number === one.number && s.until === one.from);
    const before = stretches[at];
    const alike =
      before?.principalFen === one.principalFen && before.interestFen === one.interestFen;
    if (before !== undefined && alike)
      stretches[at] = {
        ...before,
        until: one.until,
        chargedFen: addFen(before.chargedFen, one.chargedFen),
      };
    else stretches.push(one);
  }
  return stretches;
}

export interface Received {
  readonly account: LoanAccount;
  readonly allocations: readonly Allocation[];
  /** What of this money is held for the borrower. */
  readonly unappliedFen: Fen;
}

/**
 * Counts money that comes in on a day to which the account stands: it pays what is due, and the rest is held. Throws
 * RangeError for an amount that is not positive.
 */
export function receive(account: LoanAccount, on: string, amountFen: Fen): Received {
  if (amountFen <= 0) throw new RangeError('Money that comes in is more than nothing.');
  const { instalments, allocations, restFen } = payDue(account, on, amountFen);
  const unappliedFen = addFen(account.unappliedFen, restFen);
  return {
    account: { ...account, instalments, unappliedFen },
    allocations,
    unappliedFen: restFen,
  };
}

/** What is given to each part in all. */
export const partsOf = (allocations: readonly Allocation[]): Parts => totalParts(allocations);

/** True when nothing is left to pay. */
export const isPaid = (account: LoanAccount): boolean =>
  account.instalments.every((i) => outstanding(i) === 0);

/** What is recorded of a loan, as far as its account needs it. */
export interface AccountFacts {
  readonly principalFen: Fen;
  readonly paidOutFen: Fen;
  readonly disbursedOn: string;
  readonly servicedTo: string | null;
  readonly scheduleVersion: number;
  readonly versionFrom: string;
  readonly firstMaturity: string | null;
  readonly unappliedFen: Fen;
  /** What of the held money is on its way back to the borrower. */
  readonly refundingFen: Fen;
}

/** The account of a recorded loan. Due dates that lie ahead learn which business day they wait for once it is known. */
export function accountFrom(
  facts: AccountFacts,
  instalments: readonly ServicedInstalment[],
  terms: ServicingTerms,
  payableUntil: (dueDate: string) => string,
): LoanAccount {
  const servicedTo = facts.servicedTo ?? facts.disbursedOn;
  return {
    terms,
    disbursedOn: facts.disbursedOn,
    deductedFeeFen: subtractFen(facts.principalFen, facts.paidOutFen),
    servicedTo,
    scheduleVersion: facts.scheduleVersion,
    versionFrom: facts.versionFrom,
    firstMaturity: facts.firstMaturity ?? facts.disbursedOn,
    instalments: instalments.map((i) =>
      i.dueDate > servicedTo && i.payableUntil === i.dueDate
        ? { ...i, payableUntil: payableUntil(i.dueDate) }
        : i,
    ),
    unappliedFen: subtractFen(facts.unappliedFen, facts.refundingFen),
  };
}
