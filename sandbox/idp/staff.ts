/** The demo staff of the lender and its integrators, as the identity provider knows them. */

export interface StaffMember {
  readonly subject: string;
  readonly name: string;
  readonly roles: readonly string[];
}

export const DEMO_STAFF: readonly StaffMember[] = [
  { subject: 'reviewer-li', name: '李审批', roles: ['reviewer'] },
  { subject: 'reviewer-wang', name: '王审批', roles: ['reviewer'] },
  { subject: 'senior-zhao', name: '赵高级', roles: ['senior-reviewer'] },
  { subject: 'risk-sun', name: '孙风控', roles: ['risk-officer'] },
  { subject: 'risk-he', name: '何风控', roles: ['risk-approver'] },
  { subject: 'finance-qian', name: '钱财务', roles: ['finance-maker'] },
  { subject: 'finance-zhou', name: '周财务', roles: ['finance-checker'] },
  { subject: 'ops-wu', name: '吴运营', roles: ['operations'] },
  { subject: 'ops-zheng', name: '郑运营', roles: ['operations'] },
  { subject: 'compliance-feng', name: '冯合规', roles: ['compliance'] },
  { subject: 'auditor-chen', name: '陈审计', roles: ['auditor'] },
  { subject: 'sec-lin', name: '林安全', roles: ['security-admin'] },
];

/** A client that speaks for an integrator. The secret is public on purpose: it opens nothing but the sandbox. */
export const DEMO_CLIENT = {
  clientId: 'demo-client',
  clientSecret: 'demo-secret',
  roles: ['integrator'],
} as const;

/** The one-time code every demo member types as second factor. */
export const DEMO_CODE = '246810';

/** Audience of the tokens: the platform's API. */
export const API_AUDIENCE = 'xindai-api';
