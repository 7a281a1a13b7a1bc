/** Reads and writes of conditions precedent, and of approvals that two people take back. */
import { sql } from 'kysely';
import type { ConditionGate, ConditionKind, LoanCondition } from '../../domain/conditions.ts';
import type { Queryable, Tx } from '../database.ts';

export interface NewCondition {
  readonly id: string;
  readonly applicationId: string;
  readonly round: number;
  readonly kind: ConditionKind;
  readonly gate: ConditionGate;
  readonly issuedBy: string;
}

/** Issues a condition with an approval; the same kind from two approvers is one condition at the earlier gate. */
export async function issueCondition(tx: Tx, condition: NewCondition): Promise<void> {
  await tx
    .insertInto('loan_conditions')
    .values({
      id: condition.id,
      application_id: condition.applicationId,
      round: condition.round,
      kind: condition.kind,
      gate: condition.gate,
      issued_by: condition.issuedBy,
    })
    .onConflict((oc) =>
      oc.columns(['application_id', 'round', 'kind']).doUpdateSet({
        gate: sql<ConditionGate>`case when 'OFFER' in (loan_conditions.gate, excluded.gate) then 'OFFER'
          when 'CONTRACT' in (loan_conditions.gate, excluded.gate) then 'CONTRACT' else 'MONEY' end`,
      }),
    )
    .execute();
}

function selectConditions(db: Queryable, applicationId: string, round: number) {
  return db
    .selectFrom('loan_conditions')
    .select(['id', 'kind', 'gate', 'state', 'issued_by as issuedBy', 'proposed_by as proposedBy'])
    .where('application_id', '=', applicationId)
    .where('round', '=', round);
}

/** The conditions of a round as the domain knows them, in the order they were issued. */
export async function readConditions(
  db: Queryable,
  applicationId: string,
  round: number,
): Promise<readonly LoanCondition[]> {
  return await selectConditions(db, applicationId, round)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** One condition of a round, locked until the transaction ends. */
export async function lockCondition(
  tx: Tx,
  applicationId: string,
  round: number,
  id: string,
): Promise<LoanCondition | undefined> {
  return await selectConditions(tx, applicationId, round)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** What an act adds to a condition besides its state. */
export interface ConditionChange {
  readonly sealedAnswer?: Buffer;
  /** Who cleared or waived it; null while it is open. */
  readonly closedBy: string | null;
  readonly reason?: string;
  readonly at: Date;
}

/** Writes what an act made of a locked condition. */
export async function saveCondition(
  tx: Tx,
  after: LoanCondition,
  change: ConditionChange,
): Promise<void> {
  const { sealedAnswer, closedBy, reason, at } = change;
  await tx
    .updateTable('loan_conditions')
    .set({
      state: after.state,
      proposed_by: after.proposedBy,
      closed_by: closedBy,
      closed_at: closedBy === null ? null : at,
      ...(reason === undefined ? {} : { reason }),
      ...(sealedAnswer === undefined ? {} : { sealed_answer: sealedAnswer, answered_at: at }),
    })
    .where('id', '=', after.id)
    .execute();
}

export interface NewUndo {
  readonly id: string;
  readonly applicationId: string;
  readonly round: number;
  readonly stage: string;
  readonly reason: string;
  readonly proposedBy: string;
}

/** Proposes to take an approval back; false when the application has an open proposal already. */
export async function proposeUndo(tx: Tx, undo: NewUndo): Promise<boolean> {
  const proposed = await tx
    .insertInto('approval_undos')
    .values({
      id: undo.id,
      application_id: undo.applicationId,
      round: undo.round,
      stage: undo.stage,
      reason: undo.reason,
      proposed_by: undo.proposedBy,
    })
    .onConflict((oc) => oc.column('application_id').where('state', '=', 'PROPOSED').doNothing())
    .executeTakeFirst();
  return proposed.numInsertedOrUpdatedRows === 1n;
}

const UNDO = ['id', 'round', 'stage', 'reason', 'state', 'proposed_by as proposedBy'] as const;

/** The proposal that waits for a second person, locked; undefined when nothing is proposed. */
export async function lockOpenUndo(tx: Tx, applicationId: string) {
  return await tx
    .selectFrom('approval_undos')
    .select(UNDO)
    .where('application_id', '=', applicationId)
    .where('state', '=', 'PROPOSED')
    .forUpdate()
    .executeTakeFirst();
}

/** Every proposal of an application, newest first. */
export async function readUndos(db: Queryable, applicationId: string) {
  return await db
    .selectFrom('approval_undos')
    .select(UNDO)
    .select(['decided_by as decidedBy', 'proposed_at as proposedAt', 'decided_at as decidedAt'])
    .where('application_id', '=', applicationId)
    .orderBy('proposed_at', 'desc')
    .execute();
}

/** Decides a locked proposal. The database refuses the proposer as the second person. */
export async function decideUndo(
  tx: Tx,
  decision: {
    readonly id: string;
    readonly state: 'APPROVED' | 'REJECTED';
    readonly by: string;
    readonly at: Date;
  },
): Promise<void> {
  await tx
    .updateTable('approval_undos')
    .set({ state: decision.state, decided_by: decision.by, decided_at: decision.at })
    .where('id', '=', decision.id)
    .execute();
}

/** What stood in force under an approval: ids alone, for the record of what is voided. */
export async function readApprovedPapers(db: Queryable, applicationId: string) {
  const { rows } = await sql<{
    offers: readonly string[];
    contracts: readonly string[];
    payouts: readonly { readonly id: string; readonly state: string }[];
  }>`
    select array(select id::text from offers where application_id = ${applicationId}
                  and state in ('OPEN','ACCEPTED')) as offers,
           array(select id::text from contracts where application_id = ${applicationId}
                  and state in ('READY','SIGNED')) as contracts,
           coalesce((select jsonb_agg(jsonb_build_object('id', id, 'state', state) order by attempt)
              from payouts where application_id = ${applicationId}), '[]') as payouts`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('no answer about the papers of an application');
  return row;
}

/** Begins a new round that people must decide, for a reason that stands above the strategy. */
export async function beginReferredRound(
  tx: Tx,
  applicationId: string,
  referral: string | null,
): Promise<number> {
  const row = await tx
    .updateTable('applications')
    .set((eb) => ({
      round: eb('round', '+', 1),
      ...(referral === null ? {} : { referral }),
    }))
    .where('id', '=', applicationId)
    .returning('round')
    .executeTakeFirstOrThrow();
  return row.round;
}

/** Takes away what sent an application to people once they have decided it, or nobody will: the undo stays on record. */
export async function settleReferral(tx: Queryable, applicationId: string): Promise<void> {
  await tx
    .updateTable('applications')
    .set({ referral: null })
    .where('id', '=', applicationId)
    .where('referral', 'is not', null)
    .execute();
}
