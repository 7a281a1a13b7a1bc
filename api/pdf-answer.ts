/** Answers with a stored PDF: decrypted with the key of its person, on the audit trail, kept by no cache. */
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

/** @param name of the file, without ending */
export async function answerPdf(c: AppContext, stored: StoredPdf, name: string) {
  const { db, objects, vault } = c.get('deps');
  beginReadRecord(c, stored.application_id);
  const cipher = await vault.of(db, stored.application_id);
  const pdf = await objects.get(stored.object_key, cipher);
  return c.body(new Uint8Array(pdf), 200, {
    'Content-Type': stored.media_type,
    'Content-Disposition': `attachment; filename="${name}.pdf"`,
    'Cache-Control': 'no-store',
  });
}
