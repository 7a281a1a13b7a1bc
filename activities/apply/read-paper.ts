/** Reads an uploaded picture of a card or licence, and keeps the readings sealed for whoever fills in the form. */
import { isPaperKind } from '../../domain/prefill.ts';
import {
  countSamePicture,
  readPaperDocument,
  storePaperReading,
} from '../../db/queries/prefill.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, overTheBorder } from '../failures.ts';
import { requestNumber } from '../outside.ts';
import { cancellationSignal } from '../signal.ts';

export interface ReadPaperInput {
  readonly documentId: string;
}

export interface PaperRead {
  readonly outcome: 'READ' | 'UNREADABLE' | 'UNAVAILABLE';
}

export const READINGS_COLUMN = 'prefills.sealed_readings';

/** Idempotent: the first reading of a picture is the record; an installation without a reader leaves none. */
export async function readPaper(
  deps: Pick<ActivityDeps, 'db' | 'vault' | 'objects' | 'ports' | 'log'>,
  { documentId }: ReadPaperInput,
): Promise<PaperRead> {
  const document = await readPaperDocument(deps.db, documentId);
  if (document === undefined || !isPaperKind(document.kind)) throw finalFailure('NO_SUCH_DOCUMENT');
  const { applicationId, kind: paper, objectKey, sm3 } = document;
  const cipher = await deps.vault.of(deps.db, applicationId);
  const image = await deps.objects.get(objectKey, cipher);
  const requestNo = requestNumber(applicationId, `read-paper/${documentId}`);
  const signal = cancellationSignal();
  const answer = await overTheBorder(() =>
    deps.ports.ocr.read({ requestNo, paper, image, signal }),
  );
  if (answer.kind === 'UNAVAILABLE') {
    deps.log.warn({ paper }, 'no reader of papers here: install tesseract-ocr-chi-sim');
    return { outcome: answer.kind };
  }
  const samePicture = await countSamePicture(deps.db, { applicationId, sm3 });
  await storePaperReading(deps.db, {
    documentId,
    applicationId,
    outcome: answer.kind,
    reason: answer.kind === 'UNREADABLE' ? answer.reason : null,
    sealedReadings:
      answer.kind === 'READ' ? cipher.sealJson(READINGS_COLUMN, documentId, answer.readings) : null,
    samePicture,
  });
  return { outcome: answer.kind };
}
