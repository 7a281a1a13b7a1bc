/** Wraps data keys anew under the key service's newest key-encryption key, batch by batch. */
import { keysWrappedByOthers, replaceWrapped } from '../../db/queries/keys.ts';
import { readDatabaseClock } from '../../db/queries/sealed-rows.ts';
import type { ActivityDeps } from '../deps.ts';

/** Keys of one statement. */
const BATCH = 1_000;

/** What a rotation goes by, from its first step to its last. */
export interface RotationTerms {
  /** Database time, ISO: data keys made before it are of the time before the rotation. */
  readonly before: string;
}

export async function beginRotation(deps: Pick<ActivityDeps, 'db'>): Promise<RotationTerms> {
  return { before: (await readDatabaseClock(deps.db)).toISOString() };
}

export interface RewrapInput {
  /** Id of the last key of the batch before; null for the first. */
  readonly after: string | null;
}

export interface Rewrapping {
  readonly keys: number;
  /** Id to go on behind; null when no other key-encryption key wraps a key behind `after`. */
  readonly next: string | null;
}

/**
 * One batch. The newest key-encryption key is asked for each time: should it change again, the keys follow it. A key that was destroyed or wrapped anew meanwhile stays as it is.
 */
export async function rewrapKeys(
  deps: Pick<ActivityDeps, 'db' | 'keyService'>,
  input: RewrapInput,
): Promise<Rewrapping> {
  const kekId = await deps.keyService.currentKekId();
  const rows = await keysWrappedByOthers(deps.db, { kekId, after: input.after, most: BATCH });
  const last = rows.at(-1);
  if (last === undefined) return { keys: 0, next: null };
  const again = await deps.keyService.rewrap(
    rows.map(({ id, subjectId, ...wrapped }) => ({ context: `${id}|${subjectId}`, ...wrapped })),
  );
  const replaced = rows.flatMap(({ id, wrapped: before }, at) => {
    const wrapped = again[at];
    return wrapped === undefined ? [] : [{ id, before, ...wrapped }];
  });
  return { keys: await replaceWrapped(deps.db, replaced), next: last.id };
}
