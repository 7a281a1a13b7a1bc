/** The check right before the money: what must hold at that moment, whatever was found when the loan was decided on. */
import { mayBePaid, type SelfPayment } from './entrusted.ts';

/** The credit authorisation of the application: only one that is agreed and not taken back carries a payout. */
export type ConsentStanding = 'AGREED' | 'WITHDRAWN' | 'EXPIRED' | 'MISSING';

/** What the bank says of the account that is to be paid. */
export type AccountStanding = 'OWN_AND_OPEN' | 'OTHER_HOLDER' | 'CLOSED' | 'NO_RECORD';

export interface ContractEvidence {
  readonly state: 'READY' | 'SIGNED' | 'VOID' | null;
  /** Parties whose signature over the digest of this very contract is kept. */
  readonly signedBy: readonly ('APPLICANT' | 'LENDER')[];
  /** Moments that a time-stamp authority has confirmed. */
  readonly stamped: readonly ('BEFORE' | 'AFTER')[];
  /** Whether the offer with its disclosure of costs was accepted by the applicant and stands. */
  readonly disclosureAccepted: boolean;
  readonly recordingNeeded: boolean;
  readonly recordingComplete: boolean;
  /** Whether a condition precedent of this round is neither cleared nor waived. */
  readonly conditionsOpen: boolean;
}

/** What has become of the money that the same contract has paid out before. */
export interface EarlierNotes {
  /** Whether anything of one is past its due date, grace and all. */
  readonly overdue: boolean;
  readonly writtenOff: boolean;
  /** Whether the borrower gave one back in the cooling-off time, or has asked to. */
  readonly givenBack: boolean;
  /** Whether the money of one came back and was not paid again. */
  readonly returned: boolean;
}

/** No money of the contract was paid out before. */
export const NO_EARLIER_NOTES: EarlierNotes = {
  overdue: false,
  writtenOff: false,
  givenBack: false,
  returned: false,
};

export interface PreflightFacts {
  readonly consent: ConsentStanding;
  /** True while the sanctions register, asked for this payout, lists somebody who is to receive money. */
  readonly sanctioned: boolean;
  /** Hits of the house's sanctions lists that two people have not found to be somebody else. */
  readonly standingListHits: number;
  /** True while a number of the person or the account is on the house's black list. */
  readonly blacklisted: boolean;
  /** What the person owes and is about to owe us without this loan, fen. */
  readonly exposureFen: number;
  /** Principal of the contract, all its payouts together, fen. */
  readonly amountFen: number;
  /** What is owed of earlier payouts of the contract, with this one and those still planned, fen; each counted once. */
  readonly ownFen: number;
  readonly earlier: EarlierNotes;
  /** True while a death of the borrower is on record with any of their loans. */
  readonly borrowerDied: boolean;
  /** Most that one person may owe, fen. */
  readonly limitFen: number;
  /** Whether the annualised cost of the contract is within the cap of today; null where it cannot be computed. */
  readonly withinRateCap: boolean | null;
  readonly contract: ContractEvidence;
  /** Whom the money goes to, and what the borrower may be paid. */
  readonly payment: Omit<SelfPayment, 'amountFen'>;
  readonly account: AccountStanding;
  /** Days since the bureaus were last asked; null when they never were. */
  readonly bureauAgeDays: number | null;
  /** Days after which they are to be asked again. */
  readonly bureauMaxDays: number;
}

/** Why a payout is held back, in the order in which people are told. */
export const PREFLIGHT_CODES = [
  'SANCTIONED',
  'LIST_HIT_STANDS',
  'BLACKLISTED',
  'AUTHORISATION_NOT_IN_FORCE',
  'EXPOSURE_ABOVE_LIMIT',
  'RATE_ABOVE_CAP',
  'CONTRACT_EVIDENCE_INCOMPLETE',
  'CONDITION_OPEN',
  'ACCOUNT_NOT_OWN',
  'ACCOUNT_NOT_OPEN',
  'BUREAU_REPORT_TOO_OLD',
  'ENTRUSTED_PAYMENT_NEEDED',
  'BORROWER_DIED',
  'EARLIER_NOTE_WRITTEN_OFF',
  'EARLIER_NOTE_OVERDUE',
  'EARLIER_NOTE_GIVEN_BACK',
  'EARLIER_NOTE_RETURNED',
] as const;
export type PreflightCode = (typeof PREFLIGHT_CODES)[number];

function isEvidenceComplete(contract: ContractEvidence): boolean {
  return (
    contract.state === 'SIGNED' &&
    (['APPLICANT', 'LENDER'] as const).every((party) => contract.signedBy.includes(party)) &&
    (['BEFORE', 'AFTER'] as const).every((moment) => contract.stamped.includes(moment)) &&
    contract.disclosureAccepted &&
    (!contract.recordingNeeded || contract.recordingComplete)
  );
}

/** Written so that an amount that is no number is above the limit. */
const isWithinLimit = ({ exposureFen, ownFen, limitFen }: PreflightFacts): boolean =>
  exposureFen + ownFen <= limitFen;

const isFresh = ({ bureauAgeDays, bureauMaxDays }: PreflightFacts): boolean =>
  bureauAgeDays !== null && bureauAgeDays >= 0 && bureauAgeDays <= bureauMaxDays;

/** Everything that does not hold, in one order; empty when the payout may be sent. What is unknown does not hold. */
export function preflight(facts: PreflightFacts): readonly PreflightCode[] {
  const holds: Readonly<Record<PreflightCode, boolean>> = {
    SANCTIONED: !facts.sanctioned,
    LIST_HIT_STANDS: facts.standingListHits === 0,
    BLACKLISTED: !facts.blacklisted,
    AUTHORISATION_NOT_IN_FORCE: facts.consent === 'AGREED',
    EXPOSURE_ABOVE_LIMIT: isWithinLimit(facts),
    RATE_ABOVE_CAP: facts.withinRateCap === true,
    CONTRACT_EVIDENCE_INCOMPLETE: isEvidenceComplete(facts.contract),
    CONDITION_OPEN: !facts.contract.conditionsOpen,
    ACCOUNT_NOT_OWN: facts.account !== 'OTHER_HOLDER' && facts.account !== 'NO_RECORD',
    ACCOUNT_NOT_OPEN: facts.account !== 'CLOSED',
    BUREAU_REPORT_TOO_OLD: isFresh(facts),
    ENTRUSTED_PAYMENT_NEEDED: mayBePaid({ ...facts.payment, amountFen: facts.amountFen }),
    BORROWER_DIED: !facts.borrowerDied,
    EARLIER_NOTE_WRITTEN_OFF: !facts.earlier.writtenOff,
    EARLIER_NOTE_OVERDUE: !facts.earlier.overdue,
    EARLIER_NOTE_GIVEN_BACK: !facts.earlier.givenBack,
    EARLIER_NOTE_RETURNED: !facts.earlier.returned,
  };
  return PREFLIGHT_CODES.filter((code) => !holds[code]);
}
