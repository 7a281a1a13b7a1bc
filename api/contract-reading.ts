/** The contract as it lies in the store, held to what a signer says that they read. */
import type { Db } from '../db/database.ts';
import { type PageDwell, refuseReading } from '../domain/signing-intent.ts';
import { sm3Hex } from '../platform/crypto/sm3.ts';
import type { AppContext } from './deps.ts';
import { ApiProblem } from './problem-response.ts';

/** Pages of a PDF whose list of pages is written plainly, as in those we draw. @throws Error for one that is not ours */
function pageCountOf(pdf: Buffer): number {
  const [, count] = /\/Type \/Pages\s+\/Count (\d+)/.exec(pdf.toString('latin1')) ?? [];
  if (count === undefined) throw new Error('the pages of the contract cannot be counted');
  return Number(count);
}

export interface StoredContract {
  readonly application_id: string;
  readonly object_key: string;
  readonly sm3: string;
}

/**
 * The stored bytes are the contract's, and every page of them was on screen.
 * @param db in whose sight the contract lies
 * @throws ApiProblem DIGEST_DIFFERS, PAGES_UNREAD
 */
export async function assertRead(
  c: AppContext,
  db: Db,
  row: StoredContract,
  pages: readonly PageDwell[],
): Promise<void> {
  const { objects, vault } = c.get('deps');
  const pdf = await objects.get(row.object_key, await vault.of(db, row.application_id));
  if (sm3Hex(pdf) !== row.sm3) throw new ApiProblem('DIGEST_DIFFERS');
  const unread = refuseReading(pages, pageCountOf(pdf));
  if (unread !== null) throw new ApiProblem(unread);
}
