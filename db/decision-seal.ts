/** How the record of a decision is sealed: under its own column and round, so that it opens nowhere else. */
import type { FieldCipher } from '../platform/crypto/field-cipher.ts';

/** The column as its seals name it. */
export const RECORD_COLUMN = 'decisions.sealed_record';
export const recordRow = (applicationId: string, round: number): string =>
  `${applicationId}/${round}`;

/** Seals the text of a record for the round it belongs to. */
export function sealDecisionRecord(
  cipher: FieldCipher,
  applicationId: string,
  round: number,
  text: string,
): Buffer {
  return cipher.sealJson(RECORD_COLUMN, recordRow(applicationId, round), text);
}
