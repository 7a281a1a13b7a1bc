/** Sends the parked loans of an agreed list on their way, one at a time, and stops when too many fail again. */
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  countBulkRetry,
  endBulkRetry,
  lockBulkRetry,
  readCaseAction,
  sendCase,
} from '../../db/queries/bulk-retries.ts';
import { setPending } from '../../db/queries/journey.ts';
import type { ActivityDeps } from '../deps.ts';

/** A list is stopped once this share of at least so many loans has failed at the same step again. */
const STOPS = { fromSent: 5, failedPercent: 20 } as const;

export type BulkStep =
  | { readonly kind: 'SENT'; readonly applicationId: string; readonly caseId: string }
  | { readonly kind: 'LEFT_OUT' }
  | { readonly kind: 'ENDED'; readonly state: 'DONE' | 'STOPPED' };

type Bulk = NonNullable<Awaited<ReturnType<typeof lockBulkRetry>>>;

async function audit(
  tx: Tx,
  bulk: Bulk,
  action: string,
  detail: Readonly<Record<string, unknown>>,
) {
  await recordAudit(tx, {
    actor: bulk.decided_by ?? bulk.proposed_by,
    role: 'operations',
    via: 'worker',
    action,
    subjectKind: 'bulk-retry',
    subjectId: bulk.id,
    result: 'DONE',
    detail,
  });
}

async function end(tx: Tx, bulk: Bulk, state: 'DONE' | 'STOPPED'): Promise<BulkStep> {
  await endBulkRetry(tx, bulk.id, state);
  await audit(tx, bulk, 'bulk-retry.end', { state, ...(await countBulkRetry(tx, bulk.id)) });
  return { kind: 'ENDED', state };
}

/** Takes one case of the list; the same number again gives the same answer and changes nothing. */
export async function retryCase(
  deps: Pick<ActivityDeps, 'db' | 'log'>,
  { bulkId, number }: { readonly bulkId: string; readonly number: number },
): Promise<BulkStep> {
  return await deps.db.transaction().execute(async (tx): Promise<BulkStep> => {
    const bulk = await lockBulkRetry(tx, bulkId);
    if (bulk === undefined || bulk.decided_by === null) return { kind: 'ENDED', state: 'STOPPED' };
    if (bulk.state === 'DONE' || bulk.state === 'STOPPED')
      return { kind: 'ENDED', state: bulk.state };
    if (bulk.state !== 'RUNNING') return { kind: 'ENDED', state: 'STOPPED' };
    const { sent, failed } = await countBulkRetry(tx, bulkId);
    if (sent >= STOPS.fromSent && failed * 100 > sent * STOPS.failedPercent) {
      deps.log.error({ bulkId, sent, failed }, 'bulk retry stopped itself');
      return await end(tx, bulk, 'STOPPED');
    }
    const people = {
      id: bulkId,
      proposedBy: bulk.proposed_by,
      approvedBy: bulk.decided_by,
      reason: bulk.reason,
    };
    const taken = await sendCase(tx, people, number);
    if (taken === undefined) return await end(tx, bulk, 'DONE');
    if (taken.sent === null) return { kind: 'LEFT_OUT' };
    const { caseId, applicationId, step } = taken.sent;
    await setPending(tx, applicationId, null);
    await audit(tx, bulk, 'bulk-retry.send', { caseId, applicationId, step });
    return { kind: 'SENT', applicationId, caseId };
  });
}

/**
 * What two people decided on a case, for a story that is told so. The record is asked: a message that claims it without one
 * changes nothing.
 */
export async function decidedCase(
  deps: Pick<ActivityDeps, 'db'>,
  { applicationId, caseId }: { readonly applicationId: string; readonly caseId: string },
): Promise<'RETRY' | 'SKIP' | null> {
  return await readCaseAction(deps.db, applicationId, caseId);
}
