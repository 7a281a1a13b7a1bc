/** Overdue metrics: what each is defined as, in both languages, and how its ratio is rounded (regulation.md §7.2). */
import { Decimal } from 'decimal.js';
import type { Fen } from './money.ts';

export interface Definition {
  readonly zh: string;
  readonly en: string;
}

/** Thresholds of the overdue rates: past due by more days than these. */
export const DPD_THRESHOLDS = [0, 30, 60, 90, 180] as const;

/** Thresholds of first-payment default: the first instalment past due by at least these days. */
export const FPD_THRESHOLDS = [1, 7, 15, 30] as const;

/** What each metric is; printed with every answer that holds it. */
export const DEFINITIONS = {
  DPD: {
    zh: '逾期天数：从最早一期未还清的应还日（节假日顺延后）起，至快照日日终的天数；不超过宽限期的不计，宽限期只影响报告、不影响计息。',
    en: 'Days past due: from the earliest due date that is not paid (after the shift for holidays) to the end of the snapshot day; days within grace are not reported, and grace does not stop interest.',
  },
  BUCKETS: {
    zh: '逾期阶段：C 为 0 天，M1 为 1–30 天，M2 为 31–60 天，M3 为 61–90 天，M4 为 91–120 天，M5 为 121–150 天，M6 为 151–180 天，M7+ 为 180 天以上（以生效政策为准）。',
    en: 'Buckets: C 0, M1 1–30, M2 31–60, M3 61–90, M4 91–120, M5 121–150, M6 151–180, M7+ more than 180 days past due, by the policy in force.',
  },
  OVERDUE_RATE: {
    zh: '逾期率（余额口径）：逾期超过 n 天的贷款的全部未还本金 ÷ 全部贷款未还本金；件数口径按贷款笔数；逾期金额口径为其应还未还金额 ÷ 全部贷款未还本金。已核销贷款不在其中。',
    en: 'Overdue rate, by balance: all unpaid principal of loans more than n days past due ÷ unpaid principal of all loans; by count: loans ÷ loans; by overdue amount: what is due and unpaid of them ÷ unpaid principal of all loans. Loans that are written off are not in it.',
  },
  NPL: {
    zh: '不良率：次级、可疑、损失三类贷款的未还本金 ÷ 全部贷款未还本金。',
    en: 'NPL ratio: unpaid principal in the tiers substandard, doubtful and loss ÷ unpaid principal of all loans.',
  },
  ROLL_RATE: {
    zh: '滚动率 Mi→Mi+1：上月末在 Mi、本月末进入 Mi+1 的贷款的本月末余额 ÷ 上月末 Mi 的余额。',
    en: 'Roll rate Mi→Mi+1: balance at this month end of loans that were in Mi at the month end before and are in Mi+1 now ÷ balance in Mi at the month end before.',
  },
  VINTAGE: {
    zh: '账龄：按放款月分组，MOB 为距放款月的月数；当前逾期 30+/90+ 为逾期超过 30/90 天的贷款的全部未还本金（含未到期）与已核销本金之和 ÷ 放款本金；曾经逾期为各笔首次在月末被看到已逾期超过 30/90 天（或被核销）时的本金之和 ÷ 放款本金。核销保留在分子中。',
    en: 'Vintage: cohort is the month of the payout and MOB the months since. Current 30+/90+: all unpaid principal, not yet due included, of loans more than 30/90 days past due, with the principal that was written off ÷ principal disbursed. Ever: the principal of each loan at the first month end at which it was seen to have been more than 30/90 days past due or written off ÷ principal disbursed. Write-offs stay in the numerator.',
  },
  FPD: {
    zh: '首期逾期 FPDn：首期应还逾期达到或超过 n 天的贷款 ÷ 首期应还日已过 n 天的贷款，分笔数与放款本金两种口径。',
    en: 'First-payment default FPDn: loans whose first instalment was n or more days past due ÷ loans whose first due date lies n or more days back, by count and by principal disbursed.',
  },
  CHARGE_OFF: {
    zh: '核销率：当月核销本金 ÷ 上月末未还本金；回收为当月已核销贷款收回的金额。',
    en: 'Charge-off rate: principal written off in the month ÷ unpaid principal at the month end before. Recovery: money received in the month on loans that are written off.',
  },
  DISBURSEMENT: {
    zh: '放款：按入账日统计的放款本金与笔数，退回单列。',
    en: 'Disbursement: principal paid out and payouts by the day of the books; what the bank sent back stands beside it.',
  },
} as const satisfies Readonly<Record<string, Definition>>;

export type DefinitionCode = keyof typeof DEFINITIONS;

/** The definitions of some metrics, as an answer prints them. */
export function definitionsOf(
  codes: readonly DefinitionCode[],
): readonly (Definition & { readonly code: DefinitionCode })[] {
  return codes.map((code) => ({ code, ...DEFINITIONS[code] }));
}

/**
 * A share in percent with four decimals, half-up; null where nothing is there to be a share of, which is not zero.
 * Amounts in fen, or counts.
 */
export function percentOf(part: number, whole: number): string | null {
  if (whole <= 0) return null;
  return new Decimal(part).times(100).div(whole).toFixed(4, Decimal.ROUND_HALF_UP);
}

/** Flow of balance between buckets from one month end to the next. */
export interface RollFlow {
  readonly from: string;
  readonly to: string;
  readonly loans: number;
  /** Balance at the month end before, and at this one. */
  readonly beforeFen: Fen;
  readonly nowFen: Fen;
}

export interface RollRate {
  readonly from: string;
  readonly to: string;
  readonly enteredFen: number;
  readonly beforeFen: number;
  readonly percent: string | null;
}

/** The roll rate of each bucket into the next one; `buckets` in their order. */
export function rollRates(
  flows: readonly RollFlow[],
  buckets: readonly string[],
): readonly RollRate[] {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  return buckets.slice(0, -1).map((from, at) => {
    const to = buckets[at + 1] ?? from;
    const leaving = flows.filter((flow) => flow.from === from);
    const beforeFen = sum(leaving.map((flow) => flow.beforeFen));
    const enteredFen = sum(leaving.filter((flow) => flow.to === to).map((flow) => flow.nowFen));
    return { from, to, enteredFen, beforeFen, percent: percentOf(enteredFen, beforeFen) };
  });
}
