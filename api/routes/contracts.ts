/** Contracts: reading one, its PDF, and signing the exact digest that was shown. */
import type { Queryable } from '../../db/database.ts';
import { confirmedDisclosure } from '../../db/queries/disclosures.ts';
import { readContract, readContractProof, sealedPaperOf } from '../../db/queries/reads/papers.ts';
import { signContract } from '../../workflows/messages.ts';
import { CODE_ACCEPTED } from '../auth/one-time-codes.ts';
import { assertRead } from '../contract-reading.ts';
import { actKeyOf, actorOf } from '../deps.ts';
import { visible } from '../ownership.ts';
import { answerPdf, pdfContent } from '../pdf-answer.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody, standingSchema } from '../schemas/common.ts';
import { contractView, signing, signingCodeRequest } from '../schemas/papers.ts';
import { codeAccepted } from '../schemas/sign-in.ts';
import { proveIntent, sendSigningCode } from '../signing-codes.ts';
import { iso, isoOrNull } from '../times.ts';

const tags = ['contract'];

const read = defineRoute('GET /v1/contracts/{id}', {
  summary: 'Read a contract and how it was signed',
  tags,
  request: { params: idParam },
  responses: { 200: jsonAnswer('The contract', contractView) },
});

const readPdf = defineRoute('GET /v1/contracts/{id}/pdf', {
  summary: 'The contract as PDF; its SM3 is the digest to sign',
  tags,
  request: { params: idParam },
  responses: pdfContent('The PDF'),
});

const sealedPdf = defineRoute('GET /v1/contracts/{id}/sealed-pdf', {
  summary:
    'The signed contract with seal and signature for PDF readers; begins with the very bytes that were signed',
  tags: ['sign'],
  request: { params: idParam },
  responses: pdfContent('The PDF'),
});

const sendCode = defineRoute('POST /v1/contracts/{id}/signing-codes', {
  summary: 'Send the person a code for signing this contract as it was shown',
  description:
    'To the number on the form. A newer code ends the one before; a code is good for five minutes and five tries.',
  tags: ['sign'],
  request: { params: idParam, body: jsonBody(signingCodeRequest) },
  responses: { 202: jsonAnswer('Sent', codeAccepted) },
});

const sign = defineRoute('POST /v1/contracts/{id}/sign', {
  summary: 'Sign the contract',
  description: 'Answers when the contract is signed, sealed and time-stamped.',
  tags: ['sign'],
  request: { params: idParam, body: jsonBody(signing) },
  responses: { 200: jsonAnswer('Where the application stands now', standingSchema) },
});

type ContractRow = NonNullable<Awaited<ReturnType<typeof readContract>>>;

/** What is to be confirmed before signing, and when it was. */
async function disclosureOf(db: Queryable, row: ContractRow) {
  const { disclosure_sm3: formSm3, cost_read_seconds: minReadSeconds } = row;
  if (formSm3 === null || minReadSeconds === null) return null;
  const confirmed = await confirmedDisclosure(db, row.id);
  return { formSm3, minReadSeconds, confirmedAt: isoOrNull(confirmed?.confirmedAt ?? null) };
}

export function registerContracts(app: App): void {
  app.openapi(read, async (c) => {
    const { db } = c.get('deps');
    const row = visible(c, await readContract(db, c.req.valid('param').id));
    const proof = await readContractProof(db, row.id);
    const view = {
      id: row.id,
      applicationId: row.application_id,
      offerId: row.offer_id,
      number: row.number,
      state: row.state,
      digestSm3: row.sm3,
      createdAt: iso(row.created_at),
      signedAt: isoOrNull(row.signed_at),
      signatures: proof.signatures.map(({ party, at }) => ({ party, at: iso(at) })),
      timestamps: proof.timestamps.map((stamp) => ({
        moment: stamp.moment,
        generatedAt: iso(stamp.generated_at),
      })),
      recordingComplete: proof.recordingComplete,
      disclosure: await disclosureOf(db, row),
    };
    return c.json(view, 200);
  });

  app.openapi(readPdf, async (c) => {
    const row = visible(c, await readContract(c.get('deps').db, c.req.valid('param').id));
    return await answerPdf(c, row, row.id);
  });

  app.openapi(sealedPdf, async (c) => {
    const { db } = c.get('deps');
    const row = visible(c, await readContract(db, c.req.valid('param').id));
    const key = await sealedPaperOf(db, row.id);
    if (key === undefined) throw new ApiProblem('NOT_FOUND');
    const sealed = { ...row, object_key: key, media_type: 'application/pdf' };
    return await answerPdf(c, sealed, `${row.id}-sealed`);
  });

  registerSigning(app);
}

function registerSigning(app: App): void {
  app.openapi(sendCode, async (c) => {
    const { db } = c.get('deps');
    const row = visible(c, await readContract(db, c.req.valid('param').id));
    if (c.req.valid('json').digestSm3 !== row.sm3) throw new ApiProblem('DIGEST_DIFFERS');
    if (row.state !== 'READY') throw new ApiProblem('STAGE_DOES_NOT_FIT');
    await sendSigningCode(c, row);
    return c.json(CODE_ACCEPTED, 202);
  });

  app.openapi(sign, async (c) => {
    const { db, loans } = c.get('deps');
    const { digestSm3, ...said } = c.req.valid('json');
    const row = visible(c, await readContract(db, c.req.valid('param').id));
    if (digestSm3 !== row.sm3) throw new ApiProblem('DIGEST_DIFFERS');
    // A contract that is signed or void is signed by nobody any more: the loan says where it stands.
    if (row.state === 'READY') {
      await assertRead(c, db, row, said.pages);
      await proveIntent(c, row, said);
    }
    const input = { actor: actorOf(c), key: actKeyOf(c), contractId: row.id, digestSm3 };
    return c.json(await loans.update(row.application_id, signContract, input), 200);
  });
}
