/** Monitoring of decisions: what each one measured in bands and not in values, views over that, and the alerts raised. */
import { type Kysely, sql } from 'kysely';

const TABLES: readonly string[] = [
  // De-identified: bands instead of values, and no person. Written in the transaction of the decision.
  `create table decision_measures (
    application_id uuid not null references applications,
    round integer not null,
    day date not null,
    product_code text not null,
    strategy_code text not null,
    strategy_version integer not null,
    scorecard_code text not null,
    scorecard_version integer not null,
    experiment_id uuid references experiments,
    arm text,
    outcome text not null check (outcome in ('APPROVE','DECLINE','REFER')),
    leaning text check (leaning in ('APPROVE','DECLINE')),
    grade text not null,
    total integer not null,
    rules jsonb not null,
    bands jsonb not null,
    primary key (application_id, round),
    check ((experiment_id is null) = (arm is null))
  )`,
  `create index decision_measures_by_day on decision_measures (day, strategy_code)`,
  // Days that are over are counted once, so that a look at three months does not open every decision of them again.
  `create table measure_days (
    day date primary key,
    counted_at timestamptz not null default now()
  )`,
  `create table measure_counts (
    day date not null references measure_days,
    strategy_code text not null,
    strategy_version integer not null,
    arm text not null,
    scorecard_code text not null,
    scorecard_version integer not null,
    kind text not null check (kind in ('OUTCOME','RULE','SCORE','BAND')),
    name text not null,
    band text not null,
    decisions integer not null check (decisions > 0),
    primary key (day, kind, strategy_code, strategy_version, arm, scorecard_code, scorecard_version, name, band)
  )`,
  // A decision that comes when its day was counted already is counted on the day it came.
  `create function place_measure() returns trigger language plpgsql set search_path from current as $$
   begin
     if exists (select from measure_days d where d.day = new.day) then
       new.day := (now() at time zone 'Asia/Shanghai')::date;
     end if;
     return new;
   end $$`,
  `create trigger decision_measures_place before insert on decision_measures for each row execute function place_measure()`,
  `create table monitoring_thresholds (
    version integer primary key check (version > 0),
    document jsonb not null,
    set_by text not null,
    reason text not null,
    at timestamptz not null default now()
  )`,
  `create table monitoring_alerts (
    id uuid primary key,
    day date not null,
    cause text not null,
    strategy_code text not null,
    measured text not null,
    threshold text not null,
    at timestamptz not null default now(),
    unique (day, cause)
  )`,
  `alter table outbox drop constraint outbox_check,
     add constraint outbox_about_whom check (application_id is not null or topic in ('applicant.code','risk.alert','bureau.weekly-report'))`,
];

/** The arm's name, or a dash where no experiment chose the version; of days that were not counted yet. */
const OPEN = `m.day, m.strategy_code, m.strategy_version, coalesce(m.arm, '-') as arm, m.scorecard_code, m.scorecard_version`;
const OPEN_GROUP = `m.day, m.strategy_code, m.strategy_version, coalesce(m.arm, '-'), m.scorecard_code, m.scorecard_version`;
const IS_OPEN = `not exists (select from measure_days d where d.day = m.day)`;

const BY = `day, strategy_code, strategy_version, arm`;

const VIEWS: readonly string[] = [
  // Scores in bands of twenty points, named by their lower end.
  `create view open_measures as
    select ${OPEN}, 'OUTCOME' as kind, m.outcome as name, '' as band, count(*)::integer as decisions
      from decision_measures m where ${IS_OPEN} group by ${OPEN_GROUP}, m.outcome
    union all
    select ${OPEN}, 'SCORE', '', (floor(m.total / 20.0) * 20)::integer::text, count(*)::integer
      from decision_measures m where ${IS_OPEN} group by ${OPEN_GROUP}, floor(m.total / 20.0)
    union all
    select ${OPEN}, 'RULE', rule.key, rule.value, count(*)::integer
      from decision_measures m, jsonb_each_text(m.rules) as rule where ${IS_OPEN} group by ${OPEN_GROUP}, rule.key, rule.value
    union all
    select ${OPEN}, 'BAND', part.key, part.value, count(*)::integer
      from decision_measures m, jsonb_each_text(m.bands) as part where ${IS_OPEN} group by ${OPEN_GROUP}, part.key, part.value`,
  `create view all_measures as
    select day, strategy_code, strategy_version, arm, scorecard_code, scorecard_version, kind, name, band, decisions
      from measure_counts
    union all
    select day, strategy_code, strategy_version, arm, scorecard_code, scorecard_version, kind, name, band, decisions
      from open_measures`,
  `create view monitoring_rules as
    select ${BY}, name as rule,
           sum(decisions)::integer as decisions,
           coalesce(sum(decisions) filter (where band = 'HIT'), 0)::integer as hits,
           coalesce(sum(decisions) filter (where band = 'NOT_EVALUABLE'), 0)::integer as not_evaluable
      from all_measures where kind = 'RULE'
     group by ${BY}, name`,
  `create view monitoring_outcomes as
    select ${BY}, name as outcome, sum(decisions)::integer as decisions
      from all_measures where kind = 'OUTCOME'
     group by ${BY}, name`,
  `create view monitoring_scores as
    select ${BY}, scorecard_code, scorecard_version, band::integer as band, sum(decisions)::integer as decisions
      from all_measures where kind = 'SCORE'
     group by ${BY}, scorecard_code, scorecard_version, band`,
  `create view monitoring_bands as
    select ${BY}, scorecard_code, scorecard_version, name as dimension, band, sum(decisions)::integer as decisions
      from all_measures where kind = 'BAND'
     group by ${BY}, scorecard_code, scorecard_version, name, band`,
  // What people made of referrals: a review that went against the side of the cut-offs the score was on is an override.
  `create view monitoring_reviews as
    select m.day, m.strategy_code, m.strategy_version, coalesce(m.arm, '-') as arm,
           m.leaning, case v.to_stage when 'OFFER' then 'APPROVE' else 'DECLINE' end as people,
           count(*)::integer as reviews
      from decision_measures m
      join lateral (
        select e.to_stage from journey_events e
         where e.application_id = m.application_id and e.from_stage = 'REVIEW' and e.to_stage in ('OFFER','DECLINED')
         order by e.number desc limit 1) v on true
     where m.outcome = 'REFER' and m.leaning is not null
       and m.round = (select max(last.round) from decision_measures last where last.application_id = m.application_id)
     group by m.day, m.strategy_code, m.strategy_version, coalesce(m.arm, '-'), m.leaning, v.to_stage`,
  // Drift of scores: the last seven days against the ninety before, each band with its part of the index.
  `create view monitoring_score_drift as
    with counted as (
      select strategy_code, scorecard_code, scorecard_version, band,
             greatest(sum(decisions) filter (where day < today - 6), 0.5) as earlier,
             greatest(sum(decisions) filter (where day >= today - 6), 0.5) as recent
        from monitoring_scores, (select (now() at time zone 'Asia/Shanghai')::date as today) as clock
       where day >= today - 96
       group by strategy_code, scorecard_code, scorecard_version, band
    ), totals as (
      select strategy_code, scorecard_code, scorecard_version,
             sum(decisions) filter (where day < today - 6) as earlier_total,
             sum(decisions) filter (where day >= today - 6) as recent_total
        from monitoring_scores, (select (now() at time zone 'Asia/Shanghai')::date as today) as clock
       where day >= today - 96
       group by strategy_code, scorecard_code, scorecard_version
    )
    select strategy_code, scorecard_code, scorecard_version, earlier_total::integer as baseline, recent_total::integer as current,
           round(sum((recent / recent_total - earlier / earlier_total)
                     * ln((recent / recent_total) / (earlier / earlier_total))), 6)::float8 as psi
      from counted join totals using (strategy_code, scorecard_code, scorecard_version)
     where earlier_total > 0 and recent_total > 0
     group by strategy_code, scorecard_code, scorecard_version, earlier_total, recent_total`,
];

const APPEND_ONLY = [
  'decision_measures',
  'measure_days',
  'measure_counts',
  'monitoring_thresholds',
  'monitoring_alerts',
];

const STATEMENTS: readonly string[] = [
  ...TABLES,
  ...VIEWS,
  ...APPEND_ONLY.flatMap((table) => [
    `create trigger ${table}_append_only before update or delete on ${table} for each row execute function refuse_change()`,
    `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function refuse_change()`,
  ]),
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
