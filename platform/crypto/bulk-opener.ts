/**
 * Opens one sealed column of many persons' rows at once: the keys are looked up by the seals' own key ids, unwrapped by
 * one question to the key service, used for this batch and overwritten. Nothing of it stays in the cache of the vault.
 */
import { KeyServiceError, type KeyService } from '../key-service/port.ts';
import { contextOf, type StoredDataKey } from './data-keys.ts';
import { CryptoError } from './errors.ts';
import type { Keyring } from './keyring.ts';
import { isSealed, open, sealKeyId, wipeKey } from './seal.ts';

export interface SealedRow {
  /** The row as its seal names it. */
  readonly rowId: string;
  readonly sealed: Uint8Array;
}

/** ERASED: the key was destroyed. UNREADABLE: no key, an altered seal, or a seal of another place. */
export type OpenedRow =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly code: 'ERASED' | 'UNREADABLE' };

export interface BulkOpenerParts {
  readonly keyService: KeyService;
  /** Opens what was sealed before persons had keys of their own. */
  readonly former: Keyring;
}

interface HeldKey {
  readonly subjectId: string;
  /** Null once the key was destroyed. */
  readonly bytes: Buffer | null;
}

const DATA_KEY_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Ids of the data keys under which the rows are sealed, each once. */
export function dataKeyIdsOf(rows: readonly SealedRow[]): readonly string[] {
  const ids = rows.flatMap(({ sealed }) => (isSealed(sealed) ? [sealKeyId(sealed)] : []));
  return [...new Set(ids)].filter((id) => DATA_KEY_ID.test(id));
}

/** One altered key spoils the answer for a whole batch: then each is asked for by itself. */
async function unwrapEach(
  keyService: KeyService,
  keys: readonly (StoredDataKey & { readonly wrapped: Buffer })[],
): Promise<readonly (Buffer | undefined)[]> {
  const wanted = keys.map((key) => ({ ...key, context: contextOf(key) }));
  if (wanted.length === 0) return [];
  try {
    return await keyService.unwrap(wanted);
  } catch (error) {
    if (!isKeysFault(error)) throw error;
  }
  const found: (Buffer | undefined)[] = [];
  for (const one of wanted) {
    try {
      found.push(...(await keyService.unwrap([one])));
    } catch (error) {
      if (!isKeysFault(error)) throw error;
      found.push(undefined);
    }
  }
  return found;
}

/** The key is at fault and not the way to the service: asking again does not help. */
const isKeysFault = (error: unknown): boolean =>
  error instanceof KeyServiceError && (error.code === 'REFUSED' || error.code === 'KEK_UNKNOWN');

async function holdKeys(
  keyService: KeyService,
  stored: readonly StoredDataKey[],
): Promise<ReadonlyMap<string, HeldKey>> {
  const live = stored.flatMap((key) =>
    key.wrapped === null ? [] : [{ ...key, wrapped: key.wrapped }],
  );
  const bytes = await unwrapEach(keyService, live);
  const held = new Map<string, HeldKey>();
  for (const { id, subjectId, wrapped } of stored)
    if (wrapped === null) held.set(id, { subjectId, bytes: null });
  for (const [at, { id, subjectId }] of live.entries()) {
    const key = bytes[at];
    if (key !== undefined) held.set(id, { subjectId, bytes: key });
  }
  return held;
}

function openOne(
  held: ReadonlyMap<string, HeldKey>,
  former: Keyring,
  place: string,
  sealed: Uint8Array,
): OpenedRow {
  try {
    const id = sealKeyId(sealed);
    const key = held.get(id);
    if (key === undefined) return { ok: true, bytes: open(former, sealed, place) };
    if (key.bytes === null) return { ok: false, code: 'ERASED' };
    const keyring = { activeKeyId: id, keys: new Map([[id, key.bytes]]) };
    return { ok: true, bytes: open(keyring, sealed, `${place}|${key.subjectId}`) };
  } catch (error) {
    if (error instanceof CryptoError) return { ok: false, code: 'UNREADABLE' };
    throw error;
  }
}

/**
 * Opens rows of one column, in their order. `stored` are the data keys of {@link dataKeyIdsOf}.
 * @throws KeyServiceError when the service cannot be reached
 */
export async function openRows(
  { keyService, former }: BulkOpenerParts,
  stored: readonly StoredDataKey[],
  column: string,
  rows: readonly SealedRow[],
): Promise<readonly OpenedRow[]> {
  const held = await holdKeys(keyService, stored);
  try {
    return rows.map(({ rowId, sealed }) => openOne(held, former, `${column}|${rowId}`, sealed));
  } finally {
    for (const { bytes } of held.values()) if (bytes !== null) wipeKey(bytes);
  }
}
