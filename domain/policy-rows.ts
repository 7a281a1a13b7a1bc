/**
 * The policy rows shipped with Xindai, each with its source. Marks as in regulation.md: [C] checked, [C2] secondary,
 * [K] knowledge. `house default` means that no rule prescribes the number and the lender is free to change it.
 */
import type { LenderType } from './loan-terms.ts';
import type { PolicyRow, PolicyRowOf, PolicyValues, RuleId } from './policy.ts';

const EVER = '2020-01-01';
const HOUSE = 'house default';

interface Span {
  readonly from?: string;
  readonly to?: string;
  readonly lender?: LenderType;
}

function row<R extends RuleId>(
  ruleId: R,
  value: PolicyValues[R],
  source: string = HOUSE,
  span: Span = {},
): PolicyRowOf<R> {
  return {
    ruleId,
    version: 1,
    value,
    effectiveFrom: span.from ?? EVER,
    effectiveTo: span.to ?? null,
    lenderType: span.lender ?? 'ANY',
    source,
  };
}

const CONTACT = 'CBA guideline 2026-01, GB/T 45251-2025, regulation.md §8.4 [C2]';
const CAP_BANK = '法发〔2017〕22号 art. 2 [K]; 金规〔2025〕9号 art. 6 [C2]';
const CAP_MICRO = '小额贷款公司综合融资成本管理工作指引 (2025-12) [C2]';
const LPR = 'LPR announcement, 1 year, 2026-09 [C2]';

const RATE_ROWS: readonly PolicyRow[] = [
  row('rate.cap', { percent: '24.00', measure: 'SIMPLE' }, CAP_BANK),
  row('rate.cap', { percent: '24.00', measure: 'SIMPLE' }, CAP_MICRO, {
    lender: 'MICRO_LOAN',
    to: '2028-01-01',
  }),
  row('rate.cap', { timesLpr1y: '4', measure: 'SIMPLE' }, CAP_MICRO, {
    lender: 'MICRO_LOAN',
    from: '2028-01-01',
  }),
  row(
    'rate.cap',
    { timesLpr1y: '4', measure: 'SIMPLE' },
    '民间借贷司法解释 (2020-12-29) art. 25, 28, 29: 4 × LPR 1Y [C]',
    { lender: 'UNLICENSED' },
  ),
  row('rate.lpr1yPercent', '3.00', LPR),
];

const PERSON_ROWS: readonly PolicyRow[] = [
  row('applicant.minAgeYears', 18, '民法典 art. 17, 18 [C]; regulation.md §8.2'),
  row('applicant.maxAgeAtMaturityYears', 70),
  row(
    'applicant.enhancedFromAgeYears',
    65,
    'elderly enhanced, regulation.md §8.2; the age is a house default',
  ),
  row('apply.draftReminderHours', 24),
  row('apply.draftLapseDays', 30),
  row('loan.maxTermMonths', 60, '个人贷款管理办法 (2024-07-01): consumption ≤ 5 years [C2]'),
  row('loan.maxTermMonths', 84, 'NFRA notice 2025-03: consumption up to 7 years [C2]', {
    from: '2025-03-14',
  }),
  row('loan.maxAmountFen', 200_000_00, '商业银行互联网贷款管理暂行办法 2020-07-12: ¥200 k [C]'),
  row('loan.maxAmountFen', 300_000_00, 'NFRA notice 2025-03: internet consumer loan ¥300 k [C2]', {
    from: '2025-03-14',
    lender: 'BANK',
  }),
];

const CREDIT_REPAIR = 'PBoC 2025-12-22, one-off credit repair: regulation.md §0.7 [C]';

/** Rules of the bureau desk that belong to the house and to no loan. */
const BUREAU_DESK_ROWS: readonly PolicyRow[] = [
  row('bureau.creditRepair', null, CREDIT_REPAIR, { to: '2026-01-01' }),
  row('bureau.creditRepair', { lastMonth: '2025-12' }, CREDIT_REPAIR, { from: '2026-01-01' }),
  row(
    'bureau.operatorDailyCap',
    20,
    'daily cap, regulation.md §2.6 [K]; the number is a house default',
  ),
  row(
    'bureau.houseDailyCap',
    50_000,
    'daily cap, regulation.md §2.6 [K]; the number is a house default',
  ),
  row(
    'bureau.officeHours',
    { from: 8, to: 20 },
    'off-hours alert, regulation.md §2.6 [K]; the hours are a house default',
  ),
  row('bureau.priceFen', {
    'PBOC.report': 500,
    'BAIHANG.report': 300,
    'BAIHANG.watchlist': 100,
    'BAIHANG.verify': 80,
  }),
  row('objection.answerDays', 20, '征信业管理条例 art. 25: 20 days [C]'),
  row('objection.reminderDays', 5),
];

const EVIDENCE_ROWS: readonly PolicyRow[] = [
  row('authorisation.validityDays', 30),
  row('authorisation.retentionYears', 10, '反洗钱法 (2024) art. 34 [C]; regulation.md §2.3'),
  row('bureau.reportValidityDays', 30, 'market practice, regulation.md §2.4 [K]'),
  row('bureau.patienceMinutes', 120),
  ...BUREAU_DESK_ROWS,
  row('verify.patienceMinutes', 60),
  row('verify.faceMatchScore', 80),
  row('verify.faceMismatchScore', 60),
];

const DECISION_ROWS: readonly PolicyRow[] = [
  row('decide.autoApproveMaxFen', 100_000_00),
  row('review.slaMinutes', 240),
  row('review.reminderMinutes', 120),
  row('review.claimIdleMinutes', 60),
  row('review.twoPersonAboveFen', 100_000_00),
  row('review.evidenceMaxDays', 30, 'bureau report validity, regulation.md §2.4 [K]'),
  row('offer.validityDays', 7),
  row(
    'offer.costReadSeconds',
    10,
    '金规〔2026〕2号: mandatory reading time, seconds not published [C2]',
    {
      from: '2026-08-01',
    },
  ),
  row('offer.costReadSeconds', 0, HOUSE, { to: '2026-08-01' }),
  row('sign.windowHours', 72),
  row(
    'recording.requiredAboveFen',
    200_000_00,
    '个人贷款管理办法 (2024-07-01) art. 18: interview, by video where allowed [K]; the amount is a house default',
  ),
  row('sign.coolingOffDays', 0, 'no statutory cooling-off for loans, regulation.md §8.2 [K]'),
];

const MONEY_ROWS: readonly PolicyRow[] = [
  row('disburse.secondReleaseAboveFen', 0),
  row(
    'disburse.bureauRequeryAfterDays',
    30,
    '商业银行互联网贷款管理暂行办法 art. 24: over one month re-query [K]',
  ),
  row(
    'disburse.selfPayPersonalFen',
    300_000_00,
    '个人贷款管理办法 (令2024年第3号): payee not fixed in advance and at most ¥300,000, regulation.md §3.2 [K]',
  ),
  row(
    'disburse.selfPayBusinessFen',
    500_000_00,
    '个人贷款管理办法 (令2024年第3号): production or trade and at most ¥500,000, regulation.md §3.2 [C2]',
  ),
  row(
    'disburse.splitWindowDays',
    30,
    'no splitting (化整为零), regulation.md §3.2; the days are ours',
  ),
  row('disburse.queryAfterSeconds', 10),
  row('disburse.unknownPatienceMinutes', 60),
  row('service.graceDays', 0),
  row('service.collectionFromDays', 3),
  row('service.penaltyMarkupPercent', '50', '银发〔2003〕251号: 30–50 % of the contract rate [K]'),
  row('service.misuseMarkupPercent', '100', '银发〔2003〕251号: 50–100 % of the contract rate [K]'),
  row('service.compoundPenalty', false, 'only where the contract agrees, regulation.md §7.3 [K]'),
  row(
    'service.allocationOrder',
    { feeFen: 1, penaltyFen: 2, interestFen: 3, principalFen: 4 },
    '民法典 art. 561: costs, interest, principal unless agreed otherwise [C]; regulation.md §7.3',
  ),
  row(
    'service.principalFirstFromDays',
    91,
    'principal first after 90 days past due, regulation.md §7.3 [K]',
  ),
  row(
    'service.holidayShift',
    true,
    'next business day without penalty, regulation.md §7.4; the rule is a house default',
  ),
  row('service.coolingOffInterest', true),
  row('service.prepaymentValidDays', 3),
  row('service.extensionMaxMonths', 12),
  row('service.debitHours', [9, 14, 20]),
  row(
    'service.debitDays',
    0,
    'house default: no debit before the contract carries the consent to it',
  ),
  row(
    'service.dpdBuckets',
    [
      { name: 'C', fromDays: 0 },
      { name: 'M1', fromDays: 1 },
      { name: 'M2', fromDays: 31 },
      { name: 'M3', fromDays: 61 },
      { name: 'M4', fromDays: 91 },
      { name: 'M5', fromDays: 121 },
      { name: 'M6', fromDays: 151 },
      { name: 'M7_PLUS', fromDays: 181 },
    ],
    'regulation.md §7.2, bureau statuses 1–7 [C2]',
  ),
  row(
    'classification.dpdFloors',
    [
      { name: 'NORMAL', fromDays: 0 },
      { name: 'SPECIAL_MENTION', fromDays: 1 },
      { name: 'SUBSTANDARD', fromDays: 91 },
      { name: 'DOUBTFUL', fromDays: 271 },
      { name: 'LOSS', fromDays: 361 },
    ],
    '商业银行金融资产风险分类办法 (2023-07-01) [C] structure, [K] floors',
    { from: '2023-07-01' },
  ),
  row(
    'classification.eventFloors',
    { RESCHEDULED: 1, IMPAIRED: 2, FRAUD: 2 },
    '商业银行金融资产风险分类办法 (2023-07-01): rescheduled at least special mention, impaired at least substandard [K]; fraud is a house default',
    { from: '2023-07-01' },
  ),
  row(
    'classification.observationMonths',
    12,
    '商业银行金融资产风险分类办法: observation of at least a year [K]',
  ),
  row('classification.upgradeMonths', 6, 'regulation.md §7.1 [K]'),
  row('classification.writeOffFromTier', 4, 'house default: loss and nothing better'),
  row('contact.hours', { from: 8, to: 22 }, CONTACT),
  row('contact.unansweredCallsPerDay', 6, CONTACT),
  row('contact.failuresBeforeThirdParty', 3, CONTACT),
  row('contact.visitPeople', 2, CONTACT),
  row('retention.customerYears', 10, '反洗钱法 (2024) art. 34 [C]', { from: '2025-01-01' }),
];

/** All shipped rows. A lender adds rows of later versions; nothing here is ever changed in place. */
export const POLICY_ROWS: readonly PolicyRow[] = [
  ...RATE_ROWS,
  ...PERSON_ROWS,
  ...EVIDENCE_ROWS,
  ...DECISION_ROWS,
  ...MONEY_ROWS,
];

/**
 * The rows of a published policy, with the shipped ones behind them for rules that were unknown when it was published:
 * a loan that pinned an older policy is not stopped by a rule that came later. A rule the policy knows is the policy's
 * alone, whatever was shipped since.
 */
export function withRulesUnknownTo(published: readonly PolicyRow[]): readonly PolicyRow[] {
  const known = new Set(published.map((one) => one.ruleId));
  return [...published, ...POLICY_ROWS.filter((one) => !known.has(one.ruleId))];
}
