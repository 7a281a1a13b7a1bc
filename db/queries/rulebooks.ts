/** Rules as data: publishing a version, finding the newest in force, reading the one a loan has pinned. */
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

/** Publishes a version; the same version again is left as it is, because published rules never change. */
export async function publishRulebook(db: Queryable, book: PublishedRulebook): Promise<void> {
  await db
    .insertInto('rulebooks')
    .values({
      kind: book.kind,
      code: book.code,
      version: book.version,
      document: JSON.stringify(book.document),
      document_sm3: book.documentSm3,
      effective_from: book.effectiveFrom,
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** The newest version of each kind that is in force at the database's time; for products, of the given code. */
export async function newestRulebooks(
  db: Queryable,
  productCode: string,
): Promise<readonly RulebookKey[]> {
  return await db
    .selectFrom('rulebooks')
    .distinctOn('kind')
    .select(['kind', 'code', 'version'])
    .where('effective_from', '<=', new Date())
    .where((eb) => eb.or([eb('kind', '<>', 'PRODUCT'), eb('code', '=', productCode)]))
    .orderBy('kind')
    .orderBy('effective_from', 'desc')
    .orderBy('version', 'desc')
    .execute();
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
