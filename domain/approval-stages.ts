/** Who must approve a case at the desk: the matrix and the strategy together. A review opens with it, and a simulation answers it. */
import {
  type ApprovalMatrix,
  type MatrixCase,
  type Misfit,
  needsSecondPerson,
  requiredStages,
  type StageSpec,
} from './approval-matrix.ts';
import type { ApprovalLevel } from './authority.ts';

/** Stands among the rows of the matrix where the strategy has asked for the last stage. */
export const STRATEGY_ROW = 'STRATEGY';

export interface DeskStages {
  /** The row of the matrix that fits. */
  readonly row: string;
  readonly stages: readonly StageSpec[];
  readonly why: readonly { readonly row: string; readonly misfit: Misfit }[];
}

/**
 * A strategy may ask for a second person where the matrix does not; the stricter of the two holds, so that neither can
 * be used to get round the other. Null when nobody is able.
 */
function withStrategy(
  stages: readonly StageSpec[],
  matrix: ApprovalMatrix,
  amountFen: number,
  levels: readonly ApprovalLevel[],
): readonly StageSpec[] | null {
  if (levels.length < 2 || needsSecondPerson(stages)) return stages;
  const last = levels.at(-1);
  const roles = (last?.roles ?? []).filter((role) => matrix.authority[role] >= amountFen);
  if (roles.length === 0) return null;
  return [...stages, { name: 'second', roles, seats: 1, quorum: 1 }];
}

/**
 * The stages that a review of the case opens with, or null when nobody's authority covers it: then it can be declined or
 * sent back only.
 * @param levels the approvals that the strategy asks for
 */
export function stagesAtDesk(
  matrix: ApprovalMatrix,
  it: MatrixCase,
  levels: readonly ApprovalLevel[],
): DeskStages | null {
  const required = requiredStages(matrix, it);
  if (required === null) return null;
  const { row, why } = required;
  const stages = withStrategy(required.stages, matrix, it.amountFen, levels);
  if (stages === null) return null;
  const added = stages.length > required.stages.length;
  return { row, stages, why: added ? [...why, { row: STRATEGY_ROW, misfit: null }] : why };
}
