/** Loans lived to their end: given back, debited, late, prepaid in part, rescheduled; the books agree with each of them. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { latestOffer } from '../../db/queries/offer.ts';
import { addDays, daysBetween } from '../../domain/calendar.ts';
import { fen } from '../../domain/money.ts';
import { clearFaults, data, setFault } from '../../tools/teller/world.ts';
import { servicingWorkflowId } from '../../workflows/ids.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, eventually, type Loan, loanIdOf, reach } from '../support/loan.ts';
import { readBooks, repay } from '../support/outside.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse({
    policy: {
      'sign.coolingOffDays': 7,
      'service.debitDays': 2,
      'service.debitHours': [9, 20],
    },
  });
});
afterAll(async () => await house?.close());

interface Serviced {
  readonly loan: Loan;
  readonly loanId: string;
  readonly number: string;
  aheadMs: number;
}

async function serviced(
  variant: number,
  asked: Parameters<typeof applyAs>[3] = {},
): Promise<Serviced> {
  const applied = await applyAs(house, 'straight-approval', variant, asked);
  const loan = await driveTo(applied, 'SERVICE');
  const loanId = await loanIdOf(loan);
  const { number } = await data(loan.client.loans.get(loanId));
  await eventually('servicing', async () => {
    const handle = house.client.workflow.getHandle(servicingWorkflowId(loanId));
    return await handle.describe().catch(() => null);
  });
  return { loan, loanId, number, aheadMs: 0 };
}

const view = ({ loan, loanId }: Serviced) => data(loan.client.loans.get(loanId));
const dayOf = ({ aheadMs }: Serviced): string =>
  new Date(Date.now() + aheadMs + 8 * 3_600_000).toISOString().slice(0, 10);

async function moveTo(of: Serviced, date: string, time: string): Promise<void> {
  const ms = Date.parse(`${date}T${time}:00+08:00`) - Date.now() - of.aheadMs;
  await house.fastForwardLoan(of.loanId, ms);
  of.aheadMs += ms;
}

const problem = (said: { ok: true } | { ok: false; problem: { code: string } }) =>
  said.ok ? 'OK' : said.problem.code;

/** What the books hold of a loan is what its schedule and its held money say, part by part. */
async function expectBooksAgree({ loanId }: Serviced): Promise<void> {
  const { rows } = await sql<{ loan_id: string }>`
    (select * from loan_balances where loan_id = ${loanId}
     except select * from loan_ledger_balances where loan_id = ${loanId})`.execute(house.db);
  expect(rows).toEqual([]);
}

/** How often the loan's workflow has looked. */
async function looksOf({ loanId }: Serviced): Promise<number> {
  const { events } = await house.client.workflow
    .getHandle(servicingWorkflowId(loanId))
    .fetchHistory();
  return (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes).length;
}

const debitsOf = async ({ number }: Serviced) =>
  (await readBooks(house)).payments.filter(
    ({ kind, loanReference }) => kind === 'DEBIT' && loanReference === number,
  );

describe.concurrent('a loan in service', () => {
  it('is given back in the cooling-off time for what is quoted, and money that comes afterwards is a case of finance', async () => {
    const of = await serviced(0);
    const { client } = of.loan;
    await data(client.loans.prepay(of.loanId, { kind: 'COOLING_OFF' }));
    const on = dayOf(of);
    const quoted = await data(client.loans.quote(of.loanId, { on, kind: 'COOLING_OFF' }));
    expect(quoted).toMatchObject({ owed: { feeFen: 0 }, coolingOffUntil: expect.any(String) });
    await repay(house, of.number, quoted.toPayFen);
    await reach(of.loan, 'SETTLED');
    expect((await view(of)).settledReason).toBe('COOLING_OFF');
    await expectBooksAgree(of);
    await house.client.workflow.getHandle(servicingWorkflowId(of.loanId)).result();
    await repay(house, of.number, 12_34);
    const finance = house.world.as('finance-maker', 'case-maker');
    const found = await eventually('the case', async () => {
      const { items } = await data(finance.loans.unmatched());
      return items.find(({ loanId }) => loanId === of.loanId);
    });
    expect(found).toMatchObject({ cause: 'LOAN_CLOSED', amountFen: 12_34, state: 'OPEN' });
  });

  it('late, paid in part, prepaid in part and rescheduled by two people, is settled to the fen, and the books agree', async () => {
    const of = await serviced(1);
    const { client } = of.loan;
    const [first, second] = (await view(of)).instalments;
    if (first === undefined || second === undefined) throw new Error('a loan without instalments');
    // Before the hours of debits: this borrower pays by transfer.
    await moveTo(of, first.dueDate, '01:00');
    const due = await data(client.loans.quote(of.loanId, { on: dayOf(of) }));
    await repay(house, of.number, due.toPayFen);
    await eventually(
      'paid',
      async () =>
        (await view(of)).balances.heldFen === 0 && (await view(of)).repayments.length === 1,
    );

    const part = { kind: 'PARTIAL', amountFen: 1_000_00, choice: 'SHORTER_TERM' } as const;
    await data(client.loans.prepay(of.loanId, part));
    const quoted = await data(client.loans.quote(of.loanId, { on: dayOf(of), ...part }));
    expect(quoted.owed.principalFen).toBe(1_000_00);
    await repay(house, of.number, quoted.toPayFen);
    await eventually('the second version', async () => (await view(of)).scheduleVersion === 2);
    await expectBooksAgree(of);

    const maker = house.world.as('finance-maker', 'schedule-maker');
    const checker = house.world.as('finance-checker', 'schedule-checker');
    await data(maker.loans.reschedule(of.loanId, { kind: 'DEFER', months: 2, reason: 'ILLNESS' }));
    expect(
      problem(
        await maker.loans.reschedule(of.loanId, { kind: 'DEFER', months: 1, reason: 'ILLNESS' }),
      ),
    ).toBe('ALREADY_PROPOSED');
    const { reschedules } = await data(maker.loans.servicing(of.loanId));
    const decision = {
      rescheduleId: reschedules[0]?.id ?? '',
      decision: 'APPROVE',
      reason: 'CHECKED',
    } as const;
    const same = house.world.as('finance-checker', 'schedule-maker');
    expect(problem(await same.loans.decideReschedule(of.loanId, decision))).toBe('FOUR_EYES');
    await data(checker.loans.decideReschedule(of.loanId, decision));
    const { versions } = await data(maker.loans.servicing(of.loanId));
    expect(versions.map(({ reason, state }) => `${reason} ${state}`)).toEqual([
      'RESCHEDULED ACTIVE',
      'PREPAID REPLACED',
      'ORIGINATED REPLACED',
    ]);
    await expectBooksAgree(of);

    await data(client.loans.prepay(of.loanId, { kind: 'SETTLE' }));
    const last = await data(client.loans.quote(of.loanId, { on: dayOf(of), kind: 'SETTLE' }));
    await repay(house, of.number, last.toPayFen);
    await reach(of.loan, 'SETTLED');
    expect((await view(of)).balances).toMatchObject({ totalFen: 0, heldFen: 0 });
    await expectBooksAgree(of);
  });

  it('repaid at any time, costs interest by the day on what is owed, from the payout to the last fen', async () => {
    const of = await serviced(3, { productCode: 'REVOLVING_CREDIT', amountFen: fen(36_000_00) });
    const { client } = of.loan;
    const { instalments, annualRate: rate, disbursedOn } = await view(of);
    expect(instalments[0]).toMatchObject({ principalFen: 3_600_00 });
    const perDay = (owedFen: number, days: number) =>
      Math.round((owedFen * Number(rate) * days) / 36_000);
    await moveTo(of, addDays(disbursedOn, 10), '01:00');
    const part = { kind: 'PARTIAL', amountFen: 6_000_00, choice: 'LOWER_PAYMENT' } as const;
    await data(client.loans.prepay(of.loanId, part));
    const quoted = await data(client.loans.quote(of.loanId, { on: dayOf(of), ...part }));
    const interestFen = perDay(36_000_00, 10);
    expect(quoted).toMatchObject({ toPayFen: 6_000_00, owed: { feeFen: 0, interestFen } });
    await repay(house, of.number, quoted.toPayFen);
    await eventually('the second version', async () => (await view(of)).scheduleVersion === 2);
    const owedFen = 30_000_00 + interestFen;
    const next = (await view(of)).instalments.find(({ number }) => number === 2);
    const days = daysBetween(addDays(disbursedOn, 10), next?.dueDate ?? '');
    expect(next).toMatchObject({
      principalFen: Math.round(owedFen / 10),
      interestFen: perDay(owedFen, days),
    });
    await expectBooksAgree(of);
    await data(client.loans.prepay(of.loanId, { kind: 'SETTLE' }));
    const last = await data(client.loans.quote(of.loanId, { on: dayOf(of), kind: 'SETTLE' }));
    expect(last.toPayFen).toBe(owedFen);
    await repay(house, of.number, last.toPayFen);
    await reach(of.loan, 'SETTLED');
    await expectBooksAgree(of);
  });

  it('falls due on the day that the applicant chose', async () => {
    const asked = { productCode: 'EVEN_PRINCIPAL_CREDIT', dueDay: 7 };
    const loan = await driveTo(await applyAs(house, 'straight-approval', 4, asked), 'OFFER');
    const stored = (await latestOffer(house.db, loan.id))?.offer;
    expect(stored).toMatchObject({ dueDay: 7, product: 'EVEN_PRINCIPAL_CREDIT@1' });
    expect(stored?.schedule.instalments.map(({ dueDate }) => dueDate.slice(8))).toEqual(
      Array.from({ length: 12 }, () => '07'),
    );
  });
});

// Alone: a fault strikes whoever asks.
describe.sequential('a debit', () => {
  it('whose answer is lost takes the money once, is found by its number, and pays what was due; the next one is the last look of its day', async () => {
    const of = await serviced(2);
    const [first, second] = (await view(of)).instalments;
    if (first === undefined || second === undefined) throw new Error('a loan without instalments');
    await moveTo(of, first.dueDate, '08:00');
    expect(await debitsOf(of)).toEqual([]);
    await setFault(house.world, {
      service: 'bank',
      operation: 'debit',
      fault: 'drop-reply',
      count: 1,
    });
    await moveTo(of, first.dueDate, '09:30');
    await clearFaults(house.world);
    await moveTo(of, first.dueDate, '23:00');
    const owed = first.principalFen + first.interestFen + first.feeFen;
    await eventually('the debit counted', async () => (await view(of)).repayments.length === 1);
    expect(await debitsOf(of)).toMatchObject([{ status: 'PAID', amountFen: owed }]);
    expect((await view(of)).repayments).toMatchObject([{ amountFen: owed, unallocatedFen: 0 }]);
    const finance = house.world.as('finance-maker', 'case-maker');
    const { orders } = await data(finance.loans.servicing(of.loanId));
    expect(orders).toMatchObject([{ kind: 'DEBIT', state: 'PAID', step: 'debit:1:1' }]);
    await moveTo(of, second.dueDate, '09:30');
    await eventually('the next debit', async () => (await view(of)).repayments.length === 2);
    const looks = await looksOf(of);
    await moveTo(of, second.dueDate, '23:00');
    expect(await looksOf(of)).toBe(looks);
    await expectBooksAgree(of);
  });
});
