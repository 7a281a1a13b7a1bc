/**
 * The ledger's part of `npm run bench -- money`: journals a second beside a raw insert of the same rows without any check,
 * and the watch and the trial balance over a portfolio. `BENCH_DATABASE_URL` names a server; without it one is started.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { sql } from 'kysely';
import { type Db, openDatabase, type Tx } from '../../db/database.ts';
import { BACK_FILL } from '../../db/migrations/0040-ledger.ts';
import { migrateToLatest } from '../../db/migrator.ts';
import { postJournal } from '../../db/queries/ledger.ts';
import { findDifferences } from '../../db/queries/ledger-watch.ts';
import { trialBalance } from '../../db/queries/reads/ledger.ts';
import { type JournalDraft, journalOf } from '../../domain/ledger.ts';
import { fen } from '../../domain/money.ts';
import { startServer } from '../../tests/ports/postgres.ts';
import { type Result, result } from './results.ts';

const JOURNALS = 1_000;
const ROUNDS = 3;
const AT_ONCE = 4;
export const LOANS = Number(process.env['BENCH_LOANS'] ?? 100_000);
const TERM = 12;

const draft: JournalDraft = journalOf({
  kind: 'REPAYMENT_RECEIVED',
  parts: {
    feeFen: fen(300),
    penaltyFen: fen(41),
    interestFen: fen(5_000),
    principalFen: fen(80_000),
  },
  unappliedFen: fen(9),
});

/** The same rows in tables that check nothing but their keys. */
async function makeRaw(db: Db): Promise<void> {
  await sql`create table raw_journals (id bigint generated always as identity primary key, event text, event_key text,
    loan_id uuid, occurred_on date, posted_on date, recorded_at timestamptz default now())`.execute(
    db,
  );
  await sql`create table raw_lines (journal_id bigint, line integer, account text, amount_fen bigint,
    primary key (journal_id, line))`.execute(db);
}

async function insertRaw(tx: Tx): Promise<void> {
  const rows = draft.lines.map(
    ({ account, amountFen }, at) => sql`(${at + 1}::int, ${account}::text, ${amountFen}::bigint)`,
  );
  await sql`
    with written as (
      insert into raw_journals (event, event_key, occurred_on, posted_on)
      values (${draft.event}, ${randomUUID()}, '2026-03-05', '2026-03-05') returning id
    )
    insert into raw_lines select w.id, v.line, v.account, v.amount
      from written w, (values ${sql.join(rows)}) as v (line, account, amount)`.execute(tx);
}

const post = (tx: Tx) =>
  postJournal(tx, { ...draft, eventKey: randomUUID(), loanId: null, postedOn: '2026-03-05' });

/** Transactions of one journal each, several at once. Gives journals a second. */
async function rate(db: Db, work: (tx: Tx) => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let n = 0; n < JOURNALS / AT_ONCE; n += 1) await db.transaction().execute(work);
    }),
  );
  return JOURNALS / ((performance.now() - began) / 1_000);
}

/** Paid loans of a year, with their instalments and their journals; only what the books look at. */
export async function seedBooks(db: Db): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    // What loans hang on stays away: a portfolio for the books needs no applications.
    await sql`set local session_replication_role = replica`.execute(tx);
    await sql`insert into payouts (id, application_id, contract_id, attempt, request_no, amount_fen, sealed_account, state, settled_at, releases_needed, released_by)
      select md5('p' || n)::uuid, md5('a' || n)::uuid, md5('c' || n)::uuid, 1, 'r' || n, 1200000, '', 'PAID', now() - interval '1 day', 1, 'qian'
        from generate_series(1, ${LOANS}::int) n`.execute(tx);
    await sql`insert into loans (id, application_id, payout_id, number, principal_fen, annual_rate, term_months, method, disbursed_on, state)
      select md5('l' || n)::uuid, md5('a' || n)::uuid, md5('p' || n)::uuid, 'L' || n, 1200000, '12', ${TERM}::int, 'EQUAL_PRINCIPAL', '2025-11-24', 'ACTIVE'
        from generate_series(1, ${LOANS}::int) n`.execute(tx);
    await sql`insert into instalments (loan_id, number, due_date, principal_fen, interest_fen, fee_fen)
      select md5('l' || n)::uuid, m, '2025-11-24'::date + make_interval(months => m), 100000, 12000, 300
        from generate_series(1, ${LOANS}::int) n, generate_series(1, ${TERM}::int) m`.execute(tx);
  });
  await db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`set local session_replication_role = replica`.execute(tx);
    for (const statement of BACK_FILL) await sql.raw(statement).execute(tx);
  });
  await sql`analyze`.execute(db);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function measure(db: Db, say: (line: string) => void): Promise<readonly Result[]> {
  await makeRaw(db);
  await rate(db, insertRaw);
  await rate(db, post);
  const rates: { posted: number; raw: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    rates.push({ posted: await rate(db, post), raw: await rate(db, insertRaw) });
  const middle = rates.toSorted((a, b) => a.posted - b.posted)[Math.floor(ROUNDS / 2)];
  if (middle === undefined) throw new Error('no round');
  const seeding = await timed(async () => await seedBooks(db));
  say(`${LOANS} loans of a year are on the books after ${(seeding / 1_000).toFixed(1)} s`);
  const look = { accruedBefore: '2025-11-24', payoutPatienceSeconds: 0, most: 10 };
  const watch = await timed(async () => {
    const found = await findDifferences(db, look);
    if (found.length > 0) throw new Error(`the seeded books differ: ${found[0]?.kind}`);
  });
  const balance = await timed(async () => await trialBalance(db, '2026-12-31'));
  return [
    result('journals posted, six lines each', middle.posted, '/s', middle.raw),
    result(`watch over ${LOANS} loans`, watch, 'ms'),
    result(`trial balance over ${LOANS} loans`, balance, 'ms'),
  ];
}

/** Seeds a schema of its own and measures. */
export async function benchLedger(say: (line: string) => void): Promise<readonly Result[]> {
  const given = process.env['BENCH_DATABASE_URL'];
  const server = given === undefined ? await startServer() : { url: given, stop: async () => {} };
  const schema = `bench_ledger_${randomBytes(4).toString('hex')}`;
  const db = openDatabase({ url: server.url, schema, poolMax: AT_ONCE }, () => {});
  try {
    await migrateToLatest(db, schema);
    return await measure(db, say);
  } finally {
    await sql`drop schema ${sql.ref(schema)} cascade`.execute(db);
    await db.destroy();
    await server.stop();
  }
}
