/** Carries out the answer to a request by right: an erasure that two people approved and no law forbids. */
import { holdsAgainstErasure } from '../../domain/retention.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { destroyDraftKeys, destroyPersonKeys } from '../../db/queries/keys.ts';
import { oweNotice } from '../../db/queries/outbox.ts';
import {
  lockRightsRequest,
  markConcluded,
  markHeld,
  readHeldFacts,
} from '../../db/queries/rights.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';

export interface ConcludeRightsInput {
  readonly requestId: string;
}

export type RightsConclusion =
  | { readonly ok: true; readonly keys: number }
  | { readonly ok: false; readonly code: 'NO_SUCH_REQUEST' | 'NOT_ANSWERED' | 'LEGAL_HOLD' };

/** Destroys the keys of the person behind the application, or of the draft when nobody is. */
async function erase(tx: Tx, applicationId: string, now: Date): Promise<number | 'LEGAL_HOLD'> {
  const { applicantId, held } = await readHeldFacts(tx, applicationId);
  if (holdsAgainstErasure(held, businessDate(now)).length > 0) return 'LEGAL_HOLD';
  if (applicantId === null) return await destroyDraftKeys(tx, applicationId, now);
  return await destroyPersonKeys(tx, applicantId, now);
}

/**
 * The law is asked again in the transaction that destroys: what began since the approval
 * stops it, and the person and compliance hear so. Once concluded, nothing more.
 */
export async function concludeRights(
  deps: Pick<ActivityDeps, 'db'>,
  { requestId }: ConcludeRightsInput,
): Promise<RightsConclusion> {
  const now = new Date();
  return await deps.db.transaction().execute(async (tx) => {
    const request = await lockRightsRequest(tx, requestId);
    if (request === undefined) return { ok: false, code: 'NO_SUCH_REQUEST' };
    if (request.state !== 'ANSWERED') return { ok: false, code: 'NOT_ANSWERED' };
    if (request.concluded_at !== null) return { ok: true, keys: 0 };
    const erasing = request.kind === 'ERASURE' && request.outcome === 'DONE';
    const erased = erasing ? await erase(tx, request.application_id, now) : 0;
    if (erased === 'LEGAL_HOLD') {
      await markHeld(tx, requestId);
      await oweNotice(tx, 'rights.held', request.application_id, { requestId });
    }
    await markConcluded(tx, requestId, now);
    await recordAudit(tx, {
      actor: request.approved_by ?? 'system',
      role: null,
      via: 'worker',
      action: erasing ? 'rights.erase' : 'rights.conclude',
      subjectKind: 'application',
      subjectId: request.application_id,
      result: erased === 'LEGAL_HOLD' ? 'FAILED' : 'DONE',
      ...(erased === 'LEGAL_HOLD' ? { reason: erased } : {}),
      detail: { request: requestId, proposedBy: request.proposed_by, keys: erased },
    });
    return erased === 'LEGAL_HOLD' ? { ok: false, code: erased } : { ok: true, keys: erased };
  });
}
