/**
 * The values inside X.509 and RFC 3161 structures: object identifiers, times, bit strings, texts, in strict DER.
 */
import { DER, type DerElement, expect, write } from './der.ts';
import { CryptoError } from './errors.ts';

function broken(what: string): CryptoError {
  return new CryptoError('ENCODING_INVALID', `Not DER: ${what}.`);
}

/** An object identifier given as `1.2.156.10197.1.501`. */
export function writeOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const septets = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      septets.unshift((left % 128) + 128);
    }
    bytes.push(...septets);
  }
  return write(DER.OID, Buffer.from(bytes));
}

/** The dotted form of an OID element. @throws CryptoError ENCODING_INVALID */
export function readOid(element: DerElement | undefined): string {
  const content = expect(element, DER.OID);
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [head, ...rest] = arcs;
  if (head === undefined || arc !== 0) throw broken('an object identifier is cut short');
  const first = Math.min(Math.floor(head / 40), 2);
  return [first, head - first * 40, ...rest].join('.');
}

/** UTCTime up to 2049 and GeneralizedTime from 2050, to the second, as RFC 5280 §4.1.2.5 asks. */
export function writeTime(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d{3}/g, '');
  return at.getUTCFullYear() < 2050
    ? write(DER.UTC_TIME, Buffer.from(digits.slice(2), 'ascii'))
    : write(DER.GENERALIZED_TIME, Buffer.from(digits, 'ascii'));
}

const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/;

/** The instant of a UTCTime or GeneralizedTime in UTC. @throws CryptoError ENCODING_INVALID */
export function readTime(element: DerElement | undefined): Date {
  const isUtc = element?.tag === DER.UTC_TIME;
  const content = expect(element, isUtc ? DER.UTC_TIME : DER.GENERALIZED_TIME);
  const text = Buffer.from(content).toString('ascii');
  const century = Number(text.slice(0, 2)) < 50 ? '20' : '19';
  const found = TIME.exec(isUtc ? century + text : text);
  if (found === null) throw broken('a time is malformed');
  const [, year, month, day, hour, minute, second, fraction = ''] = found;
  const milliseconds = fraction.padEnd(4, '0').slice(1, 4).padEnd(3, '0');
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}Z`);
  if (Number.isNaN(at.getTime())) throw broken('a time does not exist');
  return at;
}

/** A BIT STRING of whole bytes. */
export function writeBits(bytes: Uint8Array): Buffer {
  return write(DER.BIT_STRING, Buffer.from([0]), bytes);
}

/** The bytes of a BIT STRING that consists of whole bytes. @throws CryptoError ENCODING_INVALID */
export function readBits(element: DerElement | undefined): Uint8Array {
  const content = expect(element, DER.BIT_STRING);
  if (content[0] !== 0) throw broken('a bit string does not consist of whole bytes');
  return content.subarray(1);
}

/** A BIT STRING of named bits (at most 8), shortest form; bit 0 is the first. */
export function writeNamedBits(bits: readonly number[]): Buffer {
  const last = Math.max(...bits);
  const byte = bits.reduce((sum, bit) => sum | (0x80 >> bit), 0);
  return write(DER.BIT_STRING, Buffer.from([7 - last, byte]));
}

/** The numbers of the bits that are set among the first 8. @throws CryptoError ENCODING_INVALID */
export function readNamedBits(element: DerElement | undefined): number[] {
  const byte = expect(element, DER.BIT_STRING)[1] ?? 0;
  return [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte & (0x80 >> bit)) !== 0);
}

export function writeUtf8(text: string): Buffer {
  return write(DER.UTF8_STRING, Buffer.from(text, 'utf8'));
}

/** A UTF8String, PrintableString or IA5String. @throws CryptoError ENCODING_INVALID */
export function readText(element: DerElement | undefined): string {
  const kinds: readonly number[] = [DER.UTF8_STRING, DER.PRINTABLE_STRING, DER.IA5_STRING];
  if (element === undefined || !kinds.includes(element.tag)) throw broken('a text is missing');
  return Buffer.from(element.content).toString('utf8');
}

export const TRUE = write(DER.BOOLEAN, Buffer.from([0xff]));
