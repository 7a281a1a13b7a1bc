/** Rules as data: publishing a version, finding the one in force, reading the one a loan has pinned. */
import { sql } from 'kysely';
import type { Queryable } from '../database.ts';
import type { RulebookRow } from '../schema/record.ts';

export type RulebookKind = RulebookRow['kind'];

export interface RulebookKey {
  readonly kind: RulebookKind;
  readonly code: string;
  readonly version: number;
}

export interface PublishedRulebook extends RulebookKey {
  readonly document: unknown;
  readonly documentSm3: string;
  readonly effectiveFrom: Date;
}

/**
 * Publishes a version of the house's own, in force from its day on; the same version again is left as it is, because
 * published rules never change. Versions that people write go through their life instead (rule-life.ts).
 */
export async function publishRulebook(db: Queryable, book: PublishedRulebook): Promise<void> {
  await sql`
    with published as (
      insert into rulebooks (kind, code, version, document, document_sm3, effective_from)
      values (${book.kind}, ${book.code}, ${book.version}, ${JSON.stringify(book.document)}::jsonb,
              ${book.documentSm3}, ${book.effectiveFrom})
      on conflict do nothing returning kind, code, version, effective_from
    )
    insert into rule_activations (kind, code, version, effective_from, cause, activated_by, reason)
    select kind, code, version, effective_from, 'SHIPPED', 'system', 'SHIPPED' from published`.execute(
    db,
  );
}

/**
 * Activations that have begun by the database's time and were not cancelled, the one in force first: the one that began
 * last, and of those that began at the same moment the one recorded last.
 */
function begunActivations(db: Queryable) {
  return db
    .selectFrom('rule_activations as a')
    .select(['kind', 'code', 'version'])
    .where('effective_from', '<=', sql<Date>`clock_timestamp()`)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('rule_cancellations as c')
            .select('c.activation_id')
            .whereRef('c.activation_id', '=', 'a.id'),
        ),
      ),
    )
    .orderBy('kind')
    .orderBy('effective_from', 'desc')
    .orderBy('id', 'desc');
}

/** The version of each kind that is in force; for products, of the given code. */
export async function newestRulebooks(
  db: Queryable,
  productCode: string,
): Promise<readonly RulebookKey[]> {
  return await begunActivations(db)
    .distinctOn('kind')
    .where((eb) => eb.or([eb('kind', '<>', 'PRODUCT'), eb('code', '=', productCode)]))
    .execute();
}

/** The version of one code that is in force, or undefined: for kinds with one per code. */
export async function rulebookInForce(
  db: Queryable,
  kind: RulebookKind,
  code: string,
): Promise<RulebookKey | undefined> {
  return await begunActivations(db)
    .where('kind', '=', kind)
    .where('code', '=', code)
    .limit(1)
    .executeTakeFirst();
}

/** The document of one version, or undefined. */
export async function readRulebook(db: Queryable, key: RulebookKey): Promise<unknown> {
  const row = await db
    .selectFrom('rulebooks')
    .select('document')
    .where('kind', '=', key.kind)
    .where('code', '=', key.code)
    .where('version', '=', key.version)
    .executeTakeFirst();
  return row?.document;
}

/** The published versions of one code, newest first, with their documents' digests. */
export async function listVersions(db: Queryable, kind: RulebookKind, code: string) {
  return await db
    .selectFrom('rulebooks')
    .select(['version', 'document_sm3', 'published_at'])
    .where('kind', '=', kind)
    .where('code', '=', code)
    .orderBy('version', 'desc')
    .execute();
}

/** One published version with its document, or undefined. */
export async function readVersion(db: Queryable, key: RulebookKey) {
  return await db
    .selectFrom('rulebooks')
    .select(['document', 'document_sm3', 'published_at'])
    .where('kind', '=', key.kind)
    .where('code', '=', key.code)
    .where('version', '=', key.version)
    .executeTakeFirst();
}
