/** What people say of a request by right in their own words: sealed for the person, opened for them and for who answers. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { CryptoError } from '../platform/crypto/errors.ts';
import { type AppContext, callerOf } from './deps.ts';
import { sightOf } from './sight.ts';
import type { RightsRow } from './views/rights.ts';

type Column = 'sealed_words' | 'sealed_answer';

const columnOf = (column: Column): string => `rights_requests.${column}`;
const said = z.object({ text: z.string() });

/** Seals words for the request's row; null when there are none. */
export async function sealWords(
  c: AppContext,
  db: Queryable,
  column: Column,
  about: { readonly id: string; readonly applicationId: string },
  words: string | undefined,
): Promise<Buffer | null> {
  if (words === undefined) return null;
  const cipher = await c.get('deps').vault.of(db, about.applicationId);
  return cipher.sealJson(columnOf(column), about.id, { text: words });
}

/** Both sides' words, each null where nothing was said, the caller's role may not read it, or the keys are destroyed. */
export async function wordsOf(c: AppContext, row: RightsRow) {
  const none = { words: null, answer: null };
  const { sealed_words: asked, sealed_answer: answered } = row;
  if (sightOf(callerOf(c).role, 'request') === null) return none;
  if (asked === null && answered === null) return none;
  const { db, vault } = c.get('deps');
  try {
    const cipher = await vault.of(db, row.application_id);
    const open = (column: Column, sealed: Buffer | null): string | null =>
      sealed === null
        ? null
        : cipher.openJson(columnOf(column), row.id, sealed, (value) => said.parse(value)).text;
    return { words: open('sealed_words', asked), answer: open('sealed_answer', answered) };
  } catch (error) {
    if (error instanceof CryptoError && error.code === 'SUBJECT_ERASED') return none;
    throw error;
  }
}
