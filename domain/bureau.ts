/**
 * Bureau variables: what a lender reads from the two reports. A missing report gives nulls, never zeros: nothing known is
 * not the same as nothing owed. A value that would be another one without a disputed item, or with a month of unknown status
 * read otherwise, is null as well: no rule can hit or miss on it, so that a person looks. Definitions: docs/bureaus.md.
 */
import type { BaihangReport, MobileFacts, WatchHits, WatchLevel } from './baihang-report.ts';
import { WATCH_LEVELS } from './baihang-report.ts';
import type { PbocAccount } from './bureau-account.ts';
import { isBadDebt, isDisputed, isOpen, marksOf, monthsApart } from './bureau-consistency.ts';
import {
  maxOverdue,
  overdueMonths,
  provenMonths,
  threeInARow,
  type UnknownMonths,
} from './bureau-history.ts';
import type { PbocQuery, PbocReport } from './bureau-report.ts';
import { addMonthsClamped } from './calendar.ts';
import { type Fen, fen } from './money.ts';
import type { Dispute } from './objection.ts';

export {
  parseBaihangReport,
  parsePbocReport,
  parseVerification,
  parseWatchList,
  type Parsed,
  type ReportAsked,
  type ReportSubject,
} from './bureau-parse.ts';

/** Value of a variable that does not apply although the report is present, e.g. card utilisation without a card. */
export const NOT_APPLICABLE = -1;

/** All values are null when their report is absent or they cannot be told; amounts in fen, counts and months as integers. */
export interface BureauVariables {
  /** Worst repayment status (instalments overdue, 0–7) over the last 3, 6, 12, 24 and 60 months. */
  readonly maxOverdue3m: number | null;
  readonly maxOverdue6m: number | null;
  readonly maxOverdue12m: number | null;
  readonly maxOverdue24m: number | null;
  readonly maxOverdue60m: number | null;
  /** 连三: three months running of one account overdue within 24, or three instalments at once. */
  readonly consecutiveThree: boolean | null;
  /** 累六: some account was overdue in six or more of 24 months. */
  readonly cumulativeSix: boolean | null;
  /** Most overdue months of one account in 24. */
  readonly overdueMonths24m: number | null;
  /** Months back from the report that the one-off credit repair cannot have rewritten, 0–60. */
  readonly provenHistoryMonths: number | null;
  /** True when the 24 months reach into the time that the credit repair may have rewritten. */
  readonly creditRepairWindow: boolean | null;
  readonly currentOverdueFen: Fen | null;
  readonly currentOverdueAccounts: number | null;
  /** 呆账, 代偿, asset disposal, or a status of bad debt (B), guarantor paid (D) or goods for debt (Z). */
  readonly badDebt: boolean | null;
  /** An open account was extended, reduced or put into personal instalments, or one ended otherwise than settled (G). */
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
  /** Most months that a debt the person answers for is overdue. */
  readonly guaranteeOverdueMonths: number | null;
  readonly openEnforcement: number | null;
  readonly otherPublicRecords: number | null;
  /** Months of housing fund payments; NOT_APPLICABLE without a record. */
  readonly housingFundMonths: number | null;
  /** An objection (at the bureau or at our desk), a statement or a fraud warning stands on the report. */
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
/** Special transactions (§2.4): 1 extension, 11 debt reduction, 14 personal instalments, 16 relief. */
const RESTRUCTURING = new Set(['1', '11', '14', '16']);
/** 2 guarantor paid, 3 goods for debt: a debt that somebody else had to carry. */
const COMPENSATED = new Set(['2', '3']);
const LOAN_TYPES = new Set<string>(['D1', 'R1', 'R4']);
/** A card of large special instalments: its limit is spent once by contract and says nothing of how cards are used. */
const LARGE_INSTALMENT_CARD = '82';
const NOT_ACTIVATED = '6';

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

/** Credit cards in use: semi-credit cards (R3), large-instalment cards and cards never activated are none. */
const usableCards = (open: readonly PbocAccount[]): readonly PbocAccount[] =>
  open.filter(
    (a) =>
      a.PD01AD01 === 'R2' && a.PD01AD03 !== LARGE_INSTALMENT_CARD && a.PD01BD01 !== NOT_ACTIVATED,
  );

/** Large special instalments stand beside the limit (PD01H), and so does what is used of them. */
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

function hasBadDebt(accounts: readonly PbocAccount[]): boolean {
  return accounts.some(
    (a) =>
      /[BDZ]/.test(a.PD01DD01) ||
      isBadDebt(a) ||
      a.PD01F.some((f) => COMPENSATED.has(f.PD01FD01)) ||
      (a.PD01AD01 === 'C1' && isOpen(a)),
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

const TWO_YEARS = 24;
const SIX = 6;

function overdueVariables(accounts: readonly PbocAccount[], asOf: string, unknown: UnknownMonths) {
  const worst = (months: number) => maxOverdue(accounts, asOf, months, unknown);
  const late = overdueMonths(accounts, asOf, unknown);
  return {
    maxOverdue3m: worst(3),
    maxOverdue6m: worst(6),
    maxOverdue12m: worst(12),
    maxOverdue24m: worst(TWO_YEARS),
    maxOverdue60m: worst(60),
    consecutiveThree: threeInARow(accounts, asOf, unknown),
    cumulativeSix: late >= SIX,
    overdueMonths24m: late,
    currentOverdueFen: yuan(accounts.map((a) => a.PD01CJ06)),
    currentOverdueAccounts: accounts.filter((a) => a.PD01CS02 > 0 || a.PD01CJ06 > 0).length,
    badDebt: hasBadDebt(accounts),
  };
}

function accountVariables(report: PbocReport, asOf: string) {
  const open = report.PDA.filter(isOpen);
  const loans = open.filter((a) => LOAN_TYPES.has(a.PD01AD01));
  const cards = usableCards(open);
  const oldest = report.PDA.map((a) => a.PD01AR01).sort()[0];
  const classes = open.map((a) => Number(a.PD01CD02)).filter((c) => c >= 1 && c <= 6);
  return {
    restructured:
      open.some((a) => a.PD01F.some((f) => RESTRUCTURING.has(f.PD01FD01))) ||
      report.PDA.some((a) => a.PD01DD01.includes('G')),
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

function readPboc(report: PbocReport, asOf: string, unknown: UnknownMonths): PbocVariables {
  const proven = provenMonths(report.PRH.PA01AR01.slice(0, 10));
  return {
    ...overdueVariables(report.PDA, asOf, unknown),
    ...accountVariables(report, asOf),
    provenHistoryMonths: proven,
    creditRepairWindow: proven < TWO_YEARS,
    queryInstitutions1m: queryInstitutions(report.POQ, asOf, 1),
    queryInstitutions3m: queryInstitutions(report.POQ, asOf, 3),
    queryInstitutions6m: queryInstitutions(report.POQ, asOf, 6),
    guaranteeBalanceFen: yuan(report.PCR.map((liability) => liability.PD03AJ02)),
    guaranteeOverdueMonths: Math.max(0, ...report.PCR.map((liability) => liability.PD03AS01)),
    openEnforcement: report.PCE.filter((one) => one.PF03AR02 === null).length,
    otherPublicRecords: report.POT.length + report.PCJ.length + report.PAP.length,
    housingFundMonths:
      report.PHF === null
        ? NOT_APPLICABLE
        : Math.max(0, monthsApart(report.PHF.PF05AR02, asOf.slice(0, 7))),
    disputed: report.PRH.PA01ES01 > 0 || report.PRH.PA01DQ01 !== null || marksOf(report).length > 0,
    pbocScore: report.PSM?.PC010Q01 ?? NOT_APPLICABLE,
  };
}

/** The report without what is disputed at the bureau or at our desk; the bureau's score rests on all of it and goes too. */
function undisputed(report: PbocReport, disputes: readonly Dispute[]): PbocReport {
  const all = (item: Dispute['item']) =>
    disputes.some((one) => one.item === item && one.reference === null);
  const accounts = new Set(disputes.flatMap((one) => one.reference ?? []));
  const records = all('PUBLIC_RECORD');
  return {
    ...report,
    PSM: null,
    PDA: all('ACCOUNT')
      ? []
      : report.PDA.filter((one) => !one.PD01Z.some(isDisputed) && !accounts.has(one.PD01AI01)),
    PCR: report.PCR.filter((one) => !one.PD03Z.some(isDisputed)),
    POT: records ? [] : report.POT.filter((one) => !one.PF01Z.some(isDisputed)),
    PCJ: records ? [] : report.PCJ.filter((one) => !one.PF02Z.some(isDisputed)),
    PCE: records ? [] : report.PCE.filter((one) => !one.PF03Z.some(isDisputed)),
    PAP: records ? [] : report.PAP.filter((one) => !one.PF04Z.some(isDisputed)),
    POQ: all('QUERY') ? [] : report.POQ,
  };
}

/** The first reading with null for every variable on which another one differs. */
function agreed(readings: readonly PbocVariables[], first: PbocVariables): PbocVariables {
  const differing = PBOC_NAMES.filter((name) => readings.some((one) => one[name] !== first[name]));
  return { ...first, ...Object.fromEntries(differing.map((name) => [name, null])) };
}

function pbocVariables(
  report: PbocReport,
  asOf: string,
  disputes: readonly Dispute[],
): PbocVariables {
  const first = readPboc(report, asOf, 'BEST');
  const marked = marksOf(report).some(isDisputed) || disputes.length > 0;
  const unknown = report.PDA.some((account) => account.PD01DD01.includes('#'));
  if (!marked && !unknown) return first;
  const versions = marked ? [report, undisputed(report, disputes)] : [report];
  const readings = versions.flatMap((version) =>
    (['BEST', 'WORST'] as const).map((reading) => readPboc(version, asOf, reading)),
  );
  return { ...agreed(readings, first), disputed: marked || first.disputed };
}

function worstLevel(hits: WatchHits): WatchLevel | 'NONE' {
  const levels = hits.map((hit) => WATCH_LEVELS.indexOf(hit.level));
  return WATCH_LEVELS[Math.max(-1, ...levels)] ?? 'NONE';
}

const mobileVariables = ({ monthsInUse, status }: MobileFacts) => ({
  mobileMonths: monthsInUse ?? NOT_APPLICABLE,
  mobileActive: status === 'UNKNOWN' ? null : status === 'ACTIVE',
});

function readBaihang(report: BaihangReport): BaihangVariables {
  return {
    baihangInstitutions3m: report.applications.months3.institutions,
    baihangMaxOverdueDays12m: report.loans.maxOverdueDays12m,
    baihangOpenLenders: report.loans.institutions,
    baihangScore: report.creditScore ?? NOT_APPLICABLE,
    watchLevel: worstLevel(report.watchList),
    ...mobileVariables(report.mobile),
  };
}

/** What an open objection against a part of Baihang's report makes untellable; its score rests on all of it. */
const BAIHANG_DISPUTED: Readonly<
  Partial<Record<Dispute['item'], readonly (keyof BaihangVariables)[]>>
> = {
  LOANS: ['baihangMaxOverdueDays12m', 'baihangOpenLenders', 'baihangScore'],
  APPLICATIONS: ['baihangInstitutions3m', 'baihangScore'],
  WATCH_LIST: ['watchLevel', 'baihangScore'],
  MOBILE: ['mobileMonths', 'mobileActive'],
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

/** Nulls for every variable of the central bank's report. */
const NO_PBOC: PbocVariables = {
  maxOverdue3m: null,
  maxOverdue6m: null,
  maxOverdue12m: null,
  maxOverdue24m: null,
  maxOverdue60m: null,
  consecutiveThree: null,
  cumulativeSix: null,
  overdueMonths24m: null,
  provenHistoryMonths: null,
  creditRepairWindow: null,
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
  guaranteeOverdueMonths: null,
  openEnforcement: null,
  otherPublicRecords: null,
  housingFundMonths: null,
  disputed: null,
  pbocScore: null,
};

const PBOC_NAMES = Object.keys(NO_PBOC).filter(
  (name): name is keyof PbocVariables => name in NO_PBOC,
);

/** What is known beside the two reports. */
export interface BesideReports {
  /** Objections of the person that are open at our desk. */
  readonly disputes?: readonly Dispute[];
  /** Baihang's watch list and verification, asked for by themselves because there is no report. */
  readonly watchList?: WatchHits | null;
  readonly mobile?: MobileFacts | null;
}

/** Derives all bureau variables on a business date; an absent report leaves its variables null. */
export function deriveBureauVariables(
  pboc: PbocReport | null,
  baihang: BaihangReport | null,
  asOf: string,
  beside: BesideReports = {},
): BureauVariables {
  const { disputes = [], watchList = null, mobile = null } = beside;
  const of = (bureau: Dispute['bureau']) => disputes.filter((one) => one.bureau === bureau);
  const alone = {
    ...NO_BAIHANG,
    ...(watchList === null ? {} : { watchLevel: worstLevel(watchList) }),
    ...(mobile === null ? {} : mobileVariables(mobile)),
  };
  const disputedNames = of('BAIHANG').flatMap((one) => BAIHANG_DISPUTED[one.item] ?? []);
  return {
    ...(pboc === null ? NO_PBOC : pbocVariables(pboc, asOf, of('PBOC'))),
    ...(baihang === null ? alone : readBaihang(baihang)),
    ...Object.fromEntries(disputedNames.map((name) => [name, null])),
  };
}
