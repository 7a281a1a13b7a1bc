/** A caller of the sandbox for its own tests: signs requests, believes only signed answers, receives callbacks. */
import { createServer, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  openBody,
  sealBody,
  signRequest,
  verifyAnswer,
  verifySigned,
} from '../../platform/crypto/envelope.ts';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';

export const APP_ID = 'lender';
export const KEY_ID = 'lender-1';
export const lenderKeys = generateSm2KeyPair();

export interface Said {
  readonly status: number;
  readonly believed: boolean;
  readonly code: string;
  readonly message: string;
  readonly charged: boolean;
  readonly requestNo: string | null;
  readonly data: Record<string, unknown>;
}

/** How a request differs from a good one. */
export interface Twist {
  readonly timestampMs?: number;
  readonly nonce?: string;
  readonly keyId?: string;
  readonly privateKey?: string;
  readonly signature?: string;
  readonly rawBody?: Uint8Array;
  readonly sealed?: boolean;
  readonly answerKeys?: { readonly publicKey: string; readonly privateKey: string };
}

export async function call(
  sandbox: Pick<Sandbox, 'url' | 'publishedKeys'>,
  service: string,
  operation: string,
  body: unknown,
  twist: Twist = {},
): Promise<Said> {
  const place = `/${service}/v1/${operation}`;
  const said =
    twist.sealed === true ? sealBody(sandbox.publishedKeys.encryptionPublicKey, body) : body;
  const bytes = twist.rawBody ?? Buffer.from(JSON.stringify(said));
  const nonce = twist.nonce ?? crypto.randomUUID();
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    ...signRequest({
      method: 'POST',
      path: place,
      body: bytes,
      appId: APP_ID,
      keyId: twist.keyId ?? KEY_ID,
      privateKey: twist.privateKey ?? lenderKeys.privateKey,
      timestampMs: twist.timestampMs ?? Date.now(),
      nonce,
    }),
  };
  if (twist.signature !== undefined) headers['X-Signature'] = twist.signature;
  if (twist.answerKeys !== undefined) headers['X-Answer-Key'] = twist.answerKeys.publicKey;
  const response = await fetch(sandbox.url + place, {
    method: 'POST',
    body: Uint8Array.from(bytes),
    headers,
  });
  return readAnswer(sandbox, service, nonce, response, twist);
}

async function readAnswer(
  sandbox: Pick<Sandbox, 'publishedKeys'>,
  service: string,
  nonce: string,
  response: Response,
  twist: Twist,
): Promise<Said> {
  const body = Buffer.from(await response.arrayBuffer());
  const verdict = verifyAnswer({
    status: response.status,
    body,
    headers: response.headers,
    requestNonce: nonce,
    publicKeyFor: () => sandbox.publishedKeys.services[service]?.publicKey,
    nowMs: Date.now(),
  });
  const answer = JSON.parse(body.toString('utf8'));
  const data =
    twist.answerKeys !== undefined && answer.code === '0000'
      ? openBody(twist.answerKeys.privateKey, answer.data)
      : answer.data;
  return { ...answer, data, status: response.status, believed: verdict.ok };
}

/** A sandbox in a folder of its own, without quotas unless told, and the way to be rid of both. */
export async function startSandbox(
  options: Partial<SandboxOptions> = {},
): Promise<{ sandbox: Sandbox; folder: string; stop: () => Promise<void> }> {
  const folder = options.dataFolder ?? (await mkdtemp(path.join(os.tmpdir(), 'xindai-sandbox-')));
  const sandbox = await createSandbox({
    clients: { [APP_ID]: { [KEY_ID]: lenderKeys.publicKey } },
    rateLimits: false,
    callbackUrl: 'http://127.0.0.1:1/v1/webhooks',
    ...options,
    dataFolder: folder,
  });
  const stop = async (): Promise<void> => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { sandbox, folder, stop };
}

export interface Notice {
  readonly noticeId: string;
  readonly kind: string;
  readonly status: string;
  readonly requestNo?: string;
  readonly amountFen: number;
  readonly bankReference: string;
  readonly loanReference?: string;
}

export interface Webhook {
  readonly url: string;
  readonly notices: Notice[];
  /** Statuses to answer next, one per notice; 204 when none is left. */
  readonly answers: number[];
  /** Whether the bank's key signed every notice received so far. */
  believed(): boolean;
  /** Resolves when so many notices have come. */
  received(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** The platform's webhook, as far as the bank can tell. */
export async function startWebhook(bankKey: () => string | undefined): Promise<Webhook> {
  const notices: Notice[] = [];
  const answers: number[] = [];
  const waiting: { count: number; done: () => void }[] = [];
  let believed = true;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      void verifySigned({
        method: 'POST',
        path: request.url ?? '',
        body,
        headers: request.headers,
        publicKeyFor: bankKey,
        nowMs: Date.now(),
        seenNonce: () => false,
      }).then((verdict) => {
        believed &&= verdict.ok;
        notices.push(JSON.parse(body.toString('utf8')));
        response.writeHead(answers.shift() ?? 204).end();
        for (const entry of waiting) if (notices.length >= entry.count) entry.done();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/v1/webhooks`,
    notices,
    answers,
    believed: () => believed,
    received: (count) =>
      new Promise((done) =>
        notices.length >= count ? done() : void waiting.push({ count, done }),
      ),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Asks until the answer fits; the test's own time-out ends it. */
export async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** `GET /_admin/…` as JSON. */
export async function admin<T>(sandbox: Pick<Sandbox, 'url'>, place: string): Promise<T> {
  const response = await fetch(`${sandbox.url}/_admin/${place}`);
  return (await response.json()) as T;
}

/** `POST /_admin/…` with a JSON body. */
export async function adminPost(
  sandbox: Pick<Sandbox, 'url'>,
  place: string,
  body: unknown,
): Promise<Response> {
  return fetch(`${sandbox.url}/_admin/${place}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
}
