/** The approval matrix as a review uses it: the one in force when it opens, and the one it was opened under afterwards. */
import { parseMatrix } from '../../domain/approval-matrix-parse.ts';
import type { MatrixCase, StageSpec } from '../../domain/approval-matrix.ts';
import { stagesAtDesk } from '../../domain/approval-stages.ts';
import {
  type ApprovalLevel,
  DECIDING_ROLES,
  type DecidingRole,
  ROLE_AUTHORITY,
} from '../../domain/authority.ts';
import type { Queryable } from '../../db/database.ts';
import type { ReviewBasis } from '../../db/queries/desk.ts';
import { newestRulebooks, readRulebook } from '../../db/queries/rulebooks.ts';

/** Why nobody may approve a case; it takes the place of the matrix's row. */
export type NobodyMay = 'NOBODY_ABLE' | 'MATRIX_MISSING' | 'MATRIX_UNUSABLE';

/** Who must approve, under which matrix; with `nobody` a review can only be declined or sent back. */
export interface Approvers
  extends Pick<ReviewBasis, 'matrixCode' | 'matrixVersion' | 'matrixRow' | 'stages' | 'why'> {
  readonly nobody: boolean;
}

/** Reviews of before there was a matrix are named by this code; their roles' authority is the house's own. */
export const BEFORE_MATRIX = 'BEFORE_MATRIX';

/** Somebody must look at a case that nobody may approve, and the highest role does. */
const HIGHEST: readonly StageSpec[] = [
  { name: 'highest', roles: ['risk-officer'], seats: 1, quorum: 1 },
];

function nobody(
  of: { readonly code: string; readonly version: number },
  row: NobodyMay,
): Approvers {
  return {
    matrixCode: of.code,
    matrixVersion: of.version,
    matrixRow: row,
    stages: HIGHEST,
    why: [],
    nobody: true,
  };
}

/**
 * Who must approve a case under the matrix in force. A matrix that is missing or cannot be read lets nobody approve.
 * @param levels the approvals that the strategy asked for
 */
export async function approversOf(
  db: Queryable,
  it: MatrixCase,
  levels: readonly ApprovalLevel[],
): Promise<Approvers> {
  const key = (await newestRulebooks(db, '')).find(({ kind }) => kind === 'MATRIX');
  if (key === undefined) return nobody({ code: 'NONE', version: 0 }, 'MATRIX_MISSING');
  const read = parseMatrix(await readRulebook(db, key));
  if (!read.ok) return nobody(key, 'MATRIX_UNUSABLE');
  const required = stagesAtDesk(read.matrix, it, levels);
  if (required === null) return nobody(key, 'NOBODY_ABLE');
  return {
    matrixCode: key.code,
    matrixVersion: key.version,
    matrixRow: required.row,
    stages: required.stages,
    why: required.why,
    nobody: false,
  };
}

const NOTHING: Readonly<Record<DecidingRole, number>> = Object.freeze(
  Object.fromEntries(DECIDING_ROLES.map((role) => [role, 0])) as Record<DecidingRole, number>,
);

/** Fen up to which each role may give the final approval of a review; nothing where its matrix cannot be read. */
export async function authorityOf(
  db: Queryable,
  { matrixCode: code, matrixVersion: version }: ReviewBasis,
): Promise<Readonly<Record<DecidingRole, number>>> {
  if (code === BEFORE_MATRIX) return ROLE_AUTHORITY;
  const read = parseMatrix(await readRulebook(db, { kind: 'MATRIX', code, version }));
  return read.ok ? read.matrix.authority : NOTHING;
}
