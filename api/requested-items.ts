/** What an applicant is asked for, opened for those who see the form: a reviewer's own words may name somebody. */
import { z } from 'zod';
import type { Belongings } from '../db/queries/reads/applications.ts';
import { readRequestedItems } from '../db/queries/reads/reviews.ts';
import type { InformationItem } from '../db/schema/evidence.ts';
import type { FieldCipher } from '../platform/crypto/field-cipher.ts';
import { isSealed } from '../platform/crypto/seal.ts';
import { type AppContext, callerOf } from './deps.ts';
import { sightOf } from './sight.ts';

const COLUMN = 'information_requests.sealed_items';
const items = z.array(z.object({ code: z.string(), text: z.string() }));

/**
 * The items of one request. A row from before they were sealed holds them in clear until its person's key is renewed;
 * an empty one is of a person who was erased.
 * @throws CryptoError SEAL_BROKEN, KEY_UNKNOWN, SUBJECT_ERASED
 */
export function openItems(
  cipher: FieldCipher,
  requestId: string,
  stored: Buffer,
): readonly InformationItem[] {
  if (stored.length === 0) return [];
  if (isSealed(stored)) {
    return cipher.openJson(COLUMN, requestId, stored, (value) => items.parse(value));
  }
  return items.parse(JSON.parse(stored.toString('utf8')));
}

export interface ShownRequest {
  readonly id: string;
  readonly items: readonly InformationItem[];
  readonly requestedAt: Date;
}

/** The open request of an application, or null; without its items for a role that does not see the form. */
export async function readShownRequest(
  c: AppContext,
  applicationId: string,
  { request_id: id, request_at: requestedAt }: Belongings,
): Promise<ShownRequest | null> {
  if (id === null || requestedAt === null) return null;
  if (sightOf(callerOf(c).role, 'form') === null) return { id, items: [], requestedAt };
  const { db, vault } = c.get('deps');
  const [cipher, stored] = await Promise.all([
    vault.of(db, applicationId),
    readRequestedItems(db, id),
  ]);
  return { id, items: openItems(cipher, id, stored), requestedAt };
}
