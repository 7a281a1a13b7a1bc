/** What is kept of reports and scores gives the same as the reports, and nothing once evidence, rules or consent differ. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { pullBaihang, pullPboc } from '../../activities/bureau/pull.ts';
import { decideApplication } from '../../activities/decide/decide.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { readScore, readSummary, type ReadSummary } from '../../activities/evidence-cache.ts';
import { assessFraud } from '../../activities/fraud/assess.ts';
import { erasePerson } from '../../activities/keys/erase.ts';
import { pinnedOf } from '../../activities/pinned.ts';
import { scoreApplication } from '../../activities/score/score.ts';
import { noteGap } from '../../db/queries/bureau.ts';
import { keepObjection } from '../../db/queries/objections.ts';
import { expireAuthorisations, withdrawAuthorisation } from '../../db/queries/verify.ts';
import type { PersonApplication } from '../../domain/apply.ts';
import { SCORECARD_V1 } from '../../domain/scorecard-v1.ts';
import { compileScorecard } from '../../domain/score.ts';
import { type Cache, createCache, LONGEST_MS, NO_CACHE } from '../../platform/cache.ts';
import { createMemoryStore, createRedisStore, type Kept } from '../../platform/cache-store.ts';
import { closeRedis, openRedis, REDIS_KEY_PREFIX } from '../../platform/redis.ts';
import { application as form, variablesOf } from '../domain/samples.ts';
import { type RedisServer, startRedisServer, whyNoRedis } from '../support/redis-server.ts';
import { admitted, consent, openWorkplace, type Workplace } from './workplace.ts';

const why = whyNoRedis();
if (why !== null) process.stdout.write(`values in Redis are not tested: ${why}\n`);

const TODAY = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
const PAST = new Date(Date.now() - 1_000);

let place: Workplace;
let cache: Cache;
let deps: ActivityDeps;

beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());
beforeEach(() => {
  cache = createCache(createMemoryStore(1_000_000));
  deps = { ...place.with({}).deps, cache };
});

interface Story {
  readonly id: string;
  readonly applicantId: string;
  readonly letter: string;
}

/** An application with both reports, at the end of the bureau chapter. */
async function withReports(among = deps, stage: 'FRAUD' | 'SCORE' = 'FRAUD'): Promise<Story> {
  const one = await admitted(among, stage);
  const letter = await consent(among, one);
  await pullPboc(among, { applicationId: one.id, round: 1 });
  await pullBaihang(among, { applicationId: one.id, round: 1 });
  return { ...one, letter };
}

interface Reading {
  readonly identity?: PersonApplication['identity'];
  readonly asOf?: string;
}

async function read(
  among: ActivityDeps,
  { id }: Pick<Story, 'id'>,
  { identity = form().identity, asOf = TODAY }: Reading = {},
): Promise<ReadSummary> {
  return await among.db.transaction().execute(async (tx) => {
    const pinned = await pinnedOf(among, tx, id);
    const cipher = await among.vault.of(tx, id);
    return await readSummary(among, tx, cipher, { pinned, identity, asOf });
  });
}

const count = (event: string, kind = 'summary'): number =>
  cache.counts().find((one) => one.kind === kind && one.event === event)?.count ?? 0;

/** Reads with the cache and without it: both must say the same. Gives what the cache did. */
async function compared(story: Pick<Story, 'id'>, reading: Reading = {}) {
  const before = { hit: count('hit'), miss: count('miss') };
  const { summary } = await read(deps, story, reading);
  const bare = await read({ ...deps, cache: NO_CACHE }, story, reading);
  expect(summary).toEqual(bare.summary);
  return { hits: count('hit') - before.hit, misses: count('miss') - before.miss };
}

const HIT = { hits: 1, misses: 0 };
const MISS = { hits: 0, misses: 1 };
/** The cache is neither asked nor filled. */
const PASSED_BY = { hits: 0, misses: 0 };

async function dispute({ id, applicantId }: Story): Promise<void> {
  await keepObjection(deps.db, await deps.vault.of(deps.db, id), {
    id: randomUUID(),
    applicationId: id,
    applicantId,
    ownerSubject: 'applicant',
    bureau: 'PBOC',
    item: 'IDENTITY',
    claim: { reference: null, statement: '信息有误' },
    receivedAt: new Date(),
    dueOn: TODAY,
  });
}

async function pinOther({ id }: Story): Promise<void> {
  const { pinned } = await pinnedRow(id);
  const strategy = { code: 'PERSONAL_STANDARD', version: 1 };
  await deps.db
    .updateTable('applications')
    .set({ pinned: JSON.stringify({ ...pinned, strategy }) })
    .where('id', '=', id)
    .execute();
}

const pinnedRow = async (id: string) =>
  await deps.db
    .selectFrom('applications')
    .select('pinned')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

describe('a summary', () => {
  it('is derived once, and says the same with a cache and without', async () => {
    const story = await withReports();
    expect(await compared(story)).toEqual(MISS);
    expect(await compared(story)).toEqual(HIT);
    expect((await read(deps, story)).summary.variables.maxOverdue24m).not.toBeNull();
  });

  it('is the same where Baihang has no report and answers beside it', async () => {
    const none = async () => ({ kind: 'NO_RECORD', charged: true }) as const;
    deps = { ...place.with({ baihang: { report: none } }).deps, cache };
    const story = await withReports();
    expect(await compared(story)).toEqual(MISS);
    expect(await compared(story)).toEqual(HIT);
    expect((await read(deps, story)).summary.variables.mobileMonths).toBe(96);
  });

  it('of a story that is decided is derived once for all of its chapters', async () => {
    const story = await withReports();
    const step = { applicationId: story.id, round: 1 };
    const assessed = await assessFraud(deps, { ...step, expectedVersion: 0 });
    const next = { ...step, expectedVersion: assessed.version };
    const scored = await scoreApplication(deps, { ...next, today: TODAY });
    const at = new Date().toISOString();
    await decideApplication(deps, { ...step, expectedVersion: scored.version, at });
    expect([count('miss'), count('hit')]).toEqual([1, 2]);
  });

  it.each<[string, (story: Story) => Promise<unknown>, Reading?]>([
    ['a dispute was received', dispute],
    ['other rules are pinned', pinOther],
    [
      'another letter is agreed to',
      async (story) => {
        const { id, applicantId } = story;
        await consent(deps, { id, applicantId });
      },
    ],
    ['the variables are counted from another day', async () => undefined, { asOf: '2026-01-01' }],
  ])('is derived anew once %s', async (_, change, reading = {}) => {
    const story = await withReports();
    await compared(story);
    await change(story);
    expect(await compared(story, reading)).toEqual(MISS);
    expect(await compared(story, reading)).toEqual(HIT);
  });

  it('is never kept for somebody else than the reports are about: that is a gap', async () => {
    const story = await withReports();
    await compared(story);
    const identity = { ...form().identity, name: '别人' };
    for (let at = 0; at < 2; at += 1)
      expect(await compared(story, { identity })).toEqual({ hits: 0, misses: 1 });
    expect((await read(deps, story, { identity })).summary.gaps).toContain('GAP_PBOC_REPORT');
  });

  it('that a gap left incomplete is never kept, and the whole one is not served in its place', async () => {
    const story = await withReports();
    await compared(story);
    const gap = { applicationId: story.id, round: 2, bureau: 'PBOC', gap: 'UNREACHABLE' } as const;
    await deps.db.transaction().execute((tx) => noteGap(tx, gap));
    expect(await compared(story)).toEqual(PASSED_BY);
    expect((await read(deps, story)).summary.gaps).toEqual(['GAP_PBOC_REPORT']);
    await pullPboc(deps, { applicationId: story.id, round: 3 });
    expect((await read(deps, story)).summary.gaps).toEqual([]);
  });
});

describe('what is kept is of no use, though nobody deleted it,', () => {
  const update = async (story: Story, reports: boolean) => {
    const { db } = place.deps;
    await (reports
      ? db
          .updateTable('bureau_reports')
          .set({ valid_until: PAST })
          .where('applicant_id', '=', story.applicantId)
          .where('bureau', '=', 'BAIHANG')
          .execute()
      : db
          .updateTable('authorisations')
          .set({ valid_until: PAST })
          .where('id', '=', story.letter)
          .execute());
  };

  it.each<[string, (story: Story) => Promise<unknown>]>([
    ['once consent was withdrawn', ({ letter }) => withdrawAuthorisation(deps.db, letter, PAST)],
    [
      'once the newer of two letters was withdrawn, though the reports came under the older',
      async ({ id, applicantId }) => {
        const newer = await consent(deps, { id, applicantId });
        await withdrawAuthorisation(deps.db, newer, PAST);
      },
    ],
    ['once a rejection ended the letter', ({ id }) => expireAuthorisations(deps.db, id, PAST)],
    ['once the letter has run out', (story) => update(story, false)],
    ['once a report has ended', (story) => update(story, true)],
    [
      'once the letter that a report was asked for under was withdrawn, whatever letter came since',
      async (story) => {
        await withdrawAuthorisation(deps.db, story.letter, PAST);
        await consent(deps, { id: story.id, applicantId: story.applicantId });
      },
    ],
  ])('%s', async (_, end) => {
    const story = await withReports();
    expect(await compared(story)).toEqual(MISS);
    expect(await compared(story)).toEqual(HIT);
    await end(story);
    expect(await compared(story)).toEqual(PASSED_BY);
    expect((await read(deps, story)).standing).toBeNull();
  });

  it('once its person was erased', async () => {
    const store = createMemoryStore(1_000_000);
    const stubborn = { ...store, deleteGroup: async () => await Promise.reject(new Error('away')) };
    cache = createCache(stubborn);
    deps = { ...deps, cache };
    const story = await withReports();
    await compared(story);
    await decline(story);
    const two = { proposedBy: 'wu', approvedBy: 'zheng' };
    expect(await erasePerson(deps, { applicantId: story.applicantId, ...two })).toMatchObject({
      ok: true,
    });
    await expect(read(deps, story)).rejects.toMatchObject({ code: 'SUBJECT_ERASED' });
  });

  async function decline({ id }: Story): Promise<void> {
    await place.deps.db
      .updateTable('applications')
      .set({ stage: 'DECLINED', ended_at: new Date() })
      .where('id', '=', id)
      .execute();
  }
});

describe('a kept value', () => {
  it('stays no longer than the first of report and letter is valid', async () => {
    const store = createMemoryStore(1_000_000);
    const set = vi.fn((key: string, kept: Kept) => store.set(key, kept));
    cache = createCache({ ...store, set });
    deps = { ...deps, cache };
    const one = await admitted(deps, 'FRAUD');
    await consent(deps, one, { validUntil: new Date(Date.now() + 90_000) });
    await pullPboc(deps, { applicationId: one.id, round: 1 });
    await pullBaihang(deps, { applicationId: one.id, round: 1 });
    await read(deps, one);
    const ttlMs = set.mock.calls[0]?.[1].ttlMs ?? 0;
    expect(ttlMs).toBeGreaterThan(30_000);
    expect(ttlMs).toBeLessThanOrEqual(90_000);
  });
});

describe('a score', () => {
  const score = async (story: Story, variablesSm3: string, complete = true) => {
    const whole = compileScorecard(SCORECARD_V1)(variablesOf());
    const compute = vi.fn(() => ({ ...whole, complete }));
    const given = await deps.db.transaction().execute(async (tx) => {
      const pinned = await pinnedOf(deps, tx, story.id);
      const cipher = await deps.vault.of(tx, story.id);
      const of = { pinned, identity: form().identity, asOf: TODAY };
      const { standing } = await readSummary(deps, tx, cipher, of);
      return await readScore(deps, cipher, standing, { pinned, variablesSm3 }, compute);
    });
    expect(given).toEqual({ ...whole, complete });
    return compute.mock.calls.length;
  };

  it('is computed once for the same variables and rules, and again for others', async () => {
    const story = await withReports();
    expect(await score(story, 'a')).toBe(1);
    expect(await score(story, 'a')).toBe(0);
    expect(await score(story, 'b')).toBe(1);
    await pinOther(story);
    expect(await score(story, 'a')).toBe(1);
  });

  it('that is incomplete is never kept, and none is served once consent was withdrawn', async () => {
    const story = await withReports();
    expect(await score(story, 'a', false)).toBe(1);
    expect(await score(story, 'a', false)).toBe(1);
    expect(await score(story, 'b')).toBe(1);
    await withdrawAuthorisation(deps.db, story.letter, PAST);
    expect(await score(story, 'b')).toBe(1);
  });
});

describe('in Redis', () => {
  let server: RedisServer;
  let raw: Redis;
  let client: Redis;

  beforeAll(async () => {
    if (why !== null) return;
    server = await startRedisServer();
    raw = new Redis(server.url);
    raw.on('error', () => undefined);
  });
  beforeEach(async () => {
    if (why !== null) return;
    await raw.flushall();
    client = openRedis(server.url, () => undefined);
    await vi.waitFor(() => expect(client.status).toBe('ready'), { timeout: 10_000 });
    cache = createCache(createRedisStore(client, LONGEST_MS));
    deps = { ...deps, cache };
  });
  afterEach(() => closeRedis(client));
  afterAll(async () => {
    if (why !== null) return;
    raw.disconnect();
    await server.kill();
  });

  const entries = async (): Promise<readonly string[]> =>
    (await raw.keys(`${REDIS_KEY_PREFIX}cache:*`)).sort();

  /** Keeps the summary of one story; gives its key in Redis. */
  async function keptOf(story: Story): Promise<string> {
    const before = new Set(await entries());
    await read(deps, story);
    const [key, ...more] = (await entries()).filter((name) => !before.has(name));
    expect(more).toEqual([]);
    return key ?? '';
  }

  it.skipIf(why !== null)(
    'nothing of the person stands in clear, in no key and no value',
    async () => {
      const story = await withReports();
      const key = await keptOf(story);
      const bytes = await raw.getBuffer(key);
      const { name, idNumber } = form().identity;
      const names = await raw.keys('*');
      const all = `${names.join()} ${bytes?.toString('latin1')} ${bytes?.toString('utf8')}`;
      for (const word of [name, idNumber, story.id, story.applicantId, story.letter, 'maxOverdue'])
        expect(all).not.toContain(word);
      expect(bytes?.length).toBeGreaterThan(200);
      expect(await raw.pttl(key)).toBeLessThanOrEqual(LONGEST_MS);
      for (const one of names) expect(await raw.pttl(one)).toBeGreaterThan(0);
    },
  );

  it.skipIf(why !== null).each<[string, (own: Buffer, others: Buffer, scores: Buffer) => Buffer]>([
    ['another person’s', (_, others) => others],
    ['cut off', (own) => own.subarray(0, own.length - 40)],
    ['empty', () => Buffer.alloc(0)],
    ['garbage', (own) => Buffer.alloc(own.length, 7)],
    ['altered by one bit', (own) => Buffer.from(own.map((b, at) => (at === 90 ? b ^ 1 : b)))],
    ['the same person’s of another day', (_own, _others, other) => other],
  ])('a value that is %s is refused, derived anew and replaced', async (_, poison) => {
    const [story, somebody] = [await withReports(), await withReports()];
    const [key, otherKey] = [await keptOf(story), await keptOf(somebody)];
    await read(deps, story, { asOf: '2026-01-01' });
    const third = (await entries()).find((name) => name !== key && name !== otherKey) ?? '';
    const [own, others, ofOtherDay] = await Promise.all(
      [key, otherKey, third].map(async (name) => (await raw.getBuffer(name)) ?? Buffer.alloc(0)),
    );
    const [none] = [Buffer.alloc(0)];
    expect([own, others, ofOtherDay].every((bytes) => (bytes?.length ?? 0) > 200)).toBe(true);
    await raw.set(key, poison(own ?? none, others ?? none, ofOtherDay ?? none), 'PX', 60_000);
    expect(await compared(story)).toEqual(MISS);
    expect(count('refused')).toBe(1);
    expect(await compared(story)).toEqual(HIT);
  });

  it.skipIf(why !== null)(
    'an erasure deletes what is kept of the person, and of nobody else',
    async () => {
      const [story, somebody] = [await withReports(), await withReports()];
      const [key, otherKey] = [await keptOf(story), await keptOf(somebody)];
      await place.deps.db
        .updateTable('applications')
        .set({ stage: 'DECLINED', ended_at: new Date() })
        .where('id', '=', story.id)
        .execute();
      const two = { proposedBy: 'wu', approvedBy: 'zheng' };
      await erasePerson(deps, { applicantId: story.applicantId, ...two });
      expect(await entries()).toEqual([otherKey]);
      expect(key).not.toBe('');
    },
  );

  it.skipIf(why !== null)('its end in the middle costs nothing but time', async () => {
    const story = await withReports();
    await compared(story);
    await server.kill();
    expect((await compared(story)).hits).toBe(0);
    const step = { applicationId: story.id, round: 1 };
    const assessed = await assessFraud(deps, { ...step, expectedVersion: 0 });
    expect(assessed).toMatchObject({ stage: 'SCORE' });
    await server.start();
  });
});
