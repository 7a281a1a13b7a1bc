/**
 * Strategies compiled once per version: of a loan's pinned documents, on the policy of one day. What cannot be used comes
 * back as faults, so that the loan goes to people instead of standing still.
 */
import { compileStrategy, type Decider } from '../domain/decide.ts';
import { fault, type Parsed } from '../domain/fault.ts';
import { compileScorecard, type Scorecard, type Scorer } from '../domain/score.ts';
import { parseScorecard } from '../domain/scorecard-parse.ts';
import type { Strategy } from '../domain/strategy.ts';
import { parseStrategy } from '../domain/strategy-parse.ts';
import { policyFor, type Rules } from './rulebooks.ts';

export interface CompiledRules {
  readonly decide: Decider;
  readonly scorecard: Scorecard;
  readonly strategy: Strategy;
}

export type Compiled = Parsed<'compiled', CompiledRules>;

const FAILED = fault('', 'COMPILE_FAILED', '策略无法编译', 'The strategy cannot be compiled');

/** Parses and compiles; faults where a document cannot be used. Never throws. */
export function compileRules(rules: Rules, day: string): Compiled {
  try {
    const strategy = parseStrategy(rules.strategy);
    if (!strategy.ok) return strategy;
    const card = parseScorecard(rules.scorecard);
    if (!card.ok) return card;
    const decide = compileStrategy({
      strategy: strategy.strategy,
      scorecard: card.scorecard,
      product: rules.product,
      policy: policyFor(rules, day),
    });
    return {
      ok: true,
      compiled: { decide, scorecard: card.scorecard, strategy: strategy.strategy },
    };
  } catch {
    return { ok: false, faults: [FAILED] };
  }
}

interface Kept {
  readonly rules: Rules;
  readonly day: string;
  readonly compiled: Compiled;
}

/** Compiled rules that are kept: some versions on the business days of loans still under way. */
const MOST_KEPT = 64;
const kept: Kept[] = [];

const same = (a: Rules, b: Rules): boolean =>
  a.strategy === b.strategy &&
  a.scorecard === b.scorecard &&
  a.product === b.product &&
  a.policyRows === b.policyRows;

/** The same, compiled once: the reader of rules gives the same documents for the same versions. */
export function compiledFor(rules: Rules, day: string): Compiled {
  const found = kept.find((one) => one.day === day && same(one.rules, rules));
  if (found !== undefined) return found.compiled;
  const compiled = compileRules(rules, day);
  kept.push({ rules, day, compiled });
  if (kept.length > MOST_KEPT) kept.shift();
  return compiled;
}

/** Scorers by the document they were made from: a version is one object for as long as the process lives. */
const scorers = new WeakMap<object, Scorer | null>();

/** The scorer of a published card, or null where its document cannot be used. */
export function scorerOf(document: unknown): Scorer | null {
  if (typeof document !== 'object' || document === null) return null;
  const made = scorers.get(document);
  if (made !== undefined) return made;
  const card = parseScorecard(document);
  const scorer = card.ok ? compileScorecard(card.scorecard) : null;
  scorers.set(document, scorer);
  return scorer;
}
