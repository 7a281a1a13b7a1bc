/** Dual recording, the lender's side: staff who sit in a session, and people who look at it afterwards. */
import { z } from '@hono/zod-openapi';
import {
  attendRecording,
  judgeRecording,
  readRecordingReview,
  recordingsToReview,
} from '../../db/queries/recording-evidence.ts';
import { listChunks, lockRecording, readRecording } from '../../db/queries/recordings.ts';
import { beginReadRecord, recordDeed } from '../audit.ts';
import { type AppContext, callerOf } from '../deps.ts';
import { refuseOwnApplication, visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import {
  attendance,
  recordingQueue,
  recordingVerdict,
  recordingView,
} from '../schemas/recordings.ts';
import { isoOrNull } from '../times.ts';
import { recordingOf } from '../views/recordings.ts';

const LIST_MOST = 200;
const tags = ['sign'];
const shown = { 200: jsonAnswer('The session', recordingView) };

const attend = defineRoute('POST /v1/recordings/{id}/attend', {
  summary: 'Sit in a session, under the name and licence number shown to the borrower',
  tags,
  request: { params: idParam, body: jsonBody(attendance) },
  responses: shown,
});
const list = defineRoute('GET /v1/recordings', {
  summary: 'Sessions with staff that wait for a look, oldest first',
  tags,
  responses: { 200: jsonAnswer('The sessions', recordingQueue) },
});
const review = defineRoute('POST /v1/recordings/{id}/review', {
  summary: 'Pass a recording or ask for another; nobody looks at one that they sat in',
  tags,
  request: { params: idParam, body: jsonBody(recordingVerdict) },
  responses: shown,
});
const media = defineRoute('GET /v1/recordings/{id}/media', {
  summary: 'Play one segment of a recording; every playing is recorded',
  tags,
  request: {
    params: idParam,
    query: z.object({ segment: z.coerce.number().int().min(0).max(99).default(0) }),
  },
  responses: {
    200: {
      description:
        'The bytes as they were recorded, from the first chunk of the segment to its last',
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    },
  },
});

async function show(c: AppContext, id: string) {
  const { db } = c.get('deps');
  return await recordingOf(db, visible(c, await readRecording(db, id)));
}

async function sitIn(
  c: AppContext,
  id: string,
  { nameShown, licenceNumber }: z.infer<typeof attendance>,
): Promise<void> {
  const { db, now, vault } = c.get('deps');
  const { subject } = callerOf(c);
  await db.transaction().execute(async (tx) => {
    const recording = visible(c, await lockRecording(tx, id));
    refuseOwnApplication(c, recording.owner_subject);
    if (recording.attended_by === subject) return;
    if (recording.attended_by !== null) throw new ApiProblem('ALREADY_CLAIMED');
    // The name is the staff's and not the borrower's: it is sealed for the house.
    const cipher = await vault.ofHouse(tx);
    const shownAs = { name: nameShown, licenceNumber };
    const sealedAttendant = cipher.sealJson('recordings.sealed_attendant', id, shownAs);
    if (!(await attendRecording(tx, id, { subject, sealedAttendant, at: now() })))
      throw new ApiProblem('RECORDING_CLOSED');
    await recordDeed(c, tx, {
      action: 'recording.attend',
      subjectKind: 'application',
      subjectId: recording.application_id,
      result: 'DONE',
      detail: { recording: id },
    });
  });
}

async function judge(
  c: AppContext,
  id: string,
  said: z.infer<typeof recordingVerdict>,
): Promise<void> {
  const { db, now } = c.get('deps');
  const { subject, role } = callerOf(c);
  await db.transaction().execute(async (tx) => {
    const recording = visible(c, await lockRecording(tx, id));
    refuseOwnApplication(c, recording.owner_subject);
    if ([recording.attended_by, recording.opened_by].includes(subject))
      throw new ApiProblem('RECORDING_OWN_SESSION');
    if ((await readRecordingReview(tx, id)) !== undefined) throw new ApiProblem('ALREADY_DECIDED');
    // Nobody passes what no machine has looked at and nobody has sealed.
    if (recording.state !== 'COMPLETE' || recording.qc === null || recording.manifest === null)
      throw new ApiProblem('RECORDING_NOT_READY');
    const reasons = said.verdict === 'RERECORD' ? said.reasons : [];
    await judgeRecording(tx, {
      recordingId: id,
      verdict: said.verdict,
      reasons,
      attendedBy: recording.attended_by,
      openedBy: recording.opened_by,
      reviewedBy: subject,
      reviewedRole: role,
      at: now(),
    });
    await recordDeed(c, tx, {
      action: said.verdict === 'PASS' ? 'recording.pass' : 'recording.rerecord',
      subjectKind: 'application',
      subjectId: recording.application_id,
      result: 'DONE',
      ...(reasons[0] === undefined ? {} : { reason: reasons[0] }),
      detail: { recording: id, reasons, findings: recording.qc.findings.length },
    });
  });
}

/** The bytes of one segment, opened chunk by chunk as the reader takes them. */
async function playing(c: AppContext, id: string, number: number): Promise<ReadableStream> {
  const { db, objects, vault } = c.get('deps');
  const recording = visible(c, await readRecording(db, id));
  const chunks = (await listChunks(db, id)).filter((chunk) => chunk.segment === number);
  if (chunks.length === 0 || recording.emptied_at !== null) throw new ApiProblem('NOT_FOUND');
  beginReadRecord(c, recording.application_id);
  const cipher = await vault.of(db, recording.application_id);
  async function* bytes(): AsyncGenerator<Uint8Array, void> {
    for (const { objectKey } of chunks) yield* objects.getStream(objectKey, cipher);
  }
  return ReadableStream.from(bytes());
}

export function registerRecordingDesk(app: App): void {
  app.openapi(list, async (c) => {
    const rows = await recordingsToReview(c.get('deps').db, LIST_MOST);
    const items = rows.map((row) => ({
      id: row.id,
      applicationId: row.application_id,
      attendedBy: row.attended_by,
      completedAt: isoOrNull(row.completed_at),
      findings: row.qc?.findings.length ?? null,
    }));
    return c.json({ items }, 200);
  });

  app.openapi(attend, async (c) => {
    const { id } = c.req.valid('param');
    await sitIn(c, id, c.req.valid('json'));
    return c.json(await show(c, id), 200);
  });

  app.openapi(review, async (c) => {
    const { id } = c.req.valid('param');
    await judge(c, id, c.req.valid('json'));
    await c.get('deps').recordings.moved(id);
    return c.json(await show(c, id), 200);
  });

  app.openapi(media, async (c) => {
    const { id } = c.req.valid('param');
    const { segment } = c.req.valid('query');
    return c.body(await playing(c, id, segment), 200, {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${id}-${segment}.media"`,
      'Cache-Control': 'no-store',
    });
  });
}
