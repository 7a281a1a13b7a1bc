/** Audit entries of requests: what a route adds, beside who asked, in which role, from where and under which request. */
import { type AuditEntry, recordAudit } from '../db/queries/audit.ts';
import type { Queryable } from '../db/database.ts';
import { addressOf, networkOf } from './address.ts';
import type { AppContext } from './deps.ts';

/** What a route says of its own; who, when and from where are the request's. */
export type Deed = Pick<
  AuditEntry,
  'action' | 'subjectKind' | 'subjectId' | 'result' | 'reason'
> & {
  readonly detail?: AuditEntry['detail'];
};

/** Who is named where nobody could be made out. */
export const NOBODY = 'anonymous';

/** Who asks, how they are known, from where and under which request id. */
export function askerOf(
  c: AppContext,
): Pick<AuditEntry, 'actor' | 'role' | 'via' | 'origin' | 'requestId'> {
  const principal = c.get('principal');
  return {
    actor: principal?.subject ?? NOBODY,
    role: c.get('role') ?? null,
    via: principal?.via,
    origin: networkOf(addressOf(c)),
    requestId: c.get('requestId'),
  };
}

/**
 * Begins to record that an application's person is read about. Call it as soon as it is known that the caller may: the
 * entry is written beside the reading, and the answer waits for it (middleware/audit.ts). Nothing happens on a route
 * whose answers hold no personal data, nor a second time.
 */
export function beginReadRecord(c: AppContext, applicationId: string): void {
  const action = c.get('personalRead');
  if (action === undefined || c.get('readRecord') !== undefined) return;
  const record = c.req.param('id') ?? applicationId;
  const about = { subjectKind: 'application', subjectId: applicationId };
  const writing = recordDeed(c, c.get('deps').db, {
    ...about,
    action,
    result: 'DONE',
    detail: record === applicationId ? {} : { record },
  });
  // Whoever awaits it hears of a failure; a handler that fails first must not leave it unheard.
  writing.catch(() => undefined);
  c.set('readRecord', writing);
}

/** Records a deed of this request in the given transaction: what cannot be recorded is not done. */
export async function recordDeed(c: AppContext, tx: Queryable, deed: Deed): Promise<void> {
  const session = c.get('principal')?.sessionId;
  const detail = session === undefined ? deed.detail : { session, ...deed.detail };
  await recordAudit(tx, { ...askerOf(c), ...deed, detail: detail ?? {} });
}
