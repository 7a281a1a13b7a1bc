/** Answers with a stored PDF: decrypted with the key of its person, on the audit trail, kept by no cache. */
import type { Db } from '../db/database.ts';
import { beginReadRecord } from './audit.ts';
import type { AppContext } from './deps.ts';

interface StoredPdf {
  readonly object_key: string;
  readonly media_type: string;
  readonly application_id: string;
}

export const pdfContent = (description: string) =>
  ({
    200: {
      description,
      content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
    },
  }) as const;

/**
 * @param name of the file, without ending; without one the browser names it by its address
 * @param db in whose sight the paper's key is read; the caller's own unless it is told
 */
export async function answerPdf(
  c: AppContext,
  stored: StoredPdf,
  name?: string,
  db: Db = c.get('deps').db,
) {
  const { objects, vault } = c.get('deps');
  beginReadRecord(c, stored.application_id);
  const cipher = await vault.of(db, stored.application_id);
  const pdf = await objects.get(stored.object_key, cipher);
  return c.body(new Uint8Array(pdf), 200, {
    'Content-Type': stored.media_type,
    'Cache-Control': 'no-store',
    ...(name === undefined ? {} : { 'Content-Disposition': `attachment; filename="${name}.pdf"` }),
  });
}
