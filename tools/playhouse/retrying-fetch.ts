/** A `fetch` as an integrator uses it: the same request again, under the same key, while a server is away. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** How long one request is tried in all, in milliseconds. */
  readonly forMs: number;
  /** How long one try may take, in milliseconds. */
  readonly tryMs: number;
}

const PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;
/** A server that cannot answer now, or asks for patience. A 500 is tried too: whatever failed may be back. */
const AGAIN: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** What is counted of the requests, to be told afterwards. */
export interface Tries {
  requests: number;
  repeated: number;
}

/**
 * Makes a `fetch` that repeats a request whose answer was lost or says to try later. The body must be repeatable: text or bytes.
 * @param tries counts what was sent
 */
export function retryingFetch(patience: Patience, tries: Tries): typeof fetch {
  return async (input, init) => {
    const deadline = Date.now() + patience.forMs;
    tries.requests += 1;
    for (let pause = PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const late = Date.now() + pause > deadline;
      const answer = await fetch(input, {
        ...init,
        signal: AbortSignal.timeout(patience.tryMs),
      }).catch((error: unknown) => {
        if (late) throw error;
        return undefined;
      });
      if (answer !== undefined && (late || !AGAIN.has(answer.status))) return answer;
      await answer?.arrayBuffer().catch(() => undefined);
      tries.repeated += 1;
      await sleep(pause);
    }
  };
}
