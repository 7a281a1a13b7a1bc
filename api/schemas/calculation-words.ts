/** What can be wrong with a calculator's input, in both languages, and how a schema says so of one field. */
import type { AprFailure } from '../../domain/apr.ts';
import type { ScheduleFault } from '../../domain/schedule-terms.ts';
import type { FieldWords } from '../field-problems.ts';

const word = (code: string, zh: string, en: string): FieldWords => ({ code, zh, en });

export const WORDS = {
  AMOUNT_FRACTION: word(
    'AMOUNT_FRACTION',
    '金额须为整数分，不能有不足一分的部分',
    'An amount is whole fen, without a fraction of one',
  ),
  AMOUNT_NEGATIVE: word('AMOUNT_NEGATIVE', '金额不能为负', 'An amount must not be negative'),
  AMOUNT_ZERO: word('AMOUNT_ZERO', '金额须大于零', 'This amount must be above zero'),
  AMOUNT_TOO_LARGE: word(
    'AMOUNT_TOO_LARGE',
    '金额不能超过 9007199254740991 分（2^53−1）',
    'An amount is at most 9007199254740991 fen (2^53−1)',
  ),
  PERCENT_TYPE: word(
    'PERCENT_TYPE',
    '百分数须为十进制字符串，例如 "14.4"',
    'A percentage is a decimal string such as "14.4"',
  ),
  PERCENT_NEGATIVE: word('PERCENT_NEGATIVE', '百分数不能为负', 'A percentage must not be negative'),
  PERCENT_DECIMALS: word(
    'PERCENT_DECIMALS',
    '百分数最多八位小数',
    'A percentage has at most eight decimals',
  ),
  RATE_TOO_HIGH: word(
    'RATE_TOO_HIGH',
    '年利率须在 0 至 1000 之间',
    'A rate is 0 to 1000 percent a year',
  ),
  PERCENT_TOO_HIGH: word(
    'PERCENT_TOO_HIGH',
    '费率须在 0 至 100 之间',
    'A fee is 0 to 100 percent of the principal',
  ),
  DATE_FORMAT: word('DATE_FORMAT', '日期须写作 YYYY-MM-DD', 'A date is written YYYY-MM-DD'),
  DATE_UNKNOWN: word('DATE_UNKNOWN', '日历上没有这一天', 'There is no such day in the calendar'),
  DATE_RANGE: word(
    'DATE_RANGE',
    '日期须在 1900-01-01 至 2200-12-31 之间',
    'Dates are from 1900-01-01 to 2200-12-31',
  ),
  TERM_MISSING: word(
    'TERM_MISSING',
    '须给出 instalments（月数）或 days（天数）之一',
    'Say the term: either instalments (months) or days',
  ),
  TERM_TWICE: word(
    'TERM_TWICE',
    'instalments 与 days 只能给出一个',
    'Say either instalments or days, not both',
  ),
  DAYS_ALONE: word(
    'DAYS_ALONE',
    '按天的期限到期一次归还，不能再指定到期日',
    'A term in days is due at its end; no due date can be given',
  ),
  FEE_AMOUNT_OR_PERCENT: word(
    'FEE_AMOUNT_OR_PERCENT',
    '每项费用须给出 amountFen 或 percent 之一',
    'A fee has either amountFen or percent',
  ),
  UNIT_TOO_LONG: word('UNIT_TOO_LONG', '单位期间不能超过一年', 'A unit period is at most a year'),
} as const satisfies Readonly<Record<string, FieldWords>>;

export type Word = keyof typeof WORDS;

/** An issue of one field, in the words of the table. */
export const wrong = (name: Word, path: readonly (string | number)[] = []) => ({
  code: 'custom' as const,
  path: [...path],
  params: WORDS[name],
});

const RATE_WORDS = {
  NO_ADVANCE: word(
    'NO_ADVANCE',
    '借款人没有收到款项：放款为零，或首日付款不少于放款',
    'The borrower receives nothing: no advance, or all of it is paid on the first day',
  ),
  NO_PAYMENT: word('NO_PAYMENT', '没有任何还款', 'Nothing is paid back'),
  NO_SOLUTION: word(
    'NO_SOLUTION',
    '没有任何利率能使收付相等',
    'No rate makes the payments worth the advances',
  ),
  AMBIGUOUS: word(
    'AMBIGUOUS',
    '收付方向多次变化，有多个利率满足，无法给出唯一结果',
    'The flows change direction several times and more than one rate fits',
  ),
  OUT_OF_RANGE: word(
    'OUT_OF_RANGE',
    '所求利率超出可计算的范围',
    'The rate is beyond what can be computed',
  ),
} as const;

/** Why no rate was found, with the field to look at. */
export const APR_FAILURES: Readonly<Record<AprFailure, FieldWords & { readonly pointer: string }>> =
  {
    NO_ADVANCE: { pointer: '/advances', ...RATE_WORDS.NO_ADVANCE },
    NO_PAYMENT: { pointer: '/payments', ...RATE_WORDS.NO_PAYMENT },
    NO_SOLUTION: { pointer: '/payments', ...RATE_WORDS.NO_SOLUTION },
    AMBIGUOUS: { pointer: '/payments', ...RATE_WORDS.AMBIGUOUS },
    OUT_OF_RANGE: { pointer: '/payments', ...RATE_WORDS.OUT_OF_RANGE },
    PAYMENT_BEFORE_ADVANCE: {
      pointer: '/payments',
      ...word(
        'PAYMENT_BEFORE_ADVANCE',
        '还款日不能早于首次放款日',
        'No payment may come before the first advance',
      ),
    },
  };

/** Why terms make no schedule, with the field to look at. */
export const SCHEDULE_FAULTS: Readonly<
  Record<ScheduleFault, FieldWords & { readonly pointer: string }>
> = {
  INSTALMENTS: {
    pointer: '/instalments',
    ...word('INSTALMENTS', '期数须为 1 至 600', 'There are 1 to 600 instalments'),
  },
  PRINCIPAL: { pointer: '/principalFen', ...WORDS.AMOUNT_ZERO },
  FIRST_DUE_DATE: {
    pointer: '/firstDueDate',
    ...word(
      'FIRST_DUE_DATE',
      '首个到期日须晚于放款日',
      'The first due date comes after the start date',
    ),
  },
  UPFRONT_FEES: {
    pointer: '/fees',
    ...word(
      'UPFRONT_FEES',
      '首日收取的费用不少于本金，借款人没有收到款项',
      'Fees of the first day take the whole principal',
    ),
  },
  TOTAL_TOO_LARGE: {
    pointer: '/principalFen',
    ...word(
      'TOTAL_TOO_LARGE',
      '本金、利息与费用合计超过 9007199254740991 分（2^53−1）',
      'Principal, interest and fees together are above 9007199254740991 fen (2^53−1)',
    ),
  },
  NO_ADVANCE: { pointer: '/fees', ...RATE_WORDS.NO_ADVANCE },
  NO_PAYMENT: { pointer: '/principalFen', ...RATE_WORDS.NO_PAYMENT },
  NO_SOLUTION: { pointer: '/annualRate', ...RATE_WORDS.NO_SOLUTION },
  AMBIGUOUS: { pointer: '/annualRate', ...RATE_WORDS.AMBIGUOUS },
  OUT_OF_RANGE: { pointer: '/annualRate', ...RATE_WORDS.OUT_OF_RANGE },
};
