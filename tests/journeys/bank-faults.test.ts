/** The bank's faults against one whole house: notices that come twice, late or overtaken, a bank that dies, files that are wrong. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reconcileDay } from '../../activities/disburse/reconcile.ts';
import { findDifferences } from '../../db/queries/ledger-watch.ts';
import { businessDate } from '../../platform/clock.ts';
import { payoutOf, release, resolve } from '../../tools/teller/staff.ts';
import { clearFaults, returnTransfer, setFault } from '../../tools/teller/world.ts';
import { payoutReturnWorkflowId, servicingWorkflowId } from '../../workflows/ids.ts';
import { repaymentNotice } from '../../workflows/messages.ts';
import { cardOf, cashOnBothSides, expectPaidOnce, payoutsOf } from '../support/bank-side.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, eventually, type Loan, loanIdOf, reach } from '../support/loan.ts';
import { exchangesOf, repay, transfersTo } from '../support/outside.ts';

let house: House;
/** Contracts that are signed and wait for their release, one for each test that pays. */
let waiting: Loan[];
/** The loan that the first file has settled. */
let paid: Loan;

beforeAll(async () => {
  house = await openHouse({ policy: { 'disburse.queryAfterSeconds': 0.5 } });
  waiting = await Promise.all(
    [40, 41, 42, 43, 44].map(async (variant) =>
      driveTo(await applyAs(house, 'straight-approval', variant), 'DISBURSE'),
    ),
  );
});
afterEach(async () => await clearFaults(house.world));
afterAll(async () => await house?.close());

const today = businessDate(new Date());

function next(): Loan {
  const loan = waiting.pop();
  if (loan === undefined) throw new Error('every loan is paid already');
  return loan;
}

const onTransfer = async (fault: string, delayMs?: number) =>
  await setFault(house.world, {
    service: 'bank',
    operation: 'transfer',
    fault,
    count: 1,
    ...(delayMs === undefined ? {} : { delayMs }),
  });

/** Lets the bank send a notice that it has sent already, or holds back, now. */
async function tellAgain(noticeId: string): Promise<void> {
  const answer = await fetch(`${house.sandbox.url}/_admin/callbacks/${noticeId}/again`, {
    method: 'POST',
  });
  expect(answer.status).toBe(200);
}

interface Told {
  readonly noticeId: string;
  readonly state: string;
  readonly attempts: number;
  readonly body: { readonly requestNo?: string; readonly bankReference: string };
}

/** The bank's notices about a request number or bank reference, oldest first. */
async function noticesOf(about: string): Promise<readonly Told[]> {
  const answer = await fetch(`${house.sandbox.url}/_admin/callbacks`);
  // The sandbox's own rows; what a test reads of them it compares.
  const rows = (await answer.json()) as readonly Told[];
  return rows.filter(({ body }) => body.requestNo === about || body.bankReference === about);
}

/** Waits until the bank has told everything about a payment, so often in all. */
const delivered = async (about: string, times: number) =>
  await eventually('the notices', async () => {
    const rows = await noticesOf(about);
    const told = rows.reduce((sum, { attempts }) => sum + attempts, 0);
    return rows.every(({ state }) => state === 'DELIVERED') && told >= times && rows;
  });

const noticeRows = async (noticeId: string) =>
  await house.db
    .selectFrom('bank_notices')
    .select('state')
    .where('notice_id', '=', noticeId)
    .execute();

const loanState = async (loan: Loan) =>
  (
    await house.db
      .selectFrom('loans')
      .select('state')
      .where('id', '=', await loanIdOf(loan))
      .executeTakeFirstOrThrow()
  ).state;

const numberOf = async (loanId: string) =>
  (
    await house.db
      .selectFrom('loans')
      .select('number')
      .where('id', '=', loanId)
      .executeTakeFirstOrThrow()
  ).number;

const repayments = async (loanId: string) =>
  await house.db
    .selectFrom('repayments')
    .select(['amount_fen', 'bank_reference'])
    .where('loan_id', '=', loanId)
    .orderBy('amount_fen', 'desc')
    .execute();

const look = async () => await reconcileDay(house.deps, { day: today });

const cases = async () =>
  await house.db
    .selectFrom('reconciliation_cases')
    .select(['kind', 'why', 'state', 'our_fen', 'their_fen'])
    .where('day', '=', today)
    .orderBy('opened_at')
    .execute();

const onFile = async (fault: string) =>
  await setFault(house.world, { service: 'bank', operation: 'statement', fault, count: 1 });

describe.sequential('the bank’s notice of a payout', () => {
  it('that comes twice settles it once', async () => {
    const loan = next();
    await onTransfer('duplicate-callback');
    await release(house.world, loan.id);
    await reach(loan, 'SERVICE');
    const { requestNo } = await payoutOf(house.world, loan.id, 'PAID');
    const [notice] = await delivered(requestNo, 2);
    expect(await noticeRows(notice?.noticeId ?? '')).toHaveLength(1);
    await expectPaidOnce(loan);
  });

  it('that is overtaken by the one of its return leaves the payout returned', async () => {
    const loan = next();
    await onTransfer('out-of-order', 600_000);
    await release(house.world, loan.id);
    // The notice PAID is held back: the loan has asked by itself, and goes on.
    await reach(loan, 'SERVICE');
    const { requestNo } = await payoutOf(house.world, loan.id, 'PAID');
    await returnTransfer(house.world, requestNo);
    await eventually('the return', async () => (await loanState(loan)) === 'RETURNED');
    const told = await delivered(requestNo, 2);
    expect(told.map(({ noticeId }) => noticeId.split('-').at(-1))).toEqual(['PAID', 'RETURNED']);
    expect((await payoutsOf(loan)).map(({ state }) => state)).toEqual(['RETURNED']);
    expect(await loanState(loan)).toBe('RETURNED');
    await resolve(house.world, loan.id, 'RETRY');
    await eventually('the loan anew', async () => (await loanState(loan)) === 'ACTIVE');
    await expectPaidOnce(loan);
    // The return of the first attempt, told once more: it is over, and whoever waited for it would miss the next one.
    await tellAgain(told[1]?.noticeId ?? '');
    await delivered(requestNo, 3);
    const over = house.client.workflow.getHandle(payoutReturnWorkflowId(loan.id));
    expect(await over.result()).toBe('NOT_RETURNED');
    expect((await payoutsOf(loan)).map(({ state }) => state)).toEqual(['RETURNED', 'PAID']);
    const second = await payoutOf(house.world, loan.id, 'PAID');
    await returnTransfer(house.world, second.requestNo);
    await eventually('the second return', async () => (await loanState(loan)) === 'RETURNED');
    await resolve(house.world, loan.id, 'CANCEL');
    await reach(loan, 'CANCELLED');
    const atBank = await transfersTo(house, cardOf(loan));
    expect(atBank.map(({ status }) => status)).toEqual(['RETURNED', 'RETURNED']);
  });

  it('that comes late finds it settled by the loan’s own question, and changes nothing', async () => {
    const loan = next();
    await onTransfer('late-callback', 600_000);
    await release(house.world, loan.id);
    await reach(loan, 'SERVICE');
    const { requestNo } = await payoutOf(house.world, loan.id, 'PAID');
    const [late] = await noticesOf(requestNo);
    expect(late?.state).toBe('WAITING');
    await tellAgain(late?.noticeId ?? '');
    await delivered(requestNo, 1);
    expect(await noticeRows(late?.noticeId ?? '')).toHaveLength(1);
    await expectPaidOnce(loan);
  });

  it('never comes from a bank that died once it had accepted: it is asked when it is back, and not told again', async () => {
    const loan = next();
    await onTransfer('no-callback');
    await onTransfer('crash');
    await setFault(house.world, { service: 'bank', operation: 'query', fault: 'down', count: 1 });
    await release(house.world, loan.id);
    const { requestNo } = await payoutOf(house.world, loan.id, 'UNKNOWN');
    await reach(loan, 'SERVICE');
    const asked = (await exchangesOf(house)).filter((one) => one.requestNo === requestNo);
    expect(asked.filter(({ operation }) => operation === 'transfer')).toHaveLength(1);
    expect(await noticesOf(requestNo)).toEqual([]);
    await expectPaidOnce(loan);
  });
});

describe.sequential('the bank’s file', () => {
  it('with another amount for a payout in doubt settles nothing and is a case, until the bank’s right file settles it', async () => {
    const loan = next();
    await onTransfer('drop-reply');
    await setFault(house.world, { service: 'bank', operation: 'query', fault: 'down' });
    await release(house.world, loan.id);
    const { requestNo, amountFen } = await payoutOf(house.world, loan.id, 'UNKNOWN');
    await onFile('wrong-amount');
    expect(await look()).toMatchObject({ outcome: 'RECONCILED', newCases: 1, settled: [] });
    expect(await payoutOf(house.world, loan.id, 'UNKNOWN')).toMatchObject({ requestNo });
    const differs = { kind: 'AMOUNT_DIFFERS', our_fen: amountFen, their_fen: amountFen + 1 };
    expect((await cases()).at(-1)).toMatchObject({ ...differs, state: 'OPEN' });
    expect((await look()).settled).toEqual([{ applicationId: loan.id, requestNo }]);
    expect((await cases()).at(-1)).toMatchObject({ ...differs, state: 'RESOLVED' });
    await clearFaults(house.world);
    await reach(loan, 'SERVICE');
    await expectPaidOnce(loan);
    paid = loan;
  });

  it('with a repayment twice that no notice told of counts it once, asks people about the other, and the late notice adds nothing', async () => {
    const loanId = await loanIdOf(paid);
    await setFault(house.world, {
      service: 'bank',
      fault: 'late-callback',
      delayMs: 600_000,
      count: 1,
    });
    await repay(house, await numberOf(loanId), 321_00);
    await onFile('duplicate-line');
    const first = await look();
    expect(first.repayments.map((one) => one.loanId)).toEqual([loanId]);
    expect((await cases()).at(-1)).toMatchObject({
      kind: 'THEIRS_ONLY',
      their_fen: 321_00,
      state: 'OPEN',
    });
    const noticeId = first.repayments[0]?.noticeId ?? '';
    await house.client.workflow
      .getHandle(servicingWorkflowId(loanId))
      .signal(repaymentNotice, { noticeId });
    const [counted] = await eventually('the repayment', async () => {
      const rows = await repayments(loanId);
      return rows.length > 0 && rows;
    });
    const [late] = await noticesOf(counted?.bank_reference ?? '');
    expect(late?.state).toBe('WAITING');
    await tellAgain(late?.noticeId ?? '');
    await delivered(counted?.bank_reference ?? '', 1);
    await settledServicing(loanId, 1_00);
    expect((await repayments(loanId)).map(({ amount_fen }) => amount_fen)).toEqual([321_00, 1_00]);
    expect(await look()).toMatchObject({ newCases: 0, repayments: [] });
    expect((await cases()).map(({ state }) => state)).not.toContain('OPEN');
  });

  it('and the bank’s books agree with ours to the fen, and no loan differs from its journals', async () => {
    const look = { accruedBefore: '0001-01-01', payoutPatienceSeconds: 60, most: 10 };
    expect(await findDifferences(house.db, look)).toEqual([]);
    const { ours, theirs } = await cashOnBothSides(house);
    expect(ours).toBe(theirs);
    expect(ours).toBeLessThan(0);
  });
});

/** Another payment behind it shows that the servicing has worked through what was told before. */
async function settledServicing(loanId: string, amountFen: number): Promise<void> {
  await setFault(house.world, { service: 'bank', fault: 'duplicate-callback', count: 1 });
  await repay(house, await numberOf(loanId), amountFen);
  await eventually('the payment behind it', async () =>
    (await repayments(loanId)).some((one) => one.amount_fen === amountFen),
  );
}
