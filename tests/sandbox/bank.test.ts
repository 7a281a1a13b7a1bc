/** The bank's books balance to the fen whatever is paid, refused, settled, debited, returned or repaid. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
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

interface Books {
  readonly lenderAccount: string;
  readonly accounts: {
    readonly number: string;
    readonly balanceFen: number;
    readonly holderName: string;
  }[];
  readonly entries: {
    readonly postingId: number;
    readonly account: string;
    readonly amountFen: number;
    readonly reason: string;
    readonly reference: string;
  }[];
  readonly payments: {
    readonly requestNo: string;
    readonly status: string;
    readonly amountFen: number;
  }[];
}

let sandbox: Sandbox;
let stop: () => Promise<void>;
let webhook: Webhook;
beforeAll(async () => {
  webhook = await startWebhook(() => sandbox.publishedKeys.services.bank?.publicKey);
  ({ sandbox, stop } = await startSandbox({ callbackUrl: webhook.url, settleMs: 20 }));
});
afterAll(async () => {
  await stop();
  await webhook.stop();
});

let counter = 0;
const number = () => `pay-${(counter += 1)}`;
const application = (key: string) => {
  const found = sandbox.people.personas(new Date()).find((candidate) => candidate.key === key);
  if (found === undefined) throw new Error(`no persona ${key}`);
  return found.application;
};
const pay = (key: string, amountFen: number, requestNo = number(), change = {}) => {
  const { identity, loan } = application(key);
  return call(sandbox, 'bank', 'transfer', {
    requestNo,
    amountFen,
    toCard: loan.bankCardNumber,
    holderName: identity.name,
    purpose: '贷款发放',
    ...change,
  });
};
const debit = (key: string, amountFen: number) =>
  call(sandbox, 'bank', 'debit', {
    requestNo: number(),
    card: application(key).loan.bankCardNumber,
    amountFen,
    loanReference: 'loan-9',
  });
const books = () => admin<Books>(sandbox, 'books');
const balance = async (account: string) =>
  (await books()).accounts.find((row) => row.number === account)?.balanceFen ?? 0;

function expectBalanced({ accounts, entries }: Books): void {
  const postings = new Map<number, number>();
  const balances = new Map<string, number>();
  for (const entry of entries) {
    postings.set(entry.postingId, (postings.get(entry.postingId) ?? 0) + entry.amountFen);
    balances.set(entry.account, (balances.get(entry.account) ?? 0) + entry.amountFen);
  }
  for (const [posting, sum] of postings) expect(sum, `posting ${posting}`).toBe(0);
  for (const account of accounts)
    expect(account.balanceFen, account.number).toBe(balances.get(account.number) ?? 0);
}

describe('transfers', () => {
  it('move money from the lender to the card, at once', async () => {
    const { loan } = application('straight-approval');
    await call(sandbox, 'bank', 'account', {
      requestNo: number(),
      card: loan.bankCardNumber,
      holderName: 'x',
    });
    const before = {
      lender: await balance('LENDER-0001'),
      card: await balance(loan.bankCardNumber),
    };
    const said = await pay('straight-approval', 5_000_000);
    expect(said).toMatchObject({
      code: '0000',
      charged: true,
      data: { status: 'PAID', amountFen: 5_000_000 },
    });
    expect(await balance('LENDER-0001')).toBe(before.lender - 5_000_000);
    expect(await balance(loan.bankCardNumber)).toBe(before.card + 5_000_000);
  });

  it.each([
    ['payout-refused', {}, 'ACCOUNT_CLOSED'],
    ['payout-frozen', {}, 'ACCOUNT_FROZEN'],
    ['straight-approval', { holderName: '别人' }, 'HOLDER_MISMATCH'],
    ['account-of-somebody-else', {}, 'HOLDER_MISMATCH'],
  ] as const)('to %s %j are refused: no money moves', async (key, change, reason) => {
    const before = await balance('LENDER-0001');
    const said = await pay(key, 100_000, number(), change);
    expect(said).toMatchObject({ code: '0000', data: { status: 'REFUSED', reason } });
    expect(await balance('LENDER-0001')).toBe(before);
  });

  it('that are accepted wait in suspense, then settle and call back, signed by the bank', async () => {
    const requestNo = number();
    const before = webhook.notices.length;
    expect(await pay('payout-accepted-then-paid', 30_000, requestNo)).toMatchObject({
      code: '3001',
      data: { status: 'ACCEPTED' },
    });
    await webhook.received(before + 1);
    expect(webhook.notices.at(-1)).toMatchObject({
      kind: 'TRANSFER_SETTLED',
      requestNo,
      status: 'PAID',
      amountFen: 30_000,
    });
    expect(webhook.believed()).toBe(true);
    expect(await balance('SUSPENSE-0001')).toBe(0);
  });

  it('that are accepted and then refused give the money back', async () => {
    const requestNo = number();
    const before = await balance('LENDER-0001');
    await pay('payout-accepted-then-refused', 40_000, requestNo);
    const last = await until(
      () => call(sandbox, 'bank', 'query', { requestNo }),
      (said) => said.data.status !== 'ACCEPTED',
    );
    expect(last.data).toMatchObject({ status: 'REFUSED', reason: 'REFUSED_BY_RECEIVING_BANK' });
    expect(await balance('LENDER-0001')).toBe(before);
  });

  it('can be returned days later, which a callback and the query tell', async () => {
    const requestNo = number();
    await pay('payout-returned', 60_000, requestNo);
    const lender = await balance('LENDER-0001');
    const seen = webhook.notices.length;
    expect((await adminPost(sandbox, 'bank/return', { requestNo })).status).toBe(200);
    await webhook.received(seen + 1);
    expect(webhook.notices.at(-1)).toMatchObject({ requestNo, status: 'RETURNED' });
    expect(await call(sandbox, 'bank', 'query', { requestNo })).toMatchObject({
      data: { status: 'RETURNED' },
    });
    expect(await balance('LENDER-0001')).toBe(lender + 60_000);
    expect((await adminPost(sandbox, 'bank/return', { requestNo })).status).toBe(404);
  });

  it('nobody sent are not found by a query', async () => {
    expect(await call(sandbox, 'bank', 'query', { requestNo: 'never-sent' })).toMatchObject({
      code: '1001',
    });
  });

  it.each([0, -1, 1.5, 10_000_000_001])('of %d fen are a bad request', async (amountFen) => {
    expect(await pay('straight-approval', amountFen)).toMatchObject({ status: 400, code: '4001' });
  });
});

describe('accounts and repayments', () => {
  it('says whether the holder agrees and the account is open', async () => {
    const { identity, loan } = application('straight-small');
    const ask = (holderName: string) =>
      call(sandbox, 'bank', 'account', {
        requestNo: number(),
        card: loan.bankCardNumber,
        holderName,
      });
    expect(await ask(identity.name)).toMatchObject({ data: { result: 'MATCH', status: 'OPEN' } });
    expect(await ask('别人')).toMatchObject({ data: { result: 'MISMATCH' } });
  });

  it('gives an unknown card to whoever is named first', async () => {
    const ask = (holderName: string) =>
      call(sandbox, 'bank', 'account', {
        requestNo: number(),
        card: '6222021234567890128',
        holderName,
      });
    expect(await ask('第一人')).toMatchObject({ data: { result: 'MATCH' } });
    expect(await ask('第二人')).toMatchObject({ data: { result: 'MISMATCH' } });
  });

  it('debits what the card holds and refuses what it does not', async () => {
    await pay('repayment-empty-account', 1_000);
    expect(await debit('repayment-empty-account', 11_000)).toMatchObject({
      data: { status: 'PAID' },
    });
    expect(await debit('repayment-empty-account', 1)).toMatchObject({
      data: { status: 'REFUSED', reason: 'INSUFFICIENT_FUNDS' },
    });
    expect(await debit('repayment-bounces', 1)).toMatchObject({
      data: { status: 'REFUSED', reason: 'DEBIT_REFUSED' },
    });
  });

  it('repays by transfer when the borrower does, and calls back with the loan’s reference', async () => {
    const seen = webhook.notices.length;
    const lender = await balance('LENDER-0001');
    const response = await adminPost(sandbox, 'bank/repayment', {
      loanReference: 'loan-7',
      amountFen: 88_849,
    });
    expect(response.status).toBe(201);
    await webhook.received(seen + 1);
    expect(webhook.notices.at(-1)).toMatchObject({
      kind: 'REPAYMENT',
      status: 'PAID',
      loanReference: 'loan-7',
      amountFen: 88_849,
    });
    expect(await balance('LENDER-0001')).toBe(lender + 88_849);
  });

  it('pays a micro-deposit of 1 to 99 fen with a code', async () => {
    const said = await call(sandbox, 'bank', 'micro-deposit', {
      requestNo: number(),
      account: '1100998877665544',
      holderName: '示范清和智能制造有限公司',
    });
    expect(said.data.status).toBe('PAID');
    expect(said.data.amountFen).toBeGreaterThanOrEqual(1);
    expect(said.data.amountFen).toBeLessThanOrEqual(99);
  });

  it('hands over the day’s statement, whose lines sum to what the books moved', async () => {
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const { data } = await call(sandbox, 'bank', 'statement', { requestNo: number(), day: today });
    const content = String(data.content);
    expect(sm3Hex(content)).toBe(data.sm3);
    const lines = content
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    expect(lines).toHaveLength(Number(data.lineCount));
    const moved = (await books()).entries
      .filter((entry) => entry.account === 'LENDER-0001' && entry.reason !== 'OPENING')
      .reduce((sum, entry) => sum + entry.amountFen, 0);
    const listed = lines.reduce(
      (sum, line) => sum + (line[3] === 'IN' ? 1 : -1) * Number(line[4]),
      0,
    );
    expect(listed).toBe(moved);
    expect(Number(data.inFen) - Number(data.outFen)).toBe(moved);
    const other = await call(sandbox, 'bank', 'statement', {
      requestNo: number(),
      day: '2001-01-01',
    });
    expect(other.data).toMatchObject({ lineCount: 0 });
  });
});

it('the books balance after any mixture of payments', async () => {
  const keys = [
    'straight-approval',
    'payout-refused',
    'payout-accepted-then-refused',
    'payout-accepted-then-paid',
    'repayment-empty-account',
    'repayment-bounces',
  ] as const;
  const step = fc.record({
    key: fc.constantFrom(...keys),
    kind: fc.constantFrom('pay', 'debit', 'repay'),
    amountFen: fc.integer({ min: 1, max: 9_000_000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      for (const { key, kind, amountFen } of steps) {
        if (kind === 'pay') await pay(key, amountFen);
        else if (kind === 'debit') await debit(key, amountFen);
        else
          await adminPost(sandbox, 'bank/repayment', {
            loanReference: 'loan-8',
            amountFen,
            fromCard: application(key).loan.bankCardNumber,
          });
      }
      expectBalanced(await books());
    }),
    { numRuns: 8 },
  );
});

it('a transfer above the lender’s funds is refused, and the lender is never overdrawn', async () => {
  const poor = await startSandbox();
  try {
    const { identity, loan } = application('straight-approval');
    const drain = (requestNo: string) =>
      call(poor.sandbox, 'bank', 'transfer', {
        requestNo,
        amountFen: 10_000_000_000,
        toCard: loan.bankCardNumber,
        holderName: identity.name,
        purpose: 'drain',
      });
    const statuses: unknown[] = [];
    for (let at = 0; at <= 100; at += 1) statuses.push((await drain(`drain-${at}`)).data);
    expect(statuses.at(-2)).toMatchObject({ status: 'PAID' });
    expect(statuses.at(-1)).toMatchObject({ status: 'REFUSED', reason: 'INSUFFICIENT_FUNDS' });
    const { accounts } = await admin<Books>(poor.sandbox, 'books');
    expect(accounts.find((account) => account.number === 'LENDER-0001')?.balanceFen).toBe(0);
  } finally {
    await poor.stop();
  }
});
