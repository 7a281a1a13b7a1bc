/**
 * Contracts, recordings and other objects too large for a row, sealed at rest: in files, or in a bucket.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Config, ConfigError } from './config.ts';
import type { Keyring } from './crypto/keyring.ts';
import { type ByteStream, openStream } from './crypto/seal-stream.ts';
import { open, sealKeyId } from './crypto/seal.ts';
import { createSm3, sm3Hex } from './crypto/sm3.ts';
import type { ByteCipher, StreamCipher } from './crypto/subject-cipher.ts';
import { type BlobStore, ObjectStoreError } from './objects/blobs.ts';
import { createFileBlobs } from './objects/file.ts';
import { createS3Blobs, type S3Settings } from './objects/s3.ts';

/** What was put: SM3 (hexadecimal) and size of the bytes as given. */
export interface Kept {
  readonly sm3: string;
  readonly size: number;
}

/** Keys are segments of letters, digits, `.`, `_` and `-`, joined by slashes; never personal data. */
export interface ObjectStore {
  /**
   * Keeps `bytes` sealed by the cipher of the person they belong to, in place of what was there. Answers the SM3
   * (hexadecimal) and size of the bytes as given.
   */
  put(key: string, bytes: Uint8Array, cipher: ByteCipher): Promise<Kept>;
  /** As `put`, for bytes that pass by; a source that fails leaves what was there. */
  putStream(key: string, bytes: ByteStream, cipher: StreamCipher): Promise<Kept>;
  /**
   * @throws ObjectStoreError NOT_FOUND; CryptoError SEAL_BROKEN when the object was altered or moved, SUBJECT_ERASED
   */
  get(key: string, cipher: ByteCipher): Promise<Buffer>;
  /** As `get`, piece by piece, none of them given out before the whole object was checked. */
  getStream(key: string, cipher: StreamCipher): ByteStream;
  /** Seals the object anew unless the cipher's newest key sealed it. Answers whether it had to; a missing one does not. */
  reseal(key: string, cipher: ByteCipher): Promise<boolean>;
  has(key: string): Promise<boolean>;
  /** Does nothing when there is no such object. */
  delete(key: string): Promise<void>;
}

const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;
const KEY_LENGTH_MAX = 200;
/** What objects are sealed for, beside their key. */
const PLACE = 'object';

function nameOf(key: string): string {
  if (key.length <= KEY_LENGTH_MAX && KEY.test(key)) return key;
  throw new ObjectStoreError('KEY_INVALID', 'Not a key of an object.');
}

async function whole(stream: ByteStream): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The id of the key that sealed an object, from its first bytes. */
async function sealingKeyOf(stream: ByteStream): Promise<string> {
  let head = Buffer.alloc(0);
  // A header and a MAC fit into this; less is no sealed object, and is refused as such.
  for await (const piece of stream) {
    head = Buffer.concat([head, piece]);
    if (head.length >= 512) break;
  }
  return sealKeyId(head);
}

/** Objects over blobs, each sealed for its own key: moved to another one, it does not open. */
function createObjectStore(blobs: BlobStore, former: Keyring): ObjectStore {
  const opened = (key: string, sealed: Buffer, cipher: ByteCipher): Buffer =>
    former.keys.has(sealKeyId(sealed))
      ? open(former, sealed, `${PLACE}|${key}`)
      : cipher.openBytes(PLACE, key, sealed);
  async function* getStream(key: string, cipher: StreamCipher): AsyncGenerator<Uint8Array, void> {
    const read = () => blobs.read(nameOf(key));
    if (former.keys.has(await sealingKeyOf(read()))) {
      const opener = { keyring: former, associatedData: `${PLACE}|${key}` };
      yield* openStream(() => opener, read);
    } else yield* cipher.openStream(PLACE, key, read);
  }
  return {
    async put(key, bytes, cipher) {
      await blobs.write(nameOf(key), cipher.sealBytes(PLACE, key, bytes));
      return { sm3: sm3Hex(bytes), size: bytes.length };
    },
    async putStream(key, bytes, cipher) {
      const digest = createSm3();
      let size = 0;
      async function* counted(): AsyncGenerator<Uint8Array, void> {
        for await (const piece of bytes) {
          digest.update(piece);
          size += piece.length;
          yield piece;
        }
      }
      await blobs.write(nameOf(key), cipher.sealStream(PLACE, key, counted()));
      return { sm3: digest.digest('hex'), size };
    },
    get: async (key, cipher) => opened(key, await whole(blobs.read(nameOf(key))), cipher),
    getStream,
    async reseal(key, cipher) {
      if (!(await blobs.has(nameOf(key)))) return false;
      const sealed = await whole(blobs.read(key));
      if (sealKeyId(sealed) === cipher.sealingKeyId) return false;
      await blobs.write(key, cipher.sealBytes(PLACE, key, opened(key, sealed, cipher)));
      return true;
    },
    has: async (key) => await blobs.has(nameOf(key)),
    delete: async (key) => await blobs.delete(nameOf(key)),
  };
}

/**
 * Objects as files under `dir`.
 * @param former opens what was sealed before persons had keys of their own
 */
export function createFileObjectStore(dir: string, former: Keyring): ObjectStore {
  return createObjectStore(createFileBlobs(dir), former);
}

/** Objects in a bucket. @param former as {@link createFileObjectStore} */
export function createS3ObjectStore(settings: S3Settings, former: Keyring): ObjectStore {
  return createObjectStore(createS3Blobs(settings), former);
}

const bucketKey = z.object({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) });

/** What the file of a bucket's key holds. @throws ConfigError, which repeats nothing of it */
function readBucketKey(file: string): z.infer<typeof bucketKey> {
  try {
    return bucketKey.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new ConfigError(
      'OBJECT_STORE_KEY_FILE is no JSON file with accessKeyId and secretAccessKey.',
    );
  }
}

/** The store that a process is configured for: a bucket where one is named, files otherwise. @throws ConfigError */
export function openObjectStore(
  config: Pick<Config, 'objectStoreDir' | 'objectStoreBucket'>,
  former: Keyring,
): ObjectStore {
  const { objectStoreDir, objectStoreBucket: bucket } = config;
  if (bucket === undefined) return createFileObjectStore(objectStoreDir, former);
  const { url, region, keyFile } = bucket;
  return createS3ObjectStore({ url, region, ...readBucketKey(keyFile) }, former);
}
