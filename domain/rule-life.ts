/** The life of a version of rules: its states, which act leads from which to which, and which kinds of rules there are. */

/** Kinds of rules that are versions of documents. */
export const RULE_KINDS = [
  'PRODUCT',
  'POLICY',
  'SCORECARD',
  'STRATEGY',
  'MATRIX',
  'RECORDING_SCRIPT',
  'TEMPLATE',
] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/** Kinds of which one version of each code is in force: products beside one another, papers of every purpose. */
export const isByCode = (kind: RuleKind): boolean => kind === 'PRODUCT' || kind === 'TEMPLATE';

/** States of a draft. What is APPROVED is published and never changes; SCHEDULED, LIVE and RETIRED follow from the clock. */
export const DRAFT_STATES = [
  'DRAFT',
  'CHECKED',
  'PROPOSED',
  'APPROVED',
  'REJECTED',
  'WITHDRAWN',
] as const;
export type DraftState = (typeof DRAFT_STATES)[number];

export const DRAFT_ACTS = ['EDIT', 'CHECK', 'PROPOSE', 'APPROVE', 'REJECT', 'WITHDRAW'] as const;
export type DraftAct = (typeof DRAFT_ACTS)[number];

interface Step {
  readonly from: readonly DraftState[];
  readonly to: DraftState;
}

/** Every act with the states it may be done in: an edit after the check asks for another check. */
export const DRAFT_STEPS: Readonly<Record<DraftAct, Step>> = {
  EDIT: { from: ['DRAFT', 'CHECKED'], to: 'DRAFT' },
  CHECK: { from: ['DRAFT', 'CHECKED'], to: 'CHECKED' },
  PROPOSE: { from: ['CHECKED'], to: 'PROPOSED' },
  APPROVE: { from: ['PROPOSED'], to: 'APPROVED' },
  REJECT: { from: ['PROPOSED'], to: 'REJECTED' },
  WITHDRAW: { from: ['DRAFT', 'CHECKED', 'PROPOSED'], to: 'WITHDRAWN' },
};

/** The state an act leads to, or null when it does not fit the present one. */
export function draftAfter(state: DraftState, act: DraftAct): DraftState | null {
  const step = DRAFT_STEPS[act];
  return step.from.includes(state) ? step.to : null;
}

/** Where a published version stands: never activated (for an experiment's arm, say), to come, in force, or no longer. */
export type VersionStanding = 'PUBLISHED' | 'SCHEDULED' | 'LIVE' | 'RETIRED';

/** One activation of a version that was not cancelled; instants as milliseconds. */
export interface Activation {
  readonly id: number;
  readonly version: number;
  readonly effectiveFrom: number;
}

/**
 * The activation in force at `at`: the latest start, and of equal starts the one recorded last; null when none has
 * begun. Activations are of one code where several may be in force at once (`isByCode`), or of the whole kind.
 */
export function inForce<A extends Activation>(activations: readonly A[], at: number): A | null {
  return activations
    .filter((one) => one.effectiveFrom <= at)
    .reduce<A | null>((best, one) => {
      if (best === null) return one;
      const later = one.effectiveFrom - best.effectiveFrom || one.id - best.id;
      return later > 0 ? one : best;
    }, null);
}

/** Where a version stands, given its own activations and whether one of them is in force. */
export function standingOf(own: readonly Activation[], live: boolean, at: number): VersionStanding {
  if (live) return 'LIVE';
  if (own.length === 0) return 'PUBLISHED';
  return own.some((one) => one.effectiveFrom > at) ? 'SCHEDULED' : 'RETIRED';
}
