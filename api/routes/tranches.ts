/** The parts in which a contract is paid out: what became of each, and the borrower's word that no more is wanted. */
import { readApplication } from '../../db/queries/apply.ts';
import { readPlan, readTranches } from '../../db/queries/tranches.ts';
import { drawdownsWorkflowId } from '../../workflows/ids.ts';
import { giveUpTranches } from '../../workflows/messages.ts';
import { actKeyOf, actorOf } from '../deps.ts';
import { visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody, standingSchema } from '../schemas/common.ts';
import { trancheList, tranchesGivenUp } from '../schemas/money.ts';
import { iso } from '../times.ts';

const tags = ['disburse'];

const list = defineRoute('GET /v1/applications/{id}/tranches', {
  summary: 'List the parts in which a contract is paid out',
  description: 'Empty before the first payout, and for a contract that is paid out once.',
  tags,
  request: { params: idParam },
  responses: { 200: jsonAnswer('The parts, in order', trancheList) },
});

const giveUp = defineRoute('POST /v1/applications/{id}/tranches/give-up', {
  summary: 'Give up what is not paid out yet',
  description: 'Every part that nobody has released for good; nothing is owed for it.',
  tags,
  request: { params: idParam, body: jsonBody(tranchesGivenUp) },
  responses: { 200: jsonAnswer('Where the application stands now', standingSchema) },
});

type PlanRow = Awaited<ReturnType<typeof readPlan>>[number];

function noteOf({ loan_id: id, loan_number: number, disbursed_on: disbursedOn }: PlanRow) {
  return id === null || number === null || disbursedOn === null
    ? null
    : { id, number, disbursedOn };
}

function givenUpOf({ given_up_as: as, given_up_reason: reason, given_up_at: at }: PlanRow) {
  return as === null || reason === null || at === null ? null : { as, reason, at: iso(at) };
}

const viewOf = (row: PlanRow) => ({
  number: row.number,
  principalFen: row.principal_fen,
  advancedFen: row.advanced_fen,
  earliestOn: row.earliest_on,
  state: row.state,
  loan: noteOf(row),
  givenUp: givenUpOf(row),
});

export function registerTranches(app: App): void {
  app.openapi(list, async (c) => {
    const { db } = c.get('deps');
    const { id } = visible(c, await readApplication(db, c.req.valid('param').id));
    return c.json({ items: (await readPlan(db, id)).map(viewOf) }, 200);
  });

  app.openapi(giveUp, async (c) => {
    const { db, loans } = c.get('deps');
    const { id } = visible(c, await readApplication(db, c.req.valid('param').id));
    const plan = await readTranches(db, id);
    const isOpen = plan.some(({ state }) => state === 'PLANNED' || state === 'DRAWING');
    if (!isOpen) throw new ApiProblem('NOTHING_UNDRAWN');
    const said = { actor: actorOf(c), key: actKeyOf(c), ...c.req.valid('json') };
    const workflowId = drawdownsWorkflowId(id);
    return c.json(await loans.update(id, giveUpTranches, said, [], workflowId), 200);
  });
}
