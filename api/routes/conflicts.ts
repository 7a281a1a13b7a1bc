/** Ties that people of ours declare to persons, and how one that is over is ended: by one who says so and another who agrees. */
import {
  decideConflictEnd,
  declareConflict,
  listConflictEnds,
  listConflicts,
  proposeConflictEnd,
} from '../../db/queries/conflicts.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { writeDeskDeed } from '../desk-deeds.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import {
  conflictEnd,
  conflictEnds,
  conflictQuery,
  conflicts,
  newConflict,
  secondDecision,
} from '../schemas/desk.ts';
import { conflictEndOf, conflictOf } from '../views/desk.ts';

const MOST = 200;
const tags = ['desk'];
const ties = { 200: jsonAnswer('Declarations, newest first', conflicts) };
const endings = {
  200: jsonAnswer('What is proposed to be ended, and what became of it', conflictEnds),
};

const list = defineRoute('GET /v1/conflicts', {
  summary: "The caller's own declared ties to persons; compliance may ask for a colleague's",
  tags,
  request: { query: conflictQuery },
  responses: ties,
});
const declare = defineRoute('POST /v1/conflicts', {
  summary: 'Declare a tie to a person: one never decides on their applications',
  description: 'The identity number is kept as a keyed index and never shown again.',
  tags,
  request: { body: jsonBody(newConflict) },
  responses: ties,
});
const propose = defineRoute('POST /v1/conflicts/{id}/end', {
  summary: 'Say that a declared tie is over: one of your own, or as compliance a colleague’s',
  description: 'It holds on until compliance agrees, and stays on the record when it has ended.',
  tags,
  request: { params: idParam, body: jsonBody(conflictEnd) },
  responses: ties,
});
const listEnds = defineRoute('GET /v1/conflict-endings', {
  summary: 'Ties that somebody says are over: proposed ones first',
  tags,
  responses: endings,
});
const decide = defineRoute('POST /v1/conflict-endings/{id}/decide', {
  summary: 'Agree or not that a tie is over; neither who proposed it nor who declared it may',
  tags,
  request: { params: idParam, body: jsonBody(secondDecision) },
  responses: endings,
});

const show = async (c: AppContext, subject: string) => ({
  items: (await listConflicts(c.get('deps').db, subject)).map(conflictOf),
});
const showEnds = async (c: AppContext) => ({
  items: (await listConflictEnds(c.get('deps').db, MOST)).map(conflictEndOf),
});

export function registerConflicts(app: App): void {
  app.openapi(list, async (c) => {
    const caller = callerOf(c);
    const { subject = caller.subject } = c.req.valid('query');
    if (subject !== caller.subject && caller.role !== 'compliance')
      throw new ApiProblem('ROLE_MISSING');
    return c.json(await show(c, subject), 200);
  });

  app.openapi(declare, async (c) => {
    const { idNumber, relation } = c.req.valid('json');
    const id = derivedId(actKeyOf(c), 'conflict');
    const { subject } = callerOf(c);
    const identityIndex = c.get('deps').vault.blindIndex('id_number', idNumber);
    await writeDeskDeed(c, { action: 'conflict.declare', id }, (tx) =>
      declareConflict(tx, { id, subject, identityIndex, relation }),
    );
    return c.json(await show(c, subject), 200);
  });

  app.openapi(propose, async (c) => {
    const { id: conflictId } = c.req.valid('param');
    const { reason } = c.req.valid('json');
    const { subject: by } = callerOf(c);
    const id = derivedId(actKeyOf(c), 'conflict-end');
    await writeDeskDeed(c, { action: 'conflict.propose-end', id: conflictId, reason }, (tx) =>
      proposeConflictEnd(tx, { id, conflictId, reason, by }),
    );
    return c.json(await show(c, by), 200);
  });

  app.openapi(listEnds, async (c) => c.json(await showEnds(c), 200));

  app.openapi(decide, async (c) => {
    const { id } = c.req.valid('param');
    const { outcome: state } = c.req.valid('json');
    const { subject: by } = callerOf(c);
    await writeDeskDeed(c, { action: `conflict.end-${state.toLowerCase()}`, id }, (tx) =>
      decideConflictEnd(tx, { id, by, state }),
    );
    return c.json(await showEnds(c), 200);
  });
}
