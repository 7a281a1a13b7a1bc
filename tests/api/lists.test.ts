/** Lists over the API: one proposes, another decides, values are never shown, and hits are judged by two. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countStandingHits, listed, recordListHits } from '../../db/queries/list-lookups.ts';
import { recordAssessment } from '../../db/queries/fraud.ts';
import { underReview } from './story.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let maker: string;
let checker: string;
let owner: string;
beforeAll(async () => {
  world = await openWorld();
  maker = await world.token('risk-1', ['risk-officer']);
  checker = await world.token('risk-2', ['risk-approver']);
  owner = await world.token('owner-1', ['applicant']);
});
afterAll(async () => await world.close());

const facts = {
  source: 'HOUSE',
  reason: 'FRAUD_RING',
  listedOn: '2026-01-05',
  appeal: 'CUSTOMER_SERVICE',
  expiresOn: null,
};
const mobileEntry = { subject: 'MOBILE', value: ' １３８-0013 8000', ...facts };
const nameEntry = { subject: 'NAME', name: '单小明', birthDate: null, sex: null, ...facts };

const propose = (kind: string, json: object, token = maker) =>
  world.call('POST', `/v1/lists/${kind}/entries`, { token, json });
const decide = (id: unknown, outcome: string, token = checker) =>
  world.call('POST', `/v1/list-proposals/${String(id)}/decide`, { token, json: { outcome } });

async function proposalOf(what: 'entryId' | 'hitId', id: unknown): Promise<string> {
  const open = await world.call('GET', '/v1/list-proposals', { token: checker });
  const items = open.body['items'] as { id: string; entryId: string; hitId: string }[];
  return items.find((one) => one[what] === id)?.id ?? 'none';
}

async function active(kind: string, json: object): Promise<string> {
  const made = await propose(kind, json);
  expect(made.status, made.text).toBe(201);
  const done = await decide(await proposalOf('entryId', made.body['id']), 'APPROVED');
  expect(done.status, done.text).toBe(200);
  return String(made.body['id']);
}

const onList = async (mobile: string) => {
  const valueIndex = world.deps.vault.blindIndex('mobile', mobile);
  return (await listed(world.db, [{ subject: 'MOBILE', valueIndex }])).map(({ kind }) => kind);
};

describe('an entry', () => {
  it('holds once another person approved it, for the number however it was written, and is never shown', async () => {
    const made = await propose('BLACK', mobileEntry);
    expect([made.status, made.body['state']]).toEqual([201, 'PROPOSED']);
    expect(made.text).not.toContain('1380013');
    expect(await onList('13800138000')).toEqual([]);
    const id = await proposalOf('entryId', made.body['id']);
    const done = await decide(id, 'APPROVED');
    expect(done.body).toMatchObject({ outcome: 'APPROVED', decidedBy: 'risk-2', act: 'ADD' });
    expect(await onList('13800138000')).toEqual(['BLACK']);
    const again = await decide(id, 'REFUSED');
    expect([again.status, again.body['code']]).toEqual([409, 'ALREADY_DECIDED']);
  });

  it('is not approved by who proposed it, in whatever role, nor proposed by who may only approve', async () => {
    // Nobody holds both roles at once; somebody who changed desks holds them one after the other.
    const before = await world.token('risk-3', ['risk-officer']);
    const after = await world.token('risk-3', ['risk-approver']);
    const made = await propose('GREY', { ...mobileEntry, value: '13900139000' }, before);
    const own = await decide(await proposalOf('entryId', made.body['id']), 'APPROVED', after);
    expect([own.status, own.body['code']]).toEqual([403, 'SAME_PERSON_TWICE']);
    expect(await onList('13900139000')).toEqual([]);
    expect((await propose('GREY', mobileEntry, checker)).status).toBe(403);
    expect((await decide(randomUUID(), 'APPROVED', maker)).status).toBe(403);
    expect((await decide(randomUUID(), 'APPROVED')).status).toBe(404);
  });

  it('ends by two people too, and stays in the list as what it was', async () => {
    const id = await active('BLACK', { ...mobileEntry, value: '13700137000' });
    const path = `/v1/lists/BLACK/entries/${id}`;
    const end = await world.call('DELETE', `${path}?reason=APPEAL_UPHELD`, { token: maker });
    expect(end.body).toMatchObject({ act: 'END', reason: 'APPEAL_UPHELD', outcome: null });
    expect(await onList('13700137000')).toEqual(['BLACK']);
    const twice = await world.call('DELETE', `${path}?reason=APPEAL_UPHELD`, { token: maker });
    expect(twice.body['code']).toBe('ALREADY_PROPOSED');
    await decide(end.body['id'], 'APPROVED');
    expect(await onList('13700137000')).toEqual([]);
    const list = await world.call('GET', '/v1/lists/BLACK/entries?limit=100', { token: checker });
    expect(list.body['items']).toContainEqual(expect.objectContaining({ id, state: 'ENDED' }));
    const after = await world.call('DELETE', `${path}?reason=AGAIN`, { token: maker });
    expect(after.body['code']).toBe('ALREADY_DECIDED');
    const other = await world.call('DELETE', `/v1/lists/GREY/entries/${id}?reason=R1`, {
      token: maker,
    });
    expect(other.status).toBe(404);
  });

  it.each<[string, string, object]>([
    ['a number that is none', 'BLACK', { ...mobileEntry, value: '12345' }],
    ['a name outside sanctions', 'BLACK', nameEntry],
    ['a reason in words', 'BLACK', { ...mobileEntry, reason: '因为他是骗子' }],
    ['no way to object', 'BLACK', { ...mobileEntry, appeal: undefined }],
  ])('with %s is refused', async (_what, kind, json) => {
    expect((await propose(kind, json)).status).toBe(422);
  });

  it('pages through the list, newest first, each once', async () => {
    for (const n of [1, 2, 3]) await propose('WHITE', { ...mobileEntry, value: `1360000000${n}` });
    const read = async (cursor?: string) =>
      await world.call(
        'GET',
        `/v1/lists/WHITE/entries?limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`,
        { token: maker },
      );
    const first = await read();
    const rest = await read(String(first.body['next']));
    const ids = [first, rest].flatMap((a) =>
      (a.body['items'] as { id: string }[]).map(({ id }) => id),
    );
    expect([ids.length, new Set(ids).size, rest.body['next']]).toEqual([3, 3, null]);
  });

  it('leaves who proposed and who decided on the audit trail', async () => {
    const id = await active('BLACK', { ...mobileEntry, value: '13500135000' });
    const rows = await world.db
      .selectFrom('audit_entries')
      .select(['action', 'actor', 'detail'])
      .where('action', 'like', 'list.%')
      .execute();
    const mine = rows.filter(
      (row) => JSON.stringify(row).includes(id) || row.action === 'list.propose-add',
    );
    expect(mine.map(({ action }) => action)).toContain('list.decide');
    expect(JSON.stringify(rows)).not.toContain('13500135000');
  });
});

/** An application under review with a standing hit on a sanctions list. */
async function withHit() {
  const entryId = await active('SANCTIONS', nameEntry);
  const { id } = await underReview(world, owner);
  await world.db.transaction().execute(async (tx) => {
    await recordListHits(tx, [
      { applicationId: id, entryId, similarity: 0.9, secondFactor: 'UNKNOWN' },
    ]);
    await recordAssessment(tx, {
      applicationId: id,
      round: 1,
      evidenceVersion: 4,
      level: 'MEDIUM',
      points: 0,
      signals: [
        { code: 'SANCTIONS_NAME', weight: 0, zh: '姓名', en: 'Name', evidence: { hits: 1 } },
      ],
    });
  });
  return id;
}

async function fraudOf(id: string, token = maker) {
  return await world.call('GET', `/v1/applications/${id}/fraud`, { token });
}

describe('a hit', () => {
  it('is judged by two people, and stands until both say it is somebody else', async () => {
    const id = await withHit();
    const seen = await fraudOf(id);
    expect(seen.body).toMatchObject({ level: 'MEDIUM', points: 0, waived: [], graph: null });
    const [hit] = seen.body['hits'] as { id: string; listedName: string }[];
    expect(hit?.listedName).toBe('单小明');
    const open = await world.call('GET', '/v1/list-hits', { token: checker });
    expect(open.body['items']).toContainEqual(expect.objectContaining({ id: hit?.id }));
    const say = (token: string) =>
      world.call('POST', `/v1/list-hits/${hit?.id}/propose`, {
        token,
        json: { outcome: 'FALSE_MATCH', reason: 'OTHER_BIRTH_DATE' },
      });
    expect((await say(checker)).status).toBe(403);
    const proposed = await say(maker);
    expect(proposed.body).toMatchObject({ act: 'FALSE_MATCH', hitId: hit?.id });
    expect((await say(maker)).body['code']).toBe('ALREADY_PROPOSED');
    expect(await countStandingHits(world.db, id)).toBe(1);
    expect((await decide(proposed.body['id'], 'APPROVED')).status).toBe(200);
    expect(await countStandingHits(world.db, id)).toBe(0);
    expect((await say(maker)).body['code']).toBe('ALREADY_DECIDED');
  });

  it('that is not approved as somebody else’s may be proposed again', async () => {
    const id = await withHit();
    const [hit] = (await fraudOf(id)).body['hits'] as { id: string }[];
    const say = async (outcome: string) =>
      await world.call('POST', `/v1/list-hits/${hit?.id}/propose`, {
        token: maker,
        json: { outcome, reason: 'R1' },
      });
    await decide((await say('FALSE_MATCH')).body['id'], 'REFUSED');
    expect((await say('TRUE_MATCH')).status).toBe(200);
  });

  it('is nothing the applicant is ever told of: no route of theirs has a word of it', async () => {
    const id = await withHit();
    for (const path of ['', '/timeline']) {
      const told = await world.call('GET', `/v1/applications/${id}${path}`, { token: owner });
      expect(told.status).toBe(200);
      expect(told.text).not.toMatch(/sanction|list|hit|fraud|制裁|名单|欺诈/i);
    }
    expect((await fraudOf(id, owner)).status).toBe(403);
    const data = await world.call('GET', '/v1/me/data', { token: owner });
    expect(data.text).not.toMatch(/SANCTIONS|list_hits|similarity|制裁|名单/);
  });

  it('is read with an entry on the audit trail, and not at all without an assessment', async () => {
    const id = await withHit();
    await fraudOf(id);
    const row = await world.db
      .selectFrom('audit_entries')
      .select('action')
      .where('subject_id', '=', id)
      .where('action', '=', 'fraud.view')
      .executeTakeFirst();
    expect(row).toBeDefined();
    const bare = await underReview(world, owner);
    expect((await fraudOf(bare.id)).status).toBe(404);
  });
});
