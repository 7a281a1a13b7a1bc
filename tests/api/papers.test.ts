/** Offers, contracts, recordings and loans through the API. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../api/app.ts';
import { chainOf } from '../../api/recording-chain.ts';
import { sm3, sm3Hex } from '../../platform/crypto/sm3.ts';
import { PAGES } from './drafting.ts';
import { offered, paidOut, PDF, standAt, toSign, underReview } from './story.ts';
import { openWorld, STANDING, type World } from './world.ts';

let world: World;
let token: string;
let other: string;
beforeAll(async () => {
  world = await openWorld();
  token = await world.token('owner-1', ['integrator']);
  other = await world.token('owner-2', ['integrator']);
});
afterAll(async () => await world.close());
beforeEach(() => {
  world.loan.answer = () => STANDING;
  world.loan.heard.length = 0;
});

describe('offers', () => {
  it('are read by id and by application, accepted and declined by their owner alone', async () => {
    const { id, offerId } = await offered(world, token);
    const byId = await world.call('GET', `/v1/offers/${offerId}`, { token });
    expect(byId.body).toMatchObject({
      annualRate: '14.40',
      annualisedSimple: '14.40',
      state: 'OPEN',
    });
    const byApplication = await world.call('GET', `/v1/applications/${id}/offer`, { token });
    expect(byApplication.text).toBe(byId.text);
    for (const [path, answer] of [
      ['accept', 'ACCEPT'],
      ['decline', 'DECLINE'],
    ] as const) {
      const refused = await world.call('POST', `/v1/offers/${offerId}/${path}`, {
        token: other,
        json: {},
      });
      expect(refused.status).toBe(404);
      world.loan.heard.length = 0;
      await world.call('POST', `/v1/offers/${offerId}/${path}`, { token, json: {} });
      expect(world.loan.heard).toMatchObject([{ name: 'answerOffer', input: { offerId, answer } }]);
    }
  });
});

describe('contracts', () => {
  it('give their PDF byte for byte, and its digest is the one to sign', async () => {
    const { contractId, digestSm3 } = await toSign(world, token);
    const response = await world.app.fetch(
      new Request(`http://api.test/v1/contracts/${contractId}/pdf`, {
        headers: { Authorization: `Bearer ${token}` },
      }),
    );
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PDF);
    expect(response.headers.get('Content-Type')).toBe('application/pdf');
    const read = await world.call('GET', `/v1/contracts/${contractId}`, { token });
    expect(read.body).toMatchObject({ digestSm3, state: 'READY', signatures: [] });
    const reviewer = await world.token('li', ['reviewer']);
    const pdf = await world.call('GET', `/v1/contracts/${contractId}/pdf`, { token: reviewer });
    expect(pdf.body['code']).toBe('ROLE_MISSING');
  });

  it('are signed by the digest of what was shown and no other', async () => {
    const { contractId, digestSm3 } = await toSign(world, token);
    const sign = (digest: string) =>
      world.call('POST', `/v1/contracts/${contractId}/sign`, {
        token,
        json: { digestSm3: digest },
      });
    const wrong = await sign(sm3Hex('another contract'));
    expect([wrong.status, wrong.body['code']]).toEqual([409, 'DIGEST_DIFFERS']);
    expect(world.loan.heard).toEqual([]);
    expect((await sign(digestSm3)).status).toBe(200);
    expect(world.loan.heard).toMatchObject([
      { name: 'signContract', input: { contractId, digestSm3 } },
    ]);
  });
});

describe('dual recording', () => {
  const open = async () => {
    const { contractId } = await toSign(world, token);
    const path = `/v1/contracts/${contractId}/recordings`;
    const made = await world.call('POST', path, { token, json: {} });
    expect(made.status, made.text).toBe(201);
    return { recordingId: String(made.body['id']), contractId };
  };
  const chunk = (n: number) => new Uint8Array(1000).fill(n);
  const put = (
    id: string,
    n: number,
    bytes: Uint8Array<ArrayBuffer>,
    digest = sm3Hex(bytes),
    as = token,
  ) =>
    world.call('PUT', `/v1/recordings/${id}/chunks/${n}`, {
      token: as,
      body: bytes,
      headers: { 'Content-Type': 'application/octet-stream', 'X-Chunk-SM3': digest },
    });
  const complete = (id: string, chunkCount: number) =>
    world.call('POST', `/v1/recordings/${id}/complete`, { token, json: { chunkCount } });

  it('takes a chunk once however often it is sent, and never another under its number', async () => {
    const { recordingId } = await open();
    expect((await put(recordingId, 0, chunk(0))).status).toBe(200);
    expect((await put(recordingId, 0, chunk(0))).status).toBe(200);
    const differs = await put(recordingId, 0, chunk(9));
    expect([differs.status, differs.body['code']]).toEqual([409, 'CHUNK_DIFFERS']);
    const stored = [...world.objects].filter(([key]) =>
      key.startsWith(`recordings/${recordingId}/`),
    );
    expect(stored.map(([, bytes]) => bytes)).toEqual([Buffer.from(chunk(0))]);
  });

  it('lets one of two different chunks sent at once under a number win, and says so to the other', async () => {
    const { recordingId } = await open();
    let meet = (): void => undefined;
    const both = new Promise<void>((resolve) => {
      meet = resolve;
    });
    let arrived = 0;
    // Neither goes on before both have seen that the number is free.
    const app = createApp({
      ...world.deps,
      objects: {
        ...world.deps.objects,
        put: async (key, bytes, cipher) => {
          arrived += 1;
          if (arrived === 2) meet();
          await both;
          return await world.deps.objects.put(key, bytes, cipher);
        },
      },
    });
    const send = async (bytes: Uint8Array<ArrayBuffer>) => {
      const response = await app.fetch(
        new Request(`http://api.test/v1/recordings/${recordingId}/chunks/0`, {
          method: 'PUT',
          body: bytes,
          headers: {
            Authorization: `Bearer ${token}`,
            'Content-Type': 'application/octet-stream',
            'X-Chunk-SM3': sm3Hex(bytes),
          },
        }),
      );
      return { status: response.status, sm3: sm3Hex(bytes) };
    };
    const answers = await Promise.all([send(chunk(1)), send(chunk(2))]);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 409]));
    const winner = answers.find((answer) => answer.status === 200)?.sm3;
    const row = await world.db
      .selectFrom('recording_chunks')
      .select(['sm3', 'object_key'])
      .where('recording_id', '=', recordingId)
      .executeTakeFirstOrThrow();
    expect(row.sm3).toBe(winner);
    expect(sm3Hex(world.objects.get(row.object_key) ?? Buffer.alloc(0))).toBe(winner);
  });

  it('refuses bytes that are not what their header says, too many of them, and a stranger', async () => {
    const { recordingId } = await open();
    const lie = await put(recordingId, 0, chunk(0), sm3Hex('other'));
    expect([lie.status, lie.body['code']]).toEqual([400, 'CHUNK_DIGEST_DIFFERS']);
    const large = await put(recordingId, 0, new Uint8Array(1024 * 1024 + 1));
    expect(large.status).toBe(413);
    expect((await put(recordingId, 0, chunk(0), sm3Hex(chunk(0)), other)).status).toBe(404);
    expect((await put(recordingId, 10_000, chunk(0))).status).toBe(404);
  });

  it('closes when every chunk is there, with the chain over their digests, and takes nothing after', async () => {
    const { recordingId, contractId } = await open();
    await put(recordingId, 0, chunk(0));
    await put(recordingId, 2, chunk(2));
    const gap = await complete(recordingId, 3);
    expect([gap.status, gap.body['code']]).toEqual([409, 'RECORDING_INCOMPLETE']);
    await put(recordingId, 1, chunk(1));
    const fewer = await complete(recordingId, 2);
    expect(fewer.body['code']).toBe('RECORDING_INCOMPLETE');
    const closed = await complete(recordingId, 3);
    const link = (hash: Buffer, n: number) => sm3(Buffer.concat([hash, sm3(chunk(n))]));
    const expected = link(link(link(Buffer.alloc(32), 0), 1), 2).toString('hex');
    expect(closed.body).toMatchObject({ state: 'COMPLETE', chunkCount: 3, chainSm3: expected });
    const late = await put(recordingId, 3, chunk(3));
    expect([late.status, late.body['code']]).toEqual([409, 'RECORDING_CLOSED']);
    expect((await complete(recordingId, 3)).status).toBe(200);
    const contract = await world.call('GET', `/v1/contracts/${contractId}`, { token });
    expect(contract.body['recordingComplete']).toBe(true);
  });

  it('closes one session per contract', async () => {
    const { recordingId, contractId } = await open();
    const second = await world.call('POST', `/v1/contracts/${contractId}/recordings`, {
      token,
      json: {},
    });
    for (const id of [recordingId, String(second.body['id'])]) await put(id, 0, chunk(0));
    expect((await complete(recordingId, 1)).status).toBe(200);
    const refused = await complete(String(second.body['id']), 1);
    expect([refused.status, refused.body['code']]).toEqual([409, 'RECORDING_CLOSED']);
  });

  it('chains in order: two chunks exchanged make another chain', () => {
    const [a, b] = [sm3Hex('a'), sm3Hex('b')];
    expect(chainOf([a, b])).not.toBe(chainOf([b, a]));
  });
});

describe('loans', () => {
  it('show schedule and balances that add up to what is not yet paid', async () => {
    const { loanId, number } = await paidOut(world, token);
    const read = await world.call('GET', `/v1/loans/${loanId}`, { token });
    expect(read.body).toMatchObject({
      number,
      disbursedOn: '2026-11-24',
      balances: { principalFen: 800_00, interestFen: 10_00, feeFen: 0, totalFen: 810_00 },
      instalments: [{ number: 1, dueDate: '2027-01-24' }, { number: 2 }],
    });
    const list = await world.call('GET', '/v1/loans', { token });
    expect(list.body['items']).toMatchObject([{ id: loanId }]);
    expect((await world.call('GET', '/v1/loans', { token: other })).body['items']).toEqual([]);
    expect((await world.call('GET', `/v1/loans/${loanId}`, { token: other })).status).toBe(404);
  });
});

describe('supplements', () => {
  it('travel sealed with pages that passed the form’s rules, and are written by nobody here', async () => {
    const { id, taskId } = await underReview(world, token);
    const requestId = randomUUID();
    await world.db
      .insertInto('information_requests')
      .values({
        id: requestId,
        application_id: id,
        task_id: taskId,
        sealed_items: world.cipher.sealJson('information_requests.sealed_items', requestId, [
          { code: 'PAYSLIP', text: '流水' },
        ]),
        requested_by: 'li',
        state: 'OPEN',
      })
      .execute();
    const shown = await world.call('GET', `/v1/applications/${id}`, { token });
    expect(shown.body['informationRequest']).toMatchObject({ id: requestId });
    const before = await world.db.selectFrom('application_pages').selectAll().execute();
    const path = `/v1/applications/${id}/information`;
    const work = { ...PAGES.work, monthlyIncomeFen: 16_000_00 };
    const answers = [{ code: 'PAYSLIP', text: '已补充' }];
    const supply = (json: unknown) => world.call('POST', path, { token, json });
    expect((await supply({ requestId, answers, pages: { work } })).status).toBe(200);
    const input = world.loan.heard[0]?.input ?? {};
    const sealed = Buffer.from(String(input['sealedAnswer']), 'base64');
    const column = 'information_requests.sealed_answer';
    const cipher = await world.deps.vault.of(world.db, id);
    const opened = cipher.openJson(column, requestId, sealed, (value) => value);
    expect(opened).toEqual({ answers, pages: { work } });
    expect(await world.db.selectFrom('application_pages').selectAll().execute()).toEqual(before);
    const wrong = await supply({
      requestId,
      pages: { identity: { ...PAGES.identity, idNumber: '110105194912310021' } },
    });
    expect(wrong.status).toBe(422);
    const { id: elsewhere } = await offered(world, token);
    await standAt(world, elsewhere, 'REVIEW');
    const foreign = await world.call('POST', `/v1/applications/${elsewhere}/information`, {
      token,
      json: { requestId },
    });
    expect(foreign.status).toBe(404);
  });
});
