/** Keeps drawn papers: the bytes under the person's key, the document with its digest and the template it came from. */
import { type NewDocument, recordDocument } from '../../db/queries/apply.ts';
import type { Queryable } from '../../db/database.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { ContractPaperError } from './contract-paper.ts';
import { FontError } from './fonts.ts';
import { TemplateError } from '../../domain/template-fill.ts';

/** A paper that is drawn and not yet on record. */
export interface DrawnPaper {
  readonly id: string;
  readonly kind: NewDocument['kind'];
  readonly objectKey: string;
  readonly pdf: Buffer;
  /** `CODE@version`. */
  readonly template: string;
}

/** What cannot be drawn stops for good and waits for people, under a code that says why. */
export async function drawn(drawing: () => Promise<Buffer>): Promise<Buffer> {
  try {
    return await drawing();
  } catch (error) {
    const isKnown =
      error instanceof FontError ||
      error instanceof ContractPaperError ||
      error instanceof TemplateError;
    if (isKnown) throw finalFailure(error.code, error);
    throw error;
  }
}

/** Puts the bytes where the document will say they are. */
export async function putPapers(
  deps: ActivityDeps,
  applicationId: string,
  papers: readonly DrawnPaper[],
): Promise<void> {
  const cipher = await deps.vault.of(deps.db, applicationId);
  for (const { objectKey, pdf } of papers) await deps.objects.put(objectKey, pdf, cipher);
}

/** Records a paper; the same id twice is one document. */
export async function recordPaper(
  tx: Queryable,
  applicationId: string,
  { id, kind, objectKey, pdf, template }: DrawnPaper,
): Promise<void> {
  await recordDocument(tx, {
    id,
    applicationId,
    kind,
    objectKey,
    sm3: sm3Hex(pdf),
    sizeBytes: pdf.length,
    mediaType: 'application/pdf',
    template,
  });
}
