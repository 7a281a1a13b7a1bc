/**
 * The approval matrix: who must approve a referred application, by product, amount, grade, exposure and exceptions.
 * Rows are read in order and the first that fits decides; the last row has no condition, so that no application is ever
 * without approvers. A loan keeps the version it started review under.
 */
import { DECIDING_ROLES, type DecidingRole } from './authority.ts';
import type { Grade } from './loan-terms.ts';

/** More than `above` and no more than `upTo`; a bound left out is open. Fen for amounts, a count for exceptions. */
export interface Span {
  readonly above?: number | undefined;
  readonly upTo?: number | undefined;
}

/** What a row asks of a case; a condition left out holds for every case. */
export interface MatrixConditions {
  readonly products?: readonly string[] | undefined;
  readonly amountFen?: Span | undefined;
  readonly grades?: readonly Grade[] | undefined;
  /** Principal outstanding of the person with us, the requested amount included. */
  readonly exposureFen?: Span | undefined;
  /** Referral rules that hit plus evidence that is missing. */
  readonly exceptions?: Span | undefined;
}

/** One stage of approval. `seats` people are asked, and `quorum` of them must approve; a second seat is a second person. */
export interface StageSpec {
  readonly name: string;
  readonly roles: readonly DecidingRole[];
  readonly seats: number;
  readonly quorum: number;
}

export interface MatrixRow {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly when: MatrixConditions;
  /** In order; the last one is final, and its approvers' authority must cover the amount. */
  readonly stages: readonly StageSpec[];
}

export interface ApprovalMatrix {
  readonly format: 1;
  readonly id: string;
  readonly version: number;
  /** Fen up to which each role may give a final approval. */
  readonly authority: Readonly<Record<DecidingRole, number>>;
  readonly rows: readonly MatrixRow[];
}

/** What the matrix looks at. */
export interface MatrixCase {
  readonly productCode: string;
  readonly amountFen: number;
  readonly grade: Grade;
  readonly exposureFen: number;
  readonly exceptions: number;
}

/** The condition a row failed on; null for the row that fits. */
export type Misfit = keyof MatrixConditions | null;

export interface Required {
  readonly matrix: string;
  readonly row: string;
  readonly stages: readonly StageSpec[];
  /** Every row up to the one that fits, with the condition that kept the others out. */
  readonly why: readonly { readonly row: string; readonly misfit: Misfit }[];
}

function within(value: number, span: Span | undefined): boolean {
  if (span === undefined) return true;
  return value > (span.above ?? -1) && value <= (span.upTo ?? Number.MAX_SAFE_INTEGER);
}

function misfitOf(when: MatrixConditions, it: MatrixCase): Misfit {
  if (when.products !== undefined && !when.products.includes(it.productCode)) return 'products';
  if (!within(it.amountFen, when.amountFen)) return 'amountFen';
  if (when.grades !== undefined && !when.grades.includes(it.grade)) return 'grades';
  if (!within(it.exposureFen, when.exposureFen)) return 'exposureFen';
  return within(it.exceptions, when.exceptions) ? null : 'exceptions';
}

/** Roles whose authority covers the amount; the final stage is theirs alone. */
function able(
  matrix: ApprovalMatrix,
  roles: readonly DecidingRole[],
  amountFen: number,
): readonly DecidingRole[] {
  return roles.filter((role) => matrix.authority[role] >= amountFen);
}

/**
 * Who must approve a case, and why. Null when nobody's authority covers the amount: then no approval can be given, and
 * the application can only be declined or sent back.
 */
export function requiredStages(matrix: ApprovalMatrix, it: MatrixCase): Required | null {
  const why: { row: string; misfit: Misfit }[] = [];
  for (const row of matrix.rows) {
    const misfit = misfitOf(row.when, it);
    why.push({ row: row.id, misfit });
    if (misfit !== null) continue;
    const stages = row.stages.map((stage, i) =>
      i < row.stages.length - 1
        ? stage
        : { ...stage, roles: able(matrix, stage.roles, it.amountFen) },
    );
    if (stages.at(-1)?.roles.length === 0) return null;
    return { matrix: `${matrix.id}@${String(matrix.version)}`, row: row.id, stages, why };
  }
  return null;
}

/** Whether a stage list asks for more than one person. */
export function needsSecondPerson(stages: readonly StageSpec[]): boolean {
  return stages.reduce((people, stage) => people + stage.quorum, 0) > 1;
}

const ALL: readonly DecidingRole[] = DECIDING_ROLES;
const SENIOR: readonly DecidingRole[] = ['senior-reviewer', 'risk-officer'];

const one = (name: string, roles: readonly DecidingRole[]): StageSpec => ({
  name,
  roles,
  seats: 1,
  quorum: 1,
});

/** The shipped matrix (house defaults): one person for small good cases, two above, a committee of three for the largest. */
export const MATRIX_V1: ApprovalMatrix = {
  format: 1,
  id: 'HOUSE',
  version: 1,
  authority: {
    reviewer: 50_000_00,
    'senior-reviewer': 200_000_00,
    'risk-officer': 1_000_000_00,
  },
  rows: [
    {
      id: 'M1',
      zh: '总敞口超过50万元：初审后三人委员会两票通过',
      en: 'Exposure above 500,000 yuan: a first look, then two of a committee of three',
      when: { exposureFen: { above: 500_000_00 } },
      stages: [
        one('first', ALL),
        { name: 'committee', roles: ['senior-reviewer', 'risk-officer'], seats: 3, quorum: 2 },
      ],
    },
    {
      id: 'M2',
      zh: '等级D、E：两人审批',
      en: 'Grades D and E: two people',
      when: { grades: ['D', 'E'] },
      stages: [one('first', ALL), one('second', SENIOR)],
    },
    {
      id: 'M3',
      zh: '金额超过10万元：两人审批',
      en: 'More than 100,000 yuan: two people',
      when: { amountFen: { above: 100_000_00 } },
      stages: [one('first', ALL), one('second', SENIOR)],
    },
    {
      id: 'M4',
      zh: '例外三项及以上：两人审批',
      en: 'Three exceptions or more: two people',
      when: { exceptions: { above: 2 } },
      stages: [one('first', ALL), one('second', SENIOR)],
    },
    {
      id: 'M5',
      zh: '其余：一人审批',
      en: 'Everything else: one person',
      when: {},
      stages: [one('only', ALL)],
    },
  ],
};
