/** Applicants get a token for a one-time code of their number, and nobody learns or guesses one. */
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../api/app.ts';
import { createTokenVerifier } from '../../../api/token-verifier.ts';
import { openMessage } from '../../../activities/code-message.ts';
import { codeText } from '../../../activities/notices.ts';
import { CODE_TOPIC, markDelivered, putOff } from '../../../db/queries/outbox.ts';
import { type Answer, AUDIENCE, openWorld, type World } from '../../api/world.ts';

let world: World;
let numbers = 0;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => await world.close());
beforeEach(async () => {
  world.clock.now = new Date();
  await world.db.deleteFrom('sign_in_limits').execute();
});

const newMobile = (): string => `138${String((numbers += 1)).padStart(8, '0')}`;
const send = (mobile: string) =>
  world.call('POST', '/v1/applicant-codes', { json: { mobile }, key: null });
const tokenFor = (mobile: string, code: string) =>
  world.call('POST', '/v1/applicant-tokens', { json: { mobile, code }, key: null });
const codeOf = (answer: Answer) => [answer.status, answer.body['code']];

const owed = async () =>
  await world.db
    .selectFrom('outbox')
    .select(['id', 'topic', 'payload', 'attempts'])
    .where('topic', '=', CODE_TOPIC)
    .orderBy('created_at', 'desc')
    .execute();

/** The code as the relay reads it on its way out. */
async function newestCode(): Promise<string> {
  const [item] = await owed();
  if (item === undefined) throw new Error('no code is owed');
  const cipher = await world.deps.vault.ofHouse(world.db);
  const message = openMessage(cipher, { ...item, applicationId: null });
  if (!('code' in message)) throw new Error('an invitation is owed, and no code');
  return message.code;
}

async function sentCode(mobile: string): Promise<string> {
  expect((await send(mobile)).status).toBe(202);
  return await newestCode();
}

const otherThan = (code: string): string => (code === '000000' ? '000001' : '000000');

describe('a one-time code', () => {
  it('gives a token of fifteen minutes for the person, which opens what is theirs alone', async () => {
    const mobile = newMobile();
    const answer = await tokenFor(mobile, await sentCode(mobile));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 900 });
    const token = String(answer.body['access_token']);
    const keys = (await world.call('GET', '/v1/keys')).body as { keys: [] };
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), { audience: AUDIENCE });
    expect(payload).toMatchObject({ roles: ['applicant'], iss: 'http://api.test' });
    expect(payload.sub).toMatch(/^person:[0-9a-f]{32}$/);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
    const app = createApp({
      ...world.deps,
      verifyToken: createTokenVerifier({
        keys: createLocalJWKSet(keys),
        issuer: 'http://api.test',
        audience: AUDIENCE,
      }),
    });
    const list = new Request('http://api.test/v1/applications', {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect((await app.fetch(list)).status).toBe(200);
  });

  it('is the same person each time and another for another number', async () => {
    const subjectOf = async (mobile: string): Promise<unknown> => {
      const answer = await tokenFor(mobile, await sentCode(mobile));
      return decodeJwt(String(answer.body['access_token'])).sub;
    };
    const mobile = newMobile();
    const first = await subjectOf(mobile);
    expect(await subjectOf(mobile)).toBe(first);
    expect(await subjectOf(newMobile())).not.toBe(first);
  });

  it('is good once', async () => {
    const mobile = newMobile();
    const code = await sentCode(mobile);
    const both = await Promise.all([tokenFor(mobile, code), tokenFor(mobile, code)]);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 401]));
    expect(codeOf(await tokenFor(mobile, code))).toEqual([401, 'CODE_REFUSED']);
  });

  it('is good for five minutes', async () => {
    const mobile = newMobile();
    const code = await sentCode(mobile);
    world.clock.now = new Date(world.clock.now.getTime() + 5 * 60_000);
    expect(codeOf(await tokenFor(mobile, code))).toEqual([401, 'CODE_REFUSED']);
  });

  it('is good for five tries, side by side or one by one', async () => {
    const mobile = newMobile();
    const code = await sentCode(mobile);
    const wrong = otherThan(code);
    await Promise.all(Array.from({ length: 5 }, () => tokenFor(mobile, wrong)));
    expect(codeOf(await tokenFor(mobile, code))).toEqual([401, 'CODE_REFUSED']);
    const again = await sentCode(mobile);
    for (let i = 0; i < 4; i += 1) await tokenFor(mobile, otherThan(again));
    expect((await tokenFor(mobile, again)).status).toBe(200);
  });

  it('is good no longer once a newer one was sent, and never for another number', async () => {
    const mobile = newMobile();
    const first = await sentCode(mobile);
    const second = await sentCode(mobile);
    const other = newMobile();
    await send(other);
    if (first !== second) expect((await tokenFor(mobile, first)).status).toBe(401);
    expect((await tokenFor(other, second)).status).toBe(401);
    expect((await tokenFor(mobile, second)).status).toBe(200);
  });

  it('lies nowhere in plain: not in the outbox, not in its table, not in the log', async () => {
    const mobile = newMobile();
    const code = await sentCode(mobile);
    const rows = JSON.stringify([
      await owed(),
      await world.db.selectFrom('applicant_codes').selectAll().execute(),
      await world.db.selectFrom('sign_in_limits').selectAll().execute(),
      await world.db.selectFrom('audit_entries').selectAll().execute(),
      world.logged,
    ]);
    expect(rows).not.toContain(mobile);
    expect(rows).not.toContain(`"${code}"`);
  });

  it('is forgotten by the outbox once it was delivered or given up', async () => {
    await send(newMobile());
    await send(newMobile());
    const [first, second] = await owed();
    if (first === undefined || second === undefined) throw new Error('two codes were sent');
    await markDelivered(world.db, [first.id]);
    await putOff(world.db, second.id, { code: 'c', delaySeconds: 1, giveUp: true });
    const payloads = (await owed()).slice(0, 2).map(({ payload }) => payload);
    expect(payloads).toEqual([{}, {}]);
  });

  it('comes in a message that says what it is for', () => {
    expect(codeText('012345')).toContain('012345');
  });
});

describe('nobody learns who is known', () => {
  it('from the refusals: unknown, wrong and expired are answered alike', async () => {
    const known = newMobile();
    const code = await sentCode(known);
    const wrong = await tokenFor(known, otherThan(code));
    const unknown = await tokenFor(newMobile(), code);
    world.clock.now = new Date(world.clock.now.getTime() + 6 * 60_000);
    const expired = await tokenFor(known, code);
    const withoutId = ({ status, body }: Answer) => ({ status, ...body, instance: '' });
    expect(withoutId(unknown)).toEqual(withoutId(wrong));
    expect(withoutId(expired)).toEqual(withoutId(wrong));
  });

  it('from the time: no answer comes before the floor, sent or held back, right or wrong', async () => {
    const floorMs = 120;
    const app = createApp({
      ...world.deps,
      signIn: { ...world.deps.signIn, answerFloorMs: floorMs },
    });
    const timed = async (path: string, body: object): Promise<number> => {
      const startedAt = performance.now();
      await app.fetch(
        new Request(`http://api.test${path}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        }),
      );
      return performance.now() - startedAt;
    };
    const known = newMobile();
    const times = [
      await timed('/v1/applicant-codes', { mobile: known }),
      await timed('/v1/applicant-tokens', { mobile: known, code: await newestCode() }),
      await timed('/v1/applicant-tokens', { mobile: known, code: '000000' }),
      await timed('/v1/applicant-tokens', { mobile: newMobile(), code: '000000' }),
    ];
    // A timer of Node may fire up to a millisecond early.
    for (const time of times) expect(time).toBeGreaterThan(floorMs - 2);
  });

  it('and what is held back by a limit is answered as what is sent', async () => {
    const mobile = newMobile();
    const answers = [];
    for (let i = 0; i < 7; i += 1) answers.push(await send(mobile));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const held = await world.db
      .selectFrom('audit_entries')
      .select('reason')
      .where('action', '=', 'applicant-code.send')
      .where('result', '=', 'DENIED')
      .execute();
    expect(held).toEqual([{ reason: 'TOO_MANY_REQUESTS' }, { reason: 'TOO_MANY_REQUESTS' }]);
  });
});

describe('limits', () => {
  it('hold back a number after five codes an hour', async () => {
    const before = (await owed()).length;
    const mobile = newMobile();
    for (let i = 0; i < 8; i += 1) await send(mobile);
    expect((await owed()).length - before).toBe(5);
  });

  it('hold back an address after twenty codes an hour, whatever the numbers', async () => {
    const before = (await owed()).length;
    for (let i = 0; i < 23; i += 1) await send(newMobile());
    expect((await owed()).length - before).toBe(20);
  });

  it('hold back an address that tries codes of many numbers', async () => {
    for (let i = 0; i < 60; i += 1) await tokenFor(newMobile(), '000000');
    const held = await tokenFor(newMobile(), '000000');
    expect(codeOf(held)).toEqual([429, 'TOO_MANY_REQUESTS']);
    expect(held.headers.get('Retry-After')).toBe('900');
  });
});

it('refuses what is no mobile number or no code before anything is done', async () => {
  for (const json of [{ mobile: '12345' }, {}, { mobile: newMobile(), more: 1 }]) {
    expect((await world.call('POST', '/v1/applicant-codes', { json, key: null })).status).toBe(422);
  }
  expect((await tokenFor(newMobile(), '12345')).status).toBe(422);
});
