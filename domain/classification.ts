/** The five-tier class of a loan: which tier its facts ask for, and when people may lift it again (regulation.md §7.1). */
import { addMonthsClamped } from './calendar.ts';
import { type DpdStep, stepAt } from './policy.ts';

/** From the best to the worst: 正常, 关注, 次级, 可疑, 损失. */
export const TIERS = ['NORMAL', 'SPECIAL_MENTION', 'SUBSTANDARD', 'DOUBTFUL', 'LOSS'] as const;
export type Tier = (typeof TIERS)[number];

/** Tiers that count as non-performing (不良). */
export const NON_PERFORMING: readonly Tier[] = ['SUBSTANDARD', 'DOUBTFUL', 'LOSS'];

/** What, beside days past due, puts a floor under a loan's tier. */
export const CLASS_EVENTS = ['RESCHEDULED', 'IMPAIRED', 'FRAUD'] as const;
export type ClassEvent = (typeof CLASS_EVENTS)[number];

/** The worst of some tiers; NORMAL of none. */
export function worstOf(tiers: readonly Tier[]): Tier {
  return TIERS.findLast((tier) => tiers.includes(tier)) ?? 'NORMAL';
}

/** True when `a` is worse than `b`. */
export const isWorse = (a: Tier, b: Tier): boolean => TIERS.indexOf(a) > TIERS.indexOf(b);

/** A ladder's name as a tier. @throws RangeError for a name that is none: a policy that says so classifies nothing */
export function tierNamed(name: string): Tier {
  const tier = TIERS.find((known) => known === name);
  if (tier === undefined) throw new RangeError(`${name} is no tier.`);
  return tier;
}

export interface ClassFacts {
  /** The tier the loan stands in. */
  readonly standing: Tier;
  readonly daysPastDue: number;
  /** Floors of events that still count: one for each. */
  readonly eventFloors: readonly Tier[];
}

/** The tier that the facts alone ask for. @throws RangeError for a ladder that does not start at zero or names no tier */
export function floorOf(
  { daysPastDue, eventFloors }: Omit<ClassFacts, 'standing'>,
  ladder: readonly DpdStep[],
): Tier {
  return worstOf([tierNamed(stepAt(ladder, daysPastDue)), ...eventFloors]);
}

/** The tier after a look: the worst of where the loan stands and what the facts ask for. It never lifts. */
export function classify(facts: ClassFacts, ladder: readonly DpdStep[]): Tier {
  return worstOf([facts.standing, floorOf(facts, ladder)]);
}

export interface LiftFacts extends ClassFacts {
  readonly to: Tier;
  /** Last day on which the loan was seen past due; null when it never was. */
  readonly arrearsSeenOn: string | null;
  readonly today: string;
  /** Months without arrears that a loan needs before it is lifted. */
  readonly performingMonths: number;
}

/** Why a loan is not lifted. */
export type LiftRefusal =
  | 'NOT_BETTER'
  | 'IN_ARREARS'
  | 'NOT_PERFORMING_LONG_ENOUGH'
  | 'BELOW_FLOOR';

/** Everything that stands against lifting a loan to a better tier; empty when two people may do it. */
export function liftRefusals(facts: LiftFacts, ladder: readonly DpdStep[]): readonly LiftRefusal[] {
  const { standing, to, daysPastDue, arrearsSeenOn, today, performingMonths } = facts;
  const refusals: LiftRefusal[] = [];
  if (!isWorse(standing, to)) refusals.push('NOT_BETTER');
  if (daysPastDue > 0) refusals.push('IN_ARREARS');
  else if (arrearsSeenOn !== null && addMonthsClamped(arrearsSeenOn, performingMonths) > today)
    refusals.push('NOT_PERFORMING_LONG_ENOUGH');
  if (isWorse(floorOf(facts, ladder), to)) refusals.push('BELOW_FLOOR');
  return refusals;
}

/** Why a loan is not written off. */
export type WriteOffRefusal = 'TIER_TOO_GOOD' | 'WRITTEN_OFF_BEFORE' | 'NOTHING_OWED';

/** What stands against writing a loan off; `fromTier` is the best tier that the policy lets people write off. */
export function writeOffRefusal(facts: {
  readonly standing: Tier;
  readonly fromTier: Tier;
  readonly writtenOffOn: string | null;
  /** Everything on the books, in fen. */
  readonly owedFen: number;
}): WriteOffRefusal | null {
  if (facts.writtenOffOn !== null) return 'WRITTEN_OFF_BEFORE';
  if (isWorse(facts.fromTier, facts.standing)) return 'TIER_TOO_GOOD';
  return facts.owedFen > 0 ? null : 'NOTHING_OWED';
}
