/** The matrix of role × action × data: every route of the permissions table with the kinds of data its answers hold. */
import { type Role, ROLES } from '../domain/authority.ts';
import { accessOf, PERMISSIONS, type RouteKey } from './permissions.ts';
import { type DataKind, type Rows, type Sight, SIGHTS } from './sight.ts';

/** Kinds of data in a route's answers. */
type AnswerData = readonly DataKind[];

const NOTHING: AnswerData = [];
const LOAN: AnswerData = ['loan'];
const LETTER: AnswerData = ['letter', 'loan'];
const FORM: AnswerData = ['form', 'loan'];

/** A route that is missing here does not compile, and neither does one that is gone. */
export const ROUTE_DATA: Readonly<Record<RouteKey, AnswerData>> = {
  'GET /livez': NOTHING,
  'GET /readyz': NOTHING,
  'GET /openapi.json': NOTHING,
  'GET /docs': NOTHING,
  'GET /v1/sign-in': NOTHING,
  'GET /v1/sign-in/callback': NOTHING,
  'GET /v1/session': NOTHING,
  'POST /v1/sign-out': NOTHING,
  'POST /v1/applicant-codes': NOTHING,
  'POST /v1/applicant-tokens': NOTHING,
  'POST /v1/tokens': NOTHING,
  'GET /v1/keys': NOTHING,
  'POST /v1/applications': FORM,
  'GET /v1/applications': LOAN,
  'GET /v1/applications/{id}': FORM,
  'PATCH /v1/applications/{id}/pages/1': LOAN,
  'PATCH /v1/applications/{id}/pages/2': LOAN,
  'PATCH /v1/applications/{id}/pages/3': LOAN,
  'PUT /v1/applications/{id}/face': LOAN,
  'POST /v1/applications/{id}/id-card': ['form'],
  'POST /v1/applications/{id}/business-licence': ['form'],
  'PUT /v1/applications/{id}/trail': LOAN,
  'POST /v1/applications/{id}/submit': LOAN,
  'POST /v1/applications/{id}/withdraw': LOAN,
  'POST /v1/applications/{id}/information': LOAN,
  'POST /v1/applications/{id}/unmask': ['form'],
  'GET /v1/applications/{id}/timeline': LOAN,
  'GET /v1/applications/{id}/offer': LOAN,
  'POST /v1/authorisations': LETTER,
  'GET /v1/authorisations/{id}': LETTER,
  'GET /v1/authorisations/{id}/pdf': ['paper'],
  'POST /v1/authorisations/{id}/agree': LETTER,
  'POST /v1/authorisations/{id}/withdraw': LETTER,
  'GET /v1/offers/{id}': LOAN,
  'POST /v1/offers/{id}/accept': LOAN,
  'POST /v1/offers/{id}/decline': LOAN,
  'GET /v1/contracts/{id}': LOAN,
  'GET /v1/contracts/{id}/pdf': ['paper'],
  'POST /v1/contracts/{id}/recordings': LOAN,
  'POST /v1/contracts/{id}/disclosures': LOAN,
  'GET /v1/contracts/{id}/disclosure/pdf': ['paper'],
  'GET /v1/contracts/{id}/schedule/pdf': ['paper'],
  'POST /v1/disclosures/{id}/confirm': LOAN,
  'POST /v1/applications/{id}/decline-notice': LOAN,
  'GET /v1/applications/{id}/decline-notice/pdf': ['paper'],
  'POST /v1/loans/{id}/settlement-certificate': LOAN,
  'GET /v1/loans/{id}/settlement-certificate/pdf': ['paper'],
  'GET /v1/contracts/{id}/sealed-pdf': ['paper'],
  'POST /v1/contracts/{id}/signing-codes': LOAN,
  'POST /v1/contracts/{id}/sign': LOAN,
  'POST /v1/applications/{id}/co-signers': LOAN,
  'GET /v1/applications/{id}/co-signers': LOAN,
  'GET /v1/co-signings': LOAN,
  'POST /v1/co-signings/{id}/identity': LOAN,
  'GET /v1/co-signings/{id}/pdf': ['paper'],
  'GET /v1/co-signings/{id}/disclosure/pdf': ['paper'],
  'POST /v1/co-signings/{id}/signing-codes': LOAN,
  'POST /v1/co-signings/{id}/sign': LOAN,
  'POST /v1/co-signings/{id}/decline': LOAN,
  'POST /v1/contracts/{id}/evidence': LOAN,
  'POST /v1/evidence': LOAN,
  'GET /v1/evidence/{id}': LOAN,
  'GET /v1/evidence/{id}/bundle': ['paper', 'evidence', 'loan'],
  'PUT /v1/recordings/{id}/chunks/{n}': LOAN,
  'GET /v1/recordings': LOAN,
  'GET /v1/recordings/{id}': LOAN,
  'GET /v1/recordings/{id}/media': ['recording'],
  'POST /v1/recordings/{id}/segments': LOAN,
  'POST /v1/recordings/{id}/complete': LOAN,
  'POST /v1/recordings/{id}/attend': LOAN,
  'POST /v1/recordings/{id}/review': LOAN,
  'GET /v1/loans': LOAN,
  'GET /v1/loans/{id}': LOAN,
  'GET /v1/decisions/{id}': ['loan', 'evidence'],
  'POST /v1/decisions/{id}/human-review': LOAN,
  'GET /v1/decision-reviews': LOAN,
  'GET /v1/decision-reviews/{id}': ['loan', 'evidence'],
  'POST /v1/decision-reviews/{id}/claim': ['loan', 'evidence'],
  'POST /v1/decision-reviews/{id}/decide': ['loan', 'evidence'],
  'GET /v1/reviews': LOAN,
  'GET /v1/reviews/{id}': ['form', 'evidence', 'loan'],
  'POST /v1/reviews/{id}/claim': LOAN,
  'POST /v1/reviews/{id}/release': LOAN,
  'POST /v1/reviews/{id}/steal': LOAN,
  'POST /v1/reviews/{id}/decide': LOAN,
  'POST /v1/reviews/{id}/request-more': LOAN,
  'POST /v1/reviews/{id}/return': LOAN,
  'POST /v1/approval-matrix/simulate': ['loan', 'evidence'],
  'GET /v1/applications/{id}/conditions': LOAN,
  'POST /v1/conditions/{id}/answer': LOAN,
  'POST /v1/conditions/{id}/resolve': LOAN,
  'POST /v1/applications/{id}/undo-approval': LOAN,
  'GET /v1/applications/{id}/corrections': FORM,
  'POST /v1/applications/{id}/corrections': LOAN,
  'POST /v1/applications/{id}/correction-requests': LOAN,
  // Colleagues, their limits and their own ties: no applicant's data.
  'GET /v1/desk-people': NOTHING,
  'POST /v1/desk-people/presence': NOTHING,
  'POST /v1/desk-people/absence': NOTHING,
  'GET /v1/authority-changes': NOTHING,
  'POST /v1/authority-changes': NOTHING,
  'POST /v1/authority-changes/{id}/decide': NOTHING,
  'GET /v1/delegations': NOTHING,
  'POST /v1/delegations': NOTHING,
  'POST /v1/delegations/{id}/decide': NOTHING,
  'POST /v1/delegations/{id}/end': NOTHING,
  'GET /v1/conflicts': NOTHING,
  'POST /v1/conflicts': NOTHING,
  'POST /v1/conflicts/{id}/end': NOTHING,
  'GET /v1/conflict-endings': NOTHING,
  'POST /v1/conflict-endings/{id}/decide': NOTHING,
  // Rules are nobody's data.
  'GET /v1/rules': NOTHING,
  'GET /v1/rules/{kind}/{code}/versions': NOTHING,
  'GET /v1/rules/{kind}/{code}/versions/{version}': NOTHING,
  'POST /v1/rules/{kind}/{code}/rollback': NOTHING,
  'POST /v1/rules/{kind}/{code}/cancel': NOTHING,
  'POST /v1/rule-drafts': NOTHING,
  'GET /v1/rule-drafts': NOTHING,
  'GET /v1/rule-drafts/{id}': NOTHING,
  'PUT /v1/rule-drafts/{id}': NOTHING,
  'POST /v1/rule-drafts/{id}/check': NOTHING,
  'POST /v1/rule-drafts/{id}/propose': NOTHING,
  'POST /v1/rule-drafts/{id}/withdraw': NOTHING,
  'POST /v1/rule-drafts/{id}/approve': NOTHING,
  'POST /v1/rule-drafts/{id}/reject': NOTHING,
  'POST /v1/backtests': LOAN,
  'GET /v1/backtests': NOTHING,
  'GET /v1/backtests/{id}': LOAN,
  'GET /v1/kill-switch': NOTHING,
  'POST /v1/kill-switch': NOTHING,
  'POST /v1/kill-switch/propose-release': NOTHING,
  'POST /v1/kill-switch/approve-release': NOTHING,
  'GET /v1/applications/{id}/fraud': ['evidence'],
  'GET /v1/lists/{kind}/entries': ['evidence'],
  'POST /v1/lists/{kind}/entries': ['evidence'],
  'DELETE /v1/lists/{kind}/entries/{id}': ['evidence'],
  'GET /v1/list-hits': ['evidence'],
  'POST /v1/list-hits/{id}/propose': ['evidence'],
  'GET /v1/list-proposals': ['evidence'],
  'POST /v1/list-proposals/{id}/decide': ['evidence'],
  'GET /v1/experiments': NOTHING,
  'POST /v1/experiments': NOTHING,
  'GET /v1/experiments/{id}': NOTHING,
  'GET /v1/experiments/{id}/report': NOTHING,
  'POST /v1/experiments/{id}/propose': NOTHING,
  'POST /v1/experiments/{id}/approve': NOTHING,
  'POST /v1/experiments/{id}/stop': NOTHING,
  'GET /v1/risk/monitoring': NOTHING,
  'POST /v1/risk/monitoring/thresholds': NOTHING,
  'POST /v1/desk-tasks/{id}/claim': LOAN,
  'POST /v1/desk-tasks/{id}/release': LOAN,
  'POST /v1/desk-tasks/{id}/steal': LOAN,
  'POST /v1/desk-tasks/{id}/acts': LOAN,
  'GET /v1/payouts': ['payout'],
  'POST /v1/payouts/{id}/release': LOAN,
  'POST /v1/payouts/{id}/propose': LOAN,
  'POST /v1/payouts/{id}/approve': LOAN,
  'GET /v1/operator-cases': ['case'],
  'POST /v1/operator-cases/{id}/propose': LOAN,
  'POST /v1/operator-cases/{id}/approve': LOAN,
  'GET /v1/operator-cases/{id}/corrections': ['case'],
  'POST /v1/operator-cases/{id}/corrections': ['case'],
  'GET /v1/operations/failures': ['case'],
  'GET /v1/operations/bulk-retries': ['case'],
  'POST /v1/operations/bulk-retries': ['case'],
  'GET /v1/operations/bulk-retries/{id}': ['case'],
  'POST /v1/operations/bulk-retries/{id}/approve': ['case'],
  'POST /v1/operations/bulk-retries/{id}/reject': ['case'],
  'GET /v1/me/data': ['form', 'letter', 'loan'],
  'POST /v1/rights-requests': LOAN,
  'GET /v1/rights-requests': LOAN,
  'GET /v1/rights-requests/{id}': ['loan', 'request'],
  'GET /v1/rights-requests/{id}/pdf': ['paper'],
  'POST /v1/rights-requests/{id}/propose': LOAN,
  'POST /v1/rights-requests/{id}/approve': LOAN,
  'POST /v1/bureau-queries': LOAN,
  'POST /v1/bureau-queries/{id}/approve': LOAN,
  'GET /v1/bureau-queries': ['evidence'],
  'GET /v1/bureau-queries/proposals': ['evidence'],
  'GET /v1/bureau-queries/weekly-reports': ['evidence'],
  'POST /v1/objections': LOAN,
  'GET /v1/objections': LOAN,
  'GET /v1/objections/{id}': LOAN,
  'POST /v1/objections/{id}/claim': LOAN,
  'POST /v1/objections/{id}/release': LOAN,
  'POST /v1/objections/{id}/steal': LOAN,
  'POST /v1/objections/{id}/answer': LOAN,
  'POST /v1/webhooks/bank': NOTHING,
  'POST /v1/calculations/schedule': NOTHING,
  'POST /v1/calculations/apr': NOTHING,
};

/** What one role may do with one route. */
export interface Cell {
  readonly route: RouteKey;
  readonly role: Role;
  readonly rows: Rows;
  readonly data: readonly { readonly kind: DataKind; readonly sight: Sight }[];
}

/** The cell of a role and a route; null when the role may not call it. Open routes have no cells: they know no role. */
export function cellOf(route: RouteKey, role: Role): Cell | null {
  const access = accessOf(route);
  if (typeof access === 'string' || !access.includes(role)) return null;
  const { rows, data } = SIGHTS[role];
  return {
    route,
    role,
    rows,
    data: ROUTE_DATA[route].flatMap((kind) => {
      const sight = data[kind];
      return sight === undefined ? [] : [{ kind, sight }];
    }),
  };
}

/** Every route of the matrix. */
export const routes = (): readonly RouteKey[] =>
  Object.keys(PERMISSIONS).filter((key): key is RouteKey => key in ROUTE_DATA);

/** The whole matrix, row by row. */
export const MATRIX: readonly Cell[] = routes().flatMap((route) =>
  ROLES.flatMap((role) => {
    const cell = cellOf(route, role);
    return cell === null ? [] : [cell];
  }),
);
