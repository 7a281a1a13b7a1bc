/** Contacts with borrowers who are late: allowed or refused by the rules before they are made, and kept either way. */
import {
  beginContact,
  contactHistory,
  liftStop,
  listContacts,
  listStops,
  lockBorrower,
  openStops,
  readContact,
  readStop,
  stopContacts,
  tellContact,
} from '../../db/queries/contacts.ts';
import { listClassChanges, listLoanActs, readStanding } from '../../db/queries/loan-acts.ts';
import { readLoan } from '../../db/queries/reads/money.ts';
import type { Tx } from '../../db/database.ts';
import {
  type ContactAsk,
  type ContactPolicy,
  type ContactRefusal,
  CONTACT_RULES,
  contactRefusals,
  lintScript,
} from '../../domain/contact.ts';
import { businessDate } from '../../platform/clock.ts';
import { recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { refuseClosedLoan, refuseOwnApplication, visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { currentPolicy } from '../rules.ts';
import {
  collectionView,
  contactBegun,
  contactOutcomeView,
  contactRequest,
  contactTold,
  liftRequest,
  stopRequest,
  stopView,
} from '../schemas/collection.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { iso, isoOrNull } from '../times.ts';
import { actView } from './loan-acts.ts';

const tags = ['collection'];
const MOST_SHOWN = 200;
/** More than a person may be tried in many days: enough to count a day and to see what failed in a row. */
const MOST_COUNTED = 500;
const params = idParam;

const look = defineRoute('GET /v1/loans/{id}/collection', {
  summary: "Read a loan's class, acts on it, contacts and stops",
  tags,
  request: { params },
  responses: { 200: jsonAnswer('The collection', collectionView) },
});
const begin = defineRoute('POST /v1/loans/{id}/contacts', {
  summary: 'Ask whether a borrower may be contacted now, and write the attempt down',
  description:
    'Called before the contact is made. A refusal names every rule that forbids it, and is kept on the audit trail.',
  tags,
  request: { params, body: jsonBody(contactRequest) },
  responses: { 200: jsonAnswer('It may be made', contactBegun) },
});
const tell = defineRoute('POST /v1/contacts/{id}/outcome', {
  summary: 'Tell what came of an attempt; until then it counts as one that was not answered',
  tags,
  request: { params, body: jsonBody(contactTold) },
  responses: { 200: jsonAnswer('The outcome', contactOutcomeView) },
});
const stop = defineRoute('POST /v1/loans/{id}/contact-stops', {
  summary: 'Stop contacts while a debt is disputed, a complaint is open or the borrower has died',
  tags,
  request: { params, body: jsonBody(stopRequest) },
  responses: { 200: jsonAnswer('The stop', stopView) },
});
const lift = defineRoute('POST /v1/contact-stops/{id}/lift', {
  summary: "Lift another person's stop",
  tags,
  request: { params, body: jsonBody(liftRequest) },
  responses: { 200: jsonAnswer('The stop', stopView) },
});

/** A loan in sight that is not the caller's own. */
async function loanFor(c: AppContext, tx: Tx, id: string) {
  const loan = visible(c, await readLoan(tx, id));
  refuseOwnApplication(c, loan.owner_subject);
  return loan;
}

/** What forbids the contact, under the lock of the borrower. */
async function refusalsOf(
  c: AppContext,
  tx: Tx,
  loanId: string,
  ask: ContactAsk & { readonly script: string | undefined },
): Promise<readonly ContactRefusal[]> {
  const personId = await lockBorrower(tx, loanId);
  if (personId === undefined) throw new ApiProblem('NOT_FOUND');
  const policy = await currentPolicy(tx, businessDate(c.get('deps').now()));
  const { from, to } = policy('contact.hours');
  const limits: ContactPolicy = {
    hours: [from, to],
    unansweredCallsPerDay: policy('contact.unansweredCallsPerDay'),
    failuresBeforeThirdParty: policy('contact.failuresBeforeThirdParty'),
    visitPeople: policy('contact.visitPeople'),
  };
  const history = await contactHistory(tx, personId, MOST_COUNTED);
  const stops = await openStops(tx, personId, loanId);
  const phrases = ask.script === undefined ? [] : lintScript(ask.script);
  return [
    ...contactRefusals(ask, history, stops, limits),
    ...(phrases.length > 0 ? (['FORBIDDEN_PHRASE'] as const) : []),
  ];
}

const asProblem = (refusals: readonly ContactRefusal[]): ApiProblem =>
  new ApiProblem('CONTACT_REFUSED', {
    errors: refusals.map((code) => ({
      pointer: '',
      code,
      ...CONTACT_RULES[code],
    })),
  });

function registerContacts(app: App): void {
  app.openapi(begin, async (c) => {
    const { db, now } = c.get('deps');
    const { id: loanId } = c.req.valid('param');
    const { script, ...said } = c.req.valid('json');
    const at = now();
    const id = derivedId(actKeyOf(c), 'contact');
    const refusals = await db.transaction().execute(async (tx) => {
      const loan = await loanFor(c, tx, loanId);
      const before = await readContact(tx, id);
      // The same request once more: the attempt stands.
      if (before !== undefined) return [];
      refuseClosedLoan(loan);
      const found = await refusalsOf(c, tx, loanId, { ...said, now: at.getTime(), script });
      const { target } = said;
      // Who is unrelated is refused in any case; the table does not know the word.
      if (found.length === 0 && target !== 'UNRELATED')
        await beginContact(tx, { ...said, target, id, loanId, by: callerOf(c).subject, at });
      // A denial is kept as the contact would have been, although nothing else is written.
      await recordDeed(c, tx, {
        action: 'collection.contact',
        subjectKind: 'loan',
        subjectId: loanId,
        result: found.length === 0 ? 'DONE' : 'DENIED',
        detail: { ...said, contactId: id, refusals: found },
      });
      return found;
    });
    if (refusals.length > 0) throw asProblem(refusals);
    return c.json({ id, loanId, begunAt: iso(at) }, 200);
  });

  app.openapi(tell, async (c) => {
    const { id } = c.req.valid('param');
    const { outcome } = c.req.valid('json');
    const by = callerOf(c).subject;
    await c
      .get('deps')
      .db.transaction()
      .execute(async (tx) => {
        const contact = await readContact(tx, id);
        if (contact === undefined) throw new ApiProblem('NOT_FOUND');
        if (contact.begunBy !== by) throw new ApiProblem('NOT_YOUR_TASK');
        if (!(await tellContact(tx, { id, outcome, by }))) throw new ApiProblem('ALREADY_DECIDED');
        await recordDeed(c, tx, {
          action: 'collection.outcome',
          subjectKind: 'loan',
          subjectId: contact.loanId,
          result: 'DONE',
          detail: { contactId: id, outcome },
        });
      });
    return c.json({ id, outcome }, 200);
  });
}

function registerStops(app: App): void {
  app.openapi(stop, async (c) => {
    const { id: loanId } = c.req.valid('param');
    const { cause, reason } = c.req.valid('json');
    const id = derivedId(actKeyOf(c), 'contact-stop');
    await c
      .get('deps')
      .db.transaction()
      .execute(async (tx) => {
        await loanFor(c, tx, loanId);
        if (!(await stopContacts(tx, { id, loanId, cause, reason, by: callerOf(c).subject })))
          throw new ApiProblem('CONTACT_STOPPED');
        await recordDeed(c, tx, {
          action: 'collection.stop',
          subjectKind: 'loan',
          subjectId: loanId,
          result: 'DONE',
          reason,
          detail: { stopId: id, cause },
        });
      });
    return c.json({ id, loanId }, 200);
  });

  app.openapi(lift, async (c) => {
    const { id } = c.req.valid('param');
    const { reason } = c.req.valid('json');
    const by = callerOf(c).subject;
    const loanId = await c
      .get('deps')
      .db.transaction()
      .execute(async (tx) => {
        const found = await readStop(tx, id);
        if (found === undefined) throw new ApiProblem('NOT_FOUND');
        await loanFor(c, tx, found.loanId);
        if (found.stoppedBy === by) throw new ApiProblem('FOUR_EYES');
        if (!(await liftStop(tx, { id, reason, by }))) throw new ApiProblem('ALREADY_DECIDED');
        await recordDeed(c, tx, {
          action: 'collection.lift',
          subjectKind: 'loan',
          subjectId: found.loanId,
          result: 'DONE',
          reason,
          detail: { stopId: id },
        });
        return found.loanId;
      });
    return c.json({ id, loanId }, 200);
  });
}

export function registerCollection(app: App): void {
  registerContacts(app);
  registerStops(app);

  app.openapi(look, async (c) => {
    const { db, now } = c.get('deps');
    const { id: loanId } = c.req.valid('param');
    visible(c, await readLoan(db, loanId));
    const standing = await readStanding(db, loanId, businessDate(now()));
    if (standing === undefined) throw new ApiProblem('NOT_FOUND');
    const sees = callerOf(c).role;
    const desk = sees !== 'finance-maker' && sees !== 'finance-checker';
    const [acts, classes, contacts, stops] = await Promise.all([
      listLoanActs(db, loanId),
      listClassChanges(db, loanId),
      desk ? listContacts(db, loanId, MOST_SHOWN) : [],
      desk ? listStops(db, loanId) : [],
    ]);
    return c.json(
      {
        loanId,
        tier: standing.tier,
        daysPastDue: standing.daysPastDue,
        writtenOffOn: standing.writtenOffOn,
        acts: acts.map(actView),
        classes: classes.map((one) => ({ ...one })),
        contacts: contacts.map(({ begunAt, ...one }) => ({ ...one, begunAt: iso(begunAt) })),
        stops: stops.map(({ stoppedAt, liftedAt, ...one }) => ({
          ...one,
          stoppedAt: iso(stoppedAt),
          liftedAt: isoOrNull(liftedAt),
        })),
      },
      200,
    );
  });
}
