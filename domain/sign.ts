/** Signing: what must stand before the money may move: both signatures, the time stamp, and the dual recording where required. */
import type { Fen } from './money.ts';
import { needsDualRecording, type Product } from './products.ts';

export const RECORDING_STATES = [
  'NOT_REQUIRED',
  'REQUIRED',
  'RECORDING',
  'UPLOADED',
  'ACCEPTED',
  'REJECTED',
] as const;
export type RecordingState = (typeof RECORDING_STATES)[number];

/** State a recording starts in for a product and amount. */
export function initialRecording(product: Product, amountFen: Fen): RecordingState {
  return needsDualRecording(product, amountFen) ? 'REQUIRED' : 'NOT_REQUIRED';
}

/** True when the recording no longer holds the loan back. A rejected one does: a new session must follow. */
export function recordingGateOpen(state: RecordingState): boolean {
  return state === 'NOT_REQUIRED' || state === 'ACCEPTED';
}

export type RecordingFault = 'NO_CHUNKS' | 'CHUNK_MISSING' | 'CHAIN_BROKEN' | 'TOO_SHORT';

/** One uploaded chunk: its place, its own SM3 and the running chain value h(i) = SM3(h(i−1) ‖ chunk ‖ meta), hex. */
export interface RecordingChunk {
  readonly index: number;
  readonly previousChain: string;
  readonly chain: string;
  readonly durationMs: number;
}

/** Checks that chunks are complete and chained (regulation.md §3.5 item 3); the hashes themselves are checked where bytes are. */
export function recordingFaults(
  chunks: readonly RecordingChunk[],
  minDurationMs: number,
): readonly RecordingFault[] {
  if (chunks.length === 0) return ['NO_CHUNKS'];
  const sorted = [...chunks].sort((a, b) => a.index - b.index);
  const faults: RecordingFault[] = [];
  if (sorted.some((chunk, i) => chunk.index !== i)) faults.push('CHUNK_MISSING');
  if (sorted.some((chunk, i) => i > 0 && chunk.previousChain !== sorted[i - 1]?.chain)) {
    faults.push('CHAIN_BROKEN');
  }
  if (sorted.reduce((sum, chunk) => sum + chunk.durationMs, 0) < minDurationMs)
    faults.push('TOO_SHORT');
  return faults;
}

/** What stands of a signing. */
export interface SigningEvidence {
  /** SM3 of the contract, hex, and the digests each signature and the time stamp are over. */
  readonly contractHash: string;
  readonly borrowerSignedHash: string | null;
  readonly lenderSignedHash: string | null;
  readonly timestampedHash: string | null;
  /** The applicant confirmed the cost disclosure after reading it for the seconds of the policy. */
  readonly disclosureReadSeconds: number | null;
  readonly recording: RecordingState;
}

export type SigningGap =
  | 'DISCLOSURE_NOT_CONFIRMED'
  | 'DISCLOSURE_READ_TOO_SHORT'
  | 'BORROWER_SIGNATURE'
  | 'LENDER_SIGNATURE'
  | 'TIMESTAMP'
  | 'RECORDING';

/** What is missing before the loan may go to disbursement; empty when nothing is. A signature over another text counts as missing. */
export function signingGaps(
  evidence: SigningEvidence,
  minReadSeconds: number,
): readonly SigningGap[] {
  const gaps: SigningGap[] = [];
  if (evidence.disclosureReadSeconds === null) gaps.push('DISCLOSURE_NOT_CONFIRMED');
  else if (evidence.disclosureReadSeconds < minReadSeconds) gaps.push('DISCLOSURE_READ_TOO_SHORT');
  if (evidence.borrowerSignedHash !== evidence.contractHash) gaps.push('BORROWER_SIGNATURE');
  if (evidence.lenderSignedHash !== evidence.contractHash) gaps.push('LENDER_SIGNATURE');
  if (evidence.timestampedHash !== evidence.contractHash) gaps.push('TIMESTAMP');
  if (!recordingGateOpen(evidence.recording)) gaps.push('RECORDING');
  return gaps;
}
