/** Reads and writes of the decide chapter: the decision of each round. */
import type { Fen } from '../../domain/money.ts';
import type { ApprovalLevel } from '../../domain/authority.ts';
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import type { Queryable, Tx } from '../database.ts';
import { RECORD_COLUMN, recordRow } from '../decision-seal.ts';
import type { PinnedVersions } from '../schema/apply.ts';

/** The whole record of a decision as it is kept: sealed, with the digest of its text and of its input. */
export interface SealedDecisionRecord {
  readonly sealed: Buffer;
  /** SM3 of the record's text, hex. */
  readonly recordSm3: string;
  /** SM3 of the input's text, hex. */
  readonly inputSm3: string;
}

export interface DecisionRecord {
  readonly applicationId: string;
  readonly round: number;
  readonly evidenceVersion: number;
  readonly outcome: 'APPROVE' | 'DECLINE' | 'REFER';
  readonly reasons: readonly string[];
  readonly gaps: readonly string[];
  readonly grade: string | null;
  readonly amountFen: Fen | null;
  readonly annualRate: string | null;
  /** Levels of approval a referral needs, in order. */
  readonly approvals: readonly ApprovalLevel[];
  /** Which rules hit and missed, without the values they saw: those are in the sealed record. */
  readonly trace: unknown;
  readonly versions: PinnedVersions;
  /** Null where no strategy ran. */
  readonly record: SealedDecisionRecord | null;
}

/** Records the decision of a round; the first stands. */
export async function recordDecision(tx: Tx, decision: DecisionRecord): Promise<void> {
  await tx
    .insertInto('decisions')
    .values({
      id: randomUUID(),
      application_id: decision.applicationId,
      round: decision.round,
      evidence_version: decision.evidenceVersion,
      outcome: decision.outcome,
      reasons: [...decision.reasons],
      gaps: [...decision.gaps],
      grade: decision.grade,
      amount_fen: decision.amountFen,
      annual_rate: decision.annualRate,
      approvals: JSON.stringify(decision.approvals),
      trace: JSON.stringify(decision.trace),
      versions: JSON.stringify(decision.versions),
      sealed_record: decision.record?.sealed ?? null,
      record_sm3: decision.record?.recordSm3 ?? null,
      input_sm3: decision.record?.inputSm3 ?? null,
    })
    .onConflict((oc) => oc.columns(['application_id', 'round']).doNothing())
    .execute();
}

export interface StoredDecision {
  readonly id: string;
  readonly round: number;
  readonly outcome: 'APPROVE' | 'DECLINE' | 'REFER';
  readonly reasons: readonly string[];
  readonly gaps: readonly string[];
  readonly grade: string | null;
  readonly amountFen: Fen | null;
  readonly annualRate: string | null;
  readonly approvals: readonly ApprovalLevel[];
  readonly evidenceVersion: number;
}

/** The decision of a round, or undefined. */
export async function readDecision(
  db: Queryable,
  applicationId: string,
  round: number,
): Promise<StoredDecision | undefined> {
  const row = await db
    .selectFrom('decisions')
    .select([
      'id',
      'round',
      'outcome',
      'reasons',
      'gaps',
      'grade',
      'amount_fen as amountFen',
      'annual_rate as annualRate',
      'approvals',
      'evidence_version as evidenceVersion',
    ])
    .where('application_id', '=', applicationId)
    .where('round', '=', round)
    .executeTakeFirst();
  // `recordDecision` wrote the levels, and rows of this table are not changed by anybody else.
  return row === undefined
    ? undefined
    : { ...row, approvals: row.approvals as readonly ApprovalLevel[] };
}

/** How many rules of a round's decision referred it, and how many pieces of evidence were missing. */
export async function readReferralCounts(
  db: Queryable,
  applicationId: string,
  round: number,
): Promise<{ readonly referralsHit: number; readonly gaps: number }> {
  const { rows } = await sql<{ referralsHit: number; gaps: number }>`
    select (select count(*)::int
              from jsonb_array_elements(case jsonb_typeof(trace -> 'rules') when 'array' then trace -> 'rules' else '[]' end) rule
             where rule ->> 'kind' = 'REFERRAL' and rule ->> 'outcome' = 'HIT') as "referralsHit",
           cardinality(gaps) as gaps
      from decisions where application_id = ${applicationId} and round = ${round}`.execute(db);
  return rows[0] ?? { referralsHit: 0, gaps: 0 };
}

/** The knockouts that hit when a round was decided, by the ids of their rules. */
export async function readKnockouts(
  db: Queryable,
  applicationId: string,
  round: number,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ ruleId: string }>`
    select rule ->> 'ruleId' as "ruleId"
      from decisions,
           jsonb_array_elements(case jsonb_typeof(trace -> 'rules') when 'array' then trace -> 'rules' else '[]' end) rule
     where application_id = ${applicationId} and round = ${round}
       and rule ->> 'kind' = 'KNOCKOUT' and rule ->> 'outcome' = 'HIT'`.execute(db);
  return new Set(rows.map(({ ruleId }) => ruleId));
}

/** The text of a round's record with its digest; undefined where no strategy ran or nothing was decided. */
export async function readDecisionRecord(
  db: Queryable,
  cipher: FieldCipher,
  applicationId: string,
  round: number,
): Promise<{ readonly text: string; readonly recordSm3: string } | undefined> {
  const row = await db
    .selectFrom('decisions')
    .select(['sealed_record', 'record_sm3'])
    .where('application_id', '=', applicationId)
    .where('round', '=', round)
    .executeTakeFirst();
  if (row === undefined || row.sealed_record === null || row.record_sm3 === null) return undefined;
  const text = cipher.openJson(
    RECORD_COLUMN,
    recordRow(applicationId, round),
    row.sealed_record,
    String,
  );
  return { text, recordSm3: row.record_sm3 };
}
