/**
 * Gives committed audit entries their place in the hash chain.
 *
 * Order is (transaction number, id). An entry is taken once its transaction number lies under the oldest transaction
 * still running (`pg_snapshot_xmin`): every transaction below it has ended, so no entry can appear later at a place
 * that is already taken, whatever the order in which transactions commit.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';

/** An audit entry as it is hashed; every field is text or null, exactly as PostgreSQL writes it. */
export interface ChainableEntry {
  readonly id: number;
  readonly xid: string;
  /** UTC with microseconds. */
  readonly at: string;
  /** Business day in Shanghai, ISO. */
  readonly day: string;
  readonly actor: string;
  readonly role: string | null;
  readonly via: string | null;
  readonly action: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly result: string;
  readonly reason: string | null;
  readonly origin: string | null;
  readonly requestId: string | null;
  readonly detail: string;
}

export interface Link {
  readonly position: number;
  readonly day: string;
  readonly entryId: number;
  readonly entryXid: string;
  /** 64 hexadecimal digits. */
  readonly value: string;
}

/** The columns of an entry `e` as {@link ChainableEntry}. */
const ENTRY_COLUMNS = sql`
  e.id, e.xid::text as xid,
  to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  (e.at at time zone 'Asia/Shanghai')::date as day,
  e.actor, e.actor_role as role, e.via, e.action, e.subject_kind as "subjectKind", e.subject_id as "subjectId",
  e.result, e.reason, e.origin, e.request_id as "requestId", e.detail::text as detail`;

/** Makes this transaction the only chainer of its schema; false when another one is at work. */
export async function takeChainLock(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended('audit-chain:' || current_schema(), 0)) as taken`.execute(
    tx,
  );
  return rows[0]?.taken === true;
}

/** The end of the chain, or undefined before the first link. */
export async function lastLink(db: Queryable): Promise<Link | undefined> {
  return await db
    .selectFrom('audit_chain')
    .select([
      'position',
      'day',
      'entry_id as entryId',
      sql<string>`entry_xid::text`.as('entryXid'),
      'value_sm3 as value',
    ])
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function settled(
  tx: Tx,
  where: RawBuilder<SqlBool>,
  order: RawBuilder<unknown>,
  most: number,
): Promise<readonly ChainableEntry[]> {
  const { rows } = await sql<ChainableEntry>`
    select ${ENTRY_COLUMNS}
    from audit_entries e
    where ${where}
      and not exists (select from audit_chain c where c.entry_id = e.id)
    order by ${order}
    limit ${most}`.execute(tx);
  return rows;
}

/** Entries behind the end of the chain that nothing can come before any more, in the order of the chain. */
export async function settledEntries(
  tx: Tx,
  after: Pick<Link, 'entryXid' | 'entryId'>,
  most: number,
): Promise<readonly ChainableEntry[]> {
  return await settled(
    tx,
    sql`(e.xid, e.id) > (${after.entryXid}::xid8, ${after.entryId}::bigint)
      and e.xid < pg_snapshot_xmin(pg_current_snapshot())`,
    sql`e.xid, e.id`,
    most,
  );
}

/**
 * True when the end of the chain bears a transaction number this server has not given out yet: the database was
 * restored from a dump into a new server, whose numbers begin anew.
 */
export async function chainIsFromElsewhere(tx: Tx, last: Link): Promise<boolean> {
  const { rows } = await sql<{ elsewhere: boolean }>`
    select ${last.entryXid}::xid8 >= pg_snapshot_xmax(pg_current_snapshot()) as elsewhere`.execute(
    tx,
  );
  return rows[0]?.elsewhere === true;
}

/** After a restore: entries without a link, those of the former server first. Reads the whole trail. */
export async function settledAfterRestore(
  tx: Tx,
  most: number,
): Promise<readonly ChainableEntry[]> {
  return await settled(
    tx,
    sql`(e.xid < pg_snapshot_xmin(pg_current_snapshot()) or e.xid >= pg_snapshot_xmax(pg_current_snapshot()))`,
    sql`e.xid < pg_snapshot_xmin(pg_current_snapshot()), e.xid, e.id`,
    most,
  );
}

/** Adds links at the end of the chain. */
export async function addLinks(tx: Tx, links: readonly Link[]): Promise<void> {
  await tx
    .insertInto('audit_chain')
    .values(
      links.map((link) => ({
        position: link.position,
        day: link.day,
        entry_id: link.entryId,
        entry_xid: link.entryXid,
        value_sm3: link.value,
      })),
    )
    .execute();
}

/** One link with the entry it stands for; the entry is null when it is gone. */
export interface LinkedEntry {
  readonly link: Link;
  readonly entry: ChainableEntry | null;
}

type Nullable<T> = { readonly [K in keyof T]: T[K] | null };

/** Links from a position on, with their entries, in order. */
export async function readLinks(
  db: Queryable,
  fromPosition: number,
  most: number,
): Promise<readonly LinkedEntry[]> {
  const { rows } = await sql<
    Nullable<ChainableEntry> & {
      position: number;
      linkDay: string;
      entryId: number;
      entryXid: string;
      value: string;
    }
  >`
    select c.position, c.day as "linkDay", c.entry_id as "entryId", c.entry_xid::text as "entryXid",
           c.value_sm3 as value, ${ENTRY_COLUMNS}
    from audit_chain c left join audit_entries e on e.id = c.entry_id
    where c.position >= ${fromPosition}
    order by c.position
    limit ${most}`.execute(db);
  return rows.map(({ position, linkDay, entryId, entryXid, value, id, ...entry }) => ({
    link: { position, day: linkDay, entryId, entryXid, value },
    // The columns of an entry that is there are null only where ChainableEntry says so.
    entry: id === null ? null : ({ id, ...entry } as ChainableEntry),
  }));
}

/** The oldest entry that has had `graceSeconds` to be chained and is not, or undefined. */
export async function oldestUnchained(
  db: Queryable,
  graceSeconds: number,
): Promise<{ readonly id: number; readonly at: Date } | undefined> {
  const { rows } = await sql<{ id: number; at: Date }>`
    select e.id, e.at
    from audit_entries e
    where not exists (select from audit_chain c where c.entry_id = e.id)
      and (e.xid < pg_snapshot_xmin(pg_current_snapshot()) or e.xid >= pg_snapshot_xmax(pg_current_snapshot()))
      and e.at < clock_timestamp() - make_interval(secs => ${graceSeconds})
    order by e.id
    limit 1`.execute(db);
  return rows[0];
}
