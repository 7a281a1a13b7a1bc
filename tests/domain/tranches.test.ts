/** Payouts in parts: shares to the fen, the cost of the whole from its flows, and the cap on every part. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datedRate } from '../../domain/annualised-rate.ts';
import { disclosureFaults } from '../../domain/disclosure.ts';
import { addFen, fen, subtractFen, sumFen } from '../../domain/money.ts';
import {
  buildOffer,
  type Offer,
  offerCapCheck,
  payoutOfOffer,
  scheduleOfOffer,
} from '../../domain/offer.ts';
import { parseProduct } from '../../domain/product-parse.ts';
import { productFaults } from '../../domain/product-policy.ts';
import { scheduleFees } from '../../domain/product-schedule.ts';
import type { Product, ProductFee, TrancheRule } from '../../domain/product.ts';
import { EVEN_PRINCIPAL_CREDIT } from '../../domain/products.ts';
import { annualRate, formatPercent } from '../../domain/rates.ts';
import { ScheduleError } from '../../domain/schedule.ts';
import { advancesOf, shareOut } from '../../domain/tranches.ts';
import { AS_OF, policy } from './samples.ts';

const THIRDS: readonly TrancheRule[] = [
  { share: '0.3333', afterDays: 0 },
  { share: '0.3333', afterDays: 30 },
  { share: '0.3334', afterDays: 75 },
];
const fee = (code: string, timing: ProductFee['timing'], amountFen: number): ProductFee => ({
  code,
  zh: '费用',
  en: 'Fee',
  timing,
  payee: '示范银行',
  amountFen: fen(amountFen),
});
const FEES = [
  fee('SERVICE', 'UPFRONT', 100_01),
  fee('GUARANTEE', 'UPFRONT_PAID', 50_03),
  fee('MANAGEMENT', 'PER_INSTALMENT', 1_01),
  fee('CLOSING', 'LAST_INSTALMENT', 2_02),
];
const PRODUCT: Product = { ...EVEN_PRINCIPAL_CREDIT, fees: FEES, tranches: THIRDS };

function made(product: Product, amountFen = fen(100_000_00), rate = '7.20') {
  return buildOffer({
    product,
    amountFen,
    termMonths: 12,
    annualRate: annualRate(rate),
    lenderName: '示范银行',
    startDate: AS_OF,
    policy,
  });
}

function offerOf(...of: Parameters<typeof made>): Offer {
  const result = made(...of);
  if (!result.ok) throw new Error('The sample is within the cap.');
  return result.offer;
}

const codesOf = (product: unknown): readonly string[] => {
  const parsed = parseProduct(product);
  return parsed.ok ? [] : parsed.faults.map(({ code }) => code);
};

describe('the plan of a product', () => {
  it('has shares that sum to one and days that grow, or there is none', () => {
    expect(codesOf(PRODUCT)).toEqual([]);
    expect(codesOf({ ...PRODUCT, tranches: null })).toEqual([]);
    const { tranches: _none, ...once } = PRODUCT;
    expect(codesOf(once)).toEqual([]);
    const half = { share: '0.5', afterDays: 0 };
    const plans: readonly (readonly [string, readonly unknown[]])[] = [
      ['SHARES_DO_NOT_SUM', [half, { share: '0.4', afterDays: 1 }]],
      ['DAYS_DO_NOT_GROW', [half, { share: '0.5', afterDays: 0 }]],
      [
        'DAYS_DO_NOT_GROW',
        [
          { ...half, afterDays: 1 },
          { share: '0.5', afterDays: 2 },
        ],
      ],
      ['SHARE_EXPECTED', [half, { share: '0.0', afterDays: 1 }]],
      ['SHARE_EXPECTED', [half, { share: 0.5, afterDays: 1 }]],
      ['TRANCHES_EXPECTED', [{ share: '1', afterDays: 0 }]],
      ['UNKNOWN_MEMBER', [half, { share: '0.5', afterDays: 1, fee: 1 }]],
      ['LIST_TOO_LONG', Array.from({ length: 13 }, (_, i) => ({ share: '0.05', afterDays: i }))],
    ];
    for (const [code, tranches] of plans) expect(codesOf({ ...PRODUCT, tranches })).toContain(code);
  });

  it('is held to the policy when it is drafted, with the fees of every part', () => {
    const plain = { ...PRODUCT, fees: [] };
    expect(productFaults(plain, policy, AS_OF)).toEqual([]);
    const dear = { ...PRODUCT, fees: [fee('SERVICE', 'UPFRONT', 700_00)] };
    expect(productFaults(dear, policy, AS_OF).map(({ code }) => code)).toContain('RATE_ABOVE_CAP');
  });
});

describe('an offer in parts', () => {
  it('shares principal and fees to the fen, the last part taking the rest', () => {
    expect(shareOut(fen(100_01), THIRDS)).toEqual([33_33, 33_33, 33_35]);
    const { tranches = [], schedule, amountFen } = offerOf(PRODUCT);
    expect(tranches.map((one) => [one.principalFen, one.earliestOn])).toEqual([
      [33_330_00, AS_OF],
      [33_330_00, '2026-12-24'],
      [33_340_00, '2027-02-07'],
    ]);
    const upfront = tranches.map(({ fees }) => fees[0]?.amountFen ?? fen(0));
    expect(upfront).toEqual([33_33, 33_33, 33_35]);
    expect(schedule.totals.advancedFen).toBe(subtractFen(amountFen, fen(100_01)));
  });

  it('discloses every cost of all parts and nothing else, and the rate of the actual flows', () => {
    const offer = offerOf(PRODUCT);
    expect(disclosureFaults(offer, scheduleFees(PRODUCT, offer.amountFen))).toEqual([]);
    const hidden = { ...PRODUCT, fees: FEES.slice(1) };
    expect(disclosureFaults(offerOf(hidden), scheduleFees(PRODUCT, offer.amountFen))).not.toEqual(
      [],
    );
    const paid = offer.schedule.instalments.map((i) => ({
      date: i.dueDate,
      amountFen: i.paymentFen,
    }));
    const found = datedRate(advancesOf(offer.tranches ?? []), paid);
    expect(found.ok && formatPercent(found.rates.compound)).toBe(offer.schedule.annualised.xirr);
    expect(offer.disclosure.noticeZh).toContain('分3次发放');
  });

  it('is within the cap only when the whole and every part are', () => {
    const { schedule, tranches = [] } = offerOf(PRODUCT);
    expect(offerCapCheck({ schedule, tranches }, policy).within).toBe(true);
    const above = { simple: '24.01', compound: '24.01', xirr: '24.01' };
    const [first, ...rest] = tranches;
    if (first === undefined) throw new Error('The sample has parts.');
    const dear = { ...first, schedule: { ...first.schedule, annualised: above } };
    expect(offerCapCheck({ schedule, tranches: [...rest, dear] }, policy)).toMatchObject({
      within: false,
      rate: '24.01',
    });
    const whole = { ...schedule, annualised: above };
    expect(offerCapCheck({ schedule: whole, tranches }, policy).within).toBe(false);
  });

  it('is the offer of one payout, byte for byte, where the product has no plan', () => {
    const { tranches: _none, ...once } = PRODUCT;
    expect(JSON.stringify(offerOf({ ...once, tranches: null }))).toBe(
      JSON.stringify(offerOf(once)),
    );
    expect(payoutOfOffer(offerOf(once), 1)).toEqual({
      principalFen: 100_000_00,
      advancedFen: 99_899_99,
    });
    expect(() => payoutOfOffer(offerOf(once), 2)).toThrow(RangeError);
  });

  it('conserves principal, interest, fees and flows whatever the plan', () => {
    const plan = fc
      .array(fc.integer({ min: 1, max: 1_000 }), { minLength: 2, maxLength: 12 })
      .chain((weights) =>
        fc.record({ weights: fc.constant(weights), gap: fc.integer({ min: 1, max: 60 }) }),
      );
    fc.assert(
      fc.property(
        plan,
        fc.integer({ min: 10_000_00, max: 50_000_000 }),
        ({ weights, gap }, whole) => {
          const sum = weights.reduce((a, b) => a + b, 0);
          const shares = weights.slice(1).map((w) => (w / sum).toFixed(4));
          const rest = (1 - shares.reduce((a, b) => a + Number(b), 0)).toFixed(4);
          const tranches = [...shares, rest].map((share, i) => ({ share, afterDays: i * gap }));
          const product: Product = { ...PRODUCT, tranches };
          const amountFen = fen(whole);
          let result;
          try {
            result = made(product, amountFen);
          } catch (error) {
            // A share so small that the fees eat it is no loan; nothing is offered then.
            if (error instanceof ScheduleError) return;
            throw error;
          }
          if (!result.ok) return;
          const { offer } = result;
          const parts = offer.tranches ?? [];
          expect(sumFen(parts.map((one) => one.principalFen))).toBe(amountFen);
          expect(sumFen(offer.schedule.instalments.map((i) => i.principalFen))).toBe(amountFen);
          expect(offer.schedule.instalments.at(-1)?.balanceFen).toBe(0);
          const fees = FEES.map(({ timing, amountFen: once }) =>
            timing === 'PER_INSTALMENT' ? (once ?? 0) * 12 : (once ?? 0),
          );
          expect(offer.schedule.totals.feeFen).toBe(fees.reduce((a, b) => a + b, 0));
          for (const one of parts) {
            const anew = scheduleOfOffer(offer, product, one.earliestOn, one.number);
            expect(anew).toEqual(one.schedule);
          }
          const advanced = parts.map((one) => payoutOfOffer(offer, one.number).advancedFen);
          expect(addFen(sumFen(advanced), fen(100_01))).toBe(amountFen);
          expect(disclosureFaults(offer, scheduleFees(product, amountFen))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
