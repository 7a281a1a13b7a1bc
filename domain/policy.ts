/** Dated, versioned policy: which value a rule has for a lender on a date. The shipped rows stand in policy-rows.ts. */
import type { LenderType } from './loan-terms.ts';

/**
 * A rate cap with the measure that is compared with it (regulation.md §1.4): percent a year, or a multiple of the one-year
 * LPR that the same policy has on the same day. rate-cap.ts works it out.
 */
export type RateCap = {
  readonly measure: 'SIMPLE' | 'COMPOUND' | 'XIRR';
} & ({ readonly percent: string } | { readonly timesLpr1y: string });

/** One step of a ladder: days past due from which `name` holds. */
export interface DpdStep {
  readonly name: string;
  readonly fromDays: number;
}

/** Every rule and the type of its value. Units stand in the rule's name. */
export interface PolicyValues {
  readonly 'rate.cap': RateCap;
  readonly 'rate.lpr1yPercent': string;
  readonly 'applicant.minAgeYears': number;
  /** Oldest age at the end of the term. */
  readonly 'applicant.maxAgeAtMaturityYears': number;
  /** Age at the end of the term from which a person looks. */
  readonly 'applicant.enhancedFromAgeYears': number;
  readonly 'apply.draftReminderHours': number;
  readonly 'apply.draftLapseDays': number;
  readonly 'loan.maxTermMonths': number;
  readonly 'loan.maxAmountFen': number;
  readonly 'authorisation.validityDays': number;
  readonly 'authorisation.retentionYears': number;
  readonly 'bureau.reportValidityDays': number;
  readonly 'bureau.patienceMinutes': number;
  /** The one-off credit repair: the last month it may have rewritten. Null while reports show all there was. */
  readonly 'bureau.creditRepair': { readonly lastMonth: string } | null;
  /** Queries a day, of one person of the house by hand and of the house at one bureau. */
  readonly 'bureau.operatorDailyCap': number;
  readonly 'bureau.houseDailyCap': number;
  /** Hours of a working day within which a query by hand raises no alert, in Shanghai. */
  readonly 'bureau.officeHours': { readonly from: number; readonly to: number };
  /** What a charged query costs by our contract, by `bureau.operation`, in fen. */
  readonly 'bureau.priceFen': Readonly<Record<string, number>>;
  readonly 'objection.answerDays': number;
  /** Days before the answer is due at which people are reminded. */
  readonly 'objection.reminderDays': number;
  readonly 'verify.patienceMinutes': number;
  /** Face comparison score (0–100) from which two faces are the same person. */
  readonly 'verify.faceMatchScore': number;
  /** Below this score the face is another person; between the two a person looks. */
  readonly 'verify.faceMismatchScore': number;
  readonly 'decide.autoApproveMaxFen': number;
  readonly 'review.slaMinutes': number;
  readonly 'review.reminderMinutes': number;
  /** A claim whose holder has done nothing for so long goes back to the queue. */
  readonly 'review.claimIdleMinutes': number;
  readonly 'review.twoPersonAboveFen': number;
  readonly 'review.evidenceMaxDays': number;
  readonly 'offer.validityDays': number;
  readonly 'offer.costReadSeconds': number;
  readonly 'sign.windowHours': number;
  /** Loans above this amount are signed after a dual recording with staff that people have looked at. */
  readonly 'recording.requiredAboveFen': number;
  readonly 'sign.coolingOffDays': number;
  /** A payout above this amount is released by two people of finance; zero asks for two at every payout. */
  readonly 'disburse.secondReleaseAboveFen': number;
  readonly 'disburse.bureauRequeryAfterDays': number;
  /** Most that a borrower is paid for consumption, and for production or trade; beyond it a payee is paid. Fen. */
  readonly 'disburse.selfPayPersonalFen': number;
  readonly 'disburse.selfPayBusinessFen': number;
  /** Payouts to one person within so many days count together. */
  readonly 'disburse.splitWindowDays': number;
  readonly 'disburse.queryAfterSeconds': number;
  readonly 'disburse.unknownPatienceMinutes': number;
  readonly 'service.graceDays': number;
  /** Days past due from which somebody of ours speaks with the borrower. */
  readonly 'service.collectionFromDays': number;
  /** The most that a product may put on top of the contract rate for overdue principal, in percent of that rate. */
  readonly 'service.penaltyMarkupPercent': string;
  /** The same for money that is used for another purpose. */
  readonly 'service.misuseMarkupPercent': string;
  /** Whether overdue interest bears penalty interest too. */
  readonly 'service.compoundPenalty': boolean;
  /** Which part of an instalment is paid first, second and so on; printed in the contract. */
  readonly 'service.allocationOrder': Readonly<
    Record<'feeFen' | 'penaltyFen' | 'interestFen' | 'principalFen', number>
  >;
  /** Days past due from which the principal of all that is due is paid first; 0 for never. */
  readonly 'service.principalFirstFromDays': number;
  /** Whether a due date that is no business day may be paid on the next one without penalty interest. */
  readonly 'service.holidayShift': boolean;
  /** Whether the days of a loan that is given back in the cooling-off time cost interest. */
  readonly 'service.coolingOffInterest': boolean;
  /** Days within which the money of a prepayment that was asked for must come. */
  readonly 'service.prepaymentValidDays': number;
  /** Months by which rescheduling may move the last due date of the first schedule, all together. */
  readonly 'service.extensionMaxMonths': number;
  /** Hours of the day, in Shanghai, and days from the due date on which the borrower's card is debited; 0 days for never. */
  readonly 'service.debitHours': readonly number[];
  readonly 'service.debitDays': number;
  readonly 'service.dpdBuckets': readonly DpdStep[];
  readonly 'classification.dpdFloors': readonly DpdStep[];
  /** Tier under which an event puts a loan, by event and by place of the tier: 1 special mention to 4 loss. */
  readonly 'classification.eventFloors': Readonly<
    Record<'RESCHEDULED' | 'IMPAIRED' | 'FRAUD', number>
  >;
  /** Months for which a new schedule keeps its floor, and months without arrears before people may lift a tier. */
  readonly 'classification.observationMonths': number;
  readonly 'classification.upgradeMonths': number;
  /** Best tier, by place, in which a loan may be written off. */
  readonly 'classification.writeOffFromTier': number;
  /** Hours, in Shanghai, from and before which a borrower may be contacted. */
  readonly 'contact.hours': { readonly from: number; readonly to: number };
  readonly 'contact.unansweredCallsPerDay': number;
  readonly 'contact.failuresBeforeThirdParty': number;
  readonly 'contact.visitPeople': number;
  readonly 'retention.customerYears': number;
}

export type RuleId = keyof PolicyValues;

export interface PolicyRowOf<R extends RuleId> {
  readonly ruleId: R;
  /** Version of the row; a decision stores `ruleId@version` of every row it used. */
  readonly version: number;
  readonly value: PolicyValues[R];
  /** First day on which the row holds. */
  readonly effectiveFrom: string;
  /** First day on which it no longer holds; null when open. */
  readonly effectiveTo: string | null;
  readonly lenderType: LenderType | 'ANY';
  /** The rule's source, or `house default`. */
  readonly source: string;
}

/** A row of any rule; the value's type follows from the rule's id. */
export type PolicyRow = { [R in RuleId]: PolicyRowOf<R> }[RuleId];

/** Raised when no row holds: a loan must not go on under a rule that nobody has set. */
export class PolicyMissingError extends Error {
  override readonly name = 'PolicyMissingError';
  readonly code = 'POLICY_MISSING';
  constructor(ruleId: string, date: string) {
    super(`No policy row of ${ruleId} holds on ${date}.`);
  }
}

function isOfRule<R extends RuleId>(row: PolicyRow, ruleId: R): row is PolicyRow & PolicyRowOf<R> {
  return row.ruleId === ruleId;
}

/**
 * The row of a rule that holds on a date for a lender. A row for the lender's own type beats one for any lender; among
 * equals the later start, then the higher version wins. Throws PolicyMissingError when none holds.
 */
export function policyAt<R extends RuleId>(
  rows: readonly PolicyRow[],
  ruleId: R,
  date: string,
  lenderType: LenderType,
): PolicyRowOf<R> {
  const best = rows
    .filter((row) => isOfRule(row, ruleId))
    .filter((row) => row.lenderType === lenderType || row.lenderType === 'ANY')
    .filter(
      (row) => row.effectiveFrom <= date && (row.effectiveTo === null || date < row.effectiveTo),
    )
    .sort(
      (a, b) =>
        Number(a.lenderType === 'ANY') - Number(b.lenderType === 'ANY') ||
        b.effectiveFrom.localeCompare(a.effectiveFrom) ||
        b.version - a.version,
    )[0];
  if (best === undefined) throw new PolicyMissingError(ruleId, date);
  return best;
}

/** Reads values of one date and lender: `policyOf(rows, date, lender)('offer.validityDays')`. */
export function policyOf(
  rows: readonly PolicyRow[],
  date: string,
  lenderType: LenderType,
): <R extends RuleId>(ruleId: R) => PolicyValues[R] {
  return (ruleId) => policyAt(rows, ruleId, date, lenderType).value;
}

export type PolicyReader = ReturnType<typeof policyOf>;

/** The last step of a ladder whose `fromDays` is not past `days`. */
export function stepAt(ladder: readonly DpdStep[], days: number): string {
  const reached = ladder.filter((step) => step.fromDays <= days);
  const step = reached.reduce<DpdStep | null>(
    (best, next) => (best === null || next.fromDays > best.fromDays ? next : best),
    null,
  );
  if (step === null) throw new RangeError('A ladder starts at zero days.');
  return step.name;
}
