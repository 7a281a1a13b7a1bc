/** What readers see of an erased person: their lists and records go on, and the personal data are said to be gone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relayDue } from '../../../activities/outbox-relay.ts';
import { destroyPersonKeys } from '../../../db/queries/keys.ts';
import type { ActivityDeps } from '../../../activities/deps.ts';
import { newDraft as newApiDraft, fillPages } from '../../api/drafting.ts';
import { openWorld, type World } from '../../api/world.ts';
import { commandOf } from '../../../tools/keys-admin.ts';
import { StartFailure } from '../../../tools/start/failure.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
}, 60_000);
afterAll(async () => {
  await world.close();
});

async function erasedApplication() {
  const token = await world.token('wang', ['applicant']);
  const id = await newApiDraft(world, token);
  await fillPages(world, token, id);
  const shown = await world.call('POST', '/v1/authorisations', {
    token,
    json: { applicationId: id },
  });
  expect(shown.status, shown.text).toBe(201);
  const { applicant_id: applicantId } = await world.db
    .selectFrom('applications')
    .select('applicant_id')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  await world.db
    .transaction()
    .execute((tx) => destroyPersonKeys(tx, applicantId ?? '', new Date()));
  return { id, token, authorisationId: String(shown.body['id']) };
}

describe('after an erasure', () => {
  it('the list and the timeline are read as before, and the data are said to be gone', async () => {
    const { id, token, authorisationId } = await erasedApplication();
    const list = await world.call('GET', '/v1/applications', { token });
    expect(list.body['items']).toMatchObject([{ id }]);
    expect((await world.call('GET', `/v1/applications/${id}/timeline`, { token })).status).toBe(
      200,
    );
    for (const path of [`/v1/applications/${id}`, `/v1/authorisations/${authorisationId}`]) {
      const gone = await world.call('GET', path, { token });
      expect(gone.status).toBe(410);
      expect(gone.body['code']).toBe('PERSONAL_DATA_ERASED');
    }
  });

  it('nobody is written to any more, and the notice is not tried for ever', async () => {
    const { id } = await erasedApplication();
    const outboxId = '00000000-0000-4000-8000-00000000000a';
    await world.db
      .insertInto('outbox')
      .values({ id: outboxId, topic: 'application.remind', application_id: id, payload: '{}' })
      .execute();
    const sent: unknown[] = [];
    const deps = {
      db: world.db,
      vault: world.deps.vault,
      ports: { notice: { sms: async (message: unknown) => void sent.push(message) } },
      log: { warn: () => undefined },
    };
    // The relay reads nothing else of what a worker is given.
    await relayDue(deps as ActivityDeps & typeof deps);
    expect(sent).toEqual([]);
    const { state } = await world.db
      .selectFrom('outbox')
      .select('state')
      .where('id', '=', outboxId)
      .executeTakeFirstOrThrow();
    expect(state).toBe('DELIVERED');
  });
});

describe('the command line of the keys', () => {
  const keks = { add: async () => undefined, current: async () => 'kek-7' };
  const command = (...words: string[]) => commandOf(words, keks, '2026-11-24');
  const person = '00000000-0000-4000-8000-000000000001';

  it('names each workflow so that the same command twice is one', async () => {
    expect(await command('rotate-wrapping')).toMatchObject({ id: 'key-rotation/wrapping/kek-7' });
    expect(await command('rotate-data')).toMatchObject({ id: 'key-rotation/data/2026-11-24' });
    expect(await command('rotate-data', '--name', 'leak')).toMatchObject({
      id: 'key-rotation/data/leak',
      input: { kind: 'DATA' },
    });
    const two = ['--proposed-by', 'wu', '--approved-by', 'zheng'];
    expect(await command('erase', person, ...two)).toEqual({
      type: 'keyErasure',
      id: `key-erasure/${person}`,
      input: { applicantId: person, proposedBy: 'wu', approvedBy: 'zheng' },
    });
  });

  it.each([
    [[]],
    [['erase']],
    [['erase', person]],
    [['erase', 'x', '--proposed-by', 'a', '--approved-by', 'b']],
  ])('refuses %j with its usage', async (words) => {
    await expect(command(...words)).rejects.toBeInstanceOf(StartFailure);
  });
});
