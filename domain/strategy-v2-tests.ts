/** The test cases inside the shipped strategy: a clean person, and one thing different at a time. */
import type { GapCode, ReasonCode } from './reasons.ts';
import type { StrategyCase } from './strategy.ts';
import type { Variables } from './variable-catalogue.ts';

const REQUEST: StrategyCase['request'] = {
  amountFen: 30_000_00,
  termMonths: 12,
  wantsPerson: false,
};

const CLEAN: StrategyCase = {
  id: 'CLEAN',
  zh: '资料齐全、信用良好者自动通过',
  en: 'Whole evidence and a good record are approved',
  like: null,
  variables: {
    ageYears: 36,
    ageAtMaturityYears: 37,
    education: 'BACHELOR',
    employment: 'EMPLOYED',
    employmentMonths: 60,
    housing: 'MORTGAGED',
    dependants: 1,
    purpose: 'RENOVATION',
    requestedAmountFen: 30_000_00,
    termMonths: 12,
    contactCount: 1,
    monthlyIncomeFen: 18_000_00,
    debtServiceFen: 2_000_00,
    requestPaymentFen: 2_751_00,
    debtRatioPercent: 11.2,
    debtRatioAfterPercent: 26.4,
    housingCostPercent: 14,
    amountToIncomePercent: 13.9,
    balanceToIncomePercent: 14,
    guaranteeToIncomePercent: 0,
    formSeconds: 240,
    formPastes: 0,
    formCorrections: 3,
    maxOverdue3m: 0,
    maxOverdue6m: 0,
    maxOverdue12m: 0,
    maxOverdue24m: 0,
    consecutiveThree: false,
    cumulativeSix: false,
    currentOverdueFen: 0,
    currentOverdueAccounts: 0,
    badDebt: false,
    restructured: false,
    worstClass: 1,
    queryInstitutions1m: 0,
    queryInstitutions3m: 1,
    queryInstitutions6m: 1,
    cardUtilisation: 15,
    monthlyDebtServiceFen: 2_000_00,
    loanBalanceFen: 30_000_00,
    openLoans: 1,
    openCards: 2,
    nonBankLenders: 0,
    fileAgeMonths: 110,
    guaranteeBalanceFen: 0,
    openEnforcement: 0,
    otherPublicRecords: 0,
    housingFundMonths: 60,
    disputed: false,
    pbocScore: 720,
    baihangInstitutions3m: 0,
    baihangMaxOverdueDays12m: 0,
    baihangOpenLenders: 0,
    baihangScore: 690,
    watchLevel: 'NONE',
    mobileMonths: 80,
    mobileActive: true,
    fraudLevel: 'LOW',
    fraudPoints: 0,
    faceScore: 92,
    sanctionsHit: false,
    courtOpenCases: 0,
  },
  gaps: [],
  request: REQUEST,
  expect: { outcome: 'APPROVE', reasons: [], hits: [] },
};

function declined(
  id: string,
  rule: string,
  reason: ReasonCode,
  variables: Partial<Variables>,
): StrategyCase {
  return {
    ...CLEAN,
    id,
    zh: `${rule} 命中即拒绝`,
    en: `${rule} declines`,
    like: CLEAN.id,
    variables,
    expect: { outcome: 'DECLINE', reasons: [reason], hits: [rule] },
  };
}

function referred(
  id: string,
  rule: string,
  reason: ReasonCode,
  variables: Partial<Variables>,
): StrategyCase {
  return {
    ...declined(id, rule, reason, variables),
    zh: `${rule} 命中转人工`,
    en: `${rule} refers`,
    expect: { outcome: 'REFER', reasons: [reason], hits: [rule] },
  };
}

function missing(
  id: string,
  variables: Partial<Variables>,
  gaps: readonly GapCode[],
  reason: ReasonCode,
): StrategyCase {
  return {
    ...CLEAN,
    id,
    zh: '证据缺失不得自动通过',
    en: 'Missing evidence is never approved',
    like: CLEAN.id,
    variables,
    gaps,
    expect: { outcome: 'REFER', reasons: [reason], hits: [] },
  };
}

export const STRATEGY_V2_TESTS: readonly StrategyCase[] = [
  CLEAN,
  declined('SANCTIONED', 'K01', 'KO_SANCTIONED', { sanctionsHit: true }),
  declined('MINOR', 'K02', 'KO_UNDER_AGE', { ageYears: 17 }),
  declined('OVERDUE', 'K05', 'KO_CURRENT_OVERDUE', { currentOverdueFen: 200_01 }),
  declined('UNEMPLOYED', 'K14', 'KO_NO_INCOME', { employment: 'UNEMPLOYED' }),
  declined('STUDENT', 'K15', 'KO_STUDENT', { employment: 'STUDENT' }),
  declined('INDEBTED', 'K16', 'KO_DEBT_RATIO', { debtRatioPercent: 70.1 }),
  referred('LARGE', 'R01', 'REFER_AMOUNT', { requestedAmountFen: 150_000_00 }),
  referred('SUSPECT', 'R02', 'REFER_FRAUD', { fraudLevel: 'MEDIUM' }),
  referred('THIN', 'R03', 'REFER_THIN_FILE', { fileAgeMonths: 5 }),
  referred('ELDERLY', 'R11', 'REFER_AGE', { ageAtMaturityYears: 66 }),
  referred('NEW_MOBILE', 'R12', 'REFER_NEW_MOBILE', { mobileMonths: 2 }),
  missing('NO_REPORT', {}, ['GAP_PBOC_REPORT'], 'GAP_PBOC_REPORT'),
  missing('NO_SANCTIONS_ANSWER', { sanctionsHit: null }, [], 'GAP_RULE_UNKNOWN'),
  missing('NO_FRAUD_ANSWER', { fraudLevel: null, fraudPoints: null }, [], 'GAP_SCORE_INCOMPLETE'),
];
