/** Asks the applicant for more and takes the answer; the review resumes where it stopped, on the newer evidence. */
import { randomUUID } from 'node:crypto';
import type { WorkPage } from '../../domain/apply.ts';
import type { Actor } from '../../domain/journey.ts';
import type { Tx } from '../../db/database.ts';
import type { InformationItem } from '../../db/schema/evidence.ts';
import { growEvidence, savePage } from '../../db/queries/apply.ts';
import { setPending } from '../../db/queries/journey.ts';
import {
  answerInformationRequest,
  isRecorded,
  openInformationRequest,
  recordAction,
  renewTaskEvidence,
} from '../../db/queries/reviews.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Recorded } from '../outcomes.ts';
import { lockPinned } from '../pinned.ts';
import { openDesk, refuseHolder, type ReviewAct, standingOf } from './review.ts';

export interface RequestAct extends ReviewAct {
  /** Base64 of the sealed items. */
  readonly sealedItems: string;
  readonly evidenceVersion: number;
}

/** @throws CryptoError when the API did not seal them for this act */
async function openItems(
  deps: ActivityDeps,
  tx: Tx,
  { applicationId, cause, sealedItems }: RequestAct,
): Promise<readonly InformationItem[]> {
  const cipher = await deps.vault.of(tx, applicationId);
  const sealed = Buffer.from(sealedItems, 'base64');
  // The seal proves that the API wrote the items, after it had parsed them.
  return cipher.openJson(
    'information_requests.items',
    cause,
    sealed,
    (value) => value as readonly InformationItem[],
  );
}

/** Opens one request; while it is open nobody decides. */
export async function requestMore(deps: ActivityDeps, act: RequestAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const desk = await openDesk(deps, tx, act);
    if (typeof desk === 'string') return { ok: false, code: desk };
    if (await isRecorded(tx, act.cause)) return standingOf(desk, desk.pinned.application.pending);
    const refused = refuseHolder(desk, act.actor, act.evidenceVersion);
    if (refused !== null) return { ok: false, code: refused };
    const items = await openItems(deps, tx, act);
    await recordAction(tx, {
      taskId: act.taskId,
      applicationId: act.applicationId,
      round: desk.task.round,
      actor: act.actor.subject,
      role: act.actor.role ?? '',
      action: 'REQUEST_MORE',
      reasons: items.map((item) => item.code),
      sealedComment: null,
      amountFen: null,
      evidenceVersion: act.evidenceVersion,
      cause: act.cause,
    });
    const { applicationId, taskId, actor } = act;
    await openInformationRequest(tx, {
      id: randomUUID(),
      applicationId,
      taskId,
      items,
      requestedBy: actor.subject,
    });
    await setPending(tx, applicationId, 'INFORMATION');
    return standingOf(desk, 'INFORMATION');
  });
}

export interface SupplyAct {
  readonly applicationId: string;
  readonly requestId: string;
  readonly actor: Actor;
  readonly cause: string;
  readonly at: string;
  /** Base64 of the sealed answer. */
  readonly sealedAnswer: string;
}

/** The part of the sealed answer that changes the form. */
interface Amendment {
  readonly pages: { readonly work?: WorkPage };
}

/** Takes the answer. The evidence version grows, so that a decision on the old evidence is refused. */
export async function supplyMore(deps: ActivityDeps, act: SupplyAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const { applicationId, requestId, sealedAnswer, at } = act;
    const { application } = await lockPinned(deps, tx, applicationId);
    const standing = { ok: true, stage: application.stage, version: application.version } as const;
    const answer = Buffer.from(sealedAnswer, 'base64');
    if (!(await answerInformationRequest(tx, applicationId, requestId, answer, new Date(at)))) {
      return application.pending === 'INFORMATION'
        ? { ok: false, code: 'NO_OPEN_REQUEST' }
        : { ...standing, pending: application.pending };
    }
    await amendWork(deps, tx, act, answer);
    const evidenceVersion = await growEvidence(tx, applicationId, 'ANSWER');
    await renewTaskEvidence(tx, applicationId, evidenceVersion);
    await setPending(tx, applicationId, 'REVIEW');
    return { ...standing, pending: 'REVIEW' };
  });
}

/** A page that came with the answer becomes the newest revision; the former one stays on the record. */
async function amendWork(
  deps: ActivityDeps,
  tx: Tx,
  { applicationId, requestId }: SupplyAct,
  answer: Buffer,
): Promise<void> {
  const column = 'information_requests.sealed_answer';
  // The seal proves that the API wrote the answer, after it had parsed and checked the page in it.
  const cipher = await deps.vault.of(tx, applicationId);
  const { pages } = cipher.openJson(column, requestId, answer, (value) => value as Amendment);
  if (pages.work === undefined) return;
  await savePage(tx, cipher, { applicationId, page: 2, content: pages.work });
}
