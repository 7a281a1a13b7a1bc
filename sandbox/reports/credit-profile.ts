/** A person's credit life in a few facts, from which both bureaus' reports are written out. Amounts are whole yuan. */

/** A loan account. `history` is the repayment status of the last months, oldest first, at most 24 characters. */
export interface LoanFact {
  /** D1 non-revolving, R1 revolving, R4 sub-account of a revolving line. */
  readonly type: 'D1' | 'R1' | 'R4';
  /** Institution type of regulation.md §2.4: 11 bank, 24 consumer finance, 51 micro-loan … */
  readonly orgType: string;
  readonly org: string;
  /** Business kind of §2.4: 11 housing, 21 car, 41 business, 91 other consumer … */
  readonly business: string;
  readonly amountYuan: number;
  readonly termMonths: number;
  readonly monthsOpen: number;
  readonly history: string;
  readonly settled?: boolean;
  /** Special transactions, codes of §2.4 (1 extension, 5 early settlement …). */
  readonly special?: readonly string[];
  /** Overdue months older than the history: so many months ago (24 to 59), with their status. */
  readonly older?: readonly OlderMonth[];
  /** True when the person objects to the account and the bureau has marked it. */
  readonly disputed?: true;
}

export interface OlderMonth {
  readonly monthsAgo: number;
  readonly status: string;
}

export interface CardFact {
  readonly org: string;
  readonly limitYuan: number;
  readonly usedYuan: number;
  readonly monthsOpen: number;
  readonly history: string;
  /** R3 for a semi-credit card (准贷记卡); a credit card unless told. */
  readonly type?: 'R2' | 'R3';
  /** Average used over six months where it is not what is used now. */
  readonly averageUsedYuan?: number;
  /** Status by §2.4 where the history does not say it: 4 closed, 6 not activated. */
  readonly status?: '4' | '6';
  /** A large special instalment beside the limit. */
  readonly largeInstalment?: { readonly limitYuan: number; readonly usedYuan: number };
  readonly disputed?: true;
}

export interface QueryFact {
  readonly daysAgo: number;
  readonly orgType: string;
  readonly org: string;
  /** Reason code of §2.5. */
  readonly reason: string;
}

export interface PublicFact {
  readonly kind: 'POT' | 'PCJ' | 'PCE' | 'PAP';
  readonly authority: string;
  readonly monthsAgo: number;
  readonly amountYuan: number | null;
  readonly open: boolean;
  readonly disputed?: true;
}

/** What the central bank's bureau knows of a person. */
export interface CreditProfile {
  /** The bureau's own score, 0–1000; null when there is too little to score. */
  readonly score: number | null;
  readonly loans: readonly LoanFact[];
  readonly cards: readonly CardFact[];
  readonly queries: readonly QueryFact[];
  readonly publicRecords: readonly PublicFact[];
  /** Debts of others the person answers for. */
  readonly guarantees: readonly {
    readonly amountYuan: number;
    readonly fiveTier: string;
    readonly overdueMonths: number;
  }[];
  /** Monthly payment to the housing fund; null when there is no record. */
  readonly housingFundYuan: number | null;
  readonly badDebtYuan: number;
  readonly recoveredDebtYuan: number;
  readonly fraudWarning: string | null;
  readonly statements: readonly string[];
}

/** What the simulated Baihang network knows of a person. */
export interface BaihangProfile {
  readonly institutions: number;
  readonly openAccounts: number;
  readonly balanceYuan: number;
  readonly overdueAccounts: number;
  readonly overdueYuan: number;
  readonly maxOverdueDays12m: number;
  /** Applications in the last 1, 3, 6 and 12 months, each to so many institutions. */
  readonly applications: readonly [number, number, number, number];
  readonly watchList: readonly {
    readonly level: 'M1' | 'M2' | 'M3_PLUS' | 'LOST_CONTACT' | 'FRAUD';
    readonly monthsAgo: number;
    readonly source: string;
  }[];
  readonly mobileMonths: number | null;
  readonly mobileStatus: 'ACTIVE' | 'SUSPENDED' | 'CLOSED' | 'UNKNOWN';
  /** 0–100, high is risky. */
  readonly antiFraudScore: number | null;
  /** 300–850, high is good. */
  readonly creditScore: number | null;
  readonly courtCases: number;
}

/** 24 months of punctual repayment. */
export const PUNCTUAL = 'N'.repeat(24);

/** A clean credit life of an employed person with a card, a mortgage in the past and few queries. */
export const CLEAN_CREDIT: CreditProfile = {
  score: 780,
  loans: [
    {
      type: 'D1',
      orgType: '11',
      org: '示范国有商业银行',
      business: '91',
      amountYuan: 60_000,
      termMonths: 24,
      monthsOpen: 40,
      history: PUNCTUAL,
      settled: true,
    },
  ],
  cards: [
    {
      org: '示范股份制银行',
      limitYuan: 50_000,
      usedYuan: 8_000,
      monthsOpen: 72,
      history: PUNCTUAL,
    },
    {
      org: '示范国有商业银行',
      limitYuan: 30_000,
      usedYuan: 2_400,
      monthsOpen: 48,
      history: PUNCTUAL,
    },
  ],
  queries: [
    { daysAgo: 200, orgType: '11', org: '示范股份制银行', reason: '03' },
    { daysAgo: 96, orgType: '11', org: '示范国有商业银行', reason: '01' },
  ],
  publicRecords: [],
  guarantees: [],
  housingFundYuan: 2_160,
  badDebtYuan: 0,
  recoveredDebtYuan: 0,
  fraudWarning: null,
  statements: [],
};

/** A clean person in the Baihang network. */
export const CLEAN_BAIHANG: BaihangProfile = {
  institutions: 1,
  openAccounts: 0,
  balanceYuan: 0,
  overdueAccounts: 0,
  overdueYuan: 0,
  maxOverdueDays12m: 0,
  applications: [0, 0, 1, 1],
  watchList: [],
  mobileMonths: 96,
  mobileStatus: 'ACTIVE',
  antiFraudScore: 8,
  creditScore: 742,
  courtCases: 0,
};
