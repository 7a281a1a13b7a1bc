/** Runs many pieces of work with a fixed number of them in flight, and measures what comes out. */

/** What a run measured. */
export interface Run {
  /** Pieces a second, over the whole run. */
  readonly perSecond: number;
  /** Milliseconds of each piece, shortest first. */
  readonly durationsMs: readonly number[];
  readonly wallMs: number;
}

/** Works off `pieces`, `inFlight` at a time. The first failure ends the run and is thrown. */
export async function runInFlight<T>(
  pieces: readonly T[],
  inFlight: number,
  work: (piece: T) => Promise<void>,
): Promise<Run> {
  const startedAt = performance.now();
  const durationsMs: number[] = [];
  const rest = [...pieces];
  const hand = async (): Promise<void> => {
    for (let piece = rest.shift(); piece !== undefined; piece = rest.shift()) {
      const begun = performance.now();
      await work(piece);
      durationsMs.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, hand));
  const wallMs = performance.now() - startedAt;
  durationsMs.sort((a, b) => a - b);
  return { perSecond: (pieces.length * 1_000) / wallMs, durationsMs, wallMs };
}

/** The smallest duration that `share` of all are not above. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Waiting for others to bring many things to a stage, each told once. */
export interface Signposts {
  tell(id: string, stage: string): void;
  /** Resolves once `id` has been told to be at `stage`. Rejects after `withinMs`. */
  reached(id: string, stage: string, withinMs?: number): Promise<void>;
}

export function createSignposts(): Signposts {
  const told = new Set<string>();
  const waiting = new Map<string, () => void>();
  return {
    tell(id, stage) {
      const key = `${id} ${stage}`;
      told.add(key);
      waiting.get(key)?.();
      waiting.delete(key);
    },
    async reached(id, stage, withinMs = 300_000) {
      const key = `${id} ${stage}`;
      if (told.has(key)) return;
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`${id} did not reach ${stage} within ${withinMs / 1_000} s`)),
          withinMs,
        );
        waiting.set(key, () => {
          clearTimeout(late);
          resolve();
        });
      });
    },
  };
}
