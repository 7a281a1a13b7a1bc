/** What requests leave on the audit trail: every answer with personal data, every denial, and nothing without a record. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { networkOf } from '../../../api/address.ts';
import { PERSONAL_READS } from '../../../api/personal-reads.ts';
import { fillPages, newDraft, PAGES, showLetter, uploadFace } from '../../api/drafting.ts';
import { toSign, underReview } from '../../api/story.ts';
import { openWorld, type World } from '../../api/world.ts';

let world: World;
let owner: string;
let lastId = 0;
beforeAll(async () => {
  world = await openWorld();
  owner = await world.token('owner', ['integrator']);
}, 120_000);
afterAll(async () => await world.close());

async function entries() {
  return await world.db
    .selectFrom('audit_entries')
    .select([
      'id',
      'actor',
      'actor_role',
      'via',
      'action',
      'subject_kind',
      'subject_id',
      'result',
      'reason',
      'request_id',
      'detail',
    ])
    .where('id', '>', lastId)
    .orderBy('id')
    .execute();
}

async function forget(): Promise<void> {
  const last = await world.db
    .selectFrom('audit_entries')
    .select(sql<number>`max(id)`.as('id'))
    .executeTakeFirst();
  lastId = last?.id ?? 0;
}
beforeEach(forget);

describe('an answer with personal data', () => {
  it('is recorded with who, in which role, how known, about whom and under which request', async () => {
    const id = await newDraft(world, owner);
    await fillPages(world, owner, id);
    await forget();
    const shown = await world.call('GET', `/v1/applications/${id}`, { token: owner });
    expect(shown.text).toContain(PAGES.identity.idNumber);
    expect(await entries()).toMatchObject([
      {
        actor: 'owner',
        actor_role: 'integrator',
        via: 'token',
        action: 'application.view',
        subject_kind: 'application',
        subject_id: id,
        result: 'DONE',
        request_id: shown.headers.get('X-Request-Id'),
      },
    ]);
  });

  it('names the application where the path names a letter, a contract or a review', async () => {
    const draft = await newDraft(world, owner);
    await fillPages(world, owner, draft);
    const letter = await showLetter(world, owner, draft);
    const { id: signing, contractId } = await toSign(world, owner);
    const { id: reviewed, taskId } = await underReview(world, owner);
    const reviewer = await world.token('li', ['reviewer']);
    await forget();
    const answers = await Promise.all([
      world.call('GET', `/v1/authorisations/${letter.id}`, { token: owner }),
      world.call('GET', `/v1/contracts/${contractId}/pdf`, { token: owner }),
      world.call('GET', `/v1/reviews/${taskId}`, { token: reviewer }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const seen = (await entries()).map((one) => [one.action, one.subject_id, one.detail]);
    expect(seen).toHaveLength(3);
    expect(seen).toContainEqual(['authorisation.view', draft, { record: letter.id }]);
    expect(seen).toContainEqual(['contract.view-pdf', signing, { record: contractId }]);
    expect(seen).toContainEqual(['review.view', reviewed, { record: taskId }]);
  });

  it('is not given when it cannot be recorded', async () => {
    const id = await newDraft(world, owner);
    await fillPages(world, owner, id);
    await sql`create trigger full_disk before insert on audit_entries for each row execute function refuse_change()`.execute(
      world.db,
    );
    try {
      const answer = await world.call('GET', `/v1/applications/${id}`, { token: owner });
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain(PAGES.identity.name);
    } finally {
      await sql`drop trigger full_disk on audit_entries`.execute(world.db);
    }
  });

  it('is known for what it is: every route of the document that shows personal fields is declared', async () => {
    const document = await world.call('GET', '/openapi.json');
    const paths = z
      .record(z.string(), z.record(z.string(), z.unknown()))
      .parse(document.body['paths']);
    const schemas = z
      .record(z.string(), z.unknown())
      .parse(z.object({ schemas: z.unknown() }).parse(document.body['components']).schemas);
    const whole = (part: unknown, depth = 0): string =>
      JSON.stringify(part).replaceAll(/"#\/components\/schemas\/([^"]+)"/g, (_all, name: string) =>
        depth > 6 ? '""' : whole(schemas[name] ?? {}, depth + 1),
      );
    const personal = Object.entries(paths)
      .filter(([, methods]) => 'get' in methods)
      .filter(([path, methods]) => {
        const responses = whole(
          z.object({ responses: z.unknown() }).parse(methods['get']).responses,
        );
        return (
          path.startsWith('/v1/') &&
          /"(idNumber|mobile|bankCardNumber|text)":\{|application\/pdf/.test(responses)
        );
      })
      .map(([path]) => `GET ${path}`);
    expect(personal.length).toBeGreaterThanOrEqual(3);
    expect(personal.filter((key) => !Object.keys(PERSONAL_READS).includes(key))).toEqual([]);
  });
});

describe('what a person writes into a draft', () => {
  it('is recorded by page and photograph, without what was written', async () => {
    const id = await newDraft(world, owner);
    await forget();
    await fillPages(world, owner, id);
    await uploadFace(world, owner, id);
    const written = await entries();
    expect(written.map(({ action, subject_id: subject }) => [action, subject])).toEqual([
      ...[1, 2, 3].map(() => ['application.save-page', id]),
      ['application.save-face', id],
    ]);
    expect(written.map(({ actor, detail }) => [actor, detail])).toMatchObject([
      ['owner', { page: 1, evidenceVersion: expect.any(Number) }],
      ['owner', { page: 2 }],
      ['owner', { page: 3 }],
      ['owner', { documentId: expect.any(String) }],
    ]);
    expect(JSON.stringify(written)).not.toContain(PAGES.identity.name);
  });

  it('is not kept when it cannot be recorded', async () => {
    const id = await newDraft(world, owner);
    await fillPages(world, owner, id);
    await sql`create trigger full_disk before insert on audit_entries for each row execute function refuse_change()`.execute(
      world.db,
    );
    try {
      const path = `/v1/applications/${id}/pages/1`;
      const json = { ...PAGES.identity, address: '某省某市某路99号' };
      expect((await world.call('PATCH', path, { token: owner, json })).status).toBe(500);
    } finally {
      await sql`drop trigger full_disk on audit_entries`.execute(world.db);
    }
    const shown = await world.call('GET', `/v1/applications/${id}`, { token: owner });
    expect(shown.text).toContain(PAGES.identity.address);
  });
});

describe('a denied act', () => {
  it('is recorded when the role does not allow it', async () => {
    const finance = await world.token('zhou', ['finance-maker']);
    const taskId = randomUUID();
    const answer = await world.call('POST', `/v1/reviews/${taskId}/claim`, {
      token: finance,
      json: {},
    });
    expect(answer.status).toBe(403);
    expect(await entries()).toMatchObject([
      {
        actor: 'zhou',
        action: 'request.deny',
        subject_kind: 'reviews',
        subject_id: taskId,
        result: 'DENIED',
        reason: 'ROLE_MISSING',
        detail: { route: 'POST /v1/reviews/{id}/claim' },
      },
    ]);
  });

  it('is recorded when the record is another owner’s, though the caller hears that there is none', async () => {
    const id = await newDraft(world, owner);
    await forget();
    const other = await world.token('other', ['integrator']);
    const answer = await world.call('GET', `/v1/applications/${id}`, { token: other });
    expect([answer.status, answer.body['code']]).toEqual([404, 'NOT_FOUND']);
    expect(await entries()).toMatchObject([
      {
        actor: 'other',
        action: 'request.deny',
        subject_id: id,
        result: 'DENIED',
        reason: 'NOT_FOUND',
      },
    ]);
  });

  it('does not repeat what a caller put into the path', async () => {
    const answer = await world.call('GET', '/v1/applications/110101199003078515', { token: owner });
    expect(answer.status).toBe(404);
    const [entry] = await entries();
    expect(JSON.stringify(entry)).not.toContain('110101199003078515');
    expect(entry?.subject_id).toBe('GET /v1/applications/{id}');
  });

  it('leaves nothing when nothing was sent to be known by: there is no one to name', async () => {
    expect((await world.call('GET', `/v1/applications/${randomUUID()}`)).status).toBe(401);
    expect(await entries()).toEqual([]);
  });
});

describe('the origin on record', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:1:2::7', '2001:db8:1::/48'],
    ['::1', '0:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['not an address', undefined],
    [undefined, undefined],
  ])('of %s is %s: the network, not the person', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
