/** Records a vote on a review: an approval with its terms and conditions, or a decline. The last one moves the loan. */
import { randomUUID } from 'node:crypto';
import {
  CONDITION_GATES,
  CONDITION_KINDS,
  type ConditionGate,
  type ConditionKind,
} from '../../domain/conditions.ts';
import { atDesk } from '../../domain/desk.ts';
import type { DeskAct, DeskPerson, Review, Terms } from '../../domain/desk-review.ts';
import { type Fen, fen } from '../../domain/money.ts';
import { isReasonCode, REVIEW_REASON_CODES } from '../../domain/reasons.ts';
import type { Tx } from '../../db/database.ts';
import { issueCondition, settleReferral } from '../../db/queries/conditions.ts';
import { readDecision, type StoredDecision } from '../../db/queries/decide.ts';
import { saveReview } from '../../db/queries/desk.ts';
import { advance } from '../../db/queries/journey.ts';
import { countStandingHits } from '../../db/queries/list-lookups.ts';
import type { ActivityDeps } from '../deps.ts';
import { refusalCode } from '../failures.ts';
import type { Recorded } from '../outcomes.ts';
import { assignOpenSeats } from './assign.ts';
import { isGateShut } from '../gates.ts';
import {
  atTask,
  auditAct,
  type Desk,
  pendingOf,
  personOf,
  recordAct,
  refusalOf,
  refuse,
  type ReviewAct,
  waitFor,
} from './desk.ts';
import { decidedTerms, refuseTermsOutOfPolicy } from './terms.ts';

/** What an approval asks for besides, and which door stays shut until it is met. */
export interface ConditionAsked {
  readonly kind: ConditionKind;
  readonly gate: ConditionGate;
}

export interface DecideAct extends ReviewAct {
  readonly decision: 'APPROVE' | 'DECLINE';
  readonly reasons: readonly string[];
  /** Base64 of the sealed comment; nobody decides without one. */
  readonly sealedComment: string;
  readonly amountFen: Fen;
  /** Another term or price than was decided; left out where those stand. */
  readonly terms?: Terms | null;
  readonly conditions?: readonly ConditionAsked[];
  readonly evidenceVersion: number;
  /** How long the next stage has, in milliseconds. */
  readonly slaMs: number;
}

/** The terms of an approval: those given, or those under vote, or those decided, for the amount that is approved. */
function termsOf(act: DecideAct, { stored, pinned }: Desk, decision: StoredDecision): Terms {
  if (act.terms != null) return act.terms;
  const under = stored.review.proposal ?? decidedTerms(pinned, decision);
  return { ...under, amountFen: act.amountFen };
}

const isKnownCondition = ({ kind, gate }: ConditionAsked): boolean =>
  Object.hasOwn(CONDITION_KINDS, kind) && CONDITION_GATES.includes(gate);

const isReviewReason = (code: string): boolean =>
  isReasonCode(code) && (REVIEW_REASON_CODES as readonly string[]).includes(code);

interface Vote {
  readonly act: DecideAct;
  readonly desk: Desk;
  readonly by: DeskPerson;
  readonly decision: StoredDecision;
  readonly terms: Terms | null;
  readonly after: Review;
}

/** What the record asks of a vote that the desk itself admits: words, known reasons, terms within policy, no list hit. */
async function refuseVote(
  deps: ActivityDeps,
  tx: Tx,
  { act, desk, decision, terms }: Omit<Vote, 'after' | 'by'>,
): Promise<Recorded | null> {
  if (!act.reasons.every(isReviewReason)) return refuse('REASON_MISSING');
  if (act.sealedComment === '') return refuse('COMMENT_MISSING');
  if (terms === null) return null;
  if (!(act.conditions ?? []).every(isKnownCondition)) return refuse('CONDITION_UNKNOWN');
  const fault = await refuseTermsOutOfPolicy(deps, tx, desk.pinned, decision, {
    terms,
    at: act.at,
  });
  if (fault !== null) return refuse('TERMS_OUT_OF_POLICY', [fault]);
  return (await countStandingHits(tx, act.applicationId)) > 0 ? refuse('LIST_HIT_STANDS') : null;
}

/** Records an approval or a decline; the last stage moves the application, an earlier one opens the next stage. */
export async function decideReview(deps: ActivityDeps, act: DecideAct): Promise<Recorded> {
  return await atTask(deps, act, async (tx, desk) => {
    const by = await personOf(tx, act, desk);
    if (typeof by === 'string') return refuse(by);
    const decision = await readDecision(tx, act.applicationId, desk.place.round);
    if (decision === undefined) return refuse('NO_SUCH_TASK');
    const terms = act.decision === 'APPROVE' ? termsOf(act, desk, decision) : null;
    const vote: DeskAct = {
      kind: 'DECIDE',
      place: { stage: desk.place.stage, seat: desk.place.seat },
      by,
      at: Date.parse(act.at),
      verdict: act.decision,
      terms,
      evidenceVersion: act.evidenceVersion,
      reasons: act.reasons,
    };
    const answer = atDesk(desk.stored.review, vote);
    if (!answer.ok) return await refusalOf(tx, act, desk, answer.refusal);
    const refused = await refuseVote(deps, tx, { act, desk, decision, terms });
    if (refused !== null) return refused;
    return await keep(tx, { act, desk, by, decision, terms, after: answer.review });
  });
}

async function issueConditions(tx: Tx, { act, desk, terms }: Vote): Promise<void> {
  if (terms === null) return;
  for (const { kind, gate } of act.conditions ?? []) {
    await issueCondition(tx, {
      id: randomUUID(),
      applicationId: act.applicationId,
      round: desk.place.round,
      kind,
      gate,
      issuedBy: act.actor.subject,
    });
  }
}

async function keep(tx: Tx, vote: Vote): Promise<Recorded> {
  const { act, desk, by, terms, after } = vote;
  await recordAct(tx, act, desk, {
    action: act.decision,
    role: by.role,
    reasons: act.reasons,
    sealedComment: Buffer.from(act.sealedComment, 'base64'),
    amountFen: terms === null ? null : fen(terms.amountFen),
    terms,
    evidenceVersion: act.evidenceVersion,
  });
  await issueConditions(tx, vote);
  const at = new Date(act.at);
  await saveReview(tx, desk.stored, after, {
    at,
    slaDueAt: new Date(at.getTime() + act.slaMs),
  });
  if (after.end === 'DECLINED') return await moveOn(tx, vote, 'DECLINED');
  if (after.end === 'APPROVED') return await moveOn(tx, vote, 'OFFER');
  await auditAct(tx, act, act.decision === 'APPROVE' ? 'review.approve-first' : 'review.vote');
  const standing = await waitFor(tx, desk, pendingOf(after));
  await assignOpenSeats(tx, act.applicationId, desk.place.round, at);
  return standing;
}

async function moveOn(tx: Tx, { act, desk }: Vote, to: 'DECLINED' | 'OFFER'): Promise<Recorded> {
  const { applicationId, actor, cause } = act;
  const { round } = desk.place;
  const waits = to === 'OFFER' && (await isGateShut(tx, applicationId, round, 'OFFER'));
  const moved = await advance(tx, {
    applicationId,
    from: 'REVIEW',
    to,
    actor,
    reason: act.reasons[0] ?? 'REVIEWED',
    cause,
    versions: { round },
    pending: waits ? 'CONDITIONS' : null,
  });
  if (!moved.ok) return refuse(refusalCode(moved));
  await settleReferral(tx, applicationId);
  return { ok: true, ...moved.now };
}
