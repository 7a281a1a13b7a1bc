/**
 * Code tables of the central bank's second-generation report, with their Chinese names (regulation.md §2.4 and §2.5).
 * A code that is not here does not fit, and the report with it is refused.
 */

/** Account type, PD01AD01. */
export const ACCOUNT_TYPES = {
  D1: '非循环贷账户',
  R1: '循环贷账户',
  R2: '贷记卡账户',
  R3: '准贷记卡账户',
  R4: '循环额度下分账户',
  C1: '催收账户',
} as const;
export type AccountType = keyof typeof ACCOUNT_TYPES;

const CARD_STATUSES = {
  '1': '正常',
  '2': '冻结',
  '3': '止付',
  '31': '银行止付',
  '4': '销户',
  '5': '呆账',
  '6': '未激活',
  '8': '司法追偿',
} as const;

/** Account status by type, PD01BD01 and PD01CD01. */
export const ACCOUNT_STATUSES: Readonly<Record<AccountType, Readonly<Record<string, string>>>> = {
  D1: {
    '1': '正常',
    '2': '逾期',
    '3': '结清',
    '4': '呆账',
    '5': '转出',
    '6': '担保物不足',
    '7': '强制平仓',
    '8': '司法追偿',
  },
  R4: {
    '1': '正常',
    '2': '逾期',
    '3': '结清',
    '4': '呆账',
    '6': '担保物不足',
    '8': '司法追偿',
  },
  R1: {
    '1': '正常',
    '2': '逾期',
    '3': '结清',
    '4': '呆账',
    '5': '银行止付',
    '6': '担保物不足',
    '8': '司法追偿',
  },
  R2: CARD_STATUSES,
  R3: CARD_STATUSES,
  C1: { '1': '催收', '2': '结束' },
};

/** Statuses in which an account is over. A loan that was transferred out (D1 5) is owed to somebody else. */
export const CLOSED_STATUSES: Readonly<Record<AccountType, readonly string[]>> = {
  D1: ['3', '5'],
  R4: ['3'],
  R1: ['3'],
  R2: ['4'],
  R3: ['4'],
  C1: ['2'],
};

/** Status of a bad debt (呆账). */
export const BAD_DEBT_STATUS: Readonly<Record<AccountType, string | null>> = {
  D1: '4',
  R4: '4',
  R1: '4',
  R2: '5',
  R3: '5',
  C1: null,
};

/** Repayment status of a month, PD01DD01 and PD01ED01. */
export const REPAYMENT_STATUSES = {
  N: '正常还款',
  '*': '本月没有还款历史，也未逾期',
  '1': '逾期1-30天',
  '2': '逾期31-60天',
  '3': '逾期61-90天',
  '4': '逾期91-120天',
  '5': '逾期121-150天',
  '6': '逾期151-180天',
  '7': '逾期180天以上',
  M: '约定还款日后月底前还款',
  A: '账单日调整，当月不出单',
  C: '结清或销户',
  D: '担保人代还',
  Z: '以资抵债',
  B: '呆账',
  G: '结束（除结清外的其他终止）',
  '#': '还款情况未知',
  '/': '未开立账户',
} as const;

/** The letters of REPAYMENT_STATUSES. */
export const REPAYMENT_STATUS_CODES = Object.keys(REPAYMENT_STATUSES).join('');

/** Statuses that the five-year section lists: overdue months and abnormal ends. */
export const ABNORMAL_STATUS_CODES = '1234567BDZG';

/** Five-tier class, PD01CD02 and PD03AD05. */
export const FIVE_TIER = {
  '1': '正常',
  '2': '关注',
  '3': '次级',
  '4': '可疑',
  '5': '损失',
  '6': '违约',
  '9': '未分类',
} as const;

/** Business kind, PD01AD03. */
export const BUSINESS_KINDS = {
  '11': '个人住房商业贷款',
  '12': '个人商用房贷款',
  '13': '个人住房公积金贷款',
  '21': '个人汽车消费贷款',
  '31': '个人助学贷款',
  '32': '国家助学贷款',
  '33': '商业助学贷款',
  '41': '个人经营性贷款',
  '42': '个人创业担保贷款',
  '51': '农户贷款',
  '52': '经营性农户贷款',
  '53': '消费性农户贷款',
  '61': '约定购回式证券交易',
  '62': '股票质押式回购交易',
  '63': '融资融券业务',
  '64': '其他证券类融资',
  '71': '准贷记卡',
  '81': '贷记卡',
  '82': '大额专项分期卡',
  '91': '其他个人消费贷款',
  '92': '融资租赁业务',
  '99': '其他贷款',
  A1: '资产处置',
  B1: '代偿',
} as const;

/** Special transaction, PD01FD01. */
export const SPECIAL_TRANSACTIONS = {
  '1': '展期',
  '2': '担保人（第三方）代偿',
  '3': '以资抵债',
  '4': '提前还款',
  '5': '提前结清',
  '6': '强制平仓，未结清',
  '7': '强制平仓，已结清',
  '8': '司法追偿',
  '9': '其他',
  '11': '债务减免',
  '12': '资产剥离',
  '13': '资产转让',
  '14': '信用卡个性化分期',
  '16': '银行主动延期（纾困）',
  '17': '强制平仓',
} as const;

/** Type of institution, PD01AD02 and PH010D01. */
export const ORG_TYPES = {
  '11': '商业银行',
  '12': '村镇银行',
  '14': '住房储蓄银行',
  '15': '外资银行',
  '16': '财务公司',
  '21': '信托公司',
  '22': '融资租赁公司',
  '23': '汽车金融公司',
  '24': '消费金融公司',
  '25': '贷款公司',
  '26': '金融资产管理公司',
  '31': '证券公司',
  '41': '保险公司',
  '51': '小额贷款公司',
  '52': '公积金管理中心',
  '53': '融资担保公司',
  '54': '保理公司',
  '99': '其他机构',
} as const;

/** Repayment frequency, PD01AD06. */
export const REPAY_FREQUENCIES = {
  '01': '日',
  '02': '周',
  '03': '月',
  '04': '季',
  '05': '半年',
  '06': '年',
  '07': '一次性',
  '08': '不定期',
  '12': '旬',
  '13': '双周',
  '14': '双月',
  '99': '其他',
} as const;

/** The person's own query, by whichever way; no lender can choose it. The code is not in the public table [K]. */
export const OWN_QUERY = '05';

/** Why a report was queried, PA01BD02 and PH010Q03. Lenders choose five of them: see QUERY_PURPOSES of authorisation.ts. */
export const QUERY_REASONS = {
  '01': '贷后管理',
  '02': '贷款审批',
  '03': '信用卡审批',
  [OWN_QUERY]: '本人查询',
  '06': '异议核查',
  '08': '担保资格审查',
  '09': '司法调查',
  '16': '公积金提取复核',
  '18': '股指期货开户',
  '19': '特约商户实名审查',
  '20': '保前审查',
  '21': '保后管理',
  '22': '法人代表、负责人、高管等资信审查',
  '23': '客户准入资格审查',
  '24': '融资审批',
  '25': '资信审查',
  '26': '额度审批',
} as const;

/** Kind of a mark on an item: only the first says that the person disputes it. The codes are our convention [K]. */
export const MARK_KINDS = {
  '1': '异议标注',
  '2': '本人声明',
  '3': '机构说明',
  '4': '征信中心说明',
} as const;
export const OBJECTION_MARK = '1';
