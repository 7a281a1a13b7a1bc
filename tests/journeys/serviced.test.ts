/** A paid-out loan until its last fen: due dates, overdue, repayments counted once, settlement, and a history that never grows too long. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clearFaults, data, setFault } from '../../tools/teller/world.ts';
import { servicingWorkflowId } from '../../workflows/ids.ts';
import { LoanStage } from '../../workflows/search-attributes.ts';
import { expectNothingPersonal } from '../support/aftermath.ts';
import { type House, openHouse } from '../support/house.ts';
import {
  applyAs,
  driveTo,
  eventually,
  journeyOf,
  type Loan,
  loanIdOf,
  reach,
} from '../support/loan.ts';
import { readBooks, repay } from '../support/outside.ts';

const DAY_MS = 86_400_000;

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

interface Serviced {
  readonly loan: Loan;
  readonly loanId: string;
  readonly number: string;
  /** How far the loan's clock is ahead of ours, in milliseconds. */
  aheadMs: number;
}

async function serviced(persona: string, variant = 0): Promise<Serviced> {
  const loan = await driveTo(await applyAs(house, persona, variant), 'SERVICE');
  const loanId = await loanIdOf(loan);
  const { number } = await data(loan.client.loans.get(loanId));
  await eventually('servicing', async () => {
    const handle = house.client.workflow.getHandle(servicingWorkflowId(loanId));
    return await handle.describe().catch(() => null);
  });
  return { loan, loanId, number, aheadMs: 0 };
}

const view = ({ loan, loanId }: Serviced) => data(loan.client.loans.get(loanId));

/** Moves the loan's clock to an hour after midnight in Shanghai, `days` after a date. */
async function moveTo(of: Serviced, date: string, days: number): Promise<void> {
  const there = Date.parse(`${date}T01:00:00+08:00`) + days * DAY_MS;
  const ms = there - Date.now() - of.aheadMs;
  await house.fastForwardLoan(of.loanId, ms);
  of.aheadMs += ms;
}

async function counted({ loanId }: Serviced, repayments: number): Promise<void> {
  await eventually(`${repayments} repayments`, async () => {
    const rows = await house.db
      .selectFrom('repayments')
      .select('notice_id')
      .where('loan_id', '=', loanId)
      .execute();
    return rows.length === repayments;
  });
}

/** What the borrower still owes beside the money that is held. */
async function owedFen(of: Serviced): Promise<number> {
  const { totalFen, heldFen } = (await view(of)).balances;
  return totalFen - heldFen;
}

/** The day by the loan's clock. */
const dayOf = ({ aheadMs }: Serviced): string =>
  new Date(Date.now() + aheadMs + 8 * 3_600_000).toISOString().slice(0, 10);

/** Asks to settle and pays exactly what is quoted, or a little more. */
async function settle(of: Serviced, moreFen = 0): Promise<number> {
  const { client } = of.loan;
  await data(client.loans.prepay(of.loanId, { kind: 'SETTLE' }));
  const { toPayFen } = await data(client.loans.quote(of.loanId, { on: dayOf(of), kind: 'SETTLE' }));
  await repay(house, of.number, toPayFen + moreFen);
  return toPayFen;
}

/** Two people of finance give held money back; servicing ends with it. */
async function giveBack({ loanId }: Serviced, amountFen: number): Promise<void> {
  const maker = house.world.as('finance-maker', 'refund-maker');
  const checker = house.world.as('finance-checker', 'refund-checker');
  await data(maker.loans.refund(loanId, { amountFen, reason: 'OVERPAID' }));
  const { orders } = await data(maker.loans.servicing(loanId));
  const [{ requestNo } = { requestNo: '' }] = orders;
  await data(
    checker.loans.decideRefund(loanId, { requestNo, decision: 'APPROVE', reason: 'CHECKED' }),
  );
  await eventually('given back', async () => {
    const after = await data(maker.loans.servicing(loanId));
    return after.orders[0]?.state === 'PAID';
  });
}

async function expectSettled({ loan, loanId }: Serviced): Promise<void> {
  await reach(loan, 'SETTLED');
  expect((await journeyOf(loan)).at(-1)).toBe('SERVICE>SETTLED system LOAN_SETTLED');
  const handle = house.client.workflow.getHandle(servicingWorkflowId(loanId));
  await handle.result();
  const { status, typedSearchAttributes } = await handle.describe();
  expect(status.name).toBe('COMPLETED');
  expect(typedSearchAttributes.get(LoanStage)).toBe('SETTLED');
  await data(loan.client.loans.askSettlementCertificate(loanId));
  const certificate = await eventually('the certificate', async () => {
    const answer = await loan.client.loans.settlementCertificatePdf(loanId);
    return answer.ok ? answer.data : null;
  });
  expect(Buffer.from(certificate).subarray(0, 5).toString()).toBe('%PDF-');
  await expectNothingPersonal(loan);
}

describe.concurrent('a loan in service', () => {
  it('becomes overdue the day after an unpaid due date, is current again once paid, and settles with the last fen', async () => {
    const of = await serviced('straight-small');
    const { instalments } = await view(of);
    const [first] = instalments;
    if (first === undefined) throw new Error('a loan without instalments');
    await moveTo(of, first.payableUntil, 0);
    expect((await view(of)).state).toBe('ACTIVE');
    await moveTo(of, first.payableUntil, 1);
    expect(await view(of)).toMatchObject({ state: 'OVERDUE', daysPastDue: 1 });
    await moveTo(of, first.payableUntil, 31);
    expect((await view(of)).daysPastDue).toBe(31);

    const due = await data(of.loan.client.loans.quote(of.loanId, { on: dayOf(of) }));
    expect(due.owed.penaltyFen).toBeGreaterThan(0);
    await repay(house, of.number, due.toPayFen);
    await eventually('current again', async () => (await view(of)).state === 'ACTIVE');
    expect((await view(of)).instalments[0]).toMatchObject({
      paidPrincipalFen: first.principalFen,
      paidInterestFen: first.interestFen,
    });
    await settle(of);
    await expectSettled(of);
    expect(await owedFen(of)).toBe(0);
    expect((await view(of)).settledReason).toBe('PREPAID');
  });

  it('counts each repayment to the fen as the bank booked it, and gives an overpayment a name', async () => {
    const of = await serviced('straight-approval');
    const owed = await owedFen(of);
    for (const amount of [1, 100_00, 33]) await repay(house, of.number, amount);
    await counted(of, 3);
    expect(await owedFen(of)).toBe(owed - 100_34);
    const toPayFen = await settle(of, 5_00);
    await reach(of.loan, 'SETTLED');
    const { repayments, balances } = await view(of);
    const received = repayments.reduce((sum, { amountFen }) => sum + amountFen, 0);
    expect(received).toBe(100_34 + toPayFen + 5_00);
    expect(balances).toMatchObject({ totalFen: 0, heldFen: 5_00 });
    const ours = (await readBooks(house)).payments.filter(
      ({ kind, loanReference }) => kind === 'REPAYMENT' && loanReference === of.number,
    );
    expect(ours.reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(received);
    await giveBack(of, 5_00);
    await expectSettled(of);
    expect((await view(of)).balances.heldFen).toBe(0);
  });

  it('starts afresh before its history grows long, without losing or doubling a repayment', async () => {
    const of = await serviced('straight-approval', 1);
    const handle = house.client.workflow.getHandle(servicingWorkflowId(of.loanId));
    const firstRun = (await handle.describe()).runId;
    const owed = await owedFen(of);
    let sent = 0;
    while ((await handle.describe()).runId === firstRun && sent < 300) {
      await Promise.all(Array.from({ length: 10 }, () => repay(house, of.number, 1_00)));
      sent += 10;
      await counted(of, sent);
    }
    expect((await handle.describe()).runId).not.toBe(firstRun);
    expect(await owedFen(of)).toBe(owed - sent * 1_00);
    await settle(of);
    await expectSettled(of);
  });
});

// Alone: a fault strikes whoever asks.
describe.sequential('a repayment told twice', () => {
  it('is counted once, however often and in whatever order the bank tells it', async () => {
    const of = await serviced('straight-approval', 2);
    const owed = await owedFen(of);
    await setFault(house.world, {
      service: 'bank',
      operation: 'repayment',
      fault: 'duplicate-callback',
      count: 1,
    });
    await setFault(house.world, {
      service: 'bank',
      operation: 'repayment',
      fault: 'out-of-order',
      count: 1,
    });
    await repay(house, of.number, 200_00);
    await repay(house, of.number, 300_00);
    await repay(house, of.number, 400_00);
    await counted(of, 3);
    const told = await fetch(`${house.sandbox.url}/_admin/callbacks`);
    const notices = (await told.json()) as readonly {
      noticeId: string;
      body: { loanReference?: string };
    }[];
    for (const { noticeId } of notices.filter(({ body }) => body.loanReference === of.number))
      await fetch(`${house.sandbox.url}/_admin/callbacks/${noticeId}/again`, { method: 'POST' });
    await repay(house, of.number, 1);
    await counted(of, 4);
    await clearFaults(house.world);
    expect(await owedFen(of)).toBe(owed - 900_01);
  });
});
