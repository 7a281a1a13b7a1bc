/** One HTTP exchange with the outside: bounded in time and size, never followed elsewhere, told as a value. */

/** How long an answer may take altogether, in milliseconds, unless the caller says otherwise. */
export const DEFAULT_TIMEOUT_MS = 8_000;

/** The largest answer that is read; a longer one is not an honest answer of any service we know. */
export const ANSWER_LIMIT_BYTES = 4 * 1024 * 1024;

export interface ExchangeRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
  readonly timeoutMs?: number | undefined;
  /** The caller's own wish to stop, beside the time-out. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * - `ANSWERED` the whole answer, whatever its status
 * - `NOTHING` no connection or no complete answer in time: the request may have been processed all the same
 * - `BROKEN` an answer began and ended before its length, or went beyond the limit
 */
export type Exchange =
  | {
      readonly kind: 'ANSWERED';
      readonly status: number;
      readonly headers: Headers;
      readonly body: Buffer;
    }
  | { readonly kind: 'NOTHING' | 'BROKEN'; readonly cause: unknown };

export type Fetch = typeof globalThis.fetch;

/** Sends one request, once: whether to send it again is for those who know what it does. */
export async function exchange(fetch: Fetch, request: ExchangeRequest): Promise<Exchange> {
  const timeout = AbortSignal.timeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const signal =
    request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
  let response: Response;
  try {
    response = await fetch(request.url, {
      method: request.method,
      headers: { ...request.headers },
      body: request.body ?? null,
      // A signed request is meant for one address; a redirect is answered like any other unsigned answer.
      redirect: 'manual',
      signal,
    });
  } catch (cause) {
    return { kind: 'NOTHING', cause };
  }
  try {
    const body = await readLimited(response);
    return { kind: 'ANSWERED', status: response.status, headers: response.headers, body };
  } catch (cause) {
    return { kind: signal.aborted ? 'NOTHING' : 'BROKEN', cause };
  }
}

async function readLimited(response: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by an error cancels the stream, so that the rest is never downloaded.
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > ANSWER_LIMIT_BYTES) throw new RangeError('The answer is larger than the limit.');
    parts.push(part);
  }
  return Buffer.concat(parts, size);
}
