/** Whether somebody is known changes neither the answer nor the work behind it: the same statements, the same signature check. */
import { generateKeyPairSync, randomInt, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  pretendToCheck,
  readAssertion,
  signatureHolds,
} from '../../../api/auth/client-assertion.ts';
import { addClient } from '../../../db/queries/sign-in.ts';
import { generateSm2KeyPair, sm2Sign, sm2SpkiPem } from '../../../platform/crypto/sm2.ts';
import { fillPages, newDraft, PAGES } from '../../api/drafting.ts';
import { type Answer, openWorld, type World } from '../../api/world.ts';

const keys = generateSm2KeyPair();
const query: unknown = Reflect.get(Client.prototype, 'query');

let world: World;
let sent: string[] | undefined;
beforeAll(async () => {
  world = await openWorld();
  world.clock.now = new Date();
  // Every statement of every pool passes here, before it goes to the server.
  Object.defineProperty(Client.prototype, 'query', {
    configurable: true,
    value(this: unknown, text: unknown, ...rest: unknown[]): unknown {
      if (typeof text === 'string') sent?.push(text);
      if (typeof query !== 'function') throw new Error('pg has no query function');
      return Reflect.apply(query, this, [text, ...rest]);
    },
  });
}, 120_000);
afterAll(async () => {
  Object.defineProperty(Client.prototype, 'query', { configurable: true, value: query });
  await world.close();
});

/** What one request shows of itself, and the statements it sent, in order. */
async function workOf(act: () => Promise<Answer>) {
  sent = [];
  const answer = await act();
  const statements = sent;
  sent = undefined;
  const { instance: _, ...body } = answer.body;
  return { shown: { status: answer.status, body }, statements };
}

async function expectAlike(one: () => Promise<Answer>, other: () => Promise<Answer>) {
  // The other one first, so that the one pays for no connection or key that the other finds ready.
  await other();
  const [known, unknown] = [await workOf(one), await workOf(other)];
  expect(known.shown).toEqual(unknown.shown);
  expect(known.statements.length).toBeGreaterThan(0);
  expect(known.statements).toEqual(unknown.statements);
  return known;
}

/** Why sign-ins were refused so far, each reason once: what was compared must be what was meant. */
async function reasons(action: string) {
  const rows = await world.db
    .selectFrom('audit_entries')
    .select('reason')
    .distinct()
    .where('action', '=', action)
    .orderBy('reason')
    .execute();
  return rows.map(({ reason }) => reason);
}

const newMobile = (): string => `139${String(randomInt(10 ** 8)).padStart(8, '0')}`;
const ask = (mobile: string) => world.call('POST', '/v1/applicant-codes', { json: { mobile } });
const give = (mobile: string) =>
  world.call('POST', '/v1/applicant-tokens', { json: { mobile, code: '000000' } });

describe('the same work is done', () => {
  it('for a wrong code, for a number that no code was sent to and for one whose tries are used up', async () => {
    const known = newMobile();
    await ask(known);
    const { shown } = await expectAlike(
      () => give(known),
      () => give(newMobile()),
    );
    expect(shown.status).toBe(401);
    expect(await reasons('applicant.sign-in')).toEqual(['CODE_REFUSED']);
    for (let n = 0; n < 5; n += 1) await give(known);
    await expectAlike(
      () => give(known),
      () => give(newMobile()),
    );
  });

  it('for a code to somebody who has applied and to a number that nobody ever used', async () => {
    const applied = PAGES.identity.mobile;
    const owner = await world.token('owner', ['integrator']);
    await fillPages(world, owner, await newDraft(world, owner));
    await ask(applied);
    const { shown } = await expectAlike(
      () => ask(applied),
      () => ask(newMobile()),
    );
    expect(shown.status).toBe(202);
  });

  it('for a code that is sent and for one that a limit holds back, which is taken back in the end', async () => {
    const [free, held] = [newMobile(), newMobile()];
    for (let n = 0; n < 5; n += 1) await ask(held);
    const owed = async () => (await world.db.selectFrom('outbox').select('id').execute()).length;
    const kept = async () =>
      await world.db.selectFrom('applicant_codes').select('id').orderBy('id').execute();
    const [owedBefore, keptBefore] = [await owed(), await kept()];
    const taken = await workOf(() => ask(held));
    expect([await owed(), await kept()]).toEqual([owedBefore, keptBefore]);
    const passed = await workOf(() => ask(free));
    expect(await owed()).toBe(owedBefore + 1);
    expect(taken.shown).toEqual(passed.shown);
    // One statement has another word, and neither is more work: what was written is let stand, or is not.
    const ends = (statement: string) =>
      statement.replace(/^(release|rollback to) savepoint/, 'end');
    expect(taken.statements.map(ends)).toEqual(passed.statements.map(ends));
    expect(taken.statements).toContain('rollback to savepoint code');
    expect(await reasons('applicant-code.send')).toContain('TOO_MANY_REQUESTS');
  });

  it('for the record of another owner and for one that is not there', async () => {
    const owner = await world.token('owner', ['integrator']);
    const other = await world.token('other', ['integrator']);
    const id = await newDraft(world, owner);
    const look = (one: string) => world.call('GET', `/v1/applications/${one}`, { token: other });
    const missing = randomUUID();
    const { shown } = await expectAlike(
      () => look(id),
      () => look(missing),
    );
    expect(shown.status).toBe(404);
  });
});

/** An assertion in a client's name, by a key that is nobody's. */
function assertion(clientId: string, alg = 'SM2SM3'): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const head = part({ alg });
  const claims = { iss: clientId, sub: clientId, aud: 'http://api.test', exp: now + 60 };
  const signed = `${head}.${part({ ...claims, jti: randomUUID() })}`;
  const signature = sm2Sign(keys.privateKey, Buffer.from(signed, 'ascii'));
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}

const grant = (clientId: string) =>
  world.call('POST', '/v1/tokens', {
    key: null,
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion(clientId),
    }).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });

describe('a client', () => {
  beforeAll(async () => {
    const client = { name: 'A shop', scopes: ['loans:read'], requestsPerMinute: 600 };
    const publicKeyPem = sm2SpkiPem(generateSm2KeyPair().publicKey);
    await addClient(world.db, { ...client, clientId: 'shop-sm', alg: 'SM2SM3', publicKeyPem });
    await addClient(world.db, { ...client, clientId: 'shop-es', alg: 'ES256', publicKeyPem: 'p' });
  });

  it.each(['shop-sm', 'shop-es'])(
    '%s that is known, by another key, is answered as one that is not',
    async (known) => {
      const { shown } = await expectAlike(
        () => grant(known),
        () => grant('shop-no'),
      );
      expect(shown.status).toBe(401);
      expect(await reasons('client.sign-in')).toEqual(['CLIENT_UNKNOWN', 'SIGNATURE_INVALID']);
    },
  );

  it.each(['SM2SM3', 'ES256'] as const)(
    'that is not there costs the same check of %s as one that is',
    (alg) => {
      const read = readAssertion(assertion('shop-no', alg));
      if (read === null) throw new Error('the assertion has not the form of one');
      const pem =
        alg === 'SM2SM3'
          ? sm2SpkiPem(generateSm2KeyPair().publicKey)
          : String(
              generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
                type: 'spki',
                format: 'pem',
              }),
            );
      const times = { real: [] as number[], pretended: [] as number[] };
      for (let round = 0; round < 200; round += 1) {
        const startedAt = performance.now();
        expect(signatureHolds(read, alg, pem)).toBe(false);
        const between = performance.now();
        pretendToCheck(read);
        times.pretended.push(performance.now() - between);
        times.real.push(between - startedAt);
      }
      const median = (all: number[]): number => all.sort((a, b) => a - b)[100] ?? Number.NaN;
      // SM2 takes five times as long as ES256 here: half and double are far from noise and far from that.
      const ratio = median(times.pretended) / median(times.real);
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    },
  );
});
