/** Writes the audit trail: who did what to which record, with which result. */
import type { Queryable } from '../database.ts';

export interface AuditEntry {
  readonly actor: string;
  readonly role: string | null;
  /** Verb in the form `subject.verb`, for example `bureau.query`. */
  readonly action: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly result: 'DONE' | 'DENIED' | 'FAILED';
  /** Coded facts only, never personal data. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Adds one entry in the caller's transaction, so that what is not recorded did not happen. */
export async function recordAudit(tx: Queryable, entry: AuditEntry): Promise<void> {
  await tx
    .insertInto('audit_entries')
    .values({
      actor: entry.actor,
      actor_role: entry.role,
      action: entry.action,
      subject_kind: entry.subjectKind,
      subject_id: entry.subjectId,
      result: entry.result,
      detail: JSON.stringify(entry.detail),
    })
    .execute();
}
