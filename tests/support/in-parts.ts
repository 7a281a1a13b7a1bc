/** A product of a test's house that is paid out in parts: published as a lender would, as a later version of one that is shipped. */
import type { Db } from '../../db/database.ts';
import { publishRulebook } from '../../db/queries/rulebooks.ts';
import { fen } from '../../domain/money.ts';
import type { Product } from '../../domain/product.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';

/** Half at once, three tenths after 30 days, the rest after 60, with a fee of 100.01 yuan that is deducted. */
const inParts = (shipped: Product): Product => ({
  ...shipped,
  version: shipped.version + 1,
  fees: [
    {
      code: 'SERVICE',
      zh: '服务费',
      en: 'Service fee',
      timing: 'UPFRONT',
      payee: '示范银行',
      amountFen: fen(100_01),
    },
  ],
  tranches: [
    { share: '0.5', afterDays: 0 },
    { share: '0.3', afterDays: 30 },
    { share: '0.2', afterDays: 60 },
  ],
});

/** Puts it on sale in the house; whoever applies for the product from then on is paid in parts. */
export async function sellInParts(db: Db, shipped: Product): Promise<void> {
  const document = inParts(shipped);
  await publishRulebook(db, {
    kind: 'PRODUCT',
    code: document.code,
    version: document.version,
    document,
    documentSm3: sm3Hex(JSON.stringify(document)),
    effectiveFrom: new Date('2026-01-01T00:00:00+08:00'),
  });
}
