/** Reads and writes of the people at the desk: limits, lent authority, ties that bar, and who is there to be given work. */
import { sql } from 'kysely';
import type { DecidingRole } from '../../domain/authority.ts';
import type { Colleague } from '../../domain/desk-assign.ts';
import type { DeskRole } from '../../domain/desk-kinds.ts';
import type { Fen } from '../../domain/money.ts';
import type { Queryable, Tx } from '../database.ts';

/** A person's own limit and roles as the roster has them; undefined for somebody who is not on it. */
export async function readDeskPerson(db: Queryable, subject: string) {
  return await db
    .selectFrom('desk_people')
    .select(['roles', 'limit_fen as limitFen', 'capacity', 'on_desk as onDesk'])
    .select(['away_from as awayFrom', 'away_until as awayUntil'])
    .where('subject', '=', subject)
    .executeTakeFirst();
}

export interface LentAuthority {
  readonly id: string;
  readonly role: string;
  readonly limitFen: Fen;
}

/** Authority that one person has lent another and that holds at an instant: from its start, and no more at its end. */
export async function readLentAuthority(
  db: Queryable,
  { from, to, at }: { readonly from: string; readonly to: string; readonly at: Date },
): Promise<readonly LentAuthority[]> {
  return await db
    .selectFrom('delegations')
    .select(['id', 'role', 'limit_fen as limitFen'])
    .where('from_subject', '=', from)
    .where('to_subject', '=', to)
    .where('state', '=', 'APPROVED')
    .where('starts_at', '<=', at)
    .where('ends_at', '>', at)
    .orderBy('limit_fen', 'desc')
    .orderBy('id')
    .execute();
}

/** Those of the subjects who may not act on an application: its own people, and whoever declared a tie to them. */
export async function readConflicts(
  db: Queryable,
  applicationId: string,
  subjects: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ subject: string }>`
    select s.subject
      from unnest(${[...subjects]}::text[]) as s (subject)
      join applications a on a.id = ${applicationId}
     where a.owner_subject = s.subject
        or exists (select from applications other
                    where other.applicant_id = a.applicant_id and other.owner_subject = s.subject)
        or exists (select from conflict_declarations c join applicants p on p.id = a.applicant_id
                    where c.subject = s.subject and c.identity_index = p.identity_index and c.ended_at is null)`.execute(
    db,
  );
  return new Set(rows.map(({ subject }) => subject));
}

/** Everybody who is given work, with what they hold, locked so that two openings do not both give to the same person. */
export async function lockRoster(tx: Tx, at: Date): Promise<readonly Colleague[]> {
  const { rows } = await sql<{
    subject: string;
    roles: readonly DeskRole[];
    capacity: number;
    load: number;
    available: boolean;
    last_given_at: Date | null;
  }>`
    with roster as (
      select * from desk_people where on_desk order by subject for update
    )
    select r.subject, r.capacity,
           array(select role from unnest(r.roles) role
                  where role in ('reviewer','senior-reviewer','risk-officer','compliance')) as roles, r.last_given_at,
           (r.away_from is null or ${at} < r.away_from or ${at} >= r.away_until) as available,
           (select count(*)::int from review_tasks t where t.state = 'CLAIMED' and t.assignee = r.subject) as load
      from roster r`.execute(tx);
  return rows.map((row) => ({
    subject: row.subject,
    roles: row.roles,
    load: row.load,
    capacity: row.capacity,
    available: row.available,
    lastGivenAt: row.last_given_at === null ? null : row.last_given_at.getTime(),
  }));
}

/** Notes when somebody was last given a task. */
export async function markGiven(tx: Tx, subject: string, at: Date): Promise<void> {
  await tx
    .updateTable('desk_people')
    .set({ last_given_at: at })
    .where('subject', '=', subject)
    .execute();
}

/** Puts a person on the roster, or takes their roles and presence over; limit and capacity change by two people only. */
export async function keepDeskPerson(
  tx: Queryable,
  person: { readonly subject: string; readonly roles: readonly string[]; readonly onDesk: boolean },
): Promise<void> {
  const roles = [...person.roles];
  await tx
    .insertInto('desk_people')
    .values({ subject: person.subject, roles, on_desk: person.onDesk })
    .onConflict((oc) =>
      oc
        .column('subject')
        .doUpdateSet({ roles, on_desk: person.onDesk, updated_at: sql<Date>`now()` }),
    )
    .execute();
}

/** Says from when until when a person is away; null ends it. False for somebody who is not on the roster. */
export async function setAway(
  tx: Queryable,
  subject: string,
  away: { readonly from: Date; readonly until: Date } | null,
): Promise<boolean> {
  const done = await tx
    .updateTable('desk_people')
    .set({
      away_from: away?.from ?? null,
      away_until: away?.until ?? null,
      updated_at: sql<Date>`now()`,
    })
    .where('subject', '=', subject)
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}

/** The roster as the desk's leads read it. */
export async function listDeskPeople(db: Queryable) {
  return await db
    .selectFrom('desk_people as p')
    .selectAll('p')
    .select(
      sql<number>`(select count(*)::int from review_tasks t
                    where t.state = 'CLAIMED' and t.assignee = p.subject)`.as('load'),
    )
    .orderBy('p.subject')
    .execute();
}

export interface NewAuthorityChange {
  readonly id: string;
  readonly subject: string;
  readonly limitFen: Fen | null;
  readonly capacity: number;
  readonly reason: string;
  readonly proposedBy: string;
}

/** Proposes another limit or capacity for a person. */
export async function proposeAuthorityChange(tx: Queryable, change: NewAuthorityChange) {
  await tx
    .insertInto('authority_changes')
    .values({
      id: change.id,
      subject: change.subject,
      limit_fen: change.limitFen,
      capacity: change.capacity,
      reason: change.reason,
      proposed_by: change.proposedBy,
    })
    .execute();
}

/** A decision on something proposed: by whom, and how. */
export interface DeskDecision {
  readonly id: string;
  readonly by: string;
  readonly state: 'APPROVED' | 'REJECTED';
}

/** What became of a decision: the maker and whom it is about decide nothing, and the database refuses it besides. */
export type DeskDecided = 'DECIDED' | 'NOTHING_TO_DECIDE' | 'FOUR_EYES';

/** Decides a proposed change; an approved one holds at once. */
export async function decideAuthorityChange(tx: Tx, decision: DeskDecision): Promise<DeskDecided> {
  const { id, by, state } = decision;
  const change = await tx
    .selectFrom('authority_changes')
    .select(['subject', 'limit_fen', 'capacity', 'proposed_by'])
    .where('id', '=', id)
    .where('state', '=', 'PROPOSED')
    .forUpdate()
    .executeTakeFirst();
  if (change === undefined) return 'NOTHING_TO_DECIDE';
  const { subject, limit_fen, capacity } = change;
  if (by === change.proposed_by || by === subject) return 'FOUR_EYES';
  await tx
    .updateTable('authority_changes')
    .set({ state, decided_by: by, decided_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
  if (state === 'REJECTED') return 'DECIDED';
  await tx
    .insertInto('desk_people')
    .values({ subject, roles: [], limit_fen, capacity })
    .onConflict((oc) =>
      oc.column('subject').doUpdateSet({ limit_fen, capacity, updated_at: sql<Date>`now()` }),
    )
    .execute();
  return 'DECIDED';
}

/** Changes of limits, newest first; of one person where one is named. */
export async function listAuthorityChanges(db: Queryable, subject: string | null, most: number) {
  let query = db.selectFrom('authority_changes').selectAll();
  if (subject !== null) query = query.where('subject', '=', subject);
  return await query.orderBy('proposed_at', 'desc').orderBy('id').limit(most).execute();
}

export interface NewDelegation {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly role: DecidingRole;
  readonly limitFen: Fen;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly reason: string;
  readonly proposedBy: string;
}

/** Proposes that one person's authority be lent to another for a time. */
export async function proposeDelegation(tx: Queryable, lent: NewDelegation): Promise<void> {
  await tx
    .insertInto('delegations')
    .values({
      id: lent.id,
      from_subject: lent.from,
      to_subject: lent.to,
      role: lent.role,
      limit_fen: lent.limitFen,
      starts_at: lent.startsAt,
      ends_at: lent.endsAt,
      reason: lent.reason,
      proposed_by: lent.proposedBy,
    })
    .execute();
}

/** Decides a proposed delegation: somebody who neither proposed it nor lends nor borrows. */
export async function decideDelegation(tx: Tx, decision: DeskDecision): Promise<DeskDecided> {
  const { id, by, state } = decision;
  const lent = await tx
    .selectFrom('delegations')
    .select(['from_subject', 'to_subject', 'proposed_by'])
    .where('id', '=', id)
    .where('state', '=', 'PROPOSED')
    .forUpdate()
    .executeTakeFirst();
  if (lent === undefined) return 'NOTHING_TO_DECIDE';
  if ([lent.from_subject, lent.to_subject, lent.proposed_by].includes(by)) return 'FOUR_EYES';
  await tx
    .updateTable('delegations')
    .set({ state, decided_by: by, decided_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
  return 'DECIDED';
}

/** Ends a delegation before its time; false when none is in force under the id. */
export async function endDelegation(tx: Queryable, id: string, at: Date): Promise<boolean> {
  const ended = await tx
    .updateTable('delegations')
    .set({ state: 'ENDED', ended_at: at })
    .where('id', '=', id)
    .where('state', '=', 'APPROVED')
    .executeTakeFirst();
  return ended.numUpdatedRows === 1n;
}

/** Delegations that are proposed or have not run out, by their end. */
export async function listDelegations(db: Queryable, at: Date, most: number) {
  return await db
    .selectFrom('delegations')
    .selectAll()
    .where('state', 'in', ['PROPOSED', 'APPROVED'])
    .where('ends_at', '>', at)
    .orderBy('ends_at')
    .orderBy('id')
    .limit(most)
    .execute();
}
