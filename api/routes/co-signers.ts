/** Those who sign beside the borrower: named by the applicant, then each by themselves, for the one contract they were asked to sign. */
import type { z } from '@hono/zod-openapi';
import { readApplication, loadPartialForm } from '../../db/queries/apply.ts';
import { namedCoSigners, nameCoSigners, partiesOf, turnsOf } from '../../db/queries/co-signers.ts';
import { readContract as contractOf } from '../../db/queries/contract.ts';
import { readIssuedPaper } from '../../db/queries/issued-papers.ts';
import { coSignerFault, type CoSignerPerson } from '../../domain/co-signing.ts';
import { normaliseIdentifier, parseMobile } from '../../domain/identifiers.ts';
import { normaliseName } from '../../domain/names.ts';
import { businessDate } from '../../platform/clock.ts';
import { coSign } from '../../workflows/messages.ts';
import { recordDeed } from '../audit.ts';
import { CODE_ACCEPTED, personOf } from '../auth/one-time-codes.ts';
import {
  CO_SIGNER_COLUMN,
  type OpenTurn,
  personOfTurn,
  proveIdentity,
  provedTurn,
  turnOf,
} from '../co-signing.ts';
import { assertRead } from '../contract-reading.ts';
import { actKeyOf, actorOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { visible } from '../ownership.ts';
import { answerPdf, pdfContent } from '../pdf-answer.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import {
  coSignerIdentity,
  coSignerList,
  coSignersView,
  coSigning,
  turnsView,
  turnView,
} from '../schemas/co-signers.ts';
import { idParam, jsonAnswer, jsonBody, standingSchema } from '../schemas/common.ts';
import { signingCodeRequest } from '../schemas/papers.ts';
import { codeAccepted } from '../schemas/sign-in.ts';
import { proveIntent, sendSigningCode } from '../signing-codes.ts';
import { iso } from '../times.ts';

const tags = ['co-signers'];

const name = defineRoute('POST /v1/applications/{id}/co-signers', {
  summary: 'Name who signs beside the borrower, before the offer is accepted',
  tags,
  request: { params: idParam, body: jsonBody(coSignerList) },
  responses: { 200: jsonAnswer('Who is named', coSignersView) },
});

const list = defineRoute('GET /v1/applications/{id}/co-signers', {
  summary: 'Who signs beside the borrower, and how far they are; no names',
  tags,
  request: { params: idParam },
  responses: { 200: jsonAnswer('Who is named', coSignersView) },
});

const turns = defineRoute('GET /v1/co-signings', {
  summary: 'Contracts that the caller was asked to sign beside their borrower',
  tags,
  responses: { 200: jsonAnswer('The turns that have come', turnsView) },
});

const prove = defineRoute('POST /v1/co-signings/{id}/identity', {
  summary: 'Prove who one is, and consent to have it checked',
  description: 'Name and number of identity card as the borrower named them; five tries in all.',
  tags,
  request: { params: idParam, body: jsonBody(coSignerIdentity) },
  responses: { 200: jsonAnswer('The turn', turnView) },
});

const contractPdf = defineRoute('GET /v1/co-signings/{id}/pdf', {
  summary: 'The contract as PDF; its SM3 is the digest to sign',
  tags,
  request: { params: idParam },
  responses: pdfContent('The PDF'),
});

const costsPdf = defineRoute('GET /v1/co-signings/{id}/disclosure/pdf', {
  summary: 'The cost disclosure of the contract as PDF',
  tags,
  request: { params: idParam },
  responses: pdfContent('The PDF'),
});

const sendCode = defineRoute('POST /v1/co-signings/{id}/signing-codes', {
  summary: 'Send the co-signer a code for signing this contract as it was shown',
  tags,
  request: { params: idParam, body: jsonBody(signingCodeRequest) },
  responses: { 202: jsonAnswer('Sent', codeAccepted) },
});

const sign = defineRoute('POST /v1/co-signings/{id}/sign', {
  summary: 'Sign the contract beside its borrower',
  tags,
  request: { params: idParam, body: jsonBody(coSigning) },
  responses: { 200: jsonAnswer('Where the application stands now', standingSchema) },
});

const decline = defineRoute('POST /v1/co-signings/{id}/decline', {
  summary: 'Refuse to sign: the contract is void and the application ends',
  tags,
  request: { params: idParam },
  responses: { 200: jsonAnswer('Where the application stands now', standingSchema) },
});

/** The database holds the list as it stands once the offer is accepted, whatever was read before. */
const isFixed = (error: unknown): boolean =>
  error instanceof Error &&
  'constraint' in error &&
  error.constraint === 'co_signers_before_contract';

async function keepNamed(c: AppContext, id: string, said: z.infer<typeof coSignerList>) {
  const deps = c.get('deps');
  const { db, vault, now } = deps;
  const application = visible(c, await readApplication(db, id));
  const cipher = await vault.of(db, id);
  const persons = said.coSigners.map(
    ({ role, ...person }): CoSignerPerson & { role: typeof role } => {
      const mobile = parseMobile(person.mobile);
      return {
        role,
        name: normaliseName(person.name),
        idNumber: normaliseIdentifier(person.idNumber),
        mobile: mobile.ok ? mobile.number : '',
      };
    },
  );
  const { identity } = await loadPartialForm(db, cipher, id);
  const fault = coSignerFault(persons, identity, businessDate(now()));
  if (fault !== null) throw new ApiProblem('CO_SIGNER_UNFIT', { fault: fault.fault });
  const act = actKeyOf(c);
  const rows = persons.map(({ role, ...person }, at) => {
    const rowId = derivedId(act, `co-signer-${at + 1}`);
    return {
      id: rowId,
      applicationId: id,
      ownerSubject: application.owner_subject,
      position: at + 1,
      role,
      subject: personOf(deps, person.mobile),
      sealedPerson: cipher.sealJson(CO_SIGNER_COLUMN, rowId, person),
    };
  });
  try {
    await db.transaction().execute(async (tx) => {
      const known = await namedCoSigners(tx, id);
      if (known.length > 0 && known[0]?.id === rows[0]?.id) return;
      await nameCoSigners(tx, id, rows, now());
      const detail = { roles: rows.map(({ role }) => role) };
      const about = { subjectKind: 'application', subjectId: id, result: 'DONE' } as const;
      await recordDeed(c, tx, { ...about, action: 'co-signers.name', detail });
    });
  } catch (error) {
    throw isFixed(error) ? new ApiProblem('CO_SIGNERS_FIXED') : error;
  }
}

async function coSignersOf(c: AppContext, id: string) {
  const { db } = c.get('deps');
  visible(c, await readApplication(db, id));
  const contract = await contractOf(db, id);
  const open = contract === undefined ? [] : await partiesOf(db, contract.id);
  const named = await namedCoSigners(db, id);
  const stateAt = (position: number) =>
    open.find((one) => one.position === position)?.state ?? null;
  return {
    items: named.map(({ position, role }) => ({ position, role, state: stateAt(position) })),
  };
}

/** What a co-signer sees of their turn; of the contract its number alone, until they have proved who they are. */
const viewOf = ({ turn, contract }: OpenTurn, proved = turn.proved_at !== null) => ({
  id: turn.id,
  contractNumber: contract.number,
  role: turn.role,
  state: turn.state,
  digestSm3: proved ? contract.sm3 : null,
  invitedAt: iso(turn.invited_at ?? contract.created_at),
});

async function answer(c: AppContext, open: OpenTurn, what: 'SIGN' | 'DECLINE') {
  const { contract, turn } = open;
  const said = { actor: actorOf(c), key: actKeyOf(c) };
  return await c.get('deps').loans.update(contract.application_id, coSign, {
    ...said,
    partyId: turn.id,
    answer: what,
    digestSm3: contract.sm3,
  });
}

export function registerCoSigners(app: App): void {
  app.openapi(name, async (c) => {
    const { id } = c.req.valid('param');
    await keepNamed(c, id, c.req.valid('json'));
    return c.json(await coSignersOf(c, id), 200);
  });

  app.openapi(list, async (c) => c.json(await coSignersOf(c, c.req.valid('param').id), 200));

  app.openapi(turns, async (c) => {
    const { db } = c.get('deps');
    const rows = await turnsOf(db, callerOf(c).subject);
    const open = await Promise.all(rows.map(async ({ id }) => viewOf(await turnOf(c, id))));
    return c.json({ items: open }, 200);
  });

  app.openapi(prove, async (c) => {
    const open = await turnOf(c, c.req.valid('param').id);
    if (open.turn.state !== 'INVITED') throw new ApiProblem('SIGNING_OVER');
    await proveIdentity(c, open, c.req.valid('json'));
    return c.json(viewOf(open, true), 200);
  });

  registerReading(app);
  registerSigning(app);
}

function registerReading(app: App): void {
  app.openapi(contractPdf, async (c) => {
    const open = await provedTurn(c, c.req.valid('param').id);
    return await answerPdf(c, open.contract, undefined, open.db);
  });

  app.openapi(costsPdf, async (c) => {
    const open = await provedTurn(c, c.req.valid('param').id);
    const id = open.contract.disclosure_document_id;
    const paper = id === null ? undefined : await readIssuedPaper(open.db, id);
    if (paper === undefined) throw new ApiProblem('NOT_FOUND');
    return await answerPdf(c, paper, undefined, open.db);
  });
}

function registerSigning(app: App): void {
  app.openapi(sendCode, async (c) => {
    const open = await provedTurn(c, c.req.valid('param').id);
    const { turn, contract, db } = open;
    if (c.req.valid('json').digestSm3 !== contract.sm3) throw new ApiProblem('DIGEST_DIFFERS');
    if (turn.state !== 'INVITED') throw new ApiProblem('SIGNING_OVER');
    const { mobile } = await personOfTurn(c, open);
    await sendSigningCode(c, { ...contract, beside: { partyId: turn.id, mobile, db } });
    return c.json(CODE_ACCEPTED, 202);
  });

  app.openapi(sign, async (c) => {
    const open = await provedTurn(c, c.req.valid('param').id);
    const { turn, contract, db } = open;
    const { digestSm3, ...said } = c.req.valid('json');
    if (digestSm3 !== contract.sm3) throw new ApiProblem('DIGEST_DIFFERS');
    if (turn.state === 'INVITED') {
      await assertRead(c, db, contract, said.pages);
      const { mobile } = await personOfTurn(c, open);
      await proveIntent(c, { ...contract, beside: { partyId: turn.id, mobile, db } }, said);
    }
    return c.json(await answer(c, open, 'SIGN'), 200);
  });

  app.openapi(decline, async (c) => {
    const open = await turnOf(c, c.req.valid('param').id);
    return c.json(await answer(c, open, 'DECLINE'), 200);
  });
}
