/** An offer of the shipped product, for the samples that store one. */
import { buildOffer as build, type Offer } from '../../../domain/offer.ts';
import { policyOf } from '../../../domain/policy.ts';
import { POLICY_ROWS } from '../../../domain/policy-rows.ts';
import { PERSONAL_CREDIT } from '../../../domain/products.ts';
import { annualRate } from '../../../domain/rates.ts';
import { AMOUNT } from './values.ts';

/** @throws when the shipped product does not fit the shipped policy any more */
export function buildOffer(): Offer {
  const built = build({
    product: PERSONAL_CREDIT,
    amountFen: AMOUNT,
    termMonths: 12,
    annualRate: annualRate('12'),
    lenderName: 'n',
    startDate: '2026-01-05',
    policy: policyOf(POLICY_ROWS, '2026-01-05', PERSONAL_CREDIT.lenderType),
  });
  if (!built.ok) throw new Error(`the sample offer was refused: ${built.reason}`);
  return built.offer;
}
