/**
 * The JSON shape of the two credit-bureau reports: the central bank's second-generation personal report (with its own
 * section tags and element names) and the simulated Baihang report. Types only; parsing stands in bureau.ts.
 *
 * Tags, element names and code tables: regulation.md §2.4 (public second-generation element list). Conventions here:
 * - amounts (names ending `J` + two digits) are **whole yuan**, non-negative integers, as the bureau prints them;
 * - dates are `YYYY-MM-DD`, months `YYYY-MM`, report time `YYYY-MM-DDTHH:mm:ss` in Asia/Shanghai;
 * - a list section without entries is an empty array, an unknown single value is null; no section is ever left out.
 */

/** Account type, element PD01AD01. D1 non-revolving loan, R1 revolving loan, R2 credit card, R3 semi-credit card, R4 sub-account of a revolving line, C1 collection. */
export const ACCOUNT_TYPES = ['D1', 'R1', 'R2', 'R3', 'R4', 'C1'] as const;
export type AccountType = (typeof ACCOUNT_TYPES)[number];

/** One month's repayment status, element PD01DD01: one character of the 24-month string. */
export const REPAYMENT_STATUS_CODES = 'N*1234567MACDZBG#/';

/** PRH / PA01: report header, including whom the report is about. */
export interface PbocHeader {
  /** Report number. */
  readonly PA01AI01: string;
  /** Report time, `YYYY-MM-DDTHH:mm:ss`. */
  readonly PA01AR01: string;
  /** Name of the person. */
  readonly PA01BQ01: string;
  /** Certificate type; `10` is the resident identity card. */
  readonly PA01BD01: string;
  /** Certificate number. */
  readonly PA01BI01: string;
  /** Querying organisation. */
  readonly PA01BI02: string;
  /** Query reason, §2.5: `02` loan approval. */
  readonly PA01BD02: string;
  /** PA01D fraud warning: text of the warning, null when none. */
  readonly PA01DQ01: string | null;
  /** PA01E: number of objections marked on the report. */
  readonly PA01ES01: number;
}

/** PIM / PB01: identity information. */
export interface PbocIdentity {
  /** Gender: `1` male, `2` female. */
  readonly PB01AD01: string;
  readonly PB01AR01: string;
  /** Education: `10` postgraduate, `20` bachelor, `30` college, `60` secondary, `70` junior, `99` unknown. */
  readonly PB01AD02: string;
  /** Employment status code. */
  readonly PB01AD04: string;
  /** Mailing address. */
  readonly PB01AQ02: string;
  /** Mobile numbers, newest first. */
  readonly PB01BH: readonly { readonly PB01BQ01: string; readonly PB01BR01: string }[];
}

/** PSM / PC01: the bureau's own score. Null in the report when the bureau has too little to score. */
export interface PbocScore {
  /** Score, 0–1000. */
  readonly PC010Q01: number;
  /** Relative position in percent, 0–100. */
  readonly PC010Q02: number;
}

/** One of the summaries E (non-revolving), F (sub-accounts) and G (revolving). */
export interface PbocLoanSummary {
  /** Managing institutions. */
  readonly S01: number;
  /** Accounts. */
  readonly S02: number;
  /** Total credit, yuan. */
  readonly J01: number;
  /** Balance, yuan. */
  readonly J02: number;
  /** Average amount due over the last six months, yuan. */
  readonly J03: number;
}

/** Summaries H (credit cards) and I (semi-credit cards). */
export interface PbocCardSummary {
  readonly S01: number;
  readonly S02: number;
  /** Total limit, yuan. */
  readonly J01: number;
  /** Used limit, yuan. */
  readonly J04: number;
  /** Average used over the last six months, yuan. */
  readonly J05: number;
}

/** PCO / PC02: summary of credit. */
export interface PbocSummary {
  /** B recovered debts (被追偿): accounts and balance in yuan. */
  readonly PC02B: { readonly PC02BS01: number; readonly PC02BJ01: number };
  /** C bad debts (呆账): accounts and balance in yuan. */
  readonly PC02C: { readonly PC02CS01: number; readonly PC02CJ01: number };
  /** D overdue: by account type, accounts, months, highest amount of one month (yuan), longest months. */
  readonly PC02D: readonly {
    readonly PC02DD01: AccountType;
    readonly PC02DS02: number;
    readonly PC02DS03: number;
    readonly PC02DJ01: number;
    readonly PC02DS04: number;
  }[];
  readonly PC02E: PbocLoanSummary;
  readonly PC02F: PbocLoanSummary;
  readonly PC02G: PbocLoanSummary;
  readonly PC02H: PbocCardSummary;
  readonly PC02I: PbocCardSummary;
  /** K related repayment liability: number of liabilities and balance in yuan. */
  readonly PC02K: { readonly PC02KS01: number; readonly PC02KJ01: number };
}

/** PDA / PD01: one credit account. */
export interface PbocAccount {
  /** A: account number. */
  readonly PD01AI01: string;
  readonly PD01AD01: AccountType;
  /** Type of the managing institution, §2.4: `11` bank, `24` consumer finance, `51` micro-loan … */
  readonly PD01AD02: string;
  /** Managing institution. */
  readonly PD01AI02: string;
  /** Business kind: `11` housing, `21` car, `81` credit card, `91` other consumer … */
  readonly PD01AD03: string;
  /** Opened on. */
  readonly PD01AR01: string;
  /** Loan amount, yuan; null for cards and lines. */
  readonly PD01AJ01: number | null;
  /** Credit limit, yuan; null for loans. */
  readonly PD01AJ02: number | null;
  /** Due on (end of term); null for cards. */
  readonly PD01AR02: string | null;
  /** Repayment frequency: `03` monthly, `07` once … */
  readonly PD01AD06: string;
  /** Number of instalments; null for cards. */
  readonly PD01AS01: number | null;
  /** C: account status (table depends on the account type; for D1 1 normal, 2 overdue, 3 settled, 4 bad debt …). */
  readonly PD01CD01: string;
  /** C: balance, yuan. */
  readonly PD01CJ01: number;
  /** C: used limit, yuan; null for loans. */
  readonly PD01CJ02: number | null;
  /** C: five-tier class `1`–`5`, `6` default, `9` unclassified. */
  readonly PD01CD02: string;
  /** C: remaining instalments; null for cards. */
  readonly PD01CS01: number | null;
  /** C: due this month, yuan. */
  readonly PD01CJ04: number;
  /** C: paid this month, yuan. */
  readonly PD01CJ05: number;
  /** C: instalments now overdue. */
  readonly PD01CS02: number;
  /** C: amount now overdue, yuan. */
  readonly PD01CJ06: number;
  /** C: average used over the last six months, yuan; null for loans. */
  readonly PD01CJ12: number | null;
  /** D: last month of the 24-month string, `YYYY-MM`. */
  readonly PD01DR02: string;
  /** D: status of the last 24 months, exactly 24 characters of REPAYMENT_STATUS_CODES, **oldest first**, last one is PD01DR02. */
  readonly PD01DD01: string;
  /** E: the overdue or abnormal months of the last five years, newest first. */
  readonly PD01E: readonly {
    readonly PD01ER03: string;
    readonly PD01ED01: string;
    readonly PD01EJ01: number;
  }[];
  /** F: special transactions, codes of §2.4, empty when none. */
  readonly PD01F: readonly { readonly PD01FD01: string; readonly PD01FR01: string }[];
}

/** PCA / PD02: a credit agreement. */
export interface PbocAgreement {
  readonly PD02AI01: string;
  readonly PD02AD01: string;
  readonly PD02AI02: string;
  /** Limit, yuan. */
  readonly PD02AJ01: number;
  /** Used, yuan. */
  readonly PD02AJ04: number;
  /** `1` in force, `2` ended. */
  readonly PD02AD04: string;
}

/** PCR / PD03: liability for someone else's debt (guarantee). */
export interface PbocLiability {
  readonly PD03AD01: string;
  /** Liable for, yuan. */
  readonly PD03AJ01: number;
  /** Balance, yuan. */
  readonly PD03AJ02: number;
  /** Five-tier class of the debt. */
  readonly PD03AD05: string;
  /** Months overdue of the debt. */
  readonly PD03AS01: number;
}

/** A public record: POT tax arrears, PCJ civil judgment, PCE enforcement, PAP administrative penalty. */
export interface PbocPublicRecord {
  /** Authority or court. */
  readonly Q01: string;
  /** Date of record. */
  readonly R01: string;
  /** Amount, yuan; null when the record has none. */
  readonly J01: number | null;
  /** `1` open, `2` closed. */
  readonly D01: string;
}

/** POQ / PH01: one query of the person's report. */
export interface PbocQuery {
  readonly PH010R01: string;
  /** Type of the querying institution. */
  readonly PH010D01: string;
  /** Querying institution. */
  readonly PH010Q02: string;
  /** Reason code, §2.5. */
  readonly PH010Q03: string;
}

/** The central bank's personal credit report, second generation, in compact JSON. */
export interface PbocReport {
  readonly PRH: PbocHeader;
  readonly PIM: PbocIdentity;
  /** PMM / PB02: marital status `10` single, `20` married, `30` widowed, `40` divorced, `99` unknown. */
  readonly PMM: { readonly PB020D01: string };
  readonly PSM: PbocScore | null;
  readonly PCO: PbocSummary;
  readonly PDA: readonly PbocAccount[];
  readonly PCA: readonly PbocAgreement[];
  readonly PCR: readonly PbocLiability[];
  readonly POT: readonly PbocPublicRecord[];
  readonly PCJ: readonly PbocPublicRecord[];
  readonly PCE: readonly PbocPublicRecord[];
  readonly PAP: readonly PbocPublicRecord[];
  /** PHF / PF05: housing fund: first month, monthly payment in yuan, state `1` paying. Null when no record. */
  readonly PHF: {
    readonly PF05AR01: string;
    readonly PF05AJ01: number;
    readonly PF05AD01: string;
  } | null;
  readonly POQ: readonly PbocQuery[];
  /** POS / PG01: statements and marks by the person, e.g. a disputed item. */
  readonly POS: readonly string[];
}

export const WATCH_LEVELS = ['M1', 'M2', 'M3_PLUS', 'LOST_CONTACT', 'FRAUD'] as const;
export type WatchLevel = (typeof WATCH_LEVELS)[number];

/** Applications made to lenders of Baihang's network in one window. */
export interface BaihangWindow {
  /** Distinct institutions. */
  readonly institutions: number;
  readonly applications: number;
}

/** The simulated Baihang personal report (regulation.md §2.7: no public specification; never the real interface). */
export interface BaihangReport {
  readonly reportNo: string;
  /** `YYYY-MM-DDTHH:mm:ss` in Asia/Shanghai. */
  readonly reportTime: string;
  readonly subject: { readonly name: string; readonly idNumber: string };
  /** Loans across non-bank lenders; amounts in whole yuan. */
  readonly loans: {
    readonly institutions: number;
    readonly openAccounts: number;
    readonly balanceYuan: number;
    readonly overdueAccounts: number;
    readonly overdueYuan: number;
    /** Longest days past due over the last twelve months. */
    readonly maxOverdueDays12m: number;
  };
  readonly applications: {
    readonly months1: BaihangWindow;
    readonly months3: BaihangWindow;
    readonly months6: BaihangWindow;
    readonly months12: BaihangWindow;
  };
  /** Watch list (特别关注名单): empty when not listed. Every hit keeps its date and source. */
  readonly watchList: readonly {
    readonly level: WatchLevel;
    readonly listedOn: string;
    readonly source: string;
  }[];
  /** The person's mobile number: months in use (null when not known) and status. */
  readonly mobile: {
    readonly monthsInUse: number | null;
    readonly status: 'ACTIVE' | 'SUSPENDED' | 'CLOSED' | 'UNKNOWN';
  };
  /** Anti-fraud score 0–100, high is risky; null when not scored. */
  readonly antiFraudScore: number | null;
  /** Credit score 300–850, high is good; null when not scored. */
  readonly creditScore: number | null;
  /** Open court enforcement cases known to Baihang. */
  readonly courtCases: number;
}
