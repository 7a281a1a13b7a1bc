/**
 * Distinguished names of certificate holders and issuers (RFC 5280 §4.1.2.4).
 */
import { DER, type DerElement, expect, readAll, write } from './der.ts';
import { readOid, readText, writeOid, writeUtf8 } from './der-values.ts';

/** A name in a certificate. A person's `commonName` is personal data: not for logs. */
export interface DistinguishedName {
  readonly commonName: string;
  readonly organization?: string;
  readonly organizationalUnit?: string;
  /** Two letters, CN for China. */
  readonly country?: string;
  /** An identifier within the issuer's realm, such as a reference to the identity evidence. */
  readonly serialNumber?: string;
}

/** Attribute types in the order they are written, country first. */
const ATTRIBUTES: readonly (readonly [keyof DistinguishedName, string])[] = [
  ['country', '2.5.4.6'],
  ['organization', '2.5.4.10'],
  ['organizationalUnit', '2.5.4.11'],
  ['serialNumber', '2.5.4.5'],
  ['commonName', '2.5.4.3'],
];
/** RFC 5280 wants PrintableString for these two. */
const PRINTABLE: readonly (keyof DistinguishedName)[] = ['country', 'serialNumber'];

export function writeName(name: DistinguishedName): Buffer {
  const parts = ATTRIBUTES.flatMap(([key, oid]) => {
    const value = name[key];
    if (value === undefined) return [];
    const text = PRINTABLE.includes(key)
      ? write(DER.PRINTABLE_STRING, Buffer.from(value, 'ascii'))
      : writeUtf8(value);
    return [write(DER.SET, write(DER.SEQUENCE, writeOid(oid), text))];
  });
  return write(DER.SEQUENCE, ...parts);
}

/** The known attributes of a name; others are passed over. @throws CryptoError ENCODING_INVALID */
export function readName(element: DerElement | undefined): DistinguishedName {
  const found: Partial<Record<keyof DistinguishedName, string>> = {};
  for (const set of readAll(expect(element, DER.SEQUENCE))) {
    for (const pair of readAll(expect(set, DER.SET))) {
      const [type, value] = readAll(expect(pair, DER.SEQUENCE));
      const oid = readOid(type);
      const known = ATTRIBUTES.find(([, candidate]) => candidate === oid);
      if (known !== undefined) found[known[0]] = readText(value);
    }
  }
  return { ...found, commonName: found.commonName ?? '' };
}
