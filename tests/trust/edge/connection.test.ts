/** A connection costs the house little: headers, their number, time and what one address may ask are limited. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, trustedProxies } from '../../../api/address.ts';
import { createApp } from '../../../api/app.ts';
import { type Listening, listen } from '../../../api/listen.ts';
import { openWorld, type World } from '../../api/world.ts';

let world: World;
let server: Listening;
beforeAll(async () => {
  world = await openWorld();
  const limits = { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 };
  server = await listen({
    fetch: (request, env) => world.app.fetch(request, env),
    host: '127.0.0.1',
    port: 0,
    limits,
  });
});
afterAll(async () => {
  await server.close();
  await world.close();
});

/** Sends bytes and gives everything that comes back until the other side closes. */
function say(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => void socket.write(text));
    let heard = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      heard += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(heard));
  });
}
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

describe('a connection', () => {
  it('is closed with 431 when the headers are too large', async () => {
    const large = `GET /livez HTTP/1.1\r\nHost: x\r\nX-Large: ${'a'.repeat(17_000)}\r\n\r\n`;
    expect(statusOf(await say(large))).toBe(431);
  });

  it('is closed with 408 when headers or body do not come', async () => {
    expect(statusOf(await say('GET /livez HTTP/1.1\r\nHost: x\r\n'))).toBe(408);
    const head =
      'POST /v1/applicant-codes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    expect(statusOf(await say(`${head}Content-Length: 100\r\n\r\n{"mobile"`))).toBe(408);
  });

  it('is refused with 400 when two lengths contradict each other', async () => {
    const head =
      'POST /v1/applicant-codes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const smuggled = `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /livez`;
    expect(statusOf(await say(smuggled))).toBe(400);
  });

  it('answers 431 to more headers than a client sends', async () => {
    const headers = Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`X-${n}`, 'a']));
    const answer = await world.call('GET', '/livez', { headers });
    expect([answer.status, answer.body['code']]).toEqual([431, 'HEADERS_TOO_MANY']);
  });
});

const from = (remoteAddress: string, proxies?: ReturnType<typeof trustedProxies>) => ({
  incoming: { socket: { remoteAddress } },
  ...(proxies === undefined ? {} : { proxies }),
});

describe('an address', () => {
  it('is limited in what it sends unrecognised; callers who are known use nothing up', async () => {
    const app = createApp({
      ...world.deps,
      requestsPerMinute: { applicant: 99, other: 99, address: 3 },
    });
    const known = { Authorization: `Bearer ${await world.token('owner-1', ['integrator'])}` };
    const ask = async (address: string, headers: Record<string, string> = {}) => {
      const url = 'http://api.test/v1/applications';
      return (await app.fetch(new Request(url, { headers }), from(address))).status;
    };
    for (let n = 0; n < 6; n += 1) expect(await ask('198.51.100.7', known)).toBe(200);
    const guesses = [];
    for (let n = 0; n < 4; n += 1) {
      guesses.push(await ask('198.51.100.7', { Authorization: `Bearer guess${n}` }));
    }
    expect(guesses).toEqual([401, 401, 401, 429]);
    expect(await ask('198.51.100.8')).toBe(401);
    for (const tail of ['1', '2', '3']) expect(await ask(`2001:db8:1::${tail}`)).toBe(401);
    expect(await ask('2001:db8:1:2:3::4')).toBe(429);
    expect(await ask('2001:db8:2::1')).toBe(401);
  });

  const read = (
    remote: string,
    forwarded: string,
    proxies = trustedProxies(['10.0.0.0/8', '::1']),
  ) => addressOf({ env: from(remote, proxies), req: { header: () => forwarded } });

  it('is what our own proxies say, and never what the caller wrote before them', () => {
    expect(read('203.0.113.9', '198.51.100.1')).toBe('203.0.113.9');
    expect(read('10.0.0.2', '198.51.100.1')).toBe('198.51.100.1');
    expect(read('10.0.0.2', '1.2.3.4, 198.51.100.1, 10.0.0.3')).toBe('198.51.100.1');
    expect(read('::1', '2001:db8::5')).toBe('2001:db8::5');
    expect(read('10.0.0.2', 'unknown')).toBe('10.0.0.2');
    expect(read('10.0.0.2', '')).toBe('10.0.0.2');
  });
});
