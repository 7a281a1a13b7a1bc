/**
 * Reading the CMS SignedData (RFC 5652) of a time-stamp token and checking its one signature.
 */
import { createHash, timingSafeEqual, verify, X509Certificate } from 'node:crypto';
import { DER, type DerElement, expect, readAll, readSequence } from './der.ts';
import { readOid } from './der-values.ts';
import { CryptoError } from './errors.ts';

const OID_SIGNED_DATA = '1.2.840.113549.1.7.2';
const OID_CONTENT_TYPE = '1.2.840.113549.1.9.3';
const OID_MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const OID_SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const OID_SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';

/** Node's names of the digests accepted in signatures. */
const DIGESTS: ReadonlyMap<string, string> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

/** A token taken apart; nothing of it is believed yet. */
export interface SignedContent {
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly certificates: readonly X509Certificate[];
  readonly signer: Signer;
}

interface Signer {
  /** Issuer and serial number, or key identifier, as encoded. */
  readonly id: DerElement;
  readonly digest: string;
  /** The signed attributes as a SET, the form that is signed. */
  readonly attributes: Buffer;
  readonly signature: Uint8Array;
}

function broken(what: string): CryptoError {
  return new CryptoError('ENCODING_INVALID', `Not a signed token: ${what}.`);
}

/** @throws CryptoError ENCODING_INVALID */
export function readSignedContent(contentInfo: Uint8Array): SignedContent {
  const [type, wrapped] = readSequence(contentInfo);
  if (readOid(type) !== OID_SIGNED_DATA) throw broken('another content type');
  const [signedData] = readAll(expect(wrapped, DER.CONTEXT_0));
  const [, , encapsulated, ...rest] = readAll(expect(signedData, DER.SEQUENCE));
  const [contentType, octets] = readAll(expect(encapsulated, DER.SEQUENCE));
  const [content] = readAll(expect(octets, DER.CONTEXT_0));
  const bag = rest.find((element) => element.tag === DER.CONTEXT_0);
  const [info, ...more] = readAll(expect(rest.at(-1), DER.SET));
  if (more.length > 0) throw broken('more than one signer');
  return {
    contentType: readOid(contentType),
    content: expect(content, DER.OCTET_STRING),
    certificates: bag === undefined ? [] : readAll(bag.content).map(readCertificate),
    signer: readSigner(info),
  };
}

function readCertificate(element: DerElement): X509Certificate {
  try {
    return new X509Certificate(element.raw);
  } catch {
    throw broken('a certificate in it is malformed');
  }
}

function readSigner(info: DerElement | undefined): Signer {
  const [, id, digestAlgorithm, attributes, , signature] = readAll(expect(info, DER.SEQUENCE));
  const digest = DIGESTS.get(readOid(readAll(expect(digestAlgorithm, DER.SEQUENCE))[0]));
  if (id === undefined || digest === undefined) throw broken('its digest is not accepted');
  expect(attributes, DER.CONTEXT_0);
  const signed = Buffer.from(attributes?.raw ?? []);
  signed[0] = DER.SET;
  return { id, digest, attributes: signed, signature: expect(signature, DER.OCTET_STRING) };
}

function attributeValues(attributes: Uint8Array): Map<string, Uint8Array> {
  const [set] = readAll(attributes);
  const found = new Map<string, Uint8Array>();
  for (const attribute of readAll(expect(set, DER.SET))) {
    const [type, values] = readAll(expect(attribute, DER.SEQUENCE));
    const [value] = readAll(expect(values, DER.SET));
    found.set(readOid(type), value?.raw ?? Buffer.alloc(0));
  }
  return found;
}

/** Whether the token's signing-certificate attribute (RFC 5035) names this certificate. */
function namesCertificate(values: Map<string, Uint8Array>, certificate: X509Certificate): boolean {
  const second = values.get(OID_SIGNING_CERTIFICATE_V2);
  const attribute = second ?? values.get(OID_SIGNING_CERTIFICATE);
  if (attribute === undefined) return false;
  const [list] = readSequence(attribute);
  const [essId] = readAll(expect(list, DER.SEQUENCE));
  const parts = readAll(expect(essId, DER.SEQUENCE));
  const named = parts[0]?.tag === DER.SEQUENCE ? parts[0] : undefined;
  const algorithm = named && readOid(readAll(named.content)[0]);
  const fallback = second === undefined ? 'sha1' : 'sha256';
  const digest = algorithm === undefined ? fallback : DIGESTS.get(algorithm);
  if (digest === undefined) return false;
  const hash = expect(named === undefined ? parts[0] : parts[1], DER.OCTET_STRING);
  return createHash(digest).update(certificate.raw).digest().equals(hash);
}

/**
 * The certificate, of those in the token and `others`, that signed `signed`; undefined when none did.
 * Checked: the attributes cover content and content type, name the certificate, and carry its key's signature.
 * @throws CryptoError ENCODING_INVALID
 */
export function signerOf(
  signed: SignedContent,
  others: readonly X509Certificate[],
): X509Certificate | undefined {
  const { digest, attributes, signature } = signed.signer;
  const values = attributeValues(attributes);
  const type = values.get(OID_CONTENT_TYPE) ?? Buffer.alloc(0);
  const [covered] = readAll(values.get(OID_MESSAGE_DIGEST) ?? Buffer.alloc(0));
  const expected = createHash(digest).update(signed.content).digest();
  const given = expect(covered, DER.OCTET_STRING);
  const intact = given.length === expected.length && timingSafeEqual(given, expected);
  if (!intact || readOid(readAll(type)[0]) !== signed.contentType) return undefined;
  return [...signed.certificates, ...others].find(
    (certificate) =>
      namesCertificate(values, certificate) &&
      verify(digest, attributes, certificate.publicKey, signature),
  );
}
