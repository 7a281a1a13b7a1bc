/**
 * The journey of a loan as data: its stages, the transitions allowed between them, and who may cause each.
 * PostgreSQL's `advance` and the tests read this table; no other place knows which stage may follow which.
 */

/** Stages in the order of the story, then the endings. */
export const STAGES = [
  'APPLY',
  'VERIFY',
  'BUREAU',
  'FRAUD',
  'SCORE',
  'DECIDE',
  'REVIEW',
  'OFFER',
  'CONTRACT',
  'SIGN',
  'DISBURSE',
  'SERVICE',
  'LAPSED',
  'DECLINED',
  'WITHDRAWN',
  'EXPIRED',
  'CANCELLED',
  'SETTLED',
] as const;
export type Stage = (typeof STAGES)[number];

/** Endings of an application: nothing follows them. */
export const ENDINGS = [
  'LAPSED',
  'DECLINED',
  'WITHDRAWN',
  'EXPIRED',
  'CANCELLED',
  'SETTLED',
] as const;
export type Ending = (typeof ENDINGS)[number];

/** Who moves a loan: a person, the platform by itself, or a clock that ran out. */
export type ActorKind = 'human' | 'system' | 'timer';

export interface Actor {
  readonly kind: ActorKind;
  /** Subject of the person's token, or the name of the part of the platform that acts. Never personal data. */
  readonly subject: string;
  /** The role the person acted in; null for the platform and its clocks. */
  readonly role: string | null;
}

/** The platform acting by itself. */
export const SYSTEM: Actor = { kind: 'system', subject: 'xindai', role: null };
/** A durable timer that ran out. */
export const TIMER: Actor = { kind: 'timer', subject: 'xindai', role: null };

interface Transition {
  readonly from: Stage;
  readonly to: Stage;
  readonly by: readonly ActorKind[];
}

const HUMAN: readonly ActorKind[] = ['human'];
const MACHINE: readonly ActorKind[] = ['system'];

/** Every allowed transition. A pair that is not here cannot happen, whoever asks. */
export const TRANSITIONS: readonly Transition[] = [
  { from: 'APPLY', to: 'VERIFY', by: HUMAN },
  { from: 'APPLY', to: 'WITHDRAWN', by: HUMAN },
  { from: 'APPLY', to: 'LAPSED', by: ['timer'] },
  { from: 'VERIFY', to: 'BUREAU', by: MACHINE },
  { from: 'VERIFY', to: 'DECLINED', by: MACHINE },
  { from: 'BUREAU', to: 'FRAUD', by: MACHINE },
  { from: 'FRAUD', to: 'SCORE', by: MACHINE },
  { from: 'SCORE', to: 'DECIDE', by: MACHINE },
  { from: 'DECIDE', to: 'OFFER', by: MACHINE },
  { from: 'DECIDE', to: 'REVIEW', by: MACHINE },
  { from: 'DECIDE', to: 'DECLINED', by: MACHINE },
  { from: 'REVIEW', to: 'OFFER', by: HUMAN },
  { from: 'REVIEW', to: 'DECLINED', by: HUMAN },
  { from: 'REVIEW', to: 'BUREAU', by: HUMAN },
  { from: 'REVIEW', to: 'FRAUD', by: HUMAN },
  { from: 'REVIEW', to: 'SCORE', by: HUMAN },
  { from: 'OFFER', to: 'CONTRACT', by: HUMAN },
  { from: 'OFFER', to: 'WITHDRAWN', by: HUMAN },
  { from: 'OFFER', to: 'EXPIRED', by: ['timer'] },
  { from: 'CONTRACT', to: 'SIGN', by: MACHINE },
  { from: 'SIGN', to: 'DISBURSE', by: HUMAN },
  { from: 'SIGN', to: 'EXPIRED', by: ['timer'] },
  { from: 'DISBURSE', to: 'SERVICE', by: MACHINE },
  { from: 'DISBURSE', to: 'CANCELLED', by: HUMAN },
  { from: 'SERVICE', to: 'SETTLED', by: MACHINE },
  // An approval that two people take back before the money moves.
  ...(['OFFER', 'CONTRACT', 'SIGN', 'DISBURSE'] as const).map(
    (from): Transition => ({ from, to: 'SCORE', by: HUMAN }),
  ),
  ...(
    [
      'VERIFY',
      'BUREAU',
      'FRAUD',
      'SCORE',
      'DECIDE',
      'REVIEW',
      'CONTRACT',
      'SIGN',
      'DISBURSE',
    ] as const
  ).map((from): Transition => ({ from, to: 'WITHDRAWN', by: HUMAN })),
];

/** Why a transition is refused. */
export type TransitionRefusal = 'NO_SUCH_TRANSITION' | 'HUMAN_ONLY' | 'NOT_FOR_THIS_ACTOR';

/** Says whether `actor` may move a loan from one stage to another: null when allowed, else the reason. */
export function refuseTransition(from: Stage, to: Stage, actor: Actor): TransitionRefusal | null {
  const rule = TRANSITIONS.find((t) => t.from === from && t.to === to);
  if (rule === undefined) return 'NO_SUCH_TRANSITION';
  if (rule.by.includes(actor.kind)) return null;
  return rule.by.length === 1 && rule.by[0] === 'human' ? 'HUMAN_ONLY' : 'NOT_FOR_THIS_ACTOR';
}

export function isEnding(stage: Stage): stage is Ending {
  return (ENDINGS as readonly Stage[]).includes(stage);
}
