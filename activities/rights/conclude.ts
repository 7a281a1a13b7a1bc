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
import { groupOfPerson } from '../../platform/cache.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';

export interface ConcludeRightsInput {
  readonly requestId: string;
}

export type RightsConclusion =
  | { readonly ok: true; readonly keys: number }
  | { readonly ok: false; readonly code: 'NO_SUCH_REQUEST' | 'NOT_ANSWERED' | 'LEGAL_HOLD' };

interface Erased {
  readonly keys: number;
  /** Null when nobody stands behind the draft, or nothing was to be erased. */
  readonly applicantId: string | null;
}

const NOTHING: Erased = { keys: 0, applicantId: null };

/** Destroys the keys of the person behind the application, or of the draft when nobody is. */
async function erase(tx: Tx, applicationId: string, now: Date): Promise<Erased | 'LEGAL_HOLD'> {
  const { applicantId, held } = await readHeldFacts(tx, applicationId);
  if (holdsAgainstErasure(held, businessDate(now)).length > 0) return 'LEGAL_HOLD';
  const keys =
    applicantId === null
      ? await destroyDraftKeys(tx, applicationId, now)
      : await destroyPersonKeys(tx, applicantId, now);
  return { keys, applicantId };
}

type Concluded = RightsConclusion & Pick<Erased, 'applicantId'>;

/**
 * The law is asked again in the transaction that destroys: what began since the approval
 * stops it, and the person and compliance hear so. Once concluded, nothing more.
 */
export async function concludeRights(
  deps: Pick<ActivityDeps, 'db' | 'vault' | 'cache'>,
  { requestId }: ConcludeRightsInput,
): Promise<RightsConclusion> {
  const now = new Date();
  const { applicantId, ...conclusion } = await deps.db
    .transaction()
    .execute<Concluded>(async (tx) => {
      const request = await lockRightsRequest(tx, requestId);
      if (request === undefined) return { ok: false, code: 'NO_SUCH_REQUEST', applicantId: null };
      if (request.state !== 'ANSWERED')
        return { ok: false, code: 'NOT_ANSWERED', applicantId: null };
      if (request.concluded_at !== null) return { ok: true, ...NOTHING };
      const erasing = request.kind === 'ERASURE' && request.outcome === 'DONE';
      const erased = erasing ? await erase(tx, request.application_id, now) : NOTHING;
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
        detail: {
          request: requestId,
          proposedBy: request.proposed_by,
          keys: erased === 'LEGAL_HOLD' ? erased : erased.keys,
        },
      });
      return erased === 'LEGAL_HOLD'
        ? { ok: false, code: erased, applicantId: null }
        : { ok: true, ...erased };
    });
  if (applicantId !== null) await deps.cache.forget(groupOfPerson(deps.vault, applicantId));
  return conclusion;
}
