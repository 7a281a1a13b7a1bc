/** What the queue sorts by, what a case is read by, and two views over what a reviewer compares a case with. */
import { type Kysely, sql } from 'kysely';

const QUEUE: readonly string[] = [
  // The facts a queue is sorted and narrowed by lie on the task: a sort over a joined table would read every open task.
  // They are those of the round the task belongs to, and a round with other facts has tasks of its own.
  `alter table review_tasks
     add column product_code text not null default '',
     add column amount_fen bigint not null default 0,
     add column grade text not null default '-'`,
  `create function describe_task() returns trigger language plpgsql set search_path from current as $$
   begin
     select coalesce(a.product_code, ''), coalesce(a.amount_fen, 0)
       into new.product_code, new.amount_fen
       from applications a where a.id = new.application_id;
     select d.grade into new.grade
       from decisions d where d.application_id = new.application_id order by d.round desc limit 1;
     new.product_code := coalesce(new.product_code, '');
     new.amount_fen := coalesce(new.amount_fen, 0);
     new.grade := coalesce(new.grade, '-');
     return new;
   end $$`,
  `create trigger review_tasks_describe before insert on review_tasks for each row execute function describe_task()`,
  `update review_tasks t
      set product_code = coalesce(a.product_code, ''), amount_fen = coalesce(a.amount_fen, 0),
          grade = coalesce((select d.grade from decisions d
                             where d.application_id = t.application_id and d.round = t.round), '-')
     from applications a where a.id = t.application_id`,
  `create index review_tasks_by_age on review_tasks (created_at, id) where state in ('OPEN','CLAIMED')`,
  `create index review_tasks_by_amount on review_tasks (amount_fen, id) where state in ('OPEN','CLAIMED')`,
  `create index review_tasks_by_grade on review_tasks (grade, id) where state in ('OPEN','CLAIMED')`,
  // Tasks of every kind: what risk may see of an application hangs on it having one.
  `create index review_tasks_of on review_tasks (application_id)`,
  `create index applications_pending on applications (pending) where pending is not null`,
];

const CASE: readonly string[] = [
  `create index review_actions_of on review_actions (application_id, at)`,
  `create index information_requests_of on information_requests (application_id, created_at)`,
  `create index decisions_alike on decisions ((versions -> 'product' ->> 'code'), grade, at desc)`,
  // Figures of applications and loans, naming nobody: what one person owes is asked across all that are theirs, while the
  // rows themselves are in sight only where they were referred.
  `create view person_exposures as
     select a.applicant_id, a.id as application_id, a.product_code, a.stage, a.amount_fen, a.submitted_at,
            l.state as loan_state, l.principal_fen, l.days_past_due,
            (select sum(i.principal_fen - i.paid_principal_fen)::bigint
               from instalments i where i.loan_id = l.id) as outstanding_fen
       from applications a left join loans l on l.application_id = a.id
      where a.stage <> 'APPLY'`,
  `create view decided_cases as
     select d.versions -> 'product' ->> 'code' as product_code, d.grade, d.at, d.application_id, d.round, d.outcome,
            a.amount_fen as asked_fen, d.amount_fen as decided_fen, a.term_months, a.stage,
            l.state as loan_state, l.days_past_due
       from decisions d
       join applications a on a.id = d.application_id and a.round = d.round
       left join loans l on l.application_id = d.application_id`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...QUEUE, ...CASE]) await sql.raw(statement).execute(db);
}
