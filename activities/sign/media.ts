/**
 * What picture and sound of a recording are, asked of ffprobe and ffmpeg. Bytes go to them through a pipe, so that nothing
 * readable ever lies on a disk and no recording is held in memory.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { z } from 'zod';
import type { MediaFacts } from '../../domain/recording.ts';

/** `NO_TOOL`: this machine has no ffmpeg. `UNREADABLE`: no recording that ffmpeg can make sense of. */
export type Measured = MediaFacts | 'UNREADABLE' | 'NO_TOOL';
type Bytes = () => AsyncIterable<Uint8Array>;

/** The bytes are a stranger's: only what a browser records is read, and only from the pipe. */
const INPUT = [
  '-protocol_whitelist',
  'pipe',
  '-format_whitelist',
  'matroska,webm,mov,mp4,m4a,3gp,3g2,mj2',
  '-i',
  'pipe:0',
];
/** Sound below this level is none; a pause between two sentences is shorter than this. */
const SILENCE = 'silencedetect=noise=-50dB:d=0.5';

/** The picture is counted as it is, the sound is listened to, and nothing is written. */
const LISTENED = `-map 0:v:0? -c:v copy -map 0:a:0? -af ${SILENCE} -f null -`.split(' ');

interface Ended {
  readonly code: number | null;
  readonly missing: boolean;
}

function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    child.on('error', (error) =>
      'code' in error && error.code === 'ENOENT'
        ? resolve({ code: null, missing: true })
        : reject(error),
    );
    child.on('close', (code) => resolve({ code, missing: false }));
  });
}

/** Hands the bytes over until a tool has seen enough and closes its end. @throws what reading the bytes throws */
async function feed(stdin: Writable, bytes: Bytes): Promise<undefined> {
  const closed = new Promise<void>((resolve) => {
    stdin.on('error', () => resolve());
    stdin.on('close', () => resolve());
  });
  for await (const piece of bytes()) {
    if (stdin.destroyed || stdin.errored !== null) return undefined;
    if (stdin.write(piece)) continue;
    await Promise.race([closed, new Promise((resolve) => stdin.once('drain', resolve))]);
  }
  stdin.end();
  return undefined;
}

/** Runs a tool over the bytes, giving each line of both its outputs away as it comes. */
async function run(
  tool: string,
  args: readonly string[],
  bytes: Bytes,
  hear: { readonly out: (line: string) => void; readonly err: (line: string) => void },
  signal: AbortSignal | undefined,
): Promise<Ended> {
  const child = spawn(tool, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    killSignal: 'SIGKILL',
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
    ...(signal === undefined ? {} : { signal }),
  });
  createInterface({ input: child.stdout }).on('line', hear.out);
  createInterface({ input: child.stderr }).on('line', hear.err);
  const ended = endOf(child);
  const feeding = feed(child.stdin, bytes).catch((error: unknown) => {
    // Asked to end, ffmpeg would wait for the rest of its input first.
    child.kill('SIGKILL');
    return { failure: error };
  });
  const end = await ended;
  child.stdin.destroy();
  const fed = await feeding;
  if (fed !== undefined) throw fed.failure;
  return end;
}

const probed = z.object({
  streams: z.array(
    z.object({
      codec_type: z.string(),
      width: z.number().int().positive().optional(),
      height: z.number().int().positive().optional(),
      sample_rate: z.coerce.number().int().positive().optional(),
    }),
  ),
});

async function probe(
  bytes: Bytes,
  signal: AbortSignal | undefined,
): Promise<Pick<MediaFacts, 'width' | 'height' | 'sampleRate'> | Extract<Measured, string>> {
  const lines: string[] = [];
  const end = await run(
    'ffprobe',
    [
      '-v',
      'error',
      '-show_entries',
      'stream=codec_type,width,height,sample_rate',
      '-of',
      'json',
      ...INPUT,
    ],
    bytes,
    { out: (line) => void (lines.length < 1_000 && lines.push(line)), err: () => undefined },
    signal,
  );
  if (end.missing) return 'NO_TOOL';
  if (end.code !== 0) return 'UNREADABLE';
  const { streams } = probed.parse(JSON.parse(lines.join('\n')));
  const video = streams.find(({ codec_type }) => codec_type === 'video');
  const audio = streams.find(({ codec_type }) => codec_type === 'audio');
  return {
    width: video?.width ?? null,
    height: video?.height ?? null,
    sampleRate: audio?.sample_rate ?? null,
  };
}

const milliseconds = (seconds: string): number => Math.round(Number(seconds) * 1_000);

/** Frames, length and silences, over the whole recording; the picture is counted and not decoded. */
async function listen(
  bytes: Bytes,
  signal: AbortSignal | undefined,
): Promise<Pick<MediaFacts, 'frames' | 'durationMs' | 'silences'> | Extract<Measured, string>> {
  let frames = 0;
  let durationMs = 0;
  const silences: { fromMs: number; toMs: number }[] = [];
  const end = await run(
    'ffmpeg',
    ['-nostdin', '-hide_banner', '-nostats', '-progress', 'pipe:1', ...INPUT, ...LISTENED],
    bytes,
    {
      out: (line) => {
        const [name, value = ''] = line.split('=');
        if (name === 'frame') frames = Number(value);
        if (name === 'out_time_us' && /^\d+$/.test(value))
          durationMs = Math.round(Number(value) / 1_000);
      },
      err: (line) => {
        const [, start] = /silence_start: (-?[\d.]+)/.exec(line) ?? [];
        if (start !== undefined)
          silences.push({
            fromMs: Math.max(0, milliseconds(start)),
            toMs: Number.MAX_SAFE_INTEGER,
          });
        const [, stop] = /silence_end: ([\d.]+)/.exec(line) ?? [];
        const last = silences.at(-1);
        if (stop !== undefined && last !== undefined) last.toMs = milliseconds(stop);
      },
    },
    signal,
  );
  if (end.missing) return 'NO_TOOL';
  return end.code === 0 ? { frames, durationMs, silences } : 'UNREADABLE';
}

/**
 * Measures one recording. @param bytes begins to read it from its start; called twice
 * @throws what reading the bytes throws
 */
export async function measureMedia(bytes: Bytes, signal?: AbortSignal): Promise<Measured> {
  const shape = await probe(bytes, signal);
  if (typeof shape === 'string') return shape;
  // Without sound there is nothing to listen to, and ffmpeg refuses a filter for it.
  if (shape.sampleRate === null) return { ...shape, frames: 0, durationMs: 0, silences: [] };
  const heard = await listen(bytes, signal);
  return typeof heard === 'string' ? heard : { ...shape, ...heard };
}
