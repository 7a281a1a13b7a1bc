/** The catalogue itself: names, types and sources of all variables, as data. */

export type VariableType = 'number' | 'boolean' | 'text';
export type VariableSource =
  | 'APPLICATION'
  | 'PBOC'
  | 'BAIHANG'
  | 'FRAUD'
  | 'VERIFICATION'
  | 'REGISTRY'
  | 'DERIVED';

export interface VariableDefinition {
  readonly type: VariableType;
  readonly zh: string;
  readonly en: string;
  readonly source: VariableSource;
  readonly unit:
    | 'FEN'
    | 'PERCENT'
    | 'MONTHS'
    | 'YEARS'
    | 'DAYS'
    | 'SECONDS'
    | 'POINTS'
    | 'COUNT'
    | 'CODE'
    | 'FLAG';
}

type Unit = VariableDefinition['unit'];

const number = <S extends VariableSource>(source: S, unit: Unit, zh: string, en: string) =>
  ({ type: 'number', source, unit, zh, en }) as const;
const flag = <S extends VariableSource>(source: S, zh: string, en: string) =>
  ({ type: 'boolean', source, unit: 'FLAG', zh, en }) as const;
const code = <S extends VariableSource>(source: S, zh: string, en: string) =>
  ({ type: 'text', source, unit: 'CODE', zh, en }) as const;

/** Every variable. Names of bureau variables equal those of `BureauVariables`. */
export const VARIABLE_CATALOGUE = {
  ageYears: number('APPLICATION', 'YEARS', '年龄', 'Age'),
  ageAtMaturityYears: number('DERIVED', 'YEARS', '到期年龄', 'Age at the end of the term'),
  education: code('APPLICATION', '学历', 'Education'),
  employment: code('APPLICATION', '就业类型', 'Employment'),
  employmentMonths: number(
    'APPLICATION',
    'MONTHS',
    '现单位工作月数',
    'Months in the present employment',
  ),
  housing: code('APPLICATION', '居住类型', 'Housing'),
  dependants: number('APPLICATION', 'COUNT', '供养人数', 'Dependants'),
  purpose: code('APPLICATION', '借款用途', 'Purpose'),
  requestedAmountFen: number('APPLICATION', 'FEN', '申请金额', 'Amount asked for'),
  termMonths: number('APPLICATION', 'MONTHS', '申请期限', 'Term asked for'),
  contactCount: number('APPLICATION', 'COUNT', '联系人数量', 'Contacts given'),
  monthlyIncomeFen: number('APPLICATION', 'FEN', '月收入', 'Monthly income'),
  debtServiceFen: number('DERIVED', 'FEN', '月还款支出', 'Monthly debt service'),
  requestPaymentFen: number(
    'DERIVED',
    'FEN',
    '本次申请月还款',
    'Monthly payment of the loan asked for',
  ),
  debtRatioPercent: number('DERIVED', 'PERCENT', '负债收入比', 'Debt service to income'),
  debtRatioAfterPercent: number(
    'DERIVED',
    'PERCENT',
    '放款后负债收入比',
    'Debt service to income with the loan',
  ),
  housingCostPercent: number('DERIVED', 'PERCENT', '居住支出收入比', 'Housing cost to income'),
  amountToIncomePercent: number(
    'DERIVED',
    'PERCENT',
    '申请金额与年收入比',
    'Amount to yearly income',
  ),
  balanceToIncomePercent: number(
    'DERIVED',
    'PERCENT',
    '贷款余额与年收入比',
    'Loan balance to yearly income',
  ),
  guaranteeToIncomePercent: number(
    'DERIVED',
    'PERCENT',
    '对外担保与年收入比',
    'Guarantees to yearly income',
  ),
  formSeconds: number('FRAUD', 'SECONDS', '表单填写时长', 'Time spent on the form'),
  formPastes: number('FRAUD', 'COUNT', '粘贴次数', 'Pastes'),
  formCorrections: number('FRAUD', 'COUNT', '修改次数', 'Corrections'),
  maxOverdue3m: number('PBOC', 'COUNT', '近3月最大逾期期数', 'Worst status, 3 months'),
  maxOverdue6m: number('PBOC', 'COUNT', '近6月最大逾期期数', 'Worst status, 6 months'),
  maxOverdue12m: number('PBOC', 'COUNT', '近12月最大逾期期数', 'Worst status, 12 months'),
  maxOverdue24m: number('PBOC', 'COUNT', '近24月最大逾期期数', 'Worst status, 24 months'),
  maxOverdue60m: number('PBOC', 'COUNT', '近60月最大逾期期数', 'Worst status, 60 months'),
  overdueMonths24m: number(
    'PBOC',
    'MONTHS',
    '近24月单账户逾期月数',
    'Most overdue months of one account, 24 months',
  ),
  provenHistoryMonths: number(
    'PBOC',
    'MONTHS',
    '未受信用修复影响的历史月数',
    'Months of history that credit repair cannot have rewritten',
  ),
  creditRepairWindow: flag(
    'PBOC',
    '近24月涉及信用修复期间',
    '24 months reach into the credit-repair period',
  ),
  consecutiveThree: flag('PBOC', '连三', 'Three consecutive instalments overdue'),
  cumulativeSix: flag('PBOC', '累六', 'Six instalments overdue'),
  currentOverdueFen: number('PBOC', 'FEN', '当前逾期金额', 'Amount now overdue'),
  currentOverdueAccounts: number('PBOC', 'COUNT', '当前逾期账户数', 'Accounts now overdue'),
  badDebt: flag('PBOC', '呆账代偿', 'Bad or recovered debt'),
  restructured: flag(
    'PBOC',
    '展期、重组或非正常结束',
    'Extended, restructured or abnormally ended',
  ),
  worstClass: number('PBOC', 'COUNT', '最差五级分类', 'Worst five-tier class'),
  queryInstitutions1m: number(
    'PBOC',
    'COUNT',
    '近1月审批查询机构数',
    'Querying institutions, 1 month',
  ),
  queryInstitutions3m: number(
    'PBOC',
    'COUNT',
    '近3月审批查询机构数',
    'Querying institutions, 3 months',
  ),
  queryInstitutions6m: number(
    'PBOC',
    'COUNT',
    '近6月审批查询机构数',
    'Querying institutions, 6 months',
  ),
  cardUtilisation: number('PBOC', 'PERCENT', '贷记卡使用率', 'Card utilisation'),
  monthlyDebtServiceFen: number('PBOC', 'FEN', '征信月负债', 'Debt service by the bureau'),
  loanBalanceFen: number('PBOC', 'FEN', '未结清贷款余额', 'Open loan balance'),
  openLoans: number('PBOC', 'COUNT', '未结清贷款笔数', 'Open loans'),
  openCards: number('PBOC', 'COUNT', '有效贷记卡数', 'Open cards'),
  nonBankLenders: number('PBOC', 'COUNT', '未结清非银机构数', 'Open non-bank lenders'),
  fileAgeMonths: number('PBOC', 'MONTHS', '信用历史月数', 'Age of the file'),
  guaranteeBalanceFen: number('PBOC', 'FEN', '对外担保余额', 'Guarantee balance'),
  guaranteeOverdueMonths: number(
    'PBOC',
    'MONTHS',
    '被担保债务最长逾期月数',
    'Longest overdue of guaranteed debts',
  ),
  openEnforcement: number('PBOC', 'COUNT', '未结强制执行', 'Open enforcements'),
  otherPublicRecords: number('PBOC', 'COUNT', '其他公共信息', 'Other public records'),
  housingFundMonths: number('PBOC', 'MONTHS', '公积金缴存月数', 'Months of housing fund'),
  disputed: flag('PBOC', '异议或声明', 'Disputed items'),
  pbocScore: number('PBOC', 'POINTS', '征信数字解读', 'Central bank score'),
  baihangInstitutions3m: number(
    'BAIHANG',
    'COUNT',
    '近3月非银申请机构数',
    'Non-bank applications, 3 months',
  ),
  baihangMaxOverdueDays12m: number(
    'BAIHANG',
    'DAYS',
    '近12月非银最长逾期天数',
    'Longest overdue, 12 months',
  ),
  baihangOpenLenders: number('BAIHANG', 'COUNT', '非银借款机构数', 'Non-bank lenders'),
  baihangScore: number('BAIHANG', 'POINTS', '百行分', 'Baihang score'),
  watchLevel: code('BAIHANG', '特别关注名单', 'Watch list'),
  mobileMonths: number('BAIHANG', 'MONTHS', '手机在网时长', 'Months with the mobile'),
  mobileActive: flag('BAIHANG', '手机状态正常', 'Mobile in service'),
  fraudLevel: code('FRAUD', '欺诈等级', 'Fraud level'),
  fraudPoints: number('FRAUD', 'POINTS', '欺诈分', 'Fraud points'),
  faceScore: number('VERIFICATION', 'POINTS', '人脸相似度', 'Face similarity'),
  sanctionsHit: flag('REGISTRY', '制裁名单', 'Sanctions list'),
  courtOpenCases: number('REGISTRY', 'COUNT', '法院未结执行', 'Open court cases'),
} as const satisfies Readonly<Record<string, VariableDefinition>>;

export type VariableName = keyof typeof VARIABLE_CATALOGUE;

interface ValueOf {
  readonly number: number;
  readonly boolean: boolean;
  readonly text: string;
}

/** A value for every variable; null when its evidence is missing. */
export type Variables = {
  readonly [N in VariableName]: ValueOf[(typeof VARIABLE_CATALOGUE)[N]['type']] | null;
};

export type VariableValue = number | boolean | string | null;
