/** The seal of seal.ts over bytes that pass by: the same form, bit for bit, without holding them in memory. */
import { timingSafeEqual } from 'node:crypto';
import { CryptoError } from './errors.ts';
import type { Keyring } from './keyring.ts';
import { MAC_BYTES, macPrefix, NONCE_BYTES, sealHeader, subkeys } from './seal.ts';
import { createHmacSm3 } from './sm3.ts';
import { createSm4Ctr } from './sm4.ts';

/** Bytes in pieces of any size, in order. */
export type ByteStream = AsyncIterable<Uint8Array>;
/** Begins to read sealed bytes from their start; called once per pass. */
export type SealedReader = () => ByteStream;

/** The keyring that opens a seal, and where its bytes belong. */
export interface SealOpener {
  readonly keyring: Keyring;
  readonly associatedData: string;
}

/** SM4-CTR gives a piece back for every piece; the stream of sm4.ts is used without its queue. */
function counterMode(key: Uint8Array, nonce: Uint8Array): (piece: Uint8Array) => Buffer {
  const cipher = createSm4Ctr(key, nonce);
  return (piece) => cipher.update(piece);
}

/** Seals under the keyring's active key. @throws CryptoError KEY_UNKNOWN */
export async function* sealStream(
  keyring: Keyring,
  plain: ByteStream,
  associatedData: string,
): AsyncGenerator<Buffer, void> {
  const { encryption, authentication } = subkeys(keyring, keyring.activeKeyId);
  const { header, nonce } = sealHeader(keyring.activeKeyId);
  const encrypt = counterMode(encryption, nonce);
  const mac = createHmacSm3(authentication).update(macPrefix(header, associatedData));
  yield header;
  for await (const piece of plain) {
    const sealed = encrypt(piece);
    mac.update(sealed);
    yield sealed;
  }
  yield mac.digest();
}

const broken = () =>
  new CryptoError('SEAL_BROKEN', 'The sealed data were altered or belong elsewhere.');

/** The header's length once its first two bytes are known: version, length of key id, key id, nonce. */
const headerLength = (bytes: Uint8Array): number => 2 + (bytes[1] ?? 0) + NONCE_BYTES;

type Part =
  | { readonly part: 'HEADER'; readonly bytes: Buffer }
  | { readonly part: 'CIPHER'; readonly bytes: Buffer }
  | { readonly part: 'MAC'; readonly bytes: Buffer };

/** Takes sealed bytes apart; the last 32 are held back, for only the end tells that they are the MAC. */
async function* partsOf(sealed: ByteStream): AsyncGenerator<Part, void> {
  let held: Buffer = Buffer.alloc(0);
  let begun = false;
  for await (const piece of sealed) {
    held = held.length === 0 ? Buffer.from(piece) : Buffer.concat([held, piece]);
    if (!begun) {
      if (held.length < 2 || held.length < headerLength(held)) continue;
      if (held[0] !== 1) throw broken();
      const length = headerLength(held);
      yield { part: 'HEADER', bytes: held.subarray(0, length) };
      held = held.subarray(length);
      begun = true;
    }
    if (held.length > MAC_BYTES) {
      const end = held.length - MAC_BYTES;
      yield { part: 'CIPHER', bytes: held.subarray(0, end) };
      held = Buffer.from(held.subarray(end));
    }
  }
  if (!begun || held.length !== MAC_BYTES) throw broken();
  yield { part: 'MAC', bytes: held };
}

/** One pass over sealed bytes: opens each piece, and at the end refuses them if the MAC is not theirs. */
async function* onePass(
  openerOf: (keyId: string) => SealOpener,
  sealed: ByteStream,
): AsyncGenerator<Buffer, void> {
  let decrypt: ((piece: Uint8Array) => Buffer) | undefined;
  let mac: ReturnType<typeof createHmacSm3> | undefined;
  for await (const { part, bytes } of partsOf(sealed)) {
    if (part === 'HEADER') {
      const keyId = bytes.subarray(2, bytes.length - NONCE_BYTES).toString('utf8');
      const { keyring, associatedData } = openerOf(keyId);
      const { encryption, authentication } = subkeys(keyring, keyId);
      decrypt = counterMode(encryption, bytes.subarray(bytes.length - NONCE_BYTES));
      mac = createHmacSm3(authentication).update(macPrefix(bytes, associatedData));
    } else if (part === 'CIPHER' && decrypt !== undefined) {
      mac?.update(bytes);
      yield decrypt(bytes);
    } else if (mac === undefined || !timingSafeEqual(mac.digest(), bytes)) {
      throw broken();
    }
  }
}

/**
 * Opens what was sealed. The first pass checks the seal, the second gives the bytes out and checks it once more, so
 * that bytes exchanged between the two end in a failure as well.
 * @param openerOf the keyring and place for the key id that the header names
 * @throws CryptoError SEAL_BROKEN, KEY_UNKNOWN, and what `openerOf` throws
 */
export async function* openStream(
  openerOf: (keyId: string) => SealOpener,
  readSealed: SealedReader,
): AsyncGenerator<Buffer, void> {
  for await (const piece of onePass(openerOf, readSealed())) void piece;
  yield* onePass(openerOf, readSealed());
}
