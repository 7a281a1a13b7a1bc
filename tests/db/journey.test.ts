/** The one function that moves a loan: what it allows, what it refuses, and that its four writes are one. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../db/database.ts';
import {
  advance,
  type Move,
  type MoveResult,
  readTimeline,
  setPending,
} from '../../db/queries/journey.ts';
import {
  type ActorKind,
  ENDINGS,
  isEnding,
  STAGES,
  type Stage,
  TRANSITIONS,
} from '../../domain/journey.ts';
import { openTestDatabase, type TestDatabase } from '../ports/postgres.ts';
import { application, refusal } from './rows.ts';

let opened: TestDatabase;
let db: Db;

beforeAll(async () => {
  opened = await openTestDatabase();
  db = opened.db;
});
afterAll(() => opened.close());

const KINDS: readonly ActorKind[] = ['human', 'system', 'timer'];
const actor = (kind: ActorKind) => ({
  kind,
  subject: kind === 'human' ? 'wang' : 'xindai',
  role: kind === 'human' ? 'reviewer' : null,
});

function move(applicationId: string, from: Stage | null, to: Stage, kind: ActorKind): Move {
  return { applicationId, from, to, actor: actor(kind), reason: 'TEST', cause: randomUUID() };
}

async function moved(one: Move): Promise<MoveResult> {
  return await db.transaction().execute((tx) => advance(tx, one));
}

async function recordOf(applicationId: string) {
  const row = await db
    .selectFrom('applications')
    .selectAll()
    .where('id', '=', applicationId)
    .executeTakeFirstOrThrow();
  const events = await readTimeline(db, applicationId);
  const audit = await db
    .selectFrom('audit_entries')
    .selectAll()
    .where('subject_id', '=', applicationId)
    .execute();
  const outbox = await db
    .selectFrom('outbox')
    .selectAll()
    .where('application_id', '=', applicationId)
    .execute();
  return { row, events, audit, outbox };
}

describe('advance', () => {
  it.each(TRANSITIONS.flatMap((t) => t.by.map((kind) => [t.from, t.to, kind] as const)))(
    'moves %s to %s for a %s and writes row, event, audit and outbox',
    async (from, to, kind) => {
      const id = await application(db, from);
      const result = await moved({ ...move(id, from, to, kind), pending: 'REVIEW' });
      const now = { stage: to, version: 1, pending: 'REVIEW' };
      expect(result).toEqual({ ok: true, version: 1, repeated: false, from, now });
      const { row, events, audit, outbox } = await recordOf(id);
      expect(row).toMatchObject({
        stage: to,
        version: 1,
        pending: 'REVIEW',
        end_reason: isEnding(to) ? 'TEST' : null,
      });
      expect(row.ended_at !== null).toBe(isEnding(to));
      expect(events).toMatchObject([{ number: 1, from, to, actorKind: kind, reason: 'TEST' }]);
      expect(audit).toMatchObject([{ action: 'application.advance', result: 'DONE' }]);
      expect(outbox).toMatchObject([{ topic: 'journey', state: 'PENDING' }]);
    },
  );

  it('refuses every other pair of stages for everybody, and every actor a transition does not name', async () => {
    for (const from of STAGES) {
      const id = await application(db, from);
      for (const to of STAGES) {
        const rule = TRANSITIONS.find((t) => t.from === from && t.to === to);
        for (const kind of KINDS.filter((one) => rule?.by.includes(one) !== true)) {
          const result = await moved(move(id, from, to, kind));
          const expected =
            rule === undefined
              ? 'NO_SUCH_TRANSITION'
              : rule.by.join() === 'human'
                ? 'HUMAN_ONLY'
                : 'NOT_FOR_THIS_ACTOR';
          expect(result, `${from} to ${to} by ${kind}`).toMatchObject({ refusal: expected });
        }
      }
      const { row, events, audit, outbox } = await recordOf(id);
      expect(row).toMatchObject({ stage: from, version: 0 });
      expect([...events, ...audit, ...outbox]).toEqual([]);
    }
  });

  it('lets neither the platform nor a clock approve a review', async () => {
    const id = await application(db, 'REVIEW');
    for (const kind of ['system', 'timer'] as const)
      expect(await moved(move(id, 'REVIEW', 'OFFER', kind))).toMatchObject({
        ok: false,
        refusal: 'HUMAN_ONLY',
      });
  });

  it('gives the first answer to the same cause again and writes nothing, also after later moves', async () => {
    const id = await application(db, 'VERIFY');
    const first = move(id, 'VERIFY', 'BUREAU', 'system');
    await moved(first);
    await moved(move(id, 'BUREAU', 'FRAUD', 'system'));
    const again = await moved({ ...first, expectedVersion: 0 });
    const now = { stage: 'FRAUD', version: 2, pending: null };
    expect(again).toEqual({ ok: true, version: 1, repeated: true, from: 'VERIFY', now });
    const { row, events, audit, outbox } = await recordOf(id);
    expect(row).toMatchObject({ stage: 'FRAUD', version: 2 });
    expect([events.length, audit.length, outbox.length]).toEqual([2, 2, 2]);
  });

  it('gives one answer to the same cause twice at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await application(db, 'REVIEW');
      const one = move(id, 'REVIEW', 'OFFER', 'human');
      const results = await Promise.all([moved(one), moved(one), moved(one)]);
      expect(results.map((r) => r.ok)).toEqual([true, true, true]);
      expect(results.filter((r) => r.ok && !r.repeated)).toHaveLength(1);
      expect((await recordOf(id)).events).toHaveLength(1);
    }
  });

  it('refuses a caller whose version or stage is out of date, and an application that is not there', async () => {
    const id = await application(db, 'VERIFY');
    const right = move(id, 'VERIFY', 'BUREAU', 'system');
    expect(await moved({ ...right, expectedVersion: 7 })).toEqual({
      ok: false,
      refusal: 'STALE_VERSION',
      stage: 'VERIFY',
      version: 0,
    });
    expect(await moved({ ...right, from: 'BUREAU', to: 'FRAUD' })).toMatchObject({
      refusal: 'WRONG_STAGE',
      stage: 'VERIFY',
    });
    expect(await moved({ ...right, applicationId: randomUUID() })).toMatchObject({
      refusal: 'NOT_FOUND',
    });
    expect(await moved({ ...right, expectedVersion: 0 })).toMatchObject({ ok: true });
  });

  it.each(['applications', 'journey_events', 'audit_entries', 'outbox'] as const)(
    'writes nothing at all when the write to %s fails',
    async (table) => {
      const id = await application(db, 'VERIFY');
      await sql`
        create or replace function break_off() returns trigger language plpgsql as
        $$ begin raise exception 'disk full' using errcode = 'disk_full'; end $$`.execute(db);
      await sql`create trigger broken before insert or update on ${sql.ref(table)} for each row execute function break_off()`.execute(
        db,
      );
      try {
        expect(await refusal(moved(move(id, 'VERIFY', 'BUREAU', 'system')))).toBe('53100');
      } finally {
        await sql`drop trigger broken on ${sql.ref(table)}`.execute(db);
      }
      const { row, events, audit, outbox } = await recordOf(id);
      expect(row).toMatchObject({ stage: 'VERIFY', version: 0 });
      expect([...events, ...audit, ...outbox]).toEqual([]);
      expect(await moved(move(id, 'VERIFY', 'BUREAU', 'system'))).toMatchObject({ ok: true });
    },
  );

  it('leaves nothing when the transaction it belongs to is given up', async () => {
    const id = await application(db, 'VERIFY');
    const given = db.transaction().execute(async (tx) => {
      expect(await advance(tx, move(id, 'VERIFY', 'BUREAU', 'system'))).toMatchObject({ ok: true });
      throw new RangeError('the step after it failed');
    });
    await expect(given).rejects.toThrow(RangeError);
    const { row, events, audit, outbox } = await recordOf(id);
    expect(row).toMatchObject({ stage: 'VERIFY', version: 0 });
    expect([...events, ...audit, ...outbox]).toEqual([]);
  });

  it('lets one of two different moves at the same moment win, and tells the other', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await application(db, 'OFFER');
      const results = await Promise.all([
        moved({ ...move(id, 'OFFER', 'CONTRACT', 'human'), expectedVersion: 0 }),
        moved({ ...move(id, 'OFFER', 'EXPIRED', 'timer'), expectedVersion: 0 }),
      ]);
      expect(results.filter((r) => r.ok)).toHaveLength(1);
      expect(results.find((r) => !r.ok)).toMatchObject({ refusal: 'WRONG_STAGE', version: 1 });
      expect((await recordOf(id)).events).toHaveLength(1);
    }
  });

  it.each(ENDINGS)(
    'moves nothing out of %s, whoever asks and from wherever they think',
    async (end) => {
      const id = await application(db, end);
      for (const to of STAGES)
        for (const kind of KINDS)
          expect(await moved(move(id, null, to, kind))).toMatchObject({
            ok: false,
            refusal: 'NO_SUCH_TRANSITION',
          });
    },
  );
});

describe('setPending', () => {
  it('says what is waited for without a move, and touches the row only when that changes', async () => {
    const id = await application(db, 'REVIEW');
    await setPending(db, id, 'REVIEW');
    const first = await recordOf(id);
    expect(first.row).toMatchObject({ pending: 'REVIEW', version: 0, stage: 'REVIEW' });
    await setPending(db, id, 'REVIEW');
    expect((await recordOf(id)).row.updated_at).toEqual(first.row.updated_at);
    await setPending(db, id, null);
    expect((await recordOf(id)).row.pending).toBeNull();
  });
});
