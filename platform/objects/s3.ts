/** Blobs in a bucket of an S3-compatible store: path-style addresses, signature version 4 over every body. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open as openFile, rm } from 'node:fs/promises';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import type { ByteStream } from '../crypto/seal-stream.ts';
import { type BlobStore, notFound, ObjectStoreError } from './blobs.ts';
import { fillFile } from './file.ts';

export interface S3Settings {
  /** Address of the bucket, path-style: `https://host[:port]/bucket`. */
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;
/** Longest silence on a connection. */
const IDLE_MS = 30_000;
const EMPTY_SHA256 = createHash('sha256').digest('hex');

/** A body that can be sent again: a failed attempt has used up any stream. */
interface Body {
  readonly sha256: string;
  readonly size: number;
  readonly from: Uint8Array | { readonly path: string };
}

const bodyOf = (bytes: Uint8Array): Body => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  size: bytes.length,
  from: bytes,
});

type Method = 'GET' | 'HEAD' | 'PUT' | 'DELETE';

/** The connections of one bucket. */
function createCaller(settings: S3Settings) {
  const base = settings.url.replace(/\/+$/, '');
  const secure = base.startsWith('https:');
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const send = secure ? httpsRequest : httpRequest;

  /** One attempt: signed afresh, for a signature is good for minutes only. */
  return async function once(method: Method, name: string, body?: Body): Promise<IncomingMessage> {
    const { accessKeyId, secretAccessKey, region } = settings;
    const signed = await new AwsV4Signer({
      method,
      url: `${base}/${name}`,
      headers: { 'X-Amz-Content-Sha256': body?.sha256 ?? EMPTY_SHA256 },
      accessKeyId,
      secretAccessKey,
      region,
      service: 's3',
    }).sign();
    const headers: Record<string, string> = Object.fromEntries(signed.headers);
    if (method === 'PUT') headers['content-length'] = String(body?.size ?? 0);
    return await new Promise((resolve, reject) => {
      const asked = send(signed.url, { method, headers, agent, timeout: IDLE_MS }, resolve);
      asked.on('timeout', () => asked.destroy(new Error('the object store is silent')));
      asked.on('error', reject);
      if (body === undefined) asked.end();
      else if (body.from instanceof Uint8Array) asked.end(body.from);
      else pipeline(createReadStream(body.from.path), asked).catch(reject);
    });
  };
}

const isPassing = (status: number): boolean => status >= 500 || status === 429 || status === 408;

/** Reads an answer to its end, so that its connection serves the next request. */
async function drain(answer: IncomingMessage): Promise<void> {
  for await (const piece of answer) void piece;
}

/** Seals bytes that pass by cannot be sent twice, so they are laid down first: sealed as they are, nothing readable. */
async function spooled<T>(bytes: ByteStream, use: (body: Body) => Promise<T>): Promise<T> {
  const path = join(tmpdir(), `xindai-upload-${randomBytes(12).toString('hex')}`);
  const sha256 = createHash('sha256');
  let size = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void> {
    for await (const piece of bytes) {
      sha256.update(piece);
      size += piece.length;
      yield piece;
    }
  }
  const file = await openFile(path, 'wx', 0o600);
  try {
    try {
      await fillFile(file, counted());
    } finally {
      await file.close();
    }
    return await use({ sha256: sha256.digest('hex'), size, from: { path } });
  } finally {
    await rm(path, { force: true });
  }
}

export function createS3Blobs(settings: S3Settings): BlobStore {
  const once = createCaller(settings);

  /** Asks until the store gives an answer that is no failure of its own. */
  async function ask(method: Method, name: string, body?: Body): Promise<IncomingMessage> {
    let last: unknown;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      try {
        const answer = await once(method, name, body);
        const status = answer.statusCode ?? 0;
        if (!isPassing(status)) return answer;
        await drain(answer);
        last = new Error(`the object store answered ${status}`);
      } catch (error) {
        last = error;
      }
      // Half of each pause is chance, so that many who failed together do not come back together.
      if (attempt < ATTEMPTS)
        await sleep(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random() / 2));
    }
    throw new ObjectStoreError('UNAVAILABLE', 'The object store cannot be used now.', {
      cause: last,
    });
  }

  /** The answer when it is a success, or undefined for a name that is not there. */
  async function succeed(
    method: Method,
    name: string,
    body?: Body,
  ): Promise<IncomingMessage | undefined> {
    const answer = await ask(method, name, body);
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    await drain(answer);
    // A bucket that is gone would otherwise look like an object that is not there.
    if (status === 404 && method !== 'PUT') return undefined;
    throw new ObjectStoreError('REFUSED', `The object store refused with status ${status}.`);
  }

  async function put(name: string, body: Body): Promise<void> {
    const answer = await succeed('PUT', name, body);
    if (answer !== undefined) await drain(answer);
  }

  async function* get(name: string): AsyncGenerator<Uint8Array, void> {
    const answer = await succeed('GET', name);
    if (answer === undefined) throw notFound();
    for await (const piece of answer) yield piece;
  }

  return {
    write: (name, bytes) =>
      bytes instanceof Uint8Array
        ? put(name, bodyOf(bytes))
        : spooled(bytes, (body) => put(name, body)),
    read: get,
    async has(name) {
      const answer = await succeed('HEAD', name);
      if (answer === undefined) return false;
      await drain(answer);
      return true;
    },
    async delete(name) {
      const answer = await succeed('DELETE', name);
      if (answer !== undefined) await drain(answer);
    },
  };
}
