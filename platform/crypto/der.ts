/**
 * A strict reader and a writer of DER (X.690), which keys, signatures, certificates and time stamps are made of.
 * Strict: one encoding per value, nothing left over. Whatever else would be a second form of the same signature.
 * The libraries at hand read the laxer BER, and none of them signs or verifies with SM2.
 */
import { CryptoError } from './errors.ts';

/** The tags in use: universal ones and constructed context-specific ones. */
export const DER = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OID: 0x06,
  ENUMERATED: 0x0a,
  UTF8_STRING: 0x0c,
  PRINTABLE_STRING: 0x13,
  IA5_STRING: 0x16,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
  CONTEXT_0: 0xa0,
  CONTEXT_1: 0xa1,
  CONTEXT_2: 0xa2,
  CONTEXT_3: 0xa3,
} as const;

export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content as they stand in the input: what a signature covers. */
  readonly raw: Uint8Array;
}

function broken(what: string): CryptoError {
  return new CryptoError('ENCODING_INVALID', `Not DER: ${what}.`);
}

function byteAt(bytes: Uint8Array, index: number): number {
  const byte = bytes[index];
  if (byte === undefined) throw broken('it ends too early');
  return byte;
}

function readLength(bytes: Uint8Array, at: number): { length: number; next: number } {
  const first = byteAt(bytes, at);
  if (first < 0x80) return { length: first, next: at + 1 };
  const octets = first - 0x80;
  if (octets === 0 || octets > 3) throw broken('a length of this form is not supported');
  let length = 0;
  for (let index = 1; index <= octets; index += 1)
    length = length * 256 + byteAt(bytes, at + index);
  const minimum = octets === 1 ? 0x80 : 256 ** (octets - 1);
  if (length < minimum) throw broken('a length is not in its shortest form');
  return { length, next: at + 1 + octets };
}

/** All elements of `bytes`, one after the other, with nothing left over. @throws CryptoError ENCODING_INVALID */
export function readAll(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = byteAt(bytes, at);
    const { length, next } = readLength(bytes, at + 1);
    if (next + length > bytes.length) throw broken('a length reaches past the end');
    const end = next + length;
    elements.push({ tag, content: bytes.subarray(next, end), raw: bytes.subarray(at, end) });
    at = end;
  }
  return elements;
}

/** The content of `element`, which must exist and carry `tag`. @throws CryptoError ENCODING_INVALID */
export function expect(element: DerElement | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw broken(`an element of tag ${tag} is missing`);
  return element.content;
}

/** The elements inside the one SEQUENCE that `bytes` consists of. @throws CryptoError ENCODING_INVALID */
export function readSequence(bytes: Uint8Array): DerElement[] {
  const [only, ...rest] = readAll(bytes);
  if (rest.length > 0) throw broken('bytes follow the structure');
  return readAll(expect(only, DER.SEQUENCE));
}

/** A non-negative INTEGER in its shortest form, as `width` big-endian bytes. @throws CryptoError ENCODING_INVALID */
export function readUnsigned(element: DerElement | undefined, width: number): Buffer {
  const content = expect(element, DER.INTEGER);
  const first = byteAt(content, 0);
  if (first >= 0x80) throw broken('an integer is negative');
  const second = content[1];
  if (first === 0 && second !== undefined && second < 0x80) {
    throw broken('an integer is not in its shortest form');
  }
  const digits = first === 0 ? content.subarray(1) : content;
  if (digits.length > width) throw broken('an integer is too large');
  return Buffer.concat([Buffer.alloc(width - digits.length), digits]);
}

/** One element: tag, length, content. */
export function write(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  let header: number[];
  if (length < 0x80) header = [tag, length];
  else if (length < 0x100) header = [tag, 0x81, length];
  else if (length < 0x10000) header = [tag, 0x82, length >> 8, length & 0xff];
  else header = [tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}

/** A non-negative big-endian number as an INTEGER in its shortest form. */
export function writeUnsigned(digits: Uint8Array): Buffer {
  let start = 0;
  while (start < digits.length - 1 && digits[start] === 0) start += 1;
  const shortest = digits.subarray(start);
  const first = shortest[0];
  const padded = first === undefined || first >= 0x80;
  return padded ? write(DER.INTEGER, Buffer.from([0]), shortest) : write(DER.INTEGER, shortest);
}
