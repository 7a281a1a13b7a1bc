/** The policy of a test's house, where it differs from the shipped one: published as a lender would, as a later version. */
import type { Db } from '../../db/database.ts';
import { publishRulebook } from '../../db/queries/rulebooks.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import type { PolicyValues } from '../../domain/policy.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';

/** In force since the shipped version's first day, so that the higher version wins. */
const EFFECTIVE_FROM = new Date('2026-01-01T00:00:00+08:00');

/**
 * The shipped policy without the time that a cost disclosure is read for, under the shipped version's own name: published
 * before the shipped one, which then leaves it as it is. Nobody waits in a test that is not about the reading.
 */
export async function publishHastyPolicy(db: Db): Promise<void> {
  const document = withValues({ 'offer.costReadSeconds': 0 }, 1);
  await publish(db, 1, document);
}

function withValues(values: Partial<PolicyValues>, version: number): unknown {
  const changed: Readonly<Record<string, unknown>> = values;
  return POLICY_ROWS.map((row) =>
    row.ruleId in changed ? { ...row, version, value: changed[row.ruleId] } : row,
  );
}

async function publish(db: Db, version: number, document: unknown): Promise<void> {
  await publishRulebook(db, {
    kind: 'POLICY',
    code: 'HOUSE',
    version,
    document,
    documentSm3: sm3Hex(JSON.stringify(document)),
    effectiveFrom: EFFECTIVE_FROM,
  });
}

export async function publishPolicy(db: Db, values: Partial<PolicyValues>): Promise<void> {
  await publish(db, 2, withValues({ 'offer.costReadSeconds': 0, ...values }, 2));
}
