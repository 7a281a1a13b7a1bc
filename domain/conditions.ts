/**
 * Conditions precedent: what an approval still asks for before the offer, the contract or the money. A condition is
 * issued with the approval, answered by the applicant, and cleared by staff, or waived by two of them.
 */
import type { Stage } from './journey.ts';

/** The door a condition keeps shut while it is neither cleared nor waived. */
export const CONDITION_GATES = ['OFFER', 'CONTRACT', 'MONEY'] as const;
export type ConditionGate = (typeof CONDITION_GATES)[number];

/** What can be asked, with the text the applicant reads. */
export const CONDITION_KINDS = {
  INCOME_PROOF: { zh: '请提供近三个月的收入证明', en: 'Proof of income of the last three months' },
  PURPOSE_PROOF: { zh: '请提供贷款用途证明', en: 'Proof of what the loan is for' },
  SETTLE_OTHER_LOAN: { zh: '请先结清指定的其他贷款', en: 'Settle the other loan named first' },
  ADDRESS_PROOF: { zh: '请提供居住证明', en: 'Proof of residence' },
  GUARANTOR_CONSENT: { zh: '请提供保证人的同意书', en: 'The guarantor’s consent' },
} as const;
export type ConditionKind = keyof typeof CONDITION_KINDS;

export type ConditionState = 'ISSUED' | 'ANSWERED' | 'CLEARED' | 'WAIVER_PROPOSED' | 'WAIVED';

export interface LoanCondition {
  readonly id: string;
  readonly kind: ConditionKind;
  readonly gate: ConditionGate;
  readonly state: ConditionState;
  /** Who issued it, and who proposed to waive it; null while nobody did. */
  readonly issuedBy: string;
  readonly proposedBy: string | null;
}

export type ConditionAct =
  | { readonly kind: 'ANSWER' }
  | {
      readonly kind: 'CLEAR' | 'REJECT' | 'PROPOSE_WAIVER' | 'APPROVE_WAIVER' | 'REFUSE_WAIVER';
      readonly by: string;
    };

export type ConditionRefusal = 'CONDITION_CLOSED' | 'NOT_ANSWERED' | 'NO_PROPOSAL' | 'FOUR_EYES';

export type ConditionAnswer =
  | { readonly ok: true; readonly condition: LoanCondition }
  | { readonly ok: false; readonly refusal: ConditionRefusal };

export const isMet = ({ state }: LoanCondition): boolean =>
  state === 'CLEARED' || state === 'WAIVED';

/** What an act makes of a condition. A waiver is proposed by one person and approved by another. */
export function onCondition(condition: LoanCondition, act: ConditionAct): ConditionAnswer {
  const refuse = (refusal: ConditionRefusal): ConditionAnswer => ({ ok: false, refusal });
  const to = (state: ConditionState, proposedBy: string | null = null): ConditionAnswer => ({
    ok: true,
    condition: { ...condition, state, proposedBy },
  });
  if (isMet(condition)) return refuse('CONDITION_CLOSED');
  const proposed = condition.state === 'WAIVER_PROPOSED';
  switch (act.kind) {
    case 'ANSWER':
      return proposed ? to('WAIVER_PROPOSED', condition.proposedBy) : to('ANSWERED');
    case 'CLEAR':
      return condition.state === 'ANSWERED' ? to('CLEARED') : refuse('NOT_ANSWERED');
    case 'REJECT':
      return condition.state === 'ANSWERED' ? to('ISSUED') : refuse('NOT_ANSWERED');
    case 'PROPOSE_WAIVER':
      return to('WAIVER_PROPOSED', act.by);
    case 'APPROVE_WAIVER':
      if (!proposed) return refuse('NO_PROPOSAL');
      return condition.proposedBy === act.by
        ? refuse('FOUR_EYES')
        : to('WAIVED', condition.proposedBy);
    case 'REFUSE_WAIVER':
      return proposed ? to('ISSUED') : refuse('NO_PROPOSAL');
  }
}

/** The gate that lies between a stage and the next one; null where none does. */
export function gateAfter(stage: Stage): ConditionGate | null {
  if (stage === 'REVIEW') return 'OFFER';
  if (stage === 'OFFER') return 'CONTRACT';
  return stage === 'DISBURSE' ? 'MONEY' : null;
}

/** The conditions that keep a gate shut. A condition of an earlier gate keeps every later one shut too. */
export function openAt(
  gate: ConditionGate,
  conditions: readonly LoanCondition[],
): readonly LoanCondition[] {
  const reached = CONDITION_GATES.slice(0, CONDITION_GATES.indexOf(gate) + 1);
  return conditions.filter((one) => reached.includes(one.gate) && !isMet(one));
}
