/** Reads and writes of declared ties to persons: kept for good, and ended by two people. */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';
import type { ConflictDeclarationRow } from '../schema/desk.ts';
import type { DeskDecision, DeskDecided } from './desk-people.ts';

/** Keeps a colleague's tie to a person; declaring it again changes nothing. */
export async function declareConflict(
  tx: Queryable,
  tie: {
    readonly id: string;
    readonly subject: string;
    readonly identityIndex: Buffer;
    readonly relation: ConflictDeclarationRow['relation'];
  },
): Promise<void> {
  await tx
    .insertInto('conflict_declarations')
    .values({
      id: tie.id,
      subject: tie.subject,
      identity_index: tie.identityIndex,
      relation: tie.relation,
    })
    .onConflict((oc) =>
      oc.columns(['subject', 'identity_index']).where('ended_at', 'is', null).doNothing(),
    )
    .execute();
}

/** A person's declarations, newest first, without whom they concern; `ending` says that one is proposed to be ended. */
export async function listConflicts(db: Queryable, subject: string) {
  return await db
    .selectFrom('conflict_declarations as c')
    .select(['c.id', 'c.relation', 'c.declared_at', 'c.ended_at'])
    .select(
      sql<boolean>`exists (select from conflict_endings e
                            where e.conflict_id = c.id and e.state = 'PROPOSED')`.as('ending'),
    )
    .where('c.subject', '=', subject)
    .orderBy('c.declared_at', 'desc')
    .orderBy('c.id')
    .execute();
}

/** Says that a tie is over, for another to agree. Who may see the declaration may say so. */
export async function proposeConflictEnd(
  tx: Queryable,
  end: {
    readonly id: string;
    readonly conflictId: string;
    readonly reason: string;
    readonly by: string;
  },
): Promise<'PROPOSED' | 'NOT_FOUND' | 'ALREADY_PROPOSED'> {
  const tie = await tx
    .selectFrom('conflict_declarations')
    .select('subject')
    .where('id', '=', end.conflictId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (tie === undefined) return 'NOT_FOUND';
  const proposed = await tx
    .insertInto('conflict_endings')
    .values({
      id: end.id,
      conflict_id: end.conflictId,
      subject: tie.subject,
      reason: end.reason,
      proposed_by: end.by,
    })
    .onConflict((oc) => oc.column('conflict_id').where('state', '=', 'PROPOSED').doNothing())
    .executeTakeFirst();
  return proposed.numInsertedOrUpdatedRows === 1n ? 'PROPOSED' : 'ALREADY_PROPOSED';
}

/** Agrees or not that a tie is over: neither whoever proposed it nor whoever declared it. */
export async function decideConflictEnd(tx: Tx, decision: DeskDecision): Promise<DeskDecided> {
  const { id, by, state } = decision;
  const end = await tx
    .selectFrom('conflict_endings')
    .select(['conflict_id', 'subject', 'proposed_by'])
    .where('id', '=', id)
    .where('state', '=', 'PROPOSED')
    .forUpdate()
    .executeTakeFirst();
  if (end === undefined) return 'NOTHING_TO_DECIDE';
  if (by === end.proposed_by || by === end.subject) return 'FOUR_EYES';
  await tx
    .updateTable('conflict_endings')
    .set({ state, decided_by: by, decided_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
  if (state === 'APPROVED')
    await tx
      .updateTable('conflict_declarations')
      .set({ ended_at: sql<Date>`now()` })
      .where('id', '=', end.conflict_id)
      .execute();
  return 'DECIDED';
}

/** What was proposed to be ended and what became of it: open ones first, then the newest. */
export async function listConflictEnds(db: Queryable, most: number) {
  return await db
    .selectFrom('conflict_endings as e')
    .innerJoin('conflict_declarations as c', 'c.id', 'e.conflict_id')
    .selectAll('e')
    .select('c.relation')
    .orderBy(sql`e.state <> 'PROPOSED'`)
    .orderBy('e.proposed_at', 'desc')
    .orderBy('e.id')
    .limit(most)
    .execute();
}
