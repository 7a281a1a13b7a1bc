/**
 * `npm run bench -- money-month-end`: the close of two month ends over a portfolio, set-based, and every metric of the second.
 * `BENCH_LOANS` says over how many loans, `BENCH_DATABASE_URL` names a server; without it one is started.
 */
import { randomBytes } from 'node:crypto';
import { loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { sql } from 'kysely';
import { type Db, openDatabase } from '../../db/database.ts';
import { migrateToLatest } from '../../db/migrator.ts';
import {
  agreementAt,
  agreementNow,
  closeStandings,
  storeClose,
  takeMonthEnd,
} from '../../db/queries/book-close.ts';
import { allowLongLook } from '../../db/queries/ledger-watch.ts';
import * as metrics from '../../db/queries/reads/metrics.ts';
import { TIERS } from '../../domain/classification.ts';
import { policyOf } from '../../domain/policy.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { startServer } from '../../tests/ports/postgres.ts';
import { LOANS, seedBooks } from './ledger.ts';
import { type Result, result } from './results.ts';

const MONTH_ENDS = ['2026-09-30', '2026-10-31'] as const;
const [BEFORE, LAST] = MONTH_ENDS;
const policy = policyOf(POLICY_ROWS, LAST, 'BANK');

/** Each loan has paid its first instalments, between none and all of them, on one day: every bucket is there. */
async function payBack(db: Db): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await allowLongLook(tx, 600);
    await sql`set local session_replication_role = replica`.execute(tx);
    await sql`update instalments i set paid_principal_fen = principal_fen, paid_interest_fen = interest_fen, paid_fee_fen = fee_fen
      from generate_series(1, ${LOANS}::int) n
     where i.loan_id = md5('l' || n)::uuid and i.number <= least(n % 13 + 4, 10) and i.number <= 10`.execute(
      tx,
    );
    await sql`insert into schedule_lines (loan_id, version, number, due_date, principal_fen, interest_fen, fee_fen)
      select loan_id, 1, 1, due_date, principal_fen, interest_fen, fee_fen from instalments where number = 1`.execute(
      tx,
    );
    await sql`
      with paid as (
        select loan_id, sum(paid_principal_fen) as principal, sum(paid_interest_fen) as interest, sum(paid_fee_fen) as fee
          from instalments group by loan_id
      ), written as (
        insert into ledger_journals (event, event_key, loan_id, occurred_on, posted_on)
        select 'REPAYMENT_RECEIVED', 'repayment:' || loan_id, loan_id, '2026-09-25', '2026-09-25' from paid where principal > 0
        returning id, loan_id
      )
      insert into ledger_lines (journal_id, line, account, amount_fen)
      select w.id, v.line, v.account, v.amount
        from written w join paid p on p.loan_id = w.loan_id
        cross join lateral (values (1, '1002', p.principal + p.interest + p.fee), (2, '1303', -p.principal),
                                   (3, '113201', -p.interest), (4, '112201', -p.fee)) as v (line, account, amount)`.execute(
      tx,
    );
  });
  await sql`analyze`.execute(db);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** One month's end, as the activity takes it. Gives the milliseconds of its parts. */
async function close(db: Db, day: string, before: string) {
  return await db.transaction().execute(async (tx) => {
    await allowLongLook(tx, 600);
    const standings = await timed(
      async () =>
        await closeStandings(tx, {
          day,
          graceDays: 0,
          tiers: TIERS,
          dpdFloors: policy('classification.dpdFloors'),
          rescheduledFloor: 'SPECIAL_MENTION',
          observedAfter: '2025-10-31',
        }),
    );
    const buckets = policy('service.dpdBuckets');
    const figures = await timed(
      async () => await takeMonthEnd(tx, { day, graceDays: 0, before, buckets }),
    );
    let agrees = false;
    const agreement = await timed(async () => {
      const found = { ...(await agreementNow(tx)), ...(await agreementAt(tx, day)) };
      await storeClose(tx, { ...found, day, monthEnd: true, buckets });
      agrees = found.principalFen === found.ledgerPrincipalFen && found.differing === 0;
    });
    if (!agrees) throw new Error(`the month end of ${day} differs from the books`);
    return { standings, figures, agreement };
  });
}

async function measureMetrics(db: Db): Promise<number> {
  const span = { from: '2025-01-01', to: LAST, on: LAST };
  return await timed(async () => {
    await metrics.metricsAgreement(db, LAST);
    await metrics.totalsBeyond(db, LAST, [-1, 0, 30, 60, 90, 180]);
    await metrics.totalsByBucket(db, LAST);
    await metrics.totalsByTier(db, LAST);
    await metrics.rollFlows(db, LAST, BEFORE);
    await metrics.vintageCells(db, span);
    await metrics.firstPaymentCells(db, span, [1, 7, 15, 30]);
    await metrics.lossFigures(db, LAST, BEFORE);
    await metrics.disbursementDays(db, { from: '2025-01-01', to: LAST });
  });
}

async function measure(db: Db, say: (line: string) => void): Promise<readonly Result[]> {
  await seedBooks(db);
  await payBack(db);
  say(
    `${LOANS} loans are seeded; load of the machine ${loadavg()
      .map((n) => n.toFixed(1))
      .join(' ')}`,
  );
  await close(db, BEFORE, '2026-08-31');
  await sql`analyze`.execute(db);
  const parts = await close(db, LAST, BEFORE);
  const figures = await measureMetrics(db);
  const all = parts.standings + parts.figures + parts.agreement + figures;
  say(
    `load of the machine ${loadavg()
      .map((n) => n.toFixed(1))
      .join(' ')}`,
  );
  return [
    result(`DPD and class of ${LOANS} loans`, parts.standings, 'ms'),
    result(`figures of a month end, ${LOANS} loans`, parts.figures, 'ms'),
    result(`agreement with the books, ${LOANS} loans`, parts.agreement, 'ms'),
    result(`all metrics of a month end, ${LOANS} loans`, figures, 'ms'),
    result(`month end of ${LOANS} loans, all together`, all, 'ms'),
  ];
}

/** Seeds a schema of its own and measures. */
export async function benchMonthEnd(say: (line: string) => void): Promise<readonly Result[]> {
  const given = process.env['BENCH_DATABASE_URL'];
  const server = given === undefined ? await startServer() : { url: given, stop: async () => {} };
  const schema = `bench_month_${randomBytes(4).toString('hex')}`;
  const db = openDatabase({ url: server.url, schema, poolMax: 2 }, () => {});
  try {
    await migrateToLatest(db, schema);
    return await measure(db, say);
  } finally {
    await sql`drop schema ${sql.ref(schema)} cascade`.execute(db);
    await db.destroy();
    await server.stop();
  }
}
