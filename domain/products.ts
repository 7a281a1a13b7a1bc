/** Loan products: what may be asked for, at which price for which grade, and under which conditions. */
import type { DayCount, Grade, LenderType, RepaymentMethod } from './loan-terms.ts';
import { type Fen, fen, formatYuan } from './money.ts';
import type { PolicyReader } from './policy.ts';
import { type AnnualRate, annualRate, compareRates } from './rates.ts';

/** A fee that is part of the product's price. `percent` is of the original principal. */
export interface ProductFee {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly timing: 'UPFRONT' | 'PER_INSTALMENT';
  readonly percent: string;
  /** Who receives it; printed on the cost disclosure. */
  readonly payee: string;
}

/** Costs that arise only when the borrower departs from the schedule (违约/或有成本, regulation.md §1.2). */
export interface ContingentCosts {
  /** Penalty interest on overdue principal: percent on top of the contract rate. */
  readonly penaltyMarkupPercent: string;
  /** On top of the contract rate when the money is used for another purpose. */
  readonly misuseMarkupPercent: string;
  /** Percent of the principal prepaid; `0` when early settlement is free. */
  readonly earlySettlementPercent: string;
}

export interface Product {
  readonly code: string;
  readonly version: number;
  readonly zh: string;
  readonly en: string;
  readonly lenderType: LenderType;
  readonly minAmountFen: Fen;
  readonly maxAmountFen: Fen;
  /** Amounts are multiples of this. */
  readonly amountStepFen: Fen;
  readonly termsMonths: readonly number[];
  readonly method: RepaymentMethod;
  readonly dayCount: DayCount;
  /** Price by grade; null means that the product is not for that grade. */
  readonly rateByGrade: Readonly<Record<Grade, AnnualRate | null>>;
  readonly fees: readonly ProductFee[];
  readonly contingent: ContingentCosts;
  /** Loans above this amount need a dual recording (双录) before the money moves; null when none do. */
  readonly dualRecordingAboveFen: Fen | null;
  readonly effectiveFrom: string;
  readonly effectiveTo: string | null;
}

/** The shipped personal credit loan. Rates are house defaults below the 24 % cap of regulation.md §1.4. */
export const PERSONAL_CREDIT: Product = {
  code: 'PERSONAL_CREDIT',
  version: 1,
  zh: '个人信用贷款',
  en: 'Personal credit loan',
  lenderType: 'BANK',
  minAmountFen: fen(1_000_00),
  maxAmountFen: fen(200_000_00),
  amountStepFen: fen(100_00),
  termsMonths: [3, 6, 12, 18, 24, 36],
  method: 'EQUAL_INSTALMENT',
  dayCount: 'MONTHS/12',
  rateByGrade: {
    A: annualRate('7.20'),
    B: annualRate('10.80'),
    C: annualRate('14.40'),
    D: annualRate('18.00'),
    E: null,
  },
  fees: [],
  contingent: {
    penaltyMarkupPercent: '50',
    misuseMarkupPercent: '100',
    earlySettlementPercent: '0',
  },
  dualRecordingAboveFen: fen(50_000_00),
  effectiveFrom: '2026-01-01',
  effectiveTo: null,
};

/** Products shipped with Xindai. */
export const PRODUCTS: readonly Product[] = [PERSONAL_CREDIT];

/** The highest version of a product that is on sale on a date, or null. */
export function productOn(
  products: readonly Product[],
  code: string,
  date: string,
): Product | null {
  return (
    products
      .filter((p) => p.code === code)
      .filter((p) => p.effectiveFrom <= date && (p.effectiveTo === null || date < p.effectiveTo))
      .sort((a, b) => b.version - a.version)[0] ?? null
  );
}

export type RequestRefusal = 'AMOUNT_BELOW' | 'AMOUNT_ABOVE' | 'AMOUNT_STEP' | 'TERM';

export type RequestCheck =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: RequestRefusal;
      readonly zh: string;
      readonly en: string;
    };

/** Says whether the product can be asked for in this amount and term, and if not, why, in both languages. */
export function validateRequest(
  product: Product,
  amountFen: Fen,
  termMonths: number,
): RequestCheck {
  const range = `${formatYuan(product.minAmountFen)}–${formatYuan(product.maxAmountFen)}`;
  if (amountFen < product.minAmountFen || amountFen > product.maxAmountFen) {
    return {
      ok: false,
      reason: amountFen < product.minAmountFen ? 'AMOUNT_BELOW' : 'AMOUNT_ABOVE',
      zh: `借款金额须在 ${range} 元之间`,
      en: `The amount must be between ${range} yuan`,
    };
  }
  if (amountFen % product.amountStepFen !== 0) {
    const step = formatYuan(product.amountStepFen);
    return {
      ok: false,
      reason: 'AMOUNT_STEP',
      zh: `借款金额须为 ${step} 元的整数倍`,
      en: `The amount must be a multiple of ${step} yuan`,
    };
  }
  if (!product.termsMonths.includes(termMonths)) {
    const terms = product.termsMonths.join(', ');
    return {
      ok: false,
      reason: 'TERM',
      zh: `借款期限须为以下月数之一：${terms}`,
      en: `The term must be one of ${terms} months`,
    };
  }
  return { ok: true };
}

export type ProductFault = 'AMOUNT_ABOVE_POLICY' | 'TERM_ABOVE_POLICY' | 'RATE_ABOVE_CAP';

/**
 * What a product promises that the policy of the day forbids (regulation.md §1.4, §3.2, §3.3); empty when it may be
 * sold. The nominal rate is checked here; the whole cost with fees is checked again with every offer.
 */
export function productFaults(product: Product, policy: PolicyReader): readonly ProductFault[] {
  const rates = Object.values(product.rateByGrade).filter((rate) => rate !== null);
  const checks: readonly (readonly [boolean, ProductFault])[] = [
    [product.maxAmountFen <= policy('loan.maxAmountFen'), 'AMOUNT_ABOVE_POLICY'],
    [
      product.termsMonths.every((months) => months <= policy('loan.maxTermMonths')),
      'TERM_ABOVE_POLICY',
    ],
    [rates.every((rate) => compareRates(rate, policy('rate.cap').percent) <= 0), 'RATE_ABOVE_CAP'],
  ];
  return checks.filter(([holds]) => !holds).map(([, fault]) => fault);
}

/** True when a loan of this amount needs a dual recording before the money moves. */
export function needsDualRecording(product: Product, amountFen: Fen): boolean {
  return product.dualRecordingAboveFen !== null && amountFen > product.dualRecordingAboveFen;
}
