/** The lender's seal under a digest, believed only when both SM2 implementations accept it, wherever it was made. */
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { verifyLenderSeal } from './sealing.ts';

export interface SealedDigest {
  /** DER. */
  readonly signature: Buffer;
  /** 130 hexadecimal digits. */
  readonly publicKey: string;
}

/**
 * @param digest SM3, 32 bytes
 * @throws KeyServiceError, which may be tried again; final failure SEAL_SIGNATURE_WRONG when the service signed otherwise
 */
export async function sealDigest(
  { lenderSeal }: Pick<ActivityDeps, 'lenderSeal'>,
  digest: Buffer,
): Promise<SealedDigest> {
  const publicKey = await lenderSeal.publicKey();
  const signature = await lenderSeal.sign(digest);
  const verdict = verifyLenderSeal({ digest, signature, publicKey });
  if (!verdict.ok) throw finalFailure(`SEAL_${verdict.reason}`);
  return { signature, publicKey };
}
