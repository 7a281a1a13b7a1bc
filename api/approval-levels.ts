/** The approvals that a strategy asks for of a case, as the decision that refers it would: one person, or two. */
import { type ApprovalLevel, approvalsAbove } from '../domain/authority.ts';
import type { Grade } from '../domain/loan-terms.ts';
import { fen } from '../domain/money.ts';
import { policyOf, type PolicyRow } from '../domain/policy.ts';
import { withRulesUnknownTo } from '../domain/policy-rows.ts';
import type { Product } from '../domain/products.ts';
import { parseStrategy } from '../domain/strategy-parse.ts';
import type { Queryable } from '../db/database.ts';
import { newestRulebooks, readRulebook, type RulebookKey } from '../db/queries/rulebooks.ts';

/** The versions that the case is weighed on; what is left out is the one in force. */
export type WeighedOn = Partial<Readonly<Record<'product' | 'policy' | 'strategy', Version>>>;
type Version = Pick<RulebookKey, 'code' | 'version'>;

/** Amount above which two people must approve; nought where no strategy can be read: what is not known asks for more people. */
async function twoPersonAbove(
  db: Queryable,
  productCode: string,
  day: string,
  on: WeighedOn,
): Promise<number> {
  const newest = await newestRulebooks(db, productCode);
  const read = async (kind: 'PRODUCT' | 'POLICY' | 'STRATEGY', pinned: Version | undefined) => {
    const key = pinned ?? newest.find((one) => one.kind === kind);
    if (key === undefined) return undefined;
    return await readRulebook(db, { kind, code: key.code, version: key.version });
  };
  const strategy = parseStrategy(await read('STRATEGY', on.strategy));
  if (!strategy.ok) return 0;
  // Products and policies were parsed when they were published, and the table refuses any change after that.
  const product = (await read('PRODUCT', on.product)) as Product | undefined;
  const rows = (await read('POLICY', on.policy)) as readonly PolicyRow[] | undefined;
  const policy = policyOf(withRulesUnknownTo(rows ?? []), day, product?.lenderType ?? 'BANK');
  const own = strategy.strategy.authority.twoPersonAboveFen;
  return Math.min(policy('review.twoPersonAboveFen'), own ?? Number.POSITIVE_INFINITY);
}

/**
 * @param day business date whose policy holds
 * @param on the versions that the application has pinned; none for figures of no application
 */
export async function levelsOf(
  db: Queryable,
  it: { readonly productCode: string; readonly amountFen: number; readonly grade: Grade },
  day: string,
  on: WeighedOn,
): Promise<readonly ApprovalLevel[]> {
  const { productCode, amountFen, grade } = it;
  return approvalsAbove(fen(amountFen), grade, await twoPersonAbove(db, productCode, day, on));
}
