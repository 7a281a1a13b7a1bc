/** What becomes of a process whose database dies under it: the work in hand fails, the process and the next work do not. */
import { sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import { type Db, openDatabase } from '../../db/database.ts';

const open = (): Db =>
  openDatabase(
    { url: process.env['TEST_DATABASE_URL'] ?? '', schema: 'public', poolMax: 1 },
    () => undefined,
  );

const processId = async (db: Db): Promise<number> => {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
  return rows[0]?.pid ?? 0;
};

test('a connection that the server ends between two queries of a transaction fails the transaction, and nothing else', async () => {
  const [db, other] = [open(), open()];
  const expectGone = async (pid: number) => {
    const { rows } = await sql`select 1 from pg_stat_activity where pid = ${pid}`.execute(other);
    expect(rows).toEqual([]);
  };
  try {
    let ended = 0;
    const work = db.transaction().execute(async (tx) => {
      ended = await processId(tx);
      await sql`select pg_terminate_backend(${ended})`.execute(other);
      await vi.waitFor(() => expectGone(ended), { timeout: 10_000 });
      // The word of the end has reached us: an event without a listener would end this process here.
      await new Promise((resolve) => setImmediate(resolve));
      return await processId(tx);
    });
    await expect(work).rejects.toThrow();
    const next = await processId(db);
    expect(next).toBeGreaterThan(0);
    expect(next).not.toBe(ended);
  } finally {
    await Promise.all([db.destroy(), other.destroy()]);
  }
});
