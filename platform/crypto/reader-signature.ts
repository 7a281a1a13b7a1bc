/**
 * The signature that ordinary PDF readers check: a detached CMS SignedData (RFC 5652, the form `adbe.pkcs7.detached` of
 * ISO 32000-1 §12.8.3.3) over SHA-256, by a P-256 or RSA key that need not be in this process.
 */
import { createHash, verify, X509Certificate } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { CryptoError } from './errors.ts';
import { fromPem } from './pem.ts';

const OID_DATA = '1.2.840.113549.1.7.1';
const OID_SIGNED_DATA = '1.2.840.113549.1.7.2';
const OID_CONTENT_TYPE = '1.2.840.113549.1.9.3';
const OID_MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const OID_SHA256 = '2.16.840.1.101.3.4.2.1';
const OID_RSA = '1.2.840.113549.1.1.1';
const OID_ECDSA_SHA256 = '1.2.840.10045.4.3.2';

/** A key whose signatures ordinary readers know, wherever it is kept. */
export interface ReaderKey {
  /** The signer's certificate first, then those above it, PEM. */
  readonly certificatesPem: readonly string[];
  /**
   * Signs bytes with SHA-256: PKCS#1 v1.5 for an RSA key, DER for a P-256 key.
   * @param bytes the bytes themselves, not their digest; below a kilobyte
   */
  readonly sign: (bytes: Buffer) => Promise<Buffer>;
}

const arrayBuffer = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

const attribute = (type: string, value: asn1js.BaseBlock): pkijs.Attribute =>
  new pkijs.Attribute({ type, values: [value] });

/** RSA or P-256: others do not open as valid in common readers. @throws CryptoError KEY_INVALID */
function algorithmOf(certificate: X509Certificate): pkijs.AlgorithmIdentifier {
  const type = certificate.publicKey.asymmetricKeyType;
  if (type === 'rsa')
    return new pkijs.AlgorithmIdentifier({
      algorithmId: OID_RSA,
      algorithmParams: new asn1js.Null(),
    });
  if (type === 'ec' && certificate.publicKey.asymmetricKeyDetails?.namedCurve === 'prime256v1')
    return new pkijs.AlgorithmIdentifier({ algorithmId: OID_ECDSA_SHA256 });
  throw new CryptoError('KEY_INVALID', 'A signature for readers needs an RSA or P-256 key.');
}

/**
 * A detached signature over the parts of a file, DER.
 * @param parts the signed bytes, in order
 * @throws CryptoError KEY_INVALID when the key is of another kind, or is not the certificate's
 */
export async function signForReaders(
  key: ReaderKey,
  parts: readonly Uint8Array[],
): Promise<Buffer> {
  const ders = key.certificatesPem.map((pem) => fromPem('CERTIFICATE', pem));
  const [leafDer] = ders;
  if (leafDer === undefined) throw new CryptoError('KEY_INVALID', 'No certificate was given.');
  const certificate = new X509Certificate(leafDer);
  const signatureAlgorithm = algorithmOf(certificate);
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  const signedAttrs = new pkijs.SignedAndUnsignedAttributes({
    type: 0,
    attributes: [
      attribute(OID_CONTENT_TYPE, new asn1js.ObjectIdentifier({ value: OID_DATA })),
      attribute(
        OID_MESSAGE_DIGEST,
        new asn1js.OctetString({ valueHex: arrayBuffer(digest.digest()) }),
      ),
    ],
  });
  // RFC 5652 §5.4: what is signed is the SET, not the implicitly tagged form that stands in the message.
  const signed = Buffer.from(signedAttrs.toSchema().toBER(false));
  signed[0] = 0x31;
  const signature = await key.sign(signed);
  if (!verify('sha256', signed, certificate.publicKey, signature))
    throw new CryptoError('KEY_INVALID', 'The signature is not by the key of the certificate.');
  return contentInfo(ders, signedAttrs, signatureAlgorithm, signature);
}

function contentInfo(
  ders: readonly Uint8Array[],
  signedAttrs: pkijs.SignedAndUnsignedAttributes,
  signatureAlgorithm: pkijs.AlgorithmIdentifier,
  signature: Buffer,
): Buffer {
  const certificates = ders.map((der) => pkijs.Certificate.fromBER(arrayBuffer(der)));
  const sha256 = () =>
    new pkijs.AlgorithmIdentifier({ algorithmId: OID_SHA256, algorithmParams: new asn1js.Null() });
  const [leaf] = certificates;
  const signer = new pkijs.SignerInfo({
    version: 1,
    ...(leaf === undefined
      ? {}
      : {
          sid: new pkijs.IssuerAndSerialNumber({
            issuer: leaf.issuer,
            serialNumber: leaf.serialNumber,
          }),
        }),
    digestAlgorithm: sha256(),
    signedAttrs,
    signatureAlgorithm,
    signature: new asn1js.OctetString({ valueHex: arrayBuffer(signature) }),
  });
  const content = new pkijs.SignedData({
    version: 1,
    digestAlgorithms: [sha256()],
    encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: OID_DATA }),
    certificates,
    signerInfos: [signer],
  }).toSchema(true);
  return Buffer.from(
    new pkijs.ContentInfo({ contentType: OID_SIGNED_DATA, content }).toSchema().toBER(false),
  );
}
