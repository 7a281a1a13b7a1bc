/** The gateway call against a service that answers whatever a test wants: what the sandbox cannot be made to say. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { createGateway, type GatewayOptions } from '../../activities/adapters/gateway.ts';
import { ANSWER_LIMIT_BYTES } from '../../activities/adapters/http-exchange.ts';
import {
  openBody,
  sealBody,
  sealedBody,
  signAnswer,
  verifySigned,
} from '../../platform/crypto/envelope.ts';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';

const client = generateSm2KeyPair();
const service = generateSm2KeyPair();
const stranger = generateSm2KeyPair();
const encryption = generateSm2KeyPair();
const NUMBER = 'XD1';

interface Reply {
  status?: number;
  body: string | Buffer;
  headers?: Record<string, string>;
  /** Who signs: the service, somebody else, or nobody. */
  signer?: 'SERVICE' | 'STRANGER' | 'NOBODY';
  signedStatus?: number;
  nonce?: string;
  keyId?: string;
  timestampMs?: number;
}
type Handler = (
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
) => Reply | Promise<Reply> | null;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

async function serve(handler: Handler, prefix = '') {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void respond(handler, request, Buffer.concat(chunks), response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://127.0.0.1:${port}${prefix}`;
}

async function respond(
  handler: Handler,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
) {
  const reply = await handler(request, body, response);
  if (reply === null) return;
  const bytes = Buffer.from(reply.body);
  const signer = reply.signer ?? 'SERVICE';
  const headers =
    signer === 'NOBODY'
      ? {}
      : signAnswer({
          status: reply.signedStatus ?? reply.status ?? 200,
          body: bytes,
          requestNonce: reply.nonce ?? String(request.headers['x-nonce']),
          keyId: reply.keyId ?? 'pboc-1',
          privateKey: signer === 'SERVICE' ? service.privateKey : stranger.privateKey,
          timestampMs: reply.timestampMs ?? Date.now(),
        });
  response.writeHead(reply.status ?? 200, { ...headers, ...reply.headers }).end(bytes);
}

function says(code: string, more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    code,
    message: 'm',
    requestNo: NUMBER,
    charged: false,
    data: null,
    ...more,
  });
}

async function gatewayTo(handler: Handler, more: Partial<GatewayOptions> = {}, prefix = '') {
  return createGateway({
    baseUrl: await serve(handler, prefix),
    appId: 'lender',
    keyId: 'lender-1',
    privateKey: client.privateKey,
    serviceKeys: { pboc: { keyId: 'pboc-1', publicKey: service.publicKey } },
    encryptionPublicKey: encryption.publicKey,
    clock: { now: () => new Date() },
    timeoutMs: 2_000,
    ...more,
  });
}

async function ask(reply: Reply, options = {}) {
  const gateway = await gatewayTo(() => reply);
  return await gateway.call('pboc', 'report', NUMBER, { name: '张三' }, options);
}

describe('the request', () => {
  test('is signed by us, fresh, and its body is readable by the service alone', async () => {
    let seen: { headers: IncomingMessage['headers']; body: Buffer; url: string } | undefined;
    const gateway = await gatewayTo(
      (request, body) => {
        seen = { headers: request.headers, body, url: request.url ?? '' };
        return { body: says('0000') };
      },
      {},
      '/edge',
    );
    await gateway.call('pboc', 'report', NUMBER, { name: '张三' });
    if (seen === undefined) throw new Error('nothing arrived');
    expect(seen.url).toBe('/edge/pboc/v1/report');
    const verified = await verifySigned({
      method: 'POST',
      path: seen.url,
      body: seen.body,
      headers: seen.headers,
      publicKeyFor: (app, key) =>
        app === 'lender' && key === 'lender-1' ? client.publicKey : undefined,
      nowMs: Date.now(),
      seenNonce: () => false,
    });
    expect(verified.ok).toBe(true);
    expect(seen.body.toString('utf8')).not.toContain('张三');
    const sealed = sealedBody.parse(JSON.parse(seen.body.toString('utf8')));
    expect(openBody(encryption.privateKey, sealed)).toEqual({ name: '张三', requestNo: NUMBER });
  });

  test('a sealed answer opens for us and for nobody who listens', async () => {
    const gateway = await gatewayTo((request) => {
      const sealed = sealBody(String(request.headers['x-answer-key']), { report: 1 });
      return { body: says('0000', { data: sealed }) };
    });
    const answer = await gateway.call('pboc', 'report', NUMBER, {}, { sealedAnswer: true });
    expect(answer).toEqual({ kind: 'FOUND', charged: false, data: { report: 1 } });
  });

  test('an answer that was to be sealed and came in the clear is not used', async () => {
    const reply = { body: says('0000', { data: { report: 1 } }) };
    await expect(ask(reply, { sealedAnswer: true })).rejects.toMatchObject({ code: 'BAD_ANSWER' });
  });
});

describe('an answer that is not theirs counts as none', () => {
  const cases: [string, Reply, string][] = [
    ['no signature', { body: says('0000'), signer: 'NOBODY' }, 'BAD_ANSWER'],
    ["another key's signature", { body: says('0000'), signer: 'STRANGER' }, 'BAD_ANSWER'],
    ['an unknown key id', { body: says('0000'), keyId: 'pboc-2' }, 'BAD_ANSWER'],
    ["another request's nonce", { body: says('0000'), nonce: 'other' }, 'BAD_ANSWER'],
    ['a signature over another status', { body: says('0000'), signedStatus: 201 }, 'BAD_ANSWER'],
    [
      'an old signature',
      { body: says('0000'), timestampMs: Date.now() - 6 * 60_000 },
      'BAD_ANSWER',
    ],
    ["another request's number", { body: says('0000', { requestNo: 'XD2' }) }, 'BAD_ANSWER'],
    ['no number on a found answer', { body: says('0000', { requestNo: null }) }, 'BAD_ANSWER'],
    ['a code nobody agreed on', { body: says('9999') }, 'BAD_ANSWER'],
    ['no JSON', { body: '<html>' }, 'BAD_ANSWER'],
    ['another form', { body: '[]' }, 'BAD_ANSWER'],
    [
      'a redirect',
      { body: '', status: 302, headers: { Location: 'http://127.0.0.1:1/' }, signer: 'NOBODY' },
      'BAD_ANSWER',
    ],
    ['more than the limit', { body: says('0000').padEnd(ANSWER_LIMIT_BYTES + 1) }, 'BAD_ANSWER'],
    [
      'a failing server, which may have processed it',
      { body: 'oops', status: 500, signer: 'NOBODY' },
      'UNREACHABLE',
    ],
    ['a failing proxy', { body: 'oops', status: 502, signer: 'NOBODY' }, 'UNREACHABLE'],
  ];
  test.each(cases)('%s', async (_title, reply, code) => {
    await expect(ask(reply)).rejects.toMatchObject({ name: 'OutsideFailure', code });
  });

  test('an answer cut off in the middle', async () => {
    const gateway = await gatewayTo((_request, _body, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('half', () => response.destroy());
      return null;
    });
    await expect(gateway.call('pboc', 'report', NUMBER, {})).rejects.toMatchObject({
      code: 'BAD_ANSWER',
    });
  });
});

describe('no answer', () => {
  test('within the time-out is UNREACHABLE, also when the answer has begun', async () => {
    const gateway = await gatewayTo((_request, _body, response) => {
      response.writeHead(200).write('begun');
      return null;
    });
    const call = gateway.call('pboc', 'report', NUMBER, {}, { timeoutMs: 50 });
    await expect(call).rejects.toMatchObject({ code: 'UNREACHABLE', retryable: true });
  });

  test('a cancelled call stops at once', async () => {
    const gateway = await gatewayTo(() => null);
    const stop = new AbortController();
    const call = gateway.call(
      'pboc',
      'report',
      NUMBER,
      {},
      { signal: stop.signal, timeoutMs: 60_000 },
    );
    stop.abort();
    await expect(call).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  test('a closed port is UNREACHABLE', async () => {
    const gateway = await gatewayTo(() => null, { baseUrl: 'http://127.0.0.1:1' });
    await expect(gateway.call('pboc', 'report', NUMBER, {})).rejects.toMatchObject({
      code: 'UNREACHABLE',
    });
  });
});

describe('the codes', () => {
  const until = new Date('2026-03-01T10:00:00+08:00');
  const failures: [string, unknown, object][] = [
    ['2001', null, { code: 'UNAUTHORISED', retryable: false }],
    ['2002', null, { code: 'UNAUTHORISED', retryable: false }],
    ['4001', null, { code: 'REJECTED', retryable: false }],
    ['4290', { retryAfterMs: 700 }, { code: 'THROTTLED', retryable: true, retryAfterMs: 700 }],
    ['4290', null, { code: 'THROTTLED', retryAfterMs: undefined }],
    ['5001', null, { code: 'BUSY', retryable: true }],
    ['5002', { until: until.toISOString() }, { code: 'MAINTENANCE', retryAfterMs: 60_000 }],
    ['5002', null, { code: 'MAINTENANCE', retryAfterMs: undefined }],
  ];
  test.each(failures)('%s %j', async (code, data, expected) => {
    const now = new Date(until.getTime() - 60_000);
    const gateway = await gatewayTo(
      () => ({ body: says(code, { data }), timestampMs: now.getTime() }),
      {
        clock: { now: () => now },
      },
    );
    await expect(gateway.call('pboc', 'report', NUMBER, {})).rejects.toMatchObject(expected);
  });

  test('a refusal that came before the number was read is believed without it', async () => {
    const reply = { status: 401, body: says('4001', { requestNo: null }) };
    await expect(ask(reply)).rejects.toMatchObject({ code: 'REJECTED' });
  });

  test('an answer of just the limit is read', async () => {
    expect(await ask({ body: says('0000').padEnd(ANSWER_LIMIT_BYTES) })).toMatchObject({
      kind: 'FOUND',
    });
  });

  test('0000, 1001 and 3001 are answers', async () => {
    expect(await ask({ body: says('0000', { charged: true, data: 1 }) })).toEqual({
      kind: 'FOUND',
      charged: true,
      data: 1,
    });
    expect(await ask({ body: says('1001', { charged: true }) })).toEqual({
      kind: 'NO_RECORD',
      charged: true,
    });
    expect(await ask({ body: says('3001', { data: { retryAfterMs: 5 } }) })).toMatchObject({
      kind: 'ACCEPTED',
      retryAfterMs: 5,
    });
  });

  test('a failure names the service, the operation and the code, and nobody', async () => {
    const failure: unknown = await ask({ body: says('5001') }).catch((error: unknown) => error);
    expect(String(failure)).toBe('OutsideFailure: pboc.report: BUSY');
  });
});
