/** The policy of a test's house, where it differs from the shipped one: published as a lender would, as a later version. */
import type { Db } from '../../db/database.ts';
import { publishRulebook } from '../../db/queries/rulebooks.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import type { PolicyValues } from '../../domain/policy.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';

/** In force since the shipped version's first day, so that the higher version wins. */
const EFFECTIVE_FROM = new Date('2026-01-01T00:00:00+08:00');

export async function publishPolicy(db: Db, values: Partial<PolicyValues>): Promise<void> {
  const changed: Readonly<Record<string, unknown>> = values;
  const document = POLICY_ROWS.map((row) =>
    row.ruleId in changed ? { ...row, version: 2, value: changed[row.ruleId] } : row,
  );
  await publishRulebook(db, {
    kind: 'POLICY',
    code: 'HOUSE',
    version: 2,
    document,
    documentSm3: sm3Hex(JSON.stringify(document)),
    effectiveFrom: EFFECTIVE_FROM,
  });
}
