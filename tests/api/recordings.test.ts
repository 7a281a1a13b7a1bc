/** Dual recordings through the API: chunks in any order and once each, sessions with staff, and the look of another person. */
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../api/app.ts';
import { publishRulebook } from '../../db/queries/rulebooks.ts';
import { fen } from '../../domain/money.ts';
import { RECORDING_LIMITS } from '../../domain/recording.ts';
import { RECORDING_SCRIPT_V1 } from '../../domain/recording-script-v1.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { buildOffer } from '../../tools/golden-sql/samples/offer.ts';
import { toSign } from './story.ts';
import { openWorld, STANDING, type World } from './world.ts';

let world: World;
let token: string;
let other: string;
beforeAll(async () => {
  world = await openWorld();
  token = await world.token('owner-1', ['integrator']);
  other = await world.token('owner-2', ['integrator']);
  await publishRulebook(world.db, {
    kind: 'RECORDING_SCRIPT',
    code: RECORDING_SCRIPT_V1.id,
    version: 1,
    document: RECORDING_SCRIPT_V1,
    documentSm3: sm3Hex('script'),
    effectiveFrom: new Date('2026-01-01T00:00:00Z'),
  });
});
afterAll(async () => await world.close());
beforeEach(() => {
  world.loan.answer = () => STANDING;
  world.loan.heard.length = 0;
});

/** A contract to sign over an amount, with a whole offer under it. */
async function contractOf(amountFen: number) {
  const made = await toSign(world, token);
  await world.db
    .updateTable('offers')
    .set({ schedule: JSON.stringify(buildOffer()), amount_fen: fen(amountFen) })
    .where('application_id', '=', made.id)
    .execute();
  return made;
}

async function open(amountFen = 60_000_00, json: object = {}) {
  const { id, contractId } = await contractOf(amountFen);
  const path = `/v1/contracts/${contractId}/recordings`;
  const made = await world.call('POST', path, { token, json });
  expect(made.status, made.text).toBe(201);
  return { recordingId: String(made.body['id']), contractId, applicationId: id, made };
}

const chunk = (n: number) => new Uint8Array(1000).fill(n);

function put(
  id: string,
  n: number,
  bytes: Uint8Array<ArrayBuffer>,
  more: { digest?: string; as?: string; times?: readonly [number, number] } = {},
) {
  const { digest = sm3Hex(bytes), as = token, times } = more;
  return world.call('PUT', `/v1/recordings/${id}/chunks/${n}`, {
    token: as,
    body: bytes,
    headers: {
      'Content-Type': 'application/octet-stream',
      'X-Chunk-SM3': digest,
      ...(times === undefined
        ? {}
        : { 'X-Chunk-From-Ms': String(times[0]), 'X-Chunk-To-Ms': String(times[1]) }),
    },
  });
}
const complete = (id: string, chunkCount: number, more: object = {}) =>
  world.call('POST', `/v1/recordings/${id}/complete`, { token, json: { chunkCount, ...more } });
const interrupt = (id: string, firstChunk: number) =>
  world.call('POST', `/v1/recordings/${id}/segments`, {
    token,
    json: { firstChunk, reason: 'CONNECTION_LOST' },
  });

/** The chain as the rule has it, written out once more with OpenSSL's own SM3. */
function chainOf(chunks: readonly { bytes: Uint8Array; meta: string }[]): string {
  return chunks
    .reduce<Buffer>(
      (before, { bytes, meta }) =>
        createHash('sm3')
          .update(before)
          .update(createHash('sm3').update(bytes).digest())
          .update(meta)
          .digest(),
      Buffer.alloc(32),
    )
    .toString('hex');
}
const metaOf = (
  number: number,
  from: number | null = null,
  to: number | null = null,
  segment = 0,
) => `{"fromMs":${from},"number":${number},"segment":${segment},"sizeBytes":1000,"toMs":${to}}`;

describe('chunks', () => {
  it('are taken once however often they are sent, and never another under their number', async () => {
    const { recordingId } = await open();
    const first = await put(recordingId, 0, chunk(0));
    expect(first.status, first.text).toBe(200);
    expect((await put(recordingId, 0, chunk(0))).text).toBe(first.text);
    const differs = await put(recordingId, 0, chunk(9));
    expect([differs.status, differs.body['code']]).toEqual([409, 'CHUNK_DIFFERS']);
    expect(differs.text).toContain(sm3Hex(chunk(0)));
    expect(differs.text).toContain(sm3Hex(chunk(9)));
    const stored = [...world.objects].filter(([key]) =>
      key.startsWith(`recordings/${recordingId}/`),
    );
    expect(stored.map(([, bytes]) => bytes)).toEqual([Buffer.from(chunk(0))]);
  });

  it('of one number sent at once have one winner, and the other is told so', async () => {
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
        putStream: async (key, bytes, cipher) => {
          arrived += 1;
          if (arrived === 2) meet();
          await both;
          return await world.deps.objects.putStream(key, bytes, cipher);
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
    const row = await world.db
      .selectFrom('recording_chunks')
      .select(['sm3', 'object_key'])
      .where('recording_id', '=', recordingId)
      .executeTakeFirstOrThrow();
    expect(row.sm3).toBe(answers.find((answer) => answer.status === 200)?.sm3);
    expect(sm3Hex(world.objects.get(row.object_key) ?? Buffer.alloc(0))).toBe(row.sm3);
  });

  it('that are not what their header says, too many bytes, or a stranger’s are refused and not kept', async () => {
    const { recordingId } = await open();
    const lie = await put(recordingId, 0, chunk(0), { digest: sm3Hex('other') });
    expect([lie.status, lie.body['code']]).toEqual([400, 'CHUNK_DIGEST_DIFFERS']);
    const none = await put(recordingId, 0, chunk(0), { digest: 'zz' });
    expect(none.body['code']).toBe('CHUNK_DIGEST_DIFFERS');
    const large = await put(recordingId, 0, new Uint8Array(RECORDING_LIMITS.chunkBytes + 1));
    expect(large.status).toBe(413);
    expect((await put(recordingId, 0, chunk(0), { as: other })).status).toBe(404);
    expect((await put(recordingId, 10_000, chunk(0))).status).toBe(404);
    const backwards = await put(recordingId, 0, chunk(0), { times: [5, 5] });
    expect(backwards.body['code']).toBe('CHUNK_TIMES_INVALID');
    expect([...world.objects.keys()].filter((key) => key.includes(recordingId))).toEqual([]);
  });

  it('beyond what a session may hold are refused', async () => {
    const { recordingId } = await open();
    await world.db
      .updateTable('recordings')
      .set({ size_bytes: RECORDING_LIMITS.sessionBytes - 10 })
      .where('id', '=', recordingId)
      .execute();
    const refused = await put(recordingId, 0, chunk(0));
    expect([refused.status, refused.body['code']]).toEqual([413, 'RECORDING_TOO_LARGE']);
  });

  it('whose writer died between the bytes and the row are taken when they are sent again', async () => {
    const { recordingId } = await open();
    const app = createApp({
      ...world.deps,
      objects: {
        ...world.deps.objects,
        putStream: async (key, bytes, cipher) => {
          await world.deps.objects.putStream(key, bytes, cipher);
          throw new Error('killed');
        },
      },
    });
    const dying = await app.fetch(
      new Request(`http://api.test/v1/recordings/${recordingId}/chunks/0`, {
        method: 'PUT',
        body: chunk(0),
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/octet-stream',
          'X-Chunk-SM3': sm3Hex(chunk(0)),
        },
      }),
    );
    expect(dying.status).toBe(500);
    const before = await world.call('GET', `/v1/recordings/${recordingId}`, { token });
    expect(before.body['received']).toBe(0);
    expect((await put(recordingId, 0, chunk(0))).status).toBe(200);
    const keys = [...world.objects.keys()].filter((key) => key.includes(recordingId));
    expect(keys).toHaveLength(1);
  });

  it('make the same chain in whatever order, however often and after whatever losses they come', async () => {
    const count = 6;
    const expected = chainOf(
      Array.from({ length: count }, (_, n) => ({
        bytes: chunk(n),
        meta: metaOf(n, n * 100, n * 100 + 100),
      })),
    );
    // Any sends, some of them lost on the way; then what is said to be missing is sent.
    const sends = fc.array(
      fc.record({ n: fc.integer({ min: 0, max: count - 1 }), lost: fc.boolean() }),
      { maxLength: 15 },
    );
    await fc.assert(
      fc.asyncProperty(sends, async (sent) => {
        const { recordingId } = await open();
        const send = (n: number) =>
          put(recordingId, n, chunk(n), { times: [n * 100, n * 100 + 100] });
        for (const { n, lost } of [...sent, { n: count - 1, lost: false }])
          if (!lost) expect((await send(n)).status).toBe(200);
        const { body } = await world.call('GET', `/v1/recordings/${recordingId}`, { token });
        for (const { from, to } of body['missing'] as { from: number; to: number }[])
          for (let n = from; n <= to; n += 1) expect((await send(n)).status).toBe(200);
        const closed = await complete(recordingId, count);
        expect(closed.body).toMatchObject({ state: 'COMPLETE', chainSm3: expected });
      }),
      { numRuns: 12 },
    );
  });
});

describe('a session', () => {
  it('closes when every chunk is there, says so to its workflow, and takes nothing after', async () => {
    const { recordingId, contractId } = await open();
    expect(world.loan.heard).toMatchObject([{ to: 'recording', name: 'begin' }]);
    await put(recordingId, 0, chunk(0));
    await put(recordingId, 2, chunk(2));
    const gap = await complete(recordingId, 3);
    expect([gap.status, gap.body['code']]).toEqual([409, 'RECORDING_INCOMPLETE']);
    const resumed = await world.call('GET', `/v1/recordings/${recordingId}`, { token });
    expect(resumed.body['missing']).toEqual([{ from: 1, to: 1 }]);
    await put(recordingId, 1, chunk(1));
    expect((await complete(recordingId, 2)).body['code']).toBe('RECORDING_INCOMPLETE');
    const closed = await complete(recordingId, 3);
    const expected = chainOf([0, 1, 2].map((n) => ({ bytes: chunk(n), meta: metaOf(n) })));
    expect(closed.body).toMatchObject({ state: 'COMPLETE', chunkCount: 3, chainSm3: expected });
    const late = await put(recordingId, 3, chunk(3));
    expect([late.status, late.body['code']]).toEqual([409, 'RECORDING_CLOSED']);
    expect((await put(recordingId, 1, chunk(1))).status).toBe(200);
    expect((await complete(recordingId, 3)).status).toBe(200);
    const contract = await world.call('GET', `/v1/contracts/${contractId}`, { token });
    expect(contract.body['recordingComplete']).toBe(true);
    expect((await interrupt(recordingId, 9)).body['code']).toBe('RECORDING_CLOSED');
  });

  it('closes once per contract', async () => {
    const { recordingId, contractId } = await open();
    const path = `/v1/contracts/${contractId}/recordings`;
    const second = await world.call('POST', path, { token, json: {} });
    for (const id of [recordingId, String(second.body['id'])]) await put(id, 0, chunk(0));
    expect((await complete(recordingId, 1)).status).toBe(200);
    const refused = await complete(String(second.body['id']), 1);
    expect([refused.status, refused.body['code']]).toEqual([409, 'RECORDING_CLOSED']);
  });

  it('goes on in a new segment after an interruption, announced before its chunks and never after', async () => {
    const { recordingId } = await open();
    await put(recordingId, 0, chunk(0));
    expect((await interrupt(recordingId, 2)).status).toBe(200);
    expect((await interrupt(recordingId, 2)).status).toBe(200);
    const late = await put(recordingId, 1, chunk(1));
    expect(late.body['segment']).toBe(0);
    expect((await put(recordingId, 2, chunk(2))).body['segment']).toBe(1);
    const refused = await interrupt(recordingId, 1);
    expect([refused.status, refused.body['code']]).toEqual([409, 'SEGMENT_TOO_LATE']);
    const closed = await complete(recordingId, 3);
    const chunks = [0, 1, 2].map((n) => ({
      bytes: chunk(n),
      meta: metaOf(n, null, null, n < 2 ? 0 : 1),
    }));
    expect(closed.body['chainSm3']).toBe(chainOf(chunks));
    expect(closed.body['segments']).toMatchObject([
      { number: 0, reason: null },
      { number: 1, reason: 'CONNECTION_LOST' },
    ]);
  });

  it('says what is to be read out, with the loan’s own numbers in words and nothing left open', async () => {
    const { made } = await open();
    const script = JSON.stringify(made.body['script']);
    expect(script).not.toContain('{{');
    expect(script).toContain('百分之十二');
    expect(script).toContain('伍万元整');
    expect(script).toContain('12378');
  });

  it('that was closed cannot be changed, opened again or deleted by anybody', async () => {
    const { recordingId } = await open();
    await put(recordingId, 0, chunk(0));
    await complete(recordingId, 1);
    const row = () => world.db.updateTable('recordings').where('id', '=', recordingId);
    const code = { code: '23001' };
    await expect(row().set({ state: 'OPEN' }).execute()).rejects.toMatchObject(code);
    await expect(row().set({ chain_sm3: 'x' }).execute()).rejects.toMatchObject(code);
    const gone = world.db.deleteFrom('recordings').where('id', '=', recordingId).execute();
    await expect(gone).rejects.toMatchObject(code);
    await expect(row().set({ emptied_at: new Date() }).execute()).rejects.toMatchObject({
      constraint: 'recordings_retained',
    });
    const chunks = world.db.deleteFrom('recording_chunks').where('recording_id', '=', recordingId);
    await expect(chunks.execute()).rejects.toThrow();
  });
});

describe('a session with staff', () => {
  const ABOVE = 250_000_00;
  const attend = (id: string, as: string) =>
    world.call('POST', `/v1/recordings/${id}/attend`, {
      token: as,
      json: { nameShown: '测试员工', licenceNumber: 'LIC-0001' },
    });
  const review = (id: string, as: string, json: object = { verdict: 'PASS' }) =>
    world.call('POST', `/v1/recordings/${id}/review`, { token: as, json });

  /** As the worker leaves a session that it looked at and sealed. */
  async function seal(id: string): Promise<void> {
    await world.db
      .updateTable('recordings')
      .set({
        qc: JSON.stringify({ media: 'MEASURED', findings: [] }),
        manifest: '{}',
        manifest_sm3: sm3Hex('{}'),
        manifest_signature: Buffer.from('s'),
        manifest_public_key: '04',
        manifest_token: Buffer.from('t'),
        manifest_stamped_at: new Date(),
      })
      .where('id', '=', id)
      .execute();
  }

  async function recorded() {
    const opened = await open(ABOVE, { consent: true });
    await attend(opened.recordingId, await world.token('wang', ['operations']));
    await put(opened.recordingId, 0, chunk(0), { times: [0, 1000] });
    await complete(opened.recordingId, 1);
    return opened;
  }

  it('is what a loan above the policy’s amount needs: with consent, and with somebody there', async () => {
    const { contractId } = await contractOf(ABOVE);
    const path = `/v1/contracts/${contractId}/recordings`;
    const refused = await world.call('POST', path, { token, json: {} });
    expect([refused.status, refused.body['code']]).toEqual([422, 'RECORDING_CONSENT_MISSING']);
    const made = await world.call('POST', path, { token, json: { consent: true } });
    expect(made.body).toMatchObject({ kind: 'ATTENDED', attended: false });
    const id = String(made.body['id']);
    await put(id, 0, chunk(0));
    expect((await complete(id, 1)).body['code']).toBe('RECORDING_UNATTENDED');
    const operations = await world.token('wang', ['operations']);
    const attended = await attend(id, operations);
    expect(attended.body, attended.text).toMatchObject({ attended: true });
    const second = await attend(id, await world.token('zhao', ['operations']));
    expect(second.body['code']).toBe('ALREADY_CLAIMED');
    expect((await complete(id, 1)).status).toBe(200);
  });

  it('is looked at after it was sealed, by another person than sat in it, once', async () => {
    const { recordingId } = await recorded();
    const reviewer = await world.token('li', ['reviewer']);
    expect((await review(recordingId, reviewer)).body['code']).toBe('RECORDING_NOT_READY');
    await seal(recordingId);
    const listed = await world.call('GET', '/v1/recordings', { token: reviewer });
    expect(listed.text).toContain(recordingId);
    const own = await review(recordingId, await world.token('wang', ['reviewer']));
    expect([own.status, own.body['code']]).toEqual([403, 'RECORDING_OWN_SESSION']);
    const passed = await review(recordingId, reviewer);
    expect(passed.body, passed.text).toMatchObject({
      state: 'PASSED',
      review: { verdict: 'PASS' },
    });
    expect(world.loan.heard.at(-1)).toMatchObject({ to: 'recording', name: 'moved' });
    const again = await review(recordingId, await world.token('sun', ['reviewer']));
    expect(again.body['code']).toBe('ALREADY_DECIDED');
  });

  it('that was sent back makes room for another, and is kept all the same', async () => {
    const { recordingId, contractId } = await recorded();
    await seal(recordingId);
    const said = { verdict: 'RERECORD', reasons: ['PICTURE_OR_SOUND'] };
    const reviewer = await world.token('li', ['reviewer']);
    const unreasoned = await review(recordingId, reviewer, { verdict: 'RERECORD', reasons: [] });
    expect(unreasoned.status).toBe(422);
    expect((await review(recordingId, reviewer, said)).body['state']).toBe('REJECTED');
    const path = `/v1/contracts/${contractId}/recordings`;
    const next = await world.call('POST', path, { token, json: { consent: true } });
    expect(next.status).toBe(201);
    expect(next.body['id']).not.toBe(recordingId);
    const played = await world.call('GET', `/v1/recordings/${recordingId}/media`, {
      token: reviewer,
    });
    expect(played.status).toBe(200);
  });

  it('plays byte for byte to those who look, and every playing is on the trail', async () => {
    const { recordingId, applicationId } = await recorded();
    const play = (as: string, query = '') =>
      world.call('GET', `/v1/recordings/${recordingId}/media${query}`, { token: as });
    const reviewer = await world.token('li', ['reviewer']);
    const response = await world.app.fetch(
      new Request(`http://api.test/v1/recordings/${recordingId}/media`, {
        headers: { Authorization: `Bearer ${reviewer}` },
      }),
    );
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(chunk(0)));
    expect((await play(reviewer, '?segment=7')).status).toBe(404);
    expect((await play(token)).body['code']).toBe('ROLE_MISSING');
    const entries = await world.db
      .selectFrom('audit_entries')
      .select(['actor', 'action'])
      .where('subject_id', '=', applicationId)
      .where('action', '=', 'recording.play')
      .execute();
    expect(entries).toEqual([{ actor: 'li', action: 'recording.play' }]);
  });

  it('is refused by the database, too, a look by who sat in it', async () => {
    const { recordingId } = await recorded();
    const entering = world.db
      .insertInto('recording_reviews')
      .values({
        recording_id: recordingId,
        verdict: 'PASS',
        reasons: '[]',
        attended_by: 'wang',
        opened_by: 'owner-1',
        reviewed_by: 'wang',
        reviewed_role: 'reviewer',
        reviewed_at: new Date(),
      })
      .execute();
    await expect(entering).rejects.toMatchObject({
      constraint: 'recording_reviews_two_people',
    });
  });
});
