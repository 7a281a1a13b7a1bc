/** The messages a loan understands: Updates for what people say, Signals for what the world reports. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ActSeal } from '../domain/acts.ts';
import type { ConditionGate, ConditionKind } from '../domain/conditions.ts';
import type { Terms } from '../domain/desk-review.ts';
import type { Actor, Stage } from '../domain/journey.ts';
import type { Fen } from '../domain/money.ts';

/** Every update of a person carries who speaks and the key that makes the same act one act. */
export interface PersonSays {
  readonly actor: Actor;
  /** The caller's Idempotency-Key, bound to the caller; also the update id. */
  readonly key: string;
  /** Set by the messenger of the API alone; the record takes no act without it. */
  readonly seal?: ActSeal;
}

/** What every act at the review desk names. */
export interface DeskSays extends PersonSays {
  readonly taskId: string;
  /** The person whose lent authority is used; left out for one's own. */
  readonly onBehalfOf?: string;
}

/** Where the loan stands after the update. `pending` names what it waits for. */
export interface Standing {
  readonly stage: Stage;
  readonly version: number;
  readonly pending: string | null;
}

export interface SubmitInput extends PersonSays {
  readonly evidenceVersion: number;
}
export const submit = defineUpdate<Standing, [SubmitInput]>('submit');

export interface WithdrawInput extends PersonSays {
  readonly reason: string;
}
export const withdraw = defineUpdate<Standing, [WithdrawInput]>('withdraw');

export type ClaimReviewInput = DeskSays;
export const claimReview = defineUpdate<Standing, [ClaimReviewInput]>('claimReview');

/** Whoever holds a task gives it back to the queue. */
export type ReleaseReviewInput = DeskSays;
export const releaseReview = defineUpdate<Standing, [ReleaseReviewInput]>('releaseReview');

/** A person who fits takes a task from whoever holds it. */
export interface StealReviewInput extends DeskSays {
  /** Coded reason. */
  readonly reason: string;
}
export const stealReview = defineUpdate<Standing, [StealReviewInput]>('stealReview');

export interface DecideReviewInput extends DeskSays {
  readonly decision: 'APPROVE' | 'DECLINE';
  /** Coded reasons; at least one. */
  readonly reasons: readonly string[];
  /** Id of the sealed comment the API stored; the text itself never travels. */
  readonly sealedComment: string;
  /** Amount approved, in fen; equals or is below the amount decided on. */
  readonly amountFen: Fen;
  /** A counter-offer; left out where the terms that were decided stand. */
  readonly terms?: Terms;
  /** What the approval asks for besides. */
  readonly conditions?: readonly { readonly kind: ConditionKind; readonly gate: ConditionGate }[];
  readonly evidenceVersion: number;
}
export const decideReview = defineUpdate<Standing, [DecideReviewInput]>('decideReview');

export interface RequestMoreInput extends DeskSays {
  /** What is asked for, sealed by the API, base64: a reviewer's own words may name somebody. */
  readonly sealedItems: string;
  readonly evidenceVersion: number;
}
export const requestMore = defineUpdate<Standing, [RequestMoreInput]>('requestMore');

export interface SupplyMoreInput extends PersonSays {
  readonly requestId: string;
  /** The applicant's answer, sealed by the API. */
  readonly sealedAnswer: string;
}
export const supplyMore = defineUpdate<Standing, [SupplyMoreInput]>('supplyMore');

/** Stages a reviewer may send an application back to. */
export type ReturnStage = 'BUREAU' | 'FRAUD' | 'SCORE';
export interface ReturnToInput extends DeskSays {
  readonly stage: ReturnStage;
  readonly reasons: readonly string[];
  /** The sealed comment, base64. */
  readonly sealedComment?: string;
  readonly evidenceVersion: number;
}
export const returnTo = defineUpdate<Standing, [ReturnToInput]>('returnTo');

export interface AnswerConditionInput extends PersonSays {
  readonly conditionId: string;
  /** The applicant's answer, sealed by the API, base64. */
  readonly sealedAnswer: string;
}
export const answerCondition = defineUpdate<Standing, [AnswerConditionInput]>('answerCondition');

/** Staff clear a condition that was answered, or two of them waive one. */
export interface ResolveConditionInput extends PersonSays {
  readonly conditionId: string;
  readonly step: 'CLEAR' | 'REJECT' | 'PROPOSE_WAIVER' | 'APPROVE_WAIVER' | 'REFUSE_WAIVER';
  /** Coded reason. */
  readonly reason: string;
}
export const resolveCondition = defineUpdate<Standing, [ResolveConditionInput]>('resolveCondition');

/** An approval is taken back before the money moves: one person proposes, another approves or rejects. */
export interface UndoApprovalInput extends PersonSays {
  readonly step: 'PROPOSE' | 'APPROVE' | 'REJECT';
  /** Coded reason. */
  readonly reason: string;
}
export const undoApproval = defineUpdate<Standing, [UndoApprovalInput]>('undoApproval');

export interface AnswerOfferInput extends PersonSays {
  readonly offerId: string;
  readonly answer: 'ACCEPT' | 'DECLINE';
}
export const answerOffer = defineUpdate<Standing, [AnswerOfferInput]>('answerOffer');

export interface SignContractInput extends PersonSays {
  readonly contractId: string;
  /** SM3 of the exact PDF the applicant was shown, hex; must equal the contract's. */
  readonly digestSm3: string;
}
export const signContract = defineUpdate<Standing, [SignContractInput]>('signContract');

/** Somebody who signs beside the borrower signs, or refuses to. */
export interface CoSignInput extends PersonSays {
  /** Their turn under the contract. */
  readonly partyId: string;
  readonly answer: 'SIGN' | 'DECLINE';
  /** SM3 of the exact PDF they were shown, hex. */
  readonly digestSm3: string;
}
export const coSign = defineUpdate<Standing, [CoSignInput]>('coSign');

export interface ReleasePayoutInput extends PersonSays {
  readonly payoutId: string;
}
export const releasePayout = defineUpdate<Standing, [ReleasePayoutInput]>('releasePayout');

/** A refused payout is tried again or given up by two people: one proposes, another approves. */
export interface ResolvePayoutInput extends PersonSays {
  readonly payoutId: string;
  readonly step: 'PROPOSE' | 'APPROVE';
  readonly action: 'RETRY' | 'CANCEL';
  readonly reason: string;
}
export const resolvePayout = defineUpdate<Standing, [ResolvePayoutInput]>('resolvePayout');

/** The borrower gives up what the contract has not paid out yet. */
export interface GiveUpTranchesInput extends PersonSays {
  /** Coded reason. */
  readonly reason: string;
}
export const giveUpTranches = defineUpdate<Standing, [GiveUpTranchesInput]>('giveUpTranches');

/** A loan parked for operations goes on by two people: one proposes, another approves. */
export interface ResolveCaseInput extends PersonSays {
  readonly caseId: string;
  readonly step: 'PROPOSE' | 'APPROVE';
  readonly action: 'RETRY' | 'SKIP';
  readonly reason: string;
}
export const resolveCase = defineUpdate<Standing, [ResolveCaseInput]>('resolveCase');

/** What every act on a loan in service names. */
export interface ServicingSays extends PersonSays {
  readonly applicationId: string;
  readonly loanId: string;
}

/** The borrower asks to repay early, in full or in part, or gives the loan back in the cooling-off time. */
export interface RequestPrepaymentInput extends ServicingSays {
  readonly kind: 'SETTLE' | 'PARTIAL' | 'COOLING_OFF';
  /** What is prepaid beside what is due, in fen; for PARTIAL alone. */
  readonly amountFen?: Fen;
  readonly choice?: 'LOWER_PAYMENT' | 'SHORTER_TERM';
}
export const requestPrepayment = defineUpdate<Standing, [RequestPrepaymentInput]>(
  'requestPrepayment',
);

/** A loan gets a new schedule by two people: one proposes, another approves or rejects. */
export interface RescheduleLoanInput extends ServicingSays {
  /** Chosen by the API from the act's key when it is proposed. */
  readonly rescheduleId: string;
  readonly step: 'PROPOSE' | 'APPROVE' | 'REJECT';
  readonly kind?: 'DEFER' | 'RESTRUCTURE';
  readonly months?: number;
  /** Coded reason. */
  readonly reason: string;
}
export const rescheduleLoan = defineUpdate<Standing, [RescheduleLoanInput]>('rescheduleLoan');

/** Money that is held for the borrower goes back by two people of finance. */
export interface RefundHeldInput extends ServicingSays {
  readonly requestNo: string;
  readonly step: 'PROPOSE' | 'APPROVE' | 'REJECT';
  readonly amountFen?: Fen;
  /** Coded reason. */
  readonly reason: string;
}
export const refundHeld = defineUpdate<Standing, [RefundHeldInput]>('refundHeld');

/** The bank reports how a transfer ended; the notice's body lies in the database under its id. */
export interface PayoutNotice {
  readonly noticeId: string;
  readonly requestNo: string;
}
export const payoutNotice = defineSignal<[PayoutNotice]>('payoutNotice');

/** The bank reports money from the borrower. */
export interface RepaymentNotice {
  readonly noticeId: string;
}
export const repaymentNotice = defineSignal<[RepaymentNotice]>('repaymentNotice');

/** Two people have decided on a parked step; what they said lies in the database. */
export const caseDecided = defineSignal<[{ readonly caseId: string }]>('caseDecided');

/** Two people have answered a request by right; what they said lies in the database. */
export const rightsAnswered = defineSignal('rightsAnswered');

/** Somebody has decided a human review; what they said lies in the database. */
export const reviewDecided = defineSignal('reviewDecided');

/** Compliance has decided an objection; what it said lies in the database. */
export const objectionDecided = defineSignal('objectionDecided');

/** A dual recording was completed or looked at; what came of it lies in the database. */
export const recordingMoved = defineSignal('recordingMoved');

/** Where the loan stands, for operations; products read the database. */
export const standing = defineQuery<Standing>('standing');
