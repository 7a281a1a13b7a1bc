/** Every coded reason of a decision: what the applicant reads in Chinese and English, and what staff read. */

interface ReasonText {
  /** For the applicant; says nothing that would tip off a listed person or teach a fraudster. */
  readonly zh: string;
  readonly en: string;
  /** For staff only. */
  readonly internal: string;
}

const GENERAL_ZH = '综合评估未达到本产品的要求';
const GENERAL_EN = 'The overall assessment does not meet the requirements of this product';

function text(zh: string, en: string, internal: string): ReasonText {
  return { zh, en, internal };
}

function withheld(internal: string): ReasonText {
  return { zh: GENERAL_ZH, en: GENERAL_EN, internal };
}

const VERIFY_REASONS = {
  VERIFY_IDENTITY_MISMATCH: text(
    '姓名与身份证号码不一致',
    'Name and identity number do not match',
    'Two-factor identity check: mismatch',
  ),
  VERIFY_LIVENESS_FAILED: text(
    '活体检测未通过',
    'Liveness verification failed',
    'Face image is a replay or not alive',
  ),
} as const;

const GAP_REASONS = {
  GAP_IDENTITY: text(
    '身份信息暂时无法核实',
    'Identity could not be verified yet',
    'Two-factor identity check: no data or unavailable',
  ),
  GAP_MOBILE: text(
    '手机号码暂时无法核实',
    'The mobile number could not be verified yet',
    'Mobile three-factor check: no data or unavailable',
  ),
  GAP_CARD: text(
    '银行卡暂时无法核实',
    'The bank card could not be verified yet',
    'Bank card four-factor check: no data or unavailable',
  ),
  GAP_FACE: text(
    '人脸核验需要人工确认',
    'Face verification needs a person',
    'Face check: no data, unavailable or score between the thresholds',
  ),
  GAP_MOBILE_MISMATCH: text(
    '手机号码实名信息与申请人不一致，需人工核实',
    'The mobile number is registered to somebody else; a person must check',
    'Mobile three-factor check: mismatch',
  ),
  GAP_CARD_MISMATCH: text(
    '银行卡信息与申请人不一致，需人工核实',
    'The bank card details do not agree; a person must check',
    'Bank card four-factor check: mismatch',
  ),
  GAP_FACE_MISMATCH: text(
    '人脸核验未通过，需人工核实',
    'Face verification failed; a person must check',
    'Face comparison: mismatch',
  ),
  GAP_PBOC_REPORT: text(
    '征信报告暂时无法取得',
    'The central bank report is not available yet',
    'Central bank report missing when patience ran out',
  ),
  GAP_BAIHANG_REPORT: text(
    '百行征信报告暂时无法取得',
    'The Baihang report is not available yet',
    'Baihang report missing when patience ran out',
  ),
  GAP_REGISTRY: text(
    '公共信息暂时无法核实',
    'Public records could not be checked yet',
    'Sanctions or court registry gave no answer',
  ),
  GAP_SCORE_INCOMPLETE: text(
    '评分所需资料不完整',
    'Information needed for the score is incomplete',
    'A required scorecard dimension has no value',
  ),
  GAP_RULE_UNKNOWN: text(
    '部分审批条件需要人工核实',
    'Some conditions need a person to check',
    'A rule could not be evaluated: its variable is missing',
  ),
  GAP_CAPACITY: text(
    '还款能力需要人工核实',
    'Repayment capacity needs a person to check',
    'No limit can be computed: income, debt service or the request is missing or malformed',
  ),
  GAP_STRATEGY: text(
    '需人工审批',
    'Manual approval needed',
    'The strategy cannot be used: unreadable document or another scorecard than it was made for',
  ),
} as const;

const KNOCKOUT_REASONS = {
  KO_UNDER_AGE: text(
    '申请人未满十八周岁',
    'The applicant is under eighteen',
    'Age below policy minimum',
  ),
  KO_OVER_AGE: text(
    '贷款到期时年龄超过产品上限',
    'Age at the end of the term exceeds the limit',
    'Age at maturity above policy maximum',
  ),
  KO_SANCTIONED: withheld('Sanctions list hit: freeze, no tipping-off (反洗钱法 art. 40)'),
  KO_FRAUD: withheld('Fraud level HIGH'),
  KO_CURRENT_OVERDUE: text(
    '征信报告显示当前存在逾期',
    'The credit report shows an amount now overdue',
    'Current overdue above tolerance',
  ),
  KO_CONSECUTIVE_OVERDUE: text(
    '近两年内存在连续三期以上逾期',
    'Three or more consecutive instalments overdue within two years',
    '连三: repayment status ≥ 3 within 24 months',
  ),
  KO_CUMULATIVE_OVERDUE: text(
    '近两年内累计六次以上逾期',
    'Six or more overdue instalments within two years',
    '累六: ≥ 6 overdue months on one account within 24 months',
  ),
  KO_BAD_DEBT: text(
    '征信报告存在呆账、代偿或资产处置记录',
    'The credit report shows a bad or recovered debt',
    'Bad debt, guarantor compensation or asset disposal',
  ),
  KO_ADVERSE_CLASS: text(
    '征信报告存在不良分类的贷款',
    'The credit report shows a non-performing loan',
    'Five-tier class 3–6 on an open account',
  ),
  KO_ENFORCEMENT: text(
    '存在未结强制执行记录',
    'There is an open court enforcement',
    'Open enforcement in the report or the court registry',
  ),
  KO_WATCH_LIST: text(
    '存在其他机构严重逾期等特别关注记录',
    'Serious records with other institutions',
    'Baihang watch list M3+, lost contact or fraud',
  ),
  KO_QUERIES: text(
    '近期申请信贷机构过多',
    'Too many recent credit applications',
    'Distinct institutions querying for approval within 3 months',
  ),
  KO_NON_BANK_LENDERS: text(
    '未结清的非银行机构贷款过多',
    'Too many open loans with non-bank lenders',
    'Open non-bank lenders above limit',
  ),
  KO_DEBT_RATIO: text(
    '负债收入比过高',
    'Debt service is too high for the income',
    'Debt ratio above limit before the new loan',
  ),
  KO_NO_INCOME: text(
    '无可核实的稳定收入',
    'No stable income',
    'Monthly income is zero or the applicant is unemployed',
  ),
  KO_STUDENT: text(
    '本产品不向在校学生提供',
    'This product is not offered to students',
    '银保监办发〔2021〕28号 [K]',
  ),
  KO_CARD_OVERDRAWN: text(
    '信用卡使用率过高',
    'Credit cards are used up',
    'Card utilisation above limit',
  ),
  KO_MOBILE_INACTIVE: text(
    '手机号码状态异常',
    'The mobile number is not in service',
    'Baihang mobile status suspended or closed',
  ),
} as const;

const DECISION_REASONS = {
  DECLINE_SCORE: text('综合信用评分不足', 'The credit score is too low', 'Score below the cut-off'),
  DECLINE_GRADE: text(GENERAL_ZH, GENERAL_EN, 'The product has no price for the grade'),
  DECLINE_CAPACITY: text(
    '还款能力不足以支持最低借款金额',
    'Repayment capacity is below the smallest loan',
    'Limit below the product minimum',
  ),
  REFER_AMOUNT: text(
    '申请金额需人工审批',
    'The amount needs manual approval',
    'Amount above the automatic limit',
  ),
  REFER_SCORE: text('需人工审批', 'Manual approval needed', 'Score between the cut-offs'),
  REFER_FRAUD: text('需人工审批', 'Manual approval needed', 'Fraud level MEDIUM'),
  REFER_THIN_FILE: text(
    '信用记录较少，需人工审批',
    'Little credit history, manual approval needed',
    'Thin file: no account older than six months',
  ),
  REFER_DISPUTED: text(
    '征信报告存在异议，需人工审批',
    'A disputed item in the report needs a person',
    'Objection or statement marked on the report',
  ),
  REFER_WATCH: text('需人工审批', 'Manual approval needed', 'Baihang watch list M1–M2'),
  REFER_OVERDUE_HISTORY: text(
    '存在逾期记录，需人工审批',
    'Past overdue records need a person',
    'Repayment status 2 within 24 months',
  ),
  REFER_GUARANTEE: text(
    '对外担保较多，需人工审批',
    'Guarantees for others need a person',
    'Guarantee balance above six months of income',
  ),
  REFER_COURT: text(
    '存在公共信息记录，需人工审批',
    'A public record needs a person',
    'Civil judgment, tax arrears or penalty',
  ),
  REFER_FREELANCE: text(
    '收入需人工核实',
    'Income needs a person to verify',
    'Self-employed or freelance with a large request',
  ),
  REFER_AGE: text(
    '需人工审批',
    'Manual approval needed',
    'Enhanced care for an elderly applicant (regulation.md §8.2)',
  ),
  REFER_NEW_MOBILE: text(
    '手机号码使用时间较短，需人工审批',
    'The mobile number is new; manual approval needed',
    'Mobile in use for less than three months',
  ),
  REFER_RESTRUCTURED: text(
    '存在展期或债务重组记录，需人工审批',
    'An extended or restructured loan needs a person',
    'Special transaction: extension, reduction or personal instalments',
  ),
  REFER_REQUESTED: text(
    '已按您的要求转人工审批',
    'Sent to a person at your request',
    'Applicant refused a purely automated decision (PIPL art. 24)',
  ),
  REFER_KILL_SWITCH: text(
    '需人工审批',
    'Manual approval needed',
    'The kill switch is on: people decide everything',
  ),
  REFER_UNDONE: text(
    '需人工审批',
    'Manual approval needed',
    'An approval was taken back by two people: people decide again',
  ),
  REFER_HUMAN_REVIEW: text(
    '您上次的审批结果经人工复核已变更，本次由人工审批',
    'Your last decision was changed by a person, who will also decide this time',
    'An earlier decision on this person was overturned by human review',
  ),
} as const;

const SCORE_REASONS = {
  SCORE_HISTORY: text('还款记录影响评分', 'Repayment history', 'Scorecard: repayment history'),
  SCORE_FILE_DEPTH: text('信用历史较短', 'Short credit history', 'Scorecard: depth of the file'),
  SCORE_UTILISATION: text(
    '信用额度使用率偏高',
    'High use of credit limits',
    'Scorecard: utilisation',
  ),
  SCORE_QUERIES: text(
    '近期信贷申请较多',
    'Many recent credit applications',
    'Scorecard: queries and applications',
  ),
  SCORE_DEBT: text('现有负债偏高', 'High existing debt', 'Scorecard: debt burden'),
  SCORE_INCOME: text(
    '收入水平或稳定性不足',
    'Income level or stability',
    'Scorecard: income and employment',
  ),
  SCORE_STABILITY: text(
    '居住或联系信息稳定性不足',
    'Stability of residence or contact',
    'Scorecard: stability',
  ),
  SCORE_PUBLIC: text(
    '第三方信用信息影响评分',
    'Information from other institutions',
    'Scorecard: third-party data',
  ),
  SCORE_BEHAVIOUR: withheld('Scorecard: behaviour on the form'),
  SCORE_REQUEST: text(
    '申请金额相对收入偏高',
    'The amount is high for the income',
    'Scorecard: the request itself',
  ),
} as const;

const REVIEW_REASONS = {
  REVIEW_INCOME_UNPROVEN: text(
    '收入证明不足',
    'Income not sufficiently proven',
    'Reviewer: income unproven',
  ),
  REVIEW_PURPOSE: text(
    '借款用途不符合要求',
    'The purpose does not qualify',
    'Reviewer: purpose doubtful or prohibited',
  ),
  REVIEW_CAPACITY: text('还款能力不足', 'Insufficient repayment capacity', 'Reviewer: capacity'),
  REVIEW_INCONSISTENT: text(
    '申请资料不一致',
    'The information given is inconsistent',
    'Reviewer: inconsistent data',
  ),
  REVIEW_DOCUMENTS: text(
    '所需资料未能提供',
    'Requested documents were not provided',
    'Reviewer: documents missing',
  ),
  REVIEW_FRAUD: withheld('Reviewer: fraud suspected'),
  REVIEW_POSITIVE: text('人工审批通过', 'Approved by a person', 'Reviewer: risks mitigated'),
  REVIEW_OTHER: withheld('Reviewer: see note'),
} as const;

/** All reasons by code. */
export const REASONS = {
  ...VERIFY_REASONS,
  ...GAP_REASONS,
  ...KNOCKOUT_REASONS,
  ...DECISION_REASONS,
  ...SCORE_REASONS,
  ...REVIEW_REASONS,
} as const satisfies Readonly<Record<string, ReasonText>>;

export type ReasonCode = keyof typeof REASONS;
export type VerifyReason = keyof typeof VERIFY_REASONS;
/** A piece of evidence that is missing; an application with a gap is never approved automatically. */
export type GapCode = keyof typeof GAP_REASONS;
export type ScoreReason = keyof typeof SCORE_REASONS;
/** The reasons a person may give for a decision. */
export type ReviewReason = keyof typeof REVIEW_REASONS;

export const GAP_CODES = Object.keys(GAP_REASONS) as readonly GapCode[];
export const SCORE_REASON_CODES = Object.keys(SCORE_REASONS) as readonly ScoreReason[];
export const REVIEW_REASON_CODES = Object.keys(REVIEW_REASONS) as readonly ReviewReason[];

export function isReasonCode(code: string): code is ReasonCode {
  return Object.hasOwn(REASONS, code);
}

/** What the applicant reads, without repeating a text that several codes share. */
export function reasonsForApplicant(
  codes: readonly ReasonCode[],
  language: 'zh' | 'en',
): readonly string[] {
  return [...new Set(codes.map((code) => REASONS[code][language]))];
}
