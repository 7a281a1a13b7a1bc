/** Reads an archive that nobody vouches for: bounded in number and size, no path leaves it, no name twice. */
import { promisify } from 'node:util';
import { type Entry, fromBuffer, open, type ZipFile } from 'yauzl';
import { BundleFault } from './findings.ts';

/** A bundle has some fifty files, a few hundred kilobytes together; these bounds are far beyond any honest one. */
const MOST_ENTRIES = 2_000;
const MOST_BYTES_OF_ONE = 128 * 1024 * 1024;
const MOST_BYTES = 512 * 1024 * 1024;
/** Text shrinks to a twentieth at best; small files may do better. */
const MOST_RATIO = 100;
const SMALL = 64 * 1024;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;
const NAME_LENGTH_MAX = 200;
/** Upper half of the attributes of a Unix entry: its mode, whose top bits say what it is. */
const KIND_MASK = 0o170000;
const REGULAR = 0o100000;

function refuseEntry(entry: Entry, known: ReadonlyMap<string, Buffer>, total: number): void {
  const { fileName: name, uncompressedSize: size, compressedSize } = entry;
  const place = name.slice(0, NAME_LENGTH_MAX).replaceAll(/\p{Cc}/gu, '?');
  if (name.length > NAME_LENGTH_MAX || !NAME.test(name))
    throw new BundleFault('ARCHIVE_PATH', place);
  if (known.has(name)) throw new BundleFault('ARCHIVE_DUPLICATE', place);
  const kind = (entry.externalFileAttributes >>> 16) & KIND_MASK;
  if (entry.isEncrypted() || (kind !== 0 && kind !== REGULAR) || !entry.canDecodeFileData())
    throw new BundleFault('ARCHIVE_KIND', place);
  if (size > SMALL && size > compressedSize * MOST_RATIO)
    throw new BundleFault('ARCHIVE_BOMB', place);
  if (size > MOST_BYTES_OF_ONE || total + size > MOST_BYTES)
    throw new BundleFault('ARCHIVE_TOO_LARGE', place);
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of await zip.openReadStreamPromise(entry)) {
    size += part.length;
    // The directory is a claim; yauzl stops at a byte more than it says, and so do we.
    if (size > entry.uncompressedSize) throw new BundleFault('ARCHIVE_BOMB', entry.fileName);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function readAll(zip: ZipFile): Promise<ReadonlyMap<string, Buffer>> {
  if (zip.entryCount > MOST_ENTRIES)
    throw new BundleFault('ARCHIVE_TOO_LARGE', String(zip.entryCount));
  const files = new Map<string, Buffer>();
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    refuseEntry(entry, files, total);
    const bytes = await readEntry(zip, entry);
    total += bytes.length;
    files.set(entry.fileName, bytes);
  }
  return files;
}

const OPTIONS = { lazyEntries: true, strictFileNames: false, autoClose: false } as const;

async function reading(opened: Promise<ZipFile>): Promise<ReadonlyMap<string, Buffer>> {
  let zip: ZipFile | undefined;
  try {
    zip = await opened;
    return await readAll(zip);
  } catch (error) {
    if (error instanceof BundleFault) throw error;
    // yauzl refuses what leads out of the archive by itself, in words.
    const reason = error instanceof Error ? error.message : 'unreadable';
    if (/path|absolute|relative/i.test(reason)) throw new BundleFault('ARCHIVE_PATH', 'zip');
    throw new BundleFault('ARCHIVE_UNREADABLE', 'zip');
  } finally {
    zip?.close();
  }
}

/** Every file of the archive by its path. @throws BundleFault with a code that begins with ARCHIVE_ */
export async function readArchive(path: string): Promise<ReadonlyMap<string, Buffer>> {
  const opening = promisify<string, typeof OPTIONS, ZipFile>(open);
  return await reading(opening(path, OPTIONS));
}

/** As `readArchive`, of bytes. */
export async function readArchiveBytes(bytes: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  const opening = promisify<Buffer, typeof OPTIONS, ZipFile>(fromBuffer);
  return await reading(opening(bytes, OPTIONS));
}
