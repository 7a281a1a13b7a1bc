/** The sweep of the review desk, set by set: claims that nobody works on go back, and open tasks are given out. */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';

export interface LapseRule {
  readonly now: Date;
  /** A claim without an act since then lapses. */
  readonly idleBefore: Date;
  /** Claims taken by one sweep. */
  readonly most: number;
}

/** A claim that went back to the queue. */
export interface LapsedClaim {
  readonly taskId: string;
  readonly holder: string;
  readonly reason: 'CLAIM_IDLE' | 'OUT_OF_OFFICE';
}

/**
 * Sends back what is idle, and what people who are away hold. A review whose lock somebody holds is left to the next
 * sweep; one that waits for its applicant keeps its holders. Each claim leaves an action and an audit entry.
 */
export async function lapseClaims(tx: Tx, rule: LapseRule): Promise<readonly LapsedClaim[]> {
  const { now, idleBefore, most } = rule;
  const { rows } = await sql<LapsedClaim>`
    with due as (
      select t.id, t.kind, t.application_id, t.round, t.assignee, t.active_at, away.subject is not null as away
        from review_tasks t
        left join desk_people away
          on away.subject = t.assignee and away.away_from <= ${now} and ${now} < away.away_until
       where t.state = 'CLAIMED' and (t.active_at <= ${idleBefore} or away.subject is not null)
       order by t.active_at limit ${most}
    ), held as (
      select r.application_id, r.round from reviews r
       where (r.application_id, r.round) in (select application_id, round from due where kind = 'REVIEW')
         and r.ended is null and not r.waiting
         for update skip locked
    ), freed as (
      update review_tasks t set state = 'OPEN', assignee = null, claimed_at = null, active_at = null
        from due left join held using (application_id, round)
       where t.id = due.id and t.state = 'CLAIMED' and t.assignee = due.assignee
         and t.active_at is not distinct from due.active_at
         and (t.kind <> 'REVIEW' or held.application_id is not null)
      returning t.id, t.application_id, t.round, t.roles, t.evidence_version, due.assignee as holder,
                case when due.away then 'OUT_OF_OFFICE' else 'CLAIM_IDLE' end as reason
    ), noted as (
      insert into review_actions (id, task_id, application_id, round, actor, actor_role, action, reasons, evidence_version, cause, at)
      select gen_random_uuid(), id, application_id, round, holder,
             coalesce((select taken.actor_role from review_actions taken
                        where taken.task_id = freed.id and taken.actor = holder and taken.action in ('CLAIM','STEAL','ASSIGN')
                        order by taken.at desc limit 1), roles[1]),
             'LAPSE', array[reason], evidence_version, 'lapse:' || id || ':' || ${now.toISOString()}::text, ${now}
        from freed
    ), audited as (
      insert into audit_entries (actor, actor_role, action, subject_kind, subject_id, result, reason, detail)
      select 'xindai', null, 'review.lapse', 'application', application_id::text, 'DONE', reason,
             jsonb_build_object('taskId', id, 'holder', holder)
        from freed
    )
    select id as "taskId", holder, reason from freed`.execute(tx);
  return rows;
}

/** An open task with the people who may not have it. */
export interface OpenTask {
  readonly id: string;
  /** The application's round: whoever sits at one task of it sits at no other. */
  readonly round: string;
  readonly roles: readonly string[];
  readonly barred: readonly string[];
}

/** Locks the reviews with open seats that nobody else works on at this moment, those due first first. */
export async function lockOpenReviews(
  tx: Tx,
  most: number,
): Promise<readonly { readonly application_id: string; readonly round: number }[]> {
  const { rows } = await sql<{ application_id: string; round: number }>`
    select r.application_id, r.round from reviews r
      join (select application_id, round, min(sla_due_at) as due from review_tasks
             where state = 'OPEN' and kind = 'REVIEW' group by application_id, round) t using (application_id, round)
     where r.ended is null and not r.waiting
     order by t.due limit ${most}
       for update of r skip locked`.execute(tx);
  return rows;
}

/**
 * The open tasks of the locked reviews, and those of the other kinds, with whom each is barred to: the application's own
 * people and whoever declared a tie to them, who voted in the review or sits in it, who let this very task lapse, and,
 * where a decision is looked at again, everybody who took part in it or in the strategy that made it.
 */
export async function readOpenTasks(
  tx: Tx,
  locked: readonly { readonly application_id: string; readonly round: number }[],
  most: number,
): Promise<readonly OpenTask[]> {
  const ids = locked.map(({ application_id: id }) => id);
  const rounds = locked.map(({ round }) => round);
  const { rows } = await sql<OpenTask>`
    select t.id, t.kind || '/' || t.application_id || '/' || t.round as round, t.roles, array(
        select other.owner_subject from applications other
         where other.id = a.id or other.applicant_id = a.applicant_id
        union select c.subject from conflict_declarations c join applicants p on p.id = a.applicant_id
         where c.identity_index = p.identity_index and c.ended_at is null
        union select who from review_actions v cross join unnest(array[v.actor, v.on_behalf_of]) as who
         where v.application_id = t.application_id and v.action in ('APPROVE','DECLINE') and who is not null
           and (t.kind = 'REVIEW' and v.round = t.round or t.kind in ('DECISION_REVIEW','OBJECTION'))
        union select who from decision_reviews r join decisions d on d.id = r.decision_id
          join rule_drafts f on f.kind = 'STRATEGY' and f.state = 'APPROVED' and f.code = d.versions -> 'strategy' ->> 'code'
           and f.version = (d.versions -> 'strategy' ->> 'version')::integer
         cross join unnest(array[f.created_by, f.edited_by, f.proposed_by, f.approved_by]) as who
         where t.kind = 'DECISION_REVIEW' and r.id = t.subject_id and who is not null
        union select s.assignee from review_tasks s
         where t.kind = 'REVIEW' and s.kind = 'REVIEW' and s.application_id = t.application_id and s.round = t.round
           and s.state = 'CLAIMED' and s.assignee is not null
        union select l.actor from review_actions l where l.task_id = t.id and l.action = 'LAPSE'
      ) as barred
      from review_tasks t join applications a on a.id = t.application_id
     where t.state = 'OPEN'
       and (t.kind <> 'REVIEW' or (t.application_id, t.round) in (select * from unnest(${ids}::uuid[], ${rounds}::int[])))
     order by t.sla_due_at, t.seat limit ${most}`.execute(tx);
  return rows;
}

export interface Assignment {
  readonly taskId: string;
  readonly subject: string;
  readonly role: string;
}

/** Gives tasks that are still open to people; each leaves an action and an audit entry. Gives how many were given. */
export async function giveTasks(
  tx: Queryable,
  assignments: readonly Assignment[],
  now: Date,
): Promise<number> {
  if (assignments.length === 0) return 0;
  const ids = assignments.map(({ taskId }) => taskId);
  const subjects = assignments.map(({ subject }) => subject);
  const roles = assignments.map(({ role }) => role);
  const { rows } = await sql<{ id: string }>`
    with given as (
      update review_tasks t set state = 'CLAIMED', assignee = g.subject, claimed_at = ${now}, active_at = ${now}
        from unnest(${ids}::uuid[], ${subjects}::text[], ${roles}::text[]) as g (id, subject, role)
       where t.id = g.id and t.state = 'OPEN'
      returning t.id, t.application_id, t.round, t.evidence_version, g.subject, g.role
    ), noted as (
      insert into review_actions (id, task_id, application_id, round, actor, actor_role, action, reasons, evidence_version, cause, at)
      select gen_random_uuid(), id, application_id, round, subject, role, 'ASSIGN', '{}', evidence_version,
             'assign:' || id || ':' || ${now.toISOString()}::text || ':' || subject, ${now}
        from given
    ), remembered as (
      update desk_people set last_given_at = ${now} where subject in (select subject from given)
    ), audited as (
      insert into audit_entries (actor, actor_role, action, subject_kind, subject_id, result, detail)
      select 'xindai', null, 'review.assign', 'application', application_id::text, 'DONE',
             jsonb_build_object('taskId', id, 'to', subject)
        from given
    )
    select id from given`.execute(tx);
  return rows.length;
}
