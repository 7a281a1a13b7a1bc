/** What the database refuses about loans in service, by raw SQL as well: a day twice, two active schedules, one person for two. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../db/database.ts';
import { COUNTED_TO_TODAY } from '../../db/migrations/0041-servicing.ts';
import { settleOrder } from '../../db/queries/bank-orders.ts';
import { storeVersion } from '../../db/queries/servicing.ts';
import { fen } from '../../domain/money.ts';
import { businessDate } from '../../platform/clock.ts';
import { openTestDatabase, type TestDatabase } from '../ports/postgres.ts';
import { AMOUNT, application, contract, payoutRow, refusal } from './rows.ts';

let opened: TestDatabase;
let db: Db;
let loanId: string;

const UNIQUE_VIOLATION = '23505';
const RESTRICT_VIOLATION = '23001';

beforeAll(async () => {
  opened = await openTestDatabase();
  db = opened.db;
  const id = await application(db, 'SERVICE');
  const payout = payoutRow(id, await contract(db, id), { state: 'PAID' });
  await db.insertInto('payouts').values(payout).execute();
  loanId = randomUUID();
  await db
    .insertInto('loans')
    .values({
      id: loanId,
      application_id: id,
      payout_id: payout.id,
      number: loanId,
      principal_fen: AMOUNT,
      annual_rate: '12',
      term_months: 12,
      method: 'EQUAL_INSTALMENT',
      disbursed_on: '2026-01-05',
      state: 'ACTIVE',
    })
    .execute();
});
afterAll(() => opened.close());

const accrue = (from: string, until: string, number = 1) =>
  db
    .insertInto('penalty_accruals')
    .values({
      loan_id: loanId,
      number,
      from_day: from,
      until_day: until,
      principal_fen: AMOUNT,
      interest_fen: fen(0),
      annual_rate: '12',
      charged_fen: fen(1),
    })
    .execute();

const order = (kind: 'DEBIT' | 'REFUND', step: string, more: object = {}) =>
  db
    .insertInto('bank_orders')
    .values({
      request_no: randomUUID(),
      loan_id: loanId,
      kind,
      step,
      amount_fen: AMOUNT,
      state: 'READY',
      ordered_on: '2026-02-05',
      ...more,
    })
    .returning('request_no')
    .executeTakeFirstOrThrow();

describe('penalty interest', () => {
  it('is accrued once for a day, in whichever length the days come, and is never changed', async () => {
    await accrue('2026-02-05', '2026-02-10');
    expect(await refusal(accrue('2026-02-05', '2026-02-10'))).toBe(UNIQUE_VIOLATION);
    expect(await refusal(accrue('2026-02-09', '2026-02-11'))).toBe(UNIQUE_VIOLATION);
    expect(await refusal(accrue('2026-02-01', '2026-02-20'))).toBe(UNIQUE_VIOLATION);
    await accrue('2026-02-10', '2026-02-11');
    await accrue('2026-02-05', '2026-02-10', 2);
    const change = db
      .updateTable('penalty_accruals')
      .set({ charged_fen: fen(0) })
      .execute();
    expect(await refusal(change)).toBe(RESTRICT_VIOLATION);
  });
});

describe('a schedule', () => {
  const version = (number: number, state: 'ACTIVE' | 'REPLACED') =>
    db
      .insertInto('schedule_versions')
      .values({
        loan_id: loanId,
        version: number,
        reason: 'RESCHEDULED',
        state,
        effective_on: '2026-02-05',
        cause: randomUUID(),
      })
      .execute();

  it('has one active version, and what a version promised is never changed', async () => {
    await version(1, 'ACTIVE');
    expect(await refusal(version(2, 'ACTIVE'))).toBe('schedule_versions_one_active');
    const lines = [
      {
        number: 1,
        dueDate: '2026-03-05',
        principalFen: AMOUNT,
        interestFen: fen(0),
        feeFen: fen(0),
      },
    ];
    const next = { loanId, version: 2, effectiveOn: '2026-02-06', cause: randomUUID(), lines };
    await db.transaction().execute((tx) => storeVersion(tx, { ...next, reason: 'PREPAID' }));
    const active = await db
      .selectFrom('schedule_versions')
      .select('version')
      .where('loan_id', '=', loanId)
      .where('state', '=', 'ACTIVE')
      .execute();
    expect(active).toEqual([{ version: 2 }]);
    const change = db
      .updateTable('schedule_lines')
      .set({ principal_fen: fen(0) })
      .execute();
    expect(await refusal(change)).toBe(RESTRICT_VIOLATION);
  });
});

describe('an order to the bank', () => {
  it('exists once for each step, and a loan has one debit under way', async () => {
    const { request_no: first } = await order('DEBIT', 'debit:1:1');
    expect(await refusal(order('DEBIT', 'debit:1:2'))).toBe('bank_orders_one_open');
    const settle = (state: 'PAID' | 'REFUSED') =>
      db.transaction().execute((tx) =>
        settleOrder(tx, first, {
          state,
          bankReference: state === 'PAID' ? 'BK1' : null,
          failureCode: state === 'PAID' ? null : 'INSUFFICIENT_FUNDS',
        }),
      );
    expect(await settle('REFUSED')).toBe(true);
    // A callback that comes late changes nothing of what is settled.
    expect(await settle('PAID')).toBe(false);
    expect(await refusal(order('DEBIT', 'debit:1:1'))).toBe('bank_orders_loan_id_step_key');
    await order('DEBIT', 'debit:1:2');
  });

  it('that gives money back needs two people', async () => {
    const people = (proposed_by: string | null, decided_by: string | null) =>
      refusal(order('REFUND', randomUUID(), { proposed_by, decided_by }));
    expect(await people(null, 'li')).toBe('bank_orders_refund_proposed');
    expect(await people('wang', null)).toBe('bank_orders_refund_decided');
    expect(await people('wang', 'wang')).toBe('bank_orders_two_people');
    expect(await people('wang', 'li')).toBeNull();
  });

  it('is paid only with the reference of the bank', async () => {
    expect(await refusal(order('DEBIT', 'debit:9:1', { state: 'PAID' }))).toBe(
      'bank_orders_paid_reference',
    );
  });
});

describe('a loan that was in service before its days were counted', () => {
  it('stands counted to the day of the migration, so that past arrears bear no penalty interest', async () => {
    const standing = async () =>
      await db
        .selectFrom('loans')
        .select(['serviced_to', 'disbursed_on'])
        .where('id', '=', loanId)
        .executeTakeFirstOrThrow();
    expect((await standing()).serviced_to).toBeNull();
    const before = businessDate(new Date());
    await sql.raw(COUNTED_TO_TODAY).execute(db);
    const { serviced_to: to } = await standing();
    expect([before, businessDate(new Date())]).toContain(to);
    // Told again it moves no loan that is counted already.
    await sql`update loans set serviced_to = '2026-02-01' where id = ${loanId}`.execute(db);
    await sql.raw(COUNTED_TO_TODAY).execute(db);
    expect((await standing()).serviced_to).toBe('2026-02-01');
  });
});
