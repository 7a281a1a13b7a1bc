/** Answers RFC 3161 time-stamp queries: imprint SM3 or SHA-256, signed by the authority with ECDSA P-256 and SHA-256. */
import { createHash, randomBytes } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import type { TsaIdentity } from './tsa-certificates.ts';

/** Policy of the sandbox's stamps, in the arc for examples (2.999). */
const POLICY = '2.999.1.1';
const OID_TST_INFO = '1.2.840.113549.1.9.16.1.4';
const OID_SHA_256 = '2.16.840.1.101.3.4.2.1';
const OID_SM3 = '1.2.156.10197.1.401';
const OID_CONTENT_TYPE = '1.2.840.113549.1.9.3';
const OID_MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const OID_SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const IMPRINT_BYTES = 32;

/** PKIFailureInfo bits of RFC 3161 §2.4.2. */
const FAILURES = { badAlg: 0, badDataFormat: 5 } as const;

/** The body of an `application/timestamp-reply`; a bad query is answered by a rejection, never by an exception. */
export async function stamp(identity: TsaIdentity, query: Uint8Array, now: Date): Promise<Buffer> {
  const request = parse(query);
  if (
    request === null ||
    request.messageImprint.hashedMessage.valueBlock.valueHexView.length !== IMPRINT_BYTES
  )
    return reject('badDataFormat');
  const algorithm = request.messageImprint.hashAlgorithm.algorithmId;
  if (algorithm !== OID_SHA_256 && algorithm !== OID_SM3) return reject('badAlg');
  const info = new pkijs.TSTInfo({
    version: 1,
    policy: POLICY,
    messageImprint: request.messageImprint,
    serialNumber: new asn1js.Integer({ valueHex: positive(randomBytes(16)) }),
    genTime: new Date(Math.floor(now.getTime() / 1000) * 1000),
    ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
  });
  const content = info.toSchema().toBER(false);
  const signed = await sign(identity, content, request.certReq ?? false);
  const token = new pkijs.ContentInfo({
    contentType: '1.2.840.113549.1.7.2',
    content: signed.toSchema(true),
  });
  const reply = new pkijs.TimeStampResp({
    status: new pkijs.PKIStatusInfo({ status: pkijs.PKIStatus.granted }),
    timeStampToken: token,
  });
  return Buffer.from(reply.toSchema().toBER(false));
}

function parse(query: Uint8Array): pkijs.TimeStampReq | null {
  try {
    return pkijs.TimeStampReq.fromBER(query);
  } catch {
    return null;
  }
}

function reject(failure: keyof typeof FAILURES): Buffer {
  const bit = FAILURES[failure];
  const bytes = new Uint8Array([0x80 >> bit]);
  const failInfo = new asn1js.BitString({ valueHex: bytes.buffer, unusedBits: 7 - bit });
  const status = new pkijs.PKIStatusInfo({ status: pkijs.PKIStatus.rejection, failInfo });
  return Buffer.from(new pkijs.TimeStampResp({ status }).toSchema().toBER(false));
}

/** CMS SignedData over the TSTInfo, with the attributes RFC 3161 and RFC 5816 ask for. */
async function sign(
  identity: TsaIdentity,
  content: ArrayBuffer,
  withCertificate: boolean,
): Promise<pkijs.SignedData> {
  const { certificate } = identity;
  const encapsulated = new pkijs.EncapsulatedContentInfo({ eContentType: OID_TST_INFO });
  // Set by itself: the constructor would cut the octets into BER pieces, and a token must be DER.
  encapsulated.eContent = new asn1js.OctetString({ valueHex: content });
  const signed = new pkijs.SignedData({
    version: 3,
    encapContentInfo: encapsulated,
    signerInfos: [
      new pkijs.SignerInfo({
        version: 1,
        sid: new pkijs.IssuerAndSerialNumber({
          issuer: certificate.issuer,
          serialNumber: certificate.serialNumber,
        }),
        signedAttrs: new pkijs.SignedAndUnsignedAttributes({
          type: 0,
          attributes: attributes(certificate, content),
        }),
      }),
    ],
    ...(withCertificate ? { certificates: [certificate] } : {}),
  });
  await signed.sign(identity.privateKey, 0, 'SHA-256', content);
  return signed;
}

function attributes(certificate: pkijs.Certificate, content: ArrayBuffer): pkijs.Attribute[] {
  const digest = sha256(new Uint8Array(content));
  const certificateDigest = sha256(new Uint8Array(certificate.toSchema().toBER(false)));
  // ESSCertIDv2 with its default algorithm SHA-256: the hash alone is enough (RFC 5035).
  const certificateId = new asn1js.Sequence({
    value: [new asn1js.OctetString({ valueHex: certificateDigest })],
  });
  const signingCertificate = new asn1js.Sequence({
    value: [new asn1js.Sequence({ value: [certificateId] })],
  });
  return [
    new pkijs.Attribute({
      type: OID_CONTENT_TYPE,
      values: [new asn1js.ObjectIdentifier({ value: OID_TST_INFO })],
    }),
    new pkijs.Attribute({
      type: OID_MESSAGE_DIGEST,
      values: [new asn1js.OctetString({ valueHex: digest })],
    }),
    new pkijs.Attribute({ type: OID_SIGNING_CERTIFICATE_V2, values: [signingCertificate] }),
  ];
}

function sha256(data: Uint8Array): ArrayBuffer {
  return new Uint8Array(createHash('sha256').update(data).digest()).buffer;
}

/** A fresh buffer with its top bits set so that the number is positive and keeps its length. */
function positive(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes);
  copy[0] = ((copy[0] ?? 0) & 0x3f) | 0x40;
  return copy.buffer;
}
