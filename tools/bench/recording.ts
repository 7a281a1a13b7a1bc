/**
 * What keeping a recording costs: chunks streamed, sealed and chained into the file store, beside the same bytes written as
 * they are; and how much memory a whole session takes. Without HTTP and without the database. Run by itself it prints JSON.
 *
 *   node --import tsx tools/bench/recording.ts [MEGABYTES]
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { chunkMetaText } from '../../domain/recording.ts';
import { CHAIN_START, chainLink } from '../../platform/crypto/recording-chain.ts';
import { createSubjectCipher } from '../../platform/crypto/subject-cipher.ts';
import { createFileObjectStore } from '../../platform/object-store.ts';
import { type Result, result } from './results.ts';

const MB = 1024 * 1024;
const CHUNK_BYTES = 4 * MB;
/** What a socket hands over at a time. */
const PIECE_BYTES = 64 * 1024;

const keyring = (name: string) => ({
  activeKeyId: name,
  keys: new Map([[name, randomBytes(32)]]),
});

function cipherOf() {
  const key = { id: 'person', bytes: randomBytes(32), wiped: false };
  const sealing = { subjectId: 'person', key };
  return createSubjectCipher({
    sealing,
    opening: [sealing],
    destroyed: new Set(),
    former: keyring('former'),
    indexKey: randomBytes(32),
  });
}

async function* piecesOf(chunk: Buffer): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES);
}

/** A chunk that is no other's, made outside the time that is taken. */
function chunkOf(base: Buffer, number: number): Buffer {
  base.writeUInt32BE(number, 0);
  return base;
}

async function writeRaw(dir: string, chunks: number): Promise<number> {
  const base = randomBytes(CHUNK_BYTES);
  const began = performance.now();
  for (let n = 0; n < chunks; n += 1) {
    const file = await open(join(dir, `raw-${n}`), 'wx');
    for await (const piece of piecesOf(chunkOf(base, n))) await file.write(piece);
    await file.sync();
    await file.close();
  }
  return performance.now() - began;
}

interface Session {
  readonly writingMs: number;
  readonly readingMs: number;
  /** Most that the resident memory grew over what it was before. */
  readonly grownBytes: number;
}

async function keepSession(dir: string, chunks: number): Promise<Session> {
  const store = createFileObjectStore(join(dir, 'objects'), keyring('former'));
  const cipher = cipherOf();
  const base = randomBytes(CHUNK_BYTES);
  const before = process.memoryUsage().rss;
  let most = before;
  const look = () => {
    most = Math.max(most, process.memoryUsage().rss);
  };
  let chain = CHAIN_START;
  const began = performance.now();
  for (let number = 0; number < chunks; number += 1) {
    const { sm3, size } = await store.putStream(
      `recordings/bench/${number}`,
      piecesOf(chunkOf(base, number)),
      cipher,
    );
    const meta = { number, segment: 0, sizeBytes: size, fromMs: number, toMs: number + 1 };
    chain = chainLink(chain, sm3, chunkMetaText(meta));
    look();
  }
  const written = performance.now();
  for (let number = 0; number < chunks; number += 1) {
    for await (const piece of store.getStream(`recordings/bench/${number}`, cipher)) void piece;
    look();
  }
  const readingMs = performance.now() - written;
  return { writingMs: written - began, readingMs, grownBytes: most - before };
}

/** Keeps a session of `megabytes` and gives what was measured. */
export async function benchRecording(
  say: (line: string) => void,
  megabytes = 500,
): Promise<readonly Result[]> {
  const dir = await mkdtemp(join(tmpdir(), 'xindai-bench-recording-'));
  try {
    const chunks = Math.ceil((megabytes * MB) / CHUNK_BYTES);
    say(`a session of ${megabytes} MB in ${chunks} chunks of 4 MB`);
    const session = await keepSession(dir, chunks);
    await rm(join(dir, 'objects'), { recursive: true });
    const rawMs = await writeRaw(dir, chunks);
    const speed = (ms: number) => (chunks * CHUNK_BYTES) / MB / (ms / 1_000);
    return [
      result('papers.recording.write', speed(session.writingMs), 'MB/s', speed(rawMs)),
      result('papers.recording.read', speed(session.readingMs), 'MB/s'),
      result('papers.recording.rssGrowth', session.grownBytes / MB, 'MB'),
    ];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const results = await benchRecording(say, Number(process.argv[2] ?? 500));
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
}
