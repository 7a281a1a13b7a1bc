/** The people at the desk: who is there, their limits, and authority lent for a time. */
import {
  decideAuthorityChange,
  decideDelegation,
  endDelegation,
  keepDeskPerson,
  listAuthorityChanges,
  listDelegations,
  listDeskPeople,
  proposeAuthorityChange,
  proposeDelegation,
  setAway,
} from '../../db/queries/desk-people.ts';
import { isDeskRole } from '../../domain/desk-kinds.ts';
import { fen } from '../../domain/money.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { writeDeskDeed } from '../desk-deeds.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import {
  absence,
  authorityChanges,
  delegations,
  deskPeople,
  newAuthority,
  newDelegation,
  presence,
  secondDecision,
} from '../schemas/desk.ts';
import { changeOf, delegationOf, personOf } from '../views/desk.ts';
import { noBody } from '../schemas/money.ts';

const MOST = 200;
const tags = ['desk'];
const roster = { 200: jsonAnswer('Everybody at the desk', deskPeople) };
const changes = { 200: jsonAnswer('Changes of limits, newest first', authorityChanges) };
const lent = { 200: jsonAnswer('What is proposed or in force', delegations) };

const people = defineRoute('GET /v1/desk-people', {
  summary: 'The roster: roles, limits, how much everybody holds, who is away',
  tags,
  responses: roster,
});
const arrive = defineRoute('POST /v1/desk-people/presence', {
  summary: 'Come to the desk, to be given tasks, or leave it; in the roles one signs in with',
  tags,
  request: { body: jsonBody(presence) },
  responses: roster,
});
const leave = defineRoute('POST /v1/desk-people/absence', {
  summary: 'Say from when until when one is out of office; null ends it',
  tags,
  request: { body: jsonBody(absence) },
  responses: roster,
});
const listChanges = defineRoute('GET /v1/authority-changes', {
  summary: 'Changes of personal limits and capacities',
  tags,
  responses: changes,
});
const proposeChange = defineRoute('POST /v1/authority-changes', {
  summary: 'Propose another limit or capacity for a person',
  description: 'It waits for a second person, who is neither the proposer nor the one it is about.',
  tags,
  request: { body: jsonBody(newAuthority) },
  responses: changes,
});
const decideChange = defineRoute('POST /v1/authority-changes/{id}/decide', {
  summary: 'Decide what another person proposed',
  tags,
  request: { params: idParam, body: jsonBody(secondDecision) },
  responses: changes,
});
const listLent = defineRoute('GET /v1/delegations', {
  summary: 'Authority that is lent: proposed, or in force until its end',
  tags,
  responses: lent,
});
const lend = defineRoute('POST /v1/delegations', {
  summary: 'Propose to lend authority to a colleague for a time',
  description: 'It waits for a second person, who neither proposed it nor lends nor borrows.',
  tags,
  request: { body: jsonBody(newDelegation) },
  responses: lent,
});
const decideLent = defineRoute('POST /v1/delegations/{id}/decide', {
  summary: 'Decide what another person proposed',
  tags,
  request: { params: idParam, body: jsonBody(secondDecision) },
  responses: lent,
});
const endLent = defineRoute('POST /v1/delegations/{id}/end', {
  summary: 'End lent authority before its time',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: lent,
});

const showRoster = async (c: AppContext) => ({
  items: (await listDeskPeople(c.get('deps').db)).map(personOf),
});
const showChanges = async (c: AppContext) => ({
  items: (await listAuthorityChanges(c.get('deps').db, null, MOST)).map(changeOf),
});
const showLent = async (c: AppContext) => {
  const { db, now } = c.get('deps');
  return { items: (await listDelegations(db, now(), MOST)).map(delegationOf) };
};

function registerRoster(app: App): void {
  app.openapi(people, async (c) => c.json(await showRoster(c), 200));

  app.openapi(arrive, async (c) => {
    const { onDesk } = c.req.valid('json');
    const { subject } = callerOf(c);
    // Roles are those of the token: nobody writes themselves more authority than they sign in with.
    const roles = (c.get('principal')?.roles ?? []).filter((role) => isDeskRole(role));
    await writeDeskDeed(c, { action: onDesk ? 'desk.arrive' : 'desk.leave', id: subject }, (tx) =>
      keepDeskPerson(tx, { subject, roles, onDesk }),
    );
    return c.json(await showRoster(c), 200);
  });

  app.openapi(leave, async (c) => {
    const said = c.req.valid('json');
    const caller = callerOf(c);
    const subject = said.subject ?? caller.subject;
    if (subject !== caller.subject && caller.role !== 'risk-officer')
      throw new ApiProblem('ROLE_MISSING');
    const away =
      said.from === null || said.until === null
        ? null
        : { from: new Date(said.from), until: new Date(said.until) };
    await writeDeskDeed(c, { action: 'desk.absence', id: subject, refusal: 'NOT_FOUND' }, (tx) =>
      setAway(tx, subject, away),
    );
    return c.json(await showRoster(c), 200);
  });
}

function registerLimits(app: App): void {
  app.openapi(listChanges, async (c) => c.json(await showChanges(c), 200));

  app.openapi(proposeChange, async (c) => {
    const said = c.req.valid('json');
    const id = derivedId(actKeyOf(c), 'authority-change');
    const { reason } = said;
    await writeDeskDeed(c, { action: 'authority.propose', id, reason }, (tx) =>
      proposeAuthorityChange(tx, {
        ...said,
        id,
        limitFen: said.limitFen === null ? null : fen(said.limitFen),
        proposedBy: callerOf(c).subject,
      }),
    );
    return c.json(await showChanges(c), 200);
  });

  app.openapi(decideChange, async (c) => {
    const { id } = c.req.valid('param');
    const { outcome: state } = c.req.valid('json');
    const by = callerOf(c).subject;
    await writeDeskDeed(c, { action: `authority.${state.toLowerCase()}`, id }, (tx) =>
      decideAuthorityChange(tx, { id, by, state }),
    );
    return c.json(await showChanges(c), 200);
  });
}

function registerLent(app: App): void {
  app.openapi(listLent, async (c) => c.json(await showLent(c), 200));

  app.openapi(lend, async (c) => {
    const said = c.req.valid('json');
    const caller = callerOf(c);
    const from = said.from ?? caller.subject;
    if (from !== caller.subject && caller.role !== 'risk-officer')
      throw new ApiProblem('ROLE_MISSING');
    if (from === said.to) throw new ApiProblem('SAME_PERSON_TWICE');
    const id = derivedId(actKeyOf(c), 'delegation');
    const { to, role, reason } = said;
    await writeDeskDeed(c, { action: 'delegation.propose', id, reason }, (tx) =>
      proposeDelegation(tx, {
        id,
        from,
        to,
        role,
        reason,
        limitFen: fen(said.limitFen),
        startsAt: new Date(said.startsAt),
        endsAt: new Date(said.endsAt),
        proposedBy: caller.subject,
      }),
    );
    return c.json(await showLent(c), 200);
  });

  app.openapi(decideLent, async (c) => {
    const { id } = c.req.valid('param');
    const { outcome: state } = c.req.valid('json');
    const by = callerOf(c).subject;
    await writeDeskDeed(c, { action: `delegation.${state.toLowerCase()}`, id }, (tx) =>
      decideDelegation(tx, { id, by, state }),
    );
    return c.json(await showLent(c), 200);
  });

  app.openapi(endLent, async (c) => {
    const { id } = c.req.valid('param');
    const { now } = c.get('deps');
    await writeDeskDeed(c, { action: 'delegation.end', id }, (tx) => endDelegation(tx, id, now()));
    return c.json(await showLent(c), 200);
  });
}

export function registerDeskPeople(app: App): void {
  registerRoster(app);
  registerLimits(app);
  registerLent(app);
}
