/** Contracts: reading one, its PDF, and signing the exact digest that was shown. */
import { readContract, readContractProof } from '../../db/queries/reads/papers.ts';
import { signContract } from '../../workflows/messages.ts';
import { beginReadRecord } from '../audit.ts';
import { actKeyOf, actorOf } from '../deps.ts';
import { visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody, standingSchema } from '../schemas/common.ts';
import { contractView, signing } from '../schemas/papers.ts';
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
  responses: {
    200: {
      description: 'The PDF',
      content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
    },
  },
});

const sign = defineRoute('POST /v1/contracts/{id}/sign', {
  summary: 'Sign the contract',
  description: 'Answers when the contract is signed, sealed and time-stamped.',
  tags: ['sign'],
  request: { params: idParam, body: jsonBody(signing) },
  responses: { 200: jsonAnswer('Where the application stands now', standingSchema) },
});

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
    };
    return c.json(view, 200);
  });

  app.openapi(readPdf, async (c) => {
    const { db, objects, vault } = c.get('deps');
    const row = visible(c, await readContract(db, c.req.valid('param').id));
    beginReadRecord(c, row.application_id);
    const cipher = await vault.of(db, row.application_id);
    const pdf = await objects.get(row.object_key, cipher);
    return c.body(new Uint8Array(pdf), 200, {
      'Content-Type': row.media_type,
      'Content-Disposition': `attachment; filename="${row.id}.pdf"`,
    });
  });

  app.openapi(sign, async (c) => {
    const { db, loans } = c.get('deps');
    const { digestSm3 } = c.req.valid('json');
    const row = visible(c, await readContract(db, c.req.valid('param').id));
    if (digestSm3 !== row.sm3) throw new ApiProblem('DIGEST_DIFFERS');
    const input = { actor: actorOf(c), key: actKeyOf(c), contractId: row.id, digestSm3 };
    return c.json(await loans.update(row.application_id, signContract, input), 200);
  });
}
