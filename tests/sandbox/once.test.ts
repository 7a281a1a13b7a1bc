/** One request number is processed once, answered the same, and charged once, whatever happens in between. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { admin, call, startSandbox, until } from './caller.ts';

interface RequestRow {
  readonly requestNo: string;
  readonly service: string;
  readonly chargedFen: number;
  readonly timesAsked: number;
}

let sandbox: Sandbox;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ sandbox, stop } = await startSandbox());
});
afterAll(() => stop());

const authorisation = { id: 'auth-1', sm3: sm3Hex('text'), purpose: '02' };
const persona = (key: string) => {
  const found = sandbox.people.personas(new Date()).find((candidate) => candidate.key === key);
  if (found === undefined) throw new Error(`no persona ${key}`);
  return found.application;
};
const who = (key: string) => ({
  name: persona(key).identity.name,
  idNumber: persona(key).identity.idNumber,
});
const row = async (requestNo: string) =>
  (await admin<RequestRow[]>(sandbox, 'requests')).find(
    (candidate) => candidate.requestNo === requestNo,
  );

describe('a request number', () => {
  it('gives the first answer again, although time passes, and is charged once', async () => {
    const ask = () =>
      call(sandbox, 'pboc', 'report', {
        requestNo: 'same-1',
        ...who('straight-approval'),
        authorisation,
      });
    const first = await ask();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const second = await ask();
    expect(second).toEqual(first);
    expect(await row('same-1')).toMatchObject({ chargedFen: 500, timesAsked: 2 });
  });

  it('is processed once when twins arrive together', async () => {
    const { identity, loan } = persona('straight-approval');
    const pay = () =>
      call(sandbox, 'bank', 'transfer', {
        requestNo: 'twin-1',
        amountFen: 100,
        toCard: loan.bankCardNumber,
        holderName: identity.name,
        purpose: 'test',
      });
    const [first, ...others] = await Promise.all([pay(), pay(), pay(), pay()]);
    for (const other of others) expect(other).toEqual(first);
    const books = await admin<{ payments: { requestNo: string }[] }>(sandbox, 'books');
    expect(books.payments.filter((payment) => payment.requestNo === 'twin-1')).toHaveLength(1);
  });

  it('is refused with another body or another operation', async () => {
    await call(sandbox, 'identity', 'two-factor', {
      requestNo: 'other-1',
      ...who('straight-approval'),
    });
    const otherBody = await call(sandbox, 'identity', 'two-factor', {
      requestNo: 'other-1',
      ...who('straight-small'),
    });
    expect(otherBody).toMatchObject({
      code: '4001',
      charged: false,
      data: { reason: 'REQUEST_NO_REUSED' },
    });
    const otherOperation = await call(sandbox, 'identity', 'mobile', {
      requestNo: 'other-1',
      ...who('straight-approval'),
      mobile: '15400000000',
    });
    expect(otherOperation).toMatchObject({ code: '4001', data: { reason: 'REQUEST_NO_REUSED' } });
  });

  it('is the same body whether sealed or plain, and whatever the order of its fields', async () => {
    const { name, idNumber } = who('straight-approval');
    const first = await call(sandbox, 'identity', 'two-factor', {
      requestNo: 'order-1',
      name,
      idNumber,
    });
    expect(
      await call(
        sandbox,
        'identity',
        'two-factor',
        { idNumber, name, requestNo: 'order-1' },
        { sealed: true },
      ),
    ).toEqual(first);
  });

  it('belongs to one service: another may see the same number', async () => {
    expect(
      await call(sandbox, 'registry', 'sanctions', {
        requestNo: 'same-1',
        ...who('straight-approval'),
      }),
    ).toMatchObject({ code: '0000' });
  });

  it('that was refused may be sent again and costs nothing until it is answered', async () => {
    const without = await call(sandbox, 'pboc', 'report', {
      requestNo: 'again-1',
      ...who('straight-approval'),
    });
    expect(without).toMatchObject({ code: '2001', charged: false });
    expect(
      await call(sandbox, 'pboc', 'report', {
        requestNo: 'again-1',
        ...who('straight-approval'),
        authorisation: { ...authorisation, purpose: '03' },
      }),
    ).toMatchObject({ code: '2002', charged: false });
    expect(await row('again-1')).toBeUndefined();
    expect(
      await call(sandbox, 'pboc', 'report', {
        requestNo: 'again-1',
        ...who('straight-approval'),
        authorisation,
      }),
    ).toMatchObject({ code: '0000', charged: true });
  });

  it('that was accepted for later is answered later, and charged then', async () => {
    const ask = () =>
      call(sandbox, 'pboc', 'report', {
        requestNo: 'later-1',
        ...who('bureau-slow'),
        authorisation,
      });
    const first = await ask();
    expect(first).toMatchObject({ code: '3001', charged: false });
    expect(first.data.retryAfterMs).toBeGreaterThan(0);
    const last = await until(ask, (said) => said.code !== '3001');
    expect(last).toMatchObject({ code: '0000', charged: true });
    expect(await row('later-1')).toMatchObject({ chargedFen: 500 });
  });

  it('is remembered across a restart', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'xindai-sandbox-'));
    try {
      const before = await startSandbox({ dataFolder: folder });
      const body = { requestNo: 'restart-1', ...who('straight-approval') };
      const first = await call(before.sandbox, 'identity', 'two-factor', body, {
        nonce: 'kept-nonce',
      });
      await before.sandbox.close();
      const after = await startSandbox({ dataFolder: folder });
      expect(after.sandbox.publishedKeys).toEqual(before.sandbox.publishedKeys);
      expect(await call(after.sandbox, 'identity', 'two-factor', body)).toEqual(first);
      expect(
        await call(after.sandbox, 'identity', 'two-factor', body, { nonce: 'kept-nonce' }),
      ).toMatchObject({ data: { reason: 'NONCE_SEEN' } });
      await after.stop();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
