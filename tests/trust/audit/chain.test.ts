/** The chainer: every committed entry gets one place, in an order that no later commit can disturb. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainAll, chainOnce, startAuditChainer } from '../../../activities/audit/chain.ts';
import { linksOf } from '../../../activities/audit/link.ts';
import type { Tx } from '../../../db/database.ts';
import { type ChainableEntry, lastLink, takeChainLock } from '../../../db/queries/audit-chain.ts';
import { verifyAudit } from '../../../tools/audit-verify/verify.ts';
import { openTrail, type Trail, writeEntry } from './trail.ts';

let trail: Trail;
beforeAll(async () => {
  trail = await openTrail();
}, 120_000);
afterAll(async () => await trail.close());

/** A transaction that stays open until it is told to end. */
async function hold(body: (tx: Tx) => Promise<unknown>): Promise<{ end(): Promise<void> }> {
  let end = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    end = resolve;
  });
  let ready = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const done = trail.db.transaction().execute(async (tx) => {
    await body(tx);
    ready();
    await released;
  });
  await begun;
  return {
    end: async () => {
      end();
      await done;
    },
  };
}

async function chained(): Promise<readonly string[]> {
  const rows = await trail.db
    .selectFrom('audit_chain as c')
    .innerJoin('audit_entries as e', 'e.id', 'c.entry_id')
    .select('e.subject_id')
    .orderBy('c.position')
    .execute();
  return rows.map((row) => row.subject_id.replace(/-\d+$/, ''));
}

describe('the chainer', () => {
  it('waits for a transaction that began earlier and ends later, and then puts it first', async () => {
    const early = await hold((tx) => writeEntry(tx, 'early'));
    await writeEntry(trail.db, 'late');
    expect(await chainOnce(trail.db)).toBe(0);
    await early.end();
    expect(await chainOnce(trail.db)).toBe(2);
    expect(await chained()).toEqual(['early', 'late']);
  });

  it('leaves no place for what was rolled back', async () => {
    await trail.db
      .transaction()
      .execute(async (tx) => {
        await writeEntry(tx, 'undone');
        throw new Error('undo');
      })
      .catch(() => undefined);
    await writeEntry(trail.db, 'kept');
    await chainAll(trail.db);
    expect(await chained()).toEqual(['early', 'late', 'kept']);
  });

  it('lets one process chain at a time', async () => {
    const other = await hold(async (tx) => expect(await takeChainLock(tx)).toBe(true));
    await writeEntry(trail.db, 'waiting');
    expect(await chainOnce(trail.db)).toBe(0);
    await other.end();
    expect(await chainOnce(trail.db)).toBe(1);
  });

  it('chains every entry once while many write at the same time and two chainers run', async () => {
    const log = pino({ level: 'silent' });
    const chainers = [1, 2].map(() => startAuditChainer({ db: trail.db, log }));
    const writer = async (name: number): Promise<void> => {
      for (let n = 0; n < 40; n += 1) {
        await trail.db.transaction().execute(async (tx) => {
          await writeEntry(tx, `writer${name}`);
          if (n % 3 === 0) await sql`select pg_sleep(0.004)`.execute(tx);
        });
      }
    };
    await Promise.all([writer(1), writer(2)]);
    await Promise.all(chainers.map((one) => one.stop()));
    await chainAll(trail.db);
    const verdict = await verifyAudit(trail.db, { ...trail.options, chainedWithinSeconds: 0 });
    expect(verdict.found).toEqual([]);
    expect(verdict.links).toBe(4 + 80);
  });

  it('has an entry in the chain within a second of its commit', async () => {
    const chainer = startAuditChainer({ db: trail.db, log: pino({ level: 'silent' }) });
    const before = (await lastLink(trail.db))?.position ?? 0;
    await writeEntry(trail.db, 'prompt');
    const startedAt = performance.now();
    while (((await lastLink(trail.db))?.position ?? 0) === before) await sleep(20);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await chainer.stop();
  });

  it('goes on after a restore into a server whose transaction numbers begin anew', async () => {
    await trail.db.transaction().execute(async (tx) => {
      await sql`alter table audit_chain disable trigger user`.execute(tx);
      await sql`alter table audit_entries disable trigger user`.execute(tx);
      await sql`update audit_entries set xid = (xid::text::bigint + 1000000000)::text::xid8`.execute(
        tx,
      );
      await sql`update audit_chain set entry_xid = (entry_xid::text::bigint + 1000000000)::text::xid8`.execute(
        tx,
      );
      await sql`alter table audit_chain enable always trigger audit_chain_append_only`.execute(tx);
      await sql`alter table audit_entries enable always trigger audit_entries_append_only`.execute(
        tx,
      );
    });
    await writeEntry(trail.db, 'restored');
    await writeEntry(trail.db, 'restored');
    expect(await chainAll(trail.db)).toBe(2);
    await writeEntry(trail.db, 'restored');
    expect(await chainAll(trail.db)).toBe(1);
    expect((await verifyAudit(trail.db, trail.options)).found).toEqual([]);
  });
});

const entry = (id: number, day: string): ChainableEntry => ({
  id,
  xid: String(id),
  at: `${day}T00:00:00.000000Z`,
  day,
  actor: 'a',
  role: null,
  via: null,
  action: 'a.b',
  subjectKind: 'k',
  subjectId: 's',
  result: 'DONE',
  reason: null,
  origin: null,
  requestId: null,
  detail: '{}',
});

describe('links', () => {
  it('go on from the last link of the day before, and their days never go back', () => {
    const days = ['2026-11-24', '2026-11-25', '2026-11-24', '2026-11-26'];
    const links = linksOf(
      undefined,
      days.map((day, n) => entry(n + 1, day)),
    );
    expect(links.map((link) => link.day)).toEqual([
      '2026-11-24',
      '2026-11-25',
      '2026-11-25',
      '2026-11-26',
    ]);
    expect(links.map((link) => link.position)).toEqual([1, 2, 3, 4]);
    const [, second] = links;
    expect(
      linksOf(
        second,
        days.slice(2).map((day, n) => entry(n + 3, day)),
      ),
    ).toEqual(links.slice(2));
  });

  it('are other ones for the same texts in other fields', () => {
    const one = linksOf(undefined, [{ ...entry(1, '2026-11-24'), reason: 'x', origin: null }]);
    const other = linksOf(undefined, [{ ...entry(1, '2026-11-24'), reason: null, origin: 'x' }]);
    expect(one[0]?.value).not.toBe(other[0]?.value);
  });
});
