/** Monitoring: what a decision measured, counts of two windows from the views, thresholds and the alerts raised. */
import { sql } from 'kysely';
import type {
  MonitoringAlert,
  MonitoringThresholds,
  WindowCounts,
  Windows,
} from '../../domain/monitoring.ts';
import type { Queryable, Tx } from '../database.ts';
import type { DecisionMeasureRow } from '../schema/experiments.ts';
import type { PinnedVersions } from '../schema/apply.ts';

export interface DecisionMeasure {
  readonly applicationId: string;
  readonly round: number;
  /** Business date of the decision. */
  readonly day: string;
  readonly versions: PinnedVersions;
  readonly outcome: DecisionMeasureRow['outcome'];
  readonly leaning: DecisionMeasureRow['leaning'];
  readonly grade: string;
  readonly total: number;
  readonly rules: Readonly<Record<string, string>>;
  readonly bands: Readonly<Record<string, string>>;
}

/** Keeps what a decision measured; the first of a round stands. */
export async function recordMeasure(tx: Tx, measure: DecisionMeasure): Promise<void> {
  const { product, strategy, scorecard, arm } = measure.versions;
  await tx
    .insertInto('decision_measures')
    .values({
      application_id: measure.applicationId,
      round: measure.round,
      day: measure.day,
      product_code: product.code,
      strategy_code: strategy.code,
      strategy_version: strategy.version,
      scorecard_code: scorecard.code,
      scorecard_version: scorecard.version,
      experiment_id: arm?.experiment ?? null,
      arm: arm?.name ?? null,
      outcome: measure.outcome,
      leaning: measure.leaning,
      grade: measure.grade,
      total: measure.total,
      rules: JSON.stringify(measure.rules),
      bands: JSON.stringify(measure.bands),
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** Days before this one whose decisions are not counted yet, oldest first. */
export async function openDays(
  db: Queryable,
  before: string,
  most: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('decision_measures as m')
    .select('m.day')
    .distinct()
    .where('m.day', '<', before)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb.selectFrom('measure_days as d').select('d.day').whereRef('d.day', '=', 'm.day'),
        ),
      ),
    )
    .orderBy('m.day')
    .limit(most)
    .execute();
  return rows.map(({ day }) => day);
}

/** Counts the decisions of a day for good: one statement, which sees the day as it was before. */
export async function countDay(tx: Tx, day: string): Promise<void> {
  await sql`
    with counted as (insert into measure_days (day) values (${day}) on conflict do nothing)
    insert into measure_counts (day, strategy_code, strategy_version, arm, scorecard_code, scorecard_version, kind, name, band, decisions)
    select day, strategy_code, strategy_version, arm, scorecard_code, scorecard_version, kind, name, band, decisions
      from open_measures where day = ${day}
    on conflict do nothing`.execute(tx);
}

const OF = sql`strategy_code as "strategyCode", arm`;
const CARD = sql`scorecard_code || '@' || scorecard_version as scorecard`;

const during = ({ from, to }: Windows) => sql`day >= ${from}::date and day < ${to}::date`;
/** Sums of one column on both sides of the split. */
const sides = (column: string, { split }: Windows) =>
  sql`coalesce(sum(${sql.ref(column)}) filter (where day < ${split}::date), 0)::bigint as before,
      coalesce(sum(${sql.ref(column)}) filter (where day >= ${split}::date), 0)::bigint as now`;

/** Counts of both windows from the views of monitoring. */
export async function readWindows(db: Queryable, windows: Windows): Promise<WindowCounts> {
  const decisions = sides('decisions', windows);
  const outcomes = await sql<WindowCounts['outcomes'][number]>`
    select ${OF}, outcome, ${decisions} from monitoring_outcomes
     where ${during(windows)} group by strategy_code, arm, outcome order by strategy_code, arm, outcome`.execute(
    db,
  );
  const rules = await sql<WindowCounts['rules'][number]>`
    select ${OF}, rule, ${sides('hits', windows)} from monitoring_rules
     where ${during(windows)} group by strategy_code, arm, rule order by strategy_code, arm, rule`.execute(
    db,
  );
  const scores = await sql<WindowCounts['scores'][number]>`
    select ${OF}, ${CARD}, band, ${decisions} from monitoring_scores
     where ${during(windows)} group by strategy_code, arm, 3, band order by strategy_code, arm, 3, band`.execute(
    db,
  );
  const bands = await sql<WindowCounts['bands'][number]>`
    select ${OF}, ${CARD}, dimension, band, ${decisions} from monitoring_bands
     where ${during(windows)} group by strategy_code, arm, 3, dimension, band
     order by strategy_code, arm, 3, dimension, band`.execute(db);
  const reviews = await sql<WindowCounts['reviews'][number]>`
    select ${OF}, leaning, people, ${sides('reviews', windows)} from monitoring_reviews
     where ${during(windows)} group by strategy_code, arm, leaning, people
     order by strategy_code, arm, leaning, people`.execute(db);
  return {
    outcomes: outcomes.rows,
    rules: rules.rows,
    scores: scores.rows,
    bands: bands.rows,
    reviews: reviews.rows,
  };
}

/** The thresholds that risk has set last, with their version, or undefined before the first. */
export async function readThresholds(
  db: Queryable,
): Promise<{ readonly version: number; readonly thresholds: MonitoringThresholds } | undefined> {
  const row = await db
    .selectFrom('monitoring_thresholds')
    .select(['version', 'document'])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  // `setThresholds` is given a parsed document, and the table is append-only.
  return row === undefined
    ? undefined
    : { version: row.version, thresholds: row.document as MonitoringThresholds };
}

/** Sets thresholds as the version behind `after`; false when somebody else has set that one meanwhile. */
export async function setThresholds(
  tx: Tx,
  next: {
    readonly after: number;
    readonly thresholds: MonitoringThresholds;
    readonly setBy: string;
    readonly reason: string;
  },
): Promise<boolean> {
  const set = await tx
    .insertInto('monitoring_thresholds')
    .values({
      version: next.after + 1,
      document: JSON.stringify(next.thresholds),
      set_by: next.setBy,
      reason: next.reason,
    })
    .onConflict((oc) => oc.doNothing())
    .returning('version')
    .executeTakeFirst();
  return set !== undefined;
}

/** Keeps an alert; false when its cause was reported on this day already. */
export async function recordAlert(tx: Tx, day: string, alert: MonitoringAlert): Promise<boolean> {
  const kept = await tx
    .insertInto('monitoring_alerts')
    .values({
      id: sql<string>`gen_random_uuid()`,
      day,
      cause: alert.cause,
      strategy_code: alert.strategyCode,
      measured: alert.measured,
      threshold: alert.threshold,
    })
    .onConflict((oc) => oc.doNothing())
    .returning('id')
    .executeTakeFirst();
  return kept !== undefined;
}

/** The newest alerts. */
export async function listAlerts(db: Queryable, most: number) {
  return await db
    .selectFrom('monitoring_alerts')
    .select(['day', 'cause', 'strategy_code as strategyCode', 'measured', 'threshold', 'at'])
    .orderBy('at', 'desc')
    .orderBy('cause')
    .limit(most)
    .execute();
}

/** Stability of each strategy's scores, the last seven days against the ninety before, as the view has it. */
export async function readScoreDrift(db: Queryable) {
  return await db
    .selectFrom('monitoring_score_drift')
    .selectAll()
    .orderBy('strategy_code')
    .orderBy('scorecard_code')
    .orderBy('scorecard_version')
    .execute();
}
