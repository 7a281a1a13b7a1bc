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
    leaning text not null check (leaning in ('APPROVE','DECLINE')),
    grade text not null,
    total integer not null,
    rules jsonb not null,
    bands jsonb not null,
    primary key (application_id, round),
    check ((experiment_id is null) = (arm is null))
  )`,
  `create index decision_measures_by_day on decision_measures (day, strategy_code)`,
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
];

/** The arm's name, or a dash where no experiment chose the version. */
const BY = `day, strategy_code, strategy_version, coalesce(arm, '-') as arm`;
const GROUP = `day, strategy_code, strategy_version, coalesce(arm, '-')`;

const VIEWS: readonly string[] = [
  `create view monitoring_rules as
    select ${BY}, rule.key as rule,
           count(*)::integer as decisions,
           (count(*) filter (where rule.value = 'HIT'))::integer as hits,
           (count(*) filter (where rule.value = 'UNKNOWN'))::integer as unknown
      from decision_measures, jsonb_each_text(rules) as rule
     group by ${GROUP}, rule.key`,
  `create view monitoring_outcomes as
    select ${BY}, outcome, count(*)::integer as decisions
      from decision_measures
     group by ${GROUP}, outcome`,
  // Bands of twenty points, named by their lower end.
  `create view monitoring_scores as
    select ${BY}, scorecard_code, scorecard_version,
           (floor(total / 20.0) * 20)::integer as band, count(*)::integer as decisions
      from decision_measures
     group by ${GROUP}, scorecard_code, scorecard_version, floor(total / 20.0)`,
  `create view monitoring_bands as
    select ${BY}, scorecard_code, scorecard_version, part.key as dimension, part.value as band,
           count(*)::integer as decisions
      from decision_measures, jsonb_each_text(bands) as part
     group by ${GROUP}, scorecard_code, scorecard_version, part.key, part.value`,
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
     where m.outcome = 'REFER'
       and m.round = (select max(last.round) from decision_measures last where last.application_id = m.application_id)
     group by m.day, m.strategy_code, m.strategy_version, coalesce(m.arm, '-'), m.leaning, v.to_stage`,
  // Drift of scores: the last seven days against the ninety before, each band with its part of the index.
  `create view monitoring_score_drift as
    with counted as (
      select strategy_code, scorecard_code, scorecard_version, band,
             greatest(sum(decisions) filter (where day < today - 6), 0.5) as then,
             greatest(sum(decisions) filter (where day >= today - 6), 0.5) as now
        from monitoring_scores, (select (now() at time zone 'Asia/Shanghai')::date as today) as clock
       where day >= today - 96
       group by strategy_code, scorecard_code, scorecard_version, band
    ), totals as (
      select strategy_code, scorecard_code, scorecard_version,
             sum(decisions) filter (where day < today - 6) as then_total,
             sum(decisions) filter (where day >= today - 6) as now_total
        from monitoring_scores, (select (now() at time zone 'Asia/Shanghai')::date as today) as clock
       where day >= today - 96
       group by strategy_code, scorecard_code, scorecard_version
    )
    select strategy_code, scorecard_code, scorecard_version, then_total::integer as baseline, now_total::integer as current,
           round(sum((now / now_total - then / then_total) * ln((now / now_total) / (then / then_total))), 6)::float8 as psi
      from counted join totals using (strategy_code, scorecard_code, scorecard_version)
     where then_total > 0 and now_total > 0
     group by strategy_code, scorecard_code, scorecard_version, then_total, now_total`,
];

const APPEND_ONLY = ['decision_measures', 'monitoring_thresholds', 'monitoring_alerts'];

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
