/** Servicing: what an instalment consists of, how money is allocated over instalments, and how late a loan is. */
import { addDays, daysBetween } from './calendar.ts';
import { addFen, type Fen, minFen, subtractFen, sumFen, ZERO_FEN } from './money.ts';
import { type DpdStep, stepAt } from './policy.ts';
import { type AnnualRate, D, rateFraction, roundToFen } from './rates.ts';
import type { Schedule } from './schedule.ts';

/** The parts an instalment is made of, in fen. */
export interface Parts {
  readonly feeFen: Fen;
  readonly penaltyFen: Fen;
  readonly interestFen: Fen;
  readonly principalFen: Fen;
}

export type Part = keyof Parts;

export const NO_PARTS: Parts = {
  feeFen: ZERO_FEN,
  penaltyFen: ZERO_FEN,
  interestFen: ZERO_FEN,
  principalFen: ZERO_FEN,
};

/** Order within one instalment (regulation.md §7.3): costs, penalty interest, interest, principal. Printed in the contract. */
export const ALLOCATION_ORDER: readonly Part[] = [
  'feeFen',
  'penaltyFen',
  'interestFen',
  'principalFen',
];

export interface ServicedInstalment {
  readonly number: number;
  readonly dueDate: string;
  /** Last day without penalty interest: the due date, or the business day after it. */
  readonly payableUntil: string;
  readonly due: Parts;
  readonly paid: Parts;
  /** The day on which interest and fee became receivable; null while they are not. */
  readonly accruedOn: string | null;
  /** Overdue fen times days: the exact base of the penalty interest, whole numbers however often somebody looks. */
  readonly principalFenDays: number;
  readonly interestFenDays: number;
}

/** The instalments of a schedule, nothing paid. `payableUntil` says which day a due date may wait for. */
export function servicedInstalments(
  { instalments }: Pick<Schedule, 'instalments'>,
  payableUntil: (dueDate: string) => string = (dueDate) => dueDate,
): readonly ServicedInstalment[] {
  return instalments.map((i) => ({
    number: i.number,
    dueDate: i.dueDate,
    payableUntil: payableUntil(i.dueDate),
    accruedOn: null,
    principalFenDays: 0,
    interestFenDays: 0,
    due: {
      feeFen: i.feeFen,
      penaltyFen: ZERO_FEN,
      interestFen: i.interestFen,
      principalFen: i.principalFen,
    },
    paid: NO_PARTS,
  }));
}

export function sumParts(parts: Parts): Fen {
  return sumFen(ALLOCATION_ORDER.map((part) => parts[part]));
}

/** What is still unpaid of an instalment. */
export function outstanding(instalment: ServicedInstalment): Fen {
  return subtractFen(sumParts(instalment.due), sumParts(instalment.paid));
}

export interface Allocation extends Parts {
  readonly number: number;
}

export interface AllocationResult {
  /** Only instalments that received something. */
  readonly allocations: readonly Allocation[];
  /** All instalments with the repayment counted in. */
  readonly instalments: readonly ServicedInstalment[];
  /** What no instalment could take: an overpayment that belongs to the borrower. */
  readonly unappliedFen: Fen;
}

function fill(instalment: ServicedInstalment, available: Fen, order: readonly Part[]): Parts {
  let rest = available;
  const given: Record<Part, Fen> = { ...NO_PARTS };
  for (const part of order) {
    const unpaid = subtractFen(instalment.due[part], instalment.paid[part]);
    given[part] = minFen(rest, unpaid);
    rest = subtractFen(rest, given[part]);
  }
  return given;
}

export function addParts(a: Parts, b: Parts): Parts {
  return {
    feeFen: addFen(a.feeFen, b.feeFen),
    penaltyFen: addFen(a.penaltyFen, b.penaltyFen),
    interestFen: addFen(a.interestFen, b.interestFen),
    principalFen: addFen(a.principalFen, b.principalFen),
  };
}

export function totalParts(all: readonly Parts[]): Parts {
  return all.reduce<Parts>(addParts, NO_PARTS);
}

/**
 * Allocates a repayment over the instalments it is given, oldest due date first, within each by `order`. Allocations and
 * the unapplied rest always add up to the amount. Throws RangeError for a negative amount.
 */
export function allocateRepayment(
  instalments: readonly ServicedInstalment[],
  amountFen: Fen,
  order: readonly Part[] = ALLOCATION_ORDER,
): AllocationResult {
  if (amountFen < 0) throw new RangeError('A repayment is not negative.');
  let rest = amountFen;
  const allocations: Allocation[] = [];
  const paidNow = new Map<number, Parts>();
  const oldestFirst = [...instalments].sort(
    (a, b) => a.dueDate.localeCompare(b.dueDate) || a.number - b.number,
  );
  for (const instalment of oldestFirst) {
    const given = fill(instalment, rest, order);
    const taken = sumParts(given);
    if (taken === 0) continue;
    rest = subtractFen(rest, taken);
    paidNow.set(instalment.number, given);
    allocations.push({ number: instalment.number, ...given });
  }
  return {
    allocations,
    instalments: instalments.map((instalment) => ({
      ...instalment,
      paid: addParts(instalment.paid, paidNow.get(instalment.number) ?? NO_PARTS),
    })),
    unappliedFen: rest,
  };
}

/**
 * Days past due: from the earliest unpaid due date, or the business day it waits for, to `today`; 0 when nothing is late. Within the grace days the loan is
 * reported as current; after them the days count from the due date (regulation.md §7.2).
 */
export function daysPastDue(
  instalments: readonly ServicedInstalment[],
  today: string,
  graceDays = 0,
): number {
  const late = instalments
    .filter((i) => i.payableUntil < today && outstanding(i) > 0)
    .map((i) => daysBetween(i.payableUntil, today));
  const days = Math.max(0, ...late);
  return days <= graceDays ? 0 : days;
}

/** The overdue bucket of a number of days past due, by the policy's ladder (`service.dpdBuckets`). */
export function overdueBucket(days: number, buckets: readonly DpdStep[]): string {
  return stepAt(buckets, days);
}

/** Everything that has fallen due by `today` and is unpaid. */
export function overdueFen(instalments: readonly ServicedInstalment[], today: string): Fen {
  return sumFen(instalments.filter((i) => i.dueDate <= today).map(outstanding));
}

/** Principal not yet repaid. */
export function principalOutstanding(instalments: readonly ServicedInstalment[]): Fen {
  return sumFen(instalments.map((i) => subtractFen(i.due.principalFen, i.paid.principalFen)));
}

/** True when every part of every instalment is paid. */
export function settled(instalments: readonly ServicedInstalment[]): boolean {
  return instalments.every((i) => outstanding(i) === 0);
}

/** What penalty interest is computed with. */
export interface PenaltyRate {
  readonly annualRate: AnnualRate;
  /** Percent on top of the contract rate. */
  readonly markupPercent: string;
}

/**
 * Penalty interest on a base of fen times days, actual/360, at the contract rate raised by the markup (银发〔2003〕251号 [K]).
 * Rounded half-up to fen once, over the whole base: what is charged never depends on how the days were cut up.
 */
export function penaltyOn(fenDays: number, { annualRate, markupPercent }: PenaltyRate): Fen {
  if (fenDays <= 0) return ZERO_FEN;
  const rate = rateFraction(annualRate).times(new D(markupPercent).plus(100)).dividedBy(100);
  return roundToFen(rate.times(fenDays).dividedBy(360));
}

/**
 * The next day after `today` on which something changes by the calendar alone: an instalment falls due, becomes overdue
 * the day after, or moves into the next bucket. Null when all is paid or the last bucket is reached.
 */
export function nextWakeUp(
  instalments: readonly ServicedInstalment[],
  today: string,
  buckets: readonly DpdStep[] = [],
): string | null {
  const unpaid = instalments.filter((i) => outstanding(i) > 0);
  const days = unpaid.flatMap((i) => [
    i.dueDate,
    addDays(i.payableUntil, 1),
    ...buckets.filter((b) => b.fromDays > 0).map((b) => addDays(i.payableUntil, b.fromDays)),
  ]);
  return days.filter((day) => day > today).sort()[0] ?? null;
}
