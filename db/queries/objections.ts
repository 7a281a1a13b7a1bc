/** Objections against what a bureau reports: received, marked, verified, decided in writing and answered in time. */
import { sql } from 'kysely';
import type { Dispute, ObjectionItem, ObjectionOutcome } from '../../domain/objection.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import type { Queryable, Tx } from '../database.ts';
import type { Bureau } from '../schema/evidence.ts';

const CLAIM_COLUMN = 'objections.sealed_claim';
const ANSWER_COLUMN = 'objections.sealed_answer';

/** What is objected to, and in which words. */
export interface Claim {
  /** The account's number for an ACCOUNT; null for the kind as a whole. */
  readonly reference: string | null;
  readonly statement: string;
}

export interface NewObjection {
  readonly id: string;
  readonly applicationId: string;
  readonly applicantId: string;
  readonly ownerSubject: string;
  readonly bureau: Bureau;
  readonly item: ObjectionItem;
  readonly claim: Claim;
  readonly receivedAt: Date;
  readonly dueOn: string;
}

/** Keeps an objection; the same id twice is one. */
export async function keepObjection(
  tx: Queryable,
  cipher: FieldCipher,
  objection: NewObjection,
): Promise<void> {
  await tx
    .insertInto('objections')
    .values({
      id: objection.id,
      application_id: objection.applicationId,
      applicant_id: objection.applicantId,
      owner_subject: objection.ownerSubject,
      bureau: objection.bureau,
      item: objection.item,
      sealed_claim: cipher.sealJson(CLAIM_COLUMN, objection.id, objection.claim),
      received_at: objection.receivedAt,
      due_on: objection.dueOn,
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .execute();
}

const select = (db: Queryable) =>
  db
    .selectFrom('objections')
    .select([
      'id',
      'application_id',
      'applicant_id',
      'owner_subject',
      'bureau',
      'item',
      'sealed_claim',
      'state',
      'outcome',
      'sealed_answer',
      'bureau_reference',
      'received_at',
      'due_on',
      'overdue_at',
      'decided_by',
      'replied_at',
    ]);
export type Objection = NonNullable<Awaited<ReturnType<typeof readObjection>>>;

export async function readObjection(db: Queryable, id: string) {
  return await select(db).where('id', '=', id).executeTakeFirst();
}

/** The same row, locked until the transaction ends. */
export async function lockObjection(tx: Tx, id: string) {
  return await select(tx).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Objections, unanswered ones first and by the day they are due; of one owner, or of all when `owner` is null. */
export async function listObjections(db: Queryable, owner: string | null, most: number) {
  let query = select(db);
  if (owner !== null) query = query.where('owner_subject', '=', owner);
  return await query
    .orderBy(sql`state = 'REPLIED'`)
    .orderBy('due_on')
    .orderBy('id')
    .limit(most)
    .execute();
}

function asClaim(stored: unknown): Claim {
  const entries = new Map<string, unknown>(
    typeof stored === 'object' && stored !== null ? Object.entries(stored) : [],
  );
  const reference = entries.get('reference');
  const statement = entries.get('statement');
  return {
    reference: typeof reference === 'string' ? reference : null,
    statement: typeof statement === 'string' ? statement : '',
  };
}

/** The claim in clear. */
export function openClaim(
  cipher: FieldCipher,
  objection: { readonly id: string; readonly sealed_claim: Buffer },
): Claim {
  return cipher.openJson(CLAIM_COLUMN, objection.id, objection.sealed_claim, asClaim);
}

/** The written answer in clear; null while there is none. */
export function openAnswer(
  cipher: FieldCipher,
  objection: { readonly id: string; readonly sealed_answer: Buffer | null },
): string | null {
  return objection.sealed_answer === null
    ? null
    : cipher.openJson(ANSWER_COLUMN, objection.id, objection.sealed_answer, String);
}

/** What of a person's reports is disputed at our desk and not decided yet. */
export async function openDisputes(
  db: Queryable,
  cipher: FieldCipher,
  applicantId: string,
): Promise<readonly Dispute[]> {
  const rows = await db
    .selectFrom('objections')
    .select(['id', 'bureau', 'item', 'sealed_claim'])
    .where('applicant_id', '=', applicantId)
    .where('outcome', 'is', null)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    bureau: row.bureau,
    item: row.item,
    reference: row.item === 'ACCOUNT' ? openClaim(cipher, row).reference : null,
  }));
}

/** How often a bureau had to correct what it reported of a person: each time what was reported before is of no use. */
export async function countCorrections(
  db: Queryable,
  applicantId: string,
  bureau: Bureau,
): Promise<number> {
  const row = await db
    .selectFrom('objections')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('applicant_id', '=', applicantId)
    .where('bureau', '=', bureau)
    .where('outcome', '=', 'CORRECTED')
    .executeTakeFirst();
  return row?.count ?? 0;
}

/** The item is marked as disputed. False when it was before. */
export async function markObjection(tx: Queryable, id: string, at: Date): Promise<boolean> {
  const row = await tx
    .updateTable('objections')
    .set({ state: 'MARKED', marked_at: at })
    .where('id', '=', id)
    .where('state', '=', 'RECEIVED')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** The item is being verified, by the bureau where it took the objection on. False when it was before. */
export async function beginVerifying(
  tx: Queryable,
  id: string,
  bureauReference: string | null,
): Promise<boolean> {
  const row = await tx
    .updateTable('objections')
    .set({ state: 'VERIFYING', bureau_reference: bureauReference })
    .where('id', '=', id)
    .where('state', '=', 'MARKED')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Decides an objection that is being verified, with the written answer. False when it is not. */
export async function decideObjection(
  tx: Queryable,
  cipher: FieldCipher,
  decision: {
    readonly id: string;
    readonly outcome: ObjectionOutcome;
    readonly answer: string;
    readonly by: string;
    readonly at: Date;
  },
): Promise<boolean> {
  const row = await tx
    .updateTable('objections')
    .set({
      state: decision.outcome,
      outcome: decision.outcome,
      sealed_answer: cipher.sealJson(ANSWER_COLUMN, decision.id, decision.answer),
      decided_by: decision.by,
      decided_at: decision.at,
    })
    .where('id', '=', decision.id)
    .where('state', '=', 'VERIFYING')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Marks a step of the clock once, while nobody has decided. Gives whether it was news. */
export async function markObjectionClock(
  tx: Queryable,
  id: string,
  column: 'reminded_at' | 'overdue_at',
  at: Date,
): Promise<boolean> {
  const row = await tx
    .updateTable('objections')
    .set({ [column]: at })
    .where('id', '=', id)
    .where(column, 'is', null)
    .where('outcome', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** The answer goes out: the person is owed a notice. False when it went before, or nobody has decided. */
export async function replyObjection(tx: Tx, id: string): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    with replied as (
      update objections set state = 'REPLIED', replied_at = now()
       where id = ${id} and outcome is not null and state <> 'REPLIED' returning id, application_id
    )
    insert into outbox (id, topic, application_id, payload)
    select gen_random_uuid(), 'objection.replied', application_id, jsonb_build_object('objection', id) from replied
    returning id`.execute(tx);
  return rows.length === 1;
}
