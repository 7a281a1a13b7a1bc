/** Says on the record, and to compliance, that a request by right is nearly due or overdue. */
import { recordAudit } from '../../db/queries/audit.ts';
import { oweNotice } from '../../db/queries/outbox.ts';
import { markRightsClock, readRightsRequest } from '../../db/queries/rights.ts';
import type { ActivityDeps } from '../deps.ts';

export interface RemindRightsInput {
  readonly requestId: string;
  readonly step: 'REMIND' | 'OVERDUE';
}

/** Marks each step once. Gives whether it was news. */
export async function remindRights(
  deps: Pick<ActivityDeps, 'db' | 'log'>,
  { requestId, step }: RemindRightsInput,
): Promise<boolean> {
  const column = step === 'REMIND' ? 'reminded_at' : 'overdue_at';
  const marked = await deps.db.transaction().execute(async (tx) => {
    if (!(await markRightsClock(tx, requestId, column, new Date()))) return false;
    const request = await readRightsRequest(tx, requestId);
    if (request === undefined) return false;
    const topic = step === 'REMIND' ? 'rights.reminder' : 'rights.overdue';
    await oweNotice(tx, topic, request.application_id, { requestId, kind: request.kind });
    await recordAudit(tx, {
      actor: 'system',
      role: null,
      via: 'worker',
      action: step === 'REMIND' ? 'rights.remind' : 'rights.overdue',
      subjectKind: 'rights-request',
      subjectId: requestId,
      result: 'DONE',
      detail: {},
    });
    return true;
  });
  if (marked) deps.log.warn({ requestId, step }, 'request by right');
  return marked;
}
