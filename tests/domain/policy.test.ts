/** Published policies and rules that came after them. */
import { expect, test } from 'vitest';
import { policyOf, type PolicyRow } from '../../domain/policy.ts';
import { POLICY_ROWS, withRulesUnknownTo } from '../../domain/policy-rows.ts';

const day = '2026-11-24';
const without = (ruleId: string): readonly PolicyRow[] =>
  POLICY_ROWS.filter((row) => row.ruleId !== ruleId);
const valueIn = (rows: readonly PolicyRow[]) => policyOf(rows, day, 'BANK');

test('a policy published before a rule was known reads the shipped value of that rule', () => {
  const older = without('objection.answerDays');
  expect(() => valueIn(older)('objection.answerDays')).toThrow('objection.answerDays');
  expect(valueIn(withRulesUnknownTo(older))('objection.answerDays')).toBe(20);
});

test('a rule that a policy knows is the policy’s alone, even where a shipped row began later', () => {
  const [shipped] = POLICY_ROWS.filter((row) => row.ruleId === 'offer.validityDays');
  if (shipped === undefined || shipped.ruleId !== 'offer.validityDays') throw new Error('no row');
  const own: PolicyRow = { ...shipped, value: 3, effectiveFrom: '2000-01-01', version: 1 };
  const rows = withRulesUnknownTo([...without('offer.validityDays'), own]);
  expect(valueIn(rows)('offer.validityDays')).toBe(3);
  expect(rows.filter((row) => row.ruleId === 'offer.validityDays')).toEqual([own]);
});
