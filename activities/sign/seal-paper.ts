/** The signed contract as readers check it: sealed, stored beside the shown file, and named on the record. */
import { recordDocument } from '../../db/queries/apply.ts';
import { keepSealedPaper, type StoredContract } from '../../db/queries/contract.ts';
import type { Tx } from '../../db/database.ts';
import { CryptoError } from '../../platform/crypto/errors.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { derivedUuid } from '../idempotency.ts';
import { SealImageError } from './seal-image.ts';
import { sealPaper, SealedPaperError } from './sealed-paper.ts';

/** A sealed contract that lies in the object store and is not on the record yet. */
export interface SealedPaper {
  readonly applicationId: string;
  readonly objectKey: string;
  readonly sm3: string;
  readonly sizeBytes: number;
}

/**
 * Seals the shown bytes and stores the result. Signatures of a P-256 key differ each time, so every attempt has an object of
 * its own, and the one that the record names stands.
 * @throws a final failure PAPER_STRUCTURE, GLYPH_MISSING, KEY_INVALID; KeyServiceError, which may be tried again
 */
export async function sealForReaders(
  deps: ActivityDeps,
  contract: StoredContract,
  shown: Buffer,
  applicationId: string,
): Promise<SealedPaper> {
  const key = await deps.lenderSeal.readerKey();
  const reason = `借款合同 ${contract.number}`;
  const of = { name: deps.lender.name, reason, at: new Date(), faces: deps.fonts.bold, key };
  const sealed = await sealPaper(shown, of).catch((error: unknown) => {
    const known =
      error instanceof SealedPaperError ||
      error instanceof SealImageError ||
      error instanceof CryptoError;
    throw known ? finalFailure(error.code, error) : error;
  });
  const sm3 = sm3Hex(sealed);
  const objectKey = `contracts/${contract.id}-sealed-${sm3.slice(0, 16)}.pdf`;
  await deps.objects.put(objectKey, sealed, await deps.vault.of(deps.db, applicationId));
  return { applicationId, objectKey, sm3, sizeBytes: sealed.length };
}

/** Names the sealed contract on the record; the first stands. */
export async function recordSealed(
  tx: Tx,
  contractId: string,
  { applicationId, objectKey, sm3, sizeBytes }: SealedPaper,
): Promise<void> {
  const id = derivedUuid(contractId, 'sealed-document');
  const mediaType = 'application/pdf';
  const document = { id, applicationId, kind: 'CONTRACT_SEALED', objectKey, sm3 } as const;
  await recordDocument(tx, { ...document, sizeBytes, mediaType });
  await keepSealedPaper(tx, contractId, id);
}
