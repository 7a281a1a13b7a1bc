/** The will to sign: a code for this very contract, a reading of every page, and what is kept of the moment. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signingIntentsOf } from '../../db/queries/signing.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { fillPages, PAGES } from './drafting.ts';
import { toSign } from './story.ts';
import { openWorld, STANDING, type World } from './world.ts';

const PAGES_READ = [{ page: 1, dwellMs: 9_000 }];
const START = new Date('2026-11-24T04:00:00Z');

let world: World;
let token: string;
beforeAll(async () => {
  world = await openWorld();
  token = await world.token('owner-1', ['integrator'], { expiresIn: '2000d' });
});
afterAll(async () => await world.close());
beforeEach(() => {
  world.clock.now = START;
  world.loan.answer = () => STANDING;
  world.loan.heard.length = 0;
});

/** A contract to sign, of a person whose number is on the form. */
async function contractToSign() {
  const made = await toSign(world, token);
  await world.db
    .updateTable('applications')
    .set({ stage: 'APPLY' })
    .where('id', '=', made.id)
    .execute();
  await fillPages(world, token, made.id);
  await world.db
    .updateTable('applications')
    .set({ stage: 'SIGN' })
    .where('id', '=', made.id)
    .execute();
  return made;
}
type Made = Awaited<ReturnType<typeof contractToSign>>;

const ask = ({ contractId, digestSm3 }: Made, key: string = randomUUID()) =>
  world.call('POST', `/v1/contracts/${contractId}/signing-codes`, {
    token,
    key,
    json: { digestSm3 },
  });

/** What waits to be sent for an application, oldest first. */
async function owed({ id }: Made) {
  const rows = await world.db
    .selectFrom('outbox')
    .select(['id', 'payload'])
    .where('application_id', '=', id)
    .where('topic', '=', 'applicant.code')
    .orderBy('created_at')
    .execute();
  const house = await world.deps.vault.ofHouse(world.db);
  return rows.map((row) => {
    const { sealed } = row.payload as { sealed: string };
    return house.openJson(
      'outbox.payload',
      row.id,
      Buffer.from(sealed, 'base64'),
      (value) => value as { mobile: string; code: string; contract: string },
    );
  });
}

async function codeFor(made: Made): Promise<string> {
  expect((await ask(made)).status).toBe(202);
  return (await owed(made)).at(-1)?.code ?? '';
}

const sign = (made: Made, code: string, more: object = {}, key: string = randomUUID()) =>
  world.call('POST', `/v1/contracts/${made.contractId}/sign`, {
    token,
    key,
    json: { digestSm3: made.digestSm3, code, pages: PAGES_READ, ...more },
    headers: { 'User-Agent': 'a phone' },
  });

describe('a code for signing', () => {
  it('goes to the number on the form and names the contract, once for one request', async () => {
    const made = await contractToSign();
    const key = randomUUID();
    for (let again = 0; again < 2; again += 1) expect((await ask(made, key)).status).toBe(202);
    const [message, ...more] = await owed(made);
    expect(more).toEqual([]);
    expect(message).toMatchObject({
      mobile: PAGES.identity.mobile,
      contract: `C-${made.contractId}`,
    });
    const rows = await world.db.selectFrom('signing_codes').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(message?.code ?? '-');
  });

  it('proves one act, whose intent is kept sealed and told once', async () => {
    const made = await contractToSign();
    const code = await codeFor(made);
    expect((await sign(made, code, { device: 'device-7' })).status).toBe(200);
    const { contractId, digestSm3 } = made;
    expect(world.loan.heard).toMatchObject([
      { name: 'signContract', input: { contractId, digestSm3 } },
    ]);
    const [intent, ...more] = await signingIntentsOf(world.db, made.contractId);
    expect(more).toEqual([]);
    expect(intent?.act_key).toBe(world.loan.heard[0]?.input['key']);
    const cipher = await world.deps.vault.of(world.db, made.id);
    const kept = cipher.openJson(
      'signing_intents.sealed_intent',
      intent?.act_key ?? '',
      intent?.sealed_intent ?? Buffer.alloc(0),
      (value) => value,
    );
    expect(kept).toMatchObject({ pages: PAGES_READ, device: 'device-7', userAgent: 'a phone' });
    const again = await sign(made, code);
    expect([again.status, again.body['code']]).toEqual([409, 'SIGNING_CODE_REFUSED']);
  });

  it('proves still what it proved before the answer was lost', async () => {
    const made = await contractToSign();
    const code = await codeFor(made);
    const key = randomUUID();
    world.loan.answer = () => {
      throw new Error('the connection broke');
    };
    expect((await sign(made, code, {}, key)).status).toBe(500);
    await world.db
      .updateTable('idempotency_keys')
      .set({ lease_until: new Date(0) })
      .execute();
    world.loan.answer = () => STANDING;
    expect((await sign(made, code, {}, key)).status).toBe(200);
    expect(await signingIntentsOf(world.db, made.contractId)).toHaveLength(1);
  });

  it('is refused for another contract, after five minutes, and once a newer one was sent', async () => {
    const [one, other] = [await contractToSign(), await contractToSign()];
    const code = await codeFor(one);
    await codeFor(other);
    const refused = async (made: Made, said: string) =>
      (await sign(made, said)).body['code'] === 'SIGNING_CODE_REFUSED';
    expect(await refused(other, code)).toBe(true);
    world.clock.now = new Date(START.getTime() + 5 * 60_000);
    expect(await refused(one, code)).toBe(true);
    world.clock.now = new Date(START.getTime() + 6 * 60_000);
    const newer = await codeFor(one);
    if (newer !== code) expect(await refused(one, code)).toBe(true);
    expect(world.loan.heard).toEqual([]);
    expect((await sign(one, newer)).status).toBe(200);
  });

  it('is good for five tries and no more', async () => {
    const made = await contractToSign();
    const code = await codeFor(made);
    const wrong = code === '000000' ? '000001' : '000000';
    for (let tries = 0; tries < 5; tries += 1)
      expect((await sign(made, wrong)).body['code']).toBe('SIGNING_CODE_REFUSED');
    expect((await sign(made, code)).body['code']).toBe('SIGNING_CODE_REFUSED');
    expect(world.loan.heard).toEqual([]);
  });

  it('is not sent for another digest, nor an eleventh time within the hour', async () => {
    const made = await contractToSign();
    const other = await ask({ ...made, digestSm3: sm3Hex('another') });
    expect(other.body['code']).toBe('DIGEST_DIFFERS');
    for (let sent = 0; sent < 10; sent += 1) expect((await ask(made)).status).toBe(202);
    expect((await ask(made)).status).toBe(429);
  });
});

describe('what is signed', () => {
  it('was read page by page: turned pages are refused and the code stays good', async () => {
    const made = await contractToSign();
    const code = await codeFor(made);
    const turned = await sign(made, code, { pages: [{ page: 1, dwellMs: 20 }] });
    expect([turned.status, turned.body['code']]).toEqual([409, 'PAGES_UNREAD']);
    expect((await sign(made, code)).status).toBe(200);
  });

  it('is the file as it lies there: one that changed since it was shown is signed by nobody', async () => {
    const made = await contractToSign();
    const code = await codeFor(made);
    const row = await world.db
      .selectFrom('documents')
      .innerJoin('contracts', 'contracts.document_id', 'documents.id')
      .select('object_key')
      .where('contracts.id', '=', made.contractId)
      .executeTakeFirstOrThrow();
    const changed = Buffer.from('%PDF-1.7 a contract with other terms /Type /Pages /Count 1');
    await world.deps.objects.put(
      row.object_key,
      changed,
      await world.deps.vault.of(world.db, made.id),
    );
    expect((await sign(made, code)).body['code']).toBe('DIGEST_DIFFERS');
    expect((await sign(made, code, { digestSm3: sm3Hex(changed) })).body['code']).toBe(
      'DIGEST_DIFFERS',
    );
    expect(world.loan.heard).toEqual([]);
  });
});
