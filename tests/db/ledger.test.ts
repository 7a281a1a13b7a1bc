/** The books as the database keeps them: balanced, never changed, closed by two, made for loans that were there, and watched. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accrueDue, EVENT_KEY, post } from '../../activities/posting.ts';
import { watchLedger } from '../../activities/service/watch-ledger.ts';
import type { Db, Tx } from '../../db/database.ts';
import { BACK_FILL } from '../../db/migrations/0040-ledger.ts';
import { JournalDiffers, postJournal } from '../../db/queries/ledger.ts';
import { closeMonth, lockMonth, proposeMonth } from '../../db/queries/ledger-periods.ts';
import { findDifferences, openFindings } from '../../db/queries/ledger-watch.ts';
import { lockReturnedLoan } from '../../db/queries/payout-returns.ts';
import {
  accountBalances,
  accountLines,
  loanJournals,
  trialBalance,
} from '../../db/queries/reads/ledger.ts';
import { CHART } from '../../domain/ledger-chart.ts';
import { balancesOf, journalOf, reversalOf } from '../../domain/ledger.ts';
import { fen, ZERO_FEN } from '../../domain/money.ts';
import { openTestDatabase, type TestDatabase } from '../ports/postgres.ts';
import { AMOUNT, application, contract, payoutRow, refusal } from './rows.ts';

let opened: TestDatabase;
let db: Db;
beforeAll(async () => {
  opened = await openTestDatabase();
  db = opened.db;
});
afterAll(() => opened.close());

const inTx = <T>(work: (tx: Tx) => Promise<T>) => db.transaction().execute(work);
const fee = (amount: number, over: Partial<Parameters<typeof postJournal>[1]> = {}) => ({
  ...journalOf({ kind: 'UNMATCHED_RECEIVED', amountFen: fen(amount) }),
  eventKey: `test:${randomUUID()}`,
  loanId: null,
  postedOn: '2026-03-10',
  ...over,
});

/** A paid payout and its loan of two instalments, as the record holds them, without a journal. */
async function loan({ feeFen = 0, disbursedOn = '2026-01-05' } = {}) {
  const applicationId = await application(db, 'SERVICE');
  const contractId = await contract(db, applicationId);
  const payout = payoutRow(applicationId, contractId, { state: 'PAID' });
  await db
    .insertInto('payouts')
    .values({
      ...payout,
      amount_fen: fen(AMOUNT - feeFen),
      settled_at: new Date(Date.now() - 3_600_000),
    })
    .execute();
  const id = randomUUID();
  await db
    .insertInto('loans')
    .values({
      id,
      application_id: applicationId,
      payout_id: payout.id,
      number: `L${id}`,
      principal_fen: AMOUNT,
      annual_rate: '12',
      term_months: 2,
      method: 'EQUAL_PRINCIPAL',
      disbursed_on: disbursedOn,
      state: 'ACTIVE',
    })
    .execute();
  const half = fen(AMOUNT / 2);
  await db
    .insertInto('instalments')
    .values([
      {
        loan_id: id,
        number: 1,
        due_date: '2026-02-05',
        principal_fen: half,
        interest_fen: fen(50_000),
        fee_fen: fen(300),
      },
      {
        loan_id: id,
        number: 2,
        due_date: '2026-03-05',
        principal_fen: half,
        interest_fen: fen(25_000),
        fee_fen: ZERO_FEN,
      },
    ])
    .execute();
  return { id, payoutId: payout.id };
}

const booked = (made: { readonly id: string; readonly payoutId: string }) =>
  inTx((tx) =>
    post(
      tx,
      { kind: 'DISBURSED', principalFen: AMOUNT, deductedFeeFen: ZERO_FEN },
      { eventKey: EVENT_KEY.disbursed(made.payoutId), loanId: made.id, postedOn: '2026-01-05' },
    ),
  );

/** Another payout under the same contract. */
async function secondPayout(payoutId: string): Promise<string> {
  const first = await db
    .selectFrom('payouts')
    .select(['application_id', 'contract_id'])
    .where('id', '=', payoutId)
    .executeTakeFirstOrThrow();
  const payout = payoutRow(first.application_id, first.contract_id, {
    state: 'REFUSED',
    attempt: 2,
    retry: ['finance-a', 'finance-b'],
  });
  await db.insertInto('payouts').values(payout).execute();
  return payout.id;
}

const differencesOf = async (loanId: string) =>
  (
    await findDifferences(db, { accruedBefore: '2026-12-01', payoutPatienceSeconds: 60, most: 100 })
  ).filter((one) => one.loanId === loanId);

describe('the chart', () => {
  it('is the same in the database as in the code', async () => {
    const rows = await db.selectFrom('ledger_accounts').selectAll().orderBy('code').execute();
    expect(
      rows.map(({ code, name_zh: zh, name_en: en, kind, normal_side: normal }) => ({
        code,
        zh,
        en,
        kind,
        normal,
      })),
    ).toEqual([...CHART]);
  });
});

describe('a journal', () => {
  it('is refused when its lines do not add up, when it has none, and when lines come later', async () => {
    const one = { account: '1002', amountFen: fen(5) } as const;
    expect(await refusal(inTx((tx) => postJournal(tx, fee(1, { lines: [one] }))))).toBe(
      'ledger_lines_balanced',
    );
    const head = {
      event: 'FEE_CHARGED',
      event_key: 'bare',
      occurred_on: '2026-03-01',
      posted_on: '2026-03-01',
    } as const;
    expect(await refusal(db.insertInto('ledger_journals').values(head).execute())).toBe(
      'ledger_journals_balanced',
    );
    const posted = await inTx((tx) => postJournal(tx, fee(7)));
    if (posted.kind !== 'POSTED') throw new Error(posted.kind);
    const more = [
      { journal_id: posted.journalId, line: 3, account: '1002' as const, amount_fen: fen(1) },
      {
        journal_id: posted.journalId,
        line: 4,
        account: '6702' as const,
        amount_fen: -1 as typeof AMOUNT,
      },
    ];
    expect(await refusal(db.insertInto('ledger_lines').values(more).execute())).toBe(
      'ledger_lines_late',
    );
    // Nor in the same transaction, after its check was called early.
    const early = inTx(async (tx) => {
      const same = await postJournal(tx, fee(9));
      await sql`set constraints all immediate`.execute(tx);
      if (same.kind !== 'POSTED') throw new Error(same.kind);
      await tx
        .insertInto('ledger_lines')
        .values({ journal_id: same.journalId, line: 3, account: '1002', amount_fen: fen(1) })
        .execute();
    });
    expect(await refusal(early)).toBe('ledger_lines_balanced');
  });

  it('never changes and never goes, for the owner of the database neither', async () => {
    await inTx((tx) => postJournal(tx, fee(11)));
    for (const table of ['ledger_accounts', 'ledger_journals', 'ledger_lines']) {
      const first =
        table === 'ledger_lines'
          ? 'line = line'
          : table === 'ledger_accounts'
            ? 'code = code'
            : 'event = event';
      expect(await refusal(sql`update ${sql.ref(table)} set ${sql.raw(first)}`.execute(db))).toBe(
        '23001',
      );
      expect(await refusal(sql`delete from ${sql.ref(table)}`.execute(db))).toBe('23001');
      expect(await refusal(sql`truncate ${sql.ref(table)} cascade`.execute(db))).toBe('23001');
    }
  });

  it('is posted once per event, also by two at the same moment, and gives the first answer', async () => {
    const journal = fee(13);
    const all = await Promise.all([1, 2, 3].map(() => inTx((tx) => postJournal(tx, journal))));
    expect(all.map(({ kind }) => kind).sort()).toEqual([
      'POSTED',
      'POSTED_BEFORE',
      'POSTED_BEFORE',
    ]);
    expect(new Set(all.map((one) => ('journalId' in one ? one.journalId : null))).size).toBe(1);
    const other = { ...fee(14), eventKey: journal.eventKey };
    await expect(inTx((tx) => postJournal(tx, other))).rejects.toThrow(JournalDiffers);
  });

  it('is taken back by a reversal that names it, and by one only', async () => {
    const journal = fee(17);
    const posted = await inTx((tx) => postJournal(tx, journal));
    if (posted.kind !== 'POSTED') throw new Error(posted.kind);
    const reversal = { ...fee(17), ...reversalOf(journal.lines), reversesId: posted.journalId };
    expect((await inTx((tx) => postJournal(tx, reversal))).kind).toBe('POSTED');
    const again = { ...reversal, eventKey: `test:${randomUUID()}` };
    expect(await refusal(inTx((tx) => postJournal(tx, again)))).toBe(
      'ledger_journals_reverses_id_key',
    );
    const { reversesId: _, ...unnamed } = { ...reversal, eventKey: `test:${randomUUID()}` };
    expect(await refusal(inTx((tx) => postJournal(tx, unnamed)))).toBe('ledger_journals_check1');
  });

  it('is not made for an event that moves nothing', async () => {
    expect(await inTx((tx) => postJournal(tx, fee(0)))).toEqual({ kind: 'NOTHING_TO_POST' });
  });
});

describe('the back-fill', () => {
  it('puts loans that were there on the books as they stand, once, and only those claims that are due or paid', async () => {
    const made = await loan({ feeFen: 70_000 });
    await db
      .insertInto('repayments')
      .values({
        notice_id: `n-${made.id}`,
        loan_id: made.id,
        bank_reference: `b-${made.id}`,
        amount_fen: fen(50_500),
        allocations: JSON.stringify([
          { number: 1, feeFen: 300, penaltyFen: 0, interestFen: 50_000, principalFen: 100 },
        ]),
        unallocated_fen: fen(100),
        received_on: '2026-02-01',
      })
      .execute();
    await db
      .updateTable('instalments')
      .set({ paid_principal_fen: fen(100), paid_interest_fen: fen(50_000), paid_fee_fen: fen(300) })
      .where('loan_id', '=', made.id)
      .where('number', '=', 1)
      .execute();
    await sql`update loans set unapplied_fen = 100 where id = ${made.id}`.execute(db);
    for (let twice = 0; twice < 2; twice += 1)
      await inTx(async (tx) => {
        for (const statement of BACK_FILL) await sql.raw(statement).execute(tx);
      });
    const journals = await loanJournals(db, made.id);
    expect(journals.map(({ event, postedOn }) => `${postedOn} ${event}`)).toEqual([
      '2026-01-05 DISBURSED',
      '2026-02-01 FEE_CHARGED',
      '2026-02-01 INTEREST_ACCRUED',
      '2026-02-01 REPAYMENT_RECEIVED',
      '2026-03-05 INTEREST_ACCRUED',
    ]);
    expect(balancesOf(journals.flatMap(({ lines }) => lines))).toEqual({
      principalFen: AMOUNT - 100,
      interestFen: 25_000,
      feeFen: 0,
      penaltyFen: 0,
      unappliedFen: 100,
    });
    expect(await differencesOf(made.id)).toEqual([]);
    // The same events by the code that posts from now on are the ones that are there.
    const again = {
      eventKey: EVENT_KEY.disbursed(made.payoutId),
      loanId: made.id,
      postedOn: '2026-01-05',
    };
    const event = { kind: 'DISBURSED', principalFen: AMOUNT, deductedFeeFen: fen(70_000) } as const;
    expect((await inTx((tx) => post(tx, event, again))).kind).toBe('POSTED_BEFORE');
  });
});

describe('claims', () => {
  it('arise on the due date or with an earlier payment, each once, however late and often it is looked', async () => {
    const made = await loan();
    await booked(made);
    const { id: loanId } = made;
    await inTx((tx) => accrueDue(tx, { loanId, today: '2026-02-04', paidAhead: [] }));
    expect((await loanJournals(db, loanId)).length).toBe(1);
    await inTx((tx) => accrueDue(tx, { loanId, today: '2026-02-09', paidAhead: [] }));
    await inTx((tx) => accrueDue(tx, { loanId, today: '2026-02-20', paidAhead: [1, 2] }));
    await inTx((tx) => accrueDue(tx, { loanId, today: '2026-04-01', paidAhead: [2] }));
    expect(
      (await loanJournals(db, loanId))
        .slice(1)
        .map(({ event, postedOn, eventKey }) => [event, postedOn, eventKey]),
    ).toEqual([
      ['INTEREST_ACCRUED', '2026-02-05', EVENT_KEY.interest(loanId, 1, 1)],
      ['FEE_CHARGED', '2026-02-05', EVENT_KEY.fee(loanId, 1, 1)],
      ['INTEREST_ACCRUED', '2026-02-20', EVENT_KEY.interest(loanId, 1, 2)],
    ]);
    expect(await differencesOf(loanId)).toEqual([]);
  });
});

describe('the watch', () => {
  const watch = () => watchLedger({ db, log: pino({ level: 'silent' }) });
  const notices = async () =>
    (await db.selectFrom('outbox').select('id').where('topic', '=', 'ledger.difference').execute())
      .length;

  it('finds what a superuser has changed, tells it once under its name, and sees that it agrees again', async () => {
    const made = await loan();
    await booked(made);
    await inTx((tx) => accrueDue(tx, { loanId: made.id, today: '2026-04-01', paidAhead: [] }));
    await watch();
    const before = await notices();
    const tamper = (to: number) =>
      sql`update instalments set paid_principal_fen = ${to} where loan_id = ${made.id} and number = 1`.execute(
        db,
      );
    await tamper(1);
    expect(await watch()).toMatchObject({ fresh: 1 });
    expect(await watch()).toMatchObject({ fresh: 0 });
    expect(await notices()).toBe(before + 1);
    const named = (await openFindings(db, 100)).find((one) => one.subject_id === made.id);
    expect(named).toMatchObject({
      kind: 'LOAN_DIFFERS',
      figures: { principalFen: 1, interestFen: 0, feeFen: 0, penaltyFen: 0, unappliedFen: 0 },
    });
    await tamper(0);
    expect(await watch()).toMatchObject({ fresh: 0, gone: 1 });
    expect((await openFindings(db, 100)).find((one) => one.subject_id === made.id)).toBeUndefined();
  });

  it('finds a journal that somebody has unbalanced past every trigger', async () => {
    const posted = await inTx((tx) => postJournal(tx, fee(21)));
    if (posted.kind !== 'POSTED') throw new Error(posted.kind);
    const tamper = async (by: number) => {
      await sql`alter table ledger_lines disable trigger ledger_lines_append_only`.execute(db);
      await sql`update ledger_lines set amount_fen = amount_fen + ${by} where journal_id = ${posted.journalId} and line = 1`.execute(
        db,
      );
      await sql`alter table ledger_lines enable always trigger ledger_lines_append_only`.execute(
        db,
      );
    };
    await tamper(1);
    await watch();
    const found = (await openFindings(db, 100)).find((one) => one.kind === 'JOURNAL_UNBALANCED');
    expect(found).toMatchObject({
      subject_id: `${posted.journalId}`,
      figures: { sumFen: 1, lines: 2 },
    });
    await tamper(-1);
    expect((await watch()).gone).toBe(1);
  });

  it('finds a loan and a paid payout that are not on the books, and claims nobody accrued', async () => {
    const made = await loan();
    const kinds = async () => (await differencesOf(made.id)).map(({ kind }) => kind).sort();
    expect(await kinds()).toEqual(['ACCRUAL_LATE', 'LOAN_DIFFERS', 'LOAN_NOT_POSTED']);
    await watch();
    const payouts = (await openFindings(db, 100)).filter((one) => one.kind === 'PAYOUT_NOT_POSTED');
    expect(payouts.map((one) => one.subject_id)).toEqual([made.payoutId]);
    await booked(made);
    expect(await kinds()).toEqual(['ACCRUAL_LATE']);
    // The journal of a payout that came back is not that of the one the loan runs on since.
    const other = await secondPayout(made.payoutId);
    await sql`update loans set payout_id = ${other} where id = ${made.id}`.execute(db);
    expect(await kinds()).toEqual(['ACCRUAL_LATE', 'LOAN_NOT_POSTED']);
    await sql`update loans set payout_id = ${made.payoutId} where id = ${made.id}`.execute(db);
    await inTx((tx) => accrueDue(tx, { loanId: made.id, today: '2026-04-01', paidAhead: [] }));
    expect(await kinds()).toEqual([]);
    expect((await watch()).differences).toBe(0);
  });
});

describe('what a loan owes on the books when its money comes back', () => {
  it('tells what a prepayment cost apart from fees of instalments: each is given up where it was earned', async () => {
    const made = await loan();
    await booked(made);
    const on = { loanId: made.id, postedOn: '2026-01-20' };
    const charge = (kind: 'FEE_CHARGED' | 'PREPAYMENT_FEE_CHARGED', amount: number) =>
      inTx((tx) => post(tx, { kind, feeFen: fen(amount) }, { ...on, eventKey: randomUUID() }));
    await charge('FEE_CHARGED', 300);
    await charge('PREPAYMENT_FEE_CHARGED', 700);
    const { application_id: applicationId } = await db
      .selectFrom('loans')
      .select('application_id')
      .where('id', '=', made.id)
      .executeTakeFirstOrThrow();
    const standing = await inTx((tx) => lockReturnedLoan(tx, applicationId));
    expect(standing?.receivable).toMatchObject({ feeFen: 300, prepaymentFeeFen: 700 });
    expect(journalOf({ kind: 'PREPAYMENT_FEE_WAIVED', feeFen: fen(700) }).lines).toEqual([
      { account: '602102', amountFen: 700 },
      { account: '112201', amountFen: -700 },
    ]);
  });
});

describe('the books as they are read', () => {
  it('add up to zero at any date, and an account opens where the day before closed', async () => {
    await inTx((tx) => postJournal(tx, fee(1_000, { postedOn: '2026-05-01' })));
    await inTx((tx) => postJournal(tx, fee(2_000, { postedOn: '2026-05-02' })));
    for (const on of ['2025-12-31', '2026-01-31', '2026-05-01', '2026-12-31']) {
      const lines = await trialBalance(db, on);
      expect(lines.map(({ code }) => code)).toEqual(CHART.map(({ code }) => code));
      const debit = lines.reduce((sum, line) => sum + line.debitFen, 0);
      expect(lines.reduce((sum, line) => sum + line.creditFen, 0)).toBe(debit);
      expect(debit > 0).toBe(on !== '2025-12-31');
    }
    const day = { from: '2026-05-02', to: '2026-05-02' };
    const { openingFen, closingFen } = await accountBalances(db, '224102', day);
    expect(closingFen - openingFen).toBe(-2_000);
    expect(
      (await accountBalances(db, '224102', { from: '2026-05-01', to: '2026-05-01' })).closingFen,
    ).toBe(openingFen);
    const span = { from: '2026-05-01', to: '2026-05-31' };
    const [first, second, ...rest] = await accountLines(db, '224102', span, null, 1);
    expect([first?.amountFen, second?.amountFen, rest]).toEqual([-1_000, -2_000, []]);
    if (first === undefined) throw new Error('no line');
    expect(await accountLines(db, '224102', span, first, 1)).toEqual([second]);
  });
});

// The last: what is closed stays closed for every test of this file.
describe('a month', () => {
  const close = (month: string, by: string) => inTx((tx) => closeMonth(tx, month, by));

  it('is closed by another person than who proposed it, not before it is over, and for good', async () => {
    await inTx((tx) => proposeMonth(tx, '2026-01-01', 'maker'));
    expect(await inTx((tx) => proposeMonth(tx, '2026-01-01', 'other'))).toBe(false);
    expect(await refusal(close('2026-01-01', 'maker'))).toBe('ledger_periods_check');
    expect(await close('2026-01-01', 'checker')).toBe(true);
    expect(await close('2026-01-01', 'third')).toBe(false);
    const reopen = sql`update ledger_periods set closed_by = null, closed_at = null`.execute(db);
    expect(await refusal(reopen)).toBe('23001');
    expect(await refusal(sql`delete from ledger_periods`.execute(db))).toBe('23001');
    await inTx((tx) => proposeMonth(tx, '2999-01-01', 'maker'));
    expect(await refusal(close('2999-01-01', 'checker'))).toBe('ledger_period_running');
  });

  it('takes nothing more: an event of it is booked on the first open day and keeps its own date', async () => {
    const raw = {
      event: 'FEE_CHARGED',
      event_key: 'late',
      occurred_on: '2026-01-09',
      posted_on: '2026-01-09',
    } as const;
    expect(await refusal(db.insertInto('ledger_journals').values(raw).execute())).toBe(
      'ledger_period_closed',
    );
    const made = await loan();
    const posted = await booked(made);
    expect(posted).toMatchObject({ kind: 'POSTED', postedOn: '2026-02-01' });
    expect((await loanJournals(db, made.id))[0]).toMatchObject({
      occurredOn: '2026-01-05',
      postedOn: '2026-02-01',
    });
  });

  it('waits for whoever is posting into it, and sees what they posted', async () => {
    await inTx((tx) => proposeMonth(tx, '2026-02-01', 'maker'));
    let go = () => {};
    const mayGo = new Promise<void>((resolve) => {
      go = resolve;
    });
    const journal = fee(31, { postedOn: '2026-02-20' });
    let posted = () => {};
    const hasPosted = new Promise<void>((resolve) => {
      posted = resolve;
    });
    const poster = inTx(async (tx) => {
      await postJournal(tx, journal);
      posted();
      await mayGo;
    });
    await hasPosted;
    const closer = inTx(async (tx) => {
      await lockMonth(tx, '2026-02-01');
      const seen = await tx
        .selectFrom('ledger_journals')
        .select('id')
        .where('event_key', '=', journal.eventKey)
        .execute();
      await closeMonth(tx, '2026-02-01', 'checker');
      return seen.length;
    });
    const waits = sql<{
      n: number;
    }>`select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
      and objid = (hashtextextended('ledger ' || current_schema() || ' 2026-02', 0) & 4294967295)::bigint::oid`;
    await expect.poll(async () => (await waits.execute(db)).rows[0]?.n).toBe(1);
    go();
    await poster;
    expect(await closer).toBe(1);
  });
});
