/** Redis may vanish at any time: loans go on and are decided alike, and what was kept of a person goes with the consent. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { data } from '../../tools/teller/world.ts';
import { REDIS_KEY_PREFIX } from '../../platform/redis.ts';
import { expectAftermath } from '../support/aftermath.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, reach } from '../support/loan.ts';
import { type RedisServer, startRedisServer, whyNoRedis } from '../support/redis-server.ts';

const why = whyNoRedis();
if (why !== null) process.stdout.write(`journeys with Redis are not tested: ${why}\n`);

let server: RedisServer;
let house: House;
let raw: Redis;

beforeAll(async () => {
  if (why !== null) return;
  server = await startRedisServer();
  raw = new Redis(server.url);
  raw.on('error', () => undefined);
  house = await openHouse({ redisUrl: server.url });
});
afterAll(async () => {
  raw?.disconnect();
  await house?.close();
  await server?.kill();
});

const entries = async (): Promise<number> => (await raw.keys(`${REDIS_KEY_PREFIX}cache:*`)).length;
const hits = (): number =>
  house.deps.cache.counts().reduce((sum, one) => sum + (one.event === 'hit' ? one.count : 0), 0);

// One after the other: there is one Redis, and it dies.
describe.sequential('a house with Redis', () => {
  it.skipIf(why !== null)('reads what it kept, and forgets it with the consent', async () => {
    const loan = await applyAs(house, 'refer-one');
    await reach(loan, 'REVIEW/REVIEW');
    expect(hits()).toBeGreaterThan(0);
    expect(await entries()).toBeGreaterThan(0);
    const { id } = await house.db
      .selectFrom('authorisations')
      .select('id')
      .where('application_id', '=', loan.id)
      .where('state', '=', 'AGREED')
      .executeTakeFirstOrThrow();
    await data(loan.client.authorisations.withdraw(id));
    expect(await entries()).toBe(0);
  });

  it.skipIf(why !== null)(
    'that freezes and dies under loans carries them to the money as before',
    async () => {
      const [one, two] = await Promise.all([
        applyAs(house, 'straight-approval', 1),
        applyAs(house, 'straight-approval', 2),
      ]);
      server.freeze();
      await Promise.all([one, two].map((loan) => reach(loan, 'OFFER/OFFER_ANSWER')));
      server.thaw();
      await server.kill();
      const three = await applyAs(house, 'straight-approval', 3);
      for (const loan of [one, two, three]) {
        await driveTo(loan, 'SERVICE');
        await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
      }
    },
  );
});
