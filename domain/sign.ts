/** Signing: the applicant signs the very contract that was shown, after the dual recording where the product asks for one. */

/** What stands when an applicant wants to sign. Digests are SM3, hex. */
export interface SigningAttempt {
  readonly contractSm3: string;
  /** Digest of the bytes the applicant was shown. */
  readonly shownSm3: string;
  /** The product asks for a dual recording (双录) at this amount. */
  readonly recordingNeeded: boolean;
  readonly recordingComplete: boolean;
}

export type SigningRefusal = 'DIGEST_DIFFERS' | 'RECORDING_MISSING';

/** Says why the contract may not be signed now, or null. Another text than the contract's is refused first. */
export function refuseSigning(attempt: SigningAttempt): SigningRefusal | null {
  if (attempt.shownSm3.toLowerCase() !== attempt.contractSm3.toLowerCase()) return 'DIGEST_DIFFERS';
  return attempt.recordingNeeded && !attempt.recordingComplete ? 'RECORDING_MISSING' : null;
}
