/** Judges a time stamp of a bundle: whose it is, what it is over, and when it was made. */
import { verifyTimestampReply } from '../../platform/crypto/timestamp.ts';
import type { Bundle } from './bundle.ts';
import { BundleFault, type FaultCode } from './findings.ts';

export interface StampedBytes {
  /** SM3, 32 bytes. */
  readonly imprint: Buffer;
  /** Path of the RFC 3161 reply. */
  readonly token: string;
  /** What to say when it does not hold; its reason is added. */
  readonly code: FaultCode;
}

/** When a trusted authority stamped these bytes. @throws BundleFault */
export function stampedAt(bundle: Bundle, { imprint, token, code }: StampedBytes): Date {
  const verdict = verifyTimestampReply({
    imprint,
    algorithm: 'SM3',
    reply: bundle.file(token),
    trustedCertificates: bundle.trust.stampersPem,
  });
  if (verdict.ok) return verdict.genTime;
  if (code === 'TOKEN_WRONG' && verdict.reason === 'IMPRINT_DIFFERS')
    throw new BundleFault('TOKEN_IMPRINT_DIFFERS', token);
  throw new BundleFault(code, token, verdict.reason);
}
