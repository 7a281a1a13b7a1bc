/** The integrators' client against the API itself, over a real socket. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, type XindaiClient } from '../../api/client.ts';
import { listen, type Listening } from '../../api/listen.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { JPEG, PAGES } from './drafting.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let listening: Listening;
let client: XindaiClient;
beforeAll(async () => {
  world = await openWorld();
  const fetch = (request: Request) => world.app.fetch(request);
  listening = await listen({ fetch, host: '127.0.0.1', port: 0 });
  client = createClient({
    baseUrl: `http://127.0.0.1:${listening.port}`,
    token: () => world.token('owner-1', ['integrator']),
    language: 'en',
  });
});
afterAll(async () => {
  await listening.close();
  await world.close();
});

function given<T>(answer: { ok: true; data: T } | { ok: false; problem: unknown }): T {
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem));
  return answer.data;
}

it('takes an application from its first page to its submission', async () => {
  const { id } = given(await client.applications.create({ externalId: 'client-1' }));
  given(await client.applications.saveIdentity(id, PAGES.identity));
  given(await client.applications.saveWork(id, PAGES.work));
  const loan = { ...PAGES.loan, contacts: [...PAGES.loan.contacts] };
  given(
    await client.applications.saveLoan(id, {
      ...loan,
      device: { consent: true, fingerprint: 'f' },
    }),
  );
  given(await client.applications.uploadFace(id, JPEG, 'image/jpeg'));
  const letter = given(await client.authorisations.create({ applicationId: id }));
  expect(sm3Hex(letter.text ?? '')).toBe(letter.textSm3);
  given(
    await client.authorisations.agree(letter.id, {
      textSm3: letter.textSm3,
      acts: ['QUERY', 'REPORT', 'NEGATIVE_NOTICE', 'SENSITIVE'],
    }),
  );
  const { evidenceVersion } = given(await client.applications.get(id));
  const standing = given(await client.applications.submit(id, { evidenceVersion }));
  expect(standing.stage).toBe('VERIFY');
  expect(given(await client.applications.list({ limit: 1 })).items).toHaveLength(1);
});

it('gives refusals as values with the problem as stated, in the language chosen', async () => {
  const answer = await client.offers.get('8a3c1f0e-0000-4000-8000-000000000000');
  expect(answer).toMatchObject({
    ok: false,
    status: 404,
    problem: { code: 'NOT_FOUND', title: 'There is no such record.' },
  });
});

it('says when an answer is the stored one', async () => {
  const options = { idempotencyKey: 'client-test-key-1' };
  const first = await client.applications.create({}, options);
  const again = await client.applications.create({}, options);
  expect([first.ok && first.replayed, again.ok && again.replayed]).toEqual([false, true]);
});

it('meets a port in use with one sentence', async () => {
  const fetch = () => new Response();
  const taken = listen({ fetch, host: '127.0.0.1', port: listening.port });
  await expect(taken).rejects.toThrow(/^Cannot listen on 127\.0\.0\.1:\d+: .*\.$/);
});
