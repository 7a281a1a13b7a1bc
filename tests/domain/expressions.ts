/** Random expressions, variables and strategies for the property tests of the engine. */
import * as fc from 'fast-check';
import { type Expression, NUMERIC_POLICY_RULES } from '../../domain/expression.ts';
import { GRADES } from '../../domain/loan-terms.ts';
import { GAP_CODES, REASONS } from '../../domain/reasons.ts';
import type { Strategy, StrategyRule } from '../../domain/strategy.ts';
import { VARIABLE_CATALOGUE, type VariableName, type Variables } from '../../domain/variables.ts';

// The names of the catalogue are its keys.
const NAMES = Object.keys(VARIABLE_CATALOGUE) as VariableName[];
const named = (type: string) => NAMES.filter((name) => VARIABLE_CATALOGUE[name].type === type);

/** A node by its operator's name. Whether it is sound is for the test to say. */
export function node(operator: string, operands: unknown): Expression {
  const made: unknown = { [operator]: operands };
  return made as Expression;
}

const TEXTS = ['EMPLOYED', 'STUDENT', 'HIGH', 'LOW', 'NONE', 'OWNED', ''] as const;
const text = fc.constantFrom(...TEXTS);
const variable = (type: string) => fc.constantFrom(...named(type)).map((name) => ({ var: name }));
const literal = fc.oneof(
  fc.integer({ min: -100, max: 100 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
);
const orders = fc.constantFrom('<', '<=', '>', '>=');
const equalities = fc.constantFrom('==', '!=');

/** Well-typed boolean and numeric expressions over the catalogue. */
const TREES = fc.letrec<{ number: Expression; boolean: Expression }>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    literal,
    variable('number'),
    fc.constantFrom(...NUMERIC_POLICY_RULES).map((policy) => ({ policy })),
    fc
      .tuple(
        fc.constantFrom('+', '*', 'min', 'max'),
        fc.array(tie('number'), { minLength: 1, maxLength: 3 }),
      )
      .map(([operator, operands]) => node(operator, operands)),
    fc
      .tuple(fc.constantFrom('-', '/'), fc.tuple(tie('number'), tie('number')))
      .map(([operator, operands]) => node(operator, operands)),
  ),
  boolean: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.boolean(),
    variable('boolean'),
    fc
      .tuple(orders, fc.tuple(tie('number'), tie('number')))
      .map(([operator, operands]) => node(operator, operands)),
    fc
      .tuple(
        equalities,
        fc.oneof(
          fc.tuple(tie('number'), tie('number')),
          fc.tuple(variable('text'), text),
          fc.tuple(variable('boolean'), fc.boolean()),
        ),
      )
      .map(([operator, operands]) => node(operator, operands)),
    fc
      .tuple(variable('text'), fc.uniqueArray(text, { minLength: 1 }))
      .map(([needle, list]) => node('in', [needle, list])),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('boolean'), { minLength: 1, maxLength: 3 }))
      .map(([operator, operands]) => node(operator, operands)),
    tie('boolean').map((one) => node('!', [one])),
  ),
}));

export const anyCondition = TREES.boolean;
export const anyNumber = TREES.number;

const ofType = {
  number: fc.oneof(
    fc.integer({ min: -2, max: 200 }),
    fc.double({ min: 0, max: 1e9, noNaN: true }),
    fc.constantFrom(-0, 0, 1e308, -1e308, Number.MAX_SAFE_INTEGER),
  ),
  boolean: fc.boolean(),
  text,
};

/** Every variable with a value. */
export const wholeVariables: fc.Arbitrary<Variables> = fc
  .record(Object.fromEntries(NAMES.map((name) => [name, ofType[VARIABLE_CATALOGUE[name].type]])))
  .map((made) => made as Variables);

/** What a broken store could hand over under the type that is claimed for it. */
export function claimed(made: unknown): Variables {
  return made as Variables;
}

/** Variables of which any may be absent, of another type than declared, or no number at all. */
export const wildVariables: fc.Arbitrary<Variables> = fc
  .record(
    Object.fromEntries(
      NAMES.map((name) => [
        name,
        fc.oneof(
          { weight: 6, arbitrary: ofType[VARIABLE_CATALOGUE[name].type] },
          { weight: 2, arbitrary: fc.constant(null) },
          {
            weight: 1,
            arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, 'x', true, undefined),
          },
        ),
      ]),
    ),
    { requiredKeys: [] },
  )
  .map(claimed);

const codes = (prefix: string) =>
  fc.constantFrom(
    ...(Object.keys(REASONS) as (keyof typeof REASONS)[]).filter((code) => code.startsWith(prefix)),
  );

const rules = (letter: string, prefix: string): fc.Arbitrary<readonly StrategyRule[]> =>
  fc
    .array(
      fc.record({
        reason: codes(prefix),
        when: anyCondition,
        whenAbsent: fc.constantFrom('REFER' as const, 'MISS' as const),
      }),
      { maxLength: 4 },
    )
    .map((list) =>
      list.map((rule, i) => ({ ...rule, id: `${letter}${i}`, zh: '规则', en: 'Rule' })),
    );

const prices = fc.record(
  Object.fromEntries(
    GRADES.map((grade) => [grade, fc.constantFrom('PRODUCT', null, '6.00', '12.50', '36.00')]),
  ),
) as fc.Arbitrary<Strategy['pricing']['rateByGrade']>;

/** Strategies that are more willing than any lender: few rules, low cut-offs, large limits. */
export const anyStrategy: fc.Arbitrary<Strategy> = fc
  .record({
    knockouts: rules('K', 'KO_'),
    referrals: rules('R', 'REFER_'),
    from: fc.integer({ min: -100, max: 800 }),
    below: fc.integer({ min: -1000, max: 0 }),
    maxDebtRatioPercent: fc.integer({ min: 1, max: 100 }),
    rateByGrade: prices,
    segments: fc.array(fc.tuple(anyCondition, prices), { maxLength: 2 }),
    autoApproveMaxFen: fc.constantFrom(null, 0, 1_000_000_00),
  })
  .map((of) => ({
    format: 2,
    id: 'ANY',
    version: 1,
    scorecard: 'PERSONAL_EXPERT@1',
    knockouts: of.knockouts,
    referrals: of.referrals,
    cutoffs: { autoApproveFrom: of.from, autoDeclineBelow: of.below },
    maxDebtRatioPercent: of.maxDebtRatioPercent,
    limits: {
      A: { maxFen: 200_000_00, incomeMonths: 600 },
      B: { maxFen: 200_000_00, incomeMonths: 600 },
      C: { maxFen: 200_000_00, incomeMonths: 600 },
      D: { maxFen: 200_000_00, incomeMonths: 600 },
      E: { maxFen: 200_000_00, incomeMonths: 600 },
    },
    pricing: {
      rateByGrade: of.rateByGrade,
      segments: of.segments.map(([when, rateByGrade], i) => ({
        id: `P${i}`,
        zh: '分群',
        en: 'Segment',
        when,
        rateByGrade,
      })),
    },
    authority: { autoApproveMaxFen: of.autoApproveMaxFen, twoPersonAboveFen: null },
    tests: [],
  }));

export const anyGaps = fc.subarray([...GAP_CODES]);
