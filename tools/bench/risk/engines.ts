/** General rule engines on the same thirty rules: what each needs to say which rules hit. */
import { ZenEngine } from '@gorules/zen-engine';
import jsonLogic from 'json-logic-js';
import { Engine } from 'json-rules-engine';
import { compileRules, runRule } from '../../../domain/rules.ts';
import type { Variables } from '../../../domain/variables.ts';
import { BOOK, EXPRESSIONS, PAIRS } from './material.ts';

/** Says which rules hit, by their place. */
export type Judge = (variables: Variables) => readonly number[] | Promise<readonly number[]>;

const placesOf = (hits: readonly boolean[]): readonly number[] =>
  hits.flatMap((hit, i) => (hit ? [i] : []));

const OPERATORS = { '<': 'lessThan', '>=': 'greaterThanInclusive' } as const;

function jsonRulesEngine(): Judge {
  const engine = new Engine();
  for (const [i, pair] of PAIRS.entries()) {
    const all = pair.map(({ variable, is, limit }) => ({
      fact: variable,
      operator: OPERATORS[is === '<' ? '<' : '>='],
      value: limit,
    }));
    engine.addRule({ conditions: { all }, event: { type: String(i) } });
  }
  return async (variables) => {
    const { events } = await engine.run({ ...variables });
    return events.map(({ type }) => Number(type)).sort((a, b) => a - b);
  };
}

/** One expression for each rule: the node of zen that does least beside evaluating them. */
function zenEngine(trace: boolean): Judge {
  const expressions = PAIRS.map((pair, i) => ({
    id: `e${i}`,
    key: `r${i}`,
    value: pair.map(({ variable, is, limit }) => `${variable} ${is} ${limit}`).join(' and '),
  }));
  const node = (id: string, type: string, content?: object) => ({
    id,
    type,
    name: id,
    position: { x: 0, y: 0 },
    ...(content === undefined ? {} : { content }),
  });
  const decision = new ZenEngine().createDecision({
    nodes: [
      node('in', 'inputNode'),
      node('rules', 'expressionNode', { expressions }),
      node('out', 'outputNode'),
    ],
    edges: [
      { id: 'a', sourceId: 'in', targetId: 'rules', type: 'edge' },
      { id: 'b', sourceId: 'rules', targetId: 'out', type: 'edge' },
    ],
  });
  return async (variables) => {
    const { result } = await decision.evaluate(variables, { trace });
    return placesOf(PAIRS.map((_, i) => result[`r${i}`] === true));
  };
}

function jsonLogicJs(): Judge {
  // What json-logic-js declares as its input, written with lists that may change.
  const rules = JSON.parse(JSON.stringify(EXPRESSIONS)) as Parameters<typeof jsonLogic.apply>[0][];
  return (variables) => placesOf(rules.map((rule) => jsonLogic.apply(rule, variables) === true));
}

function ours(): Judge {
  const { strategy, policy } = BOOK;
  const rules = compileRules([...strategy.knockouts, ...strategy.referrals], 'KNOCKOUT', policy);
  return (variables) => placesOf(rules.map((rule) => runRule(rule, variables).outcome === 'HIT'));
}

/** Every engine by its name. */
export const ENGINES: Readonly<Record<string, Judge>> = {
  'json-rules-engine': jsonRulesEngine(),
  'zen-engine with trace': zenEngine(true),
  'zen-engine': zenEngine(false),
  'json-logic-js': jsonLogicJs(),
  'our closures with trace': ours(),
};
