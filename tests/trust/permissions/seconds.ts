/** Acts of a second person as the tests of four eyes try them: put on the record by a maker, then decided by the same person. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect } from 'vitest';
import type { PERMISSIONS } from '../../../api/permissions.ts';
import type { Db } from '../../../db/database.ts';
import type { World } from '../../api/world.ts';
import { refusal } from '../../db/rows.ts';

/** What somebody has proposed, and how the same person would decide it. */
export interface Second {
  readonly route: keyof typeof PERMISSIONS;
  /** Puts the proposal on the record in `maker`'s name; gives what names it in the path. */
  readonly propose: (db: Db, maker: string) => Promise<string>;
  readonly role: string;
  readonly body: unknown;
  /** The column that the second person is written into, and the state that goes with it. */
  readonly table?: {
    readonly name: string;
    readonly set: (maker: string) => string;
    /** What of a row is named in the path, in SQL; its id unless told. */
    readonly key?: string;
  };
}

/** Codes of the refusal of one person who would be two. */
export const FOUR_EYES = ['FOUR_EYES', 'SAME_PERSON_TWICE'];

/** Puts a row into a table under an id of its own; gives the id. */
export async function put(
  db: Db,
  table: string,
  row: Readonly<Record<string, unknown>>,
  key = 'id',
): Promise<string> {
  const id = randomUUID();
  const entries = Object.entries({ [key]: id, ...row });
  const columns = sql.join(entries.map(([name]) => sql.ref(name)));
  const values = sql.join(entries.map(([, value]) => sql`${value}`));
  await sql`insert into ${sql.table(table)} (${columns}) values (${values})`.execute(db);
  return id;
}

/** How most tables say that a second person agreed. */
export const decided = (maker: string): string =>
  `state = 'APPROVED', decided_by = '${maker}', decided_at = now()`;

const somebody = (): string => `maker-${randomUUID().slice(0, 6)}`;

/** Expects the API to refuse the maker, who holds the checker's role too. */
export async function refusedOverApi(world: World, second: Second): Promise<void> {
  const maker = somebody();
  const id = await second.propose(world.db, maker);
  const token = await world.token(maker, [second.role]);
  const path = second.route.replace('POST ', '').replace(/\{\w+\}/, id);
  const answer = await world.call('POST', path, { token, json: second.body });
  expect([403, 409], answer.text).toContain(answer.status);
  expect(FOUR_EYES, answer.text).toContain(answer.body['code']);
}

/** Expects the table to refuse the maker and to take another. */
export async function refusedByTable(db: Db, { propose, table }: Second): Promise<void> {
  const maker = somebody();
  const id = await propose(db, maker);
  const written = async (by: string) =>
    await refusal(
      sql`update ${sql.table(table?.name ?? '')} set ${sql.raw(table?.set(by) ?? '')} where ${sql.raw(table?.key ?? 'id')} = ${id}`.execute(
        db,
      ),
    );
  expect(await written(maker)).toMatch(/check|two_people/);
  expect(await written('another')).toBeNull();
}
