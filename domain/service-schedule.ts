/** New versions of a schedule: prepaid in part or in full, given back in the cooling-off time, or rescheduled by people. */
import type { Decimal } from 'decimal.js';
import { addMonthsClamped, datePartsOf, daysBetween } from './calendar.ts';
import { addFen, type Fen, fen, minFen, subtractFen, sumFen, ZERO_FEN } from './money.ts';
import { D, rateFraction, roundToFen } from './rates.ts';
import { buildSchedule, type Instalment, ScheduleError } from './schedule.ts';
import {
  NO_PARTS,
  outstanding,
  type Parts,
  type ServicedInstalment,
  servicedInstalments,
} from './service.ts';
import { isPaid, type LoanAccount, owedNow } from './service-account.ts';
import { coolingOffUntil, earlySettlementPercent } from './service-terms.ts';

export type VersionReason = 'PREPAID' | 'SETTLED_EARLY' | 'COOLING_OFF' | 'RESCHEDULED';

/** What becomes of the term when a part of the principal is prepaid. */
export type PrepaymentChoice = 'LOWER_PAYMENT' | 'SHORTER_TERM';

export type PrepaymentAsk =
  | { readonly kind: 'SETTLE' }
  | { readonly kind: 'COOLING_OFF' }
  /** `amountFen` is prepaid beside what is due anyway: interest of the days, fee and principal come out of it. */
  | { readonly kind: 'PARTIAL'; readonly amountFen: Fen; readonly choice: PrepaymentChoice };

export type PrepaymentRefusal =
  | 'NOTHING_OWED'
  | 'AMOUNT_TOO_SMALL'
  | 'AMOUNT_PAYS_ALL'
  | 'NO_COOLING_OFF'
  | 'COOLING_OFF_OVER';

/** A prepayment worked out for a day: what it takes beside what is due anyway, and the schedule that follows. */
export interface PrepaymentPlan {
  readonly reason: VersionReason;
  /** What is due anyway on that day. */
  readonly arrears: Parts;
  /** Interest for the days, fee and principal of the prepayment. */
  readonly parts: Parts;
  /** Arrears and prepayment together. */
  readonly totalFen: Fen;
  /** The number of the instalment in which the prepayment stands. */
  readonly number: number;
  /** Every instalment of the new version, the prepayment among them and nothing of it paid yet. */
  readonly instalments: readonly ServicedInstalment[];
}

export type Planned =
  | { readonly ok: true; readonly plan: PrepaymentPlan }
  | { readonly ok: false; readonly reason: PrepaymentRefusal };

/** Which day a due date may wait for without penalty interest. */
export type PayableUntil = (dueDate: string) => string;

const upcoming = (account: LoanAccount): readonly ServicedInstalment[] =>
  account.instalments.filter((i) => i.accruedOn === null);
const claimed = (account: LoanAccount): readonly ServicedInstalment[] =>
  account.instalments.filter((i) => i.accruedOn !== null);
const principalOf = (instalments: readonly ServicedInstalment[]): Fen =>
  sumFen(instalments.map((i) => subtractFen(i.due.principalFen, i.paid.principalFen)));
const nextNumber = (account: LoanAccount): number =>
  Math.max(0, ...claimed(account).map((i) => i.number)) + 1;

/** The day from which interest of principal that is not yet due runs. */
function interestFrom(account: LoanAccount, on: string): string {
  const days = account.instalments.map((i) => i.dueDate).filter((day) => day <= on);
  return [account.disbursedOn, account.versionFrom, ...days].sort().at(-1) ?? account.disbursedOn;
}

/**
 * Interest on principal that is not yet due for the actual days since the last due date (民法典 art. 677), over 365 where the
 * contract counts so and over 360 otherwise; never more than the next instalment would have charged for the whole period.
 */
function interestToDay(account: LoanAccount, on: string): Fen {
  const rest = upcoming(account);
  const [next] = rest;
  if (next === undefined) return ZERO_FEN;
  const days = daysBetween(interestFrom(account, on), on);
  const perDay: Decimal = rateFraction(account.terms.annualRate).dividedBy(
    account.terms.dayCount === 'ACT/365' ? 365 : 360,
  );
  return minFen(roundToFen(perDay.times(principalOf(rest)).times(days)), next.due.interestFen);
}

const feePercent = (account: LoanAccount, on: string): string =>
  earlySettlementPercent(account.terms, account.disbursedOn, on);

const prepaymentFee = (percent: string, principalFen: Fen): Fen =>
  roundToFen(new D(percent).dividedBy(100).times(principalFen));

function instalmentOf(number: number, on: string, due: Parts): ServicedInstalment {
  return {
    number,
    dueDate: on,
    payableUntil: on,
    due,
    paid: NO_PARTS,
    accruedOn: on,
    principalFenDays: 0,
    interestFenDays: 0,
  };
}

/** Claims moved to a later day are owed at once by whoever ends the loan. */
function endsAll(
  account: LoanAccount,
  on: string,
  reason: VersionReason,
  last: Parts,
): PrepaymentPlan {
  const number = nextNumber(account);
  const arrears = claimed(account).map((i) =>
    i.dueDate > on ? { ...i, dueDate: on, payableUntil: on } : i,
  );
  const instalments = [...arrears, instalmentOf(number, on, last)];
  const totalFen = sumFen(instalments.map(outstanding));
  const owed = owedNow({ ...account, instalments: arrears }, on);
  return { reason, arrears: owed, parts: last, totalFen, number, instalments };
}

function settlement(account: LoanAccount, on: string): Planned {
  if (isPaid(account)) return { ok: false, reason: 'NOTHING_OWED' };
  const principalFen = principalOf(upcoming(account));
  const parts = {
    feeFen: prepaymentFee(feePercent(account, on), principalFen),
    penaltyFen: ZERO_FEN,
    interestFen: interestToDay(account, on),
    principalFen,
  };
  return { ok: true, plan: endsAll(account, on, 'SETTLED_EARLY', parts) };
}

/** Given back: principal as it was received, interest for the days where the policy says so, no fee. */
function givenBack(account: LoanAccount, on: string): Planned {
  const until = coolingOffUntil(account.disbursedOn, account.terms);
  if (until === null) return { ok: false, reason: 'NO_COOLING_OFF' };
  const hasFallenDue = claimed(account).length > 0;
  if (on > until || hasFallenDue) return { ok: false, reason: 'COOLING_OFF_OVER' };
  const principalFen = subtractFen(principalOf(upcoming(account)), account.deductedFeeFen);
  const interestFen = account.terms.coolingOffInterest ? interestToDay(account, on) : ZERO_FEN;
  const parts = { feeFen: ZERO_FEN, penaltyFen: ZERO_FEN, interestFen, principalFen };
  return { ok: true, plan: endsAll(account, on, 'COOLING_OFF', parts) };
}

/** The most principal that `amount` pays together with its own fee of `percent`. */
function principalWithin(percent: string, amount: Fen): Fen {
  const whole = new D(percent).plus(100);
  let principal = fen(new D(amount).times(100).dividedBy(whole).floor().toNumber());
  while (addFen(principal, prepaymentFee(percent, principal)) > amount && principal > 0)
    principal = fen(principal - 1);
  while (
    addFen(addFen(principal, fen(1)), prepaymentFee(percent, addFen(principal, fen(1)))) <= amount
  )
    principal = addFen(principal, fen(1));
  return principal;
}

/** A schedule for the rest of the principal, or null where these terms make none. */
function rebuilt(
  account: LoanAccount,
  terms: { principalFen: Fen; from: string; firstDueDate: string; count: number; feeEachFen: Fen },
): readonly Instalment[] | null {
  const { principalFen, from: startDate, firstDueDate, count, feeEachFen } = terms;
  const { annualRate, method, dayCount, rounding, minimumPercent } = account.terms;
  const dueDay = datePartsOf(addMonthsClamped(account.disbursedOn, 0)).day;
  const keepsDay = addMonthsClamped(firstDueDate, 0, dueDay) === firstDueDate;
  const single = method === 'BULLET' ? 1 : count;
  try {
    return buildSchedule({
      principalFen,
      annualRate,
      instalments: single,
      method: method === 'BULLET' ? 'EQUAL_PRINCIPAL' : method,
      dayCount,
      startDate,
      firstDueDate,
      dueDay: keepsDay ? dueDay : datePartsOf(firstDueDate).day,
      ...(rounding === undefined ? {} : { rounding }),
      ...(minimumPercent === undefined ? {} : { minimumPercent }),
      fees:
        feeEachFen > 0
          ? [{ code: 'PER_INSTALMENT', timing: 'PER_INSTALMENT', amountFen: feeEachFen }]
          : [],
    }).instalments;
  } catch (error) {
    if (error instanceof ScheduleError) return null;
    throw error;
  }
}

const SHORTENS: ReadonlySet<string> = new Set(['EQUAL_INSTALMENT', 'EQUAL_PRINCIPAL']);

/** The rest of the term after a part is prepaid: as many instalments as before, or as few as keep the payment. */
function restOfTerm(
  account: LoanAccount,
  on: string,
  principalFen: Fen,
  choice: PrepaymentChoice,
): readonly Instalment[] | null {
  const rest = upcoming(account);
  const [next] = rest;
  if (next === undefined) return null;
  const build = (count: number) =>
    rebuilt(account, {
      principalFen,
      from: on,
      firstDueDate: next.dueDate,
      count,
      feeEachFen: next.due.feeFen,
    });
  if (choice === 'SHORTER_TERM' && SHORTENS.has(account.terms.method)) {
    const kept = Math.max(...rest.map((i) => addFen(i.due.principalFen, i.due.interestFen)));
    for (let count = 1; count < rest.length; count += 1) {
      const built = build(count);
      const most = Math.max(...(built ?? []).map((i) => addFen(i.principalFen, i.interestFen)));
      if (built !== null && most <= kept) return built;
    }
  }
  for (let count = rest.length; count > 0; count -= 1) {
    const built = build(count);
    if (built !== null) return built;
  }
  return null;
}

function numbered(
  rows: readonly Instalment[],
  after: number,
  payableUntil: PayableUntil,
): readonly ServicedInstalment[] {
  const instalments = rows.map((row, at) => ({ ...row, number: after + at + 1 }));
  return servicedInstalments({ instalments }, payableUntil);
}

function partial(
  account: LoanAccount,
  on: string,
  ask: PrepaymentAsk & { readonly kind: 'PARTIAL' },
  payableUntil: PayableUntil,
): Planned {
  const owed = owedNow(account, on);
  const owedFen = sumFen(Object.values(owed));
  const interestFen = interestToDay(account, on);
  const forPrincipal = ask.amountFen - interestFen;
  const percent = feePercent(account, on);
  const principalFen = forPrincipal > 0 ? principalWithin(percent, fen(forPrincipal)) : ZERO_FEN;
  if (principalFen <= 0) return { ok: false, reason: 'AMOUNT_TOO_SMALL' };
  const whole = principalOf(upcoming(account));
  if (principalFen >= whole) return { ok: false, reason: 'AMOUNT_PAYS_ALL' };
  const rows = restOfTerm(account, on, subtractFen(whole, principalFen), ask.choice);
  if (rows === null) return { ok: false, reason: 'AMOUNT_PAYS_ALL' };
  const number = nextNumber(account);
  const feeFen = prepaymentFee(percent, principalFen);
  const parts = { feeFen, penaltyFen: ZERO_FEN, interestFen, principalFen };
  const instalments = [
    ...claimed(account),
    instalmentOf(number, on, parts),
    ...numbered(rows, number, payableUntil),
  ];
  const totalFen = sumFen([owedFen, feeFen, interestFen, principalFen]);
  return {
    ok: true,
    plan: { reason: 'PREPAID', arrears: owed, parts, totalFen, number, instalments },
  };
}

/** Works a prepayment out for a day to which the account stands. Nothing is changed by it. */
export function planPrepayment(
  account: LoanAccount,
  on: string,
  ask: PrepaymentAsk,
  payableUntil: PayableUntil = (day) => day,
): Planned {
  if (ask.kind === 'SETTLE') return settlement(account, on);
  if (ask.kind === 'COOLING_OFF') return givenBack(account, on);
  return partial(account, on, ask, payableUntil);
}

/** The account under a new version of its schedule. */
export function underVersion(
  account: LoanAccount,
  on: string,
  instalments: readonly ServicedInstalment[],
): LoanAccount {
  return {
    ...account,
    instalments,
    scheduleVersion: account.scheduleVersion + 1,
    versionFrom: on,
  };
}

/** Deferred: the same number of instalments, `months` later. Restructured: `months` instalments, one every month. */
export interface RescheduleTerms {
  readonly kind: 'DEFER' | 'RESTRUCTURE';
  readonly months: number;
}

export type Rescheduled =
  | {
      readonly ok: true;
      readonly instalments: readonly ServicedInstalment[];
      /** Interest of the days since the last due date, which became a claim by this. */
      readonly interestFen: Fen;
    }
  | { readonly ok: false; readonly reason: 'NOTHING_OWED' | 'BEYOND_POLICY' | 'NO_SCHEDULE' };

/**
 * Spreads all unpaid principal anew from a day to which the account stands. Interest, fees and penalty interest that are
 * claims already, and interest of the days since the last due date, are paid with the first new instalment; no interest
 * becomes principal. Refused beyond `maxMonths` past the first schedule's last due date.
 */
export function reschedule(
  account: LoanAccount,
  on: string,
  { kind, months }: RescheduleTerms,
  maxMonths: number,
  payableUntil: PayableUntil = (day) => day,
): Rescheduled {
  const open = account.instalments.filter((i) => outstanding(i) > 0);
  const principalFen = principalOf(open);
  if (principalFen === 0) return { ok: false, reason: 'NOTHING_OWED' };
  const rest = upcoming(account);
  const payoutDay = datePartsOf(account.disbursedOn).day;
  const next = rest[0]?.dueDate ?? addMonthsClamped(on, 1, payoutDay);
  const keepsPayoutDay = addMonthsClamped(next, 0, payoutDay) === next;
  const dueDay = keepsPayoutDay ? payoutDay : datePartsOf(next).day;
  const firstDueDate = kind === 'DEFER' ? addMonthsClamped(next, months, dueDay) : next;
  const count =
    kind === 'DEFER' ? open.filter((i) => i.due.principalFen > i.paid.principalFen).length : months;
  const feeEachFen = rest[0]?.due.feeFen ?? ZERO_FEN;
  const rows = rebuilt(account, { principalFen, from: on, firstDueDate, count, feeEachFen });
  if (rows === null) return { ok: false, reason: 'NO_SCHEDULE' };
  const latest = addMonthsClamped(account.firstMaturity, maxMonths);
  if ((rows.at(-1)?.dueDate ?? latest) > latest) return { ok: false, reason: 'BEYOND_POLICY' };
  const carried = claimed(account).map((i) => carry(i, firstDueDate, payableUntil));
  const interestFen = interestToDay(account, on);
  const number = nextNumber(account);
  const soFar =
    interestFen > 0
      ? [carry(instalmentOf(number, on, { ...NO_PARTS, interestFen }), firstDueDate, payableUntil)]
      : [];
  const after = number - 1 + soFar.length;
  const instalments = [...carried, ...soFar, ...numbered(rows, after, payableUntil)];
  return { ok: true, instalments, interestFen };
}

/** A claim without its principal, which the new schedule has; what else it asks for is due with the first new instalment. */
function carry(
  instalment: ServicedInstalment,
  firstDueDate: string,
  payableUntil: PayableUntil,
): ServicedInstalment {
  if (outstanding(instalment) === 0) return instalment;
  const due = { ...instalment.due, principalFen: instalment.paid.principalFen };
  const moved = { ...instalment, due };
  if (outstanding(moved) === 0) return moved;
  return { ...moved, dueDate: firstDueDate, payableUntil: payableUntil(firstDueDate) };
}
