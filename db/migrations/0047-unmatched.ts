/** Unmatched money is closed by two people of finance: it is assigned to a loan, or goes back to an account that they name. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  `alter table unmatched_money
     add column action text check (action in ('ASSIGN','REFUND')),
     add column assigned_loan_id uuid references loans,
     add column sealed_payee bytea,
     add column request_no text unique,
     add column reason text,
     add column proposed_by text,
     add column proposed_at timestamptz,
     add column decided_by text,
     add column decided_at timestamptz,
     add column sent_at timestamptz,
     add column refund_reference text unique,
     add column failure_code text,
     add column closed_at timestamptz,
     drop constraint unmatched_money_state_check,
     add constraint unmatched_money_state_check check (state in ('OPEN','PROPOSED','APPROVED','SENT','CLOSED')),
     add constraint unmatched_money_two_people check (decided_by is null or decided_by <> proposed_by),
     add constraint unmatched_money_proposed check
       ((state = 'OPEN') = (action is null) and (state = 'OPEN') = (proposed_by is null)),
     add constraint unmatched_money_decided check ((state in ('OPEN','PROPOSED')) = (decided_by is null)),
     add constraint unmatched_money_assigned check ((assigned_loan_id is not null) = (action is not null and action = 'ASSIGN')),
     add constraint unmatched_money_refund check
       ((request_no is not null) = (action is not null and action = 'REFUND') and (request_no is null) = (sealed_payee is null)),
     add constraint unmatched_money_sent check (state <> 'SENT' or (action = 'REFUND' and sent_at is not null)),
     add constraint unmatched_money_closed check ((state = 'CLOSED') = (closed_at is not null)),
     add constraint unmatched_money_back check
       ((refund_reference is not null) = (state = 'CLOSED' and action = 'REFUND'))`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
