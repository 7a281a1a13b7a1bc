/** What makes a repeated message one message: idempotency keys of callers, nonces of envelopes, notices of the bank. */
import { type SqlBool, sql } from 'kysely';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import type { Db, Queryable } from '../database.ts';

/** One act of one caller. The hash covers method, path and body. */
export interface Act {
  readonly actor: string;
  readonly key: string;
  readonly requestSm3: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly language: string | null;
  readonly body: string;
}

export type BegunAct =
  | { readonly state: 'STARTED'; readonly leaseUntil: Date }
  | { readonly state: 'REPLAY'; readonly answer: StoredAnswer }
  | { readonly state: 'MISMATCH' }
  | { readonly state: 'RUNNING' };

const ANSWER_COLUMN = 'idempotency_keys.sealed_response';
const answerRow = (act: Act): string => `${act.actor}|${act.key}`;

/**
 * Takes the key for this act, or says what became of it. A lease that ran out belonged to a process that died: it is
 * taken over, and handlers are written so that the act done twice is done once.
 */
export async function beginAct(
  db: Db,
  cipher: FieldCipher,
  act: Act,
  leaseSeconds: number,
  parse: (value: unknown) => StoredAnswer,
): Promise<BegunAct> {
  // Milliseconds, because the lease comes back as a Date and is compared with the row when it is given up.
  const lease = sql<Date>`date_trunc('milliseconds', now()) + make_interval(secs => ${leaseSeconds})`;
  const taken = await db
    .insertInto('idempotency_keys')
    .values({
      actor: act.actor,
      key: act.key,
      request_sm3: act.requestSm3,
      state: 'RUNNING',
      lease_until: lease,
    })
    .onConflict((oc) =>
      oc
        .columns(['actor', 'key'])
        .doUpdateSet({ lease_until: lease })
        .where('idempotency_keys.state', '=', 'RUNNING')
        .where('idempotency_keys.request_sm3', '=', act.requestSm3)
        .where(sql<SqlBool>`idempotency_keys.lease_until <= now()`),
    )
    .returning('lease_until')
    .executeTakeFirst();
  if (taken !== undefined) return { state: 'STARTED', leaseUntil: taken.lease_until };
  const row = await db
    .selectFrom('idempotency_keys')
    .select(['request_sm3', 'sealed_response'])
    .where('actor', '=', act.actor)
    .where('key', '=', act.key)
    .executeTakeFirst();
  // The row is gone when the other request failed and released the key this moment: the caller comes again.
  if (row === undefined) return { state: 'RUNNING' };
  if (row.request_sm3 !== act.requestSm3) return { state: 'MISMATCH' };
  if (row.sealed_response === null) return { state: 'RUNNING' };
  const answer = cipher.openJson(ANSWER_COLUMN, answerRow(act), row.sealed_response, parse);
  return { state: 'REPLAY', answer };
}

/** Stores the answer under the key, unless another process has taken the key over meanwhile. */
export async function finishAct(
  db: Db,
  cipher: FieldCipher,
  act: Act,
  leaseUntil: Date,
  answer: StoredAnswer,
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({
      state: 'DONE',
      status: answer.status,
      sealed_response: cipher.sealJson(ANSWER_COLUMN, answerRow(act), answer),
    })
    .where('actor', '=', act.actor)
    .where('key', '=', act.key)
    .where('state', '=', 'RUNNING')
    .where('lease_until', '=', leaseUntil)
    .execute();
}

/** Gives the key back after a failure of ours, so that the caller may try again. */
export async function releaseAct(db: Db, act: Act, leaseUntil: Date): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('actor', '=', act.actor)
    .where('key', '=', act.key)
    .where('state', '=', 'RUNNING')
    .where('lease_until', '=', leaseUntil)
    .execute();
}

/** Remembers a nonce of a signed envelope. True when it was seen before. */
export async function nonceSeen(db: Queryable, caller: string, nonce: string): Promise<boolean> {
  const row = await db
    .insertInto('seen_nonces')
    .values({ caller, nonce })
    .onConflict((oc) => oc.columns(['caller', 'nonce']).doNothing())
    .returning('nonce')
    .executeTakeFirst();
  return row === undefined;
}

/** Forgets nonces and finished acts that are older than anything that could still be sent again. */
export async function forgetBefore(
  db: Queryable,
  before: { readonly nonces: Date; readonly acts: Date },
): Promise<void> {
  await db.deleteFrom('seen_nonces').where('seen_at', '<', before.nonces).execute();
  await db
    .deleteFrom('idempotency_keys')
    .where('created_at', '<', before.acts)
    .where('lease_until', '<', before.acts)
    .execute();
}

export interface NewNotice {
  readonly noticeId: string;
  readonly kind: string;
  readonly workflowId: string | null;
  /** The notice as the bank sent it. */
  readonly body: unknown;
}

const NOTICE_COLUMN = 'bank_notices.sealed_body';

/** Keeps a notice of the bank before anything is done about it; the same notice again keeps the first body. */
export async function recordNotice(
  db: Queryable,
  cipher: FieldCipher,
  notice: NewNotice,
): Promise<void> {
  await db
    .insertInto('bank_notices')
    .values({
      notice_id: notice.noticeId,
      kind: notice.kind,
      workflow_id: notice.workflowId,
      sealed_body: cipher.sealJson(NOTICE_COLUMN, notice.noticeId, notice.body),
      state: 'RECEIVED',
    })
    .onConflict((oc) => oc.column('notice_id').doNothing())
    .execute();
}

/** Says that a notice reached its loan, or that no loan of ours waits for it. */
export async function settleNotice(
  db: Queryable,
  noticeId: string,
  outcome:
    | { readonly state: 'FORWARDED'; readonly workflowId: string }
    | { readonly state: 'UNMATCHED' },
): Promise<void> {
  await db
    .updateTable('bank_notices')
    .set(
      outcome.state === 'FORWARDED'
        ? { state: 'FORWARDED', workflow_id: outcome.workflowId, forwarded_at: new Date() }
        : { state: 'UNMATCHED' },
    )
    .where('notice_id', '=', noticeId)
    .execute();
}
