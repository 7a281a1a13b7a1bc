/** A repeated message is one message: keys of callers, nonces of envelopes, notices of the bank. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../db/database.ts';
import {
  type Act,
  beginAct,
  finishAct,
  nonceSeen,
  recordNotice,
  releaseAct,
  settleNotice,
} from '../../db/queries/idempotency.ts';
import { readBankNotice } from '../../db/queries/service.ts';
import { openTestDatabase, type TestDatabase } from '../ports/postgres.ts';
import { newCipher } from './rows.ts';

let opened: TestDatabase;
let db: Db;
const cipher = newCipher();

beforeAll(async () => {
  opened = await openTestDatabase();
  db = opened.db;
});
afterAll(() => opened.close());

const answer = z.object({
  status: z.number(),
  contentType: z.string(),
  language: z.string().nullable(),
  body: z.string(),
});
const ANSWER = { status: 201, contentType: 'application/json', language: 'zh-CN', body: '{"a":1}' };
const newAct = (): Act => ({ actor: 'app', key: randomUUID(), requestSm3: 'a'.repeat(64) });
const begin = (act: Act, leaseSeconds = 60) =>
  beginAct(db, cipher, act, leaseSeconds, (value) => answer.parse(value));

async function started(act: Act, leaseSeconds = 60): Promise<Date> {
  const begun = await begin(act, leaseSeconds);
  if (begun.state !== 'STARTED') throw new Error(`the act is ${begun.state}`);
  return begun.leaseUntil;
}

/** Lets the lease of a key run out as if its time had passed. */
async function expire(act: Act): Promise<Date> {
  const { rows } = await sql<{ lease_until: Date }>`
    update idempotency_keys set lease_until = date_trunc('milliseconds', now() - interval '1 second')
     where actor = ${act.actor} and key = ${act.key} returning lease_until`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('no such key');
  return row.lease_until;
}

describe('the key of an act', () => {
  it('starts once, says that it runs, then replays the stored answer', async () => {
    const act = newAct();
    const lease = await started(act);
    expect(await begin(act)).toEqual({ state: 'RUNNING' });
    await finishAct(db, cipher, act, lease, ANSWER);
    expect(await begin(act)).toEqual({ state: 'REPLAY', answer: ANSWER });
  });

  it('keeps the answer sealed', async () => {
    const act = newAct();
    await finishAct(db, cipher, act, await started(act), { ...ANSWER, body: 'a name in clear' });
    const row = await db
      .selectFrom('idempotency_keys')
      .select('sealed_response')
      .where('key', '=', act.key)
      .executeTakeFirstOrThrow();
    expect(row.sealed_response?.includes('a name in clear')).toBe(false);
  });

  it('tells another body under the same key, running or done, and leaves the first alone', async () => {
    const act = newAct();
    const other = { ...act, requestSm3: 'b'.repeat(64) };
    const lease = await started(act);
    expect(await begin(other)).toEqual({ state: 'MISMATCH' });
    await finishAct(db, cipher, act, lease, ANSWER);
    expect(await begin(other)).toEqual({ state: 'MISMATCH' });
    expect(await begin(act)).toMatchObject({ state: 'REPLAY' });
  });

  it('belongs to its caller: two callers may use the same key', async () => {
    const act = newAct();
    await started(act);
    expect(await begin({ ...act, actor: 'another app' })).toMatchObject({ state: 'STARTED' });
  });

  it('starts one of many requests of the same moment', async () => {
    const act = newAct();
    const begun = await Promise.all(Array.from({ length: 8 }, () => begin(act)));
    expect(begun.map((one) => one.state).sort()).toEqual([
      ...Array.from({ length: 7 }, () => 'RUNNING'),
      'STARTED',
    ]);
  });

  it('is taken over once the lease of a process that died has run out, and not by another body', async () => {
    const act = newAct();
    await started(act);
    await expire(act);
    expect(await begin({ ...act, requestSm3: 'b'.repeat(64) })).toEqual({ state: 'MISMATCH' });
    const begun = await Promise.all([begin(act), begin(act)]);
    expect(begun.map((one) => one.state).sort()).toEqual(['RUNNING', 'STARTED']);
  });

  it('is neither answered nor given back by the process that lost it', async () => {
    const act = newAct();
    await started(act);
    const lost = await expire(act);
    const lease = await started(act);
    await finishAct(db, cipher, act, lost, { ...ANSWER, body: 'too late' });
    await releaseAct(db, act, lost);
    expect(await begin(act)).toEqual({ state: 'RUNNING' });
    await finishAct(db, cipher, act, lease, ANSWER);
    expect(await begin(act)).toEqual({ state: 'REPLAY', answer: ANSWER });
  });

  it('can be used again after a failure of ours gave it back', async () => {
    const act = newAct();
    await releaseAct(db, act, await started(act));
    expect(await begin(act)).toMatchObject({ state: 'STARTED' });
  });
});

describe('a nonce', () => {
  it('is new once for each caller, also when it comes many times at once', async () => {
    const nonce = randomUUID();
    const seen = await Promise.all(Array.from({ length: 6 }, () => nonceSeen(db, 'bank', nonce)));
    expect(seen.filter((one) => !one)).toHaveLength(1);
    expect(await nonceSeen(db, 'ca', nonce)).toBe(false);
    expect(await nonceSeen(db, 'bank', nonce)).toBe(true);
  });
});

describe('a notice of the bank', () => {
  it('is kept as it first came, sealed, and says where it went', async () => {
    const noticeId = randomUUID();
    const notice = { noticeId, kind: 'repayment', workflowId: null, body: { amountFen: 1 } };
    await recordNotice(db, cipher, notice);
    await recordNotice(db, cipher, { ...notice, body: { amountFen: 999 } });
    const sealed = await readBankNotice(db, noticeId);
    if (sealed === undefined) throw new Error('the notice is not there');
    expect(cipher.openJson('bank_notices.sealed_body', noticeId, sealed, (value) => value)).toEqual(
      { amountFen: 1 },
    );
    await settleNotice(db, noticeId, { state: 'FORWARDED', workflowId: 'servicing/x' });
    const row = await db
      .selectFrom('bank_notices')
      .select(['state', 'workflow_id'])
      .where('notice_id', '=', noticeId)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ state: 'FORWARDED', workflow_id: 'servicing/x' });
  });
});
