/** Brings the schema to its newest version; safe to run from several processes at once. */
import { Migrator, type MigrationProvider, sql } from 'kysely';
import { applyAccess } from './access/apply-access.ts';
import type { Db } from './database.ts';
import * as story from './migrations/0001-story.ts';
import * as keys from './migrations/0002-keys.ts';
import * as signIn from './migrations/0003-sign-in.ts';
import * as roles from './migrations/0004-roles.ts';
import * as audit from './migrations/0005-audit.ts';
import * as rights from './migrations/0006-rights.ts';
import * as caseApproval from './migrations/0007-operator-case-approval.ts';
import * as rightsWords from './migrations/0008-rights-words.ts';
import * as ruleLife from './migrations/0008-rule-life.ts';
import * as experiments from './migrations/0009-experiments.ts';
import * as monitoring from './migrations/0010-monitoring.ts';
import * as backtests from './migrations/0011-backtests.ts';
import * as bureauDesk from './migrations/0012-bureau-desk.ts';
import * as fraudGraph from './migrations/0013-fraud-graph.ts';
import * as decisionRecord from './migrations/0014-decision-record.ts';
import * as desk from './migrations/0020-desk.ts';
import * as deskCase from './migrations/0021-desk-case.ts';
import * as operationsDesk from './migrations/0022-operations-desk.ts';
import * as payoutsByContract from './migrations/0023-payouts-by-contract.ts';
import * as sealedRequests from './migrations/0024-sealed-requests.ts';
import * as queueIndex from './migrations/0025-queue-index.ts';
import * as deskTasks from './migrations/0026-desk-tasks.ts';
import * as corrections from './migrations/0027-corrections.ts';
import * as templates from './migrations/0030-templates.ts';
import * as signing from './migrations/0031-signing.ts';
import * as recordings from './migrations/0032-recordings.ts';
import * as evidence from './migrations/0033-evidence.ts';
import * as prefill from './migrations/0034-prefill.ts';
import * as coSigners from './migrations/0035-cosigners.ts';
import * as ledger from './migrations/0040-ledger.ts';
import * as servicing from './migrations/0041-servicing.ts';
import * as disbursement from './migrations/0042-disbursement.ts';
import * as reconciliation from './migrations/0043-reconciliation.ts';
import * as collections from './migrations/0044-collections.ts';
import * as metrics from './migrations/0045-metrics.ts';
import * as entrusted from './migrations/0046-entrusted.ts';
import * as unmatched from './migrations/0047-unmatched.ts';
import * as tranches from './migrations/0048-tranches.ts';
import * as valueDate from './migrations/0049-value-date.ts';

/** Every migration by its name; they run in the order of their names. */
export const MIGRATIONS: MigrationProvider = {
  getMigrations: async () => ({
    '0001-story': story,
    '0002-keys': keys,
    '0003-sign-in': signIn,
    '0004-roles': roles,
    '0005-audit': audit,
    '0006-rights': rights,
    '0007-operator-case-approval': caseApproval,
    '0008-rights-words': rightsWords,
    '0008-rule-life': ruleLife,
    '0009-experiments': experiments,
    '0010-monitoring': monitoring,
    '0011-backtests': backtests,
    '0012-bureau-desk': bureauDesk,
    '0013-fraud-graph': fraudGraph,
    '0014-decision-record': decisionRecord,
    '0020-desk': desk,
    '0021-desk-case': deskCase,
    '0022-operations-desk': operationsDesk,
    '0023-payouts-by-contract': payoutsByContract,
    '0024-sealed-requests': sealedRequests,
    '0025-queue-index': queueIndex,
    '0026-desk-tasks': deskTasks,
    '0027-corrections': corrections,
    '0030-templates': templates,
    '0031-signing': signing,
    '0032-recordings': recordings,
    '0033-evidence': evidence,
    '0034-prefill': prefill,
    '0035-cosigners': coSigners,
    '0040-ledger': ledger,
    '0041-servicing': servicing,
    '0042-disbursement': disbursement,
    '0043-reconciliation': reconciliation,
    '0044-collections': collections,
    '0045-metrics': metrics,
    '0046-entrusted': entrusted,
    '0047-unmatched': unmatched,
    '0048-tranches': tranches,
    '0049-value-date': valueDate,
  }),
};

/** `if not exists` alone does not help two that look at the same moment: both see nothing and one of them fails. */
async function createSchema(db: Db, schema: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`schema ${schema}`}, 0))`.execute(tx);
    await sql`create schema if not exists ${sql.ref(schema)}`.execute(tx);
  });
}

/** A schema, a table or a column that is not there: invalid_schema_name, undefined_table, undefined_column. */
const GONE: readonly unknown[] = ['3F000', '42P01', '42703'];

/** Kysely looks through the tables of every schema, and stumbles over another one that is dropped at that moment. */
const isForeignSchemaGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && GONE.includes(error.code);

/**
 * Creates the schema when absent, applies every migration not yet applied and brings the areas' privileges to what is
 * declared. Throws with the failing migration's name, or RolesMissing.
 */
export async function migrateToLatest(db: Db, schema: string): Promise<readonly string[]> {
  await createSchema(db, schema);
  const migrator = new Migrator({ db, provider: MIGRATIONS, migrationTableSchema: schema });
  let { error, results } = await migrator.migrateToLatest();
  // A migration of ours that fails so has a name, and is not tried again.
  for (let more = 5; more > 0 && results === undefined && isForeignSchemaGone(error); more -= 1)
    ({ error, results } = await migrator.migrateToLatest());
  const failed = results?.find((result) => result.status === 'Error');
  if (error !== undefined) {
    throw new Error(`migration ${failed?.migrationName ?? 'set-up'} failed`, { cause: error });
  }
  await applyAccess(db, schema);
  return (results ?? []).map((result) => result.migrationName);
}
