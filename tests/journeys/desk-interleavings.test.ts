/**
 * The desk under random interleavings against the real servers: people, the applicant, clocks, strangers and workers that
 * go and come, many loans at once. `INTERLEAVINGS` asks for another number of them, `INTERLEAVINGS_SEED` for given ones.
 */
import { randomInt } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApprovalMatrix, StageSpec } from '../../domain/approval-matrix.ts';
import { DECIDING_ROLES } from '../../domain/authority.ts';
import { fen } from '../../domain/money.ts';
import { publishRulebook } from '../../db/queries/rulebooks.ts';
import { fillIn, submit } from '../../tools/teller/applicant.ts';
import { fetchPersona } from '../../tools/teller/world.ts';
import { attempt, beginAnew, type Tried } from '../support/desk/players.ts';
import { expectSound, settle } from '../support/desk/record.ts';
import { LENT, LOW, type Script, script } from '../support/desk/scripts.ts';
import { type House, openHouse } from '../support/house.ts';
import type { Loan } from '../support/loan.ts';

const COUNT = Number(process.env['INTERLEAVINGS'] ?? '40');
const SEED = Number(process.env['INTERLEAVINGS_SEED'] ?? String(randomInt(2 ** 31)));
/** Loans that are worked on at once. A worker that comes replays all of them, and more would outlast a workflow task. */
const AT_ONCE = 8;
const APPLYING = 10;
/** Scripts that one loan lives through, for the same reason. */
const SCRIPTS_A_LOAN = 4;

const SENIOR = ['senior-reviewer', 'risk-officer'] as const;
const seats = (name: string, roles: StageSpec['roles'], of: number, quorum: number): StageSpec => ({
  name,
  roles,
  seats: of,
  quorum,
});
const first = seats('first', DECIDING_ROLES, 1, 1);
const row = (id: string, upTo: number | undefined, stages: readonly StageSpec[]) => ({
  id,
  zh: '测试',
  en: 'For tests',
  when: upTo === undefined ? {} : { amountFen: { upTo } },
  stages,
});

/** One person, two in turn, a committee, one and then a committee, two at once: by what is asked for. */
const MATRIX: ApprovalMatrix = {
  format: 1,
  id: 'HOUSE',
  version: 2,
  authority: {
    reviewer: 22_000_00,
    'senior-reviewer': 200_000_00,
    'risk-officer': 1_000_000_00,
  },
  rows: [
    row('ONE', 20_000_00, [first]),
    row('TWO', 25_000_00, [first, seats('second', SENIOR, 1, 1)]),
    row('COMMITTEE', 30_000_00, [seats('committee', SENIOR, 3, 2)]),
    row('BOTH', 35_000_00, [first, seats('committee', SENIOR, 3, 2)]),
    row('PAIR', undefined, [seats('pair', SENIOR, 2, 2)]),
  ],
};
const AMOUNTS = [20_000_00, 25_000_00, 30_000_00, 35_000_00, 40_000_00].map(fen);

let house: House;

/** The matrix, the person whose own limit is low, and the one who lends authority. */
async function prepare({ db }: House): Promise<void> {
  await publishRulebook(db, {
    kind: 'MATRIX',
    code: 'HOUSE',
    version: 2,
    document: MATRIX,
    documentSm3: '0'.repeat(64),
    effectiveFrom: new Date('2026-01-02T00:00:00+08:00'),
  });
  const roles = ['senior-reviewer'];
  await db
    .insertInto('desk_people')
    .values([
      { subject: LOW.subject, roles, limit_fen: LOW.limitFen },
      { subject: LENT.from, roles },
    ])
    .execute();
  await db
    .insertInto('delegations')
    .values({
      id: crypto.randomUUID(),
      from_subject: LENT.from,
      to_subject: LENT.to,
      role: 'senior-reviewer',
      limit_fen: LENT.limitFen,
      starts_at: new Date(Date.now() - 86_400_000),
      // Terms that run out move a loan's clock by hours each time.
      ends_at: new Date(Date.now() + 80 * 86_400_000),
      reason: 'LEAVE',
      state: 'APPROVED',
      proposed_by: LENT.from,
      decided_by: 'risk-lead',
      decided_at: new Date(),
    })
    .execute();
}

beforeAll(async () => {
  house = await openHouse();
  await prepare(house);
});
afterAll(async () => await house?.close());

let applied = 0;

/** An application in review; the amount says who must approve it. */
async function apply(): Promise<Loan> {
  const variant = applied;
  applied += 1;
  const subject = `applicant-${String(variant)}`;
  const client = house.world.as('applicant', subject);
  const person = await fetchPersona(house.world, 'refer-one', variant);
  const { application } = person;
  const amountFen = AMOUNTS[variant % AMOUNTS.length] ?? application.loan.amountFen;
  const loan = { ...application.loan, amountFen };
  const persona = { ...person, application: { ...application, loan } };
  const id = await fillIn(client, persona);
  await submit(client, id);
  return { house, subject, persona, client, id };
}

/** Every loan of a list is worked on, so many at a time. */
async function each<T, R>(
  list: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<R>,
): Promise<R[]> {
  const done: R[] = [];
  for (let i = 0; i < list.length; i += atOnce)
    done.push(...(await Promise.all(list.slice(i, i + atOnce).map(work))));
  return done;
}

class Tally {
  readonly counts = new Map<string, number>();
  add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }
  lines(): string {
    const sorted = [...this.counts].toSorted(([a], [b]) => a.localeCompare(b));
    return sorted.map(([name, n]) => `  ${name.padEnd(44)} ${String(n).padStart(6)}`).join('\n');
  }
}

/** What of a try stands on the record as an act of a person when it was taken. */
const ON_RECORD = new Set([
  'CLAIM',
  'RELEASE',
  'STEAL',
  'APPROVE',
  'DECLINE',
  'REQUEST_MORE',
  'RETURN',
]);

/** One loan's plays: everything that was answered with yes since it was applied for. */
interface Played {
  readonly loan: Loan;
  readonly taken: string[];
  scripts: number;
}

function hearAll(played: Played, tried: readonly Tried[], tally: Tally): void {
  for (const { what, code } of tried) {
    tally.add(`${what} ${code}`);
    expect(code, `${what} met a fault of the house`).not.toMatch(
      /^(INTERNAL|UNAVAILABLE|UNKNOWN|)$/,
    );
    if (what === 'UNSEALED' || what === 'FOREIGN') expect(code, what).not.toBe('OK');
    if (code === 'OK' && ON_RECORD.has(what)) played.taken.push(what);
  }
}

async function check(played: Played, tally: Tally): Promise<boolean> {
  const rest = await settle(played.loan);
  tally.add(`at rest: ${rest.stage}`);
  const kept = await expectSound(played.loan, rest, MATRIX.authority);
  expect(kept.toSorted(), 'what was answered with yes stands on the record, once').toEqual(
    played.taken.toSorted(),
  );
  return rest.stage === 'REVIEW' || rest.stage === 'OFFER';
}

/** Plays a script to its end. `tick` is told of each group, so that a worker can leave in the middle. */
async function play(
  played: Played,
  tries: Script,
  tally: Tally,
  tick: () => void,
): Promise<boolean> {
  for (const group of tries) {
    tick();
    const tried = await Promise.all(group.map((one) => attempt(played.loan, one)));
    hearAll(played, tried.flat(), tally);
  }
  played.scripts += 1;
  return (await check(played, tally)) && played.scripts < SCRIPTS_A_LOAN;
}

/** Says which script it was, as it must be told to be played again. */
async function named<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`seed ${String(SEED)}, ${what}`, { cause: error });
  }
}

/** Plays one script on each loan at once, perhaps while the worker leaves and another comes. Gives the loans that others are played on. */
async function wave(
  pool: readonly Played[],
  scripts: readonly Script[],
  tally: Tally,
  restarts: boolean,
) {
  const groups = scripts.reduce((sum, one) => sum + one.length, 0);
  let ticks = 0;
  let restarting: Promise<void> | undefined;
  const restart = async () => {
    await house.stopWorker();
    await house.startWorker();
    tally.add('the worker was replaced');
  };
  const tick = () => {
    ticks += 1;
    if (restarts && ticks > groups / 3) restarting ??= restart();
  };
  const going = await Promise.all(
    pool.map((played, i) => {
      const tries = scripts[i] ?? [];
      return named(`script ${JSON.stringify(tries)}`, () => play(played, tries, tally, tick));
    }),
  );
  await restarting;
  return pool.filter((_, i) => going[i] === true);
}

it(`in ${String(COUNT)} random interleavings no act is lost or done twice, no quorum or authority is passed by, nobody decides on themselves or after an end, and story, record and pure desk agree`, async () => {
  const began = Date.now();
  const tally = new Tally();
  const scripts = fc.sample(script, { numRuns: COUNT, seed: SEED });
  let pool: Played[] = [];
  let applying = 0;
  for (let done = 0; done < COUNT; ) {
    const some = scripts.slice(done, done + AT_ONCE);
    const since = Date.now();
    const missing = Array.from({ length: some.length - pool.length }, () => null);
    const fresh = await each(missing, APPLYING, apply);
    applying += Date.now() - since;
    pool = [...pool, ...fresh.map((loan) => ({ loan, taken: [], scripts: 0 }))].slice(
      0,
      some.length,
    );
    await Promise.all(pool.map(({ loan }) => settle(loan)));
    // In every other wave the worker is replaced.
    pool = await wave(pool, some, tally, (done / AT_ONCE) % 2 === 0);
    done += some.length;
    await each(pool, AT_ONCE, (played) =>
      named('a new round', async () => {
        hearAll(played, await beginAnew(played.loan, done), tally);
        await check(played, tally);
      }),
    );
  }
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  process.stdout.write(
    `[interleavings] ${String(COUNT)} scripts, seed ${String(SEED)}, ${String(applied)} loans, ` +
      `${seconds(Date.now() - began)} (applying ${seconds(applying)})\n${tally.lines()}\n`,
  );
  for (const reached of ['APPROVE OK', 'DECLINE OK', 'RETURN OK', 'STEAL OK', 'SUPPLY OK'])
    expect(tally.of(reached), reached).toBeGreaterThan(0);
  expect(tally.of('the worker was replaced')).toBeGreaterThan(0);
}, 1_200_000);
