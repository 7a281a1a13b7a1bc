/** The offer: amount, rate, schedule and the disclosure of what it costs, checked against the rate cap. */
import { addDays } from './calendar.ts';
import type { LenderType, RepaymentMethod } from './loan-terms.ts';
import { METHOD_NAMES_ZH } from './loan-terms.ts';
import { type Fen, fen, formatYuan } from './money.ts';
import type { PolicyReader, RateCap } from './policy.ts';
import type { Product, ProductFee } from './products.ts';
import {
  type AnnualRate,
  annualRate,
  compareRates,
  D,
  formatPercent,
  roundToFen,
} from './rates.ts';
import { type Annualised, buildSchedule, type Schedule, type ScheduleFee } from './schedule.ts';

export {
  buildSchedule,
  type Instalment,
  type Schedule,
  type ScheduleInput,
} from './schedule.ts';

export interface RateCapCheck {
  readonly within: boolean;
  /** The rate compared, percent with two decimals. */
  readonly rate: string;
  readonly cap: string;
}

/**
 * Compares a rate in percent with a cap at two decimals, half-up: a 24 % loan whose instalments are rounded to fen
 * costs 24.00006 % and is within a cap of 24 % (regulation.md §1.4).
 */
export function checkRateCap(percent: string | number, cap: string): RateCapCheck {
  const rate = formatPercent(new D(percent).dividedBy(100));
  return {
    within: compareRates(rate, cap) <= 0,
    rate,
    cap: formatPercent(new D(cap).dividedBy(100)),
  };
}

/** The measure that a policy's cap is compared with. */
export function measureOf(annualised: Annualised, cap: RateCap): string {
  const measures = {
    SIMPLE: annualised.simple,
    COMPOUND: annualised.compound,
    XIRR: annualised.xirr,
  } as const;
  return measures[cap.measure];
}

/** One line of the cost disclosure: what, how it is charged, at which standard, to whom. */
export interface CostItem {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  /** 收取方式. */
  readonly charging: string;
  /** 收取标准. */
  readonly standard: string;
  /** 收取主体. */
  readonly payee: string;
  /** Total over the normal course, in fen; null for a contingent cost. */
  readonly amountFen: Fen | null;
}

/** 综合融资成本明示表 (金规〔2026〕2号, regulation.md §1.2). */
export interface CostDisclosure {
  readonly principalFen: Fen;
  readonly normal: readonly CostItem[];
  /** 违约及或有成本. */
  readonly contingent: readonly CostItem[];
  /** 正常履约年化综合融资成本, percent, simple (单利) and compound (IRR复利). */
  readonly annualised: Annualised;
  readonly noticeZh: string;
  readonly noticeEn: string;
}

export interface Offer {
  readonly product: string;
  readonly lenderType: LenderType;
  readonly amountFen: Fen;
  readonly termMonths: number;
  readonly method: RepaymentMethod;
  /** Nominal rate a year, percent. */
  readonly annualRate: AnnualRate;
  /** Day the schedule assumes the money moves. */
  readonly startDate: string;
  readonly schedule: Schedule;
  readonly disclosure: CostDisclosure;
  readonly cap: RateCapCheck;
  /** Last day on which it can be accepted. */
  readonly validUntil: string;
}

export type OfferResult =
  | { readonly ok: true; readonly offer: Offer }
  | { readonly ok: false; readonly reason: 'RATE_ABOVE_CAP'; readonly cap: RateCapCheck };

export interface OfferInput {
  readonly product: Product;
  readonly amountFen: Fen;
  readonly termMonths: number;
  readonly annualRate: AnnualRate;
  readonly lenderName: string;
  readonly startDate: string;
  readonly policy: PolicyReader;
}

function feeAmount(fee: ProductFee, principalFen: Fen): Fen {
  return roundToFen(new D(fee.percent).times(principalFen).dividedBy(100));
}

/** The product's fees in fen for a principal. */
export function scheduleFees(product: Product, principalFen: Fen): readonly ScheduleFee[] {
  return product.fees.map((fee) => ({
    code: fee.code,
    timing: fee.timing,
    amountFen: feeAmount(fee, principalFen),
  }));
}

function normalItems(input: OfferInput, schedule: Schedule): readonly CostItem[] {
  const interest: CostItem = {
    code: 'INTEREST',
    zh: '利息',
    en: 'Interest',
    charging: METHOD_NAMES_ZH[input.product.method],
    standard: `年利率（单利）${input.annualRate}%`,
    payee: input.lenderName,
    amountFen: schedule.totals.interestFen,
  };
  const fees = input.product.fees.map((fee): CostItem => {
    const once = feeAmount(fee, input.amountFen);
    const times = fee.timing === 'UPFRONT' ? 1 : schedule.instalments.length;
    return {
      code: fee.code,
      zh: fee.zh,
      en: fee.en,
      charging: fee.timing === 'UPFRONT' ? '放款时一次性收取' : '按期收取',
      standard: `借款本金的${fee.percent}%`,
      payee: fee.payee,
      amountFen: fen(once * times),
    };
  });
  return [interest, ...fees];
}

function contingentItems(input: OfferInput): readonly CostItem[] {
  const { contingent } = input.product;
  const item = (code: string, zh: string, en: string, standard: string): CostItem => ({
    code,
    zh,
    en,
    charging: '发生时收取',
    standard,
    payee: input.lenderName,
    amountFen: null,
  });
  const raised = (markup: string) =>
    annualRate(new D(input.annualRate).times(new D(markup).plus(100)).dividedBy(100).toFixed(4));
  const free = new D(contingent.earlySettlementPercent).isZero();
  return [
    item(
      'OVERDUE',
      '逾期罚息',
      'Overdue penalty interest',
      `逾期本金按年利率${Number(raised(contingent.penaltyMarkupPercent))}%计收`,
    ),
    item(
      'MISUSE',
      '挪用罚息',
      'Misuse penalty interest',
      `挪用金额按年利率${Number(raised(contingent.misuseMarkupPercent))}%计收`,
    ),
    item(
      'EARLY_SETTLEMENT',
      '提前还款违约金',
      'Early settlement fee',
      free ? '不收取' : `提前归还本金的${contingent.earlySettlementPercent}%`,
    ),
  ];
}

function disclose(input: OfferInput, schedule: Schedule): CostDisclosure {
  return {
    principalFen: input.amountFen,
    normal: normalItems(input, schedule),
    contingent: contingentItems(input),
    annualised: schedule.annualised,
    noticeZh: `除上述已明示的成本外，不再收取任何与本次贷款相关的利息或费用。借款本金${formatYuan(input.amountFen)}元，正常履约年化综合融资成本（单利）${schedule.annualised.simple}%。`,
    noticeEn: `Apart from the costs shown above no other interest or fee related to this loan will be charged. Principal ${formatYuan(input.amountFen)} yuan, annualised total cost (simple) ${schedule.annualised.simple} %.`,
  };
}

/**
 * Makes an offer. Refused, never trimmed, when its total cost is above the lender's cap: a price that breaks the cap is
 * a mistake of the product and a person must see it. Throws ScheduleError for terms that make no loan.
 */
export function buildOffer(input: OfferInput): OfferResult {
  const schedule = buildSchedule({
    principalFen: input.amountFen,
    annualRate: input.annualRate,
    instalments: input.termMonths,
    method: input.product.method,
    dayCount: input.product.dayCount,
    startDate: input.startDate,
    fees: scheduleFees(input.product, input.amountFen),
  });
  const capRule = input.policy('rate.cap');
  const cap = checkRateCap(measureOf(schedule.annualised, capRule), capRule.percent);
  if (!cap.within) return { ok: false, reason: 'RATE_ABOVE_CAP', cap };
  return {
    ok: true,
    offer: {
      product: `${input.product.code}@${input.product.version}`,
      lenderType: input.product.lenderType,
      amountFen: input.amountFen,
      termMonths: input.termMonths,
      method: input.product.method,
      annualRate: input.annualRate,
      startDate: input.startDate,
      schedule,
      disclosure: disclose(input, schedule),
      cap,
      validUntil: addDays(input.startDate, input.policy('offer.validityDays')),
    },
  };
}
