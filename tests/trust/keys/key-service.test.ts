/** The key service by its two adapters: one contract, and what each refuses. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addWrappingKey, createDevelopmentKeys } from '../../../platform/keys.ts';
import { loadConfig } from '../../../platform/config.ts';
import { createFileKeyService } from '../../../platform/key-service/file.ts';
import { createHttpKeyService } from '../../../platform/key-service/http.ts';
import { openKeyService } from '../../../platform/key-service/open.ts';
import { type KeyService, KeyServiceError } from '../../../platform/key-service/port.ts';
import { createTestKeyService } from '../../support/key-service.ts';

interface Subject {
  readonly service: KeyService;
  /** Makes the service wrap with a new key-encryption key. */
  readonly turn: () => Promise<void>;
}

let dir = '';
let server: Server;
let serverUrl = '';
let answers: (path: string) => { status: number; body: unknown } | null = () => null;
let seen: { path: string; authorization: string | undefined }[] = [];
const behind = createTestKeyService();
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const bytes = (base64: string) => Buffer.from(base64, 'base64');

interface Asked {
  readonly keys: readonly { context: string; key: string; kekId: string; wrapped: string }[];
}

/** The other side of the protocol, as a vendor's adapter would be. */
async function serve(path: string, body: string): Promise<unknown> {
  if (path === '/kms/v1/kek') return { kekId: await behind.currentKekId() };
  const { keys } = JSON.parse(body) as Asked;
  const wrapped = keys.map((key) => ({ ...key, wrapped: bytes(key.wrapped ?? '') }));
  const shown = (all: readonly { kekId: string; wrapped: Buffer }[]) => ({
    keys: all.map((one) => ({ kekId: one.kekId, wrapped: text(one.wrapped) })),
  });
  if (path === '/kms/v1/unwrap') {
    return { keys: (await behind.unwrap(wrapped)).map((key) => ({ key: text(key) })) };
  }
  if (path === '/kms/v1/rewrap') return shown(await behind.rewrap(wrapped));
  return shown(await behind.wrap(keys.map((key) => ({ ...key, key: bytes(key.key) }))));
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'xindai-kms-'));
  writeFileSync(join(dir, 'token'), 'token-of-the-lender\n');
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      seen.push({ path, authorization: request.headers.authorization });
      const planned = answers(path);
      const send = (status: number, body: unknown) =>
        response
          .writeHead(status, { 'Content-Type': 'application/json' })
          .end(JSON.stringify(body));
      if (planned !== null) return void send(planned.status, planned.body);
      serve(path, Buffer.concat(chunks).toString('utf8')).then(
        (body) => send(200, body),
        () => send(422, {}),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  serverUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/kms`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true, force: true });
});

const OPEN: readonly [string, () => Promise<Subject>][] = [
  [
    'over the development file',
    async () => {
      const { DATA_KEYS_FILE } = await createDevelopmentKeys(
        join(dir, `keys-${randomBytes(4).toString('hex')}`),
      );
      return {
        service: createFileKeyService(DATA_KEYS_FILE, 'test'),
        turn: async () => void (await addWrappingKey(DATA_KEYS_FILE)),
      };
    },
  ],
  [
    'over HTTP',
    async () => ({
      service: createHttpKeyService(serverUrl, join(dir, 'token')),
      turn: async () => behind.turn(),
    }),
  ],
];

describe.each(OPEN)('a key service %s', (_name, open) => {
  it('gives back what it wrapped, in order, and shows nothing of it', async () => {
    const { service } = await open();
    const keys = [1, 2, 3].map((n) => ({ context: `key-${n}|person`, key: randomBytes(32) }));
    const wrapped = await service.wrap(keys);
    expect(wrapped.map(({ kekId }) => kekId)).toEqual(Array(3).fill(await service.currentKekId()));
    for (const [at, one] of wrapped.entries()) {
      expect(one.wrapped.includes(keys[at]?.key ?? Buffer.alloc(0))).toBe(false);
    }
    const asked = wrapped.map((one, at) => ({ ...one, context: keys[at]?.context ?? '' }));
    expect(await service.unwrap(asked)).toEqual(keys.map(({ key }) => key));
  });

  it('unwraps for no other key or person', async () => {
    const { service } = await open();
    const [wrapped] = await service.wrap([{ context: 'key-1|person-1', key: randomBytes(32) }]);
    if (wrapped === undefined) throw new Error('nothing wrapped');
    const stolen = service.unwrap([{ ...wrapped, context: 'key-1|person-2' }]);
    await expect(stolen).rejects.toMatchObject({ code: 'REFUSED' });
  });

  it('wraps anew under a new key-encryption key, and unwraps what the former wrapped', async () => {
    const { service, turn } = await open();
    const key = randomBytes(32);
    const context = 'key-1|person';
    const [before] = await service.wrap([{ context, key }]);
    if (before === undefined) throw new Error('nothing wrapped');
    await turn();
    expect(await service.currentKekId()).not.toBe(before.kekId);
    expect(await service.unwrap([{ ...before, context }])).toEqual([key]);
    const [after] = await service.rewrap([{ ...before, context }]);
    if (after === undefined) throw new Error('nothing wrapped anew');
    expect(after.kekId).toBe(await service.currentKekId());
    expect(await service.unwrap([{ ...after, context }])).toEqual([key]);
  });
});

describe('the key service over HTTP', () => {
  const service = () => createHttpKeyService(serverUrl, join(dir, 'token'));

  it('shows the token from the file, and asks for 450 keys in batches that keep the order', async () => {
    seen = [];
    const keys = Array.from({ length: 450 }, (_, n) => ({ context: `${n}`, key: randomBytes(32) }));
    const wrapped = await service().wrap(keys);
    expect(seen.map(({ path }) => path)).toEqual(Array(3).fill('/kms/v1/wrap'));
    expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer token-of-the-lender']),
    );
    const plain = await service().unwrap(wrapped.map((one, n) => ({ ...one, context: `${n}` })));
    expect(plain).toEqual(keys.map(({ key }) => key));
  });

  it.each([
    [503, {}, 'UNAVAILABLE'],
    [429, {}, 'UNAVAILABLE'],
    [401, {}, 'REFUSED'],
    [404, {}, 'KEK_UNKNOWN'],
    [200, { keys: [] }, 'ANSWER_INVALID'],
    [200, { keys: [{ key: 'AAAA' }] }, 'ANSWER_INVALID'],
    [200, 'no', 'ANSWER_INVALID'],
  ])('takes an answer %i %j as %s', async (status, body, code) => {
    answers = () => ({ status, body });
    const asked = service().unwrap([{ context: 'c', kekId: 'k', wrapped: Buffer.alloc(8) }]);
    await expect(asked).rejects.toMatchObject({ name: 'KeyServiceError', code });
    answers = () => null;
  });

  it('that cannot be reached is unavailable, not a broken key', async () => {
    const gone = createHttpKeyService('http://127.0.0.1:1/kms', join(dir, 'token'));
    await expect(gone.currentKekId()).rejects.toBeInstanceOf(KeyServiceError);
    await expect(gone.currentKekId()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('production', () => {
  const production = {
    NODE_ENV: 'production',
    DATABASE_URL: 'postgres://x@db/x',
    TEMPORAL_ADDRESS: 't:7233',
    API_PUBLIC_URL: 'https://api.test',
    AUTH_ISSUER: 'https://idp.test',
    AUTH_JWKS_URL: 'https://idp.test/jwks',
    GATEWAY_URL: 'https://gateway.test',
    GATEWAY_KEYS_FILE: 'none',
    DATA_KEYS_FILE: 'none',
    LENDER_NAME: '银行',
    LENDER_USCC: '91330100MA27XXXX0X',
    LENDER_ACCOUNT: 'A',
  };
  /** Every further variable that production demands, for the rooms of others. */
  function configured(over: Record<string, string>) {
    const env: Record<string, string> = { ...production, ...over };
    for (;;) {
      try {
        return loadConfig(env);
      } catch (error) {
        const name = /^([A-Z_]+) is not set/.exec(error instanceof Error ? error.message : '')?.[1];
        if (name === undefined || name.startsWith('KEY_SERVICE')) throw error;
        env[name] = 'https://service.test';
      }
    }
  }

  it('does not start without a key service of its own', () => {
    expect(() => configured({})).toThrow(/^KEY_SERVICE_URL is not set/);
    const url = 'https://kms.test';
    expect(() => configured({ KEY_SERVICE_URL: url })).toThrow(/^KEY_SERVICE_TOKEN_FILE is not/);
  });

  it('refuses a key service without TLS, and a token file that is not there', () => {
    const tokenFile = join(dir, 'token');
    const over = { KEY_SERVICE_URL: serverUrl, KEY_SERVICE_TOKEN_FILE: tokenFile };
    expect(() => openKeyService(configured(over))).toThrow(/^KEY_SERVICE_URL must be an https URL/);
    const missing = {
      KEY_SERVICE_URL: 'https://kms.test',
      KEY_SERVICE_TOKEN_FILE: join(dir, 'no'),
    };
    expect(() => openKeyService(configured(missing))).toThrow(/^KEY_SERVICE_TOKEN_FILE .* cannot/);
  });
});

describe('a development file of an older house', () => {
  it('gains wrapping keys once, and keeps every key it had', async () => {
    const folder = join(dir, 'old');
    const { DATA_KEYS_FILE } = await createDevelopmentKeys(folder);
    const read = () => JSON.parse(readFileSync(DATA_KEYS_FILE, 'utf8')) as Record<string, unknown>;
    const { wrapping: _, ...old } = read();
    writeFileSync(DATA_KEYS_FILE, JSON.stringify(old));
    expect(() => createFileKeyService(DATA_KEYS_FILE, 'test')).toThrow('no keyring "wrapping"');
    await createDevelopmentKeys(folder);
    const completed = read();
    expect(completed).toMatchObject(old);
    expect(completed['wrapping']).toBeDefined();
    await createDevelopmentKeys(folder);
    expect(read()).toEqual(completed);
  });
});
