/** The disclosure of what a loan costs (综合融资成本明示): every cost of the normal course, and every one that may arise. */
import { METHOD_NAMES_ZH } from './loan-terms.ts';
import { type Fen, fen, formatYuan } from './money.ts';
import type { PolicyReader } from './policy.ts';
import { feeAmount } from './product-schedule.ts';
import type { EarlySettlementStep, Product, ProductFee } from './product.ts';
import { type AnnualRate, annualRate, D } from './rates.ts';
import type { Annualised, Schedule } from './schedule.ts';
import type { FeeTiming } from './schedule-terms.ts';
import { planInWords, type Tranche } from './tranches.ts';

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

export interface DisclosureInput {
  readonly product: Product;
  readonly amountFen: Fen;
  readonly annualRate: AnnualRate;
  readonly lenderName: string;
  readonly policy: PolicyReader;
}

const CHARGING: Readonly<Record<FeeTiming, string>> = {
  UPFRONT: '放款时一次性收取',
  UPFRONT_PAID: '放款日由借款人另行支付',
  PER_INSTALMENT: '按期收取',
  LAST_INSTALMENT: '随末期收取',
};

function feeItem(
  { product, amountFen }: DisclosureInput,
  fee: ProductFee,
  times: number,
): CostItem {
  const once = feeAmount(product, fee, amountFen);
  return {
    code: fee.code,
    zh: fee.zh,
    en: fee.en,
    charging: CHARGING[fee.timing],
    standard: fee.percent === undefined ? `每次${formatYuan(once)}元` : `借款本金的${fee.percent}%`,
    payee: fee.payee,
    amountFen: fen(once * times),
  };
}

function normalItems(
  input: DisclosureInput,
  schedule: Schedule,
  tranches: readonly Tranche[],
): readonly CostItem[] {
  const { product } = input;
  const { minimumPercent } = product.schedule;
  const interest: CostItem = {
    code: 'INTEREST',
    zh: '利息',
    en: 'Interest',
    charging:
      minimumPercent === null
        ? METHOD_NAMES_ZH[product.method]
        : `${METHOD_NAMES_ZH[product.method]}，每期最低归还剩余本金的${minimumPercent}%`,
    standard: `年利率（单利）${input.annualRate}%`,
    payee: input.lenderName,
    amountFen: schedule.totals.interestFen,
  };
  // Each part has its share of the fee with every instalment of its own, and all parts have as many.
  const { instalments } = tranches[0]?.schedule ?? schedule;
  const fees = product.fees.map((fee) =>
    feeItem(input, fee, fee.timing === 'PER_INSTALMENT' ? instalments.length : 1),
  );
  return [interest, ...fees];
}

function earlySettlementStandard(steps: readonly EarlySettlementStep[]): string {
  const told = ({ percent }: EarlySettlementStep) =>
    new D(percent).isZero() ? '不收取' : `提前归还本金的${percent}%`;
  return steps
    .map((step) => (step.fromMonth === 0 ? '' : `放款满${step.fromMonth}个月后`) + told(step))
    .join('；');
}

function contingentItems(input: DisclosureInput): readonly CostItem[] {
  const { contingent, servicing } = input.product;
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
  const compound = servicing.compoundPenalty ?? input.policy('service.compoundPenalty');
  return [
    item(
      'OVERDUE',
      '逾期罚息',
      'Overdue penalty interest',
      `逾期本金${compound ? '及逾期利息' : ''}按年利率${Number(raised(contingent.penaltyMarkupPercent))}%计收`,
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
      earlySettlementStandard(contingent.earlySettlement),
    ),
  ];
}

/** What a loan with this schedule costs, item by item, and as a rate a year; with the plan where it is paid out in parts. */
export function disclose(
  input: DisclosureInput,
  schedule: Schedule,
  tranches: readonly Tranche[] = [],
): CostDisclosure {
  const plan = tranches.length === 0 ? { zh: '', en: '' } : planInWords(tranches);
  return {
    principalFen: input.amountFen,
    normal: normalItems(input, schedule, tranches),
    contingent: contingentItems(input),
    annualised: schedule.annualised,
    noticeZh: `除上述已明示的成本外，不再收取任何与本次贷款相关的利息或费用。借款本金${formatYuan(input.amountFen)}元，正常履约年化综合融资成本（单利）${schedule.annualised.simple}%。${plan.zh}`,
    noticeEn: `Apart from the costs shown above no other interest or fee related to this loan will be charged. Principal ${formatYuan(input.amountFen)} yuan, annualised total cost (simple) ${schedule.annualised.simple} %.${plan.en === '' ? '' : ` ${plan.en}`}`,
  };
}
