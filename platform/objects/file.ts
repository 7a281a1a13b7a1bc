/** Blobs as files under a folder, each written beside and renamed: after a crash the old one or the new one is there. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, type FileHandle, mkdir, open as openFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ByteStream } from '../crypto/seal-stream.ts';
import { type BlobStore, notFound } from './blobs.ts';

/** Ends in a character that no key may end with a segment of, so a half-written object is never taken for one. */
const TEMPORARY = '~';

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function* readFileInPieces(path: string): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const piece of createReadStream(path)) yield piece;
  } catch (error) {
    throw isMissing(error) ? notFound(error) : error;
  }
}

/** Writes every piece and flushes. */
export async function fillFile(file: FileHandle, bytes: Uint8Array | ByteStream): Promise<void> {
  if (bytes instanceof Uint8Array) await file.writeFile(bytes);
  else for await (const piece of bytes) await file.write(piece);
  await file.sync();
}

async function replaceFile(path: string, bytes: Uint8Array | ByteStream): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const beside = `${path}.${randomBytes(6).toString('hex')}${TEMPORARY}`;
  try {
    const file = await openFile(beside, 'wx', 0o600);
    try {
      await fillFile(file, bytes);
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  const directory = await openFile(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export function createFileBlobs(dir: string): BlobStore {
  return {
    write: (name, bytes) => replaceFile(join(dir, name), bytes),
    read: (name) => readFileInPieces(join(dir, name)),
    has: (name) =>
      access(join(dir, name)).then(
        () => true,
        () => false,
      ),
    delete: (name) => rm(join(dir, name), { force: true }),
  };
}
