/** Expressions: three answers, totality, agreement with JsonLogic, and every fault with its place. */
import * as fc from 'fast-check';
import jsonLogic from 'json-logic-js';
import { describe, expect, it } from 'vitest';
import { expressionFaults } from '../../domain/expression-check.ts';
import { compileExpression } from '../../domain/expression-compile.ts';
import { type Expression, MAX_DEPTH, MAX_NODES, nodeOf } from '../../domain/expression.ts';
import type { Variables } from '../../domain/variables.ts';
import {
  anyCondition,
  anyNumber,
  claimed,
  node,
  wholeVariables,
  wildVariables,
} from './expressions.ts';
import { policy, variablesOf } from './samples.ts';

const run = (expression: Expression, over: Partial<Variables> = {}) =>
  compileExpression(expression, policy)({ ...variablesOf(), ...over });

describe('three answers', () => {
  const T = { '==': [1, 1] } as const;
  const F = { '==': [1, 2] } as const;
  // A boolean variable without a value.
  const U = { var: 'badDebt' } as const;
  const parts = { T, F, U };
  const answers = { T: true, F: false, U: undefined };
  type Name = keyof typeof parts;
  const table: readonly (readonly [Name, Name, Name, Name])[] = [
    // left, right, and, or
    ['T', 'T', 'T', 'T'],
    ['T', 'F', 'F', 'T'],
    ['T', 'U', 'U', 'T'],
    ['F', 'T', 'F', 'T'],
    ['F', 'F', 'F', 'F'],
    ['F', 'U', 'F', 'U'],
    ['U', 'T', 'U', 'T'],
    ['U', 'F', 'F', 'U'],
    ['U', 'U', 'U', 'U'],
  ];
  it.each(table)('%s and/or %s are Kleene’s: %s, %s', (left, right, and, or) => {
    const absent = { badDebt: null };
    const pair = [parts[left], parts[right]];
    expect(run({ and: pair }, absent)).toBe(answers[and]);
    expect(run({ or: pair }, absent)).toBe(answers[or]);
  });

  it('the opposite of what is not known is not known', () => {
    expect(run({ '!': [T] })).toBe(false);
    expect(run({ '!': [F] })).toBe(true);
    expect(run({ '!': [U] }, { badDebt: null })).toBeUndefined();
  });

  it('an absent value makes every comparison not evaluable, and never false', () => {
    const absent = { ageYears: null, employment: null };
    for (const operator of ['<', '<=', '>', '>=', '==', '!='] as const)
      expect(run(node(operator, [{ var: 'ageYears' }, 5]), absent)).toBeUndefined();
    expect(run({ in: [{ var: 'employment' }, ['STUDENT']] }, absent)).toBeUndefined();
    expect(run({ '>': [{ '+': [{ var: 'ageYears' }, 1] }, 0] }, absent)).toBeUndefined();
    expect(run({ '>': [{ max: [{ var: 'ageYears' }, 99] }, 0] }, absent)).toBeUndefined();
  });

  it.each([
    ['a division by zero', { '/': [1, { '-': [{ var: 'ageYears' }, { var: 'ageYears' }] }] }],
    ['a division by minus zero', { '/': [1, { '*': [-1, 0] }] }],
    ['a product beyond the safe integers', { '*': [{ var: 'monthlyIncomeFen' }, 1e12, 1e12] }],
    ['a difference beyond the safe integers', { '-': [-9e15, 9e15] }],
  ])('%s is not evaluable', (_, expression) => {
    expect(run(expression as Expression)).toBeUndefined();
    expect(run({ '>': [expression as Expression, 0] })).toBeUndefined();
  });

  it('a value of another type than declared, or no number at all, is not evaluable', () => {
    for (const value of [Number.NaN, Infinity, 1e300, 'x', true]) {
      const broken = claimed({ ageYears: value });
      expect(run({ '>': [{ var: 'ageYears' }, 0] }, broken)).toBeUndefined();
    }
  });

  it('a policy that nobody has set is not evaluable', () => {
    const nothing = (): never => {
      throw new RangeError('no row');
    };
    const compiled = compileExpression({ '<': [1, { policy: 'applicant.minAgeYears' }] }, nothing);
    expect(compiled(variablesOf())).toBeUndefined();
  });
});

describe('compiled expressions', () => {
  it('never throw, whatever the variables hold, and give a value of their type or none', () => {
    fc.assert(
      fc.property(anyCondition, anyNumber, wildVariables, (condition, number, variables) => {
        const answer = compileExpression(condition, policy)(variables);
        expect([true, false, undefined]).toContain(answer);
        const value = compileExpression(number, policy)(variables);
        if (value === undefined) return;
        if (typeof value !== 'number') throw new TypeError('A number was declared.');
        expect(Math.abs(value)).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
      }),
      { numRuns: 2000 },
    );
  });

  it('agree with json-logic-js wherever all values are there and finite', () => {
    jsonLogic.add_operation('policy', (name: 'applicant.minAgeYears') => policy(name));
    let compared = 0;
    fc.assert(
      fc.property(anyCondition, wholeVariables, (condition, variables) => {
        // JsonLogic goes on with infinity where ours is not evaluable; such parts are left to the tests above.
        if (
          !partsOf(condition).every(
            (part) => compileExpression(part, policy)(variables) !== undefined,
          )
        )
          return;
        const ours = compileExpression(condition, policy)(variables);
        compared += 1;
        expect(Boolean(jsonLogic.apply(condition as never, variables))).toBe(ours);
      }),
      { numRuns: 4000 },
    );
    expect(compared).toBeGreaterThan(1500);
  });

  it('are sound by the check: what the generators make is well typed', () => {
    fc.assert(
      fc.property(anyCondition, (condition) => {
        const codes = expressionFaults(condition, 'when', 'boolean').map((f) => f.code);
        expect(codes.filter((c) => c !== 'DIVISION_BY_ZERO' && c !== 'TOO_DEEP')).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

/** An expression and every part of it. */
function partsOf(expression: Expression): readonly Expression[] {
  const operands =
    typeof expression === 'object' && 'in' in expression
      ? [expression.in[0]]
      : (nodeOf(expression)?.operands ?? []);
  const reads = typeof expression === 'object' && ('var' in expression || 'policy' in expression);
  return [expression, ...(reads ? [] : operands.flatMap(partsOf))];
}

/** An expression nested `depth` times. */
const nested = (depth: number): unknown =>
  Array.from({ length: depth }).reduce((inner) => ({ '!': [inner] }), {
    var: 'badDebt',
  } as unknown);

describe('the check refuses, with the place named,', () => {
  it.each([
    ['an unknown variable', { '<': [{ var: 'agee' }, 5] }, 'when.<[0].var', 'UNKNOWN_VARIABLE'],
    [
      'a name of every object',
      { '<': [{ var: 'toString' }, 5] },
      'when.<[0].var',
      'UNKNOWN_VARIABLE',
    ],
    ['the prototype', { '<': [{ var: '__proto__' }, 5] }, 'when.<[0].var', 'UNKNOWN_VARIABLE'],
    ['an unknown operator', { if: [true, true, false] }, 'when', 'UNKNOWN_OPERATOR'],
    ['an unknown policy', { '<': [1, { policy: 'x' }] }, 'when.<[1].policy', 'UNKNOWN_POLICY'],
    [
      'a text compared with a number',
      { '<': [{ var: 'employment' }, 5] },
      'when.<[0]',
      'TYPE_MISMATCH',
    ],
    [
      'a number equal to a text',
      { '==': [{ var: 'ageYears' }, '5'] },
      'when.==[1]',
      'TYPE_MISMATCH',
    ],
    [
      'a number among texts',
      { in: [{ var: 'ageYears' }, ['5']] },
      'when.in[1][0]',
      'TYPE_MISMATCH',
    ],
    ['a condition that is a number', { '+': [1, 2] }, 'when', 'TYPE_MISMATCH'],
    ['a number as a part of and', { and: [{ var: 'ageYears' }] }, 'when.and[0]', 'TYPE_MISMATCH'],
    ['absence as a value', { '==': [{ var: 'ageYears' }, null] }, 'when.==[1]', 'NULL_LITERAL'],
    [
      'a default for what is absent',
      { '>': [{ var: ['ageYears', 18] }, 5] },
      'when.>[0].var',
      'VARIABLE_NAME',
    ],
    [
      'a division by a literal zero',
      { '>': [{ '/': [1, 0] }, 5] },
      'when.>[0]./[1]',
      'DIVISION_BY_ZERO',
    ],
    ['a number beyond the safe integers', { '>': [1e300, 5] }, 'when.>[0]', 'NUMBER_TOO_LARGE'],
    ['two operators in one node', { '<': [1, 2], '>': [1, 2] }, 'when', 'NOT_AN_EXPRESSION'],
    ['too few operands', { '<': [1] }, 'when.<', 'OPERAND_COUNT'],
    ['operands that are no list', { '!': true }, 'when.!', 'OPERANDS_EXPECTED'],
    ['an empty list', { in: [{ var: 'employment' }, []] }, 'when.in[1]', 'LIST_EXPECTED'],
    [
      'a value listed twice',
      { in: [{ var: 'employment' }, ['A', 'A']] },
      'when.in[1][1]',
      'LISTED_TWICE',
    ],
    ['religion', { '==': [{ var: 'religion' }, 'x'] }, 'when.==[0].var', 'BANNED_FEATURE'],
    ['ethnicity in Chinese', { '==': [{ var: '民族' }, 'x'] }, 'when.==[0].var', 'BANNED_FEATURE'],
    ['nothing at all', null, 'when', 'NULL_LITERAL'],
    ['a list', [1, 2], 'when', 'NOT_AN_EXPRESSION'],
  ])('%s', (_, document, path, code) => {
    const faults = expressionFaults(document, 'when', 'boolean');
    expect(faults).toContainEqual(expect.objectContaining({ path, code }));
    for (const { zh, en } of faults) expect([zh, en]).not.toContain('');
  });

  it('an expression that is too deep, at the depth where it becomes so', () => {
    expect(expressionFaults(nested(MAX_DEPTH - 1), 'when', 'boolean')).toEqual([]);
    const [fault, ...more] = expressionFaults(nested(MAX_DEPTH), 'when', 'boolean');
    expect(fault?.code).toBe('TOO_DEEP');
    expect(more).toEqual([]);
    expect(expressionFaults(nested(100_000), 'when', 'boolean')).toHaveLength(1);
  });

  it('an expression that is too large, with that one fault', () => {
    const large = { or: Array.from({ length: MAX_NODES }, () => ({ var: 'nobody' })) };
    expect(expressionFaults(large, 'when', 'boolean').map((f) => f.code)).toEqual(['TOO_LARGE']);
  });

  it('any JSON value without throwing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (document) => {
        for (const one of expressionFaults(document, 'when', 'boolean'))
          expect(one.path).toMatch(/^when/);
      }),
      { numRuns: 1000 },
    );
  });
});
