/**
 * Certificate revocation lists signed by SM2 (RFC 5280 §5).
 */
import { DER, type DerElement, expect, readAll, write, writeUnsigned } from './der.ts';
import { readOid, readTime, writeOid, writeTime } from './der-values.ts';
import { CryptoError } from './errors.ts';
import {
  parseCertificate,
  readSerial,
  readSigned,
  signStructure,
  SM2_WITH_SM3,
} from './x509-certificate.ts';
import { writeAuthorityKeyId } from './x509-extensions.ts';
import { type DistinguishedName, readName } from './x509-names.ts';

const OID_CRL_NUMBER = '2.5.29.20';
const OID_REASON = '2.5.29.21';
const VERSION_2 = write(DER.INTEGER, Buffer.from([1]));

/** Why a certificate was taken back, by the numbers of RFC 5280 §5.3.1; 0 and no reason at all are the same. */
const REASONS = {
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;
export type RevocationReason = keyof typeof REASONS;

/** The reason of that name, or undefined. */
export const revocationReason = (name: string): RevocationReason | undefined =>
  Object.keys(REASONS).find((one): one is RevocationReason => one === name);

export interface Revocation {
  /** Serial number of the certificate, hexadecimal. */
  readonly serial: string;
  readonly at: Date;
  /** Absent where the list gives none, or one that is not known. */
  readonly reason?: RevocationReason;
}

const reasonExtension = (reason: RevocationReason): Buffer =>
  write(
    DER.SEQUENCE,
    write(
      DER.SEQUENCE,
      writeOid(OID_REASON),
      write(DER.OCTET_STRING, write(DER.ENUMERATED, Buffer.from([REASONS[reason]]))),
    ),
  );

/** The reason among the extensions of an entry. @throws CryptoError ENCODING_INVALID */
function readReason(extensions: DerElement | undefined): RevocationReason | undefined {
  if (extensions === undefined) return undefined;
  for (const one of readAll(expect(extensions, DER.SEQUENCE))) {
    const [id, ...rest] = readAll(expect(one, DER.SEQUENCE));
    const value = rest.at(-1);
    if (id === undefined || value === undefined || readOid(id) !== OID_REASON) continue;
    const [code] = readAll(expect(value, DER.OCTET_STRING));
    const number = expect(code, DER.ENUMERATED)[0];
    return Object.keys(REASONS)
      .map(revocationReason)
      .find((reason) => reason !== undefined && REASONS[reason] === number);
  }
  return undefined;
}

function readRevocation(entry: DerElement): Revocation {
  const [serial, at, extensions] = readAll(expect(entry, DER.SEQUENCE));
  const reason = readReason(extensions);
  return {
    serial: readSerial(serial),
    at: readTime(at),
    ...(reason === undefined ? {} : { reason }),
  };
}

export interface CrlRequest {
  readonly issuer: { readonly certificate: Uint8Array; readonly privateKey: string };
  /** Grows with every list. */
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked: readonly Revocation[];
}

/** A revocation list, DER. @throws CryptoError KEY_INVALID, ENCODING_INVALID */
export function createCrl(of: CrlRequest): Buffer {
  const issuer = parseCertificate(of.issuer.certificate);
  const entries = of.revoked.map(({ serial, at, reason }) =>
    write(
      DER.SEQUENCE,
      writeUnsigned(Buffer.from(serial, 'hex')),
      writeTime(at),
      ...(reason === undefined ? [] : [reasonExtension(reason)]),
    ),
  );
  const number = Buffer.alloc(6);
  number.writeUIntBE(of.number, 0, 6);
  const numberExtension = write(
    DER.SEQUENCE,
    writeOid(OID_CRL_NUMBER),
    write(DER.OCTET_STRING, writeUnsigned(number)),
  );
  const keyId = issuer.extensions.subjectKeyId;
  const authority = keyId === undefined ? [] : [writeAuthorityKeyId(keyId)];
  const body = write(
    DER.SEQUENCE,
    VERSION_2,
    SM2_WITH_SM3,
    issuer.subjectDer,
    writeTime(of.thisUpdate),
    writeTime(of.nextUpdate),
    ...(entries.length > 0 ? [write(DER.SEQUENCE, ...entries)] : []),
    write(DER.CONTEXT_0, write(DER.SEQUENCE, ...authority, numberExtension)),
  );
  return signStructure(of.issuer.privateKey, body);
}

export interface ParsedCrl {
  readonly issuer: DistinguishedName;
  readonly issuerDer: Buffer;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked: readonly Revocation[];
  readonly tbs: Buffer;
  readonly signature: Buffer;
}

/** Reads a revocation list; trusts nothing yet. @throws CryptoError ENCODING_INVALID */
export function parseCrl(der: Uint8Array): ParsedCrl {
  const { tbs, signature } = readSigned(der);
  const [version, , issuer, thisUpdate, nextUpdate, ...rest] = readAll(expect(tbs, DER.SEQUENCE));
  if (version === undefined || !VERSION_2.equals(version.raw)) {
    throw new CryptoError('ENCODING_INVALID', 'Not a version 2 revocation list.');
  }
  const entries = rest[0]?.tag === DER.SEQUENCE ? readAll(rest[0].content) : [];
  return {
    issuer: readName(issuer),
    issuerDer: Buffer.from(issuer?.raw ?? []),
    thisUpdate: readTime(thisUpdate),
    nextUpdate: readTime(nextUpdate),
    revoked: entries.map(readRevocation),
    tbs: Buffer.from(tbs.raw),
    signature: Buffer.from(signature),
  };
}
