/** Reviews that were running when the desk's migrations came: they go on where they stood, under the levels they began with. */
import { randomBytes, randomUUID } from 'node:crypto';
import { Migrator, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Db, openDatabase } from '../../db/database.ts';
import { migrateToLatest, MIGRATIONS } from '../../db/migrator.ts';
import { readReview } from '../../db/queries/desk.ts';
import { atDesk } from '../../domain/desk.ts';
import { testServer } from '../support/house.ts';

const LEVELS = [
  { level: 1, roles: ['reviewer', 'senior-reviewer', 'risk-officer'] },
  { level: 2, roles: ['senior-reviewer', 'risk-officer'] },
];
const schema = `backfill_${randomBytes(6).toString('hex')}`;
let db: Db;

interface Former {
  readonly stage: string;
  readonly pending: string | null;
  /** State of the task of the second level; null where the first was still undecided. */
  readonly second: string | null;
}

/** An application as the story left it before there was a desk: `reviewer-li` holds or has approved the first level. */
async function former({ stage, pending, second }: Former): Promise<string> {
  const id = randomUUID();
  await sql`insert into applications (id, owner_subject, applicant_kind, product_code, stage, pending, amount_fen, term_months,
      evidence_version) values (${id}, 'somebody', 'PERSON', 'PERSONAL_CREDIT', ${stage}, ${pending}, 18000000, 24, 4)`.execute(
    db,
  );
  await sql`insert into decisions (id, application_id, round, evidence_version, outcome, reasons, gaps, grade, amount_fen,
      annual_rate, approvals, trace, versions) values (${randomUUID()}, ${id}, 1, 4, 'REFER', '{REFER_AMOUNT}', '{GAP_FACE}', 'B',
      18000000, '10.80', ${JSON.stringify(LEVELS)}::jsonb, '{}', '{}')`.execute(db);
  const task = async (level: number, state: string) => {
    const taskId = randomUUID();
    const assignee = state === 'CLAIMED' || level === 1 ? 'reviewer-li' : null;
    await sql`insert into review_tasks (id, application_id, round, level, roles, state, assignee, claimed_at, evidence_version,
        sla_due_at) values (${taskId}, ${id}, 1, ${level}, ${LEVELS[level - 1]?.roles ?? []}::text[], ${state}, ${assignee},
        '2026-11-01T02:00:00Z', 4, '2026-11-01T06:00:00Z')`.execute(db);
    return taskId;
  };
  const first = await task(1, second === null ? 'CLAIMED' : 'DECIDED');
  if (second === null) return id;
  await sql`insert into review_actions (id, task_id, application_id, round, actor, actor_role, action, reasons, amount_fen,
      evidence_version, cause) values (${randomUUID()}, ${first}, ${id}, 1, 'reviewer-li', 'reviewer', 'APPROVE',
      '{REVIEW_POSITIVE}', 15000000, 4, ${randomUUID()})`.execute(db);
  await task(2, second);
  return id;
}

const reviewOf = async (id: string) => {
  const stored = await readReview(db, id, 1);
  if (stored === undefined) throw new Error('the migration made no review');
  return stored;
};

let claimed: string;
let asked: string;
let approvedOnce: string;
let withdrawn: string;

beforeAll(async () => {
  const url = testServer('TEST_DATABASE_URL');
  db = openDatabase({ url, schema, poolMax: 2 }, () => undefined);
  await sql`create schema ${sql.ref(schema)}`.execute(db);
  const migrator = new Migrator({ db, provider: MIGRATIONS, migrationTableSchema: schema });
  const { error } = await migrator.migrateTo('0014-decision-record');
  if (error !== undefined) throw error;
  claimed = await former({ stage: 'REVIEW', pending: 'REVIEW', second: null });
  asked = await former({ stage: 'REVIEW', pending: 'INFORMATION', second: null });
  approvedOnce = await former({ stage: 'REVIEW', pending: 'SECOND_REVIEW', second: 'OPEN' });
  withdrawn = await former({ stage: 'WITHDRAWN', pending: null, second: 'CANCELLED' });
  await migrateToLatest(db, schema);
});
afterAll(async () => {
  await sql`drop schema ${sql.ref(schema)} cascade`.execute(db);
  await db.destroy();
});

describe('a review from before the desk', () => {
  it('keeps its levels as stages of one seat, its holder, and what it waits for', async () => {
    const { review, matrixCode, tasks } = await reviewOf(claimed);
    expect(matrixCode).toBe('BEFORE_MATRIX');
    expect(review.stages).toEqual(
      LEVELS.map(({ level, roles }) => ({ name: `level ${level}`, roles, seats: 1, quorum: 1 })),
    );
    expect(review).toMatchObject({ waiting: false, end: null, evidenceVersion: 4, ballots: [] });
    expect(review.seats).toMatchObject([
      { stage: 1, seat: 1, state: 'CLAIMED', assignee: 'reviewer-li' },
    ]);
    expect(review.seats[0]?.activeAt).toBe(Date.parse('2026-11-01T02:00:00Z'));
    expect(tasks.size).toBe(1);
    expect((await reviewOf(asked)).review).toMatchObject({ waiting: true, end: null });
  });

  it('keeps the first approval as a vote with the terms it gave, and is ended by a second person on no more', async () => {
    const { review } = await reviewOf(approvedOnce);
    const terms = { amountFen: 15_000_000, termMonths: 24, annualRate: '10.80' };
    expect(review.proposal).toEqual(terms);
    expect(review.ballots).toMatchObject([
      { stage: 1, subject: 'reviewer-li', verdict: 'APPROVE' },
    ]);
    const place = { stage: 2, seat: 1 };
    const by = (subject: string) => ({
      subject,
      role: 'senior-reviewer',
      onBehalfOf: null,
      limitFen: 20_000_000,
      conflicted: false,
    });
    const again = atDesk(review, { kind: 'CLAIM', place, by: by('reviewer-li'), at: 0 });
    expect(again).toEqual({ ok: false, refusal: 'SAME_PERSON' });
    const taken = atDesk(review, { kind: 'CLAIM', place, by: by('senior-zhao'), at: 0 });
    if (!taken.ok) throw new Error(taken.refusal);
    const vote = {
      kind: 'DECIDE',
      place,
      by: by('senior-zhao'),
      at: 0,
      verdict: 'APPROVE',
      evidenceVersion: 4,
      reasons: ['REVIEW_POSITIVE'],
    } as const;
    expect(atDesk(taken.review, { ...vote, terms: { ...terms, amountFen: 18_000_000 } })).toEqual({
      ok: false,
      refusal: 'TERMS_DIFFER',
    });
    expect(atDesk(taken.review, { ...vote, terms })).toMatchObject({
      ok: true,
      review: { end: 'APPROVED' },
    });
  });

  it('that had ended is not opened again', async () => {
    const { review } = await reviewOf(withdrawn);
    expect(review.end).toBe('CANCELLED');
    expect(review.seats.map(({ state }) => state)).toEqual(['DECIDED', 'CANCELLED']);
  });
});
