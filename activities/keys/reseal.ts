/** Gives persons new data keys and seals their data anew under them, batch by batch, while everything goes on. */
import type { Db } from '../../db/database.ts';
import {
  applicationsAfter,
  columnOf,
  HOUSE_PLACES,
  houseRows,
  objectsOf,
  PERSON_PLACES,
  replaceSealed,
  type SealedPlace,
  sealedRowsOf,
} from '../../db/queries/sealed-rows.ts';
import { isSealed, sealKeyId } from '../../platform/crypto/seal.ts';
import type { SubjectCipher } from '../../platform/crypto/subject-cipher.ts';
import type { ActivityDeps } from '../deps.ts';

/** Applications of one batch. */
const APPLICATIONS = 100;
/** Rows of the house of one batch. */
const HOUSE_ROWS = 500;

type ResealDeps = Pick<ActivityDeps, 'db' | 'vault' | 'objects'>;
type Ciphers = ReadonlyMap<string, SubjectCipher>;

export interface ResealInput {
  /** Database time, ISO: an older key gives way to a new one. */
  readonly before: string;
  /** Id of the last application of the batch before; null for the first. */
  readonly after: string | null;
}

export interface Resealing {
  readonly applications: number;
  readonly values: number;
  readonly objects: number;
  /** Id to go on behind; null when there are no more applications. */
  readonly next: string | null;
}

function sealedAnew(
  cipher: SubjectCipher,
  place: SealedPlace,
  row: { readonly tid: string; readonly rowId: string; readonly sealed: Buffer },
) {
  const column = columnOf(place);
  const isClear = place.clearBefore === true && !isSealed(row.sealed);
  if (!isClear && sealKeyId(row.sealed) === cipher.sealingKeyId) return [];
  const plain = isClear ? row.sealed : cipher.openBytes(column, row.rowId, row.sealed);
  const after = cipher.sealBytes(column, row.rowId, plain);
  return [{ tid: row.tid, before: row.sealed, after }];
}

async function resealPlace(db: Db, place: SealedPlace, ciphers: Ciphers): Promise<number> {
  const rows = await sealedRowsOf(db, place, [...ciphers.keys()]);
  const anew = rows.flatMap((row) => {
    const cipher = ciphers.get(row.applicationId);
    return cipher === undefined ? [] : sealedAnew(cipher, place, row);
  });
  return anew.length === 0 ? 0 : await replaceSealed(db, place, anew);
}

/**
 * One batch of applications. Doing it twice does nothing the second time: a key of this rotation stands, and a value
 * it sealed is left alone. A value that somebody wrote meanwhile was sealed under a key that opens still.
 */
export async function resealApplications(deps: ResealDeps, input: ResealInput): Promise<Resealing> {
  const ids = await applicationsAfter(deps.db, input.after, APPLICATIONS);
  const next = ids.length < APPLICATIONS ? null : (ids.at(-1) ?? null);
  const ciphers = await deps.vault.renew(deps.db, ids, new Date(input.before));
  let values = 0;
  for (const place of PERSON_PLACES) values += await resealPlace(deps.db, place, ciphers);
  let objects = 0;
  for (const { applicationId, objectKey } of await objectsOf(deps.db, [...ciphers.keys()])) {
    const cipher = ciphers.get(applicationId);
    if (cipher !== undefined && (await deps.objects.reseal(objectKey, cipher))) objects += 1;
  }
  return { applications: ciphers.size, values, objects, next };
}

/** Where the resealing of the house's rows stands: which place, and behind which row of it. */
export interface HouseCursor {
  readonly place: number;
  readonly after: string;
}

const FIRST_ROW = '(0,0)';
/** The place to begin with. */
const HOUSE_START: HouseCursor = { place: 0, after: FIRST_ROW };

export interface HouseInput {
  readonly before: string;
  readonly cursor: HouseCursor | null;
}

/** One batch of rows that belong to no person; `cursor` null begins, and null in the answer says that nothing is left. */
export async function resealHouse(
  deps: ResealDeps,
  input: HouseInput,
): Promise<{ readonly values: number; readonly cursor: HouseCursor | null }> {
  const { place: number, after } = input.cursor ?? HOUSE_START;
  const place = HOUSE_PLACES[number];
  if (place === undefined) return { values: 0, cursor: null };
  const cipher = await deps.vault.renewHouse(deps.db, new Date(input.before));
  const from = { keyId: cipher.sealingKeyId, after, most: HOUSE_ROWS };
  const rows = await houseRows(deps.db, place, from);
  const anew = rows.flatMap((row) => sealedAnew(cipher, place, row));
  const values = anew.length === 0 ? 0 : await replaceSealed(deps.db, place, anew);
  const last = rows.at(-1);
  return {
    values,
    cursor:
      last === undefined
        ? { place: number + 1, after: FIRST_ROW }
        : { place: number, after: last.tid },
  };
}
