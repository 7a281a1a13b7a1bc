/**
 * `npm run bench -- desk`: how long the queue and a case take through the API at 100,000 applications, in the reviewers'
 * own database role, beside a bare look-up by key on the same server in the same run.
 */
import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Db } from '../../../db/database.ts';
import { savePage } from '../../../db/queries/apply.ts';
import { sealDecisionRecord } from '../../../db/decision-seal.ts';
import { canonicalJson } from '../../../domain/canonical-json.ts';
import { VARIABLE_CATALOGUE } from '../../../domain/variable-catalogue.ts';
import { sm3Hex } from '../../../platform/crypto/sm3.ts';
import { openWorld, type World } from '../../../tests/api/world.ts';
import { application } from '../../../tests/domain/samples.ts';
import { percentile } from '../in-flight.ts';
import { type Result, result } from '../results.ts';
import {
  APPLICATIONS,
  ASSESSMENT,
  CONTRIBUTIONS,
  seedDesk,
  tasksOf,
  TRACE,
  unchecked,
} from './seed.ts';

const CASES = 300;
const PAGES_ASKED = 200;
const WARM_UP = 20;

/** The queries a desk asks: the front of each order, pages further on, and narrow ones. */
const QUEUES: readonly (readonly [string, string])[] = [
  ['by SLA', ''],
  ['by age', 'sort=AGE'],
  ['by amount, largest first', 'sort=AMOUNT&order=desc'],
  ['by grade, worst first', 'sort=GRADE&order=desc'],
  ['of nobody', 'assignee=nobody'],
  ['overdue only', 'overdue=true'],
  ['one product and grade', 'product=SMALL_CREDIT&grade=E&sort=AMOUNT'],
  ['a band of amounts', 'amountFrom=10000000&amountTo=10500000'],
  ['waiting for a second person', 'pending=SECOND_REVIEW'],
  ['waiting for information', 'pending=INFORMATION&sort=AMOUNT'],
];

/** A decision's record as long as a real one: thirty rules with the values they saw. */
function recordText(): string {
  const names = Object.keys(VARIABLE_CATALOGUE);
  const rules = Array.from({ length: 30 }, (_, n) => ({
    ruleId: `R${n}`,
    kind: 'REFERRAL',
    outcome: 'MISS',
    reason: 'GAP_FACE',
    values: Object.fromEntries([0, 1, 2].map((k) => [names[(n * 3 + k) % names.length], n])),
  }));
  return canonicalJson({ record: 'xindai-decision-1', rules, score: { total: 560 } });
}

/** Gives a seeded application what cannot be seeded by SQL: a form and a record under its person's key, with evidence as rich as a ring's. */
async function seal(world: World, applicationId: string): Promise<void> {
  const cipher = await world.deps.vault.of(world.db, applicationId);
  const { identity, work, loan } = application();
  await unchecked(world.db, async (tx) => {
    for (const [at, content] of [identity, work, loan].entries())
      await savePage(tx, cipher, { applicationId, page: (at + 1) as 1 | 2 | 3, content });
    const text = recordText();
    await tx
      .updateTable('decisions')
      .set({
        sealed_record: sealDecisionRecord(cipher, applicationId, 1, text),
        record_sm3: sm3Hex(text),
        input_sm3: sm3Hex(applicationId),
        trace: TRACE,
      })
      .where('application_id', '=', applicationId)
      .execute();
    await tx
      .updateTable('fraud_assessments')
      .set({ signals: ASSESSMENT })
      .where('application_id', '=', applicationId)
      .execute();
    await tx
      .updateTable('scores')
      .set({ contributions: CONTRIBUTIONS })
      .where('application_id', '=', applicationId)
      .execute();
  });
}

const randomNumbers = (count: number): readonly number[] =>
  Array.from({ length: count }, () => 2 * randomInt(APPLICATIONS / 2));

async function timed<T>(pieces: readonly T[], ask: (piece: T) => Promise<unknown>) {
  const times: number[] = [];
  for (const piece of pieces) {
    const began = performance.now();
    await ask(piece);
    times.push(performance.now() - began);
  }
  return times.sort((one, other) => one - other);
}

/** Asks the API as a reviewer; anything but an answer ends the bench. */
async function asker(world: World) {
  const token = await world.token('reviewer-7', ['senior-reviewer']);
  return async (path: string) => {
    const answer = await world.call('GET', path, { token });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
}

const lines = (title: string, times: readonly number[], bare: readonly number[]) =>
  ([0.5, 0.95, 1] as const).map((share) =>
    result(
      `desk: ${title}, ${share === 1 ? 'max' : `p${share * 100}`}`,
      percentile(times, share),
      'ms',
      percentile(bare, share),
    ),
  );

/** The bare look-up that a case and a page are measured against: one row by its key, as the owner of the tables. */
const lookUp = (db: Db) => async (id: string) =>
  await db.selectFrom('review_tasks').select('state').where('id', '=', id).execute();

async function measureQueue(ask: Awaited<ReturnType<typeof asker>>, bare: readonly number[]) {
  const results: Result[] = [];
  const all: number[] = [];
  for (const [title, query] of QUEUES) {
    const times: number[] = [];
    let cursor = '';
    for (let page = 0; page < PAGES_ASKED / QUEUES.length; page += 1) {
      const began = performance.now();
      const { next } = await ask(`/v1/reviews?limit=50&${query}${cursor}`);
      times.push(performance.now() - began);
      cursor = typeof next === 'string' ? `&cursor=${next}` : '';
    }
    all.push(...times);
    times.sort((one, other) => one - other);
    const p95 = percentile(times, 0.95);
    results.push(result(`desk: queue ${title}, p95`, p95, 'ms', percentile(bare, 0.95)));
  }
  all.sort((one, other) => one - other);
  return [...lines('queue page of 50', all, bare), ...results];
}

async function measure(world: World, say: (line: string) => void): Promise<readonly Result[]> {
  const began = performance.now();
  await seedDesk(world.db);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  say(`${APPLICATIONS} applications with a task each, half of them open, seeded in ${seconds} s`);
  const tasks = await tasksOf(world.db, randomNumbers(CASES + WARM_UP));
  for (const { applicationId } of tasks) await seal(world, applicationId);
  const ask = await asker(world);
  const open = async ({ id }: { readonly id: string }) => await ask(`/v1/reviews/${id}`);
  await timed(tasks.slice(0, WARM_UP), open);
  await timed(QUEUES, ([, query]) => ask(`/v1/reviews?limit=50&${query}`));
  const measured = tasks.slice(WARM_UP);
  const bare = await timed(
    measured.map(({ id }) => id),
    lookUp(world.db),
  );
  const cases = lines('case read', await timed(measured, open), bare);
  const again = lines('case read again', await timed(measured, open), bare);
  return [...cases, ...again, ...(await measureQueue(ask, bare))];
}

/** Seeds a schema of its own and measures. `TEST_DATABASE_URL` names a server; without it one is started for the run. */
export async function benchDesk(say: (line: string) => void): Promise<readonly Result[]> {
  const world = await openWorld();
  try {
    return await measure(world, say);
  } finally {
    await world.close();
  }
}
