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
  'risk-approver',
  'finance-maker',
  'finance-checker',
  'operations',
  'compliance',
  'auditor',
  'security-admin',
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

/** Roles of the lender's own people. */
export type StaffRole = Exclude<Role, 'applicant' | 'integrator'>;

/** Who works against whose check: no person holds a role of the left and one of the right. */
const APART: readonly (readonly [readonly StaffRole[], readonly StaffRole[]])[] = [
  // Whoever proposes does not approve.
  [['finance-maker'], ['finance-checker']],
  [['risk-officer'], ['risk-approver']],
  // Whoever decides on a loan neither pays it out nor mends it, and whoever pays does not mend.
  [
    ['reviewer', 'senior-reviewer', 'risk-officer', 'risk-approver'],
    ['finance-maker', 'finance-checker', 'operations'],
  ],
  [['finance-maker', 'finance-checker'], ['operations']],
  // Whoever watches does not act, neither on loans nor on accounts (GB/T 22239-2019 8.1.4.2 d).
  [
    ['auditor', 'compliance'],
    [
      'reviewer',
      'senior-reviewer',
      'risk-officer',
      'risk-approver',
      'finance-maker',
      'finance-checker',
      'operations',
    ],
  ],
  [['auditor'], ['compliance']],
  // Whoever hands out access has none to the people's data.
  [
    ['security-admin'],
    [
      'reviewer',
      'senior-reviewer',
      'risk-officer',
      'risk-approver',
      'finance-maker',
      'finance-checker',
      'operations',
      'compliance',
      'auditor',
    ],
  ],
];

/**
 * The first pair of roles that one person may not hold together, or null when all of them go together. An employee may
 * be a customer too: acting on an application of one's own is refused where it is tried.
 */
export function incompatibleRoles(roles: readonly Role[]): readonly [StaffRole, StaffRole] | null {
  const held = (side: readonly StaffRole[]) => side.find((role) => roles.includes(role));
  for (const [left, right] of APART) {
    const one = held(left);
    const other = held(right);
    if (one !== undefined && other !== undefined) return [one, other];
  }
  return null;
}

/** Amount up to which each role may approve as the last one (house defaults). */
export const ROLE_AUTHORITY: Readonly<Record<DecidingRole, Fen>> = {
  reviewer: fen(50_000_00),
  'senior-reviewer': fen(200_000_00),
  'risk-officer': fen(1_000_000_00),
};

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
  return approvalsAbove(amountFen, grade, policy('review.twoPersonAboveFen'));
}

/** The same, for a bound that is known. */
export function approvalsAbove(
  amountFen: Fen,
  grade: Grade,
  twoPersonAboveFen: number,
): readonly ApprovalLevel[] {
  const seniors: readonly DecidingRole[] = ['senior-reviewer', 'risk-officer'];
  const able = DECIDING_ROLES.filter((role) => ROLE_AUTHORITY[role] >= amountFen);
  const two = amountFen > twoPersonAboveFen || grade === 'D' || grade === 'E';
  if (!two) return [{ level: 1, roles: able, final: true }];
  return [
    { level: 1, roles: DECIDING_ROLES, final: false },
    { level: 2, roles: able.filter((role) => seniors.includes(role)), final: true },
  ];
}
