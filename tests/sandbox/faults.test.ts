/** Every fault of the list does what its name says, to the calls it is meant for and to no other. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import {
  admin,
  adminPost,
  call,
  startSandbox,
  startWebhook,
  until,
  type Webhook,
} from './caller.ts';

let sandbox: Sandbox;
let stop: () => Promise<void>;
let webhook: Webhook;
let crashes = 0;
beforeAll(async () => {
  webhook = await startWebhook(() => sandbox.publishedKeys.services.bank?.publicKey);
  ({ sandbox, stop } = await startSandbox({
    callbackUrl: webhook.url,
    settleMs: 60,
    callbackBackoffMs: 20,
    crash: () => void (crashes += 1),
  }));
});
afterEach(() => {
  sandbox.clearFaults();
  webhook.notices.length = 0;
});
afterAll(async () => {
  await stop();
  await webhook.stop();
});

let counter = 0;
const number = () => `fault-${(counter += 1)}`;
const application = () => {
  const [persona] = sandbox.people.personas(new Date());
  if (persona === undefined) throw new Error('no personas');
  return persona.application;
};
const ask = (requestNo: string) =>
  call(sandbox, 'identity', 'two-factor', {
    requestNo,
    name: application().identity.name,
    idNumber: application().identity.idNumber,
  });
const pay = (requestNo: string) =>
  call(sandbox, 'bank', 'transfer', {
    requestNo,
    amountFen: 5_000,
    toCard: application().loan.bankCardNumber,
    holderName: application().identity.name,
    purpose: 'loan',
  });
const processed = async (requestNo: string) =>
  (await admin<{ requestNo: string }[]>(sandbox, 'requests')).some(
    (row) => row.requestNo === requestNo,
  );

describe('faults before the request is processed', () => {
  it.each(['down', 'drop-request'] as const)(
    '%s gives no answer and processes nothing',
    async (fault) => {
      sandbox.addFault({ service: 'identity', fault, count: 1 });
      const requestNo = number();
      await expect(ask(requestNo)).rejects.toThrow();
      expect(await processed(requestNo)).toBe(false);
      expect(await ask(requestNo)).toMatchObject({ code: '0000' });
    },
  );

  it('error answers HTTP 500 without a signature', async () => {
    sandbox.addFault({ service: 'identity', fault: 'error', count: 1 });
    const requestNo = number();
    await expect(ask(requestNo)).rejects.toThrow();
    const [newest] = await admin<{ result: string; fault: string }[]>(sandbox, 'exchanges');
    expect(newest).toMatchObject({ result: 'HTTP_500', fault: 'error' });
    expect(await processed(requestNo)).toBe(false);
  });

  it.each([
    ['busy', 200, '5001'],
    ['throttle', 429, '4290'],
    ['maintenance', 200, '5002'],
  ] as const)('%s answers its code and charges nothing', async (fault, status, code) => {
    sandbox.addFault({
      service: 'identity',
      fault,
      count: 1,
      until: new Date(Date.now() + 60_000).toISOString(),
    });
    const requestNo = number();
    expect(await ask(requestNo)).toMatchObject({ status, code, charged: false, believed: true });
    expect(await processed(requestNo)).toBe(false);
  });
});

describe('faults on the way back', () => {
  it('drop-reply has processed the request: the payment stands, and asking again finds it', async () => {
    sandbox.addFault({ service: 'bank', operation: 'transfer', fault: 'drop-reply', count: 1 });
    const requestNo = number();
    await expect(pay(requestNo)).rejects.toThrow();
    expect(await call(sandbox, 'bank', 'query', { requestNo })).toMatchObject({
      code: '0000',
      data: { status: 'PAID' },
    });
    expect(await pay(requestNo)).toMatchObject({ code: '0000', data: { status: 'PAID' } });
  });

  it.each(['garbage', 'truncate'] as const)('%s cannot be read', async (fault) => {
    sandbox.addFault({ service: 'identity', fault, count: 1 });
    await expect(ask(number())).rejects.toThrow();
  });

  it('bad-signature is a good answer that must not be believed', async () => {
    sandbox.addFault({ service: 'identity', fault: 'bad-signature', count: 1 });
    expect(await ask(number())).toMatchObject({ code: '0000', believed: false });
  });

  it('wrong-person answers about somebody else, believably; the true answer is what was kept', async () => {
    sandbox.addFault({ service: 'identity', fault: 'wrong-person', count: 1 });
    const requestNo = number();
    const said = await ask(requestNo);
    expect(said.believed).toBe(true);
    expect(said.data.subject).not.toMatchObject({ idNumber: application().identity.idNumber });
    expect((await ask(requestNo)).data.subject).toMatchObject({
      idNumber: application().identity.idNumber,
    });
  });

  it('delay answers late', async () => {
    sandbox.addFault({ service: 'identity', fault: 'delay', count: 1, delayMs: 300 });
    const before = performance.now();
    expect(await ask(number())).toMatchObject({ code: '0000' });
    expect(performance.now() - before).toBeGreaterThanOrEqual(299);
  });

  it('crash happens after the write and before the answer', async () => {
    sandbox.addFault({ service: 'bank', operation: 'transfer', fault: 'crash', count: 1 });
    const requestNo = number();
    await expect(pay(requestNo)).rejects.toThrow();
    expect(crashes).toBe(1);
    expect(await call(sandbox, 'bank', 'query', { requestNo })).toMatchObject({
      data: { status: 'PAID' },
    });
  });
});

describe('faults of the day’s file', () => {
  const file = async () => {
    const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const { data } = await call(sandbox, 'bank', 'statement', { requestNo: number(), day });
    const lines = String(data.content).trim().split('\n').slice(1);
    return { whole: data.lineCount === lines.length, cells: lines.map((line) => line.split(',')) };
  };

  it('duplicate-line and wrong-amount spoil the last line of one file, which is whole, and leave the books', async () => {
    await pay(number());
    const right = await file();
    const last = right.cells.at(-1) ?? [];
    sandbox.addFault({
      service: 'bank',
      operation: 'statement',
      fault: 'duplicate-line',
      count: 1,
    });
    const twice = await file();
    expect(twice.whole).toBe(true);
    const again = [String(right.cells.length + 1), ...last.slice(1)];
    expect(twice.cells).toEqual([...right.cells, again]);
    sandbox.addFault({ service: 'bank', operation: 'statement', fault: 'wrong-amount', count: 1 });
    const wrong = await file();
    expect(wrong.cells.at(-1)?.[4]).toBe(String(Number(last[4]) + 1));
    expect(await file()).toEqual(right);
  });
});

describe('faults of callbacks', () => {
  it('duplicate-callback sends the notice twice', async () => {
    sandbox.addFault({ service: 'bank', fault: 'duplicate-callback', count: 1 });
    const requestNo = number();
    expect(await pay(requestNo)).toMatchObject({ code: '3001', data: { status: 'ACCEPTED' } });
    await webhook.received(2);
    expect(webhook.notices[0]).toEqual(webhook.notices[1]);
    expect(webhook.notices[0]).toMatchObject({ requestNo, status: 'PAID', amountFen: 5_000 });
  });

  it('early-callback overtakes its own answer', async () => {
    sandbox.addFault({ service: 'bank', fault: 'early-callback', count: 1 });
    const requestNo = number();
    const said = await pay(requestNo);
    expect(webhook.notices).toMatchObject([{ requestNo, status: 'PAID' }]);
    expect(said).toMatchObject({ code: '3001', data: { status: 'ACCEPTED' } });
  });

  it('late-callback comes after its delay, while a query knows already', async () => {
    sandbox.addFault({ service: 'bank', fault: 'late-callback', count: 1, delayMs: 400 });
    const requestNo = number();
    await pay(requestNo);
    await until(
      () => call(sandbox, 'bank', 'query', { requestNo }),
      (said) => said.data.status === 'PAID',
    );
    expect(webhook.notices).toHaveLength(0);
    await webhook.received(1);
    expect(webhook.notices[0]).toMatchObject({ requestNo, status: 'PAID' });
  });

  it('out-of-order lets a later notice overtake', async () => {
    sandbox.addFault({ service: 'bank', fault: 'out-of-order', count: 1 });
    const first = number();
    await pay(first);
    await until(
      () => call(sandbox, 'bank', 'query', { requestNo: first }),
      (said) => said.data.status === 'PAID',
    );
    await adminPost(sandbox, 'bank/repayment', { loanReference: 'loan-1', amountFen: 700 });
    await webhook.received(2);
    expect(webhook.notices.map((notice) => notice.kind)).toEqual(['REPAYMENT', 'TRANSFER_SETTLED']);
  });

  it('no-callback settles in silence', async () => {
    sandbox.addFault({ service: 'bank', fault: 'no-callback', count: 1 });
    const requestNo = number();
    await pay(requestNo);
    await until(
      () => call(sandbox, 'bank', 'query', { requestNo }),
      (said) => said.data.status === 'PAID',
    );
    const callbacks = await admin<{ body: { requestNo?: string } }[]>(sandbox, 'callbacks');
    expect(callbacks.filter((row) => row.body.requestNo === requestNo)).toHaveLength(0);
  });
});

describe('a fault', () => {
  it('strikes its service and operation only, as often as it says', async () => {
    sandbox.addFault({ service: 'identity', operation: 'mobile', fault: 'busy' });
    expect(await ask(number())).toMatchObject({ code: '0000' });
    sandbox.clearFaults();
    sandbox.addFault({ service: '*', fault: 'busy', count: 2 });
    const codes = [];
    for (let at = 0; at < 3; at += 1) codes.push((await ask(number())).code);
    expect(codes).toEqual(['5001', '5001', '0000']);
  });

  it('is gone after its time, and strikes by its probability in the same order for the same seed', async () => {
    sandbox.addFault({
      service: 'identity',
      fault: 'busy',
      until: new Date(Date.now() - 1).toISOString(),
    });
    expect(await ask(number())).toMatchObject({ code: '0000' });
    const run = async () => {
      sandbox.clearFaults();
      sandbox.addFault({ service: 'identity', fault: 'busy', probability: 0.5, seed: 'dice' });
      const codes: string[] = [];
      for (let at = 0; at < 12; at += 1) codes.push((await ask(number())).code);
      return codes;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set(['0000', '5001']));
    expect(await run()).toEqual(first);
  });

  it('is set, listed and cleared over HTTP, and refused when it is none', async () => {
    const set = await adminPost(sandbox, 'faults', { service: 'pboc', fault: 'delay', delayMs: 5 });
    expect(set.status).toBe(201);
    expect(await admin<unknown[]>(sandbox, 'faults')).toMatchObject([
      { service: 'pboc', fault: 'delay', fired: 0 },
    ]);
    expect(
      (await adminPost(sandbox, 'faults', { service: 'pboc', fault: 'earthquake' })).status,
    ).toBe(400);
    await fetch(`${sandbox.url}/_admin/faults`, { method: 'DELETE' });
    expect(await admin<unknown[]>(sandbox, 'faults')).toEqual([]);
  });
});
