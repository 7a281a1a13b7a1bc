/** The way to the key service over HTTP: bearer token, time limit, and every failure as one of four. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ConfigError } from '../config.ts';
import { KeyServiceError } from './port.ts';

const TIMEOUT_MS = 5_000;

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

/** Questions to the key service and its answers as JSON, each answer checked. */
export interface Wire {
  get<T>(path: string, answer: z.ZodType<T>): Promise<T>;
  post<T>(path: string, body: unknown, answer: z.ZodType<T>): Promise<T>;
}

/**
 * The token is read for every request: it may be renewed while the process runs.
 * @throws ConfigError when it cannot be read at the start
 */
export function openWire(url: string, tokenFile: string): Wire {
  readToken(tokenFile);
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
