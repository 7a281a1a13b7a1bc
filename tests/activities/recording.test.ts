/** What becomes of a closed recording: a machine looks at it, it is sealed, and what was abandoned is let go while the rest is locked. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { emptyAbandoned, emptyRecording } from '../../activities/rights/abandoned.ts';
import { inspectRecording } from '../../activities/sign/inspect-recording.ts';
import { admitSignature } from '../../activities/sign/admit.ts';
import {
  askForRecordingReview,
  expireRecording,
  remindRecording,
} from '../../activities/sign/recording-clock.ts';
import { sealRecording } from '../../activities/sign/seal-recording.ts';
import { closeOffer, latestOffer, storeOffer } from '../../db/queries/offer.ts';
import { readSession } from '../../db/queries/recording-evidence.ts';
import {
  completeRecording,
  enterChunk,
  keepChain,
  listChunks,
  openRecording,
} from '../../db/queries/recordings.ts';
import { fen } from '../../domain/money.ts';
import type { RecordingKind } from '../../domain/recording.ts';
import { chunkMetaText } from '../../domain/recording.ts';
import type { ScriptNode } from '../../domain/recording-script.ts';
import { CHAIN_START, chainLink } from '../../platform/crypto/recording-chain.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { buildOffer } from '../../tools/golden-sql/samples/offer.ts';
import { makeRecording, withoutFfmpeg } from '../support/media.ts';
import {
  admitted,
  proveSigning,
  confirmedCosts,
  finalCode,
  openWorkplace,
  type Workplace,
} from './workplace.ts';

let place: Workplace;
beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());

const NODES: readonly ScriptNode[] = [
  { id: 'a', speaker: 'STAFF', text: '请问您同意吗？', answers: ['同意'], minMs: 1_000 },
  { id: 'b', speaker: 'BORROWER', text: '自愿签署。', answers: [], minMs: 1_000 },
];
const MARKS = [
  { node: 'a', segment: 0, fromMs: 0, toMs: 2_000, answer: '我同意' },
  { node: 'b', segment: 0, fromMs: 2_000, toMs: 4_000 },
];

/** A loan that stands at its signing, with a contract; gives its ids. */
async function atSigning() {
  const { deps } = place;
  const { id } = await admitted(deps, 'SIGN');
  const contractId = randomUUID();
  await deps.db.transaction().execute(async (tx) => {
    await storeOffer(tx, {
      applicationId: id,
      round: 1,
      productCode: 'PERSONAL_CREDIT',
      productVersion: 1,
      offer: buildOffer(),
      capRule: {},
      validUntil: new Date('2030-01-01T00:00:00Z'),
    });
    const offer = await latestOffer(tx, id);
    if (offer === undefined) throw new Error('there is no offer');
    await closeOffer(tx, offer.id, 'ACCEPTED', new Date());
    const documentId = randomUUID();
    await tx
      .insertInto('documents')
      .values({
        id: documentId,
        application_id: id,
        kind: 'CONTRACT',
        object_key: `applications/${id}/contract/${documentId}.pdf`,
        sm3: sm3Hex('pdf'),
        size_bytes: 3,
        media_type: 'application/pdf',
      })
      .execute();
    await tx
      .insertInto('contracts')
      .values({
        id: contractId,
        application_id: id,
        offer_id: offer.id,
        number: `C-${contractId}`,
        document_id: documentId,
        sm3: sm3Hex('pdf'),
        state: 'READY',
        disclosure_document_id: documentId,
        disclosure_sm3: sm3Hex('form'),
        cost_read_seconds: 0,
      })
      .execute();
  });
  await confirmedCosts(place.owner, contractId, sm3Hex('form'));
  return { applicationId: id, contractId };
}

interface Given {
  readonly kind?: RecordingKind;
  readonly script?: readonly ScriptNode[] | null;
  readonly marks?: readonly object[];
  /** Length that the chunks tell, in milliseconds. */
  readonly toldMs?: number;
  readonly open?: boolean;
}

/** A session of the loan over these bytes, in three chunks. */
async function record(
  bytes: Buffer,
  given: Given = {},
  loan?: Awaited<ReturnType<typeof atSigning>>,
) {
  const { deps } = place;
  const { applicationId, contractId } = loan ?? (await atSigning());
  const { toldMs = 4_000, script = NODES } = given;
  const id = randomUUID();
  const cipher = await deps.vault.of(deps.db, applicationId);
  await openRecording(deps.db, {
    id,
    applicationId,
    contractId,
    openedBy: 'applicant',
    kind: given.kind ?? 'SELF',
    consentAt: new Date(),
    script: script === null ? null : { code: 'STANDARD', version: 1, nodes: script },
  });
  const size = Math.ceil(bytes.length / 3);
  let chain = CHAIN_START;
  await place.owner.transaction().execute(async (tx) => {
    for (let n = 0; n < 3; n += 1) {
      const part = bytes.subarray(n * size, (n + 1) * size);
      const objectKey = `recordings/${id}/${n}`;
      await deps.objects.put(objectKey, part, cipher);
      const meta = {
        number: n,
        segment: 0,
        sizeBytes: part.length,
        fromMs: Math.round((n * toldMs) / 3),
        toMs: Math.round(((n + 1) * toldMs) / 3),
      };
      await enterChunk(tx, { ...meta, recordingId: id, sm3: sm3Hex(part), objectKey });
      chain = chainLink(chain, sm3Hex(part), chunkMetaText(meta));
    }
    await keepChain(tx, id, { count: 3, sm3: chain });
    await tx
      .updateTable('recordings')
      .set({ attended_by: 'wang', attended_at: new Date() })
      .where('id', '=', id)
      .execute();
    if (given.open === true) return;
    const sealedMarks = cipher.sealJson('recordings.sealed_marks', id, {
      marks: given.marks ?? MARKS,
    });
    await completeRecording(tx, id, { chunkCount: 3, chainSm3: chain, sealedMarks });
  });
  return { id, applicationId, contractId };
}

async function inspected(bytes: Buffer, given: Given = {}) {
  const { id } = await record(bytes, given);
  await inspectRecording(place.deps, { recordingId: id, media: true });
  return (await readSession(place.deps.db, id))?.qc;
}

describe.skipIf(withoutFfmpeg !== null)(
  `picture and sound${withoutFfmpeg === null ? '' : ` (${withoutFfmpeg})`}`,
  () => {
    it('that are good enough, with every node read out and answered, leave nothing to say', async () => {
      expect(await inspected(makeRecording())).toEqual({ media: 'MEASURED', findings: [] });
    });

    it('that are too small, too slow, too coarse or silent are named, each with what it is', async () => {
      const poor = makeRecording({
        size: '640x480',
        framesPerSecond: 8,
        sampleRate: 8_000,
        toneSeconds: 2,
      });
      const qc = await inspected(poor);
      expect(qc?.findings).toEqual([
        { code: 'RESOLUTION_LOW', segment: 0, value: 480 },
        { code: 'FRAME_RATE_LOW', segment: 0, value: 8 },
        { code: 'SAMPLE_RATE_LOW', segment: 0, value: 8_000 },
        { code: 'NODE_SILENT', segment: 0, node: 'b' },
      ]);
    });

    it('of which one is missing, or that are shorter than they say, are named', async () => {
      const codes = async (bytes: Buffer, given: Given = {}) =>
        (await inspected(bytes, given))?.findings.map(({ code }) => code);
      expect(await codes(makeRecording({ audio: false }))).toContain('AUDIO_MISSING');
      expect(await codes(makeRecording({ video: false }))).toEqual(['VIDEO_MISSING']);
      expect(await codes(makeRecording({ seconds: 4 }), { toldMs: 9_000 })).toEqual([
        'MEDIA_SHORTER',
      ]);
    });

    it('that are none are said to be unreadable, whatever else the bytes may be', async () => {
      for (const bytes of [
        randomBytes(9_000),
        Buffer.from('#EXTM3U\nfile:///etc/passwd\n'.repeat(99)),
      ])
        expect((await inspected(bytes))?.findings).toEqual([
          { code: 'MEDIA_UNREADABLE', segment: 0 },
        ]);
    });

    it('are not called good where a stored chunk was exchanged: the look fails', async () => {
      const { id } = await record(makeRecording());
      const [first, second] = await listChunks(place.deps.db, id);
      if (first === undefined || second === undefined) throw new Error('there are no chunks');
      const stranger = await place.deps.vault.of(place.deps.db, (await atSigning()).applicationId);
      await place.deps.objects.put(second.objectKey, randomBytes(500), stranger);
      const looking = inspectRecording(place.deps, { recordingId: id, media: true });
      await expect(looking).rejects.toMatchObject({ name: 'CryptoError' });
    });
  },
);

describe('the timeline', () => {
  const look = async (given: Given) => {
    const { id } = await record(randomBytes(900), given);
    await inspectRecording(place.deps, { recordingId: id, media: false });
    return (await readSession(place.deps.db, id))?.qc;
  };

  it('is looked at where there is no ffmpeg, and it is said that nobody looked further', async () => {
    vi.stubEnv('PATH', '/nowhere');
    try {
      expect(await inspected(randomBytes(900))).toEqual({ media: 'NOT_MEASURED', findings: [] });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('shows nodes that are missing, hurried, outside or unanswered', async () => {
    const marks = [
      { node: 'a', segment: 0, fromMs: 0, toMs: 200, answer: '不' },
      { node: 'b', segment: 1, fromMs: 0, toMs: 2_000 },
    ];
    expect((await look({ marks }))?.findings).toEqual([
      { code: 'NODE_TOO_SHORT', node: 'a', value: 200 },
      { code: 'ANSWER_MISSING', node: 'a' },
      { code: 'NODE_OUTSIDE', node: 'b' },
      { code: 'NODE_TOO_SHORT', node: 'b', value: 0 },
    ]);
    expect((await look({ marks: [] }))?.findings.map(({ code }) => code)).toEqual([
      'NODE_MISSING',
      'NODE_MISSING',
    ]);
    expect((await look({ script: null }))?.findings).toEqual([{ code: 'SCRIPT_MISSING' }]);
  });
});

describe('a sealed recording', () => {
  it('names its chunks, its script and its parties, is sealed after the look and once', async () => {
    const { id } = await record(randomBytes(900), { kind: 'ATTENDED' });
    expect(await finalCode(sealRecording(place.deps, { recordingId: id }))).toBe(
      'RECORDING_UNINSPECTED',
    );
    await inspectRecording(place.deps, { recordingId: id, media: false });
    await sealRecording(place.deps, { recordingId: id });
    const first = await readSession(place.deps.db, id);
    await sealRecording(place.deps, { recordingId: id });
    expect(await readSession(place.deps.db, id)).toEqual(first);
    const manifest: unknown = JSON.parse(first?.manifest ?? 'null');
    expect(manifest).toMatchObject({
      recordingId: id,
      contractSm3: sm3Hex('pdf'),
      parties: { staff: { subject: 'wang' } },
      script: { version: 1, nodes: [{ id: 'a', textSm3: sm3Hex('请问您同意吗？') }, { id: 'b' }] },
      chainSm3: first?.chain_sm3,
      chunks: [{ number: 0 }, { number: 1 }, { number: 2, chainSm3: first?.chain_sm3 }],
    });
    // What was answered is a person's word and stays sealed.
    expect(first?.manifest).not.toContain('我同意');
  });

  it('with staff lets the contract be signed after people passed it, and not before', async () => {
    const loan = await atSigning();
    await place.deps.db
      .updateTable('offers')
      .set({ amount_fen: fen(250_000_00) })
      .where('application_id', '=', loan.applicationId)
      .execute();
    const sign = async () => {
      const act = { ...loan, digestSm3: sm3Hex('pdf'), cause: randomUUID() };
      await proveSigning(place.owner, act);
      const outcome = await admitSignature(place.deps, {
        ...act,
        actor: { kind: 'human', subject: 'applicant', role: 'applicant' },
      });
      return outcome.ok ? 'SIGNED' : outcome.code;
    };
    await record(randomBytes(900), { kind: 'SELF', open: true }, loan);
    expect(await sign()).toBe('RECORDING_MISSING');
    const { id } = await record(randomBytes(900), { kind: 'ATTENDED' }, loan);
    expect(await sign()).toBe('RECORDING_UNREVIEWED');
    expect(await askForRecordingReview(place.deps, { recordingId: id, day: 0 })).toBe(true);
    await inspectRecording(place.deps, { recordingId: id, media: false });
    await sealRecording(place.deps, { recordingId: id });
    await place.deps.db
      .updateTable('recordings')
      .set({ state: 'PASSED' })
      .where('id', '=', id)
      .execute();
    expect(await sign()).toBe('SIGNED');
  });
});

describe('an abandoned recording', () => {
  it('is spoken of once, ends, and its chunks go a week later, by name on the trail', async () => {
    const { id, applicationId } = await record(randomBytes(900), { open: true });
    const at = '2026-11-01T00:00:00.000Z';
    await remindRecording(place.deps, { recordingId: id, at });
    await remindRecording(place.deps, { recordingId: id, at });
    await expireRecording(place.deps, { recordingId: id, at });
    const owed = await place.deps.db
      .selectFrom('outbox')
      .select('topic')
      .where('application_id', '=', applicationId)
      .execute();
    expect(owed).toEqual([{ topic: 'recording.reminder' }]);
    const [chunk] = await listChunks(place.deps.db, id);
    const key = chunk?.objectKey ?? '';
    await emptyAbandoned(place.deps, new Date('2026-11-07T23:00:00Z'));
    expect(await place.deps.objects.has(key)).toBe(true);
    await emptyAbandoned(place.deps, new Date('2026-11-08T01:00:00Z'));
    expect(await place.deps.objects.has(key)).toBe(false);
    const entry = await place.deps.db
      .selectFrom('audit_entries')
      .select('action')
      .where('subject_id', '=', applicationId)
      .where('action', '=', 'recording.empty')
      .execute();
    expect(entry).toHaveLength(1);
  });

  it('is the only one that is let go: of a finished one no object is touched', async () => {
    const { id } = await record(randomBytes(900));
    const emptying = emptyRecording(place.deps, id, new Date());
    await expect(emptying).rejects.toMatchObject({ constraint: 'recordings_retained' });
    for (const { objectKey } of await listChunks(place.deps.db, id))
      expect(await place.deps.objects.has(objectKey)).toBe(true);
  });
});
