/** Records who takes, gives back, takes over and sends back a review. Role, ties and four eyes are checked here again. */
import { atDesk } from '../../domain/desk.ts';
import type { DeskAct, Review } from '../../domain/desk-review.ts';
import { advance } from '../../db/queries/journey.ts';
import { beginReferredRound } from '../../db/queries/conditions.ts';
import { saveReview } from '../../db/queries/desk.ts';
import type { Tx } from '../../db/database.ts';
import type { ActivityDeps } from '../deps.ts';
import { refusalCode } from '../failures.ts';
import type { Recorded } from '../outcomes.ts';
import {
  atTask,
  auditAct,
  type Desk,
  personOf,
  recordAct,
  refusalOf,
  refuse,
  type ReviewAct,
  standingOf,
} from './desk.ts';

export type { ReviewAct } from './desk.ts';

/** A reason people give each other is a code: their own words may name somebody. */
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;

async function save(tx: Tx, desk: Desk, after: Review, act: ReviewAct): Promise<void> {
  const at = new Date(act.at);
  await saveReview(tx, desk.stored, after, { at, slaDueAt: at });
}

/** A person takes a task: the right role, no tie to the applicant, and nobody else holds it. */
export async function claimReview(deps: ActivityDeps, act: ReviewAct): Promise<Recorded> {
  return await atTask(deps, act, async (tx, desk) => {
    const by = await personOf(tx, act, desk);
    if (typeof by === 'string') return refuse(by);
    const claim = { kind: 'CLAIM', place: desk.place, by, at: Date.parse(act.at) } as const;
    const answer = atDesk(desk.stored.review, claim);
    if (!answer.ok) {
      return answer.refusal === 'CLAIMED_BY_OTHER'
        ? refuse('ALREADY_CLAIMED')
        : await refusalOf(tx, act, desk, answer.refusal);
    }
    await recordAct(tx, act, desk, { action: 'CLAIM', role: by.role });
    await save(tx, desk, answer.review, act);
    await auditAct(tx, act, 'review.claim');
    return standingOf(desk);
  });
}

/** Whoever holds a task gives it back to the queue. */
export async function releaseReview(deps: ActivityDeps, act: ReviewAct): Promise<Recorded> {
  return await atTask(deps, act, async (tx, desk) => {
    const by = await personOf(tx, act, desk);
    if (typeof by === 'string') return refuse(by);
    const release = { kind: 'RELEASE', place: desk.place, by, at: Date.parse(act.at) } as const;
    const answer = atDesk(desk.stored.review, release);
    if (!answer.ok) return await refusalOf(tx, act, desk, answer.refusal);
    await recordAct(tx, act, desk, { action: 'RELEASE' });
    await save(tx, desk, answer.review, act);
    await auditAct(tx, act, 'review.release');
    return standingOf(desk);
  });
}

export interface StealAct extends ReviewAct {
  /** Coded reason. */
  readonly reason: string;
}

/** A person who fits takes a task from whoever holds it, with a reason that both can read. */
export async function stealReview(deps: ActivityDeps, act: StealAct): Promise<Recorded> {
  return await atTask(deps, act, async (tx, desk) => {
    const by = await personOf(tx, act, desk);
    if (typeof by === 'string') return refuse(by);
    const { reason } = act;
    if (!CODE.test(reason)) return refuse('REASON_MISSING');
    const { place } = desk;
    const steal = { kind: 'STEAL', place, by, at: Date.parse(act.at), reason } as const;
    const answer = atDesk(desk.stored.review, steal);
    if (!answer.ok) return await refusalOf(tx, act, desk, answer.refusal);
    const from = desk.stored.review.seats.find(
      (seat) => seat.stage === place.stage && seat.seat === place.seat,
    )?.assignee;
    await recordAct(tx, act, desk, { action: 'STEAL', reasons: [reason], role: by.role });
    await save(tx, desk, answer.review, act);
    await auditAct(tx, act, 'review.steal', { from, reason });
    return standingOf(desk);
  });
}

export interface ReturnAct extends ReviewAct {
  readonly stage: 'BUREAU' | 'FRAUD' | 'SCORE';
  readonly reasons: readonly string[];
  /** Base64 of the sealed comment; left out or empty where there is none. */
  readonly sealedComment?: string;
  readonly evidenceVersion: number;
}

/** Sends an application back to gather or weigh again; a new round begins and the old one stays on the record. */
export async function returnReview(deps: ActivityDeps, act: ReturnAct): Promise<Recorded> {
  return await atTask(deps, act, async (tx, desk) => {
    const by = await personOf(tx, act, desk);
    if (typeof by === 'string') return refuse(by);
    const { evidenceVersion, reasons } = act;
    const back: DeskAct = {
      kind: 'RETURN',
      place: desk.place,
      by,
      at: Date.parse(act.at),
      evidenceVersion,
      reasons,
    };
    const answer = atDesk(desk.stored.review, back);
    if (!answer.ok) return await refusalOf(tx, act, desk, answer.refusal);
    const comment = act.sealedComment ?? '';
    await recordAct(tx, act, desk, {
      action: 'RETURN',
      reasons,
      sealedComment: comment === '' ? null : Buffer.from(comment, 'base64'),
      evidenceVersion,
    });
    await save(tx, desk, answer.review, act);
    await beginReferredRound(tx, act.applicationId, null);
    const moved = await advance(tx, {
      applicationId: act.applicationId,
      from: 'REVIEW',
      to: act.stage,
      actor: act.actor,
      reason: reasons[0] ?? 'RETURNED',
      cause: act.cause,
    });
    if (!moved.ok) return refuse(refusalCode(moved));
    return { ok: true, ...moved.now };
  });
}
