/** What the database itself refuses, by raw SQL as well: changes of the record, and one person where two must act. */
import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../db/database.ts';
import { approve, propose } from '../../db/queries/disburse.ts';
import { advance } from '../../db/queries/journey.ts';
import { approveCase, openCase, proposeCase } from '../../db/queries/operations.ts';
import { publishRulebook, readRulebook } from '../../db/queries/rulebooks.ts';
import { recordAction } from '../../db/queries/reviews.ts';
import { SYSTEM } from '../../domain/journey.ts';
import { openTestDatabase, type TestDatabase } from '../ports/postgres.ts';
import { AMOUNT, application, contract, payoutRow, refusal, reviewTask } from './rows.ts';

let opened: TestDatabase;
let db: Db;

beforeAll(async () => {
  opened = await openTestDatabase();
  db = opened.db;
});
afterAll(() => opened.close());

const RESTRICT_VIOLATION = '23001';

/** One row in each table that is append-only. */
async function writeHistory(): Promise<void> {
  const id = await application(db, 'VERIFY');
  await db.transaction().execute((tx) =>
    advance(tx, {
      applicationId: id,
      from: 'VERIFY',
      to: 'BUREAU',
      actor: SYSTEM,
      reason: 'TEST',
      cause: 'c',
    }),
  );
  const taskId = await reviewTask(db, id);
  await db.transaction().execute((tx) => recordAction(tx, action(id, taskId, 'wang', 'CLAIM')));
  const contractId = await contract(db, id);
  await db
    .insertInto('signatures')
    .values({
      contract_id: contractId,
      party: 'LENDER',
      public_key: 'k',
      digest_sm3: 'h',
      signature: randomBytes(64),
      signed_by: 'lender',
    })
    .execute();
  await db
    .insertInto('timestamps')
    .values({
      contract_id: contractId,
      moment: 'BEFORE',
      imprint_sm3: 'h',
      reply: randomBytes(8),
      generated_at: new Date(),
    })
    .execute();
  await publishRulebook(db, book(1));
  const payout = payoutRow(id, contractId, { state: 'PAID' });
  await db.insertInto('payouts').values(payout).execute();
  const loanId = randomUUID();
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
  await db
    .insertInto('repayments')
    .values({
      notice_id: randomUUID(),
      loan_id: loanId,
      bank_reference: randomUUID(),
      amount_fen: AMOUNT,
      allocations: '[]',
      unallocated_fen: AMOUNT,
      received_on: '2026-02-05',
    })
    .execute();
}

const book = (version: number) => ({
  kind: 'PRODUCT' as const,
  code: 'TEST',
  version,
  document: { rate: '12' },
  documentSm3: 'h',
  effectiveFrom: new Date('2026-01-01T00:00:00Z'),
});

function action(
  applicationId: string,
  taskId: string,
  actor: string,
  verb: 'CLAIM' | 'APPROVE' | 'DECLINE' | 'RETURN',
) {
  return {
    taskId,
    applicationId,
    round: 1,
    actor,
    role: 'reviewer',
    action: verb,
    reasons: [],
    sealedComment: null,
    amountFen: AMOUNT,
    evidenceVersion: 1,
    cause: randomUUID(),
  };
}

describe('what was recorded stays as it was recorded', () => {
  beforeAll(writeHistory);

  it.each([
    ['journey_events', 'reason'],
    ['audit_entries', 'result'],
    ['review_actions', 'actor'],
    ['signatures', 'signed_by'],
    ['timestamps', 'imprint_sm3'],
    ['repayments', 'bank_reference'],
    ['rulebooks', 'document_sm3'],
  ])('%s refuses to be changed or deleted', async (table, column) => {
    const count = async () =>
      (await sql<{ n: number }>`select count(*)::int as n from ${sql.ref(table)}`.execute(db))
        .rows[0]?.n;
    const before = await count();
    expect(before).toBeGreaterThan(0);
    const change = sql`update ${sql.ref(table)} set ${sql.ref(column)} = ${sql.ref(column)}`;
    expect(await refusal(change.execute(db))).toBe(RESTRICT_VIOLATION);
    expect(await refusal(sql`delete from ${sql.ref(table)}`.execute(db))).toBe(RESTRICT_VIOLATION);
    expect(await count()).toBe(before);
  });

  it('keeps the first document of a published version of a rule, and takes a further version', async () => {
    await publishRulebook(db, { ...book(7), document: { rate: '12' } });
    await publishRulebook(db, { ...book(7), document: { rate: '99' } });
    expect(await readRulebook(db, { kind: 'PRODUCT', code: 'TEST', version: 7 })).toEqual({
      rate: '12',
    });
    await publishRulebook(db, { ...book(8), document: { rate: '10' } });
    expect(await readRulebook(db, { kind: 'PRODUCT', code: 'TEST', version: 8 })).toEqual({
      rate: '10',
    });
  });
});

describe('four eyes', () => {
  it('the person who proposes a payout retry cannot approve it, and a payout has one proposal', async () => {
    const id = await application(db, 'DISBURSE');
    const payout = payoutRow(id, await contract(db, id), { state: 'REFUSED' });
    await db.insertInto('payouts').values(payout).execute();
    const proposal = { payoutId: payout.id, action: 'RETRY', by: 'wang', reason: 'r' } as const;
    await db.transaction().execute((tx) => propose(tx, proposal));
    const self = db.transaction().execute((tx) => approve(tx, payout.id, 'wang', new Date()));
    expect(await refusal(self)).toBe('payout_retries_check');
    const twice = db.transaction().execute((tx) => propose(tx, { ...proposal, by: 'li' }));
    expect(await refusal(twice)).toBe('payout_retries_pkey');
    await db.transaction().execute((tx) => approve(tx, payout.id, 'li', new Date()));
    const turned = sql`update payout_retries set proposed_by = 'li' where payout_id = ${payout.id}`;
    expect(await refusal(turned.execute(db))).toBe('payout_retries_check');
  });

  it('a further payout names two different people, and none names one or nobody', async () => {
    const id = await application(db, 'DISBURSE');
    const contractId = await contract(db, id);
    await db
      .insertInto('payouts')
      .values(payoutRow(id, contractId, { state: 'REFUSED' }))
      .execute();
    const second = (retry?: readonly [string, string]) =>
      db
        .insertInto('payouts')
        .values(
          payoutRow(id, contractId, { attempt: 2, ...(retry === undefined ? {} : { retry }) }),
        )
        .execute();
    expect(await refusal(second())).toMatch(/^payouts_check/);
    expect(await refusal(second(['wang', 'wang']))).toMatch(/^payouts_check/);
    expect(await refusal(second(['wang', 'li']))).toBeNull();
  });

  it.each(['READY', 'RELEASED', 'SENT', 'ACCEPTED', 'UNKNOWN', 'PAID'] as const)(
    'a payout that is %s stands alone: a second one that could reach the borrower is refused',
    async (state) => {
      const id = await application(db, 'DISBURSE');
      const contractId = await contract(db, id);
      const first = payoutRow(id, contractId, { state });
      await db.insertInto('payouts').values(first).execute();
      const second = payoutRow(id, contractId, { attempt: 2, retry: ['wang', 'li'] });
      const insert = () => db.insertInto('payouts').values(second).execute();
      expect(await refusal(insert())).toBe('payouts_one_live');
      const refused = payoutRow(id, contractId, { id: first.id, state: 'REFUSED' });
      await db.updateTable('payouts').set(refused).where('id', '=', first.id).execute();
      expect(await refusal(insert())).toBeNull();
      const revived = sql`update payouts set state = 'SENT' where id = ${first.id}`;
      expect(await refusal(revived.execute(db))).toBe('payouts_one_live');
    },
  );

  it('the person who proposes how to resolve an operator case cannot approve it', async () => {
    const id = await application(db, 'SIGN');
    const one = { applicationId: id, step: 'sign', failureCode: 'CA', cause: randomUUID() };
    const caseId = await db.transaction().execute((tx) => openCase(tx, one));
    expect(await db.transaction().execute((tx) => openCase(tx, one))).toBe(caseId);
    await db
      .transaction()
      .execute((tx) => proposeCase(tx, { caseId, action: 'RETRY', by: 'wang', reason: 'r' }));
    const self = db.transaction().execute((tx) => approveCase(tx, caseId, 'wang', new Date()));
    expect(await refusal(self)).toBe('operator_cases_two_people');
    const raw = sql`update operator_cases set approved_by = proposed_by where id = ${caseId}`;
    expect(await refusal(raw.execute(db))).toBe('operator_cases_two_people');
    await db.transaction().execute((tx) => approveCase(tx, caseId, 'li', new Date()));
  });

  it('an operator case is not resolved by an approver alone', async () => {
    const id = await application(db, 'SIGN');
    const one = { applicationId: id, step: 'sign', failureCode: 'CA', cause: randomUUID() };
    const caseId = await db.transaction().execute((tx) => openCase(tx, one));
    const alone = sql`update operator_cases set approved_by = 'li' where id = ${caseId}`;
    expect(await refusal(alone.execute(db))).toBe('operator_cases_two_people');
  });

  it('one person approves a round once, and one task is decided once', async () => {
    const id = await application(db, 'REVIEW');
    const [first, second] = [await reviewTask(db, id, 1), await reviewTask(db, id, 2)];
    const record = (task: string, actor: string, verb: 'CLAIM' | 'APPROVE' | 'DECLINE') =>
      refusal(db.transaction().execute((tx) => recordAction(tx, action(id, task, actor, verb))));
    expect(await record(first, 'wang', 'CLAIM')).toBeNull();
    expect(await record(first, 'wang', 'APPROVE')).toBeNull();
    expect(await record(second, 'wang', 'APPROVE')).toBe('review_one_approval_each');
    expect(await record(first, 'li', 'DECLINE')).toBe('review_one_decision_a_task');
    expect(await record(first, 'li', 'APPROVE')).toBe('review_one_decision_a_task');
    expect(await record(second, 'li', 'APPROVE')).toBeNull();
  });
});
