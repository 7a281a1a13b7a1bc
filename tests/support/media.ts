/** Recordings made by ffmpeg at test time: a test picture and a tone, as a browser's recorder would give them. */
import { spawnSync } from 'node:child_process';

/** Why the tests that look into media cannot run here, or null. */
export const withoutFfmpeg: string | null = ['ffmpeg', 'ffprobe'].every(
  (tool) => spawnSync(tool, ['-version']).status === 0,
)
  ? null
  : 'ffmpeg is not installed: sudo apt-get install ffmpeg';

export interface Shape {
  readonly seconds?: number;
  readonly size?: string;
  readonly framesPerSecond?: number;
  readonly sampleRate?: number;
  /** Seconds of the tone; silence after that. */
  readonly toneSeconds?: number;
  readonly video?: boolean;
  readonly audio?: boolean;
}

/** A Matroska recording, of which WebM is a kind, four seconds in good quality unless told otherwise. */
export function makeRecording(shape: Shape = {}): Buffer {
  const { seconds = 4, size = '1280x720', framesPerSecond = 15, sampleRate = 48_000 } = shape;
  const tone = shape.toneSeconds ?? seconds;
  const picture = `testsrc=size=${size}:rate=${framesPerSecond}:duration=${seconds}`;
  const video = ['-f', 'lavfi', '-i', picture];
  const sound = `sine=frequency=440:sample_rate=${sampleRate}:duration=${seconds},volume=enable='gt(t,${tone})':volume=0`;
  const audio = ['-f', 'lavfi', '-i', sound];
  // Codecs that cost next to nothing: what is tested is the container and its measures.
  const codecs = ['-c:v', 'mjpeg', '-q:v', '20', '-c:a', 'pcm_s16le'];
  const made = spawnSync(
    'ffmpeg',
    [
      '-v',
      'error',
      ...(shape.video === false ? [] : video),
      ...(shape.audio === false ? [] : audio),
      ...codecs,
      '-f',
      'matroska',
      'pipe:1',
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  if (made.status !== 0) throw new Error(`ffmpeg: ${made.stderr.toString('utf8')}`);
  return made.stdout;
}
