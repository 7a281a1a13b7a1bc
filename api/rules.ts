/** The rules in force now, as the form needs them: the product asked for and the policy of the day. */
import { type PolicyReader, policyOf, type PolicyRow } from '../domain/policy.ts';
import { withRulesUnknownTo } from '../domain/policy-rows.ts';
import type { LenderType } from '../domain/loan-terms.ts';
import type { Product } from '../domain/products.ts';
import type { Queryable } from '../db/database.ts';
import { newestRulebooks, readRulebook, type RulebookKind } from '../db/queries/rulebooks.ts';

async function newest(db: Queryable, kind: RulebookKind, productCode: string): Promise<unknown> {
  const key = (await newestRulebooks(db, productCode)).find((book) => book.kind === kind);
  return key === undefined ? undefined : await readRulebook(db, key);
}

/** The product on offer under a code, or null. */
export async function currentProduct(db: Queryable, code: string): Promise<Product | null> {
  // A published document was parsed when it was published, and the table refuses any change after that.
  const document = (await newest(db, 'PRODUCT', code)) as Product | undefined;
  return document ?? null;
}

/** The policy of a day. The rules of drafts are the same for every product, so the strictest lender's rows are read. */
export async function currentPolicy(
  db: Queryable,
  date: string,
  lenderType: LenderType = 'BANK',
): Promise<PolicyReader> {
  const rows = (await newest(db, 'POLICY', '')) as readonly PolicyRow[] | undefined;
  return policyOf(withRulesUnknownTo(rows ?? []), date, lenderType);
}
