/** The life of one paid-out loan, month by month of its own clock: due dates come, the borrower does what is their habit, money is counted. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { fastForward } from '../../platform/temporal/fast-forward.ts';
import { servicingWorkflowId } from '../../workflows/ids.ts';
import type { Playhouse } from '../playhouse/house.ts';
import type { Player } from '../playhouse/player.ts';
import { data } from '../teller/world.ts';
import type { Borrower, Habit } from './cast.ts';

const DAY_MS = 86_400_000;
/** When a day is looked at: its debits are over. */
const EVENING = 21;
const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 40;

/** How a loan stood when one of its months was over. */
export interface MonthEnd {
  /** Months on book, from 1. */
  readonly month: number;
  readonly state: string;
  readonly daysPastDue: number;
}

export interface Life {
  readonly borrower: Borrower;
  readonly player: Player;
  readonly months: MonthEnd[];
  /** Why the life could not be lived to its end; null when it was. */
  trouble: string | null;
}

interface Loan {
  readonly id: string;
  readonly number: string;
  readonly disbursedOn: string;
  /** How far the loan's clock is ahead of ours, in milliseconds. */
  aheadMs: number;
}

const payment = z.object({ bankReference: z.string() });

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${WITHIN_MS / 1_000} s`);
    await sleep(LOOK_EVERY_MS);
  }
}

async function findLoan({ db, client }: Playhouse, applicationId: string): Promise<Loan> {
  const row = await until('the loan', () =>
    db
      .selectFrom('loans')
      .select(['id', 'number', 'disbursed_on'])
      .where('application_id', '=', applicationId)
      .executeTakeFirst(),
  );
  await until('its servicing', () =>
    client.workflow
      .getHandle(servicingWorkflowId(row.id))
      .describe()
      .catch(() => undefined),
  );
  return { id: row.id, number: row.number, disbursedOn: row.disbursed_on, aheadMs: 0 };
}

async function standing({ db }: Playhouse, { id }: Loan) {
  return await db
    .selectFrom('loans')
    .select(['state', 'days_past_due'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

async function dueDate({ db }: Playhouse, { id }: Loan, number: number): Promise<string | null> {
  const row = await db
    .selectFrom('instalments')
    .select('due_date')
    .where('loan_id', '=', id)
    .where('number', '=', number)
    .executeTakeFirst();
  return row?.due_date ?? null;
}

/** Moves the loan's clock to an hour of a day in Shanghai; a moment that is over already moves nothing. */
async function moveTo({ client }: Playhouse, loan: Loan, date: string, hour: number) {
  const there = Date.parse(`${date}T${String(hour).padStart(2, '0')}:00:00+08:00`);
  const ms = there - Date.now() - loan.aheadMs;
  if (ms <= 0) return;
  await fastForward(client, servicingWorkflowId(loan.id), ms, WITHIN_MS);
  loan.aheadMs += ms;
}

/** A day so many days after another, as ISO dates. */
export function daysAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The borrower transfers an amount, and the loan has counted it. */
async function pay(house: Playhouse, loan: Loan, amountFen: number): Promise<void> {
  const answer = await fetch(`${house.sandboxUrl}/_admin/bank/repayment`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ loanReference: loan.number, amountFen }),
  });
  if (!answer.ok) throw new Error(`the bank took no repayment: HTTP ${answer.status}`);
  const { bankReference } = payment.parse(await answer.json());
  await until('the repayment to be counted', () =>
    house.db
      .selectFrom('repayments')
      .select('notice_id')
      .where('bank_reference', '=', bankReference)
      .executeTakeFirst(),
  );
}

async function behave(house: Playhouse, life: Life, loan: Loan, due: string, habit: Habit) {
  const { client } = life.player;
  if (habit.settles) {
    const on = daysAfter(due, 10);
    await moveTo(house, loan, on, 10);
    await data(client.loans.prepay(loan.id, { kind: 'SETTLE' }));
    const { toPayFen } = await data(client.loans.quote(loan.id, { on, kind: 'SETTLE' }));
    if (toPayFen > 0) await pay(house, loan, toPayFen);
    return;
  }
  if (habit.paysAfterDays === null) return;
  const on = daysAfter(due, habit.paysAfterDays);
  if (habit.paysAfterDays > 0) await moveTo(house, loan, on, 10);
  const { toPayFen } = await data(client.loans.quote(loan.id, { on, kind: 'DUE' }));
  if (toPayFen > 0) await pay(house, loan, toPayFen);
}

/** The loan has paid its last fen and its workflow has ended. */
async function ended({ client }: Playhouse, { id }: Loan): Promise<void> {
  await client.withDeadline(Date.now() + WITHIN_MS, () =>
    client.workflow.getHandle(servicingWorkflowId(id)).result(),
  );
}

/**
 * Lives the months of one loan. @param tick called after each of them
 * @param untilDay where the loan's clock stands in the end when it is not settled before, an ISO date
 */
export async function live(
  house: Playhouse,
  life: Life,
  untilDay: string,
  tick: () => void,
): Promise<void> {
  const { applicationId } = life.player;
  if (applicationId === null) throw new Error('there is no application');
  const loan = await findLoan(house, applicationId);
  const { habits } = life.borrower;
  for (const [at, habit] of habits.entries()) {
    const before = await standing(house, loan);
    const due = before.state === 'SETTLED' ? null : await dueDate(house, loan, at + 1);
    if (due !== null) {
      await moveTo(house, loan, due, EVENING);
      const { state, days_past_due } = await standing(house, loan);
      life.months.push({ month: at + 1, state, daysPastDue: days_past_due });
      if (state !== 'SETTLED') await behave(house, life, loan, due, habit);
    } else
      life.months.push({ month: at + 1, state: before.state, daysPastDue: before.days_past_due });
    tick();
  }
  if ((await standing(house, loan)).state !== 'SETTLED')
    await moveTo(house, loan, untilDay, EVENING);
  if ((await standing(house, loan)).state === 'SETTLED') await ended(house, loan);
}
