/**
 * Named credit lives at the edges of every derived variable: exactly three months running and exactly two, six months in
 * all and five, a query on the last day of a window and on the day before it. Each is somebody: the person whose resident
 * number begins with 9998 and the number of the case.
 */
import { residentNumber } from '../identifiers.ts';
import {
  type CardFact,
  CLEAN_CREDIT,
  type CreditProfile,
  type LoanFact,
  PUNCTUAL,
  type QueryFact,
} from './credit-profile.ts';

export interface CreditCase {
  /** 0–99, part of the person's number: never changed, never used twice. */
  readonly number: number;
  readonly key: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly credit: CreditProfile;
}

const BARE: CreditProfile = { ...CLEAN_CREDIT, loans: [], cards: [], queries: [] };

const loan = (change: Partial<LoanFact> = {}): LoanFact => ({
  type: 'D1',
  orgType: '11',
  org: '示范国有商业银行',
  business: '91',
  amountYuan: 60_000,
  termMonths: 60,
  monthsOpen: 40,
  history: PUNCTUAL,
  ...change,
});

const card = (change: Partial<CardFact> = {}): CardFact => ({
  org: '示范股份制银行',
  limitYuan: 40_000,
  usedYuan: 10_000,
  monthsOpen: 60,
  history: PUNCTUAL,
  ...change,
});

const query = (daysAgo: number, org: string, reason = '02', orgType = '11'): QueryFact => ({
  daysAgo,
  orgType,
  org,
  reason,
});

const loans = (...of: readonly LoanFact[]): CreditProfile => ({ ...BARE, loans: of });
const cards = (...of: readonly CardFact[]): CreditProfile => ({ ...BARE, cards: of });
const queries = (...of: readonly QueryFact[]): CreditProfile => ({
  ...BARE,
  loans: [loan()],
  queries: of,
});
/** A loan with these last months. */
const ending = (months: string): CreditProfile =>
  loans(loan({ history: months.padStart(24, 'N') }));

const record = (
  kind: 'POT' | 'PCJ' | 'PCE' | 'PAP',
  open: boolean,
  disputed?: true,
): CreditProfile => ({
  ...loans(loan()),
  publicRecords: [
    {
      kind,
      authority: '示范市人民法院',
      monthsAgo: 20,
      amountYuan: 30_000,
      open,
      ...(disputed === undefined ? {} : { disputed }),
    },
  ],
});

type Told = readonly [key: string, titleZh: string, titleEn: string, credit: CreditProfile];

const OVERDUE: readonly Told[] = [
  ['punctual', '按时还款', 'Punctual', loans(loan())],
  ['two-in-a-row', '连续两月逾期', 'Two months running', ending('11NNN')],
  ['three-in-a-row', '连续三月逾期（连三）', 'Exactly three months running', ending('111NN')],
  ['three-instalments', '逾期三期（连三）', 'Three instalments at once', ending('123NN')],
  [
    'three-across-accounts',
    '三个账户各一月',
    'Three months over three accounts',
    loans(
      loan({ history: 'N'.repeat(21) + '1NN' }),
      loan({ history: 'N'.repeat(21) + 'N1N' }),
      loan({ history: 'N'.repeat(21) + 'NN1' }),
    ),
  ],
  ['five-in-all', '累计五月逾期', 'Five months in all', ending('1N1N1N1N1N')],
  ['six-in-all', '累计六月逾期（累六）', 'Exactly six months in all', ending('1N1N1N1N1N1N')],
  [
    'six-across-accounts',
    '两个账户各三月',
    'Six months over two accounts',
    loans(
      loan({ history: ending('1N1N1N').loans[0]?.history ?? PUNCTUAL }),
      loan({ history: ending('1N1N1N').loans[0]?.history ?? PUNCTUAL }),
    ),
  ],
  ['overdue-this-month', '本月逾期一期', 'Overdue this month', ending('1')],
  ['overdue-3m-edge', '三个月前逾期', 'Overdue three months ago', ending('2NNN')],
  ['overdue-beyond-3m', '四个月前逾期', 'Overdue four months ago', ending('2NNNN')],
  ['overdue-6m-edge', '六个月前逾期', 'Overdue six months ago', ending(`2${'N'.repeat(6)}`)],
  ['overdue-12m-edge', '十二个月前逾期', 'Overdue twelve months ago', ending(`2${'N'.repeat(12)}`)],
  [
    'overdue-beyond-12m',
    '十三个月前逾期',
    'Overdue thirteen months ago',
    ending(`2${'N'.repeat(13)}`),
  ],
  [
    'overdue-23m',
    '二十三个月前逾期',
    'Overdue in the oldest month of the string',
    ending(`3${'N'.repeat(23)}`),
  ],
  [
    'overdue-three-years',
    '三年前逾期',
    'Overdue three years ago',
    loans(loan({ older: [{ monthsAgo: 36, status: '4' }] })),
  ],
  ['paid-within-month', '当月晚还（M）', 'Paid late within the month', ending('MMMM')],
];

const ENDINGS_AND_MARKS: readonly Told[] = [
  ['nothing-due', '24个月无应还（*）', 'Nothing due in 24 months', ending('*'.repeat(24))],
  [
    'unknown-months',
    '还款情况未知（#）',
    'Months of unknown status',
    ending(`##${'N'.repeat(14)}`),
  ],
  ['bad-debt-B', '呆账（B）', 'Bad debt', ending('7BB')],
  ['guarantor-paid-D', '担保人代还（D）', 'Paid by the guarantor', ending('4D')],
  ['goods-for-debt-Z', '以资抵债（Z）', 'Goods for debt', ending('6Z')],
  ['ended-otherwise-G', '非正常结束（G）', 'Ended otherwise than settled', ending('NG')],
  [
    'recovered',
    '被追偿',
    'A debt that a guarantor paid and collects',
    { ...loans(loan()), recoveredDebtYuan: 8_000 },
  ],
  ['compensated', '第三方代偿', 'Compensated by a third party', loans(loan({ special: ['2'] }))],
  ['extended', '展期', 'Extended', loans(loan({ special: ['1'] }))],
  ['relief', '纾困延期', 'Put off by the bank as relief', loans(loan({ special: ['16'] }))],
  ['early-settled', '提前结清', 'Settled early', loans(loan({ special: ['5'], settled: true }))],
  [
    'closed-accounts',
    '全部结清',
    'Closed accounts only',
    { ...BARE, loans: [loan({ settled: true })], cards: [card({ status: '4', usedYuan: 0 })] },
  ],
  ['repaired', '信用修复后无逾期', 'Repaired: nothing overdue is shown', loans(loan())],
  [
    'disputed-overdue',
    '异议中的逾期',
    'An overdue account in dispute',
    loans(loan({ history: ending('123').loans[0]?.history ?? PUNCTUAL, disputed: true })),
  ],
  [
    'disputed-clean',
    '异议中的正常账户',
    'A punctual account in dispute',
    loans(loan({ disputed: true }), loan({ org: '示范城市商业银行' })),
  ],
];

const CARDS: readonly Told[] = [
  ['no-card', '无卡', 'No card', loans(loan())],
  ['only-cards', '只有卡', 'Only cards', cards(card())],
  ['fully-used', '使用率100%', 'Used to the limit', cards(card({ usedYuan: 40_000 }))],
  ['overdrawn', '使用率超100%', 'Above the limit', cards(card({ usedYuan: 41_000 }))],
  ['not-activated', '未激活', 'A card never activated', cards(card({ usedYuan: 0, status: '6' }))],
  [
    'semi-credit-card',
    '准贷记卡',
    'A semi-credit card',
    cards(card({ type: 'R3', usedYuan: 20_000, averageUsedYuan: 30_000 })),
  ],
  [
    'large-instalment',
    '大额专项分期',
    'A large special instalment beside the limit',
    cards(card({ largeInstalment: { limitYuan: 150_000, usedYuan: 120_000 } })),
  ],
  [
    'average-above-due',
    '均额高于应还',
    'Ten percent of the average above what is due',
    cards(card({ usedYuan: 1_000, averageUsedYuan: 30_000 })),
  ],
];

const DEBTS: readonly Told[] = [
  [
    'revolving-line',
    '循环贷',
    'A revolving line',
    loans(loan({ type: 'R1', business: '41', amountYuan: 200_000 })),
  ],
  ['line-sub-account', '循环额度下分账户', 'A sub-account of a line', loans(loan({ type: 'R4' }))],
  [
    'one-non-bank-twice',
    '同一非银机构两笔',
    'Two loans of one non-bank lender',
    loans(
      loan({ orgType: '24', org: '示范消费金融公司' }),
      loan({ orgType: '24', org: '示范消费金融公司' }),
    ),
  ],
  [
    'three-non-banks',
    '三家非银机构',
    'Three non-bank lenders',
    loans(
      loan({ orgType: '24', org: 'A消金' }),
      loan({ orgType: '51', org: 'B小贷' }),
      loan({ orgType: '23', org: 'C汽车金融' }),
    ),
  ],
  [
    'settled-non-bank',
    '非银已结清',
    'A settled loan of a non-bank lender',
    loans(loan({ orgType: '51', org: 'B小贷', settled: true })),
  ],
  ['long-history', '二十年信用历史', 'Twenty years of credit', cards(card({ monthsOpen: 240 }))],
  ['young-file', '开户五个月', 'Five months old', cards(card({ monthsOpen: 5 }))],
  [
    'empty-file',
    '有档无账户',
    'Known, without an account',
    { ...BARE, score: null, housingFundYuan: null },
  ],
  [
    'guarantee',
    '对外担保',
    'Answers for a debt that is overdue',
    { ...loans(loan()), guarantees: [{ amountYuan: 400_000, fiveTier: '2', overdueMonths: 2 }] },
  ],
];

const QUERIES: readonly Told[] = [
  ['query-today', '当日查询', 'Asked today', queries(query(0, 'A'))],
  [
    'one-asks-thrice',
    '同一机构三次',
    'One institution three times',
    queries(query(2, 'A'), query(5, 'A', '03'), query(9, 'A', '08')),
  ],
  [
    'query-kinds',
    '贷款卡担保三类',
    'Loan, card and guarantee',
    queries(query(2, 'A'), query(3, 'B', '03'), query(4, 'C', '08')),
  ],
  [
    'queries-that-do-not-count',
    '贷后与本人查询',
    'After the loan and by the person',
    queries(query(2, 'A', '01'), query(3, '本人', '05', '99')),
  ],
  ['query-27-days', '27天前', 'Within a month whatever the month', queries(query(27, 'A'))],
  ['query-32-days', '32天前', 'Beyond a month whatever the month', queries(query(32, 'A'))],
  ['query-88-days', '88天前', 'Within three months', queries(query(88, 'A'))],
  ['query-93-days', '93天前', 'Beyond three months', queries(query(93, 'A'))],
  ['query-180-days', '180天前', 'Within six months', queries(query(180, 'A'))],
  ['query-185-days', '185天前', 'Beyond six months', queries(query(185, 'A'))],
];

const RECORDS: readonly Told[] = [
  ['enforcement-open', '未结强制执行', 'An open enforcement', record('PCE', true)],
  ['enforcement-closed', '已结强制执行', 'A closed enforcement', record('PCE', false)],
  [
    'enforcement-disputed',
    '异议中的强制执行',
    'An open enforcement in dispute',
    record('PCE', true, true),
  ],
  [
    'tax-and-penalty',
    '欠税与处罚',
    'Tax arrears and a penalty',
    {
      ...record('POT', true),
      publicRecords: [...record('POT', true).publicRecords, ...record('PAP', false).publicRecords],
    },
  ],
  [
    'fraud-warning',
    '防欺诈警示',
    'A fraud warning',
    { ...loans(loan()), fraudWarning: '请联系本人核实' },
  ],
  [
    'statement',
    '本人声明',
    'A statement by the person',
    { ...loans(loan()), statements: ['本人声明'] },
  ],
];

/** In the order of their numbers: a new case goes to the end. */
export const CREDIT_CASES: readonly CreditCase[] = [
  ...OVERDUE,
  ...ENDINGS_AND_MARKS,
  ...CARDS,
  ...DEBTS,
  ...QUERIES,
  ...RECORDS,
].map(([key, titleZh, titleEn, credit], number) => ({ number, key, titleZh, titleEn, credit }));

/** The number of the person whose credit life a case is. */
export function caseIdNumber(of: CreditCase): string {
  return residentNumber(`9998${String(of.number).padStart(2, '0')}19900115001`);
}

/** The case behind a resident number; null for any other number. */
export function caseOf(idNumber: string): CreditCase | null {
  const match = /^9998(\d{2})\d{11}[\dX]$/.exec(idNumber);
  return match === null ? null : (CREDIT_CASES[Number(match[1])] ?? null);
}
