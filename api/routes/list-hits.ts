/** Hits on lists: one person says whether the applicant is the listed person, another decides; the applicant hears nothing. */
import { readApplication } from '../../db/queries/apply.ts';
import {
  hasOpenProposal,
  proposeListAct,
  readListHit,
  readListHits,
  readListProposal,
} from '../../db/queries/lists.ts';
import { recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { refuseOwnApplication } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { listHits, listProposal, newDisposition } from '../schemas/lists.ts';
import { hitOf, proposalOf } from '../views/lists.ts';

const HITS_MOST = 200;
const tags = ['lists'];

const list = defineRoute('GET /v1/list-hits', {
  summary: 'Hits on lists that two people have not yet judged, the oldest first',
  tags,
  responses: { 200: jsonAnswer('The hits', listHits) },
});
const propose = defineRoute('POST /v1/list-hits/{id}/propose', {
  summary: 'Propose whether the applicant is the listed person; another person decides',
  description:
    'While a hit is not found to be somebody else, the application cannot be approved. Nothing of it is ever told to the applicant.',
  tags,
  request: { params: idParam, body: jsonBody(newDisposition) },
  responses: { 200: jsonAnswer('The proposal', listProposal) },
});

async function proposeDisposition(
  c: AppContext,
  hitId: string,
  { outcome, reason }: typeof newDisposition._output,
): Promise<string> {
  const id = derivedId(actKeyOf(c), 'list-disposition');
  await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      const hit = await readListHit(tx, hitId);
      if (hit === undefined) throw new ApiProblem('NOT_FOUND');
      const application = await readApplication(tx, hit.applicationId);
      if (application !== undefined) refuseOwnApplication(c, application.owner_subject);
      if (hit.disposition !== null) throw new ApiProblem('ALREADY_DECIDED');
      if (await hasOpenProposal(tx, { hitId })) throw new ApiProblem('ALREADY_PROPOSED');
      const by = callerOf(c).subject;
      await proposeListAct(tx, { id, act: outcome, entryId: null, hitId, reason, by });
      await recordDeed(c, tx, {
        action: 'list.propose-disposition',
        subjectKind: 'list-hit',
        subjectId: hitId,
        result: 'DONE',
        reason,
        detail: { outcome, application: hit.applicationId },
      });
    });
  return id;
}

export function registerListHits(app: App): void {
  app.openapi(list, async (c) => {
    const rows = await readListHits(c.get('deps').db, null, HITS_MOST);
    return c.json({ items: rows.map(hitOf) }, 200);
  });

  app.openapi(propose, async (c) => {
    const id = await proposeDisposition(c, c.req.valid('param').id, c.req.valid('json'));
    const proposal = await readListProposal(c.get('deps').db, id);
    if (proposal === undefined) throw new ApiProblem('NOT_FOUND');
    return c.json(proposalOf(proposal), 200);
  });
}
