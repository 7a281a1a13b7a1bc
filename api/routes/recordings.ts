/** Dual recording: a session per contract, chunks that arrive once each however often they are sent, and its closing. */
import { readContract } from '../../db/queries/reads/papers.ts';
import {
  completeRecording,
  enterChunk,
  listChunks,
  lockRecording,
  openRecording,
  readChunk,
  readRecording,
} from '../../db/queries/recordings.ts';
import { z } from '@hono/zod-openapi';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { chainOf } from '../recording-chain.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { noBody } from '../schemas/money.ts';
import { chunkSaved, completion, recordingView } from '../schemas/papers.ts';

const tags = ['sign'];
const CHUNK_LIMIT = 1024 * 1024;

const open = defineRoute('POST /v1/contracts/{id}/recordings', {
  summary: 'Open a dual-recording session',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: { 201: jsonAnswer('The session', recordingView) },
});

const chunk = defineRoute(
  'PUT /v1/recordings/{id}/chunks/{n}',
  {
    summary: 'Upload one chunk of at most 1 MB',
    description: 'Header X-Chunk-SM3: SM3 of the bytes. The same chunk again is answered alike.',
    tags,
    request: {
      params: idParam.extend({ n: z.coerce.number().int().min(0).max(9_999) }),
      body: {
        required: true,
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
    },
    responses: { 200: jsonAnswer('Stored', chunkSaved) },
  },
  { maxBodyBytes: CHUNK_LIMIT },
);

const complete = defineRoute('POST /v1/recordings/{id}/complete', {
  summary: 'Close the session; every chunk from 0 must be there',
  tags,
  request: { params: idParam, body: jsonBody(completion) },
  responses: { 200: jsonAnswer('The session', recordingView) },
});

async function show(c: AppContext, id: string) {
  const row = visible(c, await readRecording(c.get('deps').db, id));
  return {
    id: row.id,
    contractId: row.contract_id,
    state: row.state,
    chunkCount: row.chunk_count,
    chainSm3: row.chain_sm3,
  };
}

async function store(c: AppContext, recordingId: string, number: number, bytes: Buffer) {
  const { db, objects, vault } = c.get('deps');
  const sm3 = sm3Hex(bytes);
  if (c.req.header('X-Chunk-SM3')?.toLowerCase() !== sm3) {
    throw new ApiProblem('CHUNK_DIGEST_DIFFERS');
  }
  const recording = visible(c, await readRecording(db, recordingId));
  const held = await readChunk(db, recordingId, number);
  if (held !== undefined && held.sm3 !== sm3) throw new ApiProblem('CHUNK_DIFFERS');
  const saved = { number, sm3, sizeBytes: bytes.length };
  if (held !== undefined) return saved;
  if (recording.state !== 'OPEN') throw new ApiProblem('RECORDING_CLOSED');
  // The digest is part of the key: two chunks under one number never overwrite each other.
  const objectKey = `recordings/${recordingId}/${number}-${sm3.slice(0, 16)}`;
  await objects.put(objectKey, bytes, await vault.of(db, recording.application_id));
  const winner = await db.transaction().execute(async (tx) => {
    const locked = await lockRecording(tx, recordingId);
    if (locked?.state !== 'OPEN') throw new ApiProblem('RECORDING_CLOSED');
    return await enterChunk(tx, { recordingId, number, sm3, sizeBytes: bytes.length, objectKey });
  });
  if (winner !== sm3) throw new ApiProblem('CHUNK_DIFFERS');
  return saved;
}

async function close(c: AppContext, id: string, chunkCount: number): Promise<void> {
  const { db } = c.get('deps');
  await db.transaction().execute(async (tx) => {
    const recording = visible(c, await lockRecording(tx, id));
    if (recording.state === 'COMPLETE') {
      if (recording.chunk_count === chunkCount) return;
      throw new ApiProblem('RECORDING_CLOSED');
    }
    const chunks = await listChunks(tx, id);
    const present = chunks.length === chunkCount && chunks.every((c2, i) => c2.number === i);
    if (!present) throw new ApiProblem('RECORDING_INCOMPLETE');
    const chain = chainOf(chunks.map((held) => held.sm3));
    if (!(await completeRecording(tx, id, chunkCount, chain))) {
      throw new ApiProblem('RECORDING_CLOSED');
    }
    await recordDeed(c, tx, {
      action: 'recording.complete',
      subjectKind: 'application',
      subjectId: recording.application_id,
      result: 'DONE',
      detail: { recording: id, chunkCount },
    });
  });
}

export function registerRecordings(app: App): void {
  app.openapi(open, async (c) => {
    const { db } = c.get('deps');
    const contract = visible(c, await readContract(db, c.req.valid('param').id));
    if (contract.state !== 'READY') throw new ApiProblem('STAGE_DOES_NOT_FIT');
    const id = derivedId(actKeyOf(c), 'recording');
    await openRecording(db, {
      id,
      applicationId: contract.application_id,
      contractId: contract.id,
      openedBy: callerOf(c).subject,
    });
    return c.json(await show(c, id), 201);
  });

  app.openapi(chunk, async (c) => {
    const { id, n } = c.req.valid('param');
    return c.json(await store(c, id, n, Buffer.from(await c.req.arrayBuffer())), 200);
  });

  app.openapi(complete, async (c) => {
    const { id } = c.req.valid('param');
    await close(c, id, c.req.valid('json').chunkCount);
    return c.json(await show(c, id), 200);
  });
}
