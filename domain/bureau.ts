/**
 * Bureau variables: what a lender reads from the two reports. A missing report gives nulls, never zeros: nothing known
 * is not the same as nothing owed. Definitions: regulation.md §2.4, derived variables.
 */
import type {
  BaihangReport,
  PbocAccount,
  PbocQuery,
  PbocReport,
  WatchLevel,
} from './bureau-report.ts';
import { addMonthsClamped } from './calendar.ts';
import { type Fen, fen } from './money.ts';

export {
  parseBaihangReport,
  parsePbocReport,
  type Parsed,
  type ReportSubject,
} from './bureau-parse.ts';

/** Value of a variable that does not apply although the report is present, e.g. card utilisation without a card. */
export const NOT_APPLICABLE = -1;

/** All values are null when their report is absent; amounts in fen, counts and months as integers. */
export interface BureauVariables {
  /** Worst repayment status (instalments overdue, 0–7) over the last 3, 6, 12 and 24 months. */
  readonly maxOverdue3m: number | null;
  readonly maxOverdue6m: number | null;
  readonly maxOverdue12m: number | null;
  readonly maxOverdue24m: number | null;
  /** 连三: some account reached three consecutive instalments overdue within 24 months. */
  readonly consecutiveThree: boolean | null;
  /** 累六: some account was overdue in six or more of 24 months. */
  readonly cumulativeSix: boolean | null;
  readonly currentOverdueFen: Fen | null;
  readonly currentOverdueAccounts: number | null;
  /** 呆账, 代偿, asset disposal, or a status of bad debt (B), guarantor paid (D) or goods for debt (Z). */
  readonly badDebt: boolean | null;
  /** An open account was extended, reduced or turned into personal instalments (special transaction 1, 11, 14). */
  readonly restructured: boolean | null;
  /** Worst five-tier class of open accounts, 1–6. */
  readonly worstClass: number | null;
  /** Distinct institutions that asked for loan, card or guarantee approval. */
  readonly queryInstitutions1m: number | null;
  readonly queryInstitutions3m: number | null;
  readonly queryInstitutions6m: number | null;
  /** Used over limit of credit cards in percent; NOT_APPLICABLE without a card. */
  readonly cardUtilisation: number | null;
  /** What all debts cost a month: Σ due of loans and lines, cards at the larger of due and 10 % of the 6-month average. */
  readonly monthlyDebtServiceFen: Fen | null;
  readonly loanBalanceFen: Fen | null;
  readonly openLoans: number | null;
  readonly openCards: number | null;
  /** Distinct non-bank institutions with an open loan. */
  readonly nonBankLenders: number | null;
  /** Months since the oldest account was opened; NOT_APPLICABLE without any account. */
  readonly fileAgeMonths: number | null;
  readonly guaranteeBalanceFen: Fen | null;
  readonly openEnforcement: number | null;
  readonly otherPublicRecords: number | null;
  /** Months of housing fund payments; NOT_APPLICABLE without a record. */
  readonly housingFundMonths: number | null;
  /** An objection, a statement by the person or a fraud warning stands on the report. */
  readonly disputed: boolean | null;
  /** Bureau score 0–1000; NOT_APPLICABLE when the bureau gave none. */
  readonly pbocScore: number | null;
  readonly baihangInstitutions3m: number | null;
  readonly baihangMaxOverdueDays12m: number | null;
  readonly baihangOpenLenders: number | null;
  /** Credit score 300–850; NOT_APPLICABLE when not scored. */
  readonly baihangScore: number | null;
  /** Worst watch-list level, `NONE` when not listed. */
  readonly watchLevel: WatchLevel | 'NONE' | null;
  readonly mobileMonths: number | null;
  readonly mobileActive: boolean | null;
}

const BANK_TYPES = new Set(['11', '12', '14', '15', '16', '52']);
const APPROVAL_REASONS = new Set(['02', '03', '08']);
/** Special transactions (§2.4): 1 extension, 11 debt reduction, 14 personal instalments. */
const RESTRUCTURING = new Set(['1', '11', '14']);
/** 2 guarantor paid, 3 goods for debt: a debt that somebody else had to carry. */
const COMPENSATED = new Set(['2', '3']);
const LOAN_TYPES = new Set<string>(['D1', 'R1', 'R4']);

/** Instalments overdue in a month by its status code; B, D and Z count as the worst. */
function overdueOf(status: string): number {
  if (/[1-7]/.test(status)) return Number(status);
  return /[BDZ]/.test(status) ? 7 : 0;
}

function isOpen(account: PbocAccount): boolean {
  const closed: Readonly<Record<string, readonly string[]>> = {
    D1: ['3', '5'],
    R1: ['3'],
    R4: ['3'],
    R2: ['4'],
    R3: ['4'],
    C1: ['2'],
  };
  return !(closed[account.PD01AD01] ?? []).includes(account.PD01CD01);
}

/** Whole months from one `YYYY-MM` to another. */
function monthsApart(from: string, to: string): number {
  const [fromYear, fromMonth] = from.split('-').map(Number);
  const [toYear, toMonth] = to.split('-').map(Number);
  return ((toYear ?? 0) - (fromYear ?? 0)) * 12 + (toMonth ?? 0) - (fromMonth ?? 0);
}

/** Months before `asOf` with their overdue status, newest first: [months ago, instalments overdue]. */
function history(account: PbocAccount, asOf: string): readonly (readonly [number, number])[] {
  const lag = Math.max(0, monthsApart(account.PD01DR02, asOf.slice(0, 7)));
  return Array.from(account.PD01DD01)
    .reverse()
    .map((status, i) => [lag + i, overdueOf(status)] as const);
}

function maxOverdue(accounts: readonly PbocAccount[], asOf: string, months: number): number {
  const recent = accounts.flatMap((account) =>
    history(account, asOf).filter(([ago]) => ago <= months),
  );
  const now = accounts.map((account) => Math.min(7, account.PD01CS02));
  return Math.max(0, ...now, ...recent.map(([, overdue]) => overdue));
}

function yuan(amounts: readonly number[]): Fen {
  return fen(amounts.reduce((a, b) => a + b, 0) * 100);
}

function queryInstitutions(queries: readonly PbocQuery[], asOf: string, months: number): number {
  const since = addMonthsClamped(asOf, -months);
  const recent = queries.filter(
    (q) => APPROVAL_REASONS.has(q.PH010Q03) && q.PH010R01 > since && q.PH010R01 <= asOf,
  );
  return new Set(recent.map((q) => q.PH010Q02)).size;
}

function cardUtilisation(cards: readonly PbocAccount[]): number {
  const limit = cards.reduce((sum, card) => sum + (card.PD01AJ02 ?? 0), 0);
  const used = cards.reduce((sum, card) => sum + (card.PD01CJ02 ?? card.PD01CJ01), 0);
  return limit === 0 ? NOT_APPLICABLE : Math.round((used * 100) / limit);
}

function debtService(open: readonly PbocAccount[]): Fen {
  const monthly = open.map((account) => {
    if (LOAN_TYPES.has(account.PD01AD01)) return account.PD01CJ04;
    if (account.PD01AD01 === 'C1') return account.PD01CJ01;
    return Math.max(account.PD01CJ04, Math.round((account.PD01CJ12 ?? 0) / 10));
  });
  return yuan(monthly);
}

function hasBadDebt(report: PbocReport): boolean {
  return (
    report.PCO.PC02B.PC02BS01 > 0 ||
    report.PCO.PC02C.PC02CS01 > 0 ||
    report.PDA.some(
      (a) =>
        /[BDZ]/.test(a.PD01DD01) ||
        a.PD01F.some((f) => COMPENSATED.has(f.PD01FD01)) ||
        (a.PD01AD01 === 'C1' && isOpen(a)),
    )
  );
}

type PbocVariables = Omit<BureauVariables, keyof BaihangVariables>;
type BaihangVariables = Pick<
  BureauVariables,
  | 'baihangInstitutions3m'
  | 'baihangMaxOverdueDays12m'
  | 'baihangOpenLenders'
  | 'baihangScore'
  | 'watchLevel'
  | 'mobileMonths'
  | 'mobileActive'
>;

function overdueVariables(report: PbocReport, asOf: string) {
  const accounts = report.PDA;
  return {
    maxOverdue3m: maxOverdue(accounts, asOf, 3),
    maxOverdue6m: maxOverdue(accounts, asOf, 6),
    maxOverdue12m: maxOverdue(accounts, asOf, 12),
    maxOverdue24m: maxOverdue(accounts, asOf, 24),
    consecutiveThree: maxOverdue(accounts, asOf, 24) >= 3,
    cumulativeSix: accounts.some(
      (a) => history(a, asOf).filter(([ago, overdue]) => ago <= 24 && overdue > 0).length >= 6,
    ),
    currentOverdueFen: yuan(accounts.map((a) => a.PD01CJ06)),
    currentOverdueAccounts: accounts.filter((a) => a.PD01CS02 > 0 || a.PD01CJ06 > 0).length,
    badDebt: hasBadDebt(report),
  };
}

function accountVariables(report: PbocReport, asOf: string) {
  const open = report.PDA.filter(isOpen);
  const loans = open.filter((a) => LOAN_TYPES.has(a.PD01AD01));
  const cards = open.filter((a) => a.PD01AD01 === 'R2');
  const oldest = report.PDA.map((a) => a.PD01AR01).sort()[0];
  const classes = open.map((a) => Number(a.PD01CD02)).filter((c) => c >= 1 && c <= 6);
  return {
    restructured: open.some((a) => a.PD01F.some((f) => RESTRUCTURING.has(f.PD01FD01))),
    worstClass: Math.max(1, ...classes),
    cardUtilisation: cardUtilisation(cards),
    monthlyDebtServiceFen: debtService(open),
    loanBalanceFen: yuan(loans.map((a) => a.PD01CJ01)),
    openLoans: loans.length,
    openCards: cards.length,
    nonBankLenders: new Set(loans.filter((a) => !BANK_TYPES.has(a.PD01AD02)).map((a) => a.PD01AI02))
      .size,
    fileAgeMonths:
      oldest === undefined ? NOT_APPLICABLE : monthsApart(oldest.slice(0, 7), asOf.slice(0, 7)),
  };
}

function pbocVariables(report: PbocReport, asOf: string): PbocVariables {
  const isOpenRecord = (record: { readonly D01: string }) => record.D01 === '1';
  return {
    ...overdueVariables(report, asOf),
    ...accountVariables(report, asOf),
    queryInstitutions1m: queryInstitutions(report.POQ, asOf, 1),
    queryInstitutions3m: queryInstitutions(report.POQ, asOf, 3),
    queryInstitutions6m: queryInstitutions(report.POQ, asOf, 6),
    guaranteeBalanceFen: yuan(report.PCR.map((liability) => liability.PD03AJ02)),
    openEnforcement: report.PCE.filter(isOpenRecord).length,
    otherPublicRecords: report.POT.length + report.PCJ.length + report.PAP.length,
    housingFundMonths:
      report.PHF === null
        ? NOT_APPLICABLE
        : Math.max(0, monthsApart(report.PHF.PF05AR01, asOf.slice(0, 7))),
    disputed: report.PRH.PA01ES01 > 0 || report.PRH.PA01DQ01 !== null || report.POS.length > 0,
    pbocScore: report.PSM?.PC010Q01 ?? NOT_APPLICABLE,
  };
}

const WATCH_SEVERITY: readonly WatchLevel[] = ['M1', 'M2', 'M3_PLUS', 'LOST_CONTACT', 'FRAUD'];

function baihangVariables(report: BaihangReport): BaihangVariables {
  const levels = report.watchList.map((hit) => WATCH_SEVERITY.indexOf(hit.level));
  return {
    baihangInstitutions3m: report.applications.months3.institutions,
    baihangMaxOverdueDays12m: report.loans.maxOverdueDays12m,
    baihangOpenLenders: report.loans.institutions,
    baihangScore: report.creditScore ?? NOT_APPLICABLE,
    watchLevel: WATCH_SEVERITY[Math.max(-1, ...levels)] ?? 'NONE',
    mobileMonths: report.mobile.monthsInUse ?? NOT_APPLICABLE,
    mobileActive: report.mobile.status === 'UNKNOWN' ? null : report.mobile.status === 'ACTIVE',
  };
}

const NO_PBOC: PbocVariables = {
  maxOverdue3m: null,
  maxOverdue6m: null,
  maxOverdue12m: null,
  maxOverdue24m: null,
  consecutiveThree: null,
  cumulativeSix: null,
  currentOverdueFen: null,
  currentOverdueAccounts: null,
  badDebt: null,
  restructured: null,
  worstClass: null,
  queryInstitutions1m: null,
  queryInstitutions3m: null,
  queryInstitutions6m: null,
  cardUtilisation: null,
  monthlyDebtServiceFen: null,
  loanBalanceFen: null,
  openLoans: null,
  openCards: null,
  nonBankLenders: null,
  fileAgeMonths: null,
  guaranteeBalanceFen: null,
  openEnforcement: null,
  otherPublicRecords: null,
  housingFundMonths: null,
  disputed: null,
  pbocScore: null,
};

const NO_BAIHANG: BaihangVariables = {
  baihangInstitutions3m: null,
  baihangMaxOverdueDays12m: null,
  baihangOpenLenders: null,
  baihangScore: null,
  watchLevel: null,
  mobileMonths: null,
  mobileActive: null,
};

/** Derives all bureau variables on a business date; an absent report leaves its variables null. */
export function deriveBureauVariables(
  pboc: PbocReport | null,
  baihang: BaihangReport | null,
  asOf: string,
): BureauVariables {
  return {
    ...(pboc === null ? NO_PBOC : pbocVariables(pboc, asOf)),
    ...(baihang === null ? NO_BAIHANG : baihangVariables(baihang)),
  };
}
