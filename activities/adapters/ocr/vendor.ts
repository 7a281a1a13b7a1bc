/** The OCR port over the gateway: a vendor reads the picture and gives its readings by field. */
import { z } from 'zod';
import type { PaperKind } from '../../../domain/prefill.ts';
import { sm3Hex } from '../../../platform/crypto/sm3.ts';
import type { OcrAnswer, OcrPort } from '../../ports/ocr.ts';
import type { Gateway } from '../gateway.ts';
import { toPortAnswer } from '../reading.ts';
import { inspectPicture } from './picture.ts';

const SERVICE = 'ocr';

const OPERATIONS: Readonly<Record<PaperKind, string>> = {
  ID_FRONT: 'id-front',
  ID_BACK: 'id-back',
  LICENCE: 'business-licence',
};

/** One reading gives nothing to hold against it: a vendor that reads twice says so, and only then is a number accepted. */
const readForm = z.object({
  readings: z.record(
    z.string(),
    z.array(z.object({ text: z.string().max(400), confidence: z.number().min(0).max(100) })).max(8),
  ),
});

export function createVendorOcr(gateway: Gateway): OcrPort {
  return {
    async read({ requestNo, paper, image, signal }): Promise<OcrAnswer> {
      const bytes = Buffer.from(image);
      const size = inspectPicture(bytes);
      if (typeof size === 'string') return { kind: 'UNREADABLE', reason: size };
      const body = { imageSm3: sm3Hex(bytes), image: bytes.toString('base64') };
      const operation = OPERATIONS[paper];
      const answer = await gateway.call(SERVICE, operation, requestNo, body, {
        signal,
        sealedAnswer: true,
      });
      const read = toPortAnswer(SERVICE, operation, answer, readForm, ({ readings }) => readings);
      return read.kind === 'FOUND'
        ? { kind: 'READ', readings: read.data }
        : { kind: 'UNREADABLE', reason: 'NOTHING_READ' };
    },
    close: async () => undefined,
  };
}
