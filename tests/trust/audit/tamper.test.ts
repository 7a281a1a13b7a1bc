/** The audit trail against those who own the database: what they change, they change visibly. */
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainAll } from '../../../activities/audit/chain.ts';
import { linkValue } from '../../../activities/audit/link.ts';
import type { Tx } from '../../../db/database.ts';
import { readLinks } from '../../../db/queries/audit-chain.ts';
import { generateSm2KeyPair, sm2Sign } from '../../../platform/crypto/sm2.ts';
import { type Break, sentence } from '../../../tools/audit-verify/findings.ts';
import {
  verifyAudit,
  type VerifyOptions,
  verifyWithin,
} from '../../../tools/audit-verify/verify.ts';
import { disarm, openTrail, type Trail, writeEntry } from './trail.ts';

const PATIENCE = 120_000;
let trail: Trail;
beforeAll(async () => {
  trail = await openTrail();
  // Ten links, a seal over the first five, one over the first eight, and two links that wait for theirs.
  for (const count of [5, 3, 2]) {
    await trail.write(count);
    if (count !== 2) await trail.seal();
  }
}, PATIENCE);
afterAll(async () => await trail.close());

class Undone extends Error {}

/** Tampers as a superuser, verifies what is there then, and takes it back. */
async function after(
  tampering: (tx: Tx) => Promise<unknown>,
  over: Partial<VerifyOptions> = {},
): Promise<Break | null> {
  let first: Break | null = null;
  await trail.db
    .transaction()
    .execute(async (tx) => {
      await disarm(tx);
      await tampering(tx);
      first = (await verifyWithin(tx, { ...trail.options, ...over })).first;
      throw new Undone();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
  return first;
}

const run =
  (...statements: RawBuilder<unknown>[]) =>
  async (tx: Tx) => {
    for (const statement of statements) await statement.execute(tx);
  };

/** Computes every link from a position on anew, as somebody would who knows how the chain is made. */
async function relink(tx: Tx, from: number): Promise<void> {
  const links = await readLinks(tx, 1, 100);
  let before = links[from - 2]?.link.value ?? '0'.repeat(64);
  for (const { link, entry } of links.slice(from - 1)) {
    if (entry === null) throw new Error('an entry to link is gone');
    before = linkValue(before, link.position, link.day, entry);
    await sql`update audit_chain set value_sm3 = ${before} where position = ${link.position}`.execute(
      tx,
    );
  }
}

describe('the audit chain', () => {
  it('holds as it was written', async () => {
    const verdict = await verifyAudit(trail.db, trail.options);
    expect(verdict.found).toEqual([]);
    expect([verdict.links, verdict.seals]).toEqual([10, 2]);
  });

  const entryAt = (position: number) =>
    sql`(select entry_id from audit_chain where position = ${position})`;

  it.each([
    ['who', sql`actor = 'somebody else'`],
    ['in which role', sql`actor_role = 'auditor'`],
    ['how they were known', sql`via = 'session'`],
    ['what', sql`action = 'other'`],
    ['on which record', sql`subject_id = 'other'`],
    ['of which kind', sql`subject_kind = 'other'`],
    ['when, by a millionth of a second', sql`at = at + interval '1 microsecond'`],
    ['from where', sql`origin = null`],
    ['in which request', sql`request_id = null`],
    ['with which result', sql`result = 'DENIED'`],
    ['why', sql`reason = null`],
    ['with which detail', sql`detail = detail || '{"bureau":"BAIHANG"}'`],
  ])('names the entry in which it was altered %s', async (_what, change) => {
    const found = await after(
      run(sql`update audit_entries set ${change} where id = ${entryAt(4)}`),
    );
    expect(found).toMatchObject({ kind: 'ENTRY_ALTERED', position: 4 });
  });

  it('names the place of an entry that was removed', async () => {
    const found = await after(run(sql`delete from audit_entries where id = ${entryAt(7)}`));
    expect(found).toMatchObject({ kind: 'ENTRY_REMOVED', position: 7 });
  });

  it('names the place of an entry that was removed together with its link', async () => {
    const found = await after(
      run(
        sql`delete from audit_entries where id = ${entryAt(7)}`,
        sql`delete from audit_chain where position = 7`,
      ),
    );
    expect(found).toMatchObject({ kind: 'LINK_REMOVED', position: 7 });
  });

  it('names the end that was cut off under a seal', async () => {
    const found = await after(run(sql`delete from audit_chain where position >= 8`));
    expect(found).toMatchObject({ kind: 'LINK_REMOVED', position: 8, seal: 2 });
  });

  it('names the unsealed end that was cut off, when its anchor was noted elsewhere', async () => {
    const { end } = await verifyAudit(trail.db, trail.options);
    const cut = run(
      sql`delete from audit_entries where id = ${entryAt(10)}`,
      sql`delete from audit_chain where position = 10`,
    );
    expect(await after(cut, { anchor: end })).toMatchObject({
      kind: 'ANCHOR_DIFFERS',
      position: 10,
    });
    expect(await after(async () => undefined, { anchor: end })).toBeNull();
  });

  it('tells links in another order from altered ones', async () => {
    const entries = run(
      sql`update audit_chain set position = -3 where position = 3`,
      sql`update audit_chain set position = 3 where position = 4`,
      sql`update audit_chain set position = 4 where position = -3`,
    );
    const positive = sql`alter table audit_chain drop constraint audit_chain_position_check`;
    const found = await after(async (tx) => {
      await positive.execute(tx);
      await entries(tx);
    });
    expect(found).toMatchObject({ kind: 'LINKS_REORDERED', position: 3 });
  });

  it('names an entry put in by hand between two others, when the links behind it were moved along', async () => {
    const found = await after(async (tx) => {
      await sql`alter table audit_chain drop constraint audit_chain_position_check`.execute(tx);
      await writeEntry(tx, 'forged');
      await sql`update audit_chain set position = -(position + 1) where position >= 6`.execute(tx);
      await sql`update audit_chain set position = -position where position < 0`.execute(tx);
      await sql`
        insert into audit_chain (position, day, entry_id, entry_xid, value_sm3)
        select 6, (select day from audit_chain where position = 5), max(id), '1', ${'a'.repeat(64)}
        from audit_entries`.execute(tx);
    });
    expect(found).toMatchObject({ kind: 'LINK_INSERTED', position: 6 });
  });

  it('is not fooled by a chain that was computed anew: the seal is over another one', async () => {
    const found = await after(async (tx) => {
      await sql`update audit_entries set actor = 'x' where id = ${entryAt(3)}`.execute(tx);
      await relink(tx, 3);
    });
    expect(found).toMatchObject({ kind: 'CHAIN_REWRITTEN', position: 5, seal: 1 });
  });

  it('names a link that bears another day, even when its hash was computed for it', async () => {
    const found = await after(async (tx) => {
      await sql`update audit_chain set day = day + 1 where position = 9`.execute(tx);
      await relink(tx, 9);
    });
    expect(found).toMatchObject({ kind: 'DAY_WRONG', position: 9 });
  });

  it('names an entry that claims to be older than what was chained before it', async () => {
    const found = await after(async (tx) => {
      await sql`update audit_entries set at = at - interval '20 minutes' where id = ${entryAt(10)}`.execute(
        tx,
      );
      await relink(tx, 10);
    });
    expect(found).toMatchObject({ kind: 'ENTRY_BACKDATED', position: 10 });
  });
});

describe('the seals', () => {
  it('show that one of them was removed', async () => {
    const found = await after(run(sql`delete from audit_seals where number = 1`));
    expect(found).toMatchObject({ kind: 'SEAL_REMOVED', seal: 1 });
  });

  it('are missed when the last one is removed and its time has come', async () => {
    const later = { now: new Date(Date.now() + 3 * 3_600_000) };
    const found = await after(run(sql`delete from audit_seals where number = 2`), later);
    expect(found).toMatchObject({ kind: 'SEAL_MISSING', position: 6 });
  });

  it.each([
    [
      'signature',
      sql`signature = set_byte(signature, 40, get_byte(signature, 40) # 1)`,
      /SIGNATURE_WRONG/,
    ],
    ['value', sql`value_sm3 = ${'b'.repeat(64)}`, /SIGNATURE_WRONG/],
    ['key', sql`key_id = 'audit-9'`, /KEY_UNKNOWN/],
    [
      'stamp',
      sql`reply = (select reply from audit_seals where number = 1)`,
      /TIMESTAMP_IMPRINT_DIFFERS/,
    ],
    ['time', sql`generated_at = generated_at - interval '1 hour'`, /TIME_DIFFERS/],
    ['predecessor', sql`previous_sm3 = ${'c'.repeat(64)}`, /PREVIOUS_SEAL_DIFFERS/],
  ])('show that the %s of one was altered', async (_part, change, detail) => {
    const found = await after(run(sql`update audit_seals set ${change} where number = 2`));
    const seal = { kind: 'SEAL_BROKEN', seal: 2, detail: expect.stringMatching(detail) };
    // A value or a time that was altered contradicts the chain as well, at the same place.
    expect([
      expect.objectContaining(seal),
      expect.objectContaining({ kind: 'CHAIN_REWRITTEN' }),
    ]).toContainEqual(found);
    expect(found).toMatchObject({ position: 8 });
  });

  it('cannot be made by whoever has another key', async () => {
    const found = await after(async (tx) => {
      const { privateKey } = generateSm2KeyPair();
      const forged = sm2Sign(privateKey, Buffer.from('anything'));
      await sql`update audit_seals set signature = ${forged} where number = 1`.execute(tx);
    });
    expect(found).toMatchObject({ kind: 'SEAL_BROKEN', seal: 1, detail: 'SIGNATURE_WRONG' });
  });

  it('are made once for what is new, and not again', async () => {
    const first = await trail.seal();
    expect(first).toEqual({ number: 3, position: 10, sealed: true });
    expect(await trail.seal()).toEqual({ number: 3, position: 10, sealed: false });
    expect((await verifyAudit(trail.db, trail.options)).found).toEqual([]);
  });
});

describe('the tables', () => {
  it.each(['audit_entries', 'audit_chain', 'audit_seals'])(
    'refuse update, delete and truncate of %s to their owner, even one who plays a replica',
    async (name) => {
      const table = sql.table(name);
      const column = sql.ref(name === 'audit_entries' ? 'id' : 'day');
      const attempts = [
        sql`update ${table} set ${name === 'audit_entries' ? sql`actor = actor` : sql`day = ${column}`}`,
        sql`delete from ${table}`,
        sql`truncate ${table} cascade`,
      ];
      for (const attempt of attempts) {
        await expect(attempt.execute(trail.db)).rejects.toThrow(/append-only/);
        const asReplica = trail.db.transaction().execute(async (tx) => {
          await sql`set local session_replication_role = replica`.execute(tx);
          await attempt.execute(tx);
        });
        await expect(asReplica).rejects.toThrow(/append-only/);
      }
    },
  );

  it('show an entry that was put in with a transaction number of the past: it is never chained', async () => {
    await trail.db.transaction().execute(async (tx) => {
      await disarm(tx);
      await writeEntry(tx, 'forged');
      await sql`update audit_entries set xid = '3', at = at - interval '1 day' where subject_id like 'forged-%'`.execute(
        tx,
      );
    });
    await chainAll(trail.db);
    const { first } = await verifyAudit(trail.db, trail.options);
    expect(first).toMatchObject({ kind: 'ENTRY_UNCHAINED' });
    expect(first === null ? '' : sentence(first)).toMatch(/^entry \d+: .* \[ENTRY_UNCHAINED\]$/);
  });
});
