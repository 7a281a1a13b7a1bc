/** The routes whose answers hold personal data, as data: every answer they give is on the audit trail before it is given. */
import type { RouteKey } from './permissions.ts';

/**
 * Read routes by key, with the verb of the entry; a list that shows no personal data is not here. The entry names the application and
 * is begun by the handler (beginReadRecord); an answer without one does not leave.
 */
export const PERSONAL_READS: Readonly<Partial<Record<RouteKey, string>>> = {
  'GET /v1/applications/{id}': 'application.view',
  'GET /v1/applications/{id}/corrections': 'correction.view',
  'GET /v1/authorisations/{id}': 'authorisation.view',
  'GET /v1/authorisations/{id}/pdf': 'authorisation.view-pdf',
  // What is held against a person is about the person, in codes as in words.
  'GET /v1/decisions/{id}': 'decision.view',
  'GET /v1/decision-reviews/{id}': 'decision-review.view',
  'POST /v1/decision-reviews/{id}/claim': 'decision-review.view',
  'POST /v1/decision-reviews/{id}/decide': 'decision-review.view',
  'GET /v1/applications/{id}/fraud': 'fraud.view',
  'GET /v1/contracts/{id}/pdf': 'contract.view-pdf',
  'GET /v1/contracts/{id}/sealed-pdf': 'contract.view-pdf',
  'GET /v1/contracts/{id}/disclosure/pdf': 'disclosure.view-pdf',
  'GET /v1/co-signings/{id}/pdf': 'contract.view-pdf',
  'GET /v1/co-signings/{id}/disclosure/pdf': 'disclosure.view-pdf',
  'GET /v1/contracts/{id}/schedule/pdf': 'schedule.view-pdf',
  'GET /v1/applications/{id}/decline-notice/pdf': 'decline-notice.view-pdf',
  'GET /v1/loans/{id}/settlement-certificate/pdf': 'settlement-certificate.view-pdf',
  'GET /v1/evidence/{id}/bundle': 'evidence.fetch',
  // The script is filled with the terms of the person's loan.
  'GET /v1/recordings/{id}': 'recording.view',
  'GET /v1/recordings/{id}/media': 'recording.play',
  'GET /v1/reviews/{id}': 'review.view',
  'GET /v1/rights-requests/{id}': 'rights.view',
  'GET /v1/objections/{id}': 'objection.view',
  'GET /v1/rights-requests/{id}/pdf': 'rights.view-pdf',
};
