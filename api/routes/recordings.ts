/** Dual recording, the borrower's side: a session per contract, chunks as they are recorded, interruptions, and its closing. */
import { z } from '@hono/zod-openapi';
import { readContract } from '../../db/queries/reads/papers.ts';
import {
  completeRecording,
  enterSegment,
  lastChunk,
  listSegments,
  lockRecording,
  readRecording,
} from '../../db/queries/recordings.ts';
import { RECORDING_LIMITS } from '../../domain/recording.ts';
import { beginReadRecord, recordDeed } from '../audit.ts';
import type { AppContext } from '../deps.ts';
import { visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { storeChunk, toldOf } from '../recording-chunks.ts';
import { openSession } from '../recording-opening.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import {
  chunkSaved,
  completion,
  recordingOpening,
  recordingView,
  segmentOpening,
} from '../schemas/recordings.ts';
import { recordingOf } from '../views/recordings.ts';

const tags = ['sign'];
const shown = { 200: jsonAnswer('The session', recordingView) };

const open = defineRoute('POST /v1/contracts/{id}/recordings', {
  summary: 'Open a dual-recording session',
  description:
    'Of the kind the loan needs: by the borrower alone, or with staff, which needs the consent. The script comes filled.',
  tags,
  request: { params: idParam, body: jsonBody(recordingOpening) },
  responses: { 201: jsonAnswer('The session', recordingView) },
});

const read = defineRoute('GET /v1/recordings/{id}', {
  summary: 'Read a session: what came, what is missing, what was found, its signed manifest',
  tags,
  request: { params: idParam },
  responses: shown,
});

const chunk = defineRoute(
  'PUT /v1/recordings/{id}/chunks/{n}',
  {
    summary: 'Upload one chunk of at most 4 MB, in any order',
    description:
      'Header X-Chunk-SM3: SM3 of the bytes; X-Chunk-From-Ms and X-Chunk-To-Ms: from the start of its segment. The same chunk again is answered alike.',
    tags,
    request: {
      params: idParam.extend({
        n: z.coerce
          .number()
          .int()
          .min(0)
          .max(RECORDING_LIMITS.chunks - 1),
      }),
      body: {
        required: true,
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
    },
    responses: { 200: jsonAnswer('Stored', chunkSaved) },
  },
  { maxBodyBytes: RECORDING_LIMITS.chunkBytes },
);

const segment = defineRoute('POST /v1/recordings/{id}/segments', {
  summary: 'Begin a new segment after an interruption, before its first chunk is sent',
  tags,
  request: { params: idParam, body: jsonBody(segmentOpening) },
  responses: shown,
});

const complete = defineRoute('POST /v1/recordings/{id}/complete', {
  summary: 'Close the session; every chunk from 0 must be there',
  tags,
  request: { params: idParam, body: jsonBody(completion) },
  responses: shown,
});

async function show(c: AppContext, id: string) {
  const { db } = c.get('deps');
  return await recordingOf(db, visible(c, await readRecording(db, id)));
}

async function interrupt(
  c: AppContext,
  id: string,
  { firstChunk, reason }: z.infer<typeof segmentOpening>,
): Promise<void> {
  const { db } = c.get('deps');
  await db.transaction().execute(async (tx) => {
    const recording = visible(c, await lockRecording(tx, id));
    const segments = await listSegments(tx, id);
    if (segments.some((one) => one.firstChunk === firstChunk)) return;
    if (recording.state !== 'OPEN') throw new ApiProblem('RECORDING_CLOSED');
    const last = segments.at(-1)?.firstChunk ?? 0;
    const received = await lastChunk(tx, id);
    // A chunk that came belongs to its segment for good: it stands in the chain.
    if (firstChunk <= last || (received !== null && firstChunk <= received))
      throw new ApiProblem('SEGMENT_TOO_LATE');
    if (segments.length >= RECORDING_LIMITS.segments) throw new ApiProblem('RECORDING_TOO_LARGE');
    await enterSegment(tx, { recordingId: id, number: segments.length, firstChunk, reason });
    await recordDeed(c, tx, {
      action: 'recording.interrupt',
      subjectKind: 'application',
      subjectId: recording.application_id,
      result: 'DONE',
      reason,
      detail: { recording: id, segment: segments.length, firstChunk },
    });
  });
}

async function close(c: AppContext, id: string, said: z.infer<typeof completion>): Promise<void> {
  const { db, vault } = c.get('deps');
  const { chunkCount } = said;
  await db.transaction().execute(async (tx) => {
    const recording = visible(c, await lockRecording(tx, id));
    if (recording.state !== 'OPEN') {
      if (recording.chunk_count === chunkCount) return;
      throw new ApiProblem('RECORDING_CLOSED');
    }
    const present =
      recording.chained_count === chunkCount && (await lastChunk(tx, id)) === chunkCount - 1;
    if (!present) throw new ApiProblem('RECORDING_INCOMPLETE');
    if (recording.kind === 'ATTENDED' && recording.attended_by === null)
      throw new ApiProblem('RECORDING_UNATTENDED');
    const cipher = await vault.of(tx, recording.application_id);
    const sealedMarks =
      said.marks === undefined
        ? null
        : cipher.sealJson('recordings.sealed_marks', id, { marks: said.marks });
    const chainSm3 = recording.chained_sm3;
    if (!(await completeRecording(tx, id, { chunkCount, chainSm3, sealedMarks }))) {
      throw new ApiProblem('RECORDING_CLOSED');
    }
    await recordDeed(c, tx, {
      action: 'recording.complete',
      subjectKind: 'application',
      subjectId: recording.application_id,
      result: 'DONE',
      detail: { recording: id, chunkCount, chainSm3 },
    });
  });
}

export function registerRecordings(app: App): void {
  app.openapi(open, async (c) => {
    const { db, recordings } = c.get('deps');
    const contract = visible(c, await readContract(db, c.req.valid('param').id));
    if (contract.state !== 'READY') throw new ApiProblem('STAGE_DOES_NOT_FIT');
    const id = await openSession(c, contract, c.req.valid('json').consent === true);
    await recordings.begin({ recordingId: id });
    return c.json(await show(c, id), 201);
  });

  app.openapi(read, async (c) => {
    const { id } = c.req.valid('param');
    const recording = visible(c, await readRecording(c.get('deps').db, id));
    beginReadRecord(c, recording.application_id);
    return c.json(await recordingOf(c.get('deps').db, recording), 200);
  });

  app.openapi(chunk, async (c) => {
    const { id, n } = c.req.valid('param');
    return c.json(await storeChunk(c, id, n, toldOf(c)), 200);
  });

  app.openapi(segment, async (c) => {
    const { id } = c.req.valid('param');
    await interrupt(c, id, c.req.valid('json'));
    return c.json(await show(c, id), 200);
  });

  app.openapi(complete, async (c) => {
    const { id } = c.req.valid('param');
    await close(c, id, c.req.valid('json'));
    await c.get('deps').recordings.moved(id);
    return c.json(await show(c, id), 200);
  });
}
