/** Copies of bureau reports go when nothing rests on them any more, and not a day before; their digests stay. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { enforceRetention } from '../../../activities/rights/retention.ts';
import type { Db } from '../../../db/database.ts';
import { AMOUNT, applicant, application, contract, payoutRow } from '../../db/rows.ts';
import { openTestDatabase, type TestDatabase } from '../../ports/postgres.ts';

const AT = '2026-11-24T04:00:00Z';
/** Six months before the round, and sixty, as midnight in Shanghai. */
const WITHOUT_LOAN = new Date('2026-05-24T00:00:00+08:00');
const WITH_LOAN = new Date('2021-11-24T00:00:00+08:00');
const justBefore = (moment: Date): Date => new Date(moment.getTime() - 1);
const LONG_AGO = new Date('2019-01-01T00:00:00Z');

let opened: TestDatabase;
let db: Db;
beforeAll(async () => {
  opened = await openTestDatabase();
  db = opened.db;
}, 120_000);
afterAll(async () => await opened.close());
beforeEach(async () => {
  await db.updateTable('bureau_reports').set({ sealed_report: null }).execute();
});

/** Somebody's application that ended, or is under way. */
async function applied(applicantId: string, endedAt: Date | null): Promise<string> {
  const id = await application(db, endedAt === null ? 'REVIEW' : 'DECLINED');
  const set = { applicant_id: applicantId, ended_at: endedAt };
  await db.updateTable('applications').set(set).where('id', '=', id).execute();
  return id;
}

/** The copy of a report on somebody, asked for their application. */
async function report(applicantId: string, applicationId: string, validUntil: Date) {
  const authorisationId = randomUUID();
  await db
    .insertInto('authorisations')
    .values({
      id: authorisationId,
      application_id: applicationId,
      applicant_id: applicantId,
      template_version: 't',
      text_sm3: 'h',
      sealed_text: Buffer.alloc(1),
      terms: '{}',
      state: 'EXPIRED',
    })
    .execute();
  const requestNo = `R${randomUUID()}`;
  await db
    .insertInto('outside_requests')
    .values({
      request_no: requestNo,
      application_id: applicationId,
      step: requestNo,
      service: 'pboc',
      operation: 'query',
      state: 'ANSWERED',
    })
    .execute();
  const id = randomUUID();
  await db
    .insertInto('bureau_reports')
    .values({
      id,
      applicant_id: applicantId,
      authorisation_id: authorisationId,
      bureau: 'PBOC',
      request_no: requestNo,
      outcome: 'REPORT',
      sealed_report: Buffer.from('sealed'),
      report_sm3: 'digest',
      valid_until: validUntil,
    })
    .execute();
  return id;
}

async function lend(applicationId: string, settledAt: Date | null): Promise<void> {
  const contractId = await contract(db, applicationId);
  const payout = payoutRow(applicationId, contractId, { state: 'PAID' });
  await db.insertInto('payouts').values(payout).execute();
  const id = randomUUID();
  await db
    .insertInto('loans')
    .values({
      id,
      application_id: applicationId,
      payout_id: payout.id,
      number: id,
      principal_fen: AMOUNT,
      annual_rate: '12',
      term_months: 12,
      method: 'EQUAL_INSTALMENT',
      disbursed_on: '2019-01-05',
      state: settledAt === null ? 'ACTIVE' : 'SETTLED',
      settled_at: settledAt,
    })
    .execute();
}

/** Runs the round and says of each report whether its copy is still there. */
async function kept(...ids: readonly string[]): Promise<readonly boolean[]> {
  await enforceRetention(
    { db, objects: { delete: async () => undefined } },
    { after: null, at: AT },
  );
  const rows = await db
    .selectFrom('bureau_reports')
    .select(['id', 'sealed_report', 'report_sm3'])
    .where('id', 'in', [...ids])
    .execute();
  expect(rows.every((row) => row.report_sm3 === 'digest')).toBe(true);
  return ids.map((id) => rows.find((row) => row.id === id)?.sealed_report !== null);
}

it('of a refusal go six months after it ended, and stay on the day before', async () => {
  const [old, young] = [await applicant(db), await applicant(db)];
  const past = await report(old, await applied(old, justBefore(WITHOUT_LOAN)), LONG_AGO);
  const present = await report(young, await applied(young, WITHOUT_LOAN), LONG_AGO);
  expect(await kept(past, present)).toEqual([false, true]);
});

it('stay while an application of the person is under way, whichever it was asked for', async () => {
  const person = await applicant(db);
  const asked = await report(person, await applied(person, LONG_AGO), LONG_AGO);
  await applied(person, null);
  expect(await kept(asked)).toEqual([true]);
});

it('of a loan stay while it runs and go sixty months after it was settled', async () => {
  const people = [await applicant(db), await applicant(db), await applicant(db)];
  const settled = [null, WITH_LOAN, justBefore(WITH_LOAN)];
  const reports = [];
  for (const [n, person] of people.entries()) {
    const lent = await applied(person, LONG_AGO);
    await lend(lent, settled[n] ?? null);
    reports.push(await report(person, lent, LONG_AGO));
  }
  expect(await kept(...reports)).toEqual([true, true, false]);
});

it('that may still be used stay, however old the application', async () => {
  const person = await applicant(db);
  const ended = await applied(person, LONG_AGO);
  const usable = await report(person, ended, WITHOUT_LOAN);
  const stale = await report(person, ended, justBefore(WITHOUT_LOAN));
  expect(await kept(usable, stale)).toEqual([true, false]);
});
