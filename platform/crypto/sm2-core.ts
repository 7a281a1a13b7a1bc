/**
 * SM2 signatures and public-key encryption (GB/T 32918-2016) over sm-crypto-v2, with the strict encodings of GM/T 0009.
 * Node's own `crypto.sign` with an SM2 key makes something else (it cannot set the user id), so it is not used.
 * The message digest is taken natively; only the curve arithmetic is the library's.
 */
import { sm2 } from 'sm-crypto-v2';
import { DER, expect, readSequence, readUnsigned, write, writeUnsigned } from './der.ts';
import { CryptoError } from './errors.ts';
import { sm3 } from './sm3.ts';

/** An SM2 key pair in hexadecimal: the private key has 64 digits, the public key 130 (uncompressed, beginning with 04). */
export interface Sm2KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Order of the group: signature halves and private keys lie in [1, n − 1] (GB/T 32918.5). */
const ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const SIGNER_ID = '1234567812345678';
/** ENTL ‖ ID ‖ a ‖ b ‖ xG ‖ yG: the part of ZA that is the same for every key (GM/T 0009, default user id). */
const SIGNER_PREFIX = Buffer.concat([
  Buffer.from([0x00, 0x80]),
  Buffer.from(SIGNER_ID, 'ascii'),
  Buffer.from(
    'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc' +
      '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93' +
      '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7' +
      'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
    'hex',
  ),
]);
const PUBLIC_KEY = /^04[0-9a-f]{128}$/i;
const PRIVATE_KEY = /^[0-9a-f]{64}$/i;

/** Refuses what is not an uncompressed point of the curve. @throws CryptoError KEY_INVALID */
export function assertSm2PublicKey(publicKey: string): void {
  let valid = false;
  try {
    valid = PUBLIC_KEY.test(publicKey) && sm2.verifyPublicKey(publicKey);
  } catch {
    valid = false;
  }
  if (!valid) throw new CryptoError('KEY_INVALID', 'Not an SM2 public key.');
}

function assertPrivateKey(privateKey: string): void {
  const valid = PRIVATE_KEY.test(privateKey) && inRange(Buffer.from(privateKey, 'hex'), ORDER - 1n);
  if (!valid) throw new CryptoError('KEY_INVALID', 'Not an SM2 private key.');
}

function inRange(digits: Buffer, limit: bigint): boolean {
  const value = BigInt(`0x${digits.toString('hex')}`);
  return value >= 1n && value < limit;
}

/** A fresh key pair from the system's random source. */
export function generateSm2KeyPair(): Sm2KeyPair {
  const pair = sm2.generateKeyPairHex();
  return { privateKey: pair.privateKey, publicKey: pair.publicKey };
}

/** The public key that belongs to a private key. @throws CryptoError KEY_INVALID */
export function sm2PublicKeyOf(privateKey: string): string {
  assertPrivateKey(privateKey);
  return sm2.getPublicKeyFromPrivateKey(privateKey);
}

/**
 * e = SM3(ZA ‖ M), 32 bytes: what an SM2 signature is really made over.
 * ZA binds the signer's key and the user id 1234567812345678 to the message.
 */
export function sm2MessageDigest(publicKey: string, data: Uint8Array): Buffer {
  const identity = sm3(Buffer.concat([SIGNER_PREFIX, Buffer.from(publicKey.slice(2), 'hex')]));
  return sm3(Buffer.concat([identity, data]));
}

/** Public keys of the private keys that signed lately, by SM3 of the private key: no key is kept by the cache itself. */
const signers = new Map<string, string>();
const SIGNERS_MAX = 64;

function signerPublicKey(privateKey: string): string {
  const name = sm3(privateKey).toString('base64');
  const known = signers.get(name);
  if (known !== undefined) return known;
  const publicKey = sm2PublicKeyOf(privateKey);
  if (signers.size >= SIGNERS_MAX) signers.clear();
  signers.set(name, publicKey);
  return publicKey;
}

/**
 * SM2-with-SM3 signature of `data` under the default user id 1234567812345678.
 * @returns DER `SEQUENCE { r INTEGER, s INTEGER }`, 8 to 72 bytes
 * @throws CryptoError KEY_INVALID
 */
export function sm2Sign(privateKey: string, data: Uint8Array): Buffer {
  const digest = sm2MessageDigest(signerPublicKey(privateKey), data);
  return rawToDerSignature(Buffer.from(sm2.doSignature(digest, privateKey), 'hex'));
}

/** A public key as the library's point, with a table of multiples: five times faster to verify or encrypt with. */
type TabledPoint = ReturnType<typeof sm2.precomputePublicKey>;
/** Points by public key; undefined marks a key seen once, for which a table does not pay yet. */
const points = new Map<string, TabledPoint | undefined>();
const POINTS_MAX = 256;
/** Window of the table in bits: costs 9 ms once where the library's default of 8 costs 40 ms, and serves as well. */
const TABLE_WINDOW_BITS = 5;

/** @throws CryptoError KEY_INVALID */
function pointOf(publicKey: string): string | TabledPoint {
  const point = points.get(publicKey);
  if (point !== undefined) return point;
  if (points.has(publicKey)) {
    const made = sm2.precomputePublicKey(publicKey, TABLE_WINDOW_BITS);
    points.set(publicKey, made);
    return made;
  }
  assertSm2PublicKey(publicKey);
  if (points.size >= POINTS_MAX) points.clear();
  points.set(publicKey, undefined);
  return publicKey;
}

/**
 * Whether `signatureDer` is the SM2-with-SM3 signature of `data` by the holder of `publicKey`.
 * Strict DER: shortest integers, nothing after them, both halves in [1, n − 1]. Never throws: bad input is not a signature.
 */
export function sm2Verify(publicKey: string, data: Uint8Array, signatureDer: Uint8Array): boolean {
  try {
    const raw = derToRawSignature(signatureDer);
    const key = pointOf(publicKey);
    const digest = sm2MessageDigest(publicKey, data);
    return sm2.doVerifySignature(digest, raw.toString('hex'), key);
  } catch {
    return false;
  }
}

/** r ‖ s (64 bytes) as DER. @throws CryptoError ENCODING_INVALID */
export function rawToDerSignature(raw: Uint8Array): Buffer {
  const r = Buffer.from(raw.subarray(0, 32));
  const s = Buffer.from(raw.subarray(32));
  if (raw.length !== 64 || !inRange(r, ORDER) || !inRange(s, ORDER)) {
    throw new CryptoError('ENCODING_INVALID', 'Not an SM2 signature.');
  }
  return write(DER.SEQUENCE, writeUnsigned(r), writeUnsigned(s));
}

/** A DER signature as r ‖ s (64 bytes), strictly read. @throws CryptoError ENCODING_INVALID */
export function derToRawSignature(signatureDer: Uint8Array): Buffer {
  const [first, second, ...rest] = readSequence(signatureDer);
  const r = readUnsigned(first, 32);
  const s = readUnsigned(second, 32);
  if (rest.length > 0 || !inRange(r, ORDER) || !inRange(s, ORDER)) {
    throw new CryptoError('ENCODING_INVALID', 'Not an SM2 signature.');
  }
  return Buffer.concat([r, s]);
}

/**
 * SM2 encryption, for keys and other short secrets.
 * A key stream of zeros would leave the text readable; the standard asks for another try then.
 * @param data 1 byte at least
 * @returns DER `SEQUENCE { x, y, hash, cipher }` (C1C3C2, GM/T 0009)
 * @throws CryptoError KEY_INVALID
 */
export function sm2Encrypt(publicKey: string, data: Uint8Array): Buffer {
  const point = pointOf(publicKey);
  if (data.length === 0) throw new CryptoError('ENCODING_INVALID', 'Nothing to encrypt.');
  let raw: Buffer;
  do {
    raw = Buffer.from(sm2.doEncrypt(data, point, 1), 'hex');
  } while (raw.subarray(96).equals(data));
  return write(
    DER.SEQUENCE,
    writeUnsigned(raw.subarray(0, 32)),
    writeUnsigned(raw.subarray(32, 64)),
    write(DER.OCTET_STRING, raw.subarray(64, 96)),
    write(DER.OCTET_STRING, raw.subarray(96)),
  );
}

/**
 * The plaintext of {@link sm2Encrypt}.
 * The point is checked to lie on the curve first: a point of another curve would leak the private key.
 * @throws CryptoError CIPHERTEXT_BROKEN when it is malformed, altered or made for another key
 */
export function sm2Decrypt(privateKey: string, data: Uint8Array): Buffer {
  assertPrivateKey(privateKey);
  try {
    const [x, y, hash, cipher, ...rest] = readSequence(data);
    const point = Buffer.concat([readUnsigned(x, 32), readUnsigned(y, 32)]);
    assertSm2PublicKey(`04${point.toString('hex')}`);
    const digest = expect(hash, DER.OCTET_STRING);
    const text = expect(cipher, DER.OCTET_STRING);
    const wellFormed = digest.length === 32 && text.length > 0 && rest.length === 0;
    const raw = Buffer.concat([point, digest, text]).toString('hex');
    const plain = wellFormed ? sm2.doDecrypt(raw, privateKey, 1, { output: 'array' }) : [];
    if (plain.length !== text.length) throw new Error('digest differs');
    return Buffer.from(plain);
  } catch (cause) {
    throw new CryptoError('CIPHERTEXT_BROKEN', 'The SM2 ciphertext cannot be opened.', { cause });
  }
}
