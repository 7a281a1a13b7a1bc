/** The outbox: what is owed to the outside because of what was recorded, taken under a lease and delivered at least once. */
import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

export interface OutboxItem {
  readonly id: string;
  readonly topic: string;
  /** Null for what belongs to no application: a code to a mobile number. */
  readonly applicationId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly attempts: number;
}

/** Owes a notice under a topic; ids and codes only. */
export async function oweNotice(
  tx: Queryable,
  topic: string,
  applicationId: string,
  payload: Readonly<Record<string, string>>,
): Promise<void> {
  await sql`
    insert into outbox (id, topic, application_id, payload)
    values (gen_random_uuid(), ${topic}, ${applicationId}, ${JSON.stringify(payload)}::jsonb)`.execute(
    tx,
  );
}

/** Topics of what concerns the house and no single application. */
export type HouseTopic = 'risk.alert' | 'bureau.weekly-report' | 'ledger.difference';

/** Owes the house's own people a notice; codes and figures only. */
export async function oweHouseNotice(
  tx: Queryable,
  topic: HouseTopic,
  payload: Readonly<Record<string, string>>,
): Promise<void> {
  await sql`
    insert into outbox (id, topic, payload)
    values (gen_random_uuid(), ${topic}, ${JSON.stringify(payload)}::jsonb)`.execute(tx);
}

/** The topic of one-time codes, whose payload is sealed and forgotten as soon as nothing more is to be sent. */
export const CODE_TOPIC = 'applicant.code';

/**
 * Owes a one-time code to a mobile number. `sealed`, base64, holds number and code for the row of this id alone.
 * @param applicationId null for a code that belongs to no application
 */
export async function oweCode(
  tx: Queryable,
  id: string,
  sealed: string,
  applicationId: string | null,
): Promise<void> {
  await sql`
    insert into outbox (id, topic, application_id, payload)
    values (${id}, ${CODE_TOPIC}, ${applicationId}, ${JSON.stringify({ sealed })}::jsonb)`.execute(
    tx,
  );
}

/** Payloads stay for the record, but never a code. */
const settledPayload = sql<string>`case when topic = ${CODE_TOPIC} then '{}'::jsonb else payload end`;

/** Takes due items; a taker that dies leaves them due again after the lease. */
export async function takeDue(
  db: Queryable,
  most: number,
  leaseSeconds: number,
): Promise<readonly OutboxItem[]> {
  const { rows } = await sql<OutboxItem>`
    update outbox set attempts = attempts + 1, next_at = now() + make_interval(secs => ${leaseSeconds})
     where id in (
       select id from outbox where state = 'PENDING' and next_at <= now()
        order by next_at limit ${most} for update skip locked)
    returning id, topic, application_id as "applicationId", payload, attempts`.execute(db);
  return rows;
}

/** Marks an item as delivered. */
export async function markDelivered(db: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('outbox')
    .set({ state: 'DELIVERED', delivered_at: sql<Date>`now()`, payload: settledPayload })
    .where('id', 'in', [...ids])
    .execute();
}

/** Puts a failed item off, or gives it up under its code after too many attempts. */
export async function putOff(
  db: Queryable,
  id: string,
  failure: { readonly code: string; readonly delaySeconds: number; readonly giveUp: boolean },
): Promise<void> {
  await db
    .updateTable('outbox')
    .set({
      state: failure.giveUp ? 'FAILED' : 'PENDING',
      failure_code: failure.code,
      next_at: sql<Date>`now() + make_interval(secs => ${failure.delaySeconds})`,
      ...(failure.giveUp ? { payload: settledPayload } : {}),
    })
    .where('id', '=', id)
    .execute();
}
