/** What finance does beside payouts: unmatched money, the payee of an entrusted payment, and the day with the bank; on one whole house. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { businessDate } from '../../platform/clock.ts';
import { payoutOf } from '../../tools/teller/staff.ts';
import { clearFaults, data, setFault } from '../../tools/teller/world.ts';
import { queueName } from '../../workflows/ids.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, eventually, type Loan, loanIdOf } from '../support/loan.ts';
import { readBooks, repay } from '../support/outside.ts';

let house: House;
let loan: Loan;
let loanId: string;
let number: string;

beforeAll(async () => {
  house = await openHouse();
  loan = await driveTo(await applyAs(house, 'straight-approval', 20), 'SERVICE');
  loanId = await loanIdOf(loan);
  number = (await data(loan.client.loans.get(loanId))).number;
});
afterAll(async () => await house?.close());

const maker = () => house.world.as('finance-maker', 'desk-maker');
const checker = () => house.world.as('finance-checker', 'desk-checker');
const code = (said: { ok: true } | { ok: false; problem: { code: string } }) =>
  said.ok ? 'OK' : said.problem.code;

/** Runs a workflow of the clock now, and gives what it says. */
const run = async (workflowType: string, args: readonly unknown[] = []) =>
  await house.client.workflow.execute(workflowType, {
    taskQueue: queueName(house.config.temporal.taskQueuePrefix, 'loan'),
    workflowId: `${workflowType}-${crypto.randomUUID()}`,
    args: [...args],
  });

async function unmatched(amountFen: number) {
  return await eventually('unmatched money', async () => {
    const { items } = await data(maker().loans.unmatched());
    return items.find((one) => one.amountFen === amountFen);
  });
}

const booked = async (noticeId: string) =>
  (
    await house.db
      .selectFrom('ledger_journals')
      .select('event')
      .where('event_key', 'like', `unmatched%:${noticeId}`)
      .orderBy('id')
      .execute()
  ).map(({ event }) => event);

const agreement = (action: 'ASSIGN' | 'REFUND') =>
  ({ decision: 'APPROVE', action, reason: 'SLIP_SEEN' }) as const;

describe.sequential('unmatched money', () => {
  it('goes back by two people to the account that they name, once, though the bank’s answer is lost', async () => {
    await repay(house, 'L0000000000000', 56_78);
    const { noticeId } = await unmatched(56_78);
    const { identity, loan: form } = loan.persona.application;
    const { name } = identity;
    const back = { action: 'REFUND', name, account: form.bankCardNumber, reason: 'KNOWN' } as const;
    await data(maker().unmatchedMoney.propose(noticeId, back));
    expect(code(await maker().unmatchedMoney.propose(noticeId, back))).toBe('ALREADY_PROPOSED');
    const alone = house.world.as('finance-checker', 'desk-maker');
    expect(code(await alone.unmatchedMoney.decide(noticeId, agreement('REFUND')))).toBe(
      'FOUR_EYES',
    );
    await run('unmatchedMoney');
    expect(await booked(noticeId)).toEqual(['UNMATCHED_RECEIVED']);
    await data(checker().unmatchedMoney.decide(noticeId, agreement('REFUND')));
    const lost = { service: 'bank', operation: 'transfer', fault: 'drop-reply', count: 1 };
    await setFault(house.world, lost);
    await run('unmatchedMoney');
    await clearFaults(house.world);
    await run('unmatchedMoney');
    await run('unmatchedMoney');
    expect(await booked(noticeId)).toEqual(['UNMATCHED_RECEIVED', 'UNMATCHED_RETURNED']);
    const sent = (await readBooks(house)).payments.filter(
      ({ kind, amountFen }) => kind === 'TRANSFER' && amountFen === 56_78,
    );
    expect(sent).toMatchObject([{ status: 'PAID' }]);
    const { items } = await data(maker().loans.unmatched());
    expect(items.map((one) => one.noticeId)).not.toContain(noticeId);
  });

  it('that is a loan’s is counted by that loan once, out of the account where it lay, and the books agree', async () => {
    await repay(house, 'L1111111111111', 12_34);
    const { noticeId } = await unmatched(12_34);
    const whose = { action: 'ASSIGN', loanId, reason: 'TYPING_ERROR' } as const;
    await data(maker().unmatchedMoney.propose(noticeId, whose));
    await data(checker().unmatchedMoney.decide(noticeId, agreement('ASSIGN')));
    await run('unmatchedMoney');
    await eventually('the repayment', async () => {
      const { repayments } = await data(loan.client.loans.get(loanId));
      return repayments.length === 1;
    });
    await run('unmatchedMoney');
    expect(await booked(noticeId)).toEqual(['UNMATCHED_RECEIVED', 'UNMATCHED_ASSIGNED']);
    expect((await data(loan.client.loans.get(loanId))).balances.heldFen).toBe(12_34);
    // Through Temporal as the schedule begins it, with a heartbeat; the books hold what the record holds.
    expect(await run('ledgerWatch')).toEqual({ differences: 0, fresh: 0, gone: 0 });
  });
});

describe.sequential('the day with the bank', () => {
  const today = businessDate(new Date());

  it('holds refunds and assigned money, and money that no notice told of is on one desk alone', async () => {
    await setFault(house.world, { service: 'bank', fault: 'no-callback', count: 1 });
    await fetch(`${house.sandbox.url}/_admin/bank/repayment`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ loanReference: 'L2222222222222', amountFen: 91_00 }),
    });
    await clearFaults(house.world);
    await repay(house, number, 10_00);
    await eventually('both repayments', async () => {
      const { repayments } = await data(loan.client.loans.get(loanId));
      return repayments.length === 2;
    });
    expect(await run('reconciliation', [{ day: today }])).toBe('RECONCILED');
    expect(await unmatched(91_00)).toMatchObject({ cause: 'NO_SUCH_LOAN', state: 'OPEN' });
    const { items } = await data(maker().reconciliations.cases({ day: today }));
    expect(items).toEqual([]);
    const [day] = (await data(maker().reconciliations.list())).items;
    expect(day).toMatchObject({ day: today, final: false, openCases: 0 });
  });

  it('is asked for by a maker, never for a day to come, and a case is closed by two', async () => {
    expect(code(await maker().reconciliations.run('2999-01-01'))).toBe('VALIDATION_FAILED');
    const begun = await data(maker().reconciliations.run(today));
    expect(begun.day).toBe(today);
    await house.client.workflow.getHandle(begun.workflowId).result();
    const { id } = await house.db
      .insertInto('reconciliation_cases')
      .values({ day: '2026-01-05', kind: 'FILE_CHANGED', key: 'k', why: 'FORMER' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const said = { action: 'ACCEPTED', reason: 'BANK_SAYS_SO' } as const;
    expect(code(await checker().reconciliations.approve(id, said))).toBe('NO_PROPOSAL');
    expect(await data(maker().reconciliations.propose(id, said))).toMatchObject({
      state: 'PROPOSED',
      owner: 'desk-maker',
    });
    const alone = house.world.as('finance-checker', 'desk-maker');
    expect(code(await alone.reconciliations.approve(id, said))).toBe('FOUR_EYES');
    const other = { ...said, action: 'NOT_OURS' } as const;
    expect(code(await checker().reconciliations.approve(id, other))).toBe('ACTION_DIFFERS');
    expect(await data(checker().reconciliations.approve(id, said))).toMatchObject({
      state: 'RESOLVED',
    });
    expect(code(await maker().reconciliations.propose(id, said))).toBe('ALREADY_DECIDED');
  });
});

describe('the payee of an entrusted payment', () => {
  it('is registered by one and typed once more by another; what differs is refused, and no answer names it', async () => {
    const { id } = await payoutOf(house.world, loan.id, 'PAID');
    const payee = {
      name: '上海样例装修有限公司',
      account: '6217001234567890999',
      evidenceSm3: 'a'.repeat(64),
    };
    const proposal = { ...payee, evidenceKind: 'INVOICE', reason: 'INVOICE_SEEN' } as const;
    const said = await maker().payees.propose(id, proposal);
    expect(JSON.stringify(said)).not.toContain('装修');
    expect(code(await maker().payees.propose(id, proposal))).toBe('ALREADY_PROPOSED');
    const approval = { ...payee, decision: 'APPROVE', reason: 'COMPARED' } as const;
    const alone = house.world.as('finance-checker', 'desk-maker');
    expect(code(await alone.payees.decide(id, approval))).toBe('FOUR_EYES');
    const typo = { ...approval, account: '6217001234567890998' };
    expect(code(await checker().payees.decide(id, typo))).toBe('PAYEE_DIFFERS');
    const { items } = await data(checker().payees.decide(id, approval));
    expect(items).toMatchObject([{ state: 'APPROVED', proposedBy: 'desk-maker' }]);
  });
});
