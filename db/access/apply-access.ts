/** Brings a migrated schema to the declared privileges: roles, grants and row-level security; once per change of them. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db, Tx } from '../database.ts';
import { AREAS, roleOf } from './areas.ts';
import { accessStatements, type Catalogue } from './statements.ts';

/** A role of an area that the database user cannot act in; `known` when it is there, but not the user's. */
interface MissingRole {
  readonly name: string;
  readonly known: boolean;
}

/** The database user may not create or take on the roles; the message holds the SQL for somebody who may. */
export class RolesMissing extends Error {
  constructor(user: string, roles: readonly MissingRole[]) {
    const lines = roles.map(
      ({ name, known }) =>
        `${known ? '' : `create role ${name} nologin; `}grant ${name} to "${user}";`,
    );
    super(
      `the database user ${user} may not act in the roles of the areas. Let an administrator run:\n${lines.join('\n')}`,
    );
    this.name = 'RolesMissing';
  }
}

/** Names are ours and plain, so that they can stand in SQL as they are. */
async function run(tx: Tx, statements: readonly string[]): Promise<void> {
  await sql.raw(statements.join(';\n')).execute(tx);
}

/** The roles of the areas that the current user cannot act in. */
async function missingRoles(tx: Tx): Promise<readonly MissingRole[]> {
  const names = AREAS.map(roleOf);
  const { rows } = await sql<MissingRole>`
    select name, r.oid is not null as known
      from unnest(${names}::text[]) as name left join pg_roles r on r.rolname = name
     where r.oid is null or not pg_has_role(current_user, r.oid, 'MEMBER')`.execute(tx);
  return rows;
}

/**
 * Creates the roles that are missing and lets the current user act in all of them. Roles belong to the cluster, where
 * another database may create them at the same moment, and a user who may not create them may have been given them.
 */
async function ensureRoles(tx: Tx): Promise<void> {
  const missing = await missingRoles(tx);
  if (missing.length === 0) return;
  await run(
    tx,
    missing.map(
      ({ name }) => `do $$ begin create role ${name} nologin; exception
        when duplicate_object or unique_violation or insufficient_privilege then null; end $$;
      do $$ begin execute format('grant ${name} to %I', current_user); exception
        when unique_violation or insufficient_privilege or undefined_object then null; end $$`,
    ),
  );
  const refused = await missingRoles(tx);
  if (refused.length === 0) return;
  const { rows } = await sql<{ user: string }>`select current_user::text as user`.execute(tx);
  throw new RolesMissing(rows[0]?.user ?? 'unknown', refused);
}

async function readCatalogue(tx: Tx, schema: string): Promise<Catalogue> {
  const { rows } = await sql<{ name: string; view: boolean }>`
    select relname::text as name, relkind = 'v' as view from pg_class
     where relnamespace = ${schema}::regnamespace and relkind in ('r', 'p', 'v')
     order by relname`.execute(tx);
  const names = (view: boolean) =>
    new Set(rows.filter((row) => row.view === view).map(({ name }) => name));
  return { tables: names(false), views: names(true) };
}

/** Kept as the schema's comment, so that a start that changes nothing takes no lock on any table. */
async function readFingerprint(tx: Tx, schema: string): Promise<string | null> {
  const { rows } = await sql<{ comment: string | null }>`
    select obj_description(${schema}::regnamespace, 'pg_namespace') as comment`.execute(tx);
  return rows[0]?.comment ?? null;
}

/**
 * Applies the declared privileges in one transaction; says whether anything had to be done.
 * @throws RolesMissing when the user may not create roles and they are not there
 */
export async function applyAccess(db: Db, schema: string): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('xindai.access'))`.execute(tx);
    await ensureRoles(tx);
    const catalogue = await readCatalogue(tx, schema);
    const statements = accessStatements(schema, catalogue);
    const digest = createHash('sm3').update(statements.join('\n')).digest('hex');
    const fingerprint = `access ${digest}`;
    if ((await readFingerprint(tx, schema)) === fingerprint) return false;
    await run(tx, [...statements, `comment on schema ${schema} is '${fingerprint}'`]);
    return true;
  });
}
