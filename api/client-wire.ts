/** How the typed client speaks: requests with token, language and key, answers typed or the problem the server states. */
import type { z } from '@hono/zod-openapi';
import type { ProblemDetails } from './problem-response.ts';
import type { standingSchema } from './schemas/common.ts';

export type In<T extends z.ZodType> = z.input<T>;
export type Out<T extends z.ZodType> = z.output<T>;

export type Standing = Out<typeof standingSchema>;

/** An answer, or the problem the server states. Network failures are thrown by `fetch`. */
export type Answer<T> =
  | { readonly ok: true; readonly status: number; readonly data: T; readonly replayed: boolean }
  | { readonly ok: false; readonly status: number; readonly problem: ProblemDetails };

export interface ClientOptions {
  readonly baseUrl: string;
  /** A bearer token, or what gives a fresh one before each request. */
  readonly token: string | (() => string | Promise<string>);
  /** Language of texts; the server's default is Chinese. */
  readonly language?: 'zh-CN' | 'en';
  readonly fetch?: typeof fetch;
  /** Makes the Idempotency-Key of an act that was given none; a retry must be given the first one's key. */
  readonly newKey?: () => string;
}

export interface ActOptions {
  readonly idempotencyKey?: string;
}

export interface PageOptions {
  readonly cursor?: string;
  readonly limit?: number;
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

type Query = Readonly<Record<string, string | number | undefined>>;

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** A problem as the server states it; something between us and it may answer in another form. */
async function problemIn(response: Response): Promise<ProblemDetails> {
  const type = response.headers.get('Content-Type') ?? '';
  if (type.startsWith('application/problem+json')) return (await response.json()) as ProblemDetails;
  await response.arrayBuffer();
  const { status } = response;
  return { type: 'about:blank', title: response.statusText, status, instance: '', code: 'UNKNOWN' };
}

/** The calls of one client: reads, acts under a key, and what travels as bytes. */
export function createWire(options: ClientOptions) {
  const send = options.fetch ?? fetch;
  const newKey = options.newKey ?? (() => crypto.randomUUID());
  const request = async (sent: Sent): Promise<Response> => {
    const token = typeof options.token === 'string' ? options.token : await options.token();
    return await send(new URL(sent.path, options.baseUrl), {
      method: sent.method,
      headers: {
        Accept: 'application/json, application/pdf, application/problem+json',
        Authorization: `Bearer ${token}`,
        ...(options.language === undefined ? {} : { 'Accept-Language': options.language }),
        ...sent.headers,
      },
      ...(sent.body === undefined ? {} : { body: sent.body }),
    });
  };
  const answer = async <T>(
    sent: Sent,
    read: (response: Response) => Promise<T>,
  ): Promise<Answer<T>> => {
    const response = await request(sent);
    const { ok, status } = response;
    if (!ok) return { ok, status, problem: await problemIn(response) };
    const replayed = response.headers.get('Idempotency-Replayed') === 'true';
    return { ok, status, replayed, data: await read(response) };
  };
  // The server's answers are made from the schemas these types come from.
  const json = async <T>(response: Response): Promise<T> => (await response.json()) as T;
  return {
    get<T>(path: string, query: Query = {}) {
      const search = new URLSearchParams();
      for (const [name, value] of Object.entries(query)) {
        if (value !== undefined) search.set(name, String(value));
      }
      const full = search.size === 0 ? path : `${path}?${search.toString()}`;
      return answer<T>({ method: 'GET', path: full }, json);
    },
    act<T>(path: string, body: unknown, given: ActOptions = {}) {
      const headers = { ...JSON_TYPE, 'Idempotency-Key': given.idempotencyKey ?? newKey() };
      return answer<T>({ method: 'POST', path, headers, body: JSON.stringify(body) }, json);
    },
    send<T>(path: string, bytes: Uint8Array, mediaType: string, given: ActOptions = {}) {
      const key = given.idempotencyKey ?? newKey();
      const headers = { 'Content-Type': mediaType, 'Idempotency-Key': key };
      return answer<T>({ method: 'POST', path, headers, body: new Uint8Array(bytes) }, json);
    },
    patch<T>(path: string, body: unknown) {
      const sent = { method: 'PATCH', path, headers: JSON_TYPE, body: JSON.stringify(body) };
      return answer<T>(sent, json);
    },
    replace<T>(path: string, body: unknown) {
      const sent = { method: 'PUT', path, headers: JSON_TYPE, body: JSON.stringify(body) };
      return answer<T>(sent, json);
    },
    remove: <T>(path: string) => answer<T>({ method: 'DELETE', path }, json),
    put<T>(path: string, bytes: Uint8Array, headers: Record<string, string>) {
      return answer<T>({ method: 'PUT', path, headers, body: new Uint8Array(bytes) }, json);
    },
    bytes: (path: string) =>
      answer(
        { method: 'GET', path },
        async (response) => new Uint8Array(await response.arrayBuffer()),
      ),
  };
}

export type Wire = ReturnType<typeof createWire>;

/** Path of one record, its id escaped. */
export const at = (kind: string, id: string, more = ''): string =>
  `/v1/${kind}/${encodeURIComponent(id)}${more}`;
