/** Money that was paid and comes back, and the bank's statement beside our record: on one whole house. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reconcileDay } from '../../activities/disburse/reconcile.ts';
import { businessDate } from '../../platform/clock.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { payoutOf, release } from '../../tools/teller/staff.ts';
import { clearFaults, data, returnTransfer, setFault } from '../../tools/teller/world.ts';
import { servicingWorkflowId } from '../../workflows/ids.ts';
import { repaymentNotice } from '../../workflows/messages.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, eventually, type Loan, loanIdOf, reach } from '../support/loan.ts';
import { transfersTo } from '../support/outside.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse({ policy: { 'disburse.queryAfterSeconds': 0.5 } });
});
afterAll(async () => await house?.close());

const maker = () => house.world.as('finance-maker', 'finance-qian');
const checker = () => house.world.as('finance-checker', 'finance-zhou');

async function loanRow(loan: Loan) {
  return await house.db
    .selectFrom('loans')
    .select(['state', 'payout_id', 'schedule_version'])
    .where('id', '=', await loanIdOf(loan))
    .executeTakeFirstOrThrow();
}

async function owed(loan: Loan): Promise<readonly number[]> {
  const row = await house.db
    .selectFrom('loan_ledger_balances')
    .selectAll()
    .where('loan_id', '=', await loanIdOf(loan))
    .executeTakeFirstOrThrow();
  return [row.principal_fen, row.interest_fen, row.fee_fen];
}

/** A paid-out loan whose money came back. */
async function returned(variant: number): Promise<{ loan: Loan; payoutId: string }> {
  const loan = await driveTo(await applyAs(house, 'straight-approval', variant), 'SERVICE');
  const paid = await payoutOf(house.world, loan.id, 'PAID');
  await returnTransfer(house.world, paid.requestNo);
  // The bank gives the money back and says so; should nobody listen, the statement says it the next morning.
  await eventually('the return', async () => (await loanRow(loan)).state === 'RETURNED');
  return { loan, payoutId: paid.id };
}

async function decide(loan: Loan, payoutId: string, action: 'RETRY' | 'CANCEL') {
  const body = { action, reason: 'ACCOUNT_CHECKED' } as const;
  await data(maker().payouts.propose(payoutId, body));
  const alone = await house.world
    .as('finance-checker', 'finance-qian')
    .payouts.approve(payoutId, body);
  expect(alone.ok ? 200 : alone.problem.code).toBe('FOUR_EYES');
  await data(checker().payouts.approve(payoutId, body));
}

describe('money that came back', () => {
  it('leaves nothing owed, and is sent again by two people only, under a new number', async () => {
    const { loan, payoutId } = await returned(10);
    expect(await owed(loan)).toEqual([0, 0, 0]);
    expect(await payoutOf(house.world, loan.id, 'RETURNED')).toMatchObject({ id: payoutId });
    const card = loan.persona.application.loan.bankCardNumber;
    expect((await transfersTo(house, card)).map(({ status }) => status)).toEqual(['RETURNED']);
    await decide(loan, payoutId, 'RETRY');
    await eventually('the loan anew', async () => (await loanRow(loan)).state === 'ACTIVE');
    const again = await payoutOf(house.world, loan.id, 'PAID');
    expect(again.attempt).toBe(2);
    expect(await loanRow(loan)).toMatchObject({ payout_id: again.id, schedule_version: 2 });
    const [principal] = await owed(loan);
    expect(principal).toBe(loan.persona.application.loan.amountFen);
    expect((await transfersTo(house, card)).map(({ status }) => status).toSorted()).toEqual([
      'PAID',
      'RETURNED',
    ]);
  });

  it('that two people do not send again ends the loan with nothing owed', async () => {
    const { loan, payoutId } = await returned(11);
    await decide(loan, payoutId, 'CANCEL');
    await reach(loan, 'CANCELLED');
    expect(await owed(loan)).toEqual([0, 0, 0]);
  });
});

const today = businessDate(new Date());

/** Looks at today with the bank's own file, its lines changed on the way if told. */
async function look(change: (lines: readonly string[]) => readonly string[] = (lines) => lines) {
  const { bank } = house.deps.ports;
  const statement: typeof bank.statement = async (request) => {
    const answer = await bank.statement(request);
    if (answer.kind !== 'FOUND') return answer;
    const lines = change(answer.data.lines).map((line, at) => line.replace(/^\d+/, `${at + 1}`));
    const sm3 = sm3Hex(lines.join('\n'));
    return { ...answer, data: { lines, sm3 } };
  };
  const ports = { ...house.deps.ports, bank: { ...bank, statement } };
  return await reconcileDay({ ...house.deps, ports }, { day: today });
}

const cases = async () =>
  await house.db
    .selectFrom('reconciliation_cases')
    .select(['kind', 'why', 'state', 'our_fen', 'their_fen'])
    .where('day', '=', today)
    .orderBy('opened_at')
    .orderBy('kind')
    .execute();

const files = async () =>
  (await house.db.selectFrom('bank_statements').select('id').execute()).length;

describe('the statement of the day', () => {
  it('holds what our record holds, returns among it, and the same file twice is one file', async () => {
    expect(await look()).toMatchObject({ outcome: 'RECONCILED', newCases: 0, returned: [] });
    expect(await look()).toMatchObject({ outcome: 'RECONCILED', newCases: 0, returned: [] });
    expect(await files()).toBe(1);
    expect(await cases()).toEqual([]);
  });

  it('with a wrong amount and a line twice opens one case each, whatever often it is looked at', async () => {
    const spoil = (lines: readonly string[]) => {
      const [first = '', second = '', ...rest] = lines;
      return [first.replace(/,OUT,\d+,/, ',OUT,7,'), second, second, ...rest];
    };
    expect(await look(spoil)).toMatchObject({ newCases: 2 });
    expect(await look(spoil)).toMatchObject({ newCases: 0 });
    expect(await cases()).toMatchObject([
      { kind: 'AMOUNT_DIFFERS', their_fen: 7, state: 'OPEN' },
      { kind: 'THEIRS_ONLY', why: 'DUPLICATE', state: 'OPEN' },
    ]);
    // The bank's own file answers both, and nobody has worked on them.
    await look();
    expect((await cases()).map(({ state }) => state)).toEqual(['RESOLVED', 'RESOLVED']);
  });

  it('that cannot be read is a case, and nothing is taken from it', async () => {
    const outcome = await look((lines) => lines.map((line) => line.replace(/,OUT,/, ',SIDEWAYS,')));
    expect(outcome).toMatchObject({ outcome: 'UNREADABLE', newCases: 1, settled: [] });
  });

  it('settles a payout of which the bank has said nothing', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 12), 'DISBURSE');
    const lost = { service: 'bank', operation: 'transfer', fault: 'drop-reply', count: 1 };
    await setFault(house.world, lost);
    await setFault(house.world, { service: 'bank', operation: 'query', fault: 'down' });
    await release(house.world, loan.id);
    const { requestNo } = await payoutOf(house.world, loan.id, 'UNKNOWN');
    expect((await look()).settled).toEqual([{ applicationId: loan.id, requestNo }]);
    expect(await payoutOf(house.world, loan.id, 'PAID')).toMatchObject({ requestNo });
    expect((await look()).settled).toEqual([]);
    await clearFaults(house.world);
    await reach(loan, 'SERVICE');
  });

  it('brings a repayment that no notice told of, and it is counted once', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 13), 'SERVICE');
    const loanId = await loanIdOf(loan);
    const { number } = await house.db
      .selectFrom('loans')
      .select('number')
      .where('id', '=', loanId)
      .executeTakeFirstOrThrow();
    await setFault(house.world, { service: 'bank', fault: 'no-callback', count: 1 });
    await fetch(`${house.sandbox.url}/_admin/bank/repayment`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ loanReference: number, amountFen: 123_00 }),
    });
    await clearFaults(house.world);
    const { repayments, newCases } = await look();
    expect([repayments.map((one) => one.loanId), newCases]).toEqual([[loanId], 0]);
    const notice = { noticeId: repayments[0]?.noticeId ?? '' };
    const servicing = house.client.workflow.getHandle(servicingWorkflowId(loanId));
    await servicing.signal(repaymentNotice, notice);
    await servicing.signal(repaymentNotice, notice);
    const counted = async () =>
      (
        await house.db
          .selectFrom('repayments')
          .select('amount_fen')
          .where('loan_id', '=', loanId)
          .execute()
      ).map((row) => row.amount_fen);
    await eventually('the repayment', async () => (await counted()).length > 0);
    expect(await look()).toMatchObject({ repayments: [], newCases: 0 });
    expect(await counted()).toEqual([123_00]);
  });
});
