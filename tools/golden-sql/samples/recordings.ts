/** Sample calls of the queries on dual recordings. */
import * as evidence from '../../../db/queries/recording-evidence.ts';
import * as recordings from '../../../db/queries/recordings.ts';
import type { Samples } from '../recorder.ts';
import { ID } from './values.ts';

const AT = new Date('2026-11-24T00:00:00Z');

export const RECORDINGS: Samples = {
  openRecording: ({ tx }) =>
    recordings.openRecording(tx, {
      id: ID,
      applicationId: ID,
      contractId: ID,
      openedBy: 's',
      kind: 'ATTENDED',
      consentAt: AT,
      script: { code: 'STANDARD', version: 1, nodes: [] },
    }),
  readRecording: ({ tx }) => recordings.readRecording(tx, ID),
  lockRecording: ({ tx }) => recordings.lockRecording(tx, ID),
  readChunk: ({ tx }) => recordings.readChunk(tx, ID, 0),
  enterChunk: ({ tx }) =>
    recordings.enterChunk(tx, {
      recordingId: ID,
      number: 0,
      segment: 0,
      fromMs: 0,
      toMs: 1,
      sm3: 'h',
      sizeBytes: 1,
      objectKey: 'k',
    }),
  listChunks: ({ tx }) => recordings.listChunks(tx, ID),
  keepChain: ({ tx }) => recordings.keepChain(tx, ID, { count: 1, sm3: 'h' }),
  listSegments: ({ tx }) => recordings.listSegments(tx, ID),
  lastChunk: ({ tx }) => recordings.lastChunk(tx, ID),
  enterSegment: ({ tx }) =>
    recordings.enterSegment(tx, { recordingId: ID, number: 1, firstChunk: 1, reason: 'CALL' }),
  completeRecording: ({ tx }) =>
    recordings.completeRecording(tx, ID, { chunkCount: 1, chainSm3: 'h', sealedMarks: null }),
};

export const RECORDING_EVIDENCE: Samples = {
  attendRecording: ({ tx }) =>
    evidence.attendRecording(tx, ID, { subject: 's', sealedAttendant: Buffer.from('x'), at: AT }),
  recordingsOf: ({ tx }) => evidence.recordingsOf(tx, ID),
  recordingsToReview: ({ tx }) => evidence.recordingsToReview(tx, 20),
  readRecordingReview: ({ tx }) => evidence.readRecordingReview(tx, ID),
  judgeRecording: ({ tx }) =>
    evidence.judgeRecording(tx, {
      recordingId: ID,
      verdict: 'PASS',
      reasons: [],
      attendedBy: 'a',
      openedBy: 'o',
      reviewedBy: 'r',
      reviewedRole: 'reviewer',
      at: AT,
    }),
  readSession: ({ tx }) => evidence.readSession(tx, ID),
  keepQc: ({ tx }) => evidence.keepQc(tx, ID, { media: 'MEASURED', findings: [] }),
  keepManifest: ({ tx }) =>
    evidence.keepManifest(tx, ID, {
      text: '{}',
      sm3: 'h',
      signature: Buffer.from('x'),
      publicKey: 'k',
      token: Buffer.from('x'),
      stampedAt: AT,
    }),
  expireRecording: ({ tx }) => evidence.expireRecording(tx, ID, AT),
  markReminded: ({ tx }) => evidence.markReminded(tx, ID, AT),
  oweRecordingNotice: ({ tx }) =>
    evidence.oweRecordingNotice(tx, { id: ID, topic: 't', applicationId: ID, recordingId: ID }),
  abandonedRecordings: ({ tx }) => evidence.abandonedRecordings(tx, AT, 20),
  markEmptied: ({ tx }) => evidence.markEmptied(tx, ID, AT),
};
