/** Who acts on rules: the caller with role and coded reason, as the rows that keep acts on rules have them. */
import type { RuleAct } from '../db/queries/rule-life.ts';
import { type AppContext, callerOf } from './deps.ts';

export function ruleActOf(c: AppContext, reason: string): RuleAct {
  const { subject, role } = callerOf(c);
  return { actor: subject, role, reason };
}
