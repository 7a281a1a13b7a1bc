/** One contract paid out in parts: each part once, a note of its own, held back and given up by rule, never above the principal. */
import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../db/schema/index.ts';
import { addDays } from '../../domain/calendar.ts';
import { fen } from '../../domain/money.ts';
import { PERSONAL_CREDIT } from '../../domain/products.ts';
import { businessDate } from '../../platform/clock.ts';
import { fastForward } from '../../platform/temporal/fast-forward.ts';
import { heldPayoutOf, payoutOf, release, resolve } from '../../tools/teller/staff.ts';
import { clearFaults, data, returnTransfer, setFault } from '../../tools/teller/world.ts';
import { drawdownsWorkflowId } from '../../workflows/ids.ts';
import { refusal } from '../db/rows.ts';
import { type House, openHouse } from '../support/house.ts';
import { sellInParts } from '../support/in-parts.ts';
import { applyAs, driveTo, eventually, type Loan, reach } from '../support/loan.ts';
import { repay, transfersTo } from '../support/outside.ts';

const DAY_MS = 86_400_000;
let house: House;

beforeAll(async () => {
  house = await openHouse({ policy: { 'disburse.queryAfterSeconds': 0.5 } });
  await sellInParts(house.db, PERSONAL_CREDIT);
});
afterAll(async () => await house?.close());

const plan = async (loan: Loan) => (await data(loan.client.applications.tranches(loan.id))).items;
const statesOf = async (loan: Loan) => (await plan(loan)).map(({ state }) => state);

async function paidOnce(variant: number): Promise<Loan> {
  return await driveTo(await applyAs(house, 'straight-approval', variant), 'SERVICE');
}

/** Lets days pass for the later payouts of a loan. */
async function pass(loan: Loan, days: number): Promise<void> {
  const workflowId = drawdownsWorkflowId(loan.id);
  await eventually('the drawdowns', async () => {
    const handle = house.client.workflow.getHandle(workflowId);
    return await handle.describe().catch(() => null);
  });
  await fastForward(house.client, workflowId, days * DAY_MS);
}

const atBank = async (loan: Loan) =>
  (await transfersTo(house, loan.persona.application.loan.bankCardNumber))
    .map(({ status, amountFen }) => `${status} ${amountFen}`)
    .toSorted((a, b) => (a < b ? -1 : 1));

const notesOf = async (loan: Loan) =>
  await house.db
    .selectFrom('loans')
    .selectAll()
    .where('application_id', '=', loan.id)
    .orderBy('tranche')
    .execute();

/** Which constraint refuses what somebody writes past all code; whatever happens is undone. */
async function refused(write: (tx: Transaction<Database>) => Promise<unknown>) {
  const undone = new Error('undone');
  return await refusal(
    house.db.transaction().execute(async (tx) => {
      await write(tx);
      throw undone;
    }),
  ).catch((error: unknown) => (error === undone ? null : Promise.reject(error)));
}

async function expectDatabaseRefuses(loan: Loan): Promise<void> {
  const { contract_id: contractId } = await house.db
    .selectFrom('payouts')
    .select('contract_id')
    .where('application_id', '=', loan.id)
    .executeTakeFirstOrThrow();
  const payout = (tranche: number, principal: number, advanced = principal) => ({
    id: randomUUID(),
    application_id: loan.id,
    contract_id: contractId,
    attempt: 1,
    request_no: randomUUID(),
    amount_fen: fen(advanced),
    principal_fen: fen(principal),
    tranche,
    sealed_account: Buffer.alloc(0),
    state: 'READY' as const,
  });
  const part = (tx: Transaction<Database>, number: number) =>
    tx.updateTable('tranches').where('contract_id', '=', contractId).where('number', '=', number);
  const [, second, third] = await plan(loan);
  if (second === undefined || third === undefined) throw new Error('a plan of three parts');
  const add = (tx: Transaction<Database>, row: ReturnType<typeof payout>) =>
    tx.insertInto('payouts').values(row).execute();
  expect(
    await refused(async (tx) => {
      await part(tx, 2).set({ state: 'DRAWING' }).execute();
      await add(tx, payout(2, second.principalFen + third.principalFen + 1));
    }),
  ).toBe('payouts_within_principal');
  expect(await refused((tx) => add(tx, payout(2, second.principalFen)))).toBe(
    'payouts_of_a_tranche',
  );
  expect(
    await refused(async (tx) => {
      await part(tx, 3).set({ state: 'DRAWING' }).execute();
      await add(tx, payout(3, third.principalFen, third.advancedFen));
    }),
  ).toBe('payouts_in_turn');
  expect(
    await refused(async (tx) => {
      await part(tx, 2).set({ state: 'DRAWING' }).execute();
      const row = payout(2, second.principalFen, second.advancedFen);
      await add(tx, row);
      await add(tx, { ...row, id: randomUUID(), request_no: randomUUID(), attempt: 2, ...RETRIED });
    }),
  ).toBe('payouts_one_live');
  const changed = (tx: Transaction<Database>) =>
    part(tx, 2).set({ earliest_on: '2026-01-01' }).execute();
  expect(await refused(changed)).toBe('tranches_as_agreed');
  expect(await refused((tx) => part(tx, 2).set({ state: 'PAID' }).execute())).toBe(
    'tranches_as_agreed',
  );
  const given = { given_up_by: 's', given_up_reason: 'R', given_up_at: new Date() };
  const end = { state: 'GIVEN_UP', given_up_as: 'LENDER', ...given } as const;
  expect(await refused((tx) => part(tx, 1).set(end).execute())).toBe('tranches_given_up_undrawn');
}

/** The money of the second part comes back: its note stands still and runs anew, and the first never notices. */
async function expectComesBackAlone(loan: Loan): Promise<void> {
  const states = async () => (await notesOf(loan)).map(({ state }) => state).join(' ');
  const { requestNo } = await house.db
    .selectFrom('payouts')
    .select('request_no as requestNo')
    .where('application_id', '=', loan.id)
    .where('tranche', '=', 2)
    .executeTakeFirstOrThrow();
  await returnTransfer(house.world, requestNo);
  await eventually('the return', async () => (await states()) === 'ACTIVE RETURNED');
  await resolve(house.world, loan.id, 'RETRY');
  await eventually('the second note anew', async () => (await states()) === 'ACTIVE ACTIVE');
  expect(await atBank(loan)).toEqual(['PAID 1497000', 'PAID 2495000', 'RETURNED 1497000']);
}

const RETRIED = { retry_proposed_by: 'a', retry_approved_by: 'b' };

describe.concurrent('a contract that is paid out in parts', () => {
  it('pays each part once on its day, whoever dies meanwhile, as notes of their own, and the rest can be given up', async () => {
    const loan = await paidOnce(0);
    expect(await statesOf(loan)).toEqual(['PAID', 'PLANNED', 'PLANNED']);
    expect((await plan(loan)).map(({ earliestOn }) => earliestOn)).toEqual(
      [0, 30, 60].map((days) => addDays(businessDate(new Date()), days)),
    );
    await expectDatabaseRefuses(loan);
    await pass(loan, 29);
    expect(await statesOf(loan)).toEqual(['PAID', 'PLANNED', 'PLANNED']);
    await pass(loan, 1);
    const second = await payoutOf(house.world, loan.id, 'READY');
    expect([second.tranche, second.attempt, second.amountFen]).toEqual([2, 1, 14_970_00]);
    await house.stopWorker();
    await house.startWorker();
    await release(house.world, loan.id);
    await eventually('the second note', async () => (await notesOf(loan)).length === 2);
    expect(await atBank(loan)).toEqual(['PAID 1497000', 'PAID 2495000']);
    const notes = await notesOf(loan);
    expect(notes.map((note) => [note.tranche, note.principal_fen])).toEqual([
      [1, 25_000_00],
      [2, 15_000_00],
    ]);
    expect(new Set(notes.map(({ number }) => number)).size).toBe(2);
    const { loanIds, loanId } = await reach(loan, 'SERVICE');
    expect(loanIds).toEqual(notes.map(({ id }) => id));
    expect(loanId).toBe(loanIds[0]);
    const owed = await house.db
      .selectFrom('loan_ledger_balances')
      .select('principal_fen')
      .where('loan_id', 'in', [...loanIds])
      .orderBy('principal_fen')
      .execute();
    expect(owed.map((row) => row.principal_fen)).toEqual([15_000_00, 25_000_00]);
    await data(loan.client.applications.giveUpTranches(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    await house.client.workflow.getHandle(drawdownsWorkflowId(loan.id)).result();
    expect(await statesOf(loan)).toEqual(['PAID', 'PAID', 'GIVEN_UP']);
    await reach(loan, 'SERVICE');
    await expectComesBackAlone(loan);
  });

  it('is settled only when every note is, and nothing is left to be drawn', async () => {
    const loan = await paidOnce(1);
    const [note] = await notesOf(loan);
    if (note === undefined) throw new Error('a paid loan has a note');
    const on = businessDate(new Date());
    await eventually('servicing', async () => {
      const asked = await loan.client.loans.prepay(note.id, { kind: 'SETTLE' });
      return asked.ok;
    });
    const { toPayFen } = await data(loan.client.loans.quote(note.id, { on, kind: 'SETTLE' }));
    await repay(house, note.number, toPayFen);
    await eventually('the note', async () => (await notesOf(loan))[0]?.state === 'SETTLED');
    await reach(loan, 'SERVICE');
    const others = await house.world
      .as('applicant', 'somebody-else')
      .applications.giveUpTranches(loan.id, { reason: 'NO_LONGER_NEEDED' });
    expect(others.ok).toBe(false);
    await pass(loan, 30);
    const ready = await payoutOf(house.world, loan.id, 'READY');
    await data(house.world.as('finance-maker', 'finance-qian').payouts.release(ready.id));
    await data(loan.client.applications.giveUpTranches(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    await reach(loan, 'SETTLED');
    expect(await statesOf(loan)).toEqual(['PAID', 'GIVEN_UP', 'GIVEN_UP']);
    const late = await house.world.as('finance-checker', 'finance-zhou').payouts.confirm(ready.id);
    expect(late.ok).toBe(false);
    expect(await atBank(loan)).toHaveLength(1);
  });
});

// After the others: a fault strikes whoever asks.
describe.sequential('a part that does not reach the borrower', () => {
  it('is held back while an earlier note is late, and given up by two people when the bank gives it back', async () => {
    const loan = await paidOnce(2);
    const overdue = async (state: 'OVERDUE' | 'ACTIVE', days: number) =>
      await house.db
        .updateTable('loans')
        .set({ state, days_past_due: days })
        .where('application_id', '=', loan.id)
        .execute();
    await pass(loan, 30);
    await payoutOf(house.world, loan.id, 'READY');
    await overdue('OVERDUE', 3);
    await release(house.world, loan.id);
    const stopped = await payoutOf(house.world, loan.id, 'STOPPED');
    expect([stopped.tranche, stopped.failureCode]).toEqual([2, 'EARLIER_NOTE_OVERDUE']);
    expect(await atBank(loan)).toHaveLength(1);
    await overdue('ACTIVE', 0);
    const lost = { service: 'bank', operation: 'transfer', fault: 'drop-reply', count: 1 };
    await setFault(house.world, lost);
    await setFault(house.world, { service: 'bank', operation: 'query', fault: 'down' });
    await resolve(house.world, loan.id, 'RETRY');
    const { requestNo } = await payoutOf(house.world, loan.id, 'UNKNOWN');
    await clearFaults(house.world);
    await returnTransfer(house.world, requestNo);
    await payoutOf(house.world, loan.id, 'REFUSED');
    expect((await heldPayoutOf(house.world, loan.id)).attempt).toBe(2);
    await resolve(house.world, loan.id, 'CANCEL');
    await house.client.workflow.getHandle(drawdownsWorkflowId(loan.id)).result();
    expect(await statesOf(loan)).toEqual(['PAID', 'GIVEN_UP', 'GIVEN_UP']);
    expect(await notesOf(loan)).toHaveLength(1);
    await reach(loan, 'SERVICE');
  });
});
