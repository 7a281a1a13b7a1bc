/** Writes the audit trail: who did what to which record, when and from where, with which result and why. */
import type { Queryable } from '../database.ts';

export interface AuditEntry {
  readonly actor: string;
  readonly role: string | null;
  /** How the actor was known; left out where nobody outside called. */
  readonly via?: 'token' | 'session' | 'client' | 'worker' | undefined;
  /** Verb in the form `subject.verb`, for example `bureau.query`. */
  readonly action: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly result: 'DONE' | 'DENIED' | 'FAILED';
  /** Coded reason: why it was refused, or for which purpose it was done. */
  readonly reason?: string | undefined;
  /** Network prefix of the caller's address, never the whole address. */
  readonly origin?: string | undefined;
  readonly requestId?: string | undefined;
  /** Coded facts only, never personal data. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Adds one entry in the caller's transaction, so that what is not recorded did not happen. The entry is chained within
 * about a second (queries/audit-chain.ts); writing it takes no lock, so that entries never wait for each other.
 */
export async function recordAudit(tx: Queryable, entry: AuditEntry): Promise<void> {
  await tx
    .insertInto('audit_entries')
    .values({
      actor: entry.actor,
      actor_role: entry.role,
      via: entry.via ?? null,
      action: entry.action,
      subject_kind: entry.subjectKind,
      subject_id: entry.subjectId,
      result: entry.result,
      reason: entry.reason ?? null,
      origin: entry.origin ?? null,
      request_id: entry.requestId ?? null,
      detail: JSON.stringify(entry.detail),
    })
    .execute();
}
