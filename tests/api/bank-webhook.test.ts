/** The bank's notices: believed only when signed, fresh and unrepeated; kept first, told to the right loan, never lost. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiProblem } from '../../api/problem-response.ts';
import { signRequest } from '../../platform/crypto/envelope.ts';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import { paidOut, toPay } from './story.ts';
import { openWorld, STANDING, type World } from './world.ts';

let world: World;
let owner: string;
beforeAll(async () => {
  world = await openWorld();
  owner = await world.token('owner-1', ['integrator']);
});
afterAll(async () => await world.close());
beforeEach(() => {
  world.loan.answer = () => STANDING;
  world.loan.alive = true;
  world.loan.heard.length = 0;
});

const PATH = '/v1/webhooks/bank';

interface Signing {
  readonly privateKey?: string;
  readonly keyId?: string;
  readonly timestampMs?: number;
  readonly nonce?: string;
  readonly path?: string;
}

function signed(body: string, signing: Signing = {}): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    ...signRequest({
      method: 'POST',
      path: signing.path ?? PATH,
      body: Buffer.from(body),
      appId: 'bank',
      keyId: signing.keyId ?? world.bank.keyId,
      privateKey: signing.privateKey ?? world.bank.privateKey,
      timestampMs: signing.timestampMs ?? world.clock.now.getTime(),
      nonce: signing.nonce ?? randomUUID(),
    }),
  };
}

const send = (notice: object, signing?: Signing) => {
  const body = JSON.stringify(notice);
  return world.call('POST', PATH, { key: null, body, headers: signed(body, signing) });
};

const settled = (requestNo: string, over: object = {}) => ({
  noticeId: randomUUID(),
  kind: 'TRANSFER_SETTLED',
  requestNo,
  status: 'PAID',
  amountFen: 50_000_00,
  bankReference: `B${randomUUID()}`,
  occurredAt: '2026-11-24T12:00:00+08:00',
  ...over,
});

const stateOf = (noticeId: string) =>
  world.db
    .selectFrom('bank_notices')
    .select(['state', 'workflow_id', 'sealed_body'])
    .where('notice_id', '=', noticeId)
    .executeTakeFirst();

describe('a notice', () => {
  it('of a transfer reaches the loan whose payout bears the request number', async () => {
    const { id, requestNo } = await toPay(world, owner);
    const notice = settled(requestNo);
    const answer = await send(notice);
    expect([answer.status, answer.body['outcome']]).toEqual([200, 'FORWARDED']);
    expect(world.loan.heard).toEqual([
      { to: `loan/${id}`, name: 'payoutNotice', input: { noticeId: notice.noticeId, requestNo } },
    ]);
    expect(await stateOf(notice.noticeId)).toMatchObject({
      state: 'FORWARDED',
      workflow_id: `loan/${id}`,
    });
  });

  it('of a repayment reaches the servicing of the loan it names', async () => {
    const { loanId, number } = await paidOut(world, owner);
    const notice = { ...settled('x'), kind: 'REPAYMENT', loanReference: number };
    await send(notice);
    expect(world.loan.heard).toEqual([
      { to: `servicing/${loanId}`, name: 'repaymentNotice', input: { noticeId: notice.noticeId } },
    ]);
  });

  it('is kept sealed, in the form activities open', async () => {
    const { requestNo } = await toPay(world, owner);
    const notice = settled(requestNo);
    await send(notice);
    const sealed = (await stateOf(notice.noticeId))?.sealed_body ?? Buffer.alloc(0);
    expect(sealed.toString('latin1')).not.toContain(notice.bankReference);
    const column = 'bank_notices.sealed_body';
    const cipher = await world.deps.vault.ofHouse(world.db);
    expect(cipher.openJson(column, notice.noticeId, sealed, (v) => v)).toEqual(notice);
  });

  it('that nothing of ours waits for is kept as unmatched with an audit entry, and answered', async () => {
    for (const notice of [settled('P-unknown'), { ...settled('x'), kind: 'REPAYMENT' }]) {
      const answer = await send(notice);
      expect([answer.status, answer.body['outcome']]).toEqual([200, 'UNMATCHED']);
      expect(await stateOf(notice.noticeId)).toMatchObject({ state: 'UNMATCHED' });
      const audit = await world.db
        .selectFrom('audit_entries')
        .select('action')
        .where('subject_id', '=', notice.noticeId)
        .execute();
      expect(audit).toEqual([{ action: 'webhook.unmatched' }]);
    }
  });

  it('for a loan whose workflow is over is unmatched, not lost', async () => {
    const { requestNo } = await toPay(world, owner);
    world.loan.alive = false;
    const notice = settled(requestNo);
    expect((await send(notice)).body['outcome']).toBe('UNMATCHED');
    expect(await stateOf(notice.noticeId)).toMatchObject({ state: 'UNMATCHED' });
  });

  it('asks the bank to come again while Temporal is away, keeps the notice, and goes through then', async () => {
    const { requestNo } = await toPay(world, owner);
    const notice = settled(requestNo);
    world.loan.answer = () => {
      throw new ApiProblem('UNAVAILABLE', { retryAfterSeconds: 5 });
    };
    const first = await send(notice);
    expect([first.status, first.headers.get('Retry-After')]).toEqual([503, '5']);
    expect(await stateOf(notice.noticeId)).toMatchObject({ state: 'RECEIVED' });
    world.loan.answer = () => STANDING;
    expect((await send(notice)).status).toBe(200);
    expect(await stateOf(notice.noticeId)).toMatchObject({ state: 'FORWARDED' });
  });

  it('sent twice under two envelopes is answered alike and kept once as first sent', async () => {
    const { requestNo } = await toPay(world, owner);
    const notice = settled(requestNo);
    const first = await send(notice);
    const again = await send({ ...notice, amountFen: 1 });
    expect(again.text).toBe(first.text);
    const sealed = (await stateOf(notice.noticeId))?.sealed_body ?? Buffer.alloc(0);
    const cipher = await world.deps.vault.ofHouse(world.db);
    expect(cipher.openJson('bank_notices.sealed_body', notice.noticeId, sealed, (v) => v)).toEqual(
      notice,
    );
  });
});

describe('an envelope', () => {
  const refused = async (headers: Record<string, string>, body: string) => {
    const answer = await world.call('POST', PATH, { key: null, body, headers });
    expect(world.loan.heard).toEqual([]);
    return [answer.status, answer.body['code']];
  };

  it('is needed, whole', async () => {
    const body = JSON.stringify(settled('P1'));
    const plain = { 'Content-Type': 'application/json' };
    expect(await refused(plain, body)).toEqual([401, 'SIGNATURE_REFUSED']);
    const { 'X-Nonce': _nonce, ...part } = signed(body);
    expect(await refused(part, body)).toEqual([401, 'SIGNATURE_REFUSED']);
  });

  it('is refused under another key, an unknown key id, for another path and for another body', async () => {
    const body = JSON.stringify(settled('P1'));
    const { privateKey } = generateSm2KeyPair();
    const bad = [
      signed(body, { privateKey }),
      signed(body, { keyId: 'bank-9' }),
      signed(body, { path: '/v1/webhooks/other' }),
      signed(JSON.stringify(settled('P2'))),
    ];
    for (const headers of bad) {
      expect(await refused(headers, body)).toEqual([401, 'SIGNATURE_REFUSED']);
    }
  });

  it('is refused five minutes off the clock, either way', async () => {
    const body = JSON.stringify(settled('P1'));
    for (const off of [-301_000, 301_000]) {
      const headers = signed(body, { timestampMs: world.clock.now.getTime() + off });
      expect(await refused(headers, body)).toEqual([401, 'SIGNATURE_REFUSED']);
    }
  });

  it('is taken once: replayed, it is refused and recorded', async () => {
    const { requestNo } = await toPay(world, owner);
    const body = JSON.stringify(settled(requestNo));
    const headers = signed(body);
    const call = { key: null, body, headers };
    expect((await world.call('POST', PATH, call)).status).toBe(200);
    world.loan.heard.length = 0;
    expect(await refused(headers, body)).toEqual([409, 'REPLAYED']);
    const audit = await world.db
      .selectFrom('audit_entries')
      .select('detail')
      .where('action', '=', 'webhook.refuse')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    expect(audit?.detail).toEqual({ reason: 'NONCE_SEEN' });
  });

  it('comes before the body: nobody unsigned learns what a notice looks like', async () => {
    const plain = { 'Content-Type': 'application/json' };
    expect(await refused(plain, '{}')).toEqual([401, 'SIGNATURE_REFUSED']);
    const answer = await send({ noticeId: 'x' });
    expect([answer.status, answer.body['code']]).toEqual([422, 'VALIDATION_FAILED']);
  });
});
