/** Publishes the rules that Xindai ships, in their first versions; what a lender has published since stays. */
import { MATRIX_V1 } from '../domain/approval-matrix.ts';
import { POLICY_ROWS } from '../domain/policy-rows.ts';
import { PERSONAL_CREDIT_V1, PRODUCTS } from '../domain/products.ts';
import { RECORDING_SCRIPT_V1 } from '../domain/recording-script-v1.ts';
import { SCORECARD_V1 } from '../domain/scorecard-v1.ts';
import { STRATEGY_V1 } from '../domain/strategy-v1.ts';
import { STRATEGY_V2 } from '../domain/strategy-v2.ts';
import { SHIPPED_TEMPLATES } from '../domain/templates/shipped.ts';
import type { Db } from '../db/database.ts';
import { type PublishedRulebook, publishRulebook } from '../db/queries/rulebooks.ts';
import { sm3Hex } from '../platform/crypto/sm3.ts';

function shipped(
  kind: PublishedRulebook['kind'],
  code: string,
  version: number,
  effectiveFrom: string,
  document: unknown,
): PublishedRulebook {
  return {
    kind,
    code,
    version,
    document,
    documentSm3: sm3Hex(JSON.stringify(document)),
    effectiveFrom: new Date(`${effectiveFrom}T00:00:00+08:00`),
  };
}

/** The first day on which the shipped rules hold. */
const FIRST_DAY = '2026-01-01';

export async function publishShippedRulebooks(db: Db): Promise<void> {
  const books = [
    // The document of the first product stands in the format it was published in.
    ...[PERSONAL_CREDIT_V1, ...PRODUCTS.filter(({ code }) => code !== PERSONAL_CREDIT_V1.code)].map(
      (product) =>
        shipped('PRODUCT', product.code, product.version, product.effectiveFrom, product),
    ),
    shipped('POLICY', 'HOUSE', 1, FIRST_DAY, POLICY_ROWS),
    shipped('SCORECARD', SCORECARD_V1.id, SCORECARD_V1.version, FIRST_DAY, SCORECARD_V1),
    // Loans that pinned the first version keep it, in the format it was written in.
    shipped('STRATEGY', STRATEGY_V1.id, STRATEGY_V1.version, FIRST_DAY, STRATEGY_V1),
    shipped('MATRIX', MATRIX_V1.id, MATRIX_V1.version, FIRST_DAY, MATRIX_V1),
    shipped('STRATEGY', STRATEGY_V2.id, STRATEGY_V2.version, FIRST_DAY, STRATEGY_V2),
    ...Object.values(SHIPPED_TEMPLATES).map((one) =>
      shipped('TEMPLATE', one.id, one.version, FIRST_DAY, one),
    ),
    shipped(
      'RECORDING_SCRIPT',
      RECORDING_SCRIPT_V1.id,
      RECORDING_SCRIPT_V1.version,
      FIRST_DAY,
      RECORDING_SCRIPT_V1,
    ),
  ];
  for (const book of books) await publishRulebook(db, book);
}
