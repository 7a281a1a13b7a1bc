/** The kill switch: whether every decision goes to people, and who turned it. */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';
import type { RuleSwitchRow } from '../schema/rules.ts';

export interface SwitchAct {
  readonly act: RuleSwitchRow['act'];
  readonly actor: string;
  readonly role: string;
  readonly reason: string;
  /** Who proposed to turn it off; for the act OFF alone. */
  readonly proposedBy: string | null;
}

/** The last acts on the switch, newest first. */
export async function readSwitchActs(db: Queryable, most: number) {
  return await db
    .selectFrom('rule_switches')
    .select(['act', 'actor', 'actor_role', 'proposed_by', 'reason', 'at'])
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
}

/** Lets nobody else turn the switch until the transaction ends; the same lock as its trigger's. */
export async function lockSwitch(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('rule_switches', 0))`.execute(tx);
}

/** Turns the switch; the table's trigger lets one act through at a time and refuses one that does not follow the last. */
export async function turnSwitch(tx: Tx, act: SwitchAct): Promise<void> {
  await tx
    .insertInto('rule_switches')
    .values({
      act: act.act,
      actor: act.actor,
      actor_role: act.role,
      proposed_by: act.proposedBy,
      reason: act.reason,
    })
    .execute();
}

/** True while every decision goes to people: from the moment it is turned on until a second person agrees to turn it off. */
export async function isKilled(db: Queryable): Promise<boolean> {
  const row = await db
    .selectFrom('rule_switches')
    .select('act')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined && row.act !== 'OFF';
}
