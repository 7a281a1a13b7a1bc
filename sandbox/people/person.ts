/** A natural person as the outside world knows them: what the registries hold, whatever an application may claim. */
import {
  type BaihangProfile,
  CLEAN_BAIHANG,
  CLEAN_CREDIT,
  type CreditProfile,
} from '../reports/credit-profile.ts';

export const IDENTITY_CHECKS = ['TWO_FACTOR', 'MOBILE', 'BANK_CARD', 'FACE'] as const;
export type IdentityCheck = (typeof IDENTITY_CHECKS)[number];

export interface SanctionHit {
  readonly list: 'UN_SECURITY_COUNCIL' | 'COUNTER_TERRORISM' | 'PBOC_HIGH_RISK';
  readonly listedOn: string;
  readonly note: string;
}

export interface CourtCase {
  readonly kind: 'ENFORCEMENT' | 'DISHONEST_DEBTOR' | 'CONSUMPTION_BAN' | 'CIVIL_JUDGMENT';
  readonly court: string;
  readonly caseNo: string;
  readonly filedOn: string;
  readonly amountYuan: number | null;
  readonly closed: boolean;
}

/** How the person's bank treats payments to and from the card. */
export interface BankTraits {
  readonly cardStatus: 'OPEN' | 'CLOSED' | 'FROZEN';
  /** PAID at once, or ACCEPTED now and settled by callback after `settleMs`. */
  readonly payout: 'PAID' | 'ACCEPTED_THEN_PAID' | 'ACCEPTED_THEN_REFUSED';
  /** Null for the bank's ordinary delay. */
  readonly settleMs: number | null;
  readonly openingBalanceFen: number;
  /** What a debit of the card meets: NORMAL looks at the balance. */
  readonly debit: 'NORMAL' | 'REFUSE';
}

export interface Person {
  readonly idNumber: string;
  /** Null when the registry agrees with any name claimed: a person nobody wrote down. */
  readonly name: string | null;
  readonly mobile: string | null;
  readonly bankCard: string | null;
  readonly bankReservedMobile: string | null;
  /** Checks that have no data of the person. */
  readonly noData: readonly IdentityCheck[];
  /** Checks that do not agree, whatever is claimed. */
  readonly mismatch: readonly IdentityCheck[];
  /** Likeness of face and identity photo, 0–100. */
  readonly faceScore: number;
  /** Liveness, 0–100; the service calls 60 and more alive. */
  readonly livenessScore: number;
  /** Null when the central bank's bureau has no record. */
  readonly credit: CreditProfile | null;
  /** The bureau needs this long before it answers (3001 until then); 0 for at once. */
  readonly creditDelayMs: number;
  readonly baihang: BaihangProfile | null;
  readonly sanctions: readonly SanctionHit[];
  readonly court: readonly CourtCase[];
  readonly bank: BankTraits;
  /** Key of the persona, null for a drawn person. */
  readonly persona: string | null;
}

/** An account that is open and well filled: 200,000 yuan. */
export const PLAIN_BANK: BankTraits = {
  cardStatus: 'OPEN',
  payout: 'PAID',
  settleMs: null,
  openingBalanceFen: 20_000_000,
  debit: 'NORMAL',
};

/** Everything about a person that personas change, at its best. */
export const BEST_TRAITS = {
  noData: [],
  mismatch: [],
  faceScore: 96.4,
  livenessScore: 98.2,
  credit: CLEAN_CREDIT,
  creditDelayMs: 0,
  baihang: CLEAN_BAIHANG,
  sanctions: [],
  court: [],
  bank: PLAIN_BANK,
} satisfies Partial<Person>;
