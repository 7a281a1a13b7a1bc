/**
 * The certificate extensions the platform writes and judges (RFC 5280 §4.2).
 */
import { DER, type DerElement, expect, readAll, readSequence, write } from './der.ts';
import {
  readNamedBits,
  readOid,
  readText,
  TRUE,
  writeNamedBits,
  writeOid,
  writeUtf8,
} from './der-values.ts';
import { CryptoError } from './errors.ts';
import { sm3 } from './sm3.ts';

const OID = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  policies: '2.5.29.32',
  anyPolicy: '2.5.29.32.0',
  userNotice: '1.3.6.1.5.5.7.2.2',
  authorityKeyId: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
} as const;

/** Purposes of a key, at the index of their bit. */
const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

export interface CertificateExtensions {
  readonly ca: boolean;
  /** How many further CA certificates may follow; undefined for no limit. */
  readonly pathLength: number | undefined;
  readonly keyUsage: readonly KeyUsage[];
  /** Object identifiers. */
  readonly extKeyUsage: readonly string[];
  /** The explicit text of the policy's user notice. */
  readonly policyText: string | undefined;
  /** Hexadecimal. */
  readonly subjectKeyId: string | undefined;
  readonly authorityKeyId: string | undefined;
  /** Critical extensions this code does not understand: such a certificate must not be relied on. */
  readonly unknownCritical: readonly string[];
}

/** Key identifier: the first 20 bytes of SM3 over the public key's point, hexadecimal. */
export function keyIdentifier(publicKey: string): string {
  return sm3(Buffer.from(publicKey, 'hex')).subarray(0, 20).toString('hex');
}

function extension(oid: string, critical: boolean, value: Uint8Array): Buffer {
  const body = write(DER.OCTET_STRING, value);
  return critical
    ? write(DER.SEQUENCE, writeOid(oid), TRUE, body)
    : write(DER.SEQUENCE, writeOid(oid), body);
}

function basicConstraints(ca: boolean, pathLength: number | undefined): Buffer {
  if (!ca) return write(DER.SEQUENCE);
  const length = pathLength === undefined ? [] : [write(DER.INTEGER, Buffer.from([pathLength]))];
  return write(DER.SEQUENCE, TRUE, ...length);
}

function policies(text: string): Buffer {
  const notice = write(DER.SEQUENCE, writeUtf8(text));
  const qualifier = write(DER.SEQUENCE, writeOid(OID.userNotice), notice);
  const policy = write(DER.SEQUENCE, writeOid(OID.anyPolicy), write(DER.SEQUENCE, qualifier));
  return write(DER.SEQUENCE, policy);
}

/** Authority key identifier extension, for certificates and revocation lists. `keyId` is hexadecimal. */
export function writeAuthorityKeyId(keyId: string): Buffer {
  const inner = write(DER.SEQUENCE, write(0x80, Buffer.from(keyId, 'hex')));
  return extension(OID.authorityKeyId, false, inner);
}

/** The SEQUENCE of extensions. Key usage and basic constraints are critical. */
export function writeExtensions(of: Omit<CertificateExtensions, 'unknownCritical'>): Buffer {
  const bits = of.keyUsage.map((usage) => KEY_USAGES.indexOf(usage));
  const parts = [
    extension(OID.basicConstraints, true, basicConstraints(of.ca, of.pathLength)),
    extension(OID.keyUsage, true, writeNamedBits(bits)),
  ];
  if (of.extKeyUsage.length > 0) {
    const purposes = write(DER.SEQUENCE, ...of.extKeyUsage.map(writeOid));
    parts.push(extension(OID.extKeyUsage, false, purposes));
  }
  if (of.policyText !== undefined) {
    parts.push(extension(OID.policies, false, policies(of.policyText)));
  }
  if (of.subjectKeyId !== undefined) {
    const keyId = write(DER.OCTET_STRING, Buffer.from(of.subjectKeyId, 'hex'));
    parts.push(extension(OID.subjectKeyId, false, keyId));
  }
  if (of.authorityKeyId !== undefined) parts.push(writeAuthorityKeyId(of.authorityKeyId));
  return write(DER.SEQUENCE, ...parts);
}

interface RawExtension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** Extensions by object identifier; one that occurs twice is an error. @throws CryptoError ENCODING_INVALID */
export function readRawExtensions(element: DerElement | undefined): Map<string, RawExtension> {
  const found = new Map<string, RawExtension>();
  for (const item of readAll(expect(element, DER.SEQUENCE))) {
    const parts = readAll(expect(item, DER.SEQUENCE));
    const oid = readOid(parts[0]);
    const critical = parts.length === 3 && expect(parts[1], DER.BOOLEAN)[0] === 0xff;
    if (found.has(oid)) throw new CryptoError('ENCODING_INVALID', 'An extension occurs twice.');
    found.set(oid, { critical, value: expect(parts.at(-1), DER.OCTET_STRING) });
  }
  return found;
}

function readConstraints(value: Uint8Array | undefined): {
  ca: boolean;
  pathLength: number | undefined;
} {
  if (value === undefined) return { ca: false, pathLength: undefined };
  const [flag, length] = readSequence(value);
  if (flag === undefined) return { ca: false, pathLength: undefined };
  const ca = expect(flag, DER.BOOLEAN)[0] === 0xff;
  return { ca, pathLength: length === undefined ? undefined : expect(length, DER.INTEGER)[0] };
}

function readPolicyText(value: Uint8Array | undefined): string | undefined {
  if (value === undefined) return undefined;
  const [policy] = readSequence(value);
  const [, qualifiers] = readAll(expect(policy, DER.SEQUENCE));
  if (qualifiers === undefined) return undefined;
  for (const qualifier of readAll(expect(qualifiers, DER.SEQUENCE))) {
    const [type, notice] = readAll(expect(qualifier, DER.SEQUENCE));
    if (readOid(type) === OID.userNotice)
      return readText(readAll(expect(notice, DER.SEQUENCE)).at(-1));
  }
  return undefined;
}

function readKeyId(value: Uint8Array | undefined): string | undefined {
  if (value === undefined) return undefined;
  const [only] = readAll(value);
  return Buffer.from(expect(only, DER.OCTET_STRING)).toString('hex');
}

function readAuthority(value: Uint8Array | undefined): string | undefined {
  const keyId = value && readSequence(value).find((part) => part.tag === 0x80);
  return keyId && Buffer.from(keyId.content).toString('hex');
}

/** What a certificate's extensions say; undefined for a certificate without any. @throws CryptoError ENCODING_INVALID */
export function readExtensions(element: DerElement | undefined): CertificateExtensions {
  const raw = element === undefined ? new Map<string, RawExtension>() : readRawExtensions(element);
  const value = (oid: string): Uint8Array | undefined => raw.get(oid)?.value;
  const usage = value(OID.keyUsage);
  const bits = usage === undefined ? [] : readNamedBits(readAll(usage)[0]);
  const purposes = value(OID.extKeyUsage);
  const known: readonly string[] = Object.values(OID);
  return {
    ...readConstraints(value(OID.basicConstraints)),
    keyUsage: KEY_USAGES.filter((_, bit) => bits.includes(bit)),
    extKeyUsage: purposes === undefined ? [] : readSequence(purposes).map(readOid),
    policyText: readPolicyText(value(OID.policies)),
    subjectKeyId: readKeyId(value(OID.subjectKeyId)),
    authorityKeyId: readAuthority(value(OID.authorityKeyId)),
    unknownCritical: [...raw].flatMap(([oid, item]) =>
      item.critical && !known.includes(oid) ? [oid] : [],
    ),
  };
}
