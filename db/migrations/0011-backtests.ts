/** Backtests: what was tried on which recorded decisions, how far each part is, and what came out. */
import { type Kysely, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  // The documents are copies: a draft may be edited while its backtest runs, and the digest says which one ran.
  `create table backtests (
    id uuid primary key,
    draft_id uuid references rule_drafts,
    strategy jsonb not null,
    strategy_sm3 text not null check (strategy_sm3 ~ '^[0-9a-f]{64}$'),
    scorecard jsonb not null,
    scorecard_sm3 text not null check (scorecard_sm3 ~ '^[0-9a-f]{64}$'),
    decided_from timestamptz not null,
    decided_until timestamptz not null,
    sample_limit integer not null check (sample_limit between 0 and 1000),
    lgd_percent integer not null check (lgd_percent between 0 and 100),
    state text not null default 'RUNNING' check (state in ('RUNNING','DONE','FAILED')),
    total integer,
    report jsonb,
    failure_code text,
    started_by text not null,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    check (decided_from < decided_until),
    check ((state = 'DONE') = (report is not null)),
    check ((state = 'FAILED') = (failure_code is not null)),
    check ((state = 'RUNNING') = (finished_at is null))
  )`,
  `create index backtests_by_strategy on backtests (strategy_sm3) where state = 'DONE'`,
  `create index backtests_by_scorecard on backtests (scorecard_sm3) where state = 'DONE'`,
  `create index backtests_newest on backtests (started_at desc, id)`,
  // Approval rests on what a backtest found: once it is over, nobody changes it.
  `create function guard_backtest() returns trigger language plpgsql set search_path from current as $$
   begin
     if tg_op = 'DELETE' or old.state <> 'RUNNING' then
       raise exception 'a backtest that is over does not change' using errcode = 'restrict_violation';
     end if;
     if (new.id, new.strategy_sm3, new.scorecard_sm3, new.strategy, new.scorecard, new.started_by)
        is distinct from (old.id, old.strategy_sm3, old.scorecard_sm3, old.strategy, old.scorecard, old.started_by) then
       raise exception 'a backtest keeps what it tries' using errcode = 'restrict_violation';
     end if;
     return new;
   end $$`,
  `create trigger backtests_guard before update or delete on backtests for each row execute function guard_backtest()`,
  `create table backtest_parts (
    backtest_id uuid not null references backtests,
    part integer not null check (part > 0),
    -- Applications behind \`after\` up to \`until\`; the first part begins before every id, the last ends with the last.
    after uuid not null,
    until uuid not null,
    decided integer not null default 0,
    tally jsonb not null,
    state text not null default 'RUNNING' check (state in ('RUNNING','DONE')),
    primary key (backtest_id, part)
  )`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
