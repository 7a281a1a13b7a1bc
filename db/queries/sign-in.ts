/** What sign-in keeps: attempts, sessions, one-time codes and the clients of integrators. Every moment is the caller's. */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';
import type { IntegratorClientRow, SessionEnd } from '../schema/sign-in.ts';
import { oweCode } from './outbox.ts';

export interface NewAttempt {
  readonly idSm3: string;
  readonly sealed: Buffer;
  readonly expiresAt: Date;
}

/** Keeps a sign-in that went to the provider. */
export async function keepAttempt(db: Queryable, attempt: NewAttempt): Promise<void> {
  await db
    .insertInto('sign_in_attempts')
    .values({ id_sm3: attempt.idSm3, sealed: attempt.sealed, expires_at: attempt.expiresAt })
    .execute();
}

/** Takes an attempt away, so that it is used once; undefined when there is none or its time is over. */
export async function takeAttempt(
  db: Queryable,
  idSm3: string,
  now: Date,
): Promise<Buffer | undefined> {
  const taken = await db
    .deleteFrom('sign_in_attempts')
    .where('id_sm3', '=', idSm3)
    .returning(['sealed', 'expires_at'])
    .executeTakeFirst();
  return taken === undefined || taken.expires_at <= now ? undefined : taken.sealed;
}

export interface NewSession {
  readonly id: string;
  readonly secretSm3: string;
  readonly subject: string;
  readonly roles: readonly string[];
  readonly secondFactor: string;
  readonly sealedIdToken: Buffer;
  readonly now: Date;
  readonly expiresAt: Date;
}

export async function openSession(db: Queryable, session: NewSession): Promise<void> {
  await db
    .insertInto('staff_sessions')
    .values({
      id: session.id,
      secret_sm3: session.secretSm3,
      subject: session.subject,
      roles: [...session.roles],
      second_factor: session.secondFactor,
      sealed_id_token: session.sealedIdToken,
      created_at: session.now,
      last_seen_at: session.now,
      expires_at: session.expiresAt,
    })
    .execute();
}

/** The session of a cookie that has not ended, or undefined; whether its time is over is the caller's to say. */
export async function findSession(db: Queryable, secretSm3: string) {
  return await db
    .selectFrom('staff_sessions')
    .select(['id', 'subject', 'roles', 'second_factor', 'last_seen_at', 'expires_at'])
    .where('secret_sm3', '=', secretSm3)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
}

/** Notes that a session was used. */
export async function touchSession(db: Queryable, id: string, now: Date): Promise<void> {
  await db
    .updateTable('staff_sessions')
    .set({ last_seen_at: now })
    .where('id', '=', id)
    .where('last_seen_at', '<', now)
    .execute();
}

/** Ends a session; gives its sealed id token, or undefined when it had ended before. */
export async function endSession(
  db: Queryable,
  id: string,
  reason: SessionEnd,
  now: Date,
): Promise<Buffer | undefined> {
  const ended = await db
    .updateTable('staff_sessions')
    .set({ ended_at: now, end_reason: reason })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .returning('sealed_id_token')
    .executeTakeFirst();
  return ended?.sealed_id_token;
}

/** Sessions that have neither ended nor reached their last moment, the last used first. */
export async function listSessions(db: Queryable, now: Date) {
  return await db
    .selectFrom('staff_sessions')
    .select(['id', 'subject', 'roles', 'last_seen_at', 'expires_at'])
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('last_seen_at', 'desc')
    .execute();
}

/** Ends every session of a person whose access was taken away; gives how many there were. */
export async function revokeSessions(db: Queryable, subject: string, now: Date): Promise<number> {
  const ended = await db
    .updateTable('staff_sessions')
    .set({ ended_at: now, end_reason: 'REVOKED' })
    .where('subject', '=', subject)
    .where('ended_at', 'is', null)
    .returning('id')
    .execute();
  return ended.length;
}

export interface NewCode {
  readonly id: string;
  readonly mobileIndex: Buffer;
  readonly codeHmac: Buffer;
  readonly now: Date;
  readonly expiresAt: Date;
}

/**
 * Keeps a code and owes it to its number, or does the same work and takes it back: whether a limit held a code back is
 * then told by no difference of time. The caller's commit, of an entry on the trail at least, is the same for both.
 * `sealed` as in `oweCode`.
 */
export async function keepOwedCode(
  tx: Tx,
  code: NewCode,
  { sealed, sends }: { readonly sealed: string; readonly sends: boolean },
): Promise<void> {
  await sql`savepoint code`.execute(tx);
  await keepCode(tx, code);
  await oweCode(tx, code.id, sealed, null);
  await (sends ? sql`release savepoint code` : sql`rollback to savepoint code`).execute(tx);
}

/** Keeps a code in place of the number's code before it. */
async function keepCode(db: Queryable, code: NewCode): Promise<void> {
  const fresh = {
    id: code.id,
    code_hmac: code.codeHmac,
    tries: 0,
    created_at: code.now,
    expires_at: code.expiresAt,
    used_at: null,
  };
  await db
    .insertInto('applicant_codes')
    .values({ mobile_index: code.mobileIndex, ...fresh })
    .onConflict((oc) => oc.column('mobile_index').doUpdateSet(fresh))
    .execute();
}

/**
 * Counts one try at the open code of a number before it is compared, so that tries side by side all count.
 * Gives the code's id and hash, or undefined when no code is open or its tries are used up.
 */
export async function countTry(
  db: Queryable,
  mobileIndex: Buffer,
  most: number,
  now: Date,
): Promise<{ readonly id: string; readonly codeHmac: Buffer } | undefined> {
  const { rows } = await sql<{ id: string; codeHmac: Buffer }>`
    update applicant_codes set tries = tries + 1
     where mobile_index = ${mobileIndex} and used_at is null and tries < ${most} and expires_at > ${now}
    returning id, code_hmac as "codeHmac"`.execute(db);
  return rows[0];
}

/** Uses a code up; false when another request has. */
export async function useCode(db: Queryable, id: string, now: Date): Promise<boolean> {
  const used = await db
    .updateTable('applicant_codes')
    .set({ used_at: now })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return used !== undefined;
}

/** One client, whatever its state, or undefined. */
export async function findClient(db: Queryable, clientId: string) {
  return await db
    .selectFrom('integrator_clients')
    .select(['client_id', 'alg', 'public_key_pem', 'scopes', 'requests_per_minute', 'state'])
    .where('client_id', '=', clientId)
    .executeTakeFirst();
}

/** Every client in the order of their ids. */
export async function listClients(db: Queryable) {
  return await db
    .selectFrom('integrator_clients')
    .select(['client_id', 'name', 'alg', 'scopes', 'requests_per_minute', 'state', 'changed_at'])
    .orderBy('client_id')
    .execute();
}

export interface NewClient {
  readonly clientId: string;
  readonly name: string;
  readonly alg: IntegratorClientRow['alg'];
  readonly publicKeyPem: string;
  readonly scopes: readonly string[];
  readonly requestsPerMinute: number;
}

/** Adds a client; false when the id is taken, and nothing is changed then. */
export async function addClient(db: Queryable, client: NewClient): Promise<boolean> {
  const added = await db
    .insertInto('integrator_clients')
    .values({
      client_id: client.clientId,
      name: client.name,
      alg: client.alg,
      public_key_pem: client.publicKeyPem,
      scopes: [...client.scopes],
      requests_per_minute: client.requestsPerMinute,
    })
    .onConflict((oc) => oc.column('client_id').doNothing())
    .returning('client_id')
    .executeTakeFirst();
  return added !== undefined;
}

/** Lets a client in or shuts it out; false when there is no such client. */
export async function setClientState(
  db: Queryable,
  clientId: string,
  state: 'ACTIVE' | 'DISABLED',
): Promise<boolean> {
  const changed = await db
    .updateTable('integrator_clients')
    .set({ state, changed_at: sql<Date>`now()` })
    .where('client_id', '=', clientId)
    .returning('client_id')
    .executeTakeFirst();
  return changed !== undefined;
}

/** Forgets what nobody can use any more; ended sessions stay as long as the audit trail names them. */
export async function forgetSignIns(db: Queryable, before: Date): Promise<void> {
  await db.deleteFrom('sign_in_attempts').where('expires_at', '<', before).execute();
  await db.deleteFrom('applicant_codes').where('expires_at', '<', before).execute();
}
