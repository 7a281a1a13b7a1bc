/** The fraud assessment of an application: its signals with what they saw, the graph around it, and hits on lists. */
import { readApplication } from '../../db/queries/apply.ts';
import { readAssessment } from '../../db/queries/fraud.ts';
import { readListHits } from '../../db/queries/lists.ts';
import { beginReadRecord } from '../audit.ts';
import type { AppContext } from '../deps.ts';
import { visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer } from '../schemas/common.ts';
import { fraudView, storedAssessment } from '../schemas/fraud.ts';
import { iso } from '../times.ts';
import { hitOf } from '../views/lists.ts';

const HITS_MOST = 100;

const read = defineRoute('GET /v1/applications/{id}/fraud', {
  summary: 'Read the newest fraud assessment: signals, the graph around the person, hits on lists',
  description:
    'The graph is as it was when it was assessed. Other people are opaque ids in it; nothing of theirs is shown.',
  tags: ['reviews'],
  request: { params: idParam },
  responses: { 200: jsonAnswer('The assessment', fraudView) },
});

async function show(c: AppContext, id: string) {
  const { db } = c.get('deps');
  visible(c, await readApplication(db, id));
  beginReadRecord(c, id);
  const row = await readAssessment(db, id);
  if (row === undefined) throw new ApiProblem('NOT_FOUND');
  const hits = await readListHits(db, id, HITS_MOST);
  const { level, round, at } = row;
  const stored = storedAssessment.parse(row.signals);
  return { applicationId: id, round, level, at: iso(at), ...stored, hits: hits.map(hitOf) };
}

export function registerFraud(app: App): void {
  app.openapi(read, async (c) => c.json(await show(c, c.req.valid('param').id), 200));
}
