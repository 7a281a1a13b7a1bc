/** Signing: the applicant signs the very contract that was shown, after the dual recording where the product asks for one. */

import {
  type RecordingKind,
  type RecordingNeed,
  recordingServes,
  type RecordingState,
} from './recording.ts';

/** What stands when an applicant wants to sign. Digests are SM3, hex. */
export interface SigningAttempt {
  readonly contractSm3: string;
  /** Digest of the bytes the applicant was shown. */
  readonly shownSm3: string;
  /** Whether the cost disclosure of this contract was read to its end and confirmed (金规〔2026〕2号). */
  readonly disclosureConfirmed: boolean;
  /** Whether everything that the loan charges is on that disclosure. */
  readonly disclosureComplete: boolean;
  /** Which dual recording (双录) the loan's rules ask for. */
  readonly recordingNeed: RecordingNeed;
  /** Complete and passed recordings of this contract. */
  readonly recordings: readonly {
    readonly kind: RecordingKind;
    readonly state: RecordingState;
  }[];
}

export type SigningRefusal =
  | 'DIGEST_DIFFERS'
  | 'COST_NOT_DISCLOSED'
  | 'DISCLOSURE_UNCONFIRMED'
  | 'RECORDING_MISSING'
  | 'RECORDING_UNREVIEWED';

/** Says why the contract may not be signed now, or null. Another text than the contract's is refused first. */
export function refuseSigning(attempt: SigningAttempt): SigningRefusal | null {
  if (attempt.shownSm3.toLowerCase() !== attempt.contractSm3.toLowerCase()) return 'DIGEST_DIFFERS';
  if (!attempt.disclosureComplete) return 'COST_NOT_DISCLOSED';
  if (!attempt.disclosureConfirmed) return 'DISCLOSURE_UNCONFIRMED';
  const { recordingNeed: need, recordings } = attempt;
  if (need === 'NONE' || recordings.some((one) => recordingServes(need, one))) return null;
  const waits = need === 'ATTENDED' && recordings.some(({ kind }) => kind === 'ATTENDED');
  return waits ? 'RECORDING_UNREVIEWED' : 'RECORDING_MISSING';
}
