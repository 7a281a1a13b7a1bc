/** The chart of accounts as data: what the house owns, owes, earns and loses on its loans, and each account's normal side. */

export type AccountKind = 'ASSET' | 'LIABILITY' | 'EQUITY' | 'INCOME' | 'EXPENSE';
export type NormalSide = 'DEBIT' | 'CREDIT';

export interface Account {
  /**
   * Numbered after 《企业会计准则——应用指南》 (财会〔2006〕18号) and, for 6702, 财会〔2018〕36号 [K]: four digits of the
   * ministry, two of the house.
   */
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly kind: AccountKind;
  /** The side on which the account's balance usually stands. */
  readonly normal: NormalSide;
}

/** The accounts by what they hold, for those who post. */
export const ACCOUNTS = {
  bank: '1002',
  feeReceivable: '112201',
  interestReceivable: '113201',
  penaltyReceivable: '113202',
  principal: '1303',
  unapplied: '224101',
  unmatched: '224102',
  interestIncome: '601101',
  penaltyIncome: '601102',
  feeIncome: '602101',
  prepaymentFeeIncome: '602102',
  creditLoss: '6702',
} as const;

export type AccountCode = (typeof ACCOUNTS)[keyof typeof ACCOUNTS];

function account(
  code: AccountCode,
  zh: string,
  en: string,
  kind: AccountKind,
): Account & { readonly code: AccountCode } {
  const normal = kind === 'ASSET' || kind === 'EXPENSE' ? 'DEBIT' : 'CREDIT';
  return { code, zh, en, kind, normal };
}

/** Every account, in the order of the codes; migration 0040 holds the same rows, and a test holds both together. */
export const CHART: readonly (Account & { readonly code: AccountCode })[] = [
  account('1002', '银行存款', 'Cash at bank', 'ASSET'),
  account('112201', '应收账款—应收手续费', 'Fees receivable', 'ASSET'),
  account('113201', '应收利息—合同利息', 'Contract interest receivable', 'ASSET'),
  account('113202', '应收利息—罚息', 'Penalty interest receivable', 'ASSET'),
  account('1303', '贷款—本金', 'Loan principal', 'ASSET'),
  account('224101', '其他应付款—待核销还款', 'Money of borrowers not yet applied', 'LIABILITY'),
  account('224102', '其他应付款—待查款项', 'Money received of unknown purpose', 'LIABILITY'),
  account('601101', '利息收入—合同利息', 'Contract interest income', 'INCOME'),
  account('601102', '利息收入—罚息', 'Penalty interest income', 'INCOME'),
  account('602101', '手续费及佣金收入—贷款手续费', 'Loan fee income', 'INCOME'),
  account('602102', '手续费及佣金收入—提前还款手续费', 'Prepayment fee income', 'INCOME'),
  account('6702', '信用减值损失—贷款核销', 'Loan write-offs', 'EXPENSE'),
];
