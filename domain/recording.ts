/** Dual recording (双录): when one is asked for, what its chunks say of themselves, and what the timeline shows. */
import { canonicalJson } from './canonical-json.ts';
import { PolicyMissingError, type PolicyReader } from './policy.ts';
import { needsDualRecording, type Product } from './products.ts';
import type { Fen } from './money.ts';
import type { ScriptNode } from './recording-script.ts';

/** `SELF`: the borrower records alone. `ATTENDED`: with a member of staff, and people look at it afterwards. */
export type RecordingKind = 'SELF' | 'ATTENDED';
export type RecordingNeed = 'NONE' | RecordingKind;

/** Amount above which a session needs staff and a look afterwards; null under a policy from before there was such a rule. */
function attendedAboveFen(policy: PolicyReader): number | null {
  try {
    return policy('recording.requiredAboveFen');
  } catch (error) {
    if (error instanceof PolicyMissingError) return null;
    throw error;
  }
}

/** Which recording a loan needs before it is signed: the policy's rule goes before the product's wish. */
export function recordingNeed(
  product: Product,
  policy: PolicyReader,
  amountFen: Fen,
): RecordingNeed {
  const above = attendedAboveFen(policy);
  if (above !== null && amountFen > above) return 'ATTENDED';
  return needsDualRecording(product, amountFen) ? 'SELF' : 'NONE';
}

/** `OPEN` takes chunks; `COMPLETE` is whole; people made it `PASSED` or `REJECTED`; nobody finished what is `EXPIRED`. */
export const RECORDING_STATES = ['OPEN', 'COMPLETE', 'PASSED', 'REJECTED', 'EXPIRED'] as const;
export type RecordingState = (typeof RECORDING_STATES)[number];

/** Whether a recording in this state serves the need. */
export function recordingServes(
  need: RecordingNeed,
  held: { readonly kind: RecordingKind; readonly state: RecordingState },
): boolean {
  if (held.state === 'PASSED') return need !== 'ATTENDED' || held.kind === 'ATTENDED';
  return need === 'SELF' && held.state === 'COMPLETE';
}

export const RECORDING_LIMITS = {
  chunkBytes: 4 * 1024 * 1024,
  chunks: 10_000,
  sessionBytes: 2 * 1024 * 1024 * 1024,
  segments: 50,
} as const;

/** What a chunk says of itself beside its bytes; times are milliseconds from the start of its segment. */
export interface ChunkMeta {
  readonly number: number;
  readonly segment: number;
  readonly sizeBytes: number;
  /** Null where the client told no times. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** The text of a chunk's description that goes into the chain. */
export const chunkMetaText = ({ number, segment, sizeBytes, fromMs, toMs }: ChunkMeta): string =>
  canonicalJson({ number, segment, sizeBytes, fromMs, toMs });

/** A part of a session without interruption. */
export interface Segment {
  readonly number: number;
  /** The first chunk that belongs to it. */
  readonly firstChunk: number;
  /** Why the one before broke off; null for the first. */
  readonly reason: string | null;
}

/** The segment that a chunk belongs to, whenever it comes: segments are announced before their chunks. */
export function segmentOf(segments: readonly Segment[], chunk: number): number {
  return segments.reduce(
    (found, { number, firstChunk }) => (firstChunk <= chunk ? Math.max(found, number) : found),
    0,
  );
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The runs of chunk numbers below `end` that have not come. @param received ascending */
export function missingRanges(received: readonly number[], end: number): readonly Range[] {
  const missing: Range[] = [];
  let next = 0;
  for (const number of [...received.filter((one) => one < end), end]) {
    if (number > next) missing.push({ from: next, to: number - 1 });
    next = number + 1;
  }
  return missing;
}

/** When a node was spoken, and what was answered: words a person or a speech service wrote down. */
export interface NodeMark {
  readonly node: string;
  readonly segment: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly answer?: string | undefined;
}

/** One thing that a machine found wanting. `value` is coded or a number, never words. */
export interface QcFinding {
  readonly code:
    | 'TIMES_MISSING'
    | 'GAP'
    | 'OVERLAP'
    | 'SCRIPT_MISSING'
    | 'NODE_MISSING'
    | 'NODE_TOO_SHORT'
    | 'NODE_OUTSIDE'
    | 'ANSWER_MISSING'
    | 'MEDIA_UNREADABLE'
    | 'VIDEO_MISSING'
    | 'AUDIO_MISSING'
    | 'RESOLUTION_LOW'
    | 'FRAME_RATE_LOW'
    | 'SAMPLE_RATE_LOW'
    | 'NODE_SILENT'
    | 'MEDIA_SHORTER';
  readonly segment?: number;
  readonly node?: string;
  readonly value?: number;
}

/** A pause between two chunks that a recorder makes by itself when it cuts. */
const CUT_MS = 250;

/** What the chunks of one segment say of their times. */
function judgeTimes(segment: number, chunks: readonly ChunkMeta[]): readonly QcFinding[] {
  let end = 0;
  const findings: QcFinding[] = [];
  for (const { fromMs, toMs, number } of chunks) {
    if (fromMs === null || toMs === null)
      return [{ code: 'TIMES_MISSING', segment, value: number }];
    if (fromMs - end > CUT_MS) findings.push({ code: 'GAP', segment, value: fromMs - end });
    if (end - fromMs > CUT_MS) findings.push({ code: 'OVERLAP', segment, value: end - fromMs });
    end = Math.max(end, toMs);
  }
  return findings;
}

/** Milliseconds that the chunks of each segment say they hold. */
export function segmentLengths(chunks: readonly ChunkMeta[]): ReadonlyMap<number, number> {
  const lengths = new Map<number, number>();
  for (const { segment, toMs } of chunks)
    lengths.set(segment, Math.max(lengths.get(segment) ?? 0, toMs ?? 0));
  return lengths;
}

function judgeNode(
  node: ScriptNode,
  marks: readonly NodeMark[],
  lengths: ReadonlyMap<number, number>,
): readonly QcFinding[] {
  const own = marks.filter((mark) => mark.node === node.id);
  if (own.length === 0) return [{ code: 'NODE_MISSING', node: node.id }];
  const inside = own.filter(({ segment, toMs }) => toMs <= (lengths.get(segment) ?? 0) + CUT_MS);
  const findings: QcFinding[] = [];
  if (inside.length < own.length) findings.push({ code: 'NODE_OUTSIDE', node: node.id });
  // A node that was begun anew after an interruption counts by its longest try, not by the sum of its pieces.
  const longest = Math.max(0, ...inside.map(({ fromMs, toMs }) => toMs - fromMs));
  if (longest < node.minMs)
    findings.push({ code: 'NODE_TOO_SHORT', node: node.id, value: longest });
  const answered = own.some(({ answer }) => node.answers.some((words) => answer?.includes(words)));
  if (node.answers.length > 0 && !answered)
    findings.push({ code: 'ANSWER_MISSING', node: node.id });
  return findings;
}

/** What the timeline shows without looking at picture and sound. @param chunks in order */
export function judgeTimeline(
  chunks: readonly ChunkMeta[],
  script: readonly ScriptNode[] | null,
  marks: readonly NodeMark[],
): readonly QcFinding[] {
  const segments = [...new Set(chunks.map(({ segment }) => segment))];
  const times = segments.flatMap((segment) =>
    judgeTimes(
      segment,
      chunks.filter((chunk) => chunk.segment === segment),
    ),
  );
  if (script === null) return [...times, { code: 'SCRIPT_MISSING' }];
  const lengths = segmentLengths(chunks);
  return [...times, ...script.flatMap((node) => judgeNode(node, marks, lengths))];
}

/** What picture and sound of one segment are, as measured. */
export interface MediaFacts {
  readonly width: number | null;
  readonly height: number | null;
  readonly frames: number;
  readonly durationMs: number;
  readonly sampleRate: number | null;
  /** Stretches without sound. */
  readonly silences: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/** Least picture and sound: regulation.md §3.5. A picture held upright is as good as one held across. */
const LEAST = { lines: 720, framesPerSecond: 15, sampleRate: 16_000 } as const;
/** More than this part of a node without sound: nobody spoke it. */
const MOST_SILENCE = 0.8;
const SHORTER_MS = 2_000;

const overlap = (a: { fromMs: number; toMs: number }, b: { fromMs: number; toMs: number }) =>
  Math.max(0, Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs));

/** What is wanting in the picture and sound of a segment. @param toldMs its length by its chunks */
export function judgeMedia(
  segment: number,
  facts: MediaFacts,
  marks: readonly NodeMark[],
  toldMs: number,
): readonly QcFinding[] {
  const findings: QcFinding[] = [];
  const { width, height, durationMs } = facts;
  if (width === null || height === null) findings.push({ code: 'VIDEO_MISSING', segment });
  else {
    const lines = Math.min(width, height);
    if (lines < LEAST.lines) findings.push({ code: 'RESOLUTION_LOW', segment, value: lines });
    const rate = durationMs === 0 ? 0 : (facts.frames * 1_000) / durationMs;
    // A file's last frame has no length of its own: half a frame of grace.
    if (rate + 0.5 < LEAST.framesPerSecond)
      findings.push({ code: 'FRAME_RATE_LOW', segment, value: Math.round(rate * 10) / 10 });
  }
  if (facts.sampleRate === null) findings.push({ code: 'AUDIO_MISSING', segment });
  else if (facts.sampleRate < LEAST.sampleRate)
    findings.push({ code: 'SAMPLE_RATE_LOW', segment, value: facts.sampleRate });
  if (toldMs - durationMs > SHORTER_MS)
    findings.push({ code: 'MEDIA_SHORTER', segment, value: toldMs - durationMs });
  for (const mark of marks.filter((one) => one.segment === segment)) {
    const silent = facts.silences.reduce((sum, silence) => sum + overlap(silence, mark), 0);
    if (silent > (mark.toMs - mark.fromMs) * MOST_SILENCE)
      findings.push({ code: 'NODE_SILENT', segment, node: mark.node });
  }
  return findings;
}
