/** Refusals of acts on the ledger, and what stands against closing a month. */
import type { ProblemText } from './problem-text.ts';

export const LEDGER_PROBLEMS = {
  MONTH_CLOSED: {
    status: 409,
    zh: '该月份已结账。',
    en: 'This month is closed.',
  },
  MONTH_NOT_CLOSABLE: {
    status: 409,
    zh: '该月份暂不能结账，请先处理所列事项。',
    en: 'This month cannot be closed yet; see errors for what stands against it.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>;

/** What stands against closing a month, by code, in both languages. */
export const CLOSE_BLOCKERS = {
  MONTH_RUNNING: { zh: '该月份尚未结束。', en: 'The month is not over.' },
  EARLIER_MONTH_OPEN: { zh: '之前的月份尚未结账。', en: 'An earlier month is still open.' },
  TRIAL_BALANCE_DIFFERS: { zh: '试算不平衡。', en: 'The trial balance does not add up to zero.' },
  RECONCILIATION_OPEN: {
    zh: '有银行对账差异未处理。',
    en: 'A case of the reconciliation with the bank is open.',
  },
  LOAN_DIFFERS: {
    zh: '有贷款台账与总账不一致。',
    en: 'A loan and the books do not agree.',
  },
  LOAN_NOT_POSTED: { zh: '有贷款未入账。', en: 'A loan is not on the books.' },
  PAYOUT_NOT_POSTED: { zh: '有已付款项未入账。', en: 'A paid payout is not on the books.' },
  JOURNAL_UNBALANCED: { zh: '有凭证借贷不平。', en: 'A journal does not balance.' },
  ACCRUAL_LATE: {
    zh: '有到期的利息或费用未计提。',
    en: 'Interest or fees that fell due are not on the books.',
  },
} as const;
export type CloseBlocker = keyof typeof CLOSE_BLOCKERS;
