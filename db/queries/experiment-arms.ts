/** Persons in the arms of an experiment: assigned once, counted against the cap, and what became of them by arm. */
import { sql } from 'kysely';
import type { ArmCause, Exposure } from '../../domain/experiment.ts';
import type { ArmCounts } from '../../domain/experiment-report.ts';
import type { Fen } from '../../domain/money.ts';
import type { Queryable, Tx } from '../database.ts';

export interface Assignment {
  /** The arm of the person's bucket. */
  readonly arm: string;
  readonly bucket: number;
  /** The arm that decides. */
  readonly actingArm: string;
  readonly cause: ArmCause;
}

/** The arm a person was assigned to, or undefined. */
export async function readAssignment(
  db: Queryable,
  experimentId: string,
  applicantId: string,
): Promise<Assignment | undefined> {
  return await db
    .selectFrom('experiment_assignments')
    .select(['arm', 'bucket', 'acting_arm as actingArm', 'cause'])
    .where('experiment_id', '=', experimentId)
    .where('applicant_id', '=', applicantId)
    .executeTakeFirst();
}

/** Assigns a person once; the first assignment stands and is given back, whoever of two made it. */
export async function recordAssignment(
  tx: Tx,
  of: { readonly experimentId: string; readonly applicantId: string },
  assignment: Assignment,
): Promise<Assignment> {
  await tx
    .insertInto('experiment_assignments')
    .values({
      experiment_id: of.experimentId,
      applicant_id: of.applicantId,
      arm: assignment.arm,
      bucket: assignment.bucket,
      acting_arm: assignment.actingArm,
      cause: assignment.cause,
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
  return (await readAssignment(tx, of.experimentId, of.applicantId)) ?? assignment;
}

/**
 * What challengers have met: the persons they act for, and the money approved on them, or asked for and not decided yet.
 * Applications that ended without a loan count nothing. Call it with the experiment locked.
 */
export async function readExposure(
  tx: Tx,
  experimentId: string,
  challengers: readonly string[],
): Promise<Exposure> {
  const { rows } = await sql<{ persons: number; fen: number }>`
    select (select count(*) from experiment_assignments
             where experiment_id = ${experimentId} and acting_arm = any(${[...challengers]}::text[])) as persons,
           (select coalesce(sum(least(p.amount_fen, d.amount_fen)), 0)::bigint
              from applications p
              left join lateral (
                select one.amount_fen from decisions one
                 where one.application_id = p.id and one.outcome = 'APPROVE' order by one.round desc limit 1) d on true
             where p.pinned -> 'arm' is not null
               and p.pinned -> 'arm' ->> 'experiment' = ${experimentId}
               and p.pinned -> 'arm' ->> 'name' = any(${[...challengers]}::text[])
               and p.stage not in ('LAPSED','DECLINED','WITHDRAWN','EXPIRED','CANCELLED')) as fen`.execute(
    tx,
  );
  return rows[0] ?? { persons: 0, fen: 0 };
}

interface CountRow {
  readonly arm: string;
  readonly persons: number;
  readonly diverted: number;
  readonly approved: number;
  readonly declined: number;
  readonly referred: number;
  readonly limitMean: number | null;
  readonly limitDeviation: number | null;
  readonly priceMean: number | null;
  readonly priceDeviation: number | null;
  readonly matured: number;
  readonly earlyOverdue: number;
}

/** What became of the persons of each arm that acted for its own people; arms that nobody came to are left out. */
export async function countArms(
  db: Queryable,
  experimentId: string,
): Promise<readonly ArmCounts[]> {
  const { rows } = await sql<CountRow>`
    select arm, count(*) as persons, count(*) filter (where cause <> 'BUCKET') as diverted,
           count(*) filter (where cause = 'BUCKET' and outcome = 'APPROVE') as approved,
           count(*) filter (where cause = 'BUCKET' and outcome = 'DECLINE') as declined,
           count(*) filter (where cause = 'BUCKET' and outcome = 'REFER') as referred,
           avg(amount_fen) filter (where cause = 'BUCKET' and outcome = 'APPROVE')::float8 as "limitMean",
           stddev_samp(amount_fen) filter (where cause = 'BUCKET' and outcome = 'APPROVE')::float8 as "limitDeviation",
           avg(annual_rate) filter (where cause = 'BUCKET' and outcome = 'APPROVE')::float8 as "priceMean",
           stddev_samp(annual_rate) filter (where cause = 'BUCKET' and outcome = 'APPROVE')::float8 as "priceDeviation",
           count(*) filter (where cause = 'BUCKET' and matured) as matured,
           count(*) filter (where cause = 'BUCKET' and early_overdue) as "earlyOverdue"
      from experiment_outcomes where experiment_id = ${experimentId}
     group by arm order by arm`.execute(db);
  return rows.map((row) => ({
    arm: row.arm,
    persons: row.persons,
    diverted: row.diverted,
    approved: row.approved,
    declined: row.declined,
    referred: row.referred,
    limit: { mean: row.limitMean ?? 0, deviation: row.limitDeviation ?? 0, of: row.approved },
    price: { mean: row.priceMean ?? 0, deviation: row.priceDeviation ?? 0, of: row.approved },
    matured: row.matured,
    earlyOverdue: row.earlyOverdue,
  }));
}

type Outcome = 'APPROVE' | 'DECLINE' | 'REFER';

/** What a shadow would have decided, or why it could not. */
export interface ShadowRecord {
  readonly applicationId: string;
  readonly round: number;
  readonly experimentId: string;
  readonly arm: string;
  readonly strategy: { readonly code: string; readonly version: number };
  readonly result:
    | {
        readonly outcome: Outcome;
        readonly reasons: readonly string[];
        readonly grade: string;
        readonly total: number;
        readonly amountFen: Fen | null;
        readonly annualRate: string | null;
        /** SM3 of what was recorded of it, hex. */
        readonly recordSm3: string;
      }
    | { readonly failureCode: string };
}

/** Records a shadow's decision of a round; the first stands. */
export async function recordShadow(tx: Tx, shadow: ShadowRecord): Promise<void> {
  const { result } = shadow;
  const said = 'failureCode' in result ? null : result;
  await tx
    .insertInto('shadow_decisions')
    .values({
      application_id: shadow.applicationId,
      round: shadow.round,
      experiment_id: shadow.experimentId,
      arm: shadow.arm,
      strategy_code: shadow.strategy.code,
      strategy_version: shadow.strategy.version,
      outcome: said?.outcome ?? null,
      reasons: [...(said?.reasons ?? [])],
      grade: said?.grade ?? null,
      total: said?.total ?? null,
      amount_fen: said?.amountFen ?? null,
      annual_rate: said?.annualRate ?? null,
      record_sm3: said?.recordSm3 ?? null,
      failure_code: 'failureCode' in result ? result.failureCode : null,
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** How often a shadow said what beside what was decided. */
export interface ShadowCounts {
  readonly arm: string;
  readonly outcome: Outcome;
  /** Null where the shadow failed. */
  readonly shadowOutcome: Outcome | null;
  readonly decisions: number;
}

export async function countShadows(
  db: Queryable,
  experimentId: string,
): Promise<readonly ShadowCounts[]> {
  return await db
    .selectFrom('shadow_outcomes')
    .select(['arm', 'outcome', 'shadow_outcome as shadowOutcome'])
    .select((eb) => eb.fn.countAll<number>().as('decisions'))
    .where('experiment_id', '=', experimentId)
    .groupBy(['arm', 'outcome', 'shadow_outcome'])
    .orderBy('arm')
    .orderBy('outcome')
    .orderBy('shadow_outcome')
    .execute();
}
