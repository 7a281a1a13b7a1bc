/** Rows of dual recordings: sessions, their segments and chunks, and the look of a person. */
import type { NodeMark, QcFinding, RecordingKind, RecordingState } from '../../domain/recording.ts';
import type { ScriptNode } from '../../domain/recording-script.ts';
import type { Generated, Json, Maybe, MaybeJson, MaybeMoment, Moment } from './columns.ts';

/** What a machine found, and whether it could look at picture and sound. */
export interface RecordingQc {
  readonly media: 'MEASURED' | 'NOT_MEASURED';
  readonly findings: readonly QcFinding[];
}

/** A member of staff as shown to the borrower; sealed. */
export interface Attendant {
  readonly name: string;
  readonly licenceNumber: string;
}

/** The marks of a session; sealed, for answers are a person's words. */
export interface SealedMarks {
  readonly marks: readonly NodeMark[];
}

export interface RecordingRow {
  id: string;
  application_id: string;
  contract_id: string;
  state: RecordingState;
  kind: Generated<RecordingKind>;
  opened_by: string;
  consent_at: MaybeMoment;
  script_code: Maybe<string>;
  script_version: Maybe<number>;
  /** The nodes, filled with the loan's terms: nothing of a person's. */
  script: MaybeJson<readonly ScriptNode[]>;
  attended_by: Maybe<string>;
  attended_at: MaybeMoment;
  sealed_attendant: Maybe<Buffer>;
  chunk_count: Maybe<number>;
  chain_sm3: Maybe<string>;
  /** Chunks from 0 without a hole, and the chain over them. */
  chained_count: Generated<number>;
  chained_sm3: Generated<string>;
  size_bytes: Generated<number>;
  sealed_marks: Maybe<Buffer>;
  reminded_at: MaybeMoment;
  expired_at: MaybeMoment;
  qc: MaybeJson<RecordingQc>;
  /** Canonical JSON, as signed. */
  manifest: Maybe<string>;
  manifest_sm3: Maybe<string>;
  manifest_signature: Maybe<Buffer>;
  manifest_public_key: Maybe<string>;
  manifest_token: Maybe<Buffer>;
  manifest_stamped_at: MaybeMoment;
  /** When the objects of an abandoned session were deleted. */
  emptied_at: MaybeMoment;
  created_at: Moment;
  completed_at: MaybeMoment;
}

export interface RecordingChunkRow {
  recording_id: string;
  number: number;
  segment: Generated<number>;
  from_ms: Maybe<number>;
  to_ms: Maybe<number>;
  sm3: string;
  size_bytes: number;
  object_key: string;
  received_at: Moment;
}

export const INTERRUPTIONS = ['CONNECTION_LOST', 'DEVICE', 'PERSON_LEFT', 'CALL', 'OTHER'] as const;

export interface RecordingSegmentRow {
  recording_id: string;
  number: number;
  first_chunk: number;
  reason: (typeof INTERRUPTIONS)[number];
  opened_at: Moment;
}

export interface RecordingReviewRow {
  recording_id: string;
  verdict: 'PASS' | 'RERECORD';
  reasons: Json<readonly string[]>;
  attended_by: Maybe<string>;
  opened_by: string;
  reviewed_by: string;
  reviewed_role: string;
  reviewed_at: Date;
}
