/**
 * How a contract is signed and a signature judged, without any call to the outside: the applicant's one-time key and
 * certificate request, SM2 signatures over the contract's SM3 digest, the lender's seal, and the verdict on both.
 *
 * A signature is SM2-with-SM3 (user id 1234567812345678) over the 32 bytes of the digest, so it can be checked with
 * the digest alone, by `openssl dgst -sm3 -verify` over a file of those bytes too. 电子签名法 art. 13 and 14.
 */
import { allFromPem } from '../../platform/crypto/pem.ts';
import { secondOpinionVerify } from '../../platform/crypto/second-opinion.ts';
import {
  generateSm2KeyPair,
  sm2Sign,
  sm2Verify,
  type Sm2KeyPair,
} from '../../platform/crypto/sm2.ts';
import {
  type ChainRefusal,
  createCsr,
  type ParsedCertificate,
  verifyCertificateChain,
} from '../../platform/crypto/x509.ts';

const SM3_BYTES = 32;

/** Who signs: the person as named in the contract, and the application the certificate is asked for. */
export interface Signer {
  readonly name: string;
  readonly applicationId: string;
}

export interface SigningRequest {
  /** For one signature: kept sealed at most until it is made, then destroyed (电子签名法 art. 13(1), (2)). */
  readonly keyPair: Sm2KeyPair;
  /** PKCS#10 request, DER. */
  readonly csr: Buffer;
}

/**
 * A fresh key pair and the request for its one-time certificate. The certificate names the person and, as its serial
 * number attribute, the application, so that it fits no other contract.
 */
export function createApplicantSigningRequest(signer: Signer): SigningRequest {
  const keyPair = generateSm2KeyPair();
  const subject = {
    country: 'CN',
    commonName: signer.name,
    serialNumber: signer.applicationId,
  };
  return { keyPair, csr: createCsr({ subject, keyPair }) };
}

/**
 * Signs the SM3 digest of a contract, for the applicant or as the lender's seal.
 * @param digest 32 bytes
 * @returns DER signature
 * @throws RangeError when the digest has another length, CryptoError KEY_INVALID
 */
export function signDigest(privateKey: string, digest: Uint8Array): Buffer {
  if (digest.length !== SM3_BYTES) throw new RangeError('An SM3 digest has 32 bytes.');
  return sm2Sign(privateKey, digest);
}

/**
 * - `DIGEST_MALFORMED`: not 32 bytes.
 * - `SIGNATURE_WRONG`: not this key's signature over this digest, or not strict DER.
 * - `IMPLEMENTATIONS_DIFFER`: one implementation accepts what the other refuses; nobody may rely on it.
 */
export type SignatureRefusal = 'DIGEST_MALFORMED' | 'SIGNATURE_WRONG' | 'IMPLEMENTATIONS_DIFFER';

/**
 * - `CHAIN_EMPTY`: no certificate was given.
 * - `KEY_USAGE`: the certificate is not for signing.
 * - `OTHER_SIGNER`: it names another person, or was issued for another application.
 */
export type CertificateRefusal = ChainRefusal | 'CHAIN_EMPTY' | 'KEY_USAGE' | 'OTHER_SIGNER';

export type SignatureVerdict =
  | { readonly ok: true; readonly certificate: ParsedCertificate }
  | { readonly ok: false; readonly part: 'CERTIFICATE'; readonly reason: CertificateRefusal }
  | { readonly ok: false; readonly part: 'SIGNATURE'; readonly reason: SignatureRefusal };

/** Judges a signature by both SM2 implementations; null when both accept it. */
function refuseSignature(
  publicKey: string,
  digest: Uint8Array,
  signature: Uint8Array,
): SignatureRefusal | null {
  if (digest.length !== SM3_BYTES) return 'DIGEST_MALFORMED';
  const first = sm2Verify(publicKey, digest, signature);
  const second = secondOpinionVerify(publicKey, digest, signature);
  if (first !== second) return 'IMPLEMENTATIONS_DIFFER';
  return first ? null : 'SIGNATURE_WRONG';
}

function refuseCertificate(
  certificate: ParsedCertificate,
  signer: Signer,
): CertificateRefusal | null {
  const { keyUsage } = certificate.extensions;
  const signs = keyUsage.includes('digitalSignature') || keyUsage.includes('nonRepudiation');
  if (!signs) return 'KEY_USAGE';
  const { commonName, serialNumber } = certificate.subject;
  const same = commonName === signer.name && serialNumber === signer.applicationId;
  return same ? null : 'OTHER_SIGNER';
}

export interface ContractSignature {
  /** SM3 digest of the contract, 32 bytes. */
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  /** The signer's certificate first, PEM. */
  readonly chainPem: readonly string[];
  /** Roots that are trusted, PEM. */
  readonly rootsPem: readonly string[];
  /** When the signature was made, from the time stamp: the certificate must have been good then. */
  readonly at: Date;
  /** The authority's revocation list, DER; without one revocation is not judged. */
  readonly crl?: Uint8Array;
  /** Who must have signed. */
  readonly signer: Signer;
}

const certificatesOf = (texts: readonly string[]): Buffer[] =>
  texts.flatMap((text) => allFromPem('CERTIFICATE', text));

export type CertificateVerdict =
  | { readonly ok: true; readonly certificate: ParsedCertificate }
  | { readonly ok: false; readonly reason: CertificateRefusal };

/**
 * Whether somebody may sign under this certificate: it leads to a trusted root, is good at the time and on no list, is for
 * signing, and for this person and application. Never throws for bad input.
 */
export function judgeCertificate(
  given: Omit<ContractSignature, 'digest' | 'signature'>,
): CertificateVerdict {
  const [leaf, ...between] = certificatesOf(given.chainPem);
  if (leaf === undefined) return { ok: false, reason: 'CHAIN_EMPTY' };
  const roots = certificatesOf(given.rootsPem);
  const crls = given.crl === undefined ? undefined : [given.crl];
  const verdict = verifyCertificateChain(leaf, between, roots, given.at, crls);
  if (!verdict.ok) return { ok: false, reason: verdict.reason };
  const [certificate] = verdict.path;
  if (certificate === undefined) return { ok: false, reason: 'CHAIN_EMPTY' };
  const unfit = refuseCertificate(certificate, given.signer);
  return unfit === null ? { ok: true, certificate } : { ok: false, reason: unfit };
}

/**
 * Whether the applicant signed this contract: the certificate leads to a trusted root, was good at the time, is for
 * signing and for this person and application, and its key made the signature, by both SM2 implementations.
 * Never throws for bad input.
 */
export function verifyContractSignature(given: ContractSignature): SignatureVerdict {
  const verdict = judgeCertificate(given);
  if (!verdict.ok) return { ok: false, part: 'CERTIFICATE', reason: verdict.reason };
  const { certificate } = verdict;
  const wrong = refuseSignature(certificate.publicKey, given.digest, given.signature);
  return wrong === null
    ? { ok: true, certificate }
    : { ok: false, part: 'SIGNATURE', reason: wrong };
}

export type SealVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: SignatureRefusal };

/** Whether the lender's seal stands under this digest. `publicKey` is the lender's published seal key. */
export function verifyLenderSeal(given: {
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: string;
}): SealVerdict {
  const wrong = refuseSignature(given.publicKey, given.digest, given.signature);
  return wrong === null ? { ok: true } : { ok: false, reason: wrong };
}
