/** The shipped strategy, version 2: the rules of version 1 in format 2, with test cases of its own. Limits are house defaults unless a source is named. */
import type { Expression } from './expression.ts';
import type { ReasonCode } from './reasons.ts';
import { STRATEGY_V2_TESTS } from './strategy-v2-tests.ts';
import { PRODUCT_PRICES } from './strategy-upgrade.ts';
import type { Strategy, StrategyRule } from './strategy.ts';
import type { VariableName } from './variable-catalogue.ts';

const is = (name: VariableName, value = true): Expression => ({ '==': [{ var: name }, value] });
const among = (name: VariableName, ...values: readonly string[]): Expression => ({
  in: [{ var: name }, values],
});

function rule(
  id: string,
  reason: ReasonCode,
  zh: string,
  en: string,
  when: Expression,
  whenAbsent: StrategyRule['whenAbsent'] = 'REFER',
): StrategyRule {
  return { id, zh, en, reason, when, whenAbsent };
}

const KNOCKOUTS: readonly StrategyRule[] = [
  rule('K01', 'KO_SANCTIONED', '命中制裁名单', 'On a sanctions list', is('sanctionsHit')),
  rule('K02', 'KO_UNDER_AGE', '未满最低年龄', 'Under the minimum age', {
    '<': [{ var: 'ageYears' }, { policy: 'applicant.minAgeYears' }],
  }),
  rule('K03', 'KO_OVER_AGE', '到期年龄超限', 'Too old at maturity', {
    '>': [{ var: 'ageAtMaturityYears' }, { policy: 'applicant.maxAgeAtMaturityYears' }],
  }),
  rule('K04', 'KO_FRAUD', '欺诈风险高', 'High fraud level', among('fraudLevel', 'HIGH')),
  // A few yuan forgotten on a card are no refusal; two hundred yuan or two accounts are.
  rule('K05', 'KO_CURRENT_OVERDUE', '当前逾期', 'Now overdue', {
    or: [
      { '>': [{ var: 'currentOverdueFen' }, 200_00] },
      { '>=': [{ var: 'currentOverdueAccounts' }, 2] },
    ],
  }),
  rule(
    'K06',
    'KO_CONSECUTIVE_OVERDUE',
    '连三',
    'Three consecutive overdue',
    is('consecutiveThree'),
  ),
  rule('K07', 'KO_CUMULATIVE_OVERDUE', '累六', 'Six overdue in all', is('cumulativeSix')),
  rule('K08', 'KO_BAD_DEBT', '呆账、代偿', 'Bad or recovered debt', is('badDebt')),
  rule('K09', 'KO_ADVERSE_CLASS', '不良分类', 'Non-performing class', {
    '>=': [{ var: 'worstClass' }, 3],
  }),
  rule('K10', 'KO_ENFORCEMENT', '未结强制执行', 'Open enforcement', {
    or: [{ '>=': [{ var: 'openEnforcement' }, 1] }, { '>=': [{ var: 'courtOpenCases' }, 1] }],
  }),
  rule(
    'K11',
    'KO_WATCH_LIST',
    '严重关注名单',
    'Serious watch list',
    among('watchLevel', 'M3_PLUS', 'LOST_CONTACT', 'FRAUD'),
  ),
  rule('K12', 'KO_QUERIES', '近3月审批查询机构超限', 'Too many querying institutions in 3 months', {
    '>=': [{ var: 'queryInstitutions3m' }, 10],
  }),
  rule('K13', 'KO_NON_BANK_LENDERS', '非银机构数超限', 'Too many non-bank lenders', {
    or: [{ '>=': [{ var: 'nonBankLenders' }, 6] }, { '>=': [{ var: 'baihangOpenLenders' }, 8] }],
  }),
  rule('K14', 'KO_NO_INCOME', '无稳定收入', 'No stable income', {
    or: [{ '<=': [{ var: 'monthlyIncomeFen' }, 0] }, among('employment', 'UNEMPLOYED')],
  }),
  rule('K15', 'KO_STUDENT', '在校学生', 'Student', among('employment', 'STUDENT')),
  rule('K16', 'KO_DEBT_RATIO', '负债收入比超限', 'Debt ratio above limit', {
    '>': [{ var: 'debtRatioPercent' }, 70],
  }),
  rule('K17', 'KO_CARD_OVERDRAWN', '贷记卡透支超限', 'Cards overdrawn', {
    '>': [{ var: 'cardUtilisation' }, 100],
  }),
  rule(
    'K18',
    'KO_MOBILE_INACTIVE',
    '手机号状态异常',
    'Mobile not in service',
    is('mobileActive', false),
    'MISS',
  ),
];

const REFERRALS: readonly StrategyRule[] = [
  rule('R01', 'REFER_AMOUNT', '金额超过自动审批上限', 'Amount above the automatic limit', {
    '>': [{ var: 'requestedAmountFen' }, { policy: 'decide.autoApproveMaxFen' }],
  }),
  rule('R02', 'REFER_FRAUD', '欺诈风险中', 'Medium fraud level', among('fraudLevel', 'MEDIUM')),
  rule('R03', 'REFER_THIN_FILE', '信用白户或历史过短', 'Thin file', {
    '<': [{ var: 'fileAgeMonths' }, 6],
  }),
  rule('R04', 'REFER_DISPUTED', '异议标注', 'Disputed items', is('disputed')),
  rule('R05', 'REFER_WATCH', '一般关注名单', 'Mild watch list', among('watchLevel', 'M1', 'M2')),
  rule('R06', 'REFER_OVERDUE_HISTORY', '近24月逾期2期', 'Two instalments overdue in 24 months', {
    '>=': [{ var: 'maxOverdue24m' }, 2],
  }),
  rule('R07', 'REFER_GUARANTEE', '对外担保超过半年收入', 'Guarantees above half a year of income', {
    '>': [{ var: 'guaranteeToIncomePercent' }, 50],
  }),
  rule('R08', 'REFER_COURT', '其他公共信息', 'Other public records', {
    '>=': [{ var: 'otherPublicRecords' }, 1],
  }),
  rule('R09', 'REFER_FREELANCE', '自雇大额', 'Self-employed, large request', {
    and: [
      among('employment', 'SELF_EMPLOYED', 'FREELANCE'),
      { '>': [{ var: 'requestedAmountFen' }, 50_000_00] },
    ],
  }),
  rule('R10', 'REFER_SCORE', '放款后负债收入比偏高', 'High debt ratio with the loan', {
    '>': [{ var: 'debtRatioAfterPercent' }, 55],
  }),
  rule('R11', 'REFER_AGE', '高龄申请人', 'Elderly applicant', {
    '>': [{ var: 'ageAtMaturityYears' }, { policy: 'applicant.enhancedFromAgeYears' }],
  }),
  rule('R12', 'REFER_NEW_MOBILE', '手机在网不足3个月', 'Mobile younger than three months', {
    and: [{ '>=': [{ var: 'mobileMonths' }, 0] }, { '<': [{ var: 'mobileMonths' }, 3] }],
  }),
  rule(
    'R13',
    'REFER_RESTRUCTURED',
    '展期或重组',
    'Extended or restructured loan',
    is('restructured'),
  ),
];

export const STRATEGY_V2: Strategy = {
  format: 2,
  id: 'PERSONAL_STANDARD',
  version: 2,
  scorecard: 'PERSONAL_EXPERT@1',
  knockouts: KNOCKOUTS,
  referrals: REFERRALS,
  cutoffs: { autoApproveFrom: 700, autoDeclineBelow: 600 },
  maxDebtRatioPercent: 55,
  limits: {
    A: { maxFen: 200_000_00, incomeMonths: 18 },
    B: { maxFen: 150_000_00, incomeMonths: 15 },
    C: { maxFen: 80_000_00, incomeMonths: 10 },
    D: { maxFen: 30_000_00, incomeMonths: 6 },
    E: { maxFen: 0, incomeMonths: 0 },
  },
  pricing: { rateByGrade: PRODUCT_PRICES, segments: [] },
  authority: { autoApproveMaxFen: null, twoPersonAboveFen: null },
  tests: STRATEGY_V2_TESTS,
};
