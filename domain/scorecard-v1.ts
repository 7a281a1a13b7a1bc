/**
 * The shipped scorecard, version 1: an expert card. It was not fitted to any book of loans; the points
 * follow the usual order of importance (repayment history, debt burden, queries, income, stability, behaviour).
 * Scaling: 600 points stand for 20 good to 1 bad, every 40 points double the odds.
 */
import type { Band, Dimension, Scorecard } from './score.ts';
import { VARIABLE_CATALOGUE, type VariableName } from './variables.ts';
import type { ScoreReason } from './reasons.ts';

/** Ranges from a list of upper limits: `[limit, points]` …, the last limit null. */
function ranges(...steps: readonly (readonly [number | null, number])[]): readonly Band[] {
  return steps.map(([to, points], i): Band => {
    const from = i === 0 ? null : (steps[i - 1]?.[0] ?? null);
    const low = from === null ? '' : String(from);
    return { kind: 'RANGE', from, to, points, label: to === null ? `≥${low}` : `${low}–<${to}` };
  });
}

/** The value −1: the report is there and the matter does not apply. */
function notApplicable(points: number): Band {
  return { kind: 'IS', values: [-1], points, label: 'NOT_APPLICABLE' };
}

function is(points: number, ...values: readonly string[]): Band {
  return { kind: 'IS', values, points, label: values.join('|') };
}

function dimension(
  variable: VariableName,
  reason: ScoreReason,
  missing: number | 'REQUIRED',
  bands: readonly Band[],
): Dimension {
  const { zh, en } = VARIABLE_CATALOGUE[variable];
  const worst = Math.min(...bands.map((band) => band.points));
  return {
    id: variable,
    variable,
    zh,
    en,
    required: missing === 'REQUIRED',
    missingPoints: missing === 'REQUIRED' ? worst : missing,
    bands,
    reason,
  };
}

const HISTORY: readonly Dimension[] = [
  dimension(
    'maxOverdue24m',
    'SCORE_HISTORY',
    'REQUIRED',
    ranges([1, 25], [2, 5], [3, -15], [null, -40]),
  ),
  dimension('maxOverdue6m', 'SCORE_HISTORY', 'REQUIRED', ranges([1, 20], [2, -10], [null, -40])),
  dimension(
    'currentOverdueAccounts',
    'SCORE_HISTORY',
    'REQUIRED',
    ranges([1, 10], [2, -20], [null, -40]),
  ),
  dimension('otherPublicRecords', 'SCORE_HISTORY', -5, ranges([1, 5], [2, -10], [null, -20])),
  dimension('fileAgeMonths', 'SCORE_FILE_DEPTH', 'REQUIRED', [
    notApplicable(-15),
    ...ranges([6, -10], [24, 0], [60, 10], [120, 15], [null, 18]),
  ]),
  dimension('openCards', 'SCORE_FILE_DEPTH', 0, ranges([1, 0], [6, 8], [10, 2], [null, -5])),
  dimension('pbocScore', 'SCORE_HISTORY', 0, [
    notApplicable(0),
    ...ranges([400, -15], [550, 0], [700, 8], [null, 14]),
  ]),
];

const BURDEN: readonly Dimension[] = [
  dimension(
    'debtRatioAfterPercent',
    'SCORE_DEBT',
    'REQUIRED',
    ranges([30, 22], [45, 14], [55, 4], [70, -12], [null, -30]),
  ),
  dimension(
    'balanceToIncomePercent',
    'SCORE_DEBT',
    'REQUIRED',
    ranges([50, 10], [200, 6], [500, 0], [null, -8]),
  ),
  dimension('openLoans', 'SCORE_DEBT', 'REQUIRED', ranges([1, 6], [4, 8], [7, 0], [null, -12])),
  dimension('guaranteeToIncomePercent', 'SCORE_DEBT', -2, ranges([1, 4], [100, 0], [null, -10])),
  dimension(
    'nonBankLenders',
    'SCORE_DEBT',
    'REQUIRED',
    ranges([1, 10], [2, 4], [4, -8], [null, -20]),
  ),
  dimension('cardUtilisation', 'SCORE_UTILISATION', 'REQUIRED', [
    notApplicable(4),
    ...ranges([30, 16], [60, 10], [80, 0], [95, -12], [null, -20]),
  ]),
  dimension(
    'housingCostPercent',
    'SCORE_DEBT',
    'REQUIRED',
    ranges([20, 6], [35, 3], [50, -3], [null, -8]),
  ),
];

const DEMAND: readonly Dimension[] = [
  dimension(
    'queryInstitutions1m',
    'SCORE_QUERIES',
    'REQUIRED',
    ranges([1, 10], [3, 5], [5, -8], [null, -18]),
  ),
  dimension(
    'queryInstitutions3m',
    'SCORE_QUERIES',
    'REQUIRED',
    ranges([2, 12], [4, 6], [7, -6], [null, -20]),
  ),
  dimension(
    'queryInstitutions6m',
    'SCORE_QUERIES',
    0,
    ranges([3, 8], [6, 4], [10, -4], [null, -12]),
  ),
  dimension(
    'baihangInstitutions3m',
    'SCORE_QUERIES',
    0,
    ranges([1, 8], [3, 3], [6, -8], [null, -18]),
  ),
  dimension(
    'amountToIncomePercent',
    'SCORE_REQUEST',
    'REQUIRED',
    ranges([25, 12], [50, 8], [100, 0], [200, -10], [null, -20]),
  ),
];

const PERSON: readonly Dimension[] = [
  dimension(
    'monthlyIncomeFen',
    'SCORE_INCOME',
    'REQUIRED',
    ranges([300_000, -15], [600_000, 0], [1_000_000, 8], [2_000_000, 14], [null, 18]),
  ),
  dimension('employment', 'SCORE_INCOME', 'REQUIRED', [
    is(16, 'CIVIL_SERVANT'),
    is(12, 'EMPLOYED'),
    is(4, 'SELF_EMPLOYED', 'RETIRED'),
    is(-4, 'FREELANCE'),
    is(-30, 'STUDENT', 'UNEMPLOYED'),
  ]),
  dimension('employmentMonths', 'SCORE_INCOME', 'REQUIRED', [
    notApplicable(0),
    ...ranges([6, -6], [12, 0], [36, 6], [null, 12]),
  ]),
  dimension('housingFundMonths', 'SCORE_INCOME', 0, [
    notApplicable(0),
    ...ranges([12, 2], [36, 6], [null, 10]),
  ]),
  dimension('education', 'SCORE_STABILITY', 0, [
    is(8, 'POSTGRADUATE', 'BACHELOR'),
    is(4, 'COLLEGE'),
    is(0, 'SECONDARY', 'PRIMARY', 'UNKNOWN'),
  ]),
  dimension('housing', 'SCORE_STABILITY', 0, [
    is(10, 'OWNED'),
    is(8, 'MORTGAGED'),
    is(4, 'FAMILY'),
    is(0, 'RENTED', 'DORMITORY', 'OTHER'),
  ]),
  dimension('dependants', 'SCORE_STABILITY', 0, ranges([3, 3], [5, 0], [null, -4])),
  dimension('mobileMonths', 'SCORE_STABILITY', 0, [
    notApplicable(0),
    ...ranges([6, -8], [24, 0], [null, 8]),
  ]),
];

const OUTSIDE: readonly Dimension[] = [
  dimension('baihangScore', 'SCORE_PUBLIC', 0, [
    notApplicable(0),
    ...ranges([500, -15], [600, 0], [700, 8], [null, 12]),
  ]),
  dimension(
    'baihangMaxOverdueDays12m',
    'SCORE_PUBLIC',
    0,
    ranges([1, 8], [8, 2], [31, -10], [null, -25]),
  ),
  dimension('formSeconds', 'SCORE_BEHAVIOUR', 0, ranges([30, -12], [90, 0], [null, 4])),
  dimension('formPastes', 'SCORE_BEHAVIOUR', 0, ranges([2, 3], [6, 0], [null, -8])),
  dimension('fraudPoints', 'SCORE_BEHAVIOUR', 'REQUIRED', ranges([10, 10], [30, 0], [null, -25])),
];

export const SCORECARD_V1: Scorecard = {
  id: 'PERSONAL_EXPERT',
  version: 1,
  scale: { score: 600, odds: 20, pdo: 40 },
  basePoints: 460,
  dimensions: [...HISTORY, ...BURDEN, ...DEMAND, ...PERSON, ...OUTSIDE],
  grades: [
    { grade: 'A', from: 740 },
    { grade: 'B', from: 700 },
    { grade: 'C', from: 650 },
    { grade: 'D', from: 600 },
    { grade: 'E', from: 0 },
  ],
};
