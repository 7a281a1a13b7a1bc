/**
 * The second half of `npm run bench -- desk`: from a reviewer's decision to the next stage on the record, and to the open
 * offer, in a whole house; beside a claim, which is the same kind of act and moves nothing.
 */
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { fillIn, submit } from '../../teller/applicant.ts';
import { openTask } from '../../teller/staff.ts';
import { data, fetchPersona, openWorld, type World } from '../../teller/world.ts';
import { findTemporalCli } from '../../setup/temporal-cli.mjs';
import { type BenchHouse, startBenchHouse } from '../house.ts';
import { percentile } from '../in-flight.ts';
import { type Result, result } from '../results.ts';

const DECISIONS = 60;
const WARM_UP = 5;
const OPEN_WITHIN_MS = 30_000;

interface Times {
  readonly claim: number;
  readonly stage: number;
  readonly offer: number;
}

async function untilOffered(database: Client, id: string): Promise<void> {
  const deadline = performance.now() + OPEN_WITHIN_MS;
  for (;;) {
    const { rows } = await database.query(
      `select 1 from offers where application_id = $1 and state = 'OPEN'`,
      [id],
    );
    if (rows.length > 0) return;
    if (performance.now() > deadline) throw new Error('no offer after an approval');
    await sleep(5);
  }
}

/** One referred loan from its submission to the open offer, with the time of each act of its reviewer. */
async function decided(world: World, database: Client, variant: number): Promise<Times> {
  const client = world.as('applicant', `bench-desk-${variant}`);
  const id = await fillIn(client, await fetchPersona(world, 'refer-one', variant));
  await submit(client, id);
  const task = await openTask(world, id);
  const desk = world.as('senior-reviewer', `bench-reviewer-${variant % 10}`);
  const began = performance.now();
  await data(desk.reviews.claim(task.id));
  const claimed = performance.now();
  const seen = await data(desk.reviews.get(task.id));
  const deciding = performance.now();
  const standing = await data(
    desk.reviews.decide(task.id, {
      decision: 'APPROVE',
      reasons: ['REVIEW_POSITIVE'],
      comment: 'Seen and weighed.',
      amountFen: seen.task.amountFen ?? 0,
      evidenceVersion: seen.task.evidenceVersion,
    }),
  );
  const answered = performance.now();
  if (standing.stage !== 'OFFER') throw new Error(`a decision led to ${standing.stage}`);
  await untilOffered(database, id);
  return {
    claim: claimed - began,
    stage: answered - deciding,
    offer: performance.now() - deciding,
  };
}

async function measure(house: BenchHouse): Promise<readonly Result[]> {
  const world = openWorld(house.apiUrl, house.sandboxUrl);
  const database = new Client({ connectionString: house.databaseUrl });
  await database.connect();
  await database.query('set search_path to xindai');
  const times: Times[] = [];
  for (let variant = 0; variant < DECISIONS + WARM_UP; variant += 1)
    times.push(await decided(world, database, variant));
  await database.end();
  const measured = times.slice(WARM_UP);
  const of = (name: keyof Times, share: number) =>
    percentile(
      measured.map((one) => one[name]).sort((a, b) => a - b),
      share,
    );
  return (['stage', 'offer'] as const).flatMap((name) =>
    [0.5, 0.95].map((share) =>
      result(
        `desk: decision to ${name === 'stage' ? 'the next stage' : 'the open offer'}, p${share * 100}`,
        of(name, share),
        'ms',
        of('claim', share),
      ),
    ),
  );
}

/** Brings up a house, lets people decide, and takes it down. */
export async function benchDecision(say: (line: string) => void): Promise<readonly Result[]> {
  const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
  const cli = await findTemporalCli({ dataDir: join(root, '.data') });
  const house = await startBenchHouse(root, cli, undefined, say);
  try {
    return await measure(house);
  } finally {
    await house.stop();
  }
}
