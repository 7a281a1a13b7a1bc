/**
 * Asks the applicant for more and takes the answer. The review resumes where it stopped, on the newer evidence; an answer
 * that changes what was scored ends the round, and the application is weighed again.
 */
import { randomUUID } from 'node:crypto';
import type { WorkPage } from '../../domain/apply.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { atDesk } from '../../domain/desk.ts';
import type { Actor } from '../../domain/journey.ts';
import type { Tx } from '../../db/database.ts';
import type { InformationItem } from '../../db/schema/evidence.ts';
import { growEvidence, loadPartialForm, savePage } from '../../db/queries/apply.ts';
import { beginReferredRound } from '../../db/queries/conditions.ts';
import { lockReview, saveReview } from '../../db/queries/desk.ts';
import { advance, setPending } from '../../db/queries/journey.ts';
import {
  answerInformationRequest,
  openInformationRequest,
  renewTaskEvidence,
} from '../../db/queries/reviews.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import type { ActivityDeps } from '../deps.ts';
import { refusalCode } from '../failures.ts';
import type { Recorded } from '../outcomes.ts';
import { lockPinned, type Pinned } from '../pinned.ts';
import {
  atTask,
  auditAct,
  pendingOf,
  personOf,
  recordAct,
  refusalOf,
  refuse,
  type ReviewAct,
  standingOf,
  waitFor,
} from './desk.ts';

export interface RequestAct extends ReviewAct {
  /** Base64 of the sealed items. */
  readonly sealedItems: string;
  readonly evidenceVersion: number;
}

/** @throws CryptoError when the API did not seal them for this act */
function openItems(
  cipher: FieldCipher,
  { cause, sealedItems }: RequestAct,
): readonly InformationItem[] {
  const sealed = Buffer.from(sealedItems, 'base64');
  // The name of what travels, not of a column: an act under way at an upgrade was sealed under it.
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
  return await atTask(deps, act, async (tx, desk) => {
    const by = await personOf(tx, act, desk);
    if (typeof by === 'string') return refuse(by);
    const { applicationId, taskId, actor, evidenceVersion } = act;
    const cipher = await deps.vault.of(tx, applicationId);
    const items = openItems(cipher, act);
    const reasons = items.map(({ code }) => code);
    const answer = atDesk(desk.stored.review, {
      kind: 'REQUEST_MORE',
      place: desk.place,
      by,
      at: Date.parse(act.at),
      evidenceVersion,
      reasons,
    });
    if (!answer.ok) return await refusalOf(tx, act, desk, answer.refusal);
    await recordAct(tx, act, desk, { action: 'REQUEST_MORE', reasons, evidenceVersion });
    const id = randomUUID();
    await openInformationRequest(tx, {
      id,
      applicationId,
      taskId,
      sealedItems: cipher.sealJson('information_requests.sealed_items', id, items),
      requestedBy: actor.subject,
    });
    const at = new Date(act.at);
    await saveReview(tx, desk.stored, answer.review, { at, slaDueAt: at });
    await auditAct(tx, act, 'review.request-more', { items: reasons });
    return await waitFor(tx, desk, 'INFORMATION');
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
    const { applicationId, requestId, sealedAnswer } = act;
    const pinned = await lockPinned(deps, tx, applicationId);
    const answer = Buffer.from(sealedAnswer, 'base64');
    const at = new Date(act.at);
    if (!(await answerInformationRequest(tx, applicationId, requestId, answer, at))) {
      return pinned.application.pending === 'INFORMATION'
        ? refuse('NO_OPEN_REQUEST')
        : standingOf({ pinned });
    }
    const inputsChanged = await amendWork(deps, tx, act, answer);
    const evidenceVersion = await growEvidence(tx, applicationId, 'ANSWER');
    return await resume(tx, pinned, act, { evidenceVersion, inputsChanged });
  });
}

/** The same stage goes on with the new items, or the round ends and the application is weighed on the new inputs. */
async function resume(
  tx: Tx,
  pinned: Pinned,
  act: SupplyAct,
  supplied: { readonly evidenceVersion: number; readonly inputsChanged: boolean },
): Promise<Recorded> {
  const { applicationId, actor, cause } = act;
  const at = new Date(act.at);
  const stored = await lockReview(tx, applicationId, pinned.application.round);
  if (stored === undefined) return refuse('NO_OPEN_REQUEST');
  const answer = atDesk(stored.review, { kind: 'SUPPLY', ...supplied });
  // The whole transaction is given up: an answer nobody waits for is not taken.
  if (!answer.ok) throw new Error(`an open request met a review that refuses: ${answer.refusal}`);
  await renewTaskEvidence(tx, applicationId, supplied.evidenceVersion);
  await saveReview(tx, stored, answer.review, { at, slaDueAt: at });
  if (!supplied.inputsChanged) {
    const pending = pendingOf(answer.review);
    await setPending(tx, applicationId, pending);
    return standingOf({ pinned }, pending);
  }
  await beginReferredRound(tx, applicationId, null);
  const moved = await advance(tx, {
    applicationId,
    from: 'REVIEW',
    to: 'SCORE',
    actor,
    reason: 'INPUTS_CHANGED',
    cause,
  });
  return moved.ok ? { ok: true, ...moved.now } : refuse(refusalCode(moved));
}

/** A page that came with the answer becomes the newest revision; the former one stays on the record. True when it differs. */
async function amendWork(
  deps: ActivityDeps,
  tx: Tx,
  { applicationId, requestId }: SupplyAct,
  answer: Buffer,
): Promise<boolean> {
  const column = 'information_requests.sealed_answer';
  // The seal proves that the API wrote the answer, after it had parsed and checked the page in it.
  const cipher = await deps.vault.of(tx, applicationId);
  const { pages } = cipher.openJson(column, requestId, answer, (value) => value as Amendment);
  if (pages.work === undefined) return false;
  const { work } = await loadPartialForm(tx, cipher, applicationId);
  if (work !== null && canonicalJson(work) === canonicalJson(pages.work)) return false;
  await savePage(tx, cipher, { applicationId, page: 2, content: pages.work });
  return true;
}
