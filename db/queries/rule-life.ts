/** Drafts of rules from the first line to the version that takes effect: written, moved, published, activated, cancelled. */
import { type Selectable, sql } from 'kysely';
import type { DraftState, RuleKind } from '../../domain/rule-life.ts';
import type { Queryable, Tx } from '../database.ts';
import type { CheckReport, RuleActivationRow, RuleDraftEventRow } from '../schema/rules.ts';
import type { RulebookKey } from './rulebooks.ts';

/** Who did it, in which role and why (coded). */
export interface RuleAct {
  readonly actor: string;
  readonly role: string;
  readonly reason: string;
}

export interface NewRuleDraft {
  readonly id: string;
  readonly kind: RuleKind;
  readonly code: string;
  readonly version: number;
  readonly document: unknown;
  readonly documentSm3: string;
}

/** Lets nobody else number or schedule versions of a kind until the transaction ends. */
export async function lockRuleKind(tx: Tx, kind: RuleKind): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`rules ${kind}`}, 0))`.execute(tx);
}

/** The number that the next version of a code bears: behind everything published and every draft that is not given up. */
export async function nextVersion(tx: Tx, kind: RuleKind, code: string): Promise<number> {
  const { rows } = await sql<{ next: number }>`
    select 1 + greatest(
      (select coalesce(max(version), 0) from rulebooks where kind = ${kind} and code = ${code}),
      (select coalesce(max(version), 0) from rule_drafts
        where kind = ${kind} and code = ${code} and state not in ('REJECTED','WITHDRAWN'))) as next`.execute(
    tx,
  );
  return rows[0]?.next ?? 1;
}

/** Keeps a new draft; the same id twice is one draft. */
export async function createDraft(tx: Tx, draft: NewRuleDraft, by: RuleAct): Promise<void> {
  const made = await tx
    .insertInto('rule_drafts')
    .values({
      id: draft.id,
      kind: draft.kind,
      code: draft.code,
      version: draft.version,
      document: JSON.stringify(draft.document),
      document_sm3: draft.documentSm3,
      created_by: by.actor,
      edited_by: by.actor,
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made !== undefined) await recordEvent(tx, draft.id, 'CREATE', by);
}

function selectDrafts(db: Queryable) {
  return db.selectFrom('rule_drafts').selectAll();
}

export async function readDraft(db: Queryable, id: string) {
  return await selectDrafts(db).where('id', '=', id).executeTakeFirst();
}

/** The same row, locked until the transaction ends. */
export async function lockDraft(tx: Tx, id: string) {
  return await selectDrafts(tx).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Drafts without their documents, newest first, of one kind or of all. */
export async function listDrafts(
  db: Queryable,
  filter: { readonly kind: RuleKind | null; readonly states: readonly DraftState[] },
  most: number,
) {
  let query = db
    .selectFrom('rule_drafts')
    .select(['id', 'kind', 'code', 'version', 'state', 'document_sm3', 'check_report'])
    .select(['created_by', 'edited_by', 'proposed_by', 'approved_by', 'created_at', 'edited_at'])
    .where('state', 'in', filter.states);
  if (filter.kind !== null) query = query.where('kind', '=', filter.kind);
  return await query.orderBy('created_at', 'desc').orderBy('id').limit(most).execute();
}

/** Writes a changed document, which is a draft again. */
export async function editDraft(
  tx: Tx,
  id: string,
  changed: { readonly document: unknown; readonly documentSm3: string },
  by: RuleAct,
): Promise<void> {
  await tx
    .updateTable('rule_drafts')
    .set({
      state: 'DRAFT',
      document: JSON.stringify(changed.document),
      document_sm3: changed.documentSm3,
      checked_sm3: null,
      check_report: null,
      edited_by: by.actor,
      edited_at: sql<Date>`now()`,
    })
    .where('id', '=', id)
    .execute();
  await recordEvent(tx, id, 'EDIT', by);
}

/** Records what a check found; a document that passed is CHECKED under its digest. */
export async function recordCheck(
  tx: Tx,
  id: string,
  report: CheckReport,
  by: RuleAct,
): Promise<void> {
  await tx
    .updateTable('rule_drafts')
    .set({
      state: report.passed ? 'CHECKED' : 'DRAFT',
      checked_sm3: report.passed ? report.documentSm3 : null,
      check_report: JSON.stringify(report),
    })
    .where('id', '=', id)
    .execute();
  await recordEvent(tx, id, report.passed ? 'CHECK' : 'CHECK_FAILED', by);
}

/** Proposes, rejects or withdraws a draft. */
export async function moveDraft(
  tx: Tx,
  id: string,
  act: 'PROPOSE' | 'REJECT' | 'WITHDRAW',
  by: RuleAct,
): Promise<void> {
  const change = {
    PROPOSE: { state: 'PROPOSED', proposed_by: by.actor },
    REJECT: { state: 'REJECTED' },
    WITHDRAW: { state: 'WITHDRAWN' },
  } as const;
  await tx.updateTable('rule_drafts').set(change[act]).where('id', '=', id).execute();
  await recordEvent(tx, id, act, by);
}

/**
 * Approves a draft: its document is published as it was checked, and takes effect at `effectiveFrom`, at once when that
 * is undefined, or not by itself when it is null. The table's constraints refuse whoever wrote or proposed it.
 */
export async function approveDraft(
  tx: Tx,
  draft: RulebookKey & { readonly id: string; readonly proposedBy: string },
  effectiveFrom: Date | null | undefined,
  by: RuleAct,
): Promise<void> {
  await tx
    .updateTable('rule_drafts')
    .set({ state: 'APPROVED', approved_by: by.actor })
    .where('id', '=', draft.id)
    .execute();
  await sql`
    insert into rulebooks (kind, code, version, document, document_sm3, effective_from)
    select kind, code, version, document, document_sm3, coalesce(${effectiveFrom ?? null}::timestamptz, clock_timestamp())
      from rule_drafts where id = ${draft.id}`.execute(tx);
  if (effectiveFrom !== null)
    await sql`
      insert into rule_activations (kind, code, version, effective_from, cause, draft_id, proposed_by, activated_by, reason)
      values (${draft.kind}, ${draft.code}, ${draft.version}, coalesce(${effectiveFrom ?? null}::timestamptz, clock_timestamp()),
              'APPROVED', ${draft.id}, ${draft.proposedBy}, ${by.actor}, ${by.reason})`.execute(tx);
  await recordEvent(tx, draft.id, 'APPROVE', by);
}

async function recordEvent(
  tx: Tx,
  draftId: string,
  act: RuleDraftEventRow['act'],
  by: RuleAct,
): Promise<void> {
  await sql`
    insert into rule_draft_events (draft_id, act, state, actor, actor_role, reason, document_sm3)
    select id, ${act}, state, ${by.actor}, ${by.role}, ${by.reason}, document_sm3
      from rule_drafts where id = ${draftId}`.execute(tx);
}

/** What happened to a draft, in order. */
export async function readDraftEvents(db: Queryable, draftId: string) {
  return await db
    .selectFrom('rule_draft_events')
    .select(['act', 'state', 'actor', 'actor_role', 'reason', 'document_sm3', 'at'])
    .where('draft_id', '=', draftId)
    .orderBy('id')
    .execute();
}

/** Brings back a version that was in force before, from this moment on. */
export async function rollBack(tx: Tx, key: RulebookKey, by: RuleAct): Promise<void> {
  await sql`
    insert into rule_activations (kind, code, version, effective_from, cause, activated_by, reason)
    values (${key.kind}, ${key.code}, ${key.version}, clock_timestamp(), 'ROLLBACK', ${by.actor}, ${by.reason})`.execute(
    tx,
  );
}

/** Lets an activation that has not begun never begin; the table refuses one that has. */
export async function cancelActivation(
  tx: Tx,
  activationId: number,
  by: Pick<RuleAct, 'actor' | 'reason'>,
): Promise<void> {
  await tx
    .insertInto('rule_cancellations')
    .values({ activation_id: activationId, cancelled_by: by.actor, reason: by.reason })
    .execute();
}

/** An activation with the moment of the database at which it was read. */
export type ReadActivation = Selectable<RuleActivationRow> & { readonly now: Date };

/** Activations that were not cancelled, oldest first: of one kind, or of all. */
export async function readActivations(
  db: Queryable,
  kind: RuleKind | null,
): Promise<readonly ReadActivation[]> {
  const { rows } = await sql<ReadActivation>`
    select a.*, clock_timestamp() as now from rule_activations a
     where (${kind}::text is null or a.kind = ${kind})
       and not exists (select from rule_cancellations c where c.activation_id = a.id)
     order by a.id`.execute(db);
  return rows;
}

/** The database's time, by which versions take effect: one clock for every process. */
export async function readDatabaseTime(db: Queryable): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('the database does not say the time');
  return row.now;
}

/** Whether anything was decided yet, so that a strategy can be rehearsed on recorded inputs. */
export async function hasRecordedInputs(db: Queryable): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`select any_decision() as any`.execute(db);
  return rows[0]?.any ?? false;
}
