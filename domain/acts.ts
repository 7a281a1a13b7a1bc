/**
 * The acts of people, and what of each is sealed. The API seals every act it sends to a loan; the activity that records the
 * act takes only what bears that seal, so that a message sent straight to the workflow changes nothing.
 */
import { canonicalJson } from './canonical-json.ts';
import type { Actor } from './journey.ts';

/** What proves that the API sent an act: when, and the HMAC-SM3 over `actText`, in lower-case hexadecimal. */
export interface ActSeal {
  /** ISO instant by the API's clock. */
  readonly issuedAt: string;
  readonly mac: string;
}

/** Every act by the name of its update, with the members of its input beside who speaks: all of them are sealed. */
export const ACT_FIELDS = {
  submit: { evidenceVersion: true },
  withdraw: { reason: true },
  claimReview: { taskId: true, onBehalfOf: true },
  releaseReview: { taskId: true, onBehalfOf: true },
  stealReview: { taskId: true, onBehalfOf: true, reason: true },
  decideReview: {
    taskId: true,
    onBehalfOf: true,
    decision: true,
    reasons: true,
    sealedComment: true,
    amountFen: true,
    terms: true,
    conditions: true,
    evidenceVersion: true,
  },
  requestMore: { taskId: true, onBehalfOf: true, sealedItems: true, evidenceVersion: true },
  supplyMore: { requestId: true, sealedAnswer: true },
  returnTo: {
    taskId: true,
    onBehalfOf: true,
    stage: true,
    reasons: true,
    sealedComment: true,
    evidenceVersion: true,
  },
  answerCondition: { conditionId: true, sealedAnswer: true },
  resolveCondition: { conditionId: true, step: true, reason: true },
  undoApproval: { step: true, reason: true },
  answerOffer: { offerId: true, answer: true },
  signContract: { contractId: true, digestSm3: true },
  coSign: { partyId: true, answer: true, digestSm3: true },
  releasePayout: { payoutId: true },
  resolvePayout: { payoutId: true, step: true, action: true, reason: true },
  giveUpTranches: { reason: true },
  requestPrepayment: {
    applicationId: true,
    loanId: true,
    kind: true,
    amountFen: true,
    choice: true,
  },
  rescheduleLoan: {
    applicationId: true,
    loanId: true,
    rescheduleId: true,
    step: true,
    kind: true,
    months: true,
    reason: true,
  },
  refundHeld: {
    applicationId: true,
    loanId: true,
    requestNo: true,
    step: true,
    amountFen: true,
    reason: true,
  },
  resolveCase: { caseId: true, step: true, action: true, reason: true },
} as const satisfies Readonly<Record<string, Readonly<Record<string, true>>>>;

export type ActName = keyof typeof ACT_FIELDS;

/** Who does what, where and when. */
export interface ActFrame {
  readonly applicationId: string;
  readonly actor: Actor;
  /** The act's key: the update's id, and the cause of what is recorded. */
  readonly key: string;
  readonly issuedAt: string;
}

/** How long a seal stands: an update that waited through an outage of a day is still taken. */
export const SEAL_STANDS_MS = 24 * 3_600_000;
/** How far the clocks of two hosts may differ. */
export const CLOCKS_DIFFER_MS = 60_000;

/** The text under the seal: canonical JSON of the frame and of the act's own members, whatever else the input carries. */
export function actText(action: ActName, frame: ActFrame, input: object): string {
  const { applicationId, key, issuedAt } = frame;
  const { kind, subject, role } = frame.actor;
  const own = new Map<string, unknown>(Object.entries(input));
  const said = Object.fromEntries(
    Object.keys(ACT_FIELDS[action]).map((name) => [name, own.get(name)]),
  );
  const actor = { kind, subject, role };
  return canonicalJson({ action, applicationId, actor, key, issuedAt, said });
}

/** Whether a seal of that time still stands: neither of the future nor older than a day. */
export function sealAge(issuedAt: string, now: number): 'FRESH' | 'FUTURE' | 'STALE' {
  const age = now - Date.parse(issuedAt);
  if (Number.isNaN(age) || age < -CLOCKS_DIFFER_MS) return 'FUTURE';
  return age > SEAL_STANDS_MS ? 'STALE' : 'FRESH';
}
