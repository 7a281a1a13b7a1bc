/** Assesses fraud: which rules hit, how many points they make, and which level that is. */
import { extractFeatures } from './fraud-features.ts';
import { CIRCUMSTANCE_RULES } from './fraud-circumstances.ts';
import { SHARING_RULES } from './fraud-sharing.ts';
import type { FraudInput, FraudSignal, SignalRule } from './fraud-signal.ts';

export {
  type FraudInput,
  type FraudSignal,
  NO_VELOCITY,
  NOTHING_KNOWN,
  type VelocityCounters,
  type VelocityWindow,
} from './fraud-signal.ts';

export type FraudLevel = 'LOW' | 'MEDIUM' | 'HIGH';

export interface FraudAssessment {
  readonly level: FraudLevel;
  readonly points: number;
  readonly signals: readonly FraudSignal[];
  /** Codes of circumstances that were seen and, for a person on the white list, not counted. */
  readonly waived?: readonly string[];
}

/** Points from which a person looks, and from which the application is refused (house defaults). */
export const FRAUD_LEVELS = { medium: 30, high: 70 } as const;

/** Every rule; weights are house defaults, documented in docs/fraud.md. */
export const FRAUD_RULES: readonly SignalRule[] = [...SHARING_RULES, ...CIRCUMSTANCE_RULES];

interface Hit {
  readonly rule: SignalRule;
  readonly signal: FraudSignal;
}

function hitsOf(input: FraudInput): readonly Hit[] {
  const facts = { ...input, features: extractFeatures(input) };
  return FRAUD_RULES.flatMap((rule): readonly Hit[] => {
    const evidence = rule.sees(facts);
    if (evidence === null) return [];
    const { code, weight, zh, en } = rule;
    return [{ rule, signal: { code, weight, zh, en, evidence } }];
  });
}

function levelOf(hits: readonly Hit[], points: number): FraudLevel {
  if (points >= FRAUD_LEVELS.high && hits.some(({ rule }) => rule.kind === 'HARD')) return 'HIGH';
  const people = hits.some(({ rule }) => rule.kind === 'PEOPLE');
  return people || points >= FRAUD_LEVELS.medium ? 'MEDIUM' : 'LOW';
}

/**
 * Adds up the signals that hit and names the level; without a hard signal it is never HIGH. The white list waives soft
 * signals and nothing else.
 */
export function assessFraud(input: FraudInput): FraudAssessment {
  const seen = hitsOf(input);
  const counts = seen.filter(({ rule }) => !(input.white && rule.kind === 'SOFT'));
  const points = counts.reduce((sum, { signal }) => sum + signal.weight, 0);
  return {
    level: levelOf(counts, points),
    points,
    signals: counts.map(({ signal }) => signal),
    waived: seen.filter((hit) => !counts.includes(hit)).map(({ rule }) => rule.code),
  };
}
