/** Attempts to reach a borrower: written before they are made, told of afterwards, and stopped by what stops collection. */
import { sql } from 'kysely';
import type { PastContact, StopCause } from '../../domain/contact.ts';
import type { ContactOutcome } from '../../domain/desk-kinds.ts';
import type { Queryable, Tx } from '../database.ts';
import type { ContactAttemptRow } from '../schema/collections.ts';

/** The person behind a loan, over all their loans; whoever counts their contacts waits for others who do. */
export async function lockBorrower(tx: Tx, loanId: string): Promise<string | undefined> {
  const { rows } = await sql<{ personId: string }>`
    select coalesce(p.applicant_id, p.id) as "personId"
      from loans l join applications p on p.id = l.application_id where l.id = ${loanId}`.execute(
    tx,
  );
  const personId = rows[0]?.personId;
  if (personId === undefined) return undefined;
  await sql`
    select pg_advisory_xact_lock(hashtextextended('contact ' || current_schema() || ${personId}::text, 0))`.execute(
    tx,
  );
  return personId;
}

/** Contacts with a person over all their loans, newest first: those of the last days, and enough to see what failed in a row. */
export async function contactHistory(
  db: Queryable,
  personId: string,
  most: number,
): Promise<readonly PastContact[]> {
  const rows = await db
    .selectFrom('contact_history')
    .select(['channel', 'target', 'line', 'outcome', 'begun_at'])
    .where('person_id', '=', personId)
    .orderBy('begun_at', 'desc')
    .limit(most)
    .execute();
  return rows.map(({ begun_at: begunAt, ...past }) => ({ ...past, at: begunAt.getTime() }));
}

/** What stops contacts about a loan now: its own stops, and a death that was told of any loan of the person. */
export async function openStops(
  db: Queryable,
  personId: string,
  loanId: string,
): Promise<readonly StopCause[]> {
  const rows = await db
    .selectFrom('contact_stops_open')
    .select('cause')
    .distinct()
    .where('person_id', '=', personId)
    .where((eb) => eb.or([eb('loan_id', '=', loanId), eb('cause', '=', 'DECEASED')]))
    .orderBy('cause')
    .execute();
  return rows.map(({ cause }) => cause);
}

export interface NewContact
  extends Pick<
    ContactAttemptRow,
    'id' | 'channel' | 'target' | 'line' | 'purpose' | 'people' | 'recorded'
  > {
  readonly loanId: string;
  readonly nightConsent: boolean;
  readonly by: string;
  readonly at: Date;
}

/** Writes an attempt down before it is made; the same one again changes nothing. */
export async function beginContact(tx: Tx, contact: NewContact): Promise<void> {
  const { loanId, nightConsent, by, at, ...rest } = contact;
  await tx
    .insertInto('contact_attempts')
    .values({
      ...rest,
      loan_id: loanId,
      night_consent: nightConsent,
      begun_by: by,
      begun_at: at,
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .execute();
}

/** Whose attempt it is, of which loan, and what was told of it. */
export async function readContact(db: Queryable, id: string) {
  return await db
    .selectFrom('contact_attempts as c')
    .leftJoin('contact_outcomes as o', 'o.attempt_id', 'c.id')
    .select(['c.id', 'c.loan_id as loanId', 'c.begun_by as begunBy', 'o.outcome'])
    .where('c.id', '=', id)
    .executeTakeFirst();
}

/** Tells what came of an attempt, once; false when it was told before. */
export async function tellContact(
  tx: Tx,
  told: { readonly id: string; readonly outcome: ContactOutcome; readonly by: string },
): Promise<boolean> {
  const written = await tx
    .insertInto('contact_outcomes')
    .values({ attempt_id: told.id, outcome: told.outcome, told_by: told.by })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  return written.numInsertedOrUpdatedRows === 1n;
}

/** Contacts about a loan, newest first. */
export async function listContacts(db: Queryable, loanId: string, most: number) {
  return await db
    .selectFrom('contact_attempts as c')
    .leftJoin('contact_outcomes as o', 'o.attempt_id', 'c.id')
    .select([
      'c.id',
      'c.channel',
      'c.target',
      'c.line',
      'c.purpose',
      'c.people',
      'c.begun_by as begunBy',
      'c.begun_at as begunAt',
      'o.outcome',
    ])
    .where('c.loan_id', '=', loanId)
    .orderBy('c.begun_at', 'desc')
    .limit(most)
    .execute();
}

export interface NewStop {
  readonly id: string;
  readonly loanId: string;
  readonly cause: StopCause;
  readonly reason: string;
  readonly by: string;
}

/** Stops contacts for a cause; false when they are stopped for it already. */
export async function stopContacts(tx: Tx, stop: NewStop): Promise<boolean> {
  const { id, loanId, cause, reason, by } = stop;
  const stopped = await tx
    .insertInto('contact_stops')
    .values({ id, loan_id: loanId, cause, reason, stopped_by: by })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  return stopped.numInsertedOrUpdatedRows === 1n;
}

/** One stop, or undefined. */
export async function readStop(db: Queryable, id: string) {
  return await db
    .selectFrom('contact_stops')
    .select(['id', 'loan_id as loanId', 'stopped_by as stoppedBy', 'lifted_at as liftedAt'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Lifts a stop; a constraint refuses whoever made it. False when it is lifted already. */
export async function liftStop(
  tx: Tx,
  said: { readonly id: string; readonly reason: string; readonly by: string },
): Promise<boolean> {
  const lifted = await tx
    .updateTable('contact_stops')
    .set({ lifted_by: said.by, lifted_reason: said.reason, lifted_at: sql<Date>`now()` })
    .where('id', '=', said.id)
    .where('lifted_at', 'is', null)
    .executeTakeFirst();
  return lifted.numUpdatedRows === 1n;
}

/** Every stop of a loan, oldest first. */
export async function listStops(db: Queryable, loanId: string) {
  return await db
    .selectFrom('contact_stops')
    .select([
      'id',
      'cause',
      'reason',
      'stopped_by as stoppedBy',
      'stopped_at as stoppedAt',
      'lifted_by as liftedBy',
      'lifted_at as liftedAt',
    ])
    .where('loan_id', '=', loanId)
    .orderBy('stopped_at')
    .execute();
}
