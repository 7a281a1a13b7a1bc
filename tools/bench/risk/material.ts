/** What the engines are measured on: thirty rules of two conditions, and people drawn from a seed, none without evidence. */
import type { Rulebook } from '../../../domain/decide.ts';
import type { Expression, OrderOperator } from '../../../domain/expression.ts';
import { policyOf } from '../../../domain/policy.ts';
import { POLICY_ROWS } from '../../../domain/policy-rows.ts';
import { PERSONAL_CREDIT } from '../../../domain/products.ts';
import { SCORECARD_V1 } from '../../../domain/scorecard-v1.ts';
import { STRATEGY_V2 } from '../../../domain/strategy-v2.ts';
import type { StrategyRule } from '../../../domain/strategy.ts';
import type { VariableName, Variables } from '../../../domain/variables.ts';

/** One condition: a variable, how it is compared, and with what. */
export interface Condition {
  readonly variable: VariableName;
  readonly is: OrderOperator;
  readonly limit: number;
}

/** One rule: both conditions hold. */
export type Pair = readonly [Condition, Condition];

const WATCHED: readonly (readonly [VariableName, number])[] = [
  ['maxOverdue24m', 4],
  ['maxOverdue6m', 2],
  ['currentOverdueAccounts', 2],
  ['otherPublicRecords', 2],
  ['openCards', 12],
  ['openLoans', 9],
  ['nonBankLenders', 5],
  ['queryInstitutions1m', 6],
  ['queryInstitutions3m', 10],
  ['queryInstitutions6m', 14],
  ['baihangInstitutions3m', 8],
  ['baihangMaxOverdueDays12m', 60],
  ['cardUtilisation', 95],
  ['debtRatioPercent', 65],
  ['debtRatioAfterPercent', 68],
];

const GUARDS: readonly Condition[] = [
  { variable: 'fileAgeMonths', is: '>=', limit: 0 },
  { variable: 'monthlyIncomeFen', is: '<', limit: 4_000_000 },
];

/** Thirty rules: each watched variable beside each guard, so that some hit and most miss. */
export const PAIRS: readonly Pair[] = GUARDS.flatMap((guard, n) =>
  WATCHED.map(([variable, limit]): Pair => [{ variable, is: '>=', limit: limit + n }, guard]),
);

const expressionOf = ({ variable, is, limit }: Condition): Expression => {
  const operands: readonly [Expression, Expression] = [{ var: variable }, limit];
  return is === '<' ? { '<': operands } : { '>=': operands };
};

/** The same rules in JsonLogic's shape, which is ours. */
export const EXPRESSIONS: readonly Expression[] = PAIRS.map(([one, other]) => ({
  and: [expressionOf(one), expressionOf(other)],
}));

const RULES: readonly StrategyRule[] = EXPRESSIONS.map((when, i) => ({
  id: `B${i}`,
  zh: '测量规则',
  en: 'Rule of the bench',
  reason: i < 15 ? 'KO_QUERIES' : 'REFER_SCORE',
  when,
  whenAbsent: 'REFER',
}));

const policy = policyOf(POLICY_ROWS, '2026-11-24', 'BANK');

/** The thirty rules with the shipped scorecard, cut-offs, limits, prices and authority. */
export const BOOK: Rulebook = {
  strategy: { ...STRATEGY_V2, knockouts: RULES.slice(0, 15), referrals: RULES.slice(15) },
  scorecard: SCORECARD_V1,
  product: PERSONAL_CREDIT,
  policy,
};

/** Marsaglia's xorshift, so that every run draws the same people. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}

/** People: the clean one of the shipped strategy's tests with other figures, one in some of them past a limit. */
export function drawPeople(count: number): readonly Variables[] {
  const [clean] = STRATEGY_V2.tests;
  if (clean === undefined) throw new Error('The shipped strategy has tests.');
  const next = random(20_261_124);
  return Array.from({ length: count }, () => {
    const drawn = WATCHED.map(([name, limit]) => [
      name,
      Math.floor(next() * limit * (next() < 0.02 ? 2 : 0.7)),
    ]);
    const income = 300_000 + Math.floor(next() * 4_000_000);
    // The clean person has a value for every variable, and each drawn one is a number as declared.
    return {
      ...clean.variables,
      ...Object.fromEntries(drawn),
      monthlyIncomeFen: income,
    } as Variables;
  });
}
