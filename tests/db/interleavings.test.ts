/** Whatever several connections try at once with one loan, its journey stays one unbroken line. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db } from '../../db/database.ts';
import { advance, readTimeline } from '../../db/queries/journey.ts';
import { type ActorKind, isEnding, TRANSITIONS } from '../../domain/journey.ts';
import { openTestDatabase, type TestDatabase } from '../ports/postgres.ts';
import { application, refusal } from './rows.ts';

let opened: TestDatabase;
let db: Db;

beforeAll(async () => {
  opened = await openTestDatabase();
  db = opened.db;
});
afterAll(() => opened.close());

/** One try: the how-manieth transition out of the stage it sees, by whom, under which cause. */
const tries = fc.record({
  choice: fc.nat(6),
  kind: fc.constantFrom<ActorKind>('human', 'system', 'timer'),
  rightKind: fc.boolean(),
  cause: fc.nat(40),
  blind: fc.boolean(),
  versioned: fc.boolean(),
});
type Try = (typeof tries)['generate'] extends (...args: never[]) => { value: infer T } ? T : never;

/** True when this try moved the loan. Two causes that meet on one key are settled by the table: one of them fails whole. */
async function attempt(applicationId: string, one: Try): Promise<boolean> {
  const seen = await db
    .selectFrom('applications')
    .select(['stage', 'version'])
    .where('id', '=', applicationId)
    .executeTakeFirstOrThrow();
  const out = TRANSITIONS.filter((t) => t.from === seen.stage);
  const chosen = out[one.choice % Math.max(out.length, 1)] ?? TRANSITIONS[one.choice];
  if (chosen === undefined) throw new Error('no transition to choose');
  const kind = one.rightKind ? (chosen.by[0] ?? one.kind) : one.kind;
  let done = false;
  const refused = await refusal(
    db.transaction().execute(async (tx) => {
      const result = await advance(tx, {
        applicationId,
        from: one.blind ? null : seen.stage,
        to: chosen.to,
        actor: { kind, subject: 'tester', role: null },
        reason: 'TEST',
        cause: `c${one.cause}`,
        ...(one.versioned ? { expectedVersion: seen.version } : {}),
      });
      done = result.ok && !result.repeated;
    }),
  );
  if (refused === null) return done;
  expect(refused).toBe('journey_events_application_id_cause_key');
  return false;
}

async function tryAll(applicationId: string, all: readonly Try[]): Promise<number> {
  let done = 0;
  for (const one of all) if (await attempt(applicationId, one)) done += 1;
  return done;
}

it('numbers events without a gap, joins each to the one before, and moves nothing after an ending', async () => {
  const longest = { value: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(tries, { minLength: 4, maxLength: 12 }), { minLength: 2, maxLength: 4 }),
      async (connections) => {
        const id = await application(db, 'APPLY');
        const counts = await Promise.all(connections.map((all) => tryAll(id, all)));
        const events = await readTimeline(db, id);
        const row = await db
          .selectFrom('applications')
          .select(['stage', 'version', 'ended_at'])
          .where('id', '=', id)
          .executeTakeFirstOrThrow();
        expect(events.map((e) => e.number)).toEqual(events.map((_, index) => index + 1));
        expect(events.map((e) => e.from)).toEqual(
          ['APPLY', ...events.map((e) => e.to)].slice(0, events.length),
        );
        expect(row.stage).toBe(events.at(-1)?.to ?? 'APPLY');
        expect(row.version).toBe(events.length);
        expect(row.ended_at !== null).toBe(isEnding(row.stage));
        expect(events.slice(0, -1).some((e) => isEnding(e.to))).toBe(false);
        expect(counts.reduce((a, b) => a + b, 0)).toBe(events.length);
        longest.value = Math.max(longest.value, events.length);
      },
    ),
    { numRuns: 60 },
  );
  // A property that never got far would prove little.
  expect(longest.value).toBeGreaterThan(3);
});
