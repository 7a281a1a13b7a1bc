/** The device trail over the API: with consent only, by page, at most 16 KB, sealed, and never with what was typed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDeviceTrail, loadPartialForm } from '../../db/queries/apply.ts';
import { newDraft, PAGES } from './drafting.ts';
import { standAt } from './story.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let token: string;
beforeAll(async () => {
  world = await openWorld();
  token = await world.token('applicant-1', ['applicant']);
});
afterAll(async () => await world.close());

const device = { fingerprint: 'device-canary-1', webdriver: false, touchPoints: 5 };
const page = (over: object = {}) => ({
  page: 1,
  dwellMs: 60_000,
  pasteCount: 1,
  correctionCount: 2,
  keyCount: 40,
  scrollPx: 10,
  typing: [{ field: 'idNumber', keys: 18, meanMs: 240.5, deviationMs: 90 }],
  pastes: [{ field: 'name', count: 1 }],
  ...over,
});
const put = (id: string, json: unknown) =>
  world.call('PUT', `/v1/applications/${id}/trail`, { token, json });

async function kept(id: string) {
  const cipher = await world.deps.vault.of(world.db, id);
  return await loadDeviceTrail(world.db, cipher, id);
}

describe('a trail', () => {
  it('is kept page by page, sealed, and the same part again changes nothing', async () => {
    const id = await newDraft(world, token);
    const first = await put(id, { consent: true, device, page: page() });
    expect([first.status, first.body]).toEqual([200, { kept: true, pages: [1] }]);
    await put(id, { consent: true, device, page: page({ page: 2 }) });
    const again = await put(id, { consent: true, device, page: page() });
    expect(again.body).toEqual({ kept: true, pages: [1, 2] });
    expect(await kept(id)).toMatchObject({ ...device, pages: [page(), page({ page: 2 })] });
    const { sealed } = await world.db
      .selectFrom('device_trails')
      .select('sealed')
      .where('application_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(sealed.toString('utf8')).not.toContain('device-canary');
  });

  it('does not make the evidence grow: it says how the form was filled in, not what it says', async () => {
    const id = await newDraft(world, token);
    const version = async () =>
      (await world.call('GET', `/v1/applications/${id}`, { token })).body['evidenceVersion'];
    const before = await version();
    await put(id, { consent: true, device, page: page() });
    expect(await version()).toBe(before);
  });

  it('is not kept without consent, only the refusal is; and a refusal drops what was kept before', async () => {
    const id = await newDraft(world, token);
    await put(id, { consent: true, device, page: page() });
    const refused = await put(id, { consent: false });
    expect(refused.body).toEqual({ kept: false, pages: [] });
    const cipher = await world.deps.vault.of(world.db, id);
    expect(await loadPartialForm(world.db, cipher, id)).toMatchObject({
      device: null,
      trailRefused: true,
    });
    expect((await put(id, { consent: false, device })).status).toBe(422);
    expect((await put(id, { device, page: page() })).status).toBe(422);
    const path = `/v1/applications/${id}/pages/3`;
    const json = { ...PAGES.loan, device: { consent: false } };
    expect((await world.call('PATCH', path, { token, json })).status).toBe(200);
    expect(await kept(id)).toBeNull();
  });

  it('above 16 KB is refused before it is read, whatever it holds', async () => {
    const id = await newDraft(world, token);
    const answer = await put(id, { consent: true, device, more: 'x'.repeat(16 * 1024) });
    expect([answer.status, answer.body['code']]).toEqual([413, 'BODY_TOO_LARGE']);
  });

  it.each<[string, object]>([
    [
      'text that was typed',
      {
        page: page({
          typing: [{ field: 'name', keys: 1, meanMs: 1, deviationMs: 1, text: '张三' }],
        }),
      },
    ],
    [
      'a field that is none of the form',
      { page: page({ pastes: [{ field: 'password', count: 1 }] }) },
    ],
    [
      'one field twice',
      {
        page: page({
          pastes: [
            { field: 'name', count: 1 },
            { field: 'name', count: 1 },
          ],
        }),
      },
    ],
    ['a page that is none', { page: page({ page: 4 }) }],
    ['visits, which the server notes', { device: { ...device, visits: [] } }],
    ['an address', { address: '203.0.113.9' }],
    ['time before it began', { page: page({ dwellMs: -1 }) }],
    ['no fingerprint', { device: {} }],
  ])('with %s is refused', async (_what, over) => {
    const id = await newDraft(world, token);
    const answer = await put(id, { consent: true, device, page: page(), ...over });
    expect([answer.status, answer.body['code']]).toEqual([422, 'VALIDATION_FAILED']);
    expect(await kept(id)).toBeNull();
  });

  it('comes no more once the application was handed in', async () => {
    const id = await newDraft(world, token);
    await standAt(world, id, 'VERIFY');
    const answer = await put(id, { consent: true, device });
    expect([answer.status, answer.body['code']]).toEqual([409, 'STAGE_DOES_NOT_FIT']);
  });
});

describe('where it came from', () => {
  const from = async (address: string, roles: readonly string[]) => {
    const who = await world.token('applicant-1', roles);
    const id = await newDraft(world, who);
    const request = new Request(`http://api.test/v1/applications/${id}/trail`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${who}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ consent: true, device }),
    });
    const answer = await world.app.fetch(request, {
      incoming: { socket: { remoteAddress: address } },
    });
    expect(answer.status).toBe(200);
    return (await kept(id))?.visits;
  };

  it('is noted of an applicant at a public address', async () => {
    expect(await from('203.0.113.9', ['applicant'])).toEqual([
      { at: world.clock.now.toISOString(), address: '203.0.113.9' },
    ]);
    expect(await from('::ffff:203.0.113.9', ['applicant'])).toMatchObject([
      { address: '203.0.113.9' },
    ]);
  });
  it.each(['127.0.0.1', '10.1.2.3', '192.168.1.1', '172.20.0.1', '100.64.1.1', '::1', 'fd00::1'])(
    'is not noted of %s, which is nowhere',
    async (address) => {
      expect(await from(address, ['applicant'])).toEqual([]);
    },
  );
  it('is not noted of an integrator, whose server is not where its user is', async () => {
    expect(await from('203.0.113.9', ['integrator'])).toEqual([]);
  });
});
