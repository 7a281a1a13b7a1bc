/** Which revoked certificate is followed by another: one that was given up without blame before anything was signed under it. */
import { fromPem } from '../../platform/crypto/pem.ts';
import { parseCertificate, parseCrl, type RevocationReason } from '../../platform/crypto/x509.ts';

/**
 * Reasons that say nothing against key or person. Any other, and none at all, may mean that the key is in other hands or that the
 * person is not who they said: that is for people.
 */
const WITHOUT_BLAME: readonly RevocationReason[] = ['superseded', 'cessationOfOperation'];

/**
 * Whether the list names the certificate under a reason without blame. The list need not be believed for that: a false one
 * leads to another certificate, and whoever signs is judged by a genuine list all the same.
 * @param list DER, as the port gave it
 * @throws CryptoError ENCODING_INVALID
 */
export function isGivenUp(list: Uint8Array, leafPem: string): boolean {
  const leaf = parseCertificate(fromPem('CERTIFICATE', leafPem));
  const { revoked, issuerDer } = parseCrl(list);
  if (!issuerDer.equals(leaf.issuerDer)) return false;
  const entries = revoked.filter(({ serial }) => serial === leaf.serial);
  return (
    entries.length > 0 &&
    entries.every(({ reason }) => reason !== undefined && WITHOUT_BLAME.includes(reason))
  );
}
