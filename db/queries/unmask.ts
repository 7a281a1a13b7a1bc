/** Grants to see fields of an application in clear for a while, and the claim that a reviewer's grant rests on. */
import type { Queryable } from '../database.ts';

export interface UnmaskGrant {
  readonly id: string;
  readonly applicationId: string;
  readonly subject: string;
  readonly role: string;
  readonly fields: readonly string[];
  /** Coded. */
  readonly purpose: string;
  readonly grantedAt: Date;
  readonly expiresAt: Date;
}

/** Keeps a grant; the same id twice is one grant, whose end is not moved. Gives the end that holds. */
export async function keepUnmaskGrant(db: Queryable, grant: UnmaskGrant): Promise<Date> {
  await db
    .insertInto('unmask_grants')
    .values({
      id: grant.id,
      application_id: grant.applicationId,
      subject: grant.subject,
      role: grant.role,
      fields: [...grant.fields],
      purpose: grant.purpose,
      granted_at: grant.grantedAt,
      expires_at: grant.expiresAt,
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .execute();
  const kept = await db
    .selectFrom('unmask_grants')
    .select('expires_at')
    .where('id', '=', grant.id)
    .executeTakeFirst();
  return kept?.expires_at ?? grant.expiresAt;
}

/** The fields of an application that a person may see in clear at this moment in this role. */
export async function liveUnmasking(
  db: Queryable,
  of: {
    readonly applicationId: string;
    readonly subject: string;
    readonly role: string;
    readonly now: Date;
  },
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('unmask_grants')
    .select('fields')
    .where('application_id', '=', of.applicationId)
    .where('subject', '=', of.subject)
    .where('role', '=', of.role)
    .where('expires_at', '>', of.now)
    .execute();
  return rows.flatMap((row) => row.fields);
}

/** True when the person has a task of the application in hand. */
export async function holdsTask(
  db: Queryable,
  applicationId: string,
  subject: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('review_tasks')
    .select('id')
    .where('application_id', '=', applicationId)
    .where('assignee', '=', subject)
    .where('state', '=', 'CLAIMED')
    .executeTakeFirst();
  return row !== undefined;
}
