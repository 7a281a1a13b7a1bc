/** Backtests: started, carried out part by part behind a cursor, finished once; and the recorded decisions they run over. */
import { sql } from 'kysely';
import type { BacktestTerms, Outcome, Tally } from '../../domain/backtest.ts';
import type { BacktestReport } from '../../domain/backtest-report.ts';
import type { Fen } from '../../domain/money.ts';
import type { RuleKind } from '../../domain/rule-life.ts';
import type { Queryable, Tx } from '../database.ts';
import type { PinnedVersions } from '../schema/apply.ts';

export interface NewBacktest extends BacktestTerms {
  readonly id: string;
  /** The draft that is tried; null for a published version. */
  readonly draftId: string | null;
  readonly strategy: unknown;
  readonly strategySm3: string;
  readonly scorecard: unknown;
  readonly scorecardSm3: string;
  readonly decidedFrom: Date;
  readonly decidedUntil: Date;
  readonly startedBy: string;
}

/** Keeps what is to be tried; the same id twice is one backtest. */
export async function startBacktest(tx: Queryable, backtest: NewBacktest): Promise<void> {
  await tx
    .insertInto('backtests')
    .values({
      id: backtest.id,
      draft_id: backtest.draftId,
      strategy: JSON.stringify(backtest.strategy),
      strategy_sm3: backtest.strategySm3,
      scorecard: JSON.stringify(backtest.scorecard),
      scorecard_sm3: backtest.scorecardSm3,
      decided_from: backtest.decidedFrom,
      decided_until: backtest.decidedUntil,
      sample_limit: backtest.sampleLimit,
      lgd_percent: backtest.lgdPercent,
      started_by: backtest.startedBy,
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .execute();
}

/** A backtest as people read it, with how many applications were decided again so far. */
export async function readBacktest(db: Queryable, id: string) {
  return await db
    .selectFrom('backtests')
    .select(['id', 'draft_id', 'strategy_sm3', 'scorecard_sm3', 'decided_from', 'decided_until'])
    .select(['sample_limit', 'lgd_percent', 'state', 'total', 'report', 'failure_code'])
    .select(['started_by', 'started_at', 'finished_at'])
    .select([
      sql<string>`strategy ->> 'id'`.as('strategy_code'),
      sql<number>`(strategy ->> 'version')::int`.as('strategy_version'),
      sql<string>`(scorecard ->> 'id') || '@' || (scorecard ->> 'version')`.as('scorecard_name'),
    ])
    .select(
      sql<number>`(select coalesce(sum(p.decided), 0)::int from backtest_parts p
                    where p.backtest_id = backtests.id)`.as('decided'),
    )
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Newest first, without their reports. */
export async function listBacktests(db: Queryable, most: number) {
  return await db
    .selectFrom('backtests')
    .select(['id', 'draft_id', 'strategy_sm3', 'scorecard_sm3', 'decided_from', 'decided_until'])
    .select(['state', 'total', 'failure_code', 'started_by', 'started_at', 'finished_at'])
    .select([
      sql<string>`strategy ->> 'id'`.as('strategy_code'),
      sql<number>`(strategy ->> 'version')::int`.as('strategy_version'),
    ])
    .orderBy('started_at', 'desc')
    .orderBy('id')
    .limit(most)
    .execute();
}

/**
 * The newest finished backtest in which the document of this digest, a strategy or a scorecard, was tried; one over no
 * decision at all has shown nothing and does not count.
 */
export async function finishedBacktest(
  db: Queryable,
  documentSm3: string,
): Promise<{ readonly id: string; readonly finishedAt: Date } | undefined> {
  const row = await db
    .selectFrom('backtests')
    .select(['id', 'finished_at'])
    .where('state', '=', 'DONE')
    .where('total', '>', 0)
    .where((eb) =>
      eb.or([eb('strategy_sm3', '=', documentSm3), eb('scorecard_sm3', '=', documentSm3)]),
    )
    .orderBy('finished_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.finished_at == null ? undefined : { id: row.id, finishedAt: row.finished_at };
}

/** The open or approved draft that is to become a version, or undefined. */
export async function readDraftOfVersion(
  db: Queryable,
  key: { readonly kind: RuleKind; readonly code: string; readonly version: number },
) {
  return await db
    .selectFrom('rule_drafts')
    .select(['id', 'document', 'document_sm3'])
    .where('kind', '=', key.kind)
    .where('code', '=', key.code)
    .where('version', '=', key.version)
    .where('state', 'not in', ['REJECTED', 'WITHDRAWN'])
    .executeTakeFirst();
}

/** What a backtest tries, or undefined. */
export async function readBacktestTask(db: Queryable, id: string) {
  return await db
    .selectFrom('backtests')
    .select(['strategy', 'scorecard', 'decided_from', 'decided_until', 'state', 'total'])
    .select(['sample_limit', 'lgd_percent'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Decisions made from the first instant to before the second. */
export interface DecisionRange {
  readonly from: Date;
  readonly until: Date;
}

/** The last decision of each application, where it lies in the range. */
const lastDecisions = ({ from, until }: DecisionRange) => sql`
    d.at >= ${from} and d.at < ${until}
    and not exists (select 1 from decisions later
                     where later.application_id = d.application_id and later.round > d.round)`;

/** How many applications there are to decide again. */
export async function countRecorded(db: Queryable, range: DecisionRange): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from decisions d where ${lastDecisions(range)}`.execute(db);
  return rows[0]?.count ?? 0;
}

export interface NewPart {
  readonly part: number;
  /** Applications behind this id … */
  readonly after: string;
  /** … up to this one. */
  readonly until: string;
}

/** Lays out the parts once; a second time changes nothing. */
export async function layOutParts(
  tx: Tx,
  id: string,
  total: number,
  parts: readonly NewPart[],
  empty: Tally,
): Promise<void> {
  await tx.updateTable('backtests').set({ total }).where('id', '=', id).execute();
  await tx
    .insertInto('backtest_parts')
    .values(parts.map((part) => ({ ...part, backtest_id: id, tally: JSON.stringify(empty) })))
    .onConflict((oc) => oc.columns(['backtest_id', 'part']).doNothing())
    .execute();
}

/** Every part with its tally, by number. */
export async function readParts(db: Queryable, id: string) {
  return await db
    .selectFrom('backtest_parts')
    .select(['part', 'after', 'until', 'decided', 'tally', 'state'])
    .where('backtest_id', '=', id)
    .orderBy('part')
    .execute();
}

/** A decision with the inputs it was made on; `sealed` is null where they are not on record. */
export interface RecordedDecision {
  readonly applicationId: string;
  readonly round: number;
  readonly outcome: Outcome;
  readonly gaps: readonly string[];
  readonly approvedFen: Fen | null;
  readonly annualRate: string | null;
  readonly versions: PinnedVersions;
  readonly requestedFen: Fen | null;
  readonly termMonths: number | null;
  readonly submittedAt: Date | null;
  readonly sealed: Buffer | null;
}

/** The next decisions of a part, in the order of their applications' ids. */
export async function recordedDecisions(
  db: Queryable,
  range: DecisionRange & { readonly after: string; readonly upTo: string; readonly most: number },
): Promise<readonly RecordedDecision[]> {
  const { rows } = await sql<RecordedDecision>`
    select d.application_id as "applicationId", d.round, d.outcome, d.gaps,
           d.amount_fen as "approvedFen", d.annual_rate as "annualRate", d.versions,
           a.amount_fen as "requestedFen", a.term_months as "termMonths",
           a.submitted_at as "submittedAt", s.sealed_variables as sealed
      from decisions d
      join applications a on a.id = d.application_id
      left join scores s on s.application_id = d.application_id and s.round = d.round
     where d.application_id > ${range.after} and d.application_id <= ${range.upTo}
       and ${lastDecisions(range)}
     order by d.application_id
     limit ${range.most}`.execute(db);
  return rows;
}

export interface PartProgress {
  readonly id: string;
  readonly part: number;
  /** Where the part stood when the batch was read. */
  readonly before: string;
  readonly after: string;
  /** Applications of this batch. */
  readonly decided: number;
  readonly tally: Tally;
  readonly done: boolean;
}

/**
 * Moves a part behind a batch, with what was counted. False when the part stands elsewhere meanwhile: another worker has
 * counted the batch, and what this one counted is thrown away.
 */
export async function movePart(db: Queryable, progress: PartProgress): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('backtest_parts')
    .set({
      after: progress.after,
      decided: sql<number>`decided + ${progress.decided}`,
      tally: JSON.stringify(progress.tally),
      state: progress.done ? 'DONE' : 'RUNNING',
    })
    .where('backtest_id', '=', progress.id)
    .where('part', '=', progress.part)
    .where('after', '=', progress.before)
    .where('state', '=', 'RUNNING')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Ends a backtest with its report; one that is over stays as it is. */
export async function concludeBacktest(
  db: Queryable,
  id: string,
  report: BacktestReport,
): Promise<void> {
  await db
    .updateTable('backtests')
    .set({ state: 'DONE', report: JSON.stringify(report), finished_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('state', '=', 'RUNNING')
    .execute();
}

/** Ends a backtest that cannot go on; one that is over stays as it is. */
export async function failBacktest(db: Queryable, id: string, code: string): Promise<void> {
  await db
    .updateTable('backtests')
    .set({ state: 'FAILED', failure_code: code, finished_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('state', '=', 'RUNNING')
    .execute();
}
