/** What is said about dual recordings. */
import { z } from '@hono/zod-openapi';
import { RECORDING_LIMITS, RECORDING_STATES } from '../../domain/recording.ts';
import { SPEAKERS } from '../../domain/recording-script.ts';
import { INTERRUPTIONS } from '../../db/schema/recordings.ts';
import { instant, sm3Digest } from './common.ts';

const chunkNumber = z.number().int().min(0).max(RECORDING_LIMITS.chunks);
const milliseconds = z.number().int().min(0).max(86_400_000);
const range = z.object({ from: z.number().int(), to: z.number().int() });

export const recordingOpening = z
  .strictObject({
    consent: z.literal(true).optional().openapi({
      description:
        'The borrower agreed to be recorded. A session with staff is not opened without.',
    }),
  })
  .openapi('RecordingOpening');

export const recordingView = z
  .object({
    id: z.uuid(),
    contractId: z.uuid(),
    state: z.enum(RECORDING_STATES),
    kind: z.enum(['SELF', 'ATTENDED']),
    attended: z.boolean(),
    /** Null where no script is in force. */
    script: z
      .object({
        code: z.string(),
        version: z.number().int(),
        nodes: z.array(
          z.object({
            id: z.string(),
            speaker: z.enum(SPEAKERS),
            text: z.string(),
            answers: z.array(z.string()),
            minMs: z.number().int(),
          }),
        ),
      })
      .nullable(),
    segments: z.array(
      z.object({
        number: z.number().int(),
        firstChunk: z.number().int(),
        reason: z.string().nullable(),
      }),
    ),
    /** Chunks that came, and the runs of numbers below the highest that did not. */
    received: z.number().int(),
    missing: z.array(range),
    sizeBytes: z.number().int(),
    chunkCount: z.number().int().nullable(),
    chainSm3: sm3Digest.nullable(),
    qc: z
      .object({
        media: z.enum(['MEASURED', 'NOT_MEASURED']),
        findings: z.array(
          z.object({
            code: z.string(),
            segment: z.number().int().optional(),
            node: z.string().optional(),
            value: z.number().optional(),
          }),
        ),
      })
      .nullable(),
    manifest: z
      .object({
        text: z.string(),
        sm3: sm3Digest,
        signature: z.base64(),
        publicKey: z.string(),
        token: z.base64(),
        stampedAt: instant,
      })
      .nullable(),
    review: z
      .object({ verdict: z.enum(['PASS', 'RERECORD']), reasons: z.array(z.string()), at: instant })
      .nullable(),
  })
  .openapi('Recording');

export const chunkSaved = z
  .object({
    number: z.number().int(),
    segment: z.number().int(),
    sm3: sm3Digest,
    sizeBytes: z.number().int(),
  })
  .openapi('ChunkSaved');

export const segmentOpening = z
  .strictObject({
    firstChunk: chunkNumber.min(1),
    reason: z.enum(INTERRUPTIONS),
  })
  .openapi('SegmentOpening');

const mark = z
  .strictObject({
    node: z.string().min(1).max(20),
    segment: z.number().int().min(0).max(RECORDING_LIMITS.segments),
    fromMs: milliseconds,
    toMs: milliseconds,
    answer: z.string().max(500).optional().openapi({
      description: 'What the borrower answered, as written down by a person or a speech service.',
    }),
  })
  .refine(({ fromMs, toMs }) => toMs > fromMs, { path: ['toMs'] });

export const completion = z
  .strictObject({
    chunkCount: z.number().int().min(1).max(RECORDING_LIMITS.chunks),
    marks: z.array(mark).max(200).optional(),
  })
  .openapi('RecordingCompletion');

export const attendance = z
  .strictObject({
    nameShown: z.string().min(1).max(60),
    licenceNumber: z.string().regex(/^[A-Za-z0-9-]{4,40}$/),
  })
  .openapi('RecordingAttendance');

export const RERECORD_REASONS = [
  'IDENTITY_UNCLEAR',
  'NOT_OWN_WILL',
  'TERMS_NOT_READ',
  'ANSWER_UNCLEAR',
  'PICTURE_OR_SOUND',
  'INTERRUPTED',
  'OTHER',
] as const;

export const recordingVerdict = z
  .discriminatedUnion('verdict', [
    z.strictObject({ verdict: z.literal('PASS') }),
    z.strictObject({
      verdict: z.literal('RERECORD'),
      reasons: z.array(z.enum(RERECORD_REASONS)).min(1),
    }),
  ])
  .openapi('RecordingVerdict');

export const recordingQueue = z
  .object({
    items: z.array(
      z.object({
        id: z.uuid(),
        applicationId: z.uuid(),
        attendedBy: z.string().nullable(),
        completedAt: instant.nullable(),
        findings: z.number().int().nullable(),
      }),
    ),
  })
  .openapi('RecordingQueue');
