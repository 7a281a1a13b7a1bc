/** Money that was told of late counts from the day the bank had it: the account goes back to that day and lives the days since once more. */
import { addDays, daysBetween } from './calendar.ts';
import { addFen, type Fen, subtractFen, ZERO_FEN } from './money.ts';
import { penaltyOn, type ServicedInstalment } from './service.ts';
import { advanceTo, type LoanAccount, receive } from './service-account.ts';
import { takeIn, type Taken } from './service-quote.ts';
import type { PayableUntil, PrepaymentAsk } from './service-schedule.ts';

/** Penalty interest of one instalment that was charged for days on which its money was with the bank already. */
export interface PenaltyRecount {
  readonly number: number;
  readonly from: string;
  readonly until: string;
  /** What is taken back of the charge; more than nothing. */
  readonly takenBackFen: Fen;
}

export interface TakenLate extends Taken {
  readonly recounts: readonly PenaltyRecount[];
}

/** One instalment as it stood on `day`, when nothing but days has passed since. */
function asOf(
  { terms, servicedTo }: LoanAccount,
  instalment: ServicedInstalment,
  day: string,
): ServicedInstalment {
  const { due, paid, payableUntil, dueDate } = instalment;
  const accruedOn = dueDate > day ? null : instalment.accruedOn;
  const days = daysBetween(day > payableUntil ? day : payableUntil, servicedTo);
  if (days <= 0) return { ...instalment, accruedOn };
  const interestFen = terms.compoundPenalty
    ? subtractFen(due.interestFen, paid.interestFen)
    : ZERO_FEN;
  const principalFenDays =
    instalment.principalFenDays - subtractFen(due.principalFen, paid.principalFen) * days;
  const interestFenDays = instalment.interestFenDays - interestFen * days;
  const rate = { annualRate: terms.annualRate, markupPercent: terms.penaltyMarkupPercent };
  const charged = subtractFen(
    penaltyOn(instalment.principalFenDays + instalment.interestFenDays, rate),
    penaltyOn(principalFenDays + interestFenDays, rate),
  );
  const penaltyFen = subtractFen(due.penaltyFen, charged);
  return {
    ...instalment,
    accruedOn,
    principalFenDays,
    interestFenDays,
    due: { ...due, penaltyFen },
  };
}

/** The account on the day from which money counts, on the way there or on the way back. */
function standing(
  account: LoanAccount,
  valueOn: string,
): Pick<Taken, 'account' | 'accruals' | 'uses'> {
  if (valueOn >= account.servicedTo) return advanceTo(account, valueOn);
  const instalments = account.instalments.map((one) => asOf(account, one, valueOn));
  return { account: { ...account, servicedTo: valueOn, instalments }, accruals: [], uses: [] };
}

/**
 * Takes money in on `on` that the bank had on `valueOn`, which is not later. Presumes that nothing but days has passed for the
 * account since `valueOn`: no money, no held money that paid, no new schedule. What it gives is the account that the same
 * money would have made on its day; a prepayment that was asked for is carried out on `on`, when its money is known.
 */
export function takeInLate(
  account: LoanAccount,
  { valueOn, on }: { readonly valueOn: string; readonly on: string },
  amountFen: Fen,
  ask: PrepaymentAsk | null,
  payableUntil: PayableUntil = (day) => day,
): TakenLate {
  const { servicedTo } = account;
  const then = standing(account, valueOn);
  const received = receive(then.account, valueOn, amountFen);
  const again = advanceTo(received.account, servicedTo);
  const penaltyNow = new Map(again.account.instalments.map((i) => [i.number, i.due.penaltyFen]));
  const recounts =
    valueOn >= servicedTo
      ? []
      : account.instalments.flatMap(({ number, due }) => {
          const takenBackFen = subtractFen(
            due.penaltyFen,
            penaltyNow.get(number) ?? due.penaltyFen,
          );
          return takenBackFen > 0
            ? [{ number, from: valueOn, until: servicedTo, takenBackFen }]
            : [];
        });
  const now = takeIn(again.account, on, ZERO_FEN, ask, payableUntil);
  return {
    account: now.account,
    accruals: [...then.accruals, ...now.accruals],
    uses: [...then.uses, ...again.uses, ...now.uses],
    allocations: received.allocations,
    unappliedFen: received.unappliedFen,
    prepaid: now.prepaid,
    recounts,
  };
}

/** What is taken back in all. */
export const takenBack = (recounts: readonly PenaltyRecount[]): Fen =>
  recounts.reduce((sum, { takenBackFen }) => addFen(sum, takenBackFen), ZERO_FEN);

/**
 * The day from which money counts: the bank's, as far back from `today` as it is from the day on which its notice is
 * handled. Never before the bank's own day, so that an activity that runs after midnight loses the borrower nothing, and never
 * after `today`.
 */
export function valueDay(bankDay: string, handledOn: string, today: string): string {
  const late = daysBetween(bankDay, handledOn);
  if (late <= 0) return today;
  const counted = addDays(today, -late);
  const day = counted > bankDay ? counted : bankDay;
  return day < today ? day : today;
}
