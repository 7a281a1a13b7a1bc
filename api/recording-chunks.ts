/** Takes the chunks of a recording: each once, checked while it streams to the store, and chained as far as there is no hole. */
import type { Tx } from '../db/database.ts';
import {
  enterChunk,
  keepChain,
  listChunks,
  listSegments,
  lockRecording,
  readChunk,
  readRecording,
} from '../db/queries/recordings.ts';
import { chunkMetaText, RECORDING_LIMITS, segmentOf } from '../domain/recording.ts';
import { chainLink } from '../platform/crypto/recording-chain.ts';
import { createSm3 } from '../platform/crypto/sm3.ts';
import type { AppContext } from './deps.ts';
import { visible } from './ownership.ts';
import { ApiProblem } from './problem-response.ts';

/** What the client says of a chunk beside its number. */
export interface ToldChunk {
  /** 64 lower-case hexadecimal digits. */
  readonly sm3: string;
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** A whole number of milliseconds within a day, or null when it was not told. @throws ApiProblem */
function moment(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,8}$/.test(text)) throw new ApiProblem('CHUNK_TIMES_INVALID');
  return Number(text);
}

/** @throws ApiProblem CHUNK_DIGEST_DIFFERS, CHUNK_TIMES_INVALID */
export function toldOf(c: AppContext): ToldChunk {
  const sm3 = c.req.header('X-Chunk-SM3')?.toLowerCase() ?? '';
  if (!/^[0-9a-f]{64}$/.test(sm3)) throw new ApiProblem('CHUNK_DIGEST_DIFFERS');
  const fromMs = moment(c.req.header('X-Chunk-From-Ms'));
  const toMs = moment(c.req.header('X-Chunk-To-Ms'));
  const fits = fromMs === null || toMs === null ? fromMs === toMs : toMs > fromMs;
  if (!fits) throw new ApiProblem('CHUNK_TIMES_INVALID');
  return { sm3, fromMs, toMs };
}

/** The body as it comes, refused at its end when it is not what was told: what is refused is never kept. */
async function* checkedBody(c: AppContext, sm3: string): AsyncGenerator<Uint8Array, void> {
  const digest = createSm3();
  let size = 0;
  const { body } = c.req.raw;
  if (body !== null) {
    const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      digest.update(read.value);
      size += read.value.length;
      yield read.value;
    }
  }
  if (size === 0 || digest.digest('hex') !== sm3) throw new ApiProblem('CHUNK_DIGEST_DIFFERS');
}

/** Carries the chain on over every chunk that now follows without a hole. */
async function carryChainOn(
  tx: Tx,
  recording: {
    readonly id: string;
    readonly chained_count: number;
    readonly chained_sm3: string;
  },
): Promise<void> {
  let [count, chain] = [recording.chained_count, recording.chained_sm3];
  for (const chunk of await listChunks(tx, recording.id, count)) {
    if (chunk.number !== count) break;
    chain = chainLink(chain, chunk.sm3, chunkMetaText(chunk));
    count += 1;
  }
  await keepChain(tx, recording.id, { count, sm3: chain });
}

export interface SavedChunk {
  readonly number: number;
  readonly segment: number;
  readonly sm3: string;
  readonly sizeBytes: number;
}

/** The chunk under this number when it is the one that was told. @throws ApiProblem CHUNK_DIFFERS for another */
function sameAs(
  told: ToldChunk,
  number: number,
  held: { readonly sm3: string; readonly size_bytes: number; readonly segment: number },
): SavedChunk {
  if (held.sm3 !== told.sm3)
    throw new ApiProblem('CHUNK_DIFFERS', {
      errors: [
        {
          pointer: '/X-Chunk-SM3',
          code: 'CHUNK_DIFFERS',
          zh: `已收到 ${held.sm3}，此次为 ${told.sm3}。`,
          en: `${held.sm3} was received before; this is ${told.sm3}.`,
        },
      ],
    });
  return { number, segment: held.segment, sm3: held.sm3, sizeBytes: held.size_bytes };
}

/**
 * Stores one chunk: first its bytes, then its row, so that a row never names bytes that are not there. An attempt that
 * died in between is repeated by the client and finds its own bytes.
 */
export async function storeChunk(
  c: AppContext,
  recordingId: string,
  number: number,
  told: ToldChunk,
): Promise<SavedChunk> {
  const { db, objects, vault } = c.get('deps');
  const recording = visible(c, await readRecording(db, recordingId));
  const known = await readChunk(db, recordingId, number);
  if (known !== undefined) {
    const saved = sameAs(told, number, known);
    for await (const piece of checkedBody(c, told.sm3)) void piece;
    return saved;
  }
  if (recording.state !== 'OPEN') throw new ApiProblem('RECORDING_CLOSED');
  // The digest is part of the key: two chunks under one number never overwrite each other.
  const objectKey = `recordings/${recordingId}/${number}-${told.sm3.slice(0, 32)}`;
  const cipher = await vault.of(db, recording.application_id);
  const { size } = await objects.putStream(objectKey, checkedBody(c, told.sm3), cipher);
  return await db.transaction().execute(async (tx) => {
    const locked = visible(c, await lockRecording(tx, recordingId));
    const held = await readChunk(tx, recordingId, number);
    if (held !== undefined) return sameAs(told, number, held);
    if (locked.state !== 'OPEN') throw new ApiProblem('RECORDING_CLOSED');
    if (locked.size_bytes + size > RECORDING_LIMITS.sessionBytes)
      throw new ApiProblem('RECORDING_TOO_LARGE');
    const segment = segmentOf(await listSegments(tx, recordingId), number);
    const { sm3, fromMs, toMs } = told;
    await enterChunk(tx, {
      recordingId,
      number,
      segment,
      sm3,
      sizeBytes: size,
      fromMs,
      toMs,
      objectKey,
    });
    if (number === locked.chained_count) await carryChainOn(tx, locked);
    return { number, segment, sm3, sizeBytes: size };
  });
}
