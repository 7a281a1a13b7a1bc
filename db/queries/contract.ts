/** Reads and writes of the contract chapter. */
import type { Queryable, Tx } from '../database.ts';
import type { ContractRow } from '../schema/papers.ts';
import { expireTurns } from './co-signers.ts';

export interface StoredContract {
  readonly id: string;
  readonly number: string;
  readonly sm3: string;
  readonly state: ContractRow['state'];
  readonly objectKey: string;
  /** Of the cost disclosure; null for contracts from before it was a paper of its own. */
  readonly disclosureSm3: string | null;
  /** What the contract was drawn from, `CONTRACT@version`; null for those from before templates. */
  readonly template: string | null;
}

/** The contract of an application that is not void, or undefined. */
export async function readContract(
  db: Queryable,
  applicationId: string,
): Promise<StoredContract | undefined> {
  return await db
    .selectFrom('contracts as c')
    .innerJoin('documents as d', 'd.id', 'c.document_id')
    .select(['c.id', 'c.number', 'c.sm3', 'c.state', 'd.object_key as objectKey'])
    .select(['c.disclosure_sm3 as disclosureSm3', 'd.template'])
    .where('c.application_id', '=', applicationId)
    .where('c.state', '<>', 'VOID')
    .executeTakeFirst();
}

/** Stores a contract; an offer has one. */
export async function storeContract(
  tx: Tx,
  contract: {
    readonly id: string;
    readonly applicationId: string;
    readonly offerId: string;
    readonly number: string;
    readonly documentId: string;
    readonly sm3: string;
    readonly disclosure: {
      readonly documentId: string;
      readonly sm3: string;
      readonly minReadSeconds: number;
    };
    readonly scheduleDocumentId: string;
  },
): Promise<void> {
  await tx
    .insertInto('contracts')
    .values({
      id: contract.id,
      application_id: contract.applicationId,
      offer_id: contract.offerId,
      number: contract.number,
      document_id: contract.documentId,
      sm3: contract.sm3,
      state: 'READY',
      disclosure_document_id: contract.disclosure.documentId,
      disclosure_sm3: contract.disclosure.sm3,
      cost_read_seconds: contract.disclosure.minReadSeconds,
      schedule_document_id: contract.scheduleDocumentId,
    })
    .onConflict((oc) => oc.column('offer_id').doNothing())
    .execute();
}

/** Voids whatever contract of the application stands; nobody signs it any more. */
export async function voidContracts(tx: Queryable, applicationId: string): Promise<void> {
  await tx
    .updateTable('contracts')
    .set({ state: 'VOID' })
    .where('application_id', '=', applicationId)
    .where('state', '<>', 'VOID')
    .execute();
  await expireTurns(tx, applicationId);
}

/** Marks the contract as signed by all parties. */
export async function markSigned(tx: Tx, contractId: string, at: Date): Promise<void> {
  await tx
    .updateTable('contracts')
    .set({ state: 'SIGNED', signed_at: at })
    .where('id', '=', contractId)
    .where('state', '=', 'READY')
    .execute();
}

/** Names the sealed form of a contract; the first stands. */
export async function keepSealedPaper(
  tx: Tx,
  contractId: string,
  documentId: string,
): Promise<void> {
  await tx
    .updateTable('contracts')
    .set({ final_document_id: documentId })
    .where('id', '=', contractId)
    .where('final_document_id', 'is', null)
    .execute();
}
