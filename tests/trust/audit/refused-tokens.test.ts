/** Tokens and sessions that are refused are on the trail, with the reason, and a flood of them does not fill it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../../api/app.ts';
import { createCodecApp } from '../../../api/codec-app.ts';
import { createRefusedTokens, type RefusedTokens } from '../../../api/refused-tokens.ts';
import { createSealedPayloadCodec } from '../../../platform/temporal/codec.ts';
import { AUDIENCE, ISSUER, openWorld, type World } from '../../api/world.ts';

const WINDOW_MS = 60_000;
const PATH = '/v1/applications';

let world: World;
let open: RefusedTokens[] = [];
beforeAll(async () => {
  world = await openWorld();
}, 120_000);
afterEach(async () => {
  for (const one of open) await one.close();
  open = [];
});
afterAll(async () => await world.close());

function ledger(over: { windowMs?: number; mostNetworks?: number } = {}): RefusedTokens {
  const made = createRefusedTokens({
    db: world.deps.db,
    log: world.deps.log,
    windowMs: WINDOW_MS,
    ...over,
  });
  open.push(made);
  return made;
}

const entries = async (network: string) =>
  await world.db
    .selectFrom('audit_entries')
    .select(['actor', 'action', 'result', 'reason', 'origin', 'subject_id', 'request_id', 'detail'])
    .where('action', '=', 'token.refuse')
    .where('subject_id', '=', network)
    .orderBy('id')
    .execute();

/** Asks as somebody at an address, whose token is as it is. */
async function ask(
  app: ReturnType<typeof createApp>,
  address: string,
  headers: Record<string, string>,
) {
  const env = { incoming: { socket: { remoteAddress: address } } };
  return await app.fetch(new Request(`http://api.test${PATH}`, { headers }), env);
}

async function forged(): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256');
  return await new SignJWT({ roles: ['auditor'] })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setSubject('110101199003078515')
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setExpirationTime('5m')
    .sign(privateKey);
}

async function ofUnknownKey(): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  expect(await exportJWK(publicKey)).toBeTruthy();
  return await new SignJWT({ roles: [] })
    .setProtectedHeader({ alg: 'ES256', kid: 'another' })
    .setSubject('x')
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setExpirationTime('5m')
    .sign(privateKey);
}

describe('a token that is refused', () => {
  it.each([
    ['203.0.113.0/24', 'TOKEN_EXPIRED', () => world.token('a', ['reviewer'], { expiresIn: '-2m' })],
    ['203.0.114.0/24', 'SIGNATURE_WRONG', forged],
    ['203.0.115.0/24', 'KEY_UNKNOWN', ofUnknownKey],
    ['203.0.116.0/24', 'AUDIENCE_WRONG', () => world.token('a', [], { audience: 'another' })],
    ['203.0.117.0/24', 'CLAIM_WRONG', () => world.token('a', [], { issuer: 'https://no.test' })],
    ['203.0.118.0/24', 'TOKEN_MALFORMED', async () => 'guess'],
  ])(
    'from %s is on the trail as %s, before the answer, and nothing it claimed',
    async (network, reason, make) => {
      const app = createApp({ ...world.deps, refusedTokens: ledger() });
      const token = await make();
      const answer = await ask(app, network.replace('0/24', '9'), {
        Authorization: `Bearer ${token}`,
      });
      expect(answer.status).toBe(401);
      const requestId = answer.headers.get('X-Request-Id');
      const found = await entries(network);
      expect(found).toEqual([
        {
          actor: 'anonymous',
          action: 'token.refuse',
          result: 'DENIED',
          reason,
          origin: network,
          subject_id: network,
          request_id: requestId,
          detail: {},
        },
      ]);
      expect(JSON.stringify(found)).not.toContain('110101199003078515');
    },
  );

  it('is on the trail when it is a session, and not when nothing was sent', async () => {
    const app = createApp({ ...world.deps, refusedTokens: ledger() });
    const session = { Cookie: `xindai_session=${'A'.repeat(43)}`, 'Sec-Fetch-Site': 'same-origin' };
    expect((await ask(app, '203.0.119.1', session)).status).toBe(401);
    expect((await ask(app, '203.0.119.1', {})).status).toBe(401);
    expect((await entries('203.0.119.0/24')).map(({ reason }) => reason)).toEqual([
      'SESSION_ENDED',
    ]);
  });

  it('is on the trail at the codec server too', async () => {
    const app = createCodecApp({
      db: world.deps.db,
      codec: createSealedPayloadCodec({
        activeKeyId: 'k',
        keys: new Map([['k', Buffer.alloc(32, 3)]]),
      }),
      verifyToken: world.deps.verifyToken,
      allowedOrigins: [],
      namespace: 'default',
      log: world.deps.log,
      now: () => new Date(),
      secure: false,
      refusedTokens: ledger(),
    });
    const headers = { Authorization: 'Bearer guess', 'Content-Type': 'application/json' };
    const request = new Request('http://codec.test/decode', {
      method: 'POST',
      headers,
      body: '{}',
    });
    const env = { incoming: { socket: { remoteAddress: '203.0.120.1' } } };
    expect((await app.fetch(request, env)).status).toBe(401);
    expect((await entries('203.0.120.0/24')).map(({ reason }) => reason)).toEqual([
      'TOKEN_MALFORMED',
    ]);
  });
});

describe('a flood of refused tokens', () => {
  const refused = (address: string) => ({ reason: 'TOKEN_MALFORMED', address, requestId: 'r' });

  it('is two entries for a network and a minute: the first, and the number of the others', async () => {
    const counted = ledger();
    await Promise.all(
      Array.from({ length: 500 }, (_, n) => counted.note(refused(`192.0.2.${n % 250}`))),
    );
    expect(await entries('192.0.2.0/24')).toHaveLength(1);
    await counted.close();
    expect((await entries('192.0.2.0/24')).map(({ detail }) => detail)).toEqual([
      {},
      { more: 499 },
    ]);
  });

  it('begins anew when the minute is over, and writes the number by itself', async () => {
    const counted = ledger({ windowMs: 150 });
    await counted.note(refused('192.0.3.1'));
    await counted.note(refused('192.0.3.2'));
    await vi.waitFor(async () =>
      expect((await entries('192.0.3.0/24')).map(({ detail }) => detail)).toEqual([
        {},
        { more: 1 },
      ]),
    );
    await sleep(0);
    await counted.note(refused('192.0.3.3'));
    expect(await entries('192.0.3.0/24')).toHaveLength(3);
  });

  it('from ever new networks is counted together beyond a bound', async () => {
    const counted = ledger({ mostNetworks: 3 });
    for (let n = 0; n < 50; n += 1) await counted.note(refused(`192.1.${n}.1`));
    await counted.close();
    expect((await entries('many')).map(({ detail, origin }) => [detail, origin])).toEqual([
      [{}, null],
      [{ more: 46 }, null],
    ]);
    expect(await entries('192.1.3.0/24')).toEqual([]);
  });
});
