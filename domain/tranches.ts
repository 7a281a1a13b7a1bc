/**
 * Payouts of one contract in parts (分次放款): how principal and fees are shared, the schedule of each part, and the schedule and
 * cost of the whole from the actual flows.
 */
import { addDays } from './calendar.ts';
import { type Fen, fen, formatYuan, subtractFen, sumFen } from './money.ts';
import { productSchedule, type ProductTerms, scheduleFees } from './product-schedule.ts';
import type { TrancheRule } from './product.ts';
import { D } from './rates.ts';
import { annualiseFlows } from './schedule-rates.ts';
import type { Instalment, Schedule, ScheduleFee } from './schedule-terms.ts';

/** One part of a loan as it is offered: its own schedule, from the earliest day on which it may be paid. */
export interface Tranche {
  /** From 1. */
  readonly number: number;
  readonly principalFen: Fen;
  /** Days after the first payout before which it is not paid. */
  readonly afterDays: number;
  /** The same as a day, when the first is paid on the day that the offer assumes; ISO. */
  readonly earliestOn: string;
  /** Its share of every fee of the product. */
  readonly fees: readonly ScheduleFee[];
  readonly schedule: Schedule;
}

/** Shares an amount: each part is rounded down to the fen, and the last takes the rest, so that they sum to the whole. */
export function shareOut(wholeFen: Fen, rules: readonly TrancheRule[]): readonly Fen[] {
  const parts = rules
    .slice(0, -1)
    .map(({ share }) => fen(new D(share).times(wholeFen).floor().toNumber()));
  return rules.length === 0 ? [] : [...parts, subtractFen(wholeFen, sumFen(parts))];
}

/** Each part's share of the fees of the whole, by the same rule; a share of nothing is no fee. */
function feesOf(terms: ProductTerms, rules: readonly TrancheRule[], index: number) {
  return scheduleFees(terms.product, terms.amountFen)
    .map((fee) => ({ ...fee, amountFen: shareOut(fee.amountFen, rules)[index] ?? fen(0) }))
    .filter(({ amountFen }) => amountFen > 0);
}

/**
 * The parts of a loan by its product's rules; none for a product that pays out once.
 * @throws ScheduleError for a part that is no loan by itself
 */
export function tranchesOf(terms: ProductTerms): readonly Tranche[] {
  const rules = terms.product.tranches ?? [];
  const principals = shareOut(terms.amountFen, rules);
  return rules.map(({ afterDays }, index) => {
    const principalFen = principals[index] ?? fen(0);
    const earliestOn = addDays(terms.startDate, afterDays);
    const fees = feesOf(terms, rules, index);
    const schedule = productSchedule({
      ...terms,
      amountFen: principalFen,
      startDate: earliestOn,
      fees,
    });
    return { number: index + 1, principalFen, afterDays, earliestOn, fees, schedule };
  });
}

/** What the borrower has in hand of each part, and when: the principal less fees of the first day, deducted or paid. */
export function advancesOf(tranches: readonly Tranche[]) {
  return tranches.map(({ principalFen, fees, earliestOn: date }) => {
    const upfront = fees.filter(({ timing }) => timing === 'UPFRONT' || timing === 'UPFRONT_PAID');
    return { date, amountFen: subtractFen(principalFen, sumFen(upfront.map((f) => f.amountFen))) };
  });
}

/** What is due of all parts by day; what falls on one day is one line, and the balance is of what was paid out by then. */
function instalmentsByDay(tranches: readonly Tranche[]): readonly Instalment[] {
  const all = tranches.flatMap(({ schedule }) => schedule.instalments);
  const days = [...new Set(all.map(({ dueDate }) => dueDate))].toSorted();
  let repaid = fen(0);
  return days.map((dueDate, index) => {
    const due = all.filter((one) => one.dueDate === dueDate);
    const sum = (part: 'principalFen' | 'interestFen' | 'feeFen' | 'paymentFen') =>
      sumFen(due.map((one) => one[part]));
    const lent = sumFen(
      tranches.filter(({ earliestOn }) => earliestOn <= dueDate).map((t) => t.principalFen),
    );
    repaid = sumFen([repaid, sum('principalFen')]);
    return {
      number: index + 1,
      dueDate,
      principalFen: sum('principalFen'),
      interestFen: sum('interestFen'),
      feeFen: sum('feeFen'),
      paymentFen: sum('paymentFen'),
      balanceFen: subtractFen(lent, repaid),
    };
  });
}

/** The schedule of all parts together, each paid on its earliest day. @throws ScheduleError when there is no rate */
export function wholeSchedule(tranches: readonly Tranche[], rateDecimals = 2): Schedule {
  const instalments = instalmentsByDay(tranches);
  const total = (part: keyof Schedule['totals']) =>
    sumFen(tranches.map(({ schedule }) => schedule.totals[part]));
  const payments = instalments.map((i) => ({ date: i.dueDate, amountFen: i.paymentFen }));
  return {
    instalments,
    totals: {
      principalFen: total('principalFen'),
      interestFen: total('interestFen'),
      feeFen: total('feeFen'),
      paymentFen: total('paymentFen'),
      advancedFen: total('advancedFen'),
    },
    annualised: annualiseFlows(advancesOf(tranches), payments, rateDecimals),
  };
}

/** The plan in words, for the papers that are signed. */
export function planInWords(tranches: readonly Tranche[]): {
  readonly zh: string;
  readonly en: string;
} {
  const zh = tranches.map(({ number, principalFen, afterDays }) => {
    const when = afterDays === 0 ? '首次放款日' : `不早于首次放款后第${afterDays}日`;
    return `第${number}次人民币${formatYuan(principalFen)}元，${when}`;
  });
  const en = tranches.map(({ number, principalFen, afterDays }) => {
    const when =
      afterDays === 0 ? 'at the first payout' : `${afterDays} days later at the earliest`;
    return `no. ${number}: ${formatYuan(principalFen)} yuan, ${when}`;
  });
  return {
    zh: `本借款分${tranches.length}次发放：${zh.join('；')}。每次发放各立借据，自实际发放日起单独计息、单独还款；尚未发放的部分可在放款前放弃，不收取任何费用。`,
    en: `Paid out in ${tranches.length} parts: ${en.join('; ')}. Each part is a loan note of its own with interest from the day it is paid; what is not drawn may be given up free of charge.`,
  };
}
