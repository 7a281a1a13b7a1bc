/**
 * Objects come back whole, sealed for their own key, from files and from a bucket alike, and nothing outside the store's
 * folder is touched.
 */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseKeyring } from '../../platform/crypto/keyring.ts';
import { seal } from '../../platform/crypto/seal.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { createSubjectCipher } from '../../platform/crypto/subject-cipher.ts';
import {
  createFileObjectStore,
  createS3ObjectStore,
  type ObjectStore,
} from '../../platform/object-store.ts';
import { openS3Double, type S3Double } from '../support/s3-double.ts';

const keyring = parseKeyring({ active: 'k', keys: { k: Buffer.alloc(32, 5).toString('base64') } });

const cipherUnder = (keyId: string) => {
  const key = { id: keyId, bytes: Buffer.alloc(32, keyId), wiped: false };
  const sealing = { subjectId: 'person-1', key };
  return createSubjectCipher({
    sealing,
    opening: [sealing],
    destroyed: new Set(['destroyed']),
    former: keyring,
    indexKey: Buffer.alloc(32, 7),
  });
};
const cipher = cipherUnder('key-1');
const bytes = Buffer.from('%PDF 借款合同');

/** Bytes in pieces of odd sizes. */
async function* piecesOf(whole: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer, void> {
  let at = 0;
  for (let i = 0; at < whole.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    yield whole.subarray(at, at + size);
    at += size;
  }
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A kind of store, with what lies under it laid open. */
interface Ground {
  readonly store: ObjectStore;
  held(key: string): Buffer;
  lay(key: string, sealed: Buffer): void;
  names(): readonly string[];
  close(): Promise<void>;
}

async function onFiles(): Promise<Ground> {
  const dir = mkdtempSync(join(tmpdir(), 'xindai-objects-'));
  const root = join(dir, 'objects');
  return {
    store: createFileObjectStore(root, keyring),
    held: (key) => readFileSync(join(root, key)),
    lay: (key, sealed) => {
      mkdirSync(dirname(join(root, key)), { recursive: true });
      writeFileSync(join(root, key), sealed);
    },
    names: () =>
      existsSync(dir)
        ? readdirSync(dir, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        : [],
    close: async () => rmSync(dir, { recursive: true, force: true }),
  };
}

async function inBucket(): Promise<Ground> {
  const double = await openS3Double();
  return {
    store: createS3ObjectStore(double, keyring),
    held: (key) => double.held.get(key) ?? Buffer.alloc(0),
    lay: (key, sealed) => void double.held.set(key, sealed),
    names: () => [...double.held.keys()],
    close: () => double.close(),
  };
}

describe.each([
  ['in files', onFiles],
  ['in a bucket', inBucket],
] as const)('objects %s', (_, open) => {
  let ground: Ground;
  let store: ObjectStore;
  beforeEach(async () => {
    ground = await open();
    ({ store } = ground);
  });
  afterEach(async () => await ground.close());

  it('come back as they were put, with SM3 and size, and the newer of two', async () => {
    const put = await store.put('contracts/a1/contract.pdf', bytes, cipher);
    expect(put).toEqual({ sm3: sm3Hex(bytes), size: bytes.length });
    expect(await store.get('contracts/a1/contract.pdf', cipher)).toEqual(bytes);
    await store.put('contracts/a1/contract.pdf', Buffer.from('second'), cipher);
    expect((await store.get('contracts/a1/contract.pdf', cipher)).toString()).toBe('second');
  });

  it('are the same whether put whole or piece by piece, got whole or piece by piece', async () => {
    for (const size of [0, 1, 31, 33, 4_096, 100_003]) {
      const whole = randomBytes(size);
      const put = await store.putStream('a/s', piecesOf(whole, [7, 1, 4_000]), cipher);
      expect(put).toEqual({ sm3: sm3Hex(whole), size });
      expect((await store.get('a/s', cipher)).equals(whole)).toBe(true);
      await store.put('a/w', whole, cipher);
      expect((await collect(store.getStream('a/w', cipher))).equals(whole)).toBe(true);
      expect((await collect(store.getStream('a/s', cipher))).equals(whole)).toBe(true);
    }
  });

  it('stay as they were when the new bytes break off', async () => {
    await store.put('a/b', bytes, cipher);
    async function* broken(): AsyncGenerator<Buffer, void> {
      yield Buffer.from('half');
      throw new Error('the line is gone');
    }
    await expect(store.putStream('a/b', broken(), cipher)).rejects.toThrow('the line is gone');
    expect(await store.get('a/b', cipher)).toEqual(bytes);
    expect(ground.names()).toEqual(['a/b']);
  });

  it('lie there unreadable and under their own names only', async () => {
    await store.put('a/b', bytes, cipher);
    await store.putStream('a/c', piecesOf(bytes, [3]), cipher);
    for (const key of ['a/b', 'a/c']) expect(ground.held(key).includes('PDF')).toBe(false);
    expect([...ground.names()].sort()).toEqual(['a/b', 'a/c']);
  });

  it('are refused altered, cut short or moved, and not a byte of them is given out', async () => {
    const large = randomBytes(200_000);
    await store.put('a/b', large, cipher);
    const sealed = ground.held('a/b');
    const altered = Buffer.from(sealed);
    altered[altered.length - 40] = (altered[altered.length - 40] ?? 0) ^ 1;
    for (const [key, held] of [
      ['a/c', sealed],
      ['a/b', altered],
      ['a/b', sealed.subarray(0, -1)],
      ['a/b', sealed.subarray(0, 10)],
      ['a/b', Buffer.alloc(0)],
    ] as const) {
      ground.lay(key, held);
      await expect(store.get(key, cipher)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
      let given = 0;
      const reading = async () => {
        for await (const piece of store.getStream(key, cipher)) given += piece.length;
      };
      await expect(reading()).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
      expect(given).toBe(0);
    }
  });

  it('open when sealed under the former keyring, and never when of an erased person', async () => {
    ground.lay('a/b', seal(keyring, bytes, 'object|a/b'));
    expect(await store.get('a/b', cipher)).toEqual(bytes);
    expect(await collect(store.getStream('a/b', cipher))).toEqual(bytes);
    expect(await store.reseal('a/b', cipher)).toBe(true);
    expect(await store.reseal('a/b', cipher)).toBe(false);
    expect(await store.reseal('a/none', cipher)).toBe(false);
    expect(await store.get('a/b', cipher)).toEqual(bytes);
    await store.put('a/c', bytes, cipherUnder('destroyed'));
    await expect(store.get('a/c', cipher)).rejects.toMatchObject({ code: 'SUBJECT_ERASED' });
    const reading = collect(store.getStream('a/c', cipher));
    await expect(reading).rejects.toMatchObject({ code: 'SUBJECT_ERASED' });
  });

  it('are said to be missing, and forgotten for good', async () => {
    await expect(store.get('a/none', cipher)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const reading = collect(store.getStream('a/none', cipher));
    await expect(reading).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await store.put('a/b', bytes, cipher);
    expect(await store.has('a/b')).toBe(true);
    await store.delete('a/b');
    await store.delete('a/b');
    expect(await store.has('a/b')).toBe(false);
  });

  it('have no keys that would leave their place or hide in it', async () => {
    const bad = ['../x', 'a/../../x', '/etc/passwd', 'a//b', 'a/', '', '.hidden', 'a/.b', 'a\\b'];
    for (const key of [...bad, 'a\0b', 'x'.repeat(201), 'a/b.0123~', '姓名']) {
      await expect(store.put(key, bytes, cipher)).rejects.toMatchObject({ code: 'KEY_INVALID' });
      await expect(store.get(key, cipher)).rejects.toMatchObject({ code: 'KEY_INVALID' });
      await expect(store.has(key)).rejects.toMatchObject({ code: 'KEY_INVALID' });
      await expect(store.delete(key)).rejects.toMatchObject({ code: 'KEY_INVALID' });
    }
    expect(ground.names()).toEqual([]);
  });
});

describe('a bucket that fails', () => {
  let double: S3Double;
  let store: ObjectStore;
  beforeEach(async () => {
    double = await openS3Double();
    store = createS3ObjectStore(double, keyring);
  });
  afterEach(async () => await double.close());

  it('is asked again after its own errors and cut connections, with the whole body', async () => {
    double.faults.push(500, 0, 503);
    await store.putStream('a/b', piecesOf(bytes, [5]), cipher);
    double.faults.push(0, 429);
    expect(await store.get('a/b', cipher)).toEqual(bytes);
    expect(double.requests).toBe(7);
  });

  it('is given up by name, and nothing is taken for missing that only could not be asked', async () => {
    double.faults.push(...Array.from({ length: 5 }, () => 500));
    await expect(store.has('a/b')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('refuses a wrong secret, which is not asked again and not repeated in the error', async () => {
    const stranger = createS3ObjectStore({ ...double, secretAccessKey: 'other' }, keyring);
    const refused = await stranger.put('a/b', bytes, cipher).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'REFUSED' });
    expect(String(refused)).not.toContain('other');
    expect(double.requests).toBe(1);
    expect(double.held.size).toBe(0);
  });
});
