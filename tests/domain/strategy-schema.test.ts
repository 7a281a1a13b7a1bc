/** The published JSON schema of strategies: current, true to the shipped strategy, and no milder than it claims. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expressionFaults } from '../../domain/expression-check.ts';
import { parseStrategy } from '../../domain/strategy-parse.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { strategySchemaText } from '../../tools/strategy-schema/schema.ts';
import { anyCondition } from './expressions.ts';

const path = fileURLToPath(new URL('../../docs/strategy.schema.json', import.meta.url));
const published: unknown = JSON.parse(readFileSync(path, 'utf8'));
if (typeof published !== 'object' || published === null) throw new Error('A schema is an object.');
const ajv = new Ajv({ strict: false, allErrors: false });
const validate = ajv.compile(published);
const stored = (document: unknown): unknown => JSON.parse(JSON.stringify(document));
const [first, ...rest] = STRATEGY_V2.knockouts;
const withWhen = (when: unknown) => ({ ...STRATEGY_V2, knockouts: [{ ...first, when }, ...rest] });

describe('docs/strategy.schema.json', () => {
  it('is current: npm run strategy-schema would write the same', () => {
    expect(readFileSync(path, 'utf8')).toBe(strategySchemaText());
  });

  it('accepts the shipped strategy', () => {
    expect(validate(stored(STRATEGY_V2)) || validate.errors).toBe(true);
  });

  it.each<[string, unknown]>([
    ['another format', { ...STRATEGY_V2, format: 1 }],
    ['a member nobody knows', { ...STRATEGY_V2, extra: 1 }],
    ['a missing member', { ...STRATEGY_V2, tests: undefined }],
    ['an unknown variable', withWhen({ '<': [{ var: 'x' }, 1] })],
    ['a banned feature', withWhen({ '==': [{ var: 'religion' }, 'x'] })],
    ['an unknown operator', withWhen({ if: [true, true] })],
    ['two operators in one node', withWhen({ '<': [1, 2], '>': [1, 2] })],
    ['absence as a value', withWhen({ '==': [{ var: 'ageYears' }, null] })],
    ['too few operands', withWhen({ '<': [1] })],
    ['a condition that is a number', withWhen({ '+': [1, 2] })],
    [
      'a reason of another kind',
      { ...STRATEGY_V2, knockouts: [{ ...first, reason: 'REFER_AGE' }] },
    ],
    [
      'a price that is no text',
      { ...STRATEGY_V2, pricing: { rateByGrade: { A: 7.2 }, segments: [] } },
    ],
    [
      'more rules than there may be',
      { ...STRATEGY_V2, knockouts: Array.from({ length: 301 }, () => first) },
    ],
  ])('refuses %s', (_, document) => {
    expect(validate(stored(document))).toBe(false);
    expect(parseStrategy(stored(document)).ok).toBe(false);
  });

  it('accepts every condition that the parser accepts', () => {
    fc.assert(
      fc.property(anyCondition, (condition) => {
        if (expressionFaults(condition, 'when', 'boolean').length > 0) return;
        expect(validate(stored(withWhen(condition)))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
