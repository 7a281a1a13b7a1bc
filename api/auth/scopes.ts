/** What an integrator's client may be granted, and which scope each of its routes asks for. */
import type { RouteKey } from '../permissions.ts';

/** In words an integrator's own security people would use: reading, filling in, binding a person, and money lent. */
export const SCOPES = [
  'applications:read',
  'applications:write',
  'authorisations:write',
  'contracts:write',
  'loans:read',
] as const;
export type Scope = (typeof SCOPES)[number];

export const isScope = (text: string): text is Scope =>
  (SCOPES as readonly string[]).includes(text);

/** Scope by route; a route that is not here is closed to clients whatever their scopes. */
const ROUTE_SCOPES: Readonly<Partial<Record<RouteKey, Scope>>> = {
  'POST /v1/applications': 'applications:write',
  'GET /v1/applications': 'applications:read',
  'GET /v1/applications/{id}': 'applications:read',
  'PATCH /v1/applications/{id}/pages/1': 'applications:write',
  'PATCH /v1/applications/{id}/pages/2': 'applications:write',
  'PATCH /v1/applications/{id}/pages/3': 'applications:write',
  'PUT /v1/applications/{id}/face': 'applications:write',
  'POST /v1/applications/{id}/id-card': 'applications:write',
  'POST /v1/applications/{id}/business-licence': 'applications:write',
  'PUT /v1/applications/{id}/trail': 'applications:write',
  'POST /v1/applications/{id}/submit': 'applications:write',
  'POST /v1/applications/{id}/withdraw': 'applications:write',
  'POST /v1/applications/{id}/information': 'applications:write',
  'GET /v1/applications/{id}/timeline': 'applications:read',
  'GET /v1/applications/{id}/offer': 'applications:read',
  'GET /v1/applications/{id}/tranches': 'applications:read',
  'POST /v1/applications/{id}/tranches/give-up': 'applications:write',
  'GET /v1/applications/{id}/conditions': 'applications:read',
  'POST /v1/conditions/{id}/answer': 'applications:write',
  'POST /v1/authorisations': 'authorisations:write',
  'GET /v1/authorisations/{id}': 'applications:read',
  'GET /v1/authorisations/{id}/pdf': 'applications:read',
  'POST /v1/authorisations/{id}/agree': 'authorisations:write',
  'POST /v1/authorisations/{id}/withdraw': 'authorisations:write',
  'GET /v1/offers/{id}': 'applications:read',
  'POST /v1/offers/{id}/accept': 'contracts:write',
  'POST /v1/offers/{id}/decline': 'contracts:write',
  'GET /v1/contracts/{id}': 'applications:read',
  'GET /v1/contracts/{id}/pdf': 'applications:read',
  'POST /v1/contracts/{id}/recordings': 'contracts:write',
  'POST /v1/contracts/{id}/disclosures': 'contracts:write',
  'GET /v1/contracts/{id}/disclosure/pdf': 'applications:read',
  'GET /v1/contracts/{id}/schedule/pdf': 'applications:read',
  'POST /v1/disclosures/{id}/confirm': 'contracts:write',
  'POST /v1/applications/{id}/decline-notice': 'applications:write',
  'GET /v1/applications/{id}/decline-notice/pdf': 'applications:read',
  'POST /v1/loans/{id}/settlement-certificate': 'applications:write',
  'GET /v1/loans/{id}/settlement-certificate/pdf': 'loans:read',
  'GET /v1/contracts/{id}/sealed-pdf': 'applications:read',
  'POST /v1/contracts/{id}/signing-codes': 'contracts:write',
  'POST /v1/contracts/{id}/sign': 'contracts:write',
  'POST /v1/applications/{id}/co-signers': 'contracts:write',
  'GET /v1/applications/{id}/co-signers': 'applications:read',
  'PUT /v1/recordings/{id}/chunks/{n}': 'contracts:write',
  'GET /v1/recordings/{id}': 'applications:read',
  'POST /v1/recordings/{id}/segments': 'contracts:write',
  'POST /v1/recordings/{id}/complete': 'contracts:write',
  'POST /v1/contracts/{id}/evidence': 'contracts:write',
  'GET /v1/evidence/{id}': 'applications:read',
  'GET /v1/evidence/{id}/bundle': 'applications:read',
  'GET /v1/loans': 'loans:read',
  'GET /v1/loans/{id}': 'loans:read',
  'GET /v1/loans/{id}/quote': 'loans:read',
  'POST /v1/loans/{id}/prepayments': 'applications:write',
  'GET /v1/decisions/{id}': 'applications:read',
  'POST /v1/decisions/{id}/human-review': 'applications:write',
  'GET /v1/applications/{id}/corrections': 'applications:read',
  'POST /v1/applications/{id}/correction-requests': 'applications:write',
  'POST /v1/objections': 'applications:write',
  'GET /v1/objections': 'applications:read',
  'GET /v1/objections/{id}': 'applications:read',
  'POST /v1/rights-requests': 'applications:write',
  'GET /v1/rights-requests': 'applications:read',
  'GET /v1/rights-requests/{id}': 'applications:read',
  'GET /v1/rights-requests/{id}/pdf': 'applications:read',
};

/** The scope a client needs for the route, or undefined where no client may go. */
export const scopeOf = (key: RouteKey): Scope | undefined => ROUTE_SCOPES[key];
