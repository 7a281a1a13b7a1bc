/** Reads and writes of the score chapter: the score with every contribution, and the sealed inputs it rests on. */
import type { Variables } from '../../domain/variables.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import type { Queryable, Tx } from '../database.ts';
import { scoredVariablesRow, VARIABLES_COLUMN } from '../scored-variables.ts';

export interface ScoreRecord {
  readonly applicationId: string;
  readonly round: number;
  readonly evidenceVersion: number;
  readonly scorecardCode: string;
  readonly scorecardVersion: number;
  readonly total: number;
  readonly grade: string;
  readonly complete: boolean;
  readonly contributions: readonly unknown[];
  readonly variables: Variables;
  /** SM3 of the variables' JSON, hex: what a decision names as its input. */
  readonly variablesSm3: string;
}

/** Records the score of a round; the first stands. */
export async function recordScore(tx: Tx, cipher: FieldCipher, score: ScoreRecord): Promise<void> {
  await tx
    .insertInto('scores')
    .values({
      application_id: score.applicationId,
      round: score.round,
      evidence_version: score.evidenceVersion,
      scorecard_code: score.scorecardCode,
      scorecard_version: score.scorecardVersion,
      total: score.total,
      grade: score.grade,
      complete: score.complete,
      contributions: JSON.stringify(score.contributions),
      sealed_variables: cipher.sealJson(
        VARIABLES_COLUMN,
        scoredVariablesRow(score.applicationId, score.round),
        score.variables,
      ),
      variables_sm3: score.variablesSm3,
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** The variables a round was scored on, as sealed; undefined before scoring. */
export async function readScoredVariables(
  db: Queryable,
  cipher: FieldCipher,
  applicationId: string,
  round: number,
): Promise<
  | {
      readonly variables: Variables;
      readonly variablesSm3: string;
      readonly evidenceVersion: number;
    }
  | undefined
> {
  const row = await db
    .selectFrom('scores')
    .select(['sealed_variables', 'variables_sm3', 'evidence_version'])
    .where('application_id', '=', applicationId)
    .where('round', '=', round)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    // The seal proves that these are the variables `recordScore` was given.
    variables: cipher.openJson(
      VARIABLES_COLUMN,
      scoredVariablesRow(applicationId, round),
      row.sealed_variables,
      (value) => value as Variables,
    ),
    variablesSm3: row.variables_sm3,
    evidenceVersion: row.evidence_version,
  };
}
