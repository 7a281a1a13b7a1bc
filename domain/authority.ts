/** Who may decide what: roles, the amount each role may approve, and the approvals a loan needs. */
import type { Grade } from './loan-terms.ts';
import { type Fen, fen } from './money.ts';
import type { PolicyReader } from './policy.ts';

export const ROLES = [
  'applicant',
  'integrator',
  'reviewer',
  'senior-reviewer',
  'risk-officer',
  'finance',
  'operations',
  'compliance',
  'auditor',
] as const;
export type Role = (typeof ROLES)[number];

/** Roles that may decide a referred application. */
export const DECIDING_ROLES = ['reviewer', 'senior-reviewer', 'risk-officer'] as const;
export type DecidingRole = (typeof DECIDING_ROLES)[number];

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

export function isDecidingRole(role: string): role is DecidingRole {
  return (DECIDING_ROLES as readonly string[]).includes(role);
}

/** Amount up to which each role may approve as the last one (house defaults). */
export const ROLE_AUTHORITY: Readonly<Record<DecidingRole, Fen>> = {
  reviewer: fen(50_000_00),
  'senior-reviewer': fen(200_000_00),
  'risk-officer': fen(1_000_000_00),
};

/** What a person may approve: the role's amount, or less when the person has a smaller one of their own. */
export function personalAuthority(role: DecidingRole, ownLimitFen: Fen | null): Fen {
  const ofRole = ROLE_AUTHORITY[role];
  return ownLimitFen !== null && ownLimitFen < ofRole ? ownLimitFen : ofRole;
}

/** One approval that a loan needs. The last level is final: its person's authority must cover the amount. */
export interface ApprovalLevel {
  readonly level: number;
  readonly roles: readonly DecidingRole[];
  readonly final: boolean;
}

/**
 * The approvals a referred application needs: one person, or two different people above the policy amount
 * (`review.twoPersonAboveFen`) and for grades D and E at any amount.
 */
export function requiredApprovals(
  amountFen: Fen,
  grade: Grade,
  policy: PolicyReader,
): readonly ApprovalLevel[] {
  const seniors: readonly DecidingRole[] = ['senior-reviewer', 'risk-officer'];
  const able = DECIDING_ROLES.filter((role) => ROLE_AUTHORITY[role] >= amountFen);
  const two = amountFen > policy('review.twoPersonAboveFen') || grade === 'D' || grade === 'E';
  if (!two) return [{ level: 1, roles: able, final: true }];
  return [
    { level: 1, roles: DECIDING_ROLES, final: false },
    { level: 2, roles: able.filter((role) => seniors.includes(role)), final: true },
  ];
}
