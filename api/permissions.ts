/** Who may call which route: the one table that the server, the document and the tests read. */
import { type Role, ROLES } from '../domain/authority.ts';
import { sightOf } from './sight.ts';

export type { Role };

/**
 * `public`: anybody. `signed`: a signed envelope instead of a token. `session`: the cookie of a browser in which staff
 * signed in, whatever the role. Otherwise a token or a session with one of the roles.
 */
export type Access = 'public' | 'signed' | 'session' | readonly Role[];

/** Those who apply, for themselves or for their users; they see their own records only. */
const OWNERS: readonly Role[] = ['applicant', 'integrator'];
/** Those who sign beside a borrower: persons of their own mobile, never somebody's client. */
const CO_SIGNER: readonly Role[] = ['applicant'];
/** Those who decide on referred applications, the widest authority first: it is the one acted in. */
const REVIEWERS: readonly Role[] = ['risk-officer', 'senior-reviewer', 'reviewer'];
/** Rules in two: makers write, check and propose versions, checkers approve what a maker proposed. */
const RULE_MAKER: readonly Role[] = ['risk-officer'];
const RULE_CHECKER: readonly Role[] = ['risk-approver'];
/** Finance in two: makers release and propose, checkers approve what a maker proposed. */
const FINANCE_MAKER: readonly Role[] = ['finance-maker'];
const FINANCE_CHECKER: readonly Role[] = ['finance-checker'];
const FINANCE: readonly Role[] = [...FINANCE_MAKER, ...FINANCE_CHECKER];
const OPERATIONS: readonly Role[] = ['operations'];
/** Those who look on without acting. */
const OVERSIGHT: readonly Role[] = ['compliance', 'auditor'];
/** Risk as readers: who approves rules looks at what they did. */
const RISK: readonly Role[] = [...REVIEWERS, 'risk-approver'];
const STAFF: readonly Role[] = [...RISK, ...FINANCE, ...OPERATIONS, ...OVERSIGHT];
/** Those who work on loans or answer for them, and declare whom they are tied to. */
const DECLARERS: readonly Role[] = [...RISK, ...FINANCE, ...OPERATIONS, 'compliance'];
const EVERYBODY: readonly Role[] = [...OWNERS, ...STAFF];

/** Route to access. A route that is not here cannot be registered. */
export const PERMISSIONS = {
  'GET /livez': 'public',
  'GET /readyz': 'public',
  'GET /openapi.json': 'public',
  'GET /docs': 'public',

  'GET /v1/sign-in': 'public',
  'GET /v1/sign-in/callback': 'public',
  'GET /v1/session': 'session',
  'POST /v1/sign-out': 'session',
  'POST /v1/applicant-codes': 'public',
  'POST /v1/applicant-tokens': 'public',
  'POST /v1/tokens': 'public',
  'GET /v1/keys': 'public',

  'POST /v1/applications': OWNERS,
  'GET /v1/applications': OWNERS,
  'GET /v1/applications/{id}': EVERYBODY,
  'PATCH /v1/applications/{id}/pages/1': OWNERS,
  'PATCH /v1/applications/{id}/pages/2': OWNERS,
  'PATCH /v1/applications/{id}/pages/3': OWNERS,
  'PUT /v1/applications/{id}/face': OWNERS,
  'POST /v1/applications/{id}/id-card': OWNERS,
  'POST /v1/applications/{id}/business-licence': OWNERS,
  'PUT /v1/applications/{id}/trail': OWNERS,
  'POST /v1/applications/{id}/submit': OWNERS,
  'POST /v1/applications/{id}/withdraw': OWNERS,
  'POST /v1/applications/{id}/information': OWNERS,
  'POST /v1/applications/{id}/unmask': [...REVIEWERS, 'compliance'],
  'GET /v1/applications/{id}/timeline': EVERYBODY,
  'GET /v1/applications/{id}/offer': EVERYBODY,
  'GET /v1/applications/{id}/tranches': EVERYBODY,
  'POST /v1/applications/{id}/tranches/give-up': OWNERS,

  'POST /v1/authorisations': OWNERS,
  'GET /v1/authorisations/{id}': [...OWNERS, ...OVERSIGHT],
  'GET /v1/authorisations/{id}/pdf': [...OWNERS, ...OVERSIGHT],
  'POST /v1/authorisations/{id}/agree': OWNERS,
  'POST /v1/authorisations/{id}/withdraw': OWNERS,

  'GET /v1/offers/{id}': EVERYBODY,
  'POST /v1/offers/{id}/accept': OWNERS,
  'POST /v1/offers/{id}/decline': OWNERS,

  'GET /v1/contracts/{id}': EVERYBODY,
  'GET /v1/contracts/{id}/pdf': [...OWNERS, ...OVERSIGHT],
  'POST /v1/contracts/{id}/recordings': OWNERS,
  'POST /v1/contracts/{id}/disclosures': OWNERS,
  'GET /v1/contracts/{id}/disclosure/pdf': [...OWNERS, ...OVERSIGHT],
  'GET /v1/contracts/{id}/schedule/pdf': [...OWNERS, ...OVERSIGHT],
  'POST /v1/disclosures/{id}/confirm': OWNERS,
  'GET /v1/contracts/{id}/sealed-pdf': [...OWNERS, ...OVERSIGHT],
  'POST /v1/contracts/{id}/signing-codes': OWNERS,
  'POST /v1/contracts/{id}/sign': OWNERS,
  'POST /v1/applications/{id}/co-signers': OWNERS,
  'GET /v1/applications/{id}/co-signers': OWNERS,
  'GET /v1/co-signings': CO_SIGNER,
  'POST /v1/co-signings/{id}/identity': CO_SIGNER,
  'GET /v1/co-signings/{id}/pdf': CO_SIGNER,
  'GET /v1/co-signings/{id}/disclosure/pdf': CO_SIGNER,
  'POST /v1/co-signings/{id}/signing-codes': CO_SIGNER,
  'POST /v1/co-signings/{id}/sign': CO_SIGNER,
  'POST /v1/co-signings/{id}/decline': CO_SIGNER,
  'POST /v1/contracts/{id}/evidence': OWNERS,
  'POST /v1/evidence': ['compliance'],
  'GET /v1/evidence/{id}': [...OWNERS, ...OVERSIGHT],
  'GET /v1/evidence/{id}/bundle': [...OWNERS, ...OVERSIGHT],
  'PUT /v1/recordings/{id}/chunks/{n}': OWNERS,
  'GET /v1/recordings': [...REVIEWERS, ...OVERSIGHT],
  'GET /v1/recordings/{id}': [...OWNERS, ...REVIEWERS, ...OPERATIONS, ...OVERSIGHT],
  'GET /v1/recordings/{id}/media': [...REVIEWERS, ...OVERSIGHT],
  'POST /v1/recordings/{id}/segments': OWNERS,
  'POST /v1/recordings/{id}/complete': OWNERS,
  'POST /v1/recordings/{id}/attend': OPERATIONS,
  'POST /v1/recordings/{id}/review': REVIEWERS,

  'POST /v1/applications/{id}/decline-notice': OWNERS,
  'GET /v1/applications/{id}/decline-notice/pdf': [...OWNERS, ...OVERSIGHT],
  'POST /v1/loans/{id}/settlement-certificate': OWNERS,
  'GET /v1/loans/{id}/settlement-certificate/pdf': [...OWNERS, ...OVERSIGHT],

  'GET /v1/loans': OWNERS,
  'GET /v1/loans/{id}': EVERYBODY,
  'GET /v1/loans/{id}/quote': EVERYBODY,
  'POST /v1/loans/{id}/prepayments': OWNERS,
  'GET /v1/loans/{id}/servicing': [...FINANCE, ...OPERATIONS, ...OVERSIGHT],
  'POST /v1/loans/{id}/reschedules': FINANCE_MAKER,
  'POST /v1/loans/{id}/reschedules/decide': FINANCE_CHECKER,
  'POST /v1/loans/{id}/refunds': FINANCE_MAKER,
  'POST /v1/loans/{id}/refunds/decide': FINANCE_CHECKER,
  'GET /v1/unmatched-money': [...FINANCE, ...OPERATIONS, ...OVERSIGHT],
  'POST /v1/unmatched-money/{id}/propose': FINANCE_MAKER,
  'POST /v1/unmatched-money/{id}/decide': FINANCE_CHECKER,

  'GET /v1/decisions/{id}': [...OWNERS, ...RISK, ...OVERSIGHT],
  'POST /v1/decisions/{id}/human-review': OWNERS,
  'GET /v1/decision-reviews': [...RISK, ...OVERSIGHT],
  'GET /v1/decision-reviews/{id}': [...RISK, ...OVERSIGHT],
  'POST /v1/decision-reviews/{id}/claim': REVIEWERS,
  'POST /v1/decision-reviews/{id}/decide': REVIEWERS,
  'GET /v1/reviews': [...RISK, ...OPERATIONS, ...OVERSIGHT],
  'GET /v1/reviews/{id}': [...RISK, ...OVERSIGHT],
  'POST /v1/reviews/{id}/claim': REVIEWERS,
  'POST /v1/reviews/{id}/release': REVIEWERS,
  'POST /v1/reviews/{id}/steal': REVIEWERS,
  'POST /v1/reviews/{id}/decide': REVIEWERS,
  'POST /v1/reviews/{id}/request-more': REVIEWERS,
  'POST /v1/reviews/{id}/return': REVIEWERS,

  'POST /v1/approval-matrix/simulate': RISK,
  'GET /v1/applications/{id}/conditions': [...OWNERS, ...RISK, ...OVERSIGHT],
  'POST /v1/conditions/{id}/answer': OWNERS,
  'POST /v1/conditions/{id}/resolve': REVIEWERS,
  'POST /v1/applications/{id}/undo-approval': REVIEWERS,
  'GET /v1/applications/{id}/corrections': [...OWNERS, ...RISK, ...OPERATIONS, ...OVERSIGHT],
  'POST /v1/applications/{id}/corrections': OPERATIONS,
  'POST /v1/applications/{id}/correction-requests': OWNERS,
  'GET /v1/desk-people': [...RISK, ...OVERSIGHT],
  'POST /v1/desk-people/presence': [...REVIEWERS, 'compliance'],
  'POST /v1/desk-people/absence': [...REVIEWERS, 'compliance'],
  'GET /v1/authority-changes': [...RISK, ...OVERSIGHT],
  'POST /v1/authority-changes': ['risk-officer'],
  'POST /v1/authority-changes/{id}/decide': ['risk-approver'],
  'GET /v1/delegations': [...RISK, ...OVERSIGHT],
  'POST /v1/delegations': REVIEWERS,
  'POST /v1/delegations/{id}/decide': ['risk-officer', 'risk-approver'],
  'POST /v1/delegations/{id}/end': RISK,
  'GET /v1/conflicts': DECLARERS,
  'POST /v1/conflicts': DECLARERS,
  'POST /v1/conflicts/{id}/end': DECLARERS,
  'GET /v1/conflict-endings': OVERSIGHT,
  'POST /v1/conflict-endings/{id}/decide': ['compliance'],

  'GET /v1/rules': [...RISK, ...OVERSIGHT],
  'GET /v1/rules/{kind}/{code}/versions': [...RISK, ...OVERSIGHT],
  'GET /v1/rules/{kind}/{code}/versions/{version}': [...RISK, ...OVERSIGHT],
  'POST /v1/rules/{kind}/{code}/rollback': RULE_CHECKER,
  'POST /v1/rules/{kind}/{code}/cancel': [...RULE_MAKER, ...RULE_CHECKER],
  'POST /v1/rule-drafts': RULE_MAKER,
  'GET /v1/rule-drafts': [...RISK, ...OVERSIGHT],
  'GET /v1/rule-drafts/{id}': [...RISK, ...OVERSIGHT],
  'PUT /v1/rule-drafts/{id}': RULE_MAKER,
  'POST /v1/rule-drafts/{id}/check': RULE_MAKER,
  'POST /v1/rule-drafts/{id}/propose': RULE_MAKER,
  'POST /v1/rule-drafts/{id}/withdraw': RULE_MAKER,
  'POST /v1/rule-drafts/{id}/approve': RULE_CHECKER,
  'POST /v1/rule-drafts/{id}/reject': RULE_CHECKER,
  'POST /v1/backtests': [...RULE_MAKER, ...RULE_CHECKER],
  'GET /v1/backtests': [...RULE_MAKER, ...RULE_CHECKER, ...OVERSIGHT],
  'GET /v1/backtests/{id}': [...RULE_MAKER, ...RULE_CHECKER, ...OVERSIGHT],
  'GET /v1/kill-switch': [...RISK, ...OVERSIGHT],
  'POST /v1/kill-switch': [...RULE_MAKER, ...RULE_CHECKER],
  'POST /v1/kill-switch/propose-release': [...RULE_MAKER, ...RULE_CHECKER],
  'POST /v1/kill-switch/approve-release': [...RULE_MAKER, ...RULE_CHECKER],

  'GET /v1/applications/{id}/fraud': [...RISK, ...OVERSIGHT],
  'GET /v1/lists/{kind}/entries': [...RISK, ...OVERSIGHT],
  'POST /v1/lists/{kind}/entries': ['risk-officer'],
  'DELETE /v1/lists/{kind}/entries/{id}': ['risk-officer'],
  'GET /v1/list-hits': [...RISK, ...OVERSIGHT],
  'POST /v1/list-hits/{id}/propose': ['risk-officer'],
  'GET /v1/list-proposals': [...RISK, ...OVERSIGHT],
  'POST /v1/list-proposals/{id}/decide': ['risk-approver'],

  'GET /v1/experiments': [...RISK, ...OVERSIGHT],
  'POST /v1/experiments': ['risk-officer'],
  'GET /v1/experiments/{id}': [...RISK, ...OVERSIGHT],
  'GET /v1/experiments/{id}/report': [...RISK, ...OVERSIGHT],
  'POST /v1/experiments/{id}/propose': ['risk-officer'],
  'POST /v1/experiments/{id}/approve': ['risk-approver'],
  'POST /v1/experiments/{id}/stop': ['risk-officer', 'risk-approver'],
  'GET /v1/risk/monitoring': [...RISK, ...OVERSIGHT],
  'POST /v1/risk/monitoring/thresholds': ['risk-approver'],

  'POST /v1/desk-tasks/{id}/claim': REVIEWERS,
  'POST /v1/desk-tasks/{id}/release': REVIEWERS,
  'POST /v1/desk-tasks/{id}/steal': REVIEWERS,
  'POST /v1/desk-tasks/{id}/acts': REVIEWERS,

  'GET /v1/ledger/trial-balance': [...FINANCE, ...OVERSIGHT],
  'GET /v1/ledger/accounts/{code}/lines': [...FINANCE, ...OVERSIGHT],
  'GET /v1/ledger/findings': [...FINANCE, ...OVERSIGHT],
  'GET /v1/ledger/periods': [...FINANCE, ...OVERSIGHT],
  'POST /v1/ledger/periods/{month}/propose': FINANCE_MAKER,
  'POST /v1/ledger/periods/{month}/close': FINANCE_CHECKER,
  'GET /v1/loans/{id}/journals': [...FINANCE, ...OVERSIGHT],

  'GET /v1/loans/{id}/collection': [...RISK, ...FINANCE, ...OPERATIONS, ...OVERSIGHT],
  'POST /v1/loans/{id}/contacts': REVIEWERS,
  'POST /v1/contacts/{id}/outcome': REVIEWERS,
  'POST /v1/loans/{id}/contact-stops': REVIEWERS,
  'POST /v1/contact-stops/{id}/lift': REVIEWERS,
  'POST /v1/loans/{id}/class-acts': RULE_MAKER,
  'POST /v1/class-acts/{id}/decide': RULE_CHECKER,
  'POST /v1/loans/{id}/write-offs': FINANCE_MAKER,
  'POST /v1/write-offs/{id}/decide': FINANCE_CHECKER,

  'GET /v1/metrics/overdue': [...RISK, ...FINANCE, ...OPERATIONS, ...OVERSIGHT],
  'GET /v1/metrics/roll-rates': [...RISK, ...FINANCE, ...OPERATIONS, ...OVERSIGHT],
  'GET /v1/metrics/vintage': [...RISK, ...FINANCE, ...OPERATIONS, ...OVERSIGHT],
  'GET /v1/metrics/first-payment-default': [...RISK, ...FINANCE, ...OPERATIONS, ...OVERSIGHT],
  'GET /v1/metrics/disbursement': [...RISK, ...FINANCE, ...OPERATIONS, ...OVERSIGHT],

  'GET /v1/payouts': [...FINANCE, ...OPERATIONS, ...OVERSIGHT],
  'POST /v1/payouts/{id}/release': FINANCE_MAKER,
  'POST /v1/payouts/{id}/confirm': FINANCE_CHECKER,
  'POST /v1/payouts/{id}/propose': FINANCE_MAKER,
  'POST /v1/payouts/{id}/approve': FINANCE_CHECKER,
  'GET /v1/payouts/{id}/payees': [...FINANCE, ...OPERATIONS, ...OVERSIGHT],
  'POST /v1/payouts/{id}/payees': FINANCE_MAKER,
  'POST /v1/payouts/{id}/payees/decide': FINANCE_CHECKER,

  'GET /v1/reconciliations': [...FINANCE, ...OVERSIGHT],
  'POST /v1/reconciliations': FINANCE_MAKER,
  'GET /v1/reconciliation-cases': [...FINANCE, ...OVERSIGHT],
  'POST /v1/reconciliation-cases/{id}/propose': FINANCE_MAKER,
  'POST /v1/reconciliation-cases/{id}/approve': FINANCE_CHECKER,

  'GET /v1/operator-cases': [...OPERATIONS, ...OVERSIGHT],
  'POST /v1/operator-cases/{id}/propose': OPERATIONS,
  'POST /v1/operator-cases/{id}/approve': OPERATIONS,
  'GET /v1/operator-cases/{id}/corrections': [...OPERATIONS, ...OVERSIGHT],
  'POST /v1/operator-cases/{id}/corrections': OPERATIONS,
  'GET /v1/operations/failures': [...OPERATIONS, ...OVERSIGHT],
  'GET /v1/operations/bulk-retries': [...OPERATIONS, ...OVERSIGHT],
  'POST /v1/operations/bulk-retries': OPERATIONS,
  'GET /v1/operations/bulk-retries/{id}': [...OPERATIONS, ...OVERSIGHT],
  'POST /v1/operations/bulk-retries/{id}/approve': OPERATIONS,
  'POST /v1/operations/bulk-retries/{id}/reject': OPERATIONS,

  'GET /v1/me/data': ['applicant'],
  'POST /v1/rights-requests': OWNERS,
  'GET /v1/rights-requests': [...OWNERS, ...OVERSIGHT],
  'GET /v1/rights-requests/{id}': [...OWNERS, ...OVERSIGHT],
  'GET /v1/rights-requests/{id}/pdf': OWNERS,
  'POST /v1/rights-requests/{id}/propose': ['compliance'],
  'POST /v1/rights-requests/{id}/approve': ['compliance'],

  'POST /v1/bureau-queries': ['risk-officer'],
  'POST /v1/bureau-queries/{id}/approve': ['risk-officer', 'risk-approver'],
  'GET /v1/bureau-queries': ['risk-officer', 'risk-approver', ...OVERSIGHT],
  'GET /v1/bureau-queries/proposals': ['risk-officer', 'risk-approver', ...OVERSIGHT],
  'GET /v1/bureau-queries/weekly-reports': ['risk-officer', 'risk-approver', ...OVERSIGHT],
  'POST /v1/objections': OWNERS,
  'GET /v1/objections': [...OWNERS, ...OVERSIGHT],
  'GET /v1/objections/{id}': [...OWNERS, ...OVERSIGHT],
  'POST /v1/objections/{id}/claim': ['compliance'],
  'POST /v1/objections/{id}/release': ['compliance'],
  'POST /v1/objections/{id}/steal': ['compliance'],
  'POST /v1/objections/{id}/answer': ['compliance'],

  'POST /v1/webhooks/bank': 'signed',

  'POST /v1/calculations/schedule': 'public',
  'POST /v1/calculations/apr': 'public',
} as const satisfies Readonly<Record<string, Access>>;

export type RouteKey = keyof typeof PERMISSIONS;

/**
 * Roles with the permission `pii:read`: they may decode the payloads the Temporal UI shows. Operations are among them
 * because they mend parked loans there; every decoding leaves an audit entry.
 */
export const PAYLOAD_READERS: readonly Role[] = ROLES.filter(
  (role) => sightOf(role, 'payload') !== null,
);

export const accessOf = (key: RouteKey): Access => PERMISSIONS[key];

/** The role a caller acts in: the first of the allowed ones that the token carries, or undefined. */
export function actingRole(allowed: readonly Role[], held: readonly Role[]): Role | undefined {
  return allowed.find((role) => held.includes(role));
}

/** True for the roles that see their own records only. */
export const isOwnerRole = (role: Role): boolean => OWNERS.includes(role);

/** True for a route whose POST changes something for a token's holder, so that it needs an Idempotency-Key. */
export const needsIdempotencyKey = (key: RouteKey): boolean =>
  key.startsWith('POST ') && typeof PERMISSIONS[key] !== 'string';
