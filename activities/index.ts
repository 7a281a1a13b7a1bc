/** Every activity of the house, bound to what it needs; its type is all that workflows see. */
import { admitApplication } from './apply/admit.ts';
import { expireAuthorisation } from './apply/authorisation.ts';
import { admitWithdrawal, endApplication } from './apply/end.ts';
import { readPaper } from './apply/read-paper.ts';
import { sweepDrafts } from './apply/sweep.ts';
import { sealAudit } from './audit/seal.ts';
import { askByHand, giveUpByHand } from './bureau/by-hand.ts';
import { concludeBureau } from './bureau/conclude.ts';
import { pullBaihang, pullPboc } from './bureau/pull.ts';
import {
  markDisputed,
  remindObjection,
  replyToObjection,
  sendObjection,
  verifyInHouse,
} from './bureau/object.ts';
import { screenRegistries } from './bureau/screen.ts';
import { reportBureauWeek } from './bureau/weekly.ts';
import { drawIssuedPaper, reportUndrawnPaper } from './contract/issue.ts';
import { renderContract, voidContract } from './contract/render.ts';
import { beginBacktest, failBacktest, finishBacktest, runBacktestPart } from './decide/backtest.ts';
import { decideApplication } from './decide/decide.ts';
import { answerDecisionReview, remindDecisionReview } from './decide/human-review.ts';
import { answerCondition, resolveCondition } from './decide/conditions.ts';
import { requestMore, supplyMore } from './decide/more.ts';
import { cancelReviews, remindReview } from './decide/remind.ts';
import { claimReview, releaseReview, returnReview, stealReview } from './decide/review.ts';
import { undoApproval } from './decide/undo.ts';
import { decideReview } from './decide/vote.ts';
import { sweepDesk } from './desk/sweep.ts';
import { watchExperiments } from './experiments/watch.ts';
import { checkDecisions } from './monitoring/check.ts';
import { countDecisions } from './monitoring/count.ts';
import type { Actor } from '../domain/journey.ts';
import { CryptoError } from '../platform/crypto/errors.ts';
import type { ActivityDeps } from './deps.ts';
import { queryPayout, sendPayout } from './disburse/pay.ts';
import { cancelPayout, recallPayout, releasePayout } from './disburse/release.ts';
import { reportUnknownPayout, resolvePayout } from './disburse/resolve.ts';
import { giveUpTranches } from './disburse/give-up.ts';
import { reconcileDay } from './disburse/reconcile.ts';
import { reopenLoan, takeBackPayout } from './disburse/returned.ts';
import { nextTranche, openTranche, reportStuckTranche } from './disburse/tranches.ts';
import { finalFailure } from './failures.ts';
import { buildEvidence } from './evidence/build.ts';
import { assessFraud } from './fraud/assess.ts';
import { erasePerson } from './keys/erase.ts';
import { resealApplications, resealHouse } from './keys/reseal.ts';
import { beginRotation, rewrapKeys } from './keys/rewrap.ts';
import { answerOffer, cancelOffer, expireOffer } from './offer/answer.ts';
import { makeOffer } from './offer/make.ts';
import { decidedCase, retryCase } from './operations/bulk.ts';
import { openCase, remindPeople, resolveCase } from './operations/cases.ts';
import { concludeRights } from './rights/conclude.ts';
import { renderExport } from './rights/export.ts';
import { remindRights } from './rights/remind.ts';
import { enforceRetention } from './rights/retention.ts';
import { type Sealed, type SealRule, underSeal } from './sealed-acts.ts';
import { scoreApplication } from './score/score.ts';
import { carryOutLoanActs } from './service/carry-out-acts.ts';
import { closeBooks } from './service/close-books.ts';
import { openLoan } from './service/open.ts';
import { carryOutOrder, planOrder } from './service/orders.ts';
import { requestPrepayment } from './service/prepay.ts';
import { refundHeld } from './service/refund.ts';
import { rescheduleLoan } from './service/reschedule.ts';
import { recordRepayment } from './service/repay.ts';
import { reviewLoan } from './service/review.ts';
import { admitSignature, expireSigning } from './sign/admit.ts';
import { admitCoSignature, remindCoSigner } from './sign/co-sign.ts';
import { revokeCertificate } from './sign/certificate.ts';
import { inspectRecording } from './sign/inspect-recording.ts';
import {
  askForRecordingReview,
  concludeRecording,
  expireRecording,
  recordingState,
  remindRecording,
} from './sign/recording-clock.ts';
import { sealContract } from './sign/seal.ts';
import { bookUnmatched, refundUnmatched, reopenUnmatched } from './service/unmatched.ts';
import { watchLedger } from './service/watch-ledger.ts';
import { sealRecording } from './sign/seal-recording.ts';
import { checkFace, checkIdentity } from './verify/check.ts';
import { concludeVerification } from './verify/conclude.ts';

export type { StoryTerms } from './apply/admit.ts';
export type { PayoutOutcome } from './disburse/pay.ts';

const VERBS = {
  admitApplication,
  expireAuthorisation,
  admitWithdrawal,
  endApplication,
  readPaper,
  sweepDrafts,
  sweepDesk,
  sealAudit,
  checkIdentity,
  checkFace,
  concludeVerification,
  pullPboc,
  pullBaihang,
  screenRegistries,
  concludeBureau,
  askByHand,
  giveUpByHand,
  reportBureauWeek,
  markDisputed,
  sendObjection,
  verifyInHouse,
  remindObjection,
  replyToObjection,
  assessFraud,
  scoreApplication,
  decideApplication,
  beginBacktest,
  runBacktestPart,
  finishBacktest,
  failBacktest,
  claimReview,
  releaseReview,
  stealReview,
  decideReview,
  returnReview,
  requestMore,
  supplyMore,
  answerCondition,
  resolveCondition,
  undoApproval,
  remindReview,
  cancelReviews,
  remindDecisionReview,
  answerDecisionReview,
  makeOffer,
  answerOffer,
  expireOffer,
  cancelOffer,
  renderContract,
  voidContract,
  drawIssuedPaper,
  reportUndrawnPaper,
  admitSignature,
  admitCoSignature,
  remindCoSigner,
  expireSigning,
  sealContract,
  recordingState,
  remindRecording,
  expireRecording,
  inspectRecording,
  sealRecording,
  askForRecordingReview,
  concludeRecording,
  revokeCertificate,
  releasePayout,
  recallPayout,
  cancelPayout,
  sendPayout,
  queryPayout,
  resolvePayout,
  reportUnknownPayout,
  reconcileDay,
  takeBackPayout,
  reopenLoan,
  openLoan,
  nextTranche,
  openTranche,
  giveUpTranches,
  reportStuckTranche,
  recordRepayment,
  reviewLoan,
  requestPrepayment,
  rescheduleLoan,
  refundHeld,
  planOrder,
  carryOutOrder,
  watchLedger,
  bookUnmatched,
  refundUnmatched,
  reopenUnmatched,
  carryOutLoanActs,
  closeBooks,
  openCase,
  remindPeople,
  resolveCase,
  retryCase,
  decidedCase,
  beginRotation,
  rewrapKeys,
  resealApplications,
  resealHouse,
  erasePerson,
  buildEvidence,
  renderExport,
  remindRights,
  concludeRights,
  enforceRetention,
  watchExperiments,
  countDecisions,
  checkDecisions,
} as const;

type Verbs = typeof VERBS;

/** The verbs that are told who acts. */
type PersonVerb = {
  [V in keyof Verbs]: Parameters<Verbs[V]>[1] extends { readonly actor: Actor } ? V : never;
}[keyof Verbs];

/** Each verb that is told who acts, with the act whose seal it asks for. */
const SEALED: Readonly<Record<PersonVerb, SealRule>> = {
  admitApplication: { act: 'submit', as: 'SAID' },
  admitWithdrawal: { act: 'withdraw', as: 'SAID' },
  endApplication: { act: 'withdraw', as: 'CARRIED_ON' },
  claimReview: { act: 'claimReview', as: 'SAID' },
  releaseReview: { act: 'releaseReview', as: 'SAID' },
  stealReview: { act: 'stealReview', as: 'SAID' },
  decideReview: { act: 'decideReview', as: 'SAID' },
  returnReview: { act: 'returnTo', as: 'SAID' },
  requestMore: { act: 'requestMore', as: 'SAID' },
  supplyMore: { act: 'supplyMore', as: 'SAID' },
  answerCondition: { act: 'answerCondition', as: 'SAID' },
  resolveCondition: { act: 'resolveCondition', as: 'SAID' },
  undoApproval: { act: 'undoApproval', as: 'SAID' },
  answerOffer: { act: 'answerOffer', as: 'SAID' },
  admitSignature: { act: 'signContract', as: 'SAID' },
  admitCoSignature: { act: 'coSign', as: 'SAID' },
  sealContract: { act: 'signContract', as: 'CARRIED_ON' },
  releasePayout: { act: 'releasePayout', as: 'SAID' },
  resolvePayout: { act: 'resolvePayout', as: 'SAID' },
  giveUpTranches: { act: 'giveUpTranches', as: 'SAID' },
  requestPrepayment: { act: 'requestPrepayment', as: 'SAID' },
  rescheduleLoan: { act: 'rescheduleLoan', as: 'SAID' },
  refundHeld: { act: 'refundHeld', as: 'SAID' },
  resolveCase: { act: 'resolveCase', as: 'SAID' },
};
const SEALED_BY_NAME: ReadonlyMap<string, SealRule> = new Map(Object.entries(SEALED));

/** Each verb without its first parameter: what a workflow calls. */
export type Activities = {
  readonly [V in keyof Verbs]: Verbs[V] extends (deps: ActivityDeps, ...input: infer I) => infer R
    ? V extends PersonVerb
      ? (input: I[0] & Sealed) => R
      : (...input: I) => R
    : never;
};

type Verb = (deps: ActivityDeps, ...input: unknown[]) => Promise<unknown>;

/** Erased data do not come back by trying again: the failure is final and says so. */
async function unlessErased(verb: () => Promise<unknown>): Promise<unknown> {
  try {
    return await verb();
  } catch (error) {
    if (error instanceof CryptoError && error.code === 'SUBJECT_ERASED') {
      throw finalFailure(error.code, error);
    }
    throw error;
  }
}

/** Binds every verb to the dependencies of this process. */
export function createActivities(deps: ActivityDeps): Activities {
  const bound = Object.entries(VERBS).map(([name, verb]) => [
    name,
    (...input: unknown[]) =>
      unlessErased(async () => {
        const rule = SEALED_BY_NAME.get(name);
        const act = () => (verb as Verb)(deps, ...input);
        return await (rule === undefined ? act() : underSeal(deps, rule, input[0], act));
      }),
  ]);
  // Every entry of VERBS is bound by the same rule that the type states.
  return Object.fromEntries(bound) as Activities;
}
