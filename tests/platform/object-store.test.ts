/**
 * Objects come back whole, sealed for their own key, and nothing outside the store's folder is touched.
 */
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseKeyring } from '../../platform/crypto/keyring.ts';
import { seal } from '../../platform/crypto/seal.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { createSubjectCipher } from '../../platform/crypto/subject-cipher.ts';
import { createFileObjectStore, type ObjectStore } from '../../platform/object-store.ts';

const keyring = parseKeyring({ active: 'k', keys: { k: Buffer.alloc(32, 5).toString('base64') } });
let dir = '';
let store: ObjectStore;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'xindai-objects-'));
  store = createFileObjectStore(join(dir, 'objects'), keyring);
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

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

describe('the object store', () => {
  it('gives back what was put, with its SM3 and size, and the newer of two', async () => {
    const put = await store.put('contracts/a1/contract.pdf', bytes, cipher);
    expect(put).toEqual({ sm3: sm3Hex(bytes), size: bytes.length });
    expect(await store.get('contracts/a1/contract.pdf', cipher)).toEqual(bytes);
    await store.put('contracts/a1/contract.pdf', Buffer.from('second'), cipher);
    expect((await store.get('contracts/a1/contract.pdf', cipher)).toString()).toBe('second');
  });

  it('holds nothing readable on disk, and leaves no half-written file', async () => {
    await store.put('a/b', bytes, cipher);
    const path = join(dir, 'objects', 'a', 'b');
    expect(readFileSync(path).includes('PDF')).toBe(false);
    expect(readdirSync(join(dir, 'objects', 'a'))).toEqual(['b']);
  });

  it('refuses an object that was altered, or moved to another key', async () => {
    await store.put('a/b', bytes, cipher);
    const path = join(dir, 'objects', 'a', 'b');
    renameSync(path, join(dir, 'objects', 'a', 'c'));
    await expect(store.get('a/c', cipher)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
    const moved = readFileSync(join(dir, 'objects', 'a', 'c'));
    moved[moved.length - 40] = (moved[moved.length - 40] ?? 0) ^ 1;
    writeFileSync(path, moved);
    await expect(store.get('a/b', cipher)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
  });

  it('opens what was sealed under the former keyring, and nothing of an erased person', async () => {
    const path = join(dir, 'objects', 'a', 'b');
    await store.put('a/b', bytes, cipher);
    writeFileSync(path, seal(keyring, bytes, 'object|a/b'));
    expect(await store.get('a/b', cipher)).toEqual(bytes);
    expect(await store.reseal('a/b', cipher)).toBe(true);
    expect(await store.reseal('a/b', cipher)).toBe(false);
    expect(await store.get('a/b', cipher)).toEqual(bytes);
    await store.put('a/c', bytes, cipherUnder('destroyed'));
    await expect(store.get('a/c', cipher)).rejects.toMatchObject({ code: 'SUBJECT_ERASED' });
  });

  it('says when there is no such object, and forgets one for good', async () => {
    await expect(store.get('a/none', cipher)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await store.put('a/b', bytes, cipher);
    expect(await store.has('a/b')).toBe(true);
    await store.delete('a/b');
    await store.delete('a/b');
    expect(await store.has('a/b')).toBe(false);
  });

  it('refuses keys that would leave its folder or hide in it', async () => {
    const bad = ['../x', 'a/../../x', '/etc/passwd', 'a//b', 'a/', '', '.hidden', 'a/.b', 'a\\b'];
    for (const key of [...bad, 'a\0b', 'x'.repeat(201), 'a/b.0123~', '姓名']) {
      await expect(store.put(key, bytes, cipher)).rejects.toMatchObject({ code: 'KEY_INVALID' });
      await expect(store.get(key, cipher)).rejects.toMatchObject({ code: 'KEY_INVALID' });
    }
    expect(readdirSync(dir)).toEqual([]);
  });
});
