/** Reads and writes of the decide chapter: the decision of each round. */
import type { Fen } from '../../domain/money.ts';
import type { ApprovalLevel } from '../../domain/authority.ts';
import { randomUUID } from 'node:crypto';
import type { Queryable, Tx } from '../database.ts';
import type { PinnedVersions } from '../schema/apply.ts';

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
  readonly trace: unknown;
  readonly versions: PinnedVersions;
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
    })
    .onConflict((oc) => oc.columns(['application_id', 'round']).doNothing())
    .execute();
}

export interface StoredDecision {
  readonly id: string;
  readonly round: number;
  readonly outcome: 'APPROVE' | 'DECLINE' | 'REFER';
  readonly reasons: readonly string[];
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
