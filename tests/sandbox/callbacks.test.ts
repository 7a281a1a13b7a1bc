/** A notice is delivered at least once: retried until it is taken, across restarts, and given up after a day. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

interface CallbackRow {
  readonly noticeId: string;
  readonly state: string;
  readonly attempts: number;
  readonly lastStatus: string | null;
}

let folder: string;
let webhook: Webhook;
let bankKey: string | undefined;
const open: Sandbox[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'xindai-sandbox-'));
  webhook = await startWebhook(() => bankKey);
});
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
  await webhook.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Parameters<typeof startSandbox>[0] = {}): Promise<Sandbox> {
  const { sandbox } = await startSandbox({
    dataFolder: folder,
    callbackUrl: webhook.url,
    callbackBackoffMs: 10,
    ...options,
  });
  bankKey = sandbox.publishedKeys.services.bank?.publicKey;
  open.push(sandbox);
  return sandbox;
}

const repay = (sandbox: Sandbox, loanReference: string) =>
  adminPost(sandbox, 'bank/repayment', { loanReference, amountFen: 500 });
const callbacks = (sandbox: Sandbox) => admin<CallbackRow[]>(sandbox, 'callbacks');

describe('a notice', () => {
  it('is sent again until the platform takes it', async () => {
    const sandbox = await start();
    webhook.answers.push(500, 503, 409);
    await repay(sandbox, 'loan-1');
    await webhook.received(4);
    expect(new Set(webhook.notices.map((notice) => notice.noticeId)).size).toBe(1);
    const rows = await until(
      () => callbacks(sandbox),
      (found) => found[0]?.state === 'DELIVERED',
    );
    expect(rows).toMatchObject([{ attempts: 4, lastStatus: '204' }]);
    expect(webhook.believed()).toBe(true);
  });

  it('waits while nobody listens, and goes out after a restart', async () => {
    const sandbox = await start({ callbackUrl: 'http://127.0.0.1:1/v1/webhooks' });
    await repay(sandbox, 'loan-2');
    await until(
      () => callbacks(sandbox),
      (rows) => (rows[0]?.attempts ?? 0) >= 2,
    );
    expect(await callbacks(sandbox)).toMatchObject([{ state: 'WAITING', lastStatus: 'NO_ANSWER' }]);
    await sandbox.close();
    open.length = 0;
    const again = await start();
    await webhook.received(1);
    expect(webhook.notices[0]).toMatchObject({ kind: 'REPAYMENT', loanReference: 'loan-2' });
    await until(
      () => callbacks(again),
      (rows) => rows[0]?.state === 'DELIVERED',
    );
  });

  it('of a payment accepted before a restart is sent after it', async () => {
    const sandbox = await start({ settleMs: 60_000 });
    const persona = sandbox.people
      .personas(new Date())
      .find((candidate) => candidate.key === 'payout-accepted-then-paid');
    const { identity, loan } = persona?.application ?? {};
    await call(sandbox, 'bank', 'transfer', {
      requestNo: 'over-1',
      amountFen: 900,
      toCard: loan?.bankCardNumber,
      holderName: identity?.name,
      purpose: 'loan',
    });
    await sandbox.close();
    open.length = 0;
    await start({ clock: () => new Date(Date.now() + 61_000) });
    await webhook.received(1);
    expect(webhook.notices[0]).toMatchObject({ requestNo: 'over-1', status: 'PAID' });
  });

  it('is given up after a day, and can be sent again by hand', async () => {
    let offsetMs = 0;
    const sandbox = await start({ clock: () => new Date(Date.now() + offsetMs) });
    webhook.answers.push(500, 500);
    await repay(sandbox, 'loan-3');
    await webhook.received(1);
    offsetMs = 24 * 3_600_000 + 60_000;
    const rows = await until(
      () => callbacks(sandbox),
      (found) => found[0]?.state === 'GIVEN_UP',
    );
    expect(rows[0]?.lastStatus).toBe('500');
    webhook.answers.length = 0;
    expect((await adminPost(sandbox, `callbacks/${rows[0]?.noticeId}/again`, {})).status).toBe(200);
    await until(
      () => callbacks(sandbox),
      (found) => found[0]?.state === 'DELIVERED',
    );
    expect((await adminPost(sandbox, 'callbacks/nobody/again', {})).status).toBe(404);
  });

  it('waits longer after every failure', async () => {
    const sandbox = await start({ callbackBackoffMs: 40 });
    webhook.answers.push(500, 500, 500);
    const before = performance.now();
    await repay(sandbox, 'loan-4');
    await webhook.received(4);
    expect(performance.now() - before).toBeGreaterThanOrEqual(40 + 80 + 160 - 5);
  });
});
