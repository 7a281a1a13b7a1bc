/** The lender's lists: one person proposes that an entry comes or ends, another decides; nothing is ever rewritten. */
import { randomUUID } from 'node:crypto';
import {
  addListEntry,
  decideListProposal,
  hasOpenProposal,
  type NewListEntry,
  openListProposals,
  proposeListAct,
  readListEntries,
  readListEntry,
  readListProposal,
} from '../../db/queries/lists.ts';
import { nameKeys, readName } from '../../domain/names.ts';
import { recordDeed } from '../audit.ts';
import { cutPage, readCursor } from '../cursor.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import {
  endQuery,
  entriesQuery,
  entryParam,
  listDecision,
  listEntries,
  listEntry,
  listParam,
  listProposal,
  listProposals,
  newListEntry,
} from '../schemas/lists.ts';
import { entryOf, proposalOf } from '../views/lists.ts';

const PROPOSALS_MOST = 200;
const tags = ['lists'];

const list = defineRoute('GET /v1/lists/{kind}/entries', {
  summary: 'Entries of a list, newest first',
  description:
    'Values are kept as keyed indexes and not shown; names of sanctions lists are public.',
  tags,
  request: { params: listParam, query: entriesQuery },
  responses: { 200: jsonAnswer('A page', listEntries) },
});
const add = defineRoute('POST /v1/lists/{kind}/entries', {
  summary: 'Propose an entry; it holds once another person has approved it',
  tags,
  request: { params: listParam, body: jsonBody(newListEntry) },
  responses: { 201: jsonAnswer('The entry, as proposed', listEntry) },
});
const end = defineRoute('DELETE /v1/lists/{kind}/entries/{id}', {
  summary: 'Propose that an entry ends; it holds until another person has approved that',
  tags,
  request: { params: entryParam, query: endQuery },
  responses: { 200: jsonAnswer('The proposal', listProposal) },
});
const open = defineRoute('GET /v1/list-proposals', {
  summary: 'What waits for a second person, the oldest first',
  tags,
  responses: { 200: jsonAnswer('The proposals', listProposals) },
});
const decide = defineRoute('POST /v1/list-proposals/{id}/decide', {
  summary: 'Decide what another person proposed about an entry or a hit',
  tags,
  request: { params: idParam, body: jsonBody(listDecision) },
  responses: { 200: jsonAnswer('The proposal, as decided', listProposal) },
});

type Arrived = typeof newListEntry._output;

/** The value of an entry as it is kept: a keyed index, or on sanctions lists a name with its syllables. */
function keptValue(c: AppContext, entry: Arrived) {
  if (entry.subject === 'NAME') {
    const { subject, name, birthDate, sex } = entry;
    return { subject, name, nameKeys: nameKeys(readName(name)), birthDate, sex, valueIndex: null };
  }
  const { subject, value } = entry;
  const valueIndex = c.get('deps').vault.blindIndex(subject.toLowerCase(), value);
  return { subject, name: null, nameKeys: [], birthDate: null, sex: null, valueIndex };
}

async function propose(c: AppContext, kind: NewListEntry['kind'], arrived: Arrived) {
  if (arrived.subject === 'NAME' && kind !== 'SANCTIONS') throw new ApiProblem('NAME_ON_SANCTIONS');
  const key = actKeyOf(c);
  const id = derivedId(key, 'list-entry');
  const { source, reason, listedOn, appeal, expiresOn } = arrived;
  const facts = { id, kind, source, reason, listedOn, appeal, expiresOn };
  await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      await addListEntry(tx, { ...facts, ...keptValue(c, arrived) });
      await proposeListAct(tx, {
        id: derivedId(key, 'list-proposal'),
        act: 'ADD',
        entryId: id,
        hitId: null,
        reason,
        by: callerOf(c).subject,
      });
      await recordDeed(c, tx, {
        action: 'list.propose-add',
        subjectKind: 'list-entry',
        subjectId: id,
        result: 'DONE',
        reason,
        detail: { list: kind, subject: arrived.subject },
      });
    });
  return id;
}

async function proposeEnd(c: AppContext, kind: string, entryId: string, reason: string) {
  const id = randomUUID();
  await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      const entry = await readListEntry(tx, entryId);
      if (entry === undefined || entry.kind !== kind) throw new ApiProblem('NOT_FOUND');
      if (entry.state === 'ENDED' || entry.state === 'REFUSED')
        throw new ApiProblem('ALREADY_DECIDED');
      if (await hasOpenProposal(tx, { entryId })) throw new ApiProblem('ALREADY_PROPOSED');
      const by = callerOf(c).subject;
      await proposeListAct(tx, { id, act: 'END', entryId, hitId: null, reason, by });
      await recordDeed(c, tx, {
        action: 'list.propose-end',
        subjectKind: 'list-entry',
        subjectId: entryId,
        result: 'DONE',
        reason,
        detail: { list: kind },
      });
    });
  return id;
}

async function decideOn(c: AppContext, id: string, outcome: 'APPROVED' | 'REFUSED') {
  const by = callerOf(c).subject;
  await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      const proposal = await readListProposal(tx, id);
      if (proposal === undefined) throw new ApiProblem('NOT_FOUND');
      const { proposedBy, act, reason, entryId, hitId } = proposal;
      if (proposedBy === by) throw new ApiProblem('SAME_PERSON_TWICE');
      if (!(await decideListProposal(tx, { proposalId: id, proposedBy, outcome, by })))
        throw new ApiProblem('ALREADY_DECIDED');
      await recordDeed(c, tx, {
        action: 'list.decide',
        subjectKind: 'list-proposal',
        subjectId: id,
        result: 'DONE',
        reason,
        detail: { act, outcome, about: entryId ?? hitId },
      });
    });
}

async function shownProposal(c: AppContext, id: string) {
  const proposal = await readListProposal(c.get('deps').db, id);
  if (proposal === undefined) throw new ApiProblem('NOT_FOUND');
  return proposalOf(proposal);
}

export function registerLists(app: App): void {
  app.openapi(list, async (c) => {
    const { kind } = c.req.valid('param');
    const { cursor, limit } = c.req.valid('query');
    const after = readCursor(cursor);
    const rows = await readListEntries(c.get('deps').db, kind, { after, most: limit + 1 });
    const page = cutPage(rows, limit);
    return c.json({ items: page.rows.map(entryOf), next: page.next }, 200);
  });

  app.openapi(add, async (c) => {
    const id = await propose(c, c.req.valid('param').kind, c.req.valid('json'));
    const entry = await readListEntry(c.get('deps').db, id);
    if (entry === undefined) throw new ApiProblem('NOT_FOUND');
    return c.json(entryOf(entry), 201);
  });

  app.openapi(end, async (c) => {
    const { kind, id } = c.req.valid('param');
    const { reason } = c.req.valid('query');
    return c.json(await shownProposal(c, await proposeEnd(c, kind, id, reason)), 200);
  });

  app.openapi(open, async (c) => {
    const rows = await openListProposals(c.get('deps').db, PROPOSALS_MOST);
    return c.json({ items: rows.map(proposalOf) }, 200);
  });

  app.openapi(decide, async (c) => {
    const { id } = c.req.valid('param');
    await decideOn(c, id, c.req.valid('json').outcome);
    return c.json(await shownProposal(c, id), 200);
  });
}
