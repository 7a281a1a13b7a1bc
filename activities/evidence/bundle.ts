/**
 * Writes an archive as a stream: each file as it passes by, its digest noted, and at the end the files that sum them up.
 * Nothing of it is held in memory but what the caller gives as bytes.
 */
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { EvidenceFileEntry } from '../../domain/evidence.ts';
import type { ByteStream } from '../../platform/crypto/seal-stream.ts';
import { createSm3 } from '../../platform/crypto/sm3.ts';

/** One file to be: its bytes, or where they come from. */
export interface BundleFile {
  readonly path: string;
  readonly content: Uint8Array | string | (() => ByteStream);
}

type Pieces = AsyncGenerator<Uint8Array, void>;

async function* pieces(content: BundleFile['content']): Pieces {
  if (typeof content === 'string') yield Buffer.from(content, 'utf8');
  else if (content instanceof Uint8Array) yield content;
  else yield* content();
}
/** Adds one file and waits until its last byte has passed. */
async function addFile(zip: ZipFile, file: BundleFile, at: Date): Promise<EvidenceFileEntry> {
  const digest = createSm3();
  let size = 0;
  let done: (entry: EvidenceFileEntry) => void = () => undefined;
  let failed: (error: unknown) => void = () => undefined;
  const passed = new Promise<EvidenceFileEntry>((resolve, reject) => {
    done = resolve;
    failed = reject;
  });
  async function* counted(): Pieces {
    try {
      for await (const piece of pieces(file.content)) {
        digest.update(piece);
        size += piece.length;
        yield piece;
      }
      done({ path: file.path, sm3: digest.digest('hex'), size });
    } catch (error) {
      failed(error);
      throw error;
    }
  }
  zip.addReadStream(Readable.from(counted(), { objectMode: false }), file.path, {
    mtime: at,
    mode: 0o100644,
  });
  return await passed;
}

/**
 * The archive's bytes. Files stand in the order given, each with the same time, so that the same files make the same
 * archive.
 * @param last makes the files that stand at the end and are in no list: the manifest, its signature and its time stamp
 */
export async function* writeBundle(
  files: AsyncIterable<BundleFile> | Iterable<BundleFile>,
  last: (entries: readonly EvidenceFileEntry[]) => Promise<readonly BundleFile[]>,
  at: Date,
): AsyncGenerator<Uint8Array, void> {
  const zip = new ZipFile();
  const out = new PassThrough();
  const flowing = pipeline(zip.outputStream, out);
  const writing = (async () => {
    const entries: EvidenceFileEntry[] = [];
    for await (const file of files) entries.push(await addFile(zip, file, at));
    for (const file of await last(entries)) await addFile(zip, file, at);
    zip.end();
  })();
  // Whatever fails ends the archive's own stream, and with it the reading below.
  const end = (error: unknown): void =>
    void out.destroy(error instanceof Error ? error : undefined);
  writing.catch(end);
  flowing.catch(end);
  zip.on('error', end);
  for await (const piece of out) {
    // The stream is in no object mode: its pieces are bytes.
    yield piece as Uint8Array;
  }
  await Promise.all([writing, flowing]);
}
