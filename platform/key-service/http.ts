/**
 * The key service of an HSM or KMS over HTTP, in a small protocol of our own that a vendor's adapter speaks.
 *
 *   GET  /v1/kek     → {"kekId"}
 *   POST /v1/wrap    {"keys": [{"context", "key"}]}                → {"keys": [{"kekId", "wrapped"}]}
 *   POST /v1/unwrap  {"keys": [{"context", "kekId", "wrapped"}]}   → {"keys": [{"key"}]}
 *   POST /v1/rewrap  {"keys": [{"context", "kekId", "wrapped"}]}   → {"keys": [{"kekId", "wrapped"}]}
 *
 * Bytes are base64, answers keep the order. Authorization is a bearer token. 404 says that a KEK is unknown, any other
 * 4xx but 408 and 429 that the question is refused for good.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError } from '../config.ts';
import { KEY_BYTES } from '../crypto/keyring.ts';
import { type KeyService, KeyServiceError, type KeyToUnwrap, type WrappedKey } from './port.ts';

const TIMEOUT_MS = 5_000;
/** Keys of one request at most, so that neither side holds large bodies. */
const BATCH = 200;

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
const kekId = z.string().min(1).max(128);
const kekAnswer = z.object({ kekId });
const wrappedAnswer = z.object({ keys: z.array(z.object({ kekId, wrapped: base64 })) });
const plainAnswer = z.object({
  keys: z.array(
    z.object({ key: base64.refine((key) => key.length === KEY_BYTES, 'is not of 32 bytes') }),
  ),
});

function failureOf(status: number): KeyServiceError {
  if (status === 404)
    return new KeyServiceError('KEK_UNKNOWN', 'The key service knows no such key.');
  const again = status >= 500 || status === 408 || status === 429;
  return new KeyServiceError(
    again ? 'UNAVAILABLE' : 'REFUSED',
    `The key service answered ${status}.`,
  );
}

async function bodyOf<T>(response: Response, answer: z.ZodType<T>): Promise<T> {
  const parsed = answer.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  throw new KeyServiceError('ANSWER_INVALID', 'The key service gave another answer than agreed.');
}

/** @throws ConfigError when the token file cannot be read */
function readToken(file: string): string {
  try {
    const token = readFileSync(file, 'utf8').trim();
    if (token !== '') return token;
  } catch (cause) {
    throw new ConfigError(`KEY_SERVICE_TOKEN_FILE ${file} cannot be read.`, { cause });
  }
  throw new ConfigError(`KEY_SERVICE_TOKEN_FILE ${file} is empty.`);
}

interface Wire {
  get<T>(path: string, answer: z.ZodType<T>): Promise<T>;
  post<T>(path: string, body: unknown, answer: z.ZodType<T>): Promise<T>;
}

/** The token is read for every request: it may be renewed while the process runs. */
function openWire(url: string, tokenFile: string): Wire {
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    const authorization = `Bearer ${readToken(tokenFile)}`;
    const headers = { 'Content-Type': 'application/json', Authorization: authorization };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const base = url.endsWith('/') ? url : `${url}/`;
    const request = { ...init, headers, signal, redirect: 'error' } as const;
    const response = await fetch(new URL(path, base), request).catch((cause: unknown) => {
      throw new KeyServiceError('UNAVAILABLE', 'The key service gave no answer.', { cause });
    });
    if (!response.ok) throw failureOf(response.status);
    return response;
  };
  return {
    get: async (path, answer) => bodyOf(await ask(path, { method: 'GET' }), answer),
    post: async (path, body, answer) =>
      bodyOf(await ask(path, { method: 'POST', body: JSON.stringify(body) }), answer),
  };
}

/** Asks in batches; an answer of another length than its question is none. */
async function inBatches<Q, A>(
  all: readonly Q[],
  ask: (batch: readonly Q[]) => Promise<readonly A[]>,
): Promise<readonly A[]> {
  const answers: A[] = [];
  for (let at = 0; at < all.length; at += BATCH) {
    const batch = all.slice(at, at + BATCH);
    const answered = await ask(batch);
    if (answered.length !== batch.length) {
      throw new KeyServiceError('ANSWER_INVALID', 'The key service left keys out.');
    }
    answers.push(...answered);
  }
  return answers;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const wrappedText = ({ context, kekId: id, wrapped }: KeyToUnwrap) => ({
  context,
  kekId: id,
  wrapped: text(wrapped),
});

/**
 * @param url base of the service, for example https://kms.lender.example/xindai
 * @param tokenFile file that holds the bearer token
 * @throws ConfigError when the token cannot be read at the start
 */
export function createHttpKeyService(url: string, tokenFile: string): KeyService {
  readToken(tokenFile);
  const wire = openWire(url, tokenFile);
  const wrapped = async (path: string, keys: readonly unknown[]): Promise<readonly WrappedKey[]> =>
    (await wire.post(path, { keys }, wrappedAnswer)).keys;
  return {
    currentKekId: async () => (await wire.get('v1/kek', kekAnswer)).kekId,
    wrap: (keys) =>
      inBatches(keys, (batch) =>
        wrapped(
          'v1/wrap',
          batch.map(({ context, key }) => ({ context, key: text(key) })),
        ),
      ),
    unwrap: (keys) =>
      inBatches(keys, async (batch) => {
        const body = { keys: batch.map(wrappedText) };
        return (await wire.post('v1/unwrap', body, plainAnswer)).keys.map(({ key }) => key);
      }),
    rewrap: (keys) => inBatches(keys, (batch) => wrapped('v1/rewrap', batch.map(wrappedText))),
  };
}
