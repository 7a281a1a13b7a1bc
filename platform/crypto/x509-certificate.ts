/**
 * SM2 certificates and certificate requests (RFC 5280, RFC 2986, GM/T 0015): making and reading them.
 */
import {
  DER,
  type DerElement,
  expect,
  readAll,
  readSequence,
  write,
  writeUnsigned,
} from './der.ts';
import { readBits, readOid, readTime, writeBits, writeOid, writeTime } from './der-values.ts';
import { CryptoError } from './errors.ts';
import { sm2PublicKeyFromSpki, sm2SpkiDer, sm2Sign, sm2Verify, type Sm2KeyPair } from './sm2.ts';
import {
  type CertificateExtensions,
  type KeyUsage,
  keyIdentifier,
  readExtensions,
  writeExtensions,
} from './x509-extensions.ts';
import { type DistinguishedName, readName, writeName } from './x509-names.ts';

/** SM2-with-SM3 (GM/T 0006), without parameters as OpenSSL writes it. */
const OID_SM2_WITH_SM3 = '1.2.156.10197.1.501';
export const SM2_WITH_SM3 = write(DER.SEQUENCE, writeOid(OID_SM2_WITH_SM3));
const VERSION_3 = write(DER.CONTEXT_0, write(DER.INTEGER, Buffer.from([2])));

/** Signs a to-be-signed structure and wraps it with its algorithm and signature. */
export function signStructure(privateKey: string, tbs: Uint8Array): Buffer {
  return write(DER.SEQUENCE, tbs, SM2_WITH_SM3, writeBits(sm2Sign(privateKey, tbs)));
}

/** The three parts of a signed structure. @throws CryptoError ENCODING_INVALID, also for another algorithm than SM2-with-SM3 */
export function readSigned(der: Uint8Array): { tbs: DerElement; signature: Uint8Array } {
  const [tbs, algorithm, signature, ...rest] = readSequence(der);
  const isSm2 = readOid(readAll(expect(algorithm, DER.SEQUENCE))[0]) === OID_SM2_WITH_SM3;
  if (tbs === undefined || rest.length > 0 || !isSm2) {
    throw new CryptoError('ENCODING_INVALID', 'Not a structure signed by SM2-with-SM3.');
  }
  return { tbs, signature: readBits(signature) };
}

/** A PKCS#10 request for a certificate, signed by the key it asks for. DER. */
export function createCsr(of: { subject: DistinguishedName; keyPair: Sm2KeyPair }): Buffer {
  const info = write(
    DER.SEQUENCE,
    write(DER.INTEGER, Buffer.from([0])),
    writeName(of.subject),
    sm2SpkiDer(of.keyPair.publicKey),
    write(DER.CONTEXT_0),
  );
  return signStructure(of.keyPair.privateKey, info);
}

export interface ParsedCsr {
  readonly subject: DistinguishedName;
  readonly publicKey: string;
}

/** Reads a request and checks that its key signed it. @throws CryptoError ENCODING_INVALID, KEY_INVALID */
export function parseCsr(der: Uint8Array): ParsedCsr {
  const { tbs, signature } = readSigned(der);
  const [, subject, spki] = readAll(expect(tbs, DER.SEQUENCE));
  const publicKey = sm2PublicKeyFromSpki(spki?.raw ?? Buffer.alloc(0));
  if (!sm2Verify(publicKey, tbs.raw, signature)) {
    throw new CryptoError('ENCODING_INVALID', 'The certificate request is not signed by its key.');
  }
  return { subject: readName(subject), publicKey };
}

interface Validity {
  /** Positive, at most 20 bytes, hexadecimal; unique for its issuer. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Shown in the certificate's policy notice, e.g. "TEST CA, NOT LICENSED". */
  readonly policyText?: string;
}

export interface RootRequest extends Validity {
  readonly subject: DistinguishedName;
  readonly keyPair: Sm2KeyPair;
}

export interface IssueRequest extends Validity {
  /** The public key of the request, which proved possession (parseCsr). */
  readonly csrPublicKey: string;
  readonly subject: DistinguishedName;
  readonly issuer: { readonly certificate: Uint8Array; readonly privateKey: string };
  /** Whether the certificate may issue others. */
  readonly ca: boolean;
  readonly pathLength?: number;
  readonly keyUsage: readonly KeyUsage[];
  /** Object identifiers of further purposes. */
  readonly extKeyUsage?: readonly string[];
}

function certificateBody(
  of: Validity & { subject: DistinguishedName },
  publicKey: string,
  issuerName: Uint8Array,
  extensions: Buffer,
): Buffer {
  return write(
    DER.SEQUENCE,
    VERSION_3,
    writeUnsigned(Buffer.from(of.serial, 'hex')),
    SM2_WITH_SM3,
    issuerName,
    write(DER.SEQUENCE, writeTime(of.notBefore), writeTime(of.notAfter)),
    writeName(of.subject),
    sm2SpkiDer(publicKey),
    write(DER.CONTEXT_3, extensions),
  );
}

/** A self-signed CA certificate, DER. */
export function createRootCertificate(of: RootRequest): Buffer {
  const { publicKey, privateKey } = of.keyPair;
  const extensions = writeExtensions({
    ca: true,
    pathLength: undefined,
    keyUsage: ['keyCertSign', 'cRLSign'],
    extKeyUsage: [],
    policyText: of.policyText,
    subjectKeyId: keyIdentifier(publicKey),
    authorityKeyId: undefined,
  });
  return signStructure(
    privateKey,
    certificateBody(of, publicKey, writeName(of.subject), extensions),
  );
}

/** A certificate by `issuer` for the key of a request, DER. @throws CryptoError KEY_INVALID, ENCODING_INVALID */
export function issueCertificate(of: IssueRequest): Buffer {
  const issuer = parseCertificate(of.issuer.certificate);
  const extensions = writeExtensions({
    ca: of.ca,
    pathLength: of.pathLength,
    keyUsage: of.keyUsage,
    extKeyUsage: of.extKeyUsage ?? [],
    policyText: of.policyText,
    subjectKeyId: keyIdentifier(of.csrPublicKey),
    authorityKeyId: issuer.extensions.subjectKeyId,
  });
  const body = certificateBody(of, of.csrPublicKey, issuer.subjectDer, extensions);
  return signStructure(of.issuer.privateKey, body);
}

export interface ParsedCertificate {
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Hexadecimal, without leading zero bytes. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SM2 public key, 130 hexadecimal digits. */
  readonly publicKey: string;
  readonly extensions: CertificateExtensions;
  /** Names as encoded, for comparison. */
  readonly subjectDer: Buffer;
  readonly issuerDer: Buffer;
  /** What the signature covers. */
  readonly tbs: Buffer;
  readonly signature: Buffer;
  readonly der: Buffer;
}

/** Serial number of a certificate as hexadecimal digits. @throws CryptoError ENCODING_INVALID */
export function readSerial(element: DerElement | undefined): string {
  const hex = Buffer.from(expect(element, DER.INTEGER)).toString('hex');
  return hex.length > 2 && hex.startsWith('00') ? hex.slice(2) : hex;
}

/** Reads an SM2 certificate, DER; trusts nothing yet. @throws CryptoError ENCODING_INVALID, KEY_INVALID for another kind of key */
export function parseCertificate(der: Uint8Array): ParsedCertificate {
  const { tbs, signature } = readSigned(der);
  const [version, serial, , issuer, validity, subject, spki, ...rest] = readAll(
    expect(tbs, DER.SEQUENCE),
  );
  if (version === undefined || !VERSION_3.equals(version.raw)) {
    throw new CryptoError('ENCODING_INVALID', 'Not a version 3 certificate.');
  }
  const [notBefore, notAfter] = readAll(expect(validity, DER.SEQUENCE));
  const wrapped = rest.find((element) => element.tag === DER.CONTEXT_3);
  return {
    subject: readName(subject),
    issuer: readName(issuer),
    serial: readSerial(serial),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    publicKey: sm2PublicKeyFromSpki(spki?.raw ?? Buffer.alloc(0)),
    extensions: readExtensions(wrapped && readAll(wrapped.content)[0]),
    subjectDer: Buffer.from(subject?.raw ?? []),
    issuerDer: Buffer.from(issuer?.raw ?? []),
    tbs: Buffer.from(tbs.raw),
    signature: Buffer.from(signature),
    der: Buffer.from(der),
  };
}
