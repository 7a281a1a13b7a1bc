/**
 * RFC 3161 time stamps: asking for one, and judging the answer against what was asked and against trusted certificates.
 * The imprint may be SM3 (GB/T 20520); the authority's own signature is ECDSA or RSA, which Node verifies natively.
 */
import { X509Certificate } from 'node:crypto';
import { readSignedContent, signerOf, type SignedContent } from './cms.ts';
import { DER, expect, readAll, readSequence, readUnsigned, write, writeUnsigned } from './der.ts';
import { readOid, readTime, TRUE, writeOid } from './der-values.ts';
import { CryptoError } from './errors.ts';
import { readRawExtensions } from './x509-extensions.ts';

export type ImprintAlgorithm = 'SM3' | 'SHA-256';

const IMPRINT_OIDS: Readonly<Record<ImprintAlgorithm, string>> = {
  SM3: '1.2.156.10197.1.401',
  'SHA-256': '2.16.840.1.101.3.4.2.1',
};
const OID_TST_INFO = '1.2.840.113549.1.9.16.1.4';
const OID_EXT_KEY_USAGE = '2.5.29.37';
const OID_TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const IMPRINT_BYTES = 32;
const NONCE_BYTES_MAX = 20;
const CHAIN_MAX = 5;

export interface TimestampQuery {
  /** Digest of the document, 32 bytes. */
  readonly imprint: Uint8Array;
  readonly algorithm: ImprintAlgorithm;
  /** 1 to 20 random bytes, read as a number. */
  readonly nonce: Uint8Array;
}

/** The body of an `application/timestamp-query`, asking for the certificate as well. @throws CryptoError ENCODING_INVALID */
export function createTimestampQuery(of: TimestampQuery): Buffer {
  const sized = of.nonce.length > 0 && of.nonce.length <= NONCE_BYTES_MAX;
  if (of.imprint.length !== IMPRINT_BYTES || !sized) {
    throw new CryptoError('ENCODING_INVALID', 'An imprint has 32 bytes, a nonce 1 to 20.');
  }
  const algorithm = write(DER.SEQUENCE, writeOid(IMPRINT_OIDS[of.algorithm]), write(DER.NULL));
  return write(
    DER.SEQUENCE,
    write(DER.INTEGER, Buffer.from([1])),
    write(DER.SEQUENCE, algorithm, write(DER.OCTET_STRING, of.imprint)),
    writeUnsigned(of.nonce),
    TRUE,
  );
}

export type TimestampRefusal =
  | 'MALFORMED'
  /** The authority answered that it will not stamp. */
  | 'REFUSED_BY_AUTHORITY'
  | 'IMPRINT_DIFFERS'
  | 'NONCE_DIFFERS'
  | 'SIGNATURE_WRONG'
  | 'SIGNER_NOT_TRUSTED'
  | 'SIGNER_NOT_FOR_TIME_STAMPING'
  | 'SIGNER_NOT_VALID_THEN';

export type TimestampVerdict =
  | {
      readonly ok: true;
      readonly genTime: Date;
      /** Object identifier of the authority's policy. */
      readonly policy: string;
      /** Hexadecimal. */
      readonly serial: string;
    }
  | { readonly ok: false; readonly reason: TimestampRefusal };

export interface TimestampReplyToVerify extends Omit<TimestampQuery, 'nonce'> {
  /** Left out for a stored reply, whose nonce was compared when it arrived. */
  readonly nonce?: Uint8Array;
  /** The body of the `application/timestamp-reply`. */
  readonly reply: Uint8Array;
  /** PEM certificates of the authority itself or of the CA above it. */
  readonly trustedCertificates: readonly string[];
}

/** Whether the reply is a trusted authority's stamp on exactly what was asked. Never throws for a bad reply. */
export function verifyTimestampReply(of: TimestampReplyToVerify): TimestampVerdict {
  try {
    return judge(of);
  } catch (error) {
    if (error instanceof CryptoError) return refuse('MALFORMED');
    throw error;
  }
}

function refuse(reason: TimestampRefusal): TimestampVerdict {
  return { ok: false, reason };
}

function judge(of: TimestampReplyToVerify): TimestampVerdict {
  const [status, token] = readSequence(of.reply);
  const code = expect(readAll(expect(status, DER.SEQUENCE))[0], DER.INTEGER)[0];
  if ((code !== 0 && code !== 1) || token === undefined) return refuse('REFUSED_BY_AUTHORITY');
  const signed = readSignedContent(token.raw);
  if (signed.contentType !== OID_TST_INFO) return refuse('MALFORMED');
  const stamp = readStamp(signed.content);
  const sameDigest = Buffer.from(of.imprint).equals(stamp.imprint);
  if (stamp.algorithm !== IMPRINT_OIDS[of.algorithm] || !sameDigest) {
    return refuse('IMPRINT_DIFFERS');
  }
  if (of.nonce !== undefined && !stamp.nonce?.equals(padded(of.nonce))) {
    return refuse('NONCE_DIFFERS');
  }
  const flaw = signerFlaw(signed, of.trustedCertificates, stamp.genTime);
  if (flaw !== undefined) return refuse(flaw);
  return { ok: true, genTime: stamp.genTime, policy: stamp.policy, serial: stamp.serial };
}

interface Stamp {
  readonly policy: string;
  readonly algorithm: string;
  readonly imprint: Uint8Array;
  readonly serial: string;
  readonly genTime: Date;
  /** Padded to the longest nonce; undefined when the stamp has none. */
  readonly nonce: Buffer | undefined;
}

function padded(nonce: Uint8Array): Buffer {
  return Buffer.concat([Buffer.alloc(NONCE_BYTES_MAX - nonce.length), nonce]);
}

function readStamp(tstInfo: Uint8Array): Stamp {
  const [, policy, imprint, serial, genTime, ...rest] = readSequence(tstInfo);
  const [algorithm, digest] = readAll(expect(imprint, DER.SEQUENCE));
  const nonce = rest.find((element) => element.tag === DER.INTEGER);
  return {
    policy: readOid(policy),
    algorithm: readOid(readAll(expect(algorithm, DER.SEQUENCE))[0]),
    imprint: expect(digest, DER.OCTET_STRING),
    serial: Buffer.from(expect(serial, DER.INTEGER)).toString('hex'),
    genTime: readTime(genTime),
    nonce: nonce === undefined ? undefined : readUnsigned(nonce, NONCE_BYTES_MAX),
  };
}

function signerFlaw(
  signed: SignedContent,
  trustedPem: readonly string[],
  at: Date,
): TimestampRefusal | undefined {
  const trusted = trustedPem.map((pem) => new X509Certificate(pem));
  const signer = signerOf(signed, trusted);
  if (signer === undefined) return 'SIGNATURE_WRONG';
  if (!isForTimeStampingOnly(signer)) return 'SIGNER_NOT_FOR_TIME_STAMPING';
  if (!wasValid(signer, at)) return 'SIGNER_NOT_VALID_THEN';
  return isTrusted(signer, signed.certificates, trusted, at) ? undefined : 'SIGNER_NOT_TRUSTED';
}

/** RFC 3161 §2.3: the extended key usage is critical and names time stamping alone. */
function isForTimeStampingOnly(certificate: X509Certificate): boolean {
  const [tbs] = readSequence(certificate.raw);
  const wrapped = readAll(expect(tbs, DER.SEQUENCE)).find((part) => part.tag === DER.CONTEXT_3);
  if (wrapped === undefined) return false;
  const usage = readRawExtensions(readAll(wrapped.content)[0]).get(OID_EXT_KEY_USAGE);
  if (usage === undefined || !usage.critical) return false;
  const purposes = readSequence(usage.value).map(readOid);
  return purposes.length === 1 && purposes[0] === OID_TIME_STAMPING;
}

function wasValid(certificate: X509Certificate, at: Date): boolean {
  return at >= new Date(certificate.validFrom) && at <= new Date(certificate.validTo);
}

/** Whether `signer` is trusted itself or stands under a trusted CA through the certificates of the token. */
function isTrusted(
  signer: X509Certificate,
  between: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
  at: Date,
): boolean {
  let current = signer;
  for (let depth = 0; depth < CHAIN_MAX; depth += 1) {
    if (trusted.some((one) => one.raw.equals(current.raw))) return true;
    const below = current;
    const issuer = [...trusted, ...between].find(
      (one) => one.ca && wasValid(one, at) && below.checkIssued(one) && below.verify(one.publicKey),
    );
    if (issuer === undefined) return false;
    current = issuer;
  }
  return false;
}
