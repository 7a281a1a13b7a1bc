/**
 * Judging a certificate: its chain up to a trusted root, at an instant, with revocation (RFC 5280 §6, without policies).
 */
import { CryptoError } from './errors.ts';
import { sm2Verify } from './sm2.ts';
import { parseCertificate, type ParsedCertificate } from './x509-certificate.ts';
import { parseCrl, type ParsedCrl } from './x509-crl.ts';

export type ChainRefusal =
  | 'MALFORMED'
  | 'NOT_YET_VALID'
  | 'EXPIRED'
  | 'UNKNOWN_CRITICAL_EXTENSION'
  | 'ISSUER_NOT_TRUSTED'
  | 'ISSUER_NOT_CA'
  | 'SIGNATURE_WRONG'
  | 'PATH_TOO_LONG'
  | 'CRL_MISSING'
  | 'CRL_WRONG'
  | 'CRL_EXPIRED'
  | 'REVOKED';

export type ChainVerdict =
  /** From the leaf to the trusted root. */
  | { readonly ok: true; readonly path: readonly ParsedCertificate[] }
  | { readonly ok: false; readonly reason: ChainRefusal };

const PATH_MAX = 6;

/** Whether a DER signature over data is the key's; how SM2 is computed is the caller's choice. */
export type SignatureCheck = (
  publicKey: string,
  data: Uint8Array,
  signature: Uint8Array,
) => boolean;

interface Trial {
  readonly chain: readonly ParsedCertificate[];
  readonly roots: readonly ParsedCertificate[];
  readonly at: Date;
  readonly crls: readonly ParsedCrl[] | undefined;
  readonly verify: SignatureCheck;
}

/**
 * Whether `leaf` was good at `at`.
 * @param leaf DER; `chain` DER certificates that may lie between, in any order; `roots` DER certificates trusted as they are
 * @param at the instant of the signature that is judged; a certificate revoked later was good then
 * @param crls when given, the leaf's issuer must be among the lists' issuers; a list must not have run out at `at`
 * @param verify ours unless told
 */
export function verifyCertificateChain(
  leaf: Uint8Array,
  chain: readonly Uint8Array[],
  roots: readonly Uint8Array[],
  at: Date,
  crls?: readonly Uint8Array[],
  verify: SignatureCheck = sm2Verify,
): ChainVerdict {
  try {
    const trial: Trial = {
      chain: chain.map(parseCertificate),
      roots: roots.map(parseCertificate),
      at,
      crls: crls?.map(parseCrl),
      verify,
    };
    return climb(parseCertificate(leaf), trial);
  } catch (error) {
    if (error instanceof CryptoError) return { ok: false, reason: 'MALFORMED' };
    throw error;
  }
}

function climb(leaf: ParsedCertificate, trial: Trial): ChainVerdict {
  const path = [leaf];
  for (let current = leaf; path.length <= PATH_MAX; ) {
    const flaw = flawOf(current, trial.at);
    if (flaw !== undefined) return { ok: false, reason: flaw };
    if (trial.roots.some((root) => root.der.equals(current.der))) return { ok: true, path };
    const found = issuerOf(current, trial, path.length - 1);
    if (typeof found === 'string') return { ok: false, reason: found };
    const revoked = revocationOf(current, found, trial, current === leaf);
    if (revoked !== undefined) return { ok: false, reason: revoked };
    path.push(found);
    current = found;
  }
  return { ok: false, reason: 'PATH_TOO_LONG' };
}

function flawOf(certificate: ParsedCertificate, at: Date): ChainRefusal | undefined {
  if (at < certificate.notBefore) return 'NOT_YET_VALID';
  if (at > certificate.notAfter) return 'EXPIRED';
  const { unknownCritical } = certificate.extensions;
  return unknownCritical.length > 0 ? 'UNKNOWN_CRITICAL_EXTENSION' : undefined;
}

/** The certificate that issued `current`, or why there is none. `below`: how many CA certificates lie under the issuer. */
function issuerOf(
  current: ParsedCertificate,
  trial: Trial,
  below: number,
): ParsedCertificate | ChainRefusal {
  const named = [...trial.roots, ...trial.chain].filter((candidate) =>
    candidate.subjectDer.equals(current.issuerDer),
  );
  if (named.length === 0) return 'ISSUER_NOT_TRUSTED';
  const issuer = named.find((one) => trial.verify(one.publicKey, current.tbs, current.signature));
  if (issuer === undefined) return 'SIGNATURE_WRONG';
  const { ca, keyUsage, pathLength } = issuer.extensions;
  if (!ca || !keyUsage.includes('keyCertSign')) return 'ISSUER_NOT_CA';
  if (pathLength !== undefined && below > pathLength) return 'PATH_TOO_LONG';
  return issuer;
}

function revocationOf(
  current: ParsedCertificate,
  issuer: ParsedCertificate,
  trial: Trial,
  isLeaf: boolean,
): ChainRefusal | undefined {
  if (trial.crls === undefined) return undefined;
  const lists = trial.crls.filter((crl) => crl.issuerDer.equals(issuer.subjectDer));
  if (lists.length === 0) return isLeaf ? 'CRL_MISSING' : undefined;
  const signs = issuer.extensions.keyUsage.includes('cRLSign');
  const genuine = lists.filter(
    (crl) => signs && trial.verify(issuer.publicKey, crl.tbs, crl.signature),
  );
  if (genuine.length === 0) return 'CRL_WRONG';
  const valid = genuine.filter((crl) => crl.nextUpdate >= trial.at);
  if (valid.length === 0) return 'CRL_EXPIRED';
  const isRevoked = valid.some((crl) =>
    crl.revoked.some((entry) => entry.serial === current.serial && entry.at <= trial.at),
  );
  return isRevoked ? 'REVOKED' : undefined;
}
