/** Each named credit life gives, through the parser, the variables that its name says: the edges of every definition. */
import { describe, expect, it } from 'vitest';
import {
  type BureauVariables,
  deriveBureauVariables,
  parsePbocReport,
} from '../../domain/bureau.ts';
import { fen } from '../../domain/money.ts';
import { createPeople } from '../../sandbox/people/people.ts';
import { caseIdNumber, CREDIT_CASES } from '../../sandbox/reports/credit-cases.ts';
import { pbocReport } from '../../sandbox/reports/pboc-report.ts';

/** Days on which months, their ends and leap days could go wrong. */
const DAYS = ['2026-11-24', '2026-12-31', '2027-01-01', '2027-03-01', '2028-02-29', '2027-05-31'];
const people = createPeople('seed');

function variablesOf(key: string, day: string): BureauVariables {
  const one = CREDIT_CASES.find((candidate) => candidate.key === key);
  if (one === undefined) throw new Error(`no case ${key}`);
  const at = new Date(`${day}T04:00:00Z`);
  const idNumber = caseIdNumber(one);
  const { credit } = people.byIdNumber(idNumber, at);
  if (credit === null) throw new Error(`the person of ${key} has no credit life`);
  const name = '案例人';
  const report = pbocReport(credit, {
    reportNo: 'R',
    name,
    idNumber,
    mobile: null,
    queryingOrganisation: 'X',
    reason: '02',
    at,
  });
  const asked = { organisation: 'X', purpose: '02', now: `${day}T12:00:00`, validityDays: 30 };
  const parsed = parsePbocReport(report, { name, idNumber }, asked);
  if (!parsed.ok) throw new Error(`${key} on ${day}: ${JSON.stringify(parsed)}`);
  return deriveBureauVariables(parsed.report, null, day);
}

const CLEAN = { maxOverdue24m: 0, consecutiveThree: false, cumulativeSix: false, badDebt: false };

const EXPECTED: Readonly<Record<string, Partial<BureauVariables>>> = {
  punctual: { ...CLEAN, maxOverdue60m: 0, restructured: false, disputed: false, openLoans: 1 },
  'two-in-a-row': { maxOverdue24m: 1, consecutiveThree: false, overdueMonths24m: 2 },
  'three-in-a-row': { maxOverdue24m: 1, consecutiveThree: true, overdueMonths24m: 3 },
  'three-instalments': { maxOverdue24m: 3, consecutiveThree: true, cumulativeSix: false },
  'three-across-accounts': { maxOverdue24m: 1, consecutiveThree: false, overdueMonths24m: 1 },
  'five-in-all': { cumulativeSix: false, consecutiveThree: false, overdueMonths24m: 5 },
  'six-in-all': { cumulativeSix: true, consecutiveThree: false, overdueMonths24m: 6 },
  'six-across-accounts': { cumulativeSix: false, overdueMonths24m: 3 },
  'overdue-this-month': { maxOverdue3m: 1, currentOverdueAccounts: 1 },
  'overdue-3m-edge': { maxOverdue3m: 2, currentOverdueAccounts: 0, currentOverdueFen: fen(0) },
  'overdue-beyond-3m': { maxOverdue3m: 0, maxOverdue6m: 2 },
  'overdue-6m-edge': { maxOverdue3m: 0, maxOverdue6m: 2 },
  'overdue-12m-edge': { maxOverdue6m: 0, maxOverdue12m: 2 },
  'overdue-beyond-12m': { maxOverdue12m: 0, maxOverdue24m: 2 },
  'overdue-23m': { maxOverdue12m: 0, maxOverdue24m: 3, consecutiveThree: true },
  'overdue-three-years': { ...CLEAN, maxOverdue60m: 4 },
  'paid-within-month': CLEAN,
  'nothing-due': CLEAN,
  'unknown-months': {
    maxOverdue12m: 0,
    maxOverdue24m: null,
    consecutiveThree: null,
    cumulativeSix: false,
  },
  'bad-debt-B': { badDebt: true, maxOverdue3m: 7, worstClass: 5 },
  'guarantor-paid-D': { badDebt: true, maxOverdue3m: 7 },
  'goods-for-debt-Z': { badDebt: true, openLoans: 0 },
  'ended-otherwise-G': { badDebt: false, restructured: true, openLoans: 0, maxOverdue24m: 0 },
  recovered: { badDebt: true },
  compensated: { badDebt: true, maxOverdue24m: 0 },
  extended: { restructured: true, badDebt: false },
  relief: { restructured: true },
  'early-settled': { restructured: false, openLoans: 0 },
  'closed-accounts': {
    openLoans: 0,
    openCards: 0,
    cardUtilisation: -1,
    monthlyDebtServiceFen: fen(0),
  },
  repaired: { ...CLEAN },
  'disputed-overdue': {
    consecutiveThree: null,
    maxOverdue24m: null,
    disputed: true,
    badDebt: false,
  },
  'disputed-clean': { ...CLEAN, openLoans: null, disputed: true },
  'no-card': { cardUtilisation: -1, openCards: 0 },
  'only-cards': { cardUtilisation: 25, openLoans: 0, loanBalanceFen: fen(0) },
  'fully-used': { cardUtilisation: 100 },
  overdrawn: { cardUtilisation: 103 },
  'not-activated': { cardUtilisation: -1, openCards: 0 },
  'semi-credit-card': { cardUtilisation: -1, openCards: 0, monthlyDebtServiceFen: fen(300_000) },
  'large-instalment': { cardUtilisation: 25 },
  'average-above-due': { cardUtilisation: 3, monthlyDebtServiceFen: fen(300_000) },
  'revolving-line': { openLoans: 1 },
  'line-sub-account': { openLoans: 1 },
  'one-non-bank-twice': { nonBankLenders: 1, openLoans: 2 },
  'three-non-banks': { nonBankLenders: 3 },
  'settled-non-bank': { nonBankLenders: 0 },
  'long-history': { fileAgeMonths: 240 },
  'young-file': { fileAgeMonths: 5 },
  'empty-file': { fileAgeMonths: -1, pbocScore: -1, housingFundMonths: -1, maxOverdue24m: 0 },
  guarantee: { guaranteeOverdueMonths: 2, guaranteeBalanceFen: fen(40_000_000) },
  'query-today': { queryInstitutions1m: 1 },
  'one-asks-thrice': { queryInstitutions1m: 1 },
  'query-kinds': { queryInstitutions1m: 3 },
  'queries-that-do-not-count': { queryInstitutions6m: 0 },
  'query-27-days': { queryInstitutions1m: 1 },
  'query-32-days': { queryInstitutions1m: 0, queryInstitutions3m: 1 },
  'query-88-days': { queryInstitutions1m: 0, queryInstitutions3m: 1 },
  'query-93-days': { queryInstitutions3m: 0, queryInstitutions6m: 1 },
  'query-180-days': { queryInstitutions3m: 0, queryInstitutions6m: 1 },
  'query-185-days': { queryInstitutions6m: 0 },
  'enforcement-open': { openEnforcement: 1 },
  'enforcement-closed': { openEnforcement: 0 },
  'enforcement-disputed': { openEnforcement: null, disputed: true },
  'tax-and-penalty': { otherPublicRecords: 2 },
  'fraud-warning': { ...CLEAN, disputed: true },
  statement: { ...CLEAN, disputed: true },
};

describe('the library of credit cases', () => {
  it('has at least forty, each with a key and a number of its own, and an expectation here', () => {
    expect(CREDIT_CASES.length).toBeGreaterThanOrEqual(40);
    expect(CREDIT_CASES.length).toBeLessThanOrEqual(100);
    expect(new Set(CREDIT_CASES.map((one) => one.key)).size).toBe(CREDIT_CASES.length);
    expect(Object.keys(EXPECTED).sort()).toEqual(CREDIT_CASES.map((one) => one.key).sort());
  });

  it.each(Object.entries(EXPECTED))('%s', (key, expected) => {
    for (const day of DAYS) expect(variablesOf(key, day), day).toMatchObject(expected);
  });
});
