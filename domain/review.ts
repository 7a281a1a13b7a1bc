/** A person's decision on a referred application: who may make it, on which evidence, and what is refused. */
import {
  type ApprovalLevel,
  type DecidingRole,
  isDecidingRole,
  personalAuthority,
} from './authority.ts';
import type { Fen } from './money.ts';
import { isReasonCode, type ReviewReason, REVIEW_REASON_CODES } from './reasons.ts';

export const REVIEW_STATES = [
  'OPEN',
  'CLAIMED',
  'WAITING_APPLICANT',
  'DECIDED',
  'CANCELLED',
] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

export type ReviewVerdict = 'APPROVE' | 'DECLINE';

/** An approval already given at a level. */
export interface GivenApproval {
  readonly level: number;
  readonly subject: string;
  readonly role: DecidingRole;
}

export interface DecisionAdmission {
  readonly verdict: ReviewVerdict;
  readonly actor: {
    readonly subject: string;
    readonly role: string;
    /** The person's own amount; null when the role's amount holds. */
    readonly limitFen: Fen | null;
  };
  /** Subject of the applicant's own account; null when the applicant has none. */
  readonly applicantSubject: string | null;
  readonly state: ReviewState;
  /** Who holds the task; null when nobody claimed it. */
  readonly claimedBy: string | null;
  /** Amount the person approves; ignored for a decline. */
  readonly amountFen: Fen;
  readonly requestedFen: Fen;
  readonly minAmountFen: Fen;
  readonly levels: readonly ApprovalLevel[];
  readonly given: readonly GivenApproval[];
  /** Version of the evidence the person saw, and the present one. */
  readonly seenEvidenceVersion: number;
  readonly evidenceVersion: number;
  readonly reasons: readonly string[];
}

export type AdmissionRefusal =
  | 'ALREADY_DECIDED'
  | 'WAITING_APPLICANT'
  | 'ROLE'
  | 'SELF_APPROVAL'
  | 'NOT_CLAIMED'
  | 'CLAIMED_BY_OTHER'
  | 'STALE_EVIDENCE'
  | 'REASON_MISSING'
  | 'REASON_UNKNOWN'
  | 'SAME_PERSON'
  | 'ROLE_FOR_LEVEL'
  | 'AMOUNT_RANGE'
  | 'ABOVE_AUTHORITY';

export type Admission =
  | {
      readonly ok: true;
      /** Level this approval is given at; a decline closes every level. */
      readonly level: number;
      /** True when the review is over with it. */
      readonly final: boolean;
      readonly reasons: readonly ReviewReason[];
    }
  | { readonly ok: false; readonly reason: AdmissionRefusal };

function isReviewReason(code: string): code is ReviewReason {
  return isReasonCode(code) && (REVIEW_REASON_CODES as readonly string[]).includes(code);
}

function refuseTask(input: DecisionAdmission): AdmissionRefusal | null {
  if (input.state === 'DECIDED' || input.state === 'CANCELLED') return 'ALREADY_DECIDED';
  if (input.state === 'WAITING_APPLICANT') return 'WAITING_APPLICANT';
  if (!isDecidingRole(input.actor.role)) return 'ROLE';
  if (input.actor.subject === input.applicantSubject) return 'SELF_APPROVAL';
  if (input.claimedBy === null) return 'NOT_CLAIMED';
  if (input.claimedBy !== input.actor.subject) return 'CLAIMED_BY_OTHER';
  if (input.seenEvidenceVersion !== input.evidenceVersion) return 'STALE_EVIDENCE';
  if (input.reasons.length === 0) return 'REASON_MISSING';
  return input.reasons.every(isReviewReason) ? null : 'REASON_UNKNOWN';
}

/** The first level without an approval; null when all are given. */
export function nextLevel(
  levels: readonly ApprovalLevel[],
  given: readonly GivenApproval[],
): ApprovalLevel | null {
  return levels.find((level) => !given.some((approval) => approval.level === level.level)) ?? null;
}

function refuseApproval(input: DecisionAdmission, role: DecidingRole): AdmissionRefusal | null {
  const level = nextLevel(input.levels, input.given);
  if (level === null) return 'ALREADY_DECIDED';
  if (input.given.some((approval) => approval.subject === input.actor.subject))
    return 'SAME_PERSON';
  if (input.amountFen > input.requestedFen || input.amountFen < input.minAmountFen)
    return 'AMOUNT_RANGE';
  if (level.final && input.amountFen > personalAuthority(role, input.actor.limitFen)) {
    return 'ABOVE_AUTHORITY';
  }
  return level.roles.includes(role) ? null : 'ROLE_FOR_LEVEL';
}

/**
 * Admits or refuses a person's decision. Refused: a closed task, a wrong role, one's own application, a task held by
 * another, evidence that changed since it was seen, no reason, the same person twice, an amount outside the request or
 * above the person's authority. A decline by one person is final at any level.
 */
export function admitDecision(input: DecisionAdmission): Admission {
  const refusal = refuseTask(input);
  if (refusal !== null) return { ok: false, reason: refusal };
  const role = input.actor.role;
  if (!isDecidingRole(role)) return { ok: false, reason: 'ROLE' };
  const reasons = input.reasons.filter(isReviewReason);
  const level = nextLevel(input.levels, input.given);
  if (level === null) return { ok: false, reason: 'ALREADY_DECIDED' };
  if (input.verdict === 'DECLINE') return { ok: true, level: level.level, final: true, reasons };
  const approvalRefusal = refuseApproval(input, role);
  if (approvalRefusal !== null) return { ok: false, reason: approvalRefusal };
  return { ok: true, level: level.level, final: level.final, reasons };
}
