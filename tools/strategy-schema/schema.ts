/**
 * The JSON schema of strategy documents, built from the same lists that the parser checks against. It refuses what a
 * schema can: shapes, operators, names, ranges. Types of operands, rules that can never act and what parts mean together
 * are left to the parser.
 */
import {
  ARITHMETIC_OPERATORS,
  EQUALITY_OPERATORS,
  LOGIC_OPERATORS,
  NUMERIC_POLICY_RULES,
  ORDER_OPERATORS,
} from '../../domain/expression.ts';
import { GRADES } from '../../domain/loan-terms.ts';
import { GAP_CODES, REASONS } from '../../domain/reasons.ts';
import { MAX_CASES, MAX_RULES, WHEN_ABSENT } from '../../domain/strategy.ts';
import { VARIABLE_CATALOGUE } from '../../domain/variable-catalogue.ts';

export const STRATEGY_SCHEMA_DOCUMENT = 'docs/strategy.schema.json';

type Schema = Readonly<Record<string, unknown>>;

const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const list = (items: Schema, minItems = 0, maxItems?: number): Schema => ({
  type: 'array',
  items,
  minItems,
  ...(maxItems === undefined ? {} : { maxItems }),
});
/** An object with exactly these members. */
const object = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const integer = (minimum: number, maximum: number): Schema => ({
  type: 'integer',
  minimum,
  maximum,
});
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const each = (names: readonly string[], schema: Schema) =>
  Object.fromEntries(names.map((name) => [name, schema]));

const MOST_FEN = 1_000_000_000_000;
const CODES = Object.keys(REASONS);
const startingWith = (prefix: string): Schema => ({
  enum: CODES.filter((code) => code.startsWith(prefix)),
});

const JSON_TYPES = { number: 'number', boolean: 'boolean', text: 'string' } as const;

const variables: Schema = {
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(VARIABLE_CATALOGUE).map(([name, { type, zh, en }]) => [
      name,
      { type: [JSON_TYPES[type], 'null'], title: zh, description: en },
    ]),
  ),
  additionalProperties: false,
};

/** One operator with its operands. */
const node = (operator: string, operands: Schema): Schema => object({ [operator]: operands });
const operands = (least: number, most?: number) => list(ref('expression'), least, most);

const expression: Schema = {
  anyOf: [
    { type: ['boolean', 'number', 'string'] },
    node('var', { enum: Object.keys(VARIABLE_CATALOGUE) }),
    node('policy', { enum: [...NUMERIC_POLICY_RULES] }),
    ...[...ORDER_OPERATORS, ...EQUALITY_OPERATORS].map((name) => node(name, operands(2, 2))),
    ...LOGIC_OPERATORS.map((name) => node(name, operands(1))),
    node('!', operands(1, 1)),
    node('in', {
      type: 'array',
      items: [
        ref('expression'),
        { type: 'array', items: { type: ['string', 'number'] }, minItems: 1, uniqueItems: true },
      ],
      additionalItems: false,
      minItems: 2,
    }),
    ...ARITHMETIC_OPERATORS.map((name) => {
      if (name === '/') return node(name, operands(2, 2));
      return node(name, name === '-' ? operands(1, 2) : operands(1));
    }),
  ],
};

/** What the root of a condition cannot be: a number, a text, or arithmetic. */
const condition: Schema = {
  allOf: [
    ref('expression'),
    { not: { type: ['number', 'string'] } },
    ...[...ARITHMETIC_OPERATORS, 'policy'].map((name) => ({
      not: { type: 'object', required: [name] },
    })),
  ],
};

const named = { id: ref('id'), zh: ref('text'), en: ref('text') };

const rule = (prefix: string): Schema =>
  object({
    ...named,
    reason: startingWith(prefix),
    when: ref('condition'),
    whenAbsent: { enum: [...WHEN_ABSENT] },
  });

const testCase: Schema = object({
  ...named,
  like: orNull(ref('id')),
  variables: ref('variables'),
  gaps: list({ enum: [...GAP_CODES] }),
  request: object({
    amountFen: integer(1, MOST_FEN),
    termMonths: integer(1, 600),
    wantsPerson: { type: 'boolean' },
  }),
  expect: object({
    outcome: { enum: ['APPROVE', 'DECLINE', 'REFER'] },
    reasons: list({ enum: CODES }, 0, 4),
    hits: list(ref('id'), 0, MAX_RULES),
  }),
});

const definitions: Schema = {
  id: { type: 'string', pattern: '^[A-Z][A-Z0-9_]{0,47}$' },
  text: { type: 'string', minLength: 1, maxLength: 200 },
  price: {
    description:
      'A rate a year in percent, PRODUCT for the price of the product, null where the grade is not lent to.',
    anyOf: [
      { type: 'string', pattern: '^\\d{1,4}(\\.\\d{1,8})?$' },
      { const: 'PRODUCT' },
      { type: 'null' },
    ],
  },
  prices: object(each(GRADES, ref('price'))),
  variables,
  expression,
  condition,
  knockout: rule('KO_'),
  referral: rule('REFER_'),
  segment: object({ ...named, when: ref('condition'), rateByGrade: ref('prices') }),
  test: testCase,
};

/** The schema, draft 7: the draft that editors and ajv know without further help. */
export function strategySchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Strategy of the Xindai loan platform, format 2',
    ...object({
      format: { const: 2 },
      id: ref('id'),
      version: integer(1, 1_000_000),
      scorecard: { type: 'string', pattern: '^[A-Z][A-Z0-9_]{0,47}@[1-9]\\d{0,6}$' },
      knockouts: list(ref('knockout'), 0, MAX_RULES),
      referrals: list(ref('referral'), 0, MAX_RULES),
      cutoffs: object({
        autoApproveFrom: integer(-100_000, 100_000),
        autoDeclineBelow: integer(-100_000, 100_000),
      }),
      maxDebtRatioPercent: integer(1, 100),
      limits: object(
        each(GRADES, object({ maxFen: integer(0, MOST_FEN), incomeMonths: integer(0, 600) })),
      ),
      pricing: object({
        rateByGrade: ref('prices'),
        segments: list(ref('segment'), 0, MAX_RULES),
      }),
      authority: object({
        autoApproveMaxFen: orNull(integer(0, MOST_FEN)),
        twoPersonAboveFen: orNull(integer(0, MOST_FEN)),
      }),
      tests: list(ref('test'), 0, MAX_CASES),
    }),
    $defs: definitions,
  };
}

/** The schema as the file holds it. */
export function strategySchemaText(): string {
  return `${JSON.stringify(strategySchema(), null, 2)}\n`;
}
