/** Decisions: what was decided and why, in the words its reader may have. */
import { readDecision } from '../../db/queries/reads/reviews.ts';
import { beginReadRecord } from '../audit.ts';
import { callerOf } from '../deps.ts';
import { visible } from '../ownership.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer } from '../schemas/common.ts';
import { decisionView } from '../schemas/reviews.ts';
import { sightOf } from '../sight.ts';
import { decisionOf } from '../views/reviews.ts';

const read = defineRoute('GET /v1/decisions/{id}', {
  summary: 'Read a decision',
  description: 'Staff read codes, rules and versions; the applicant reads reasons in plain words.',
  tags: ['decide'],
  request: { params: idParam },
  responses: { 200: jsonAnswer('The decision', decisionView) },
});

export function registerDecisions(app: App): void {
  app.openapi(read, async (c) => {
    const row = visible(c, await readDecision(c.get('deps').db, c.req.valid('param').id));
    beginReadRecord(c, row.application_id);
    const withEvidence = sightOf(callerOf(c).role, 'evidence') !== null;
    return c.json(decisionOf(row, withEvidence, c.get('language')), 200);
  });
}
