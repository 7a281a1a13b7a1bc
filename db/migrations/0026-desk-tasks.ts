/** One mechanism for every task: human reviews and objections are held as tasks of the desk, and ties are ended by two. */
import { type Kysely, sql } from 'kysely';

/** Day and task are due when the day is over in Shanghai. */
const DUE = "((s.due_on + 1)::timestamp at time zone 'Asia/Shanghai')";

const OPENED: readonly string[] = [
  // Whoever asks may not write tasks, so the table itself opens one: nothing that was asked for is without its task.
  `create function open_desk_task() returns trigger language plpgsql security definer set search_path from current as $$
   begin
     insert into review_tasks (id, kind, subject_id, application_id, round, level, roles, state, evidence_version, sla_due_at)
     select gen_random_uuid(), tg_argv[0], s.id, a.id, a.round, 1, string_to_array(tg_argv[1], ','), 'OPEN',
            a.evidence_version, ${DUE}
       from (select new.id, new.application_id, new.due_on) s join applications a on a.id = s.application_id;
     return null;
   end $$`,
  `create trigger decision_reviews_task after insert on decision_reviews for each row
     execute function open_desk_task('DECISION_REVIEW', 'reviewer,senior-reviewer,risk-officer')`,
  `create trigger objections_task after insert on objections for each row
     execute function open_desk_task('OBJECTION', 'compliance')`,
  `insert into review_tasks (id, kind, subject_id, application_id, round, level, roles, state, assignee, claimed_at,
                             active_at, evidence_version, sla_due_at)
     select gen_random_uuid(), 'DECISION_REVIEW', s.id, a.id, a.round, 1, '{reviewer,senior-reviewer,risk-officer}', s.state,
            s.assignee, s.claimed_at, s.claimed_at, a.evidence_version, ${DUE}
       from decision_reviews s join applications a on a.id = s.application_id where s.state <> 'DECIDED'`,
  `insert into review_tasks (id, kind, subject_id, application_id, round, level, roles, state, evidence_version, sla_due_at)
     select gen_random_uuid(), 'OBJECTION', s.id, a.id, a.round, 1, '{compliance}', 'OPEN', a.evidence_version, ${DUE}
       from objections s join applications a on a.id = s.application_id where s.outcome is null`,
];

const HELD: readonly string[] = [
  // Why somebody may not hold a task that is no review; null when they may. The roles of the areas see parts of it only.
  `create function desk_task_bar(task uuid, who text) returns text language sql stable security definer
     set search_path from current as $$
     select case
       when exists (select from applications o
                     where (o.id = a.id or o.applicant_id = a.applicant_id) and o.owner_subject = who) then 'OWN'
       when exists (select from conflict_declarations c join applicants p on p.id = a.applicant_id
                     where c.subject = who and c.identity_index = p.identity_index and c.ended_at is null) then 'CONFLICT'
       when t.kind <> 'COLLECTION' and exists (select from review_actions v
                     where v.application_id = a.id and v.action in ('APPROVE','DECLINE')
                       and who in (v.actor, v.on_behalf_of)) then 'TOOK_PART'
       when t.kind = 'DECISION_REVIEW' and exists (select from decision_reviews r
                     join decisions d on d.id = r.decision_id
                     join rule_drafts f on f.kind = 'STRATEGY' and f.state = 'APPROVED'
                      and f.code = d.versions -> 'strategy' ->> 'code'
                      and f.version = (d.versions -> 'strategy' ->> 'version')::integer
                    where r.id = t.subject_id and who in (f.created_by, f.edited_by, f.proposed_by, f.approved_by))
         then 'OWN_RULES'
       end
       from review_tasks t join applications a on a.id = t.application_id where t.id = task
   $$`,
  `create function guard_desk_task() returns trigger language plpgsql set search_path from current as $$
   declare bar text := desk_task_bar(new.id, new.assignee);
   begin
     if bar is not null then
       raise exception 'this person may not hold the task: %', bar using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger review_tasks_holder before update of assignee on review_tasks for each row
     when (new.kind <> 'REVIEW' and new.assignee is not null and new.assignee is distinct from old.assignee)
     execute function guard_desk_task()`,
  // Who has a human review in hand stands on its own row as well, where its constraints look.
  `create function mirror_decision_review() returns trigger language plpgsql security definer
     set search_path from current as $$
   begin
     update decision_reviews set state = new.state, assignee = new.assignee, claimed_at = new.claimed_at
      where id = new.subject_id and state <> 'DECIDED';
     return null;
   end $$`,
  `create trigger review_tasks_mirror after update of state, assignee on review_tasks for each row
     when (new.kind = 'DECISION_REVIEW' and new.state in ('OPEN','CLAIMED')) execute function mirror_decision_review()`,
  `create function require_held_task() returns trigger language plpgsql security definer set search_path from current as $$
   begin
     if not exists (select from review_tasks t where t.kind = tg_argv[0] and t.subject_id = new.id
                       and t.state = 'CLAIMED' and t.assignee = new.decided_by) then
       raise exception 'nobody decides what they do not hold' using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger decision_reviews_held before update on decision_reviews for each row
     when (new.state = 'DECIDED' and old.state <> 'DECIDED') execute function require_held_task('DECISION_REVIEW')`,
  `create trigger objections_held before update on objections for each row
     when (new.outcome is not null and old.outcome is null) execute function require_held_task('OBJECTION')`,
  `drop index review_one_decision_a_task`,
  `create unique index review_one_decision_a_task on review_actions (task_id)
     where action in ('APPROVE','DECLINE','RETURN','UPHOLD','OVERTURN','ANSWER')`,
];

const TIES: readonly string[] = [
  // A tie that is over is said by one and agreed by another; both stay on the record with what was declared.
  `create table conflict_endings (
    id uuid primary key,
    conflict_id uuid not null references conflict_declarations,
    subject text not null,
    reason text not null,
    state text not null default 'PROPOSED' check (state in ('PROPOSED','APPROVED','REJECTED')),
    proposed_by text not null,
    decided_by text,
    proposed_at timestamptz not null default now(),
    decided_at timestamptz,
    check ((state = 'PROPOSED') = (decided_by is null)),
    constraint conflict_endings_two_people check (decided_by is null or (decided_by <> proposed_by and decided_by <> subject))
  )`,
  `create unique index conflict_endings_one_open on conflict_endings (conflict_id) where state = 'PROPOSED'`,
  `create function guard_conflict_end() returns trigger language plpgsql security definer set search_path from current as $$
   begin
     if new.ended_at is not null and not exists (select from conflict_endings e
          where e.conflict_id = new.id and e.state = 'APPROVED') then
       raise exception 'a declared tie is ended by two people' using errcode = 'restrict_violation';
     end if;
     if (new.subject, new.relation, new.declared_at) is distinct from (old.subject, old.relation, old.declared_at)
        or (old.ended_at is not null and new.ended_at is distinct from old.ended_at) then
       raise exception 'what was declared stands' using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger conflict_declarations_guard before update on conflict_declarations for each row
     execute function guard_conflict_end()`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...OPENED, ...HELD, ...TIES]) await sql.raw(statement).execute(db);
}
