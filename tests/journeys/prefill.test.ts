/** A person photographs their card before filling in the form: what the API answers, and what it never takes for said. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { data } from '../../tools/teller/world.ts';
import { specimen } from '../../tools/id-cards/measure.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

const READER = existsSync('/usr/share/tesseract-ocr/5/tessdata/chi_sim.traineddata');

it.skipIf(!READER)(
  'reads both sides in the worker, proposes, and saves nothing as said',
  async () => {
    const client = house.world.as('applicant', 'applicant-prefill');
    const { id } = await data(client.applications.create({}));
    const [front, back] = [specimen('ID_FRONT', 'clean', 77), specimen('ID_BACK', 'clean', 77)];
    const key = { idempotencyKey: randomUUID() };
    const first = await data(
      client.applications.readIdCard(id, 'FRONT', front.image, 'image/jpeg', key),
    );
    expect(first.fields['number']).toMatchObject({
      value: front.truth['number'],
      state: 'ACCEPTED',
    });
    expect(first.fields['name']?.state).toBe('CONFIRM');
    const again = await client.applications.readIdCard(id, 'FRONT', front.image, 'image/jpeg', key);
    expect(again).toMatchObject({ ok: true, replayed: true, data: first });
    const second = await data(client.applications.readIdCard(id, 'BACK', back.image, 'image/jpeg'));
    expect(second.fields['validFrom']?.value).toBe(back.truth['validFrom']);
    const { rows } = {
      rows: await house.db
        .selectFrom('application_pages')
        .select('page')
        .where('application_id', '=', id)
        .execute(),
    };
    expect(rows).toEqual([]);
    expect(house.logged.join('\n')).not.toContain(front.truth['number']);
  },
);

it('answers garbage, strangers and late pictures with a code of their own', async () => {
  const client = house.world.as('applicant', 'applicant-garbage');
  const { id } = await data(client.applications.create({}));
  const codeOf = async (bytes: Uint8Array, who = client) => {
    const answer = await who.applications.readIdCard(id, 'FRONT', bytes, 'image/jpeg');
    return answer.ok ? 'READ' : answer.problem.code;
  };
  expect(await codeOf(Buffer.from('no picture'))).toBe('IMAGE_INVALID');
  const broken = Buffer.concat([Buffer.from('ffd8ffe000104a46', 'hex'), Buffer.alloc(400)]);
  expect(await codeOf(broken)).toBe(READER ? 'IMAGE_INVALID' : 'PREFILL_UNAVAILABLE');
  const stranger = house.world.as('applicant', 'applicant-stranger');
  expect(await codeOf(broken, stranger)).toBe('NOT_FOUND');
  await data(client.applications.withdraw(id, { reason: 'CHANGED_MIND' }));
  expect(await codeOf(broken)).toBe('AFTER_ENDING');
});
