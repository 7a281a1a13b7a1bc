/** Codes that are sent for a contract, and the intents that they proved. */
import type { Queryable, Tx } from '../database.ts';

/** A contract and whose signature it is about. */
export interface SignerOf {
  readonly contractId: string;
  /** The co-signer's turn; null: the borrower. */
  readonly partyId: string | null;
}

export interface NewSigningCode extends SignerOf {
  readonly id: string;
  /** The contract as it was shown. */
  readonly digestSm3: string;
  readonly codeHmac: Buffer;
  readonly now: Date;
  readonly expiresAt: Date;
}

/** Keeps a code; the newest one of a contract is the one that is good. False when this one is there already. */
export async function keepSigningCode(tx: Queryable, code: NewSigningCode): Promise<boolean> {
  const row = await tx
    .insertInto('signing_codes')
    .values({
      id: code.id,
      contract_id: code.contractId,
      party_id: code.partyId,
      digest_sm3: code.digestSm3,
      code_hmac: code.codeHmac,
      created_at: code.now,
      expires_at: code.expiresAt,
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** How many codes one signer of a contract was sent since a moment. */
export async function countSigningCodes(
  db: Queryable,
  { contractId, partyId }: SignerOf,
  since: Date,
): Promise<number> {
  const row = await db
    .selectFrom('signing_codes')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('contract_id', '=', contractId)
    .where('party_id', 'is not distinct from', partyId)
    .where('created_at', '>', since)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

/** Counts a try of the newest code for exactly these bytes; undefined when it is used, over, or was tried too often. */
export async function trySigningCode(
  db: Queryable,
  asked: SignerOf & { readonly digestSm3: string },
  mostTries: number,
  now: Date,
): Promise<{ readonly id: string; readonly codeHmac: Buffer } | undefined> {
  return await db
    .updateTable('signing_codes as c')
    .set((eb) => ({ tries: eb('c.tries', '+', 1) }))
    .where('c.id', '=', (eb) =>
      eb
        .selectFrom('signing_codes as n')
        .select('n.id')
        .where('n.contract_id', '=', asked.contractId)
        .where('n.party_id', 'is not distinct from', asked.partyId)
        .orderBy('n.created_at', 'desc')
        .orderBy('n.id')
        .limit(1),
    )
    .where('c.digest_sm3', '=', asked.digestSm3)
    .where('c.used_at', 'is', null)
    .where('c.expires_at', '>', now)
    .where('c.tries', '<', mostTries)
    .returning(['c.id as id', 'c.code_hmac as codeHmac'])
    .executeTakeFirst();
}

/** Uses a code up; false when another was faster. */
export async function useSigningCode(tx: Tx, id: string, now: Date): Promise<boolean> {
  const row = await tx
    .updateTable('signing_codes')
    .set({ used_at: now })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export interface NewSigningIntent extends SignerOf {
  readonly actKey: string;
  readonly codeId: string;
  readonly digestSm3: string;
  readonly sealedIntent: Buffer;
  readonly at: Date;
}

/** Keeps what is on record of the moment of signing; the first of an act stands. */
export async function keepSigningIntent(tx: Tx, intent: NewSigningIntent): Promise<void> {
  await tx
    .insertInto('signing_intents')
    .values({
      act_key: intent.actKey,
      contract_id: intent.contractId,
      party_id: intent.partyId,
      code_id: intent.codeId,
      digest_sm3: intent.digestSm3,
      sealed_intent: intent.sealedIntent,
      at: intent.at,
    })
    .execute();
}

/** Whether the act of this key was proved: by this signer, for this contract, over these very bytes. */
export async function isSigningProved(
  db: Queryable,
  actKey: string,
  { contractId, partyId, digestSm3 }: SignerOf & { readonly digestSm3: string },
): Promise<boolean> {
  const found = await db
    .selectFrom('signing_intents')
    .select('act_key')
    .where('act_key', '=', actKey)
    .where('contract_id', '=', contractId)
    .where('party_id', 'is not distinct from', partyId)
    .where('digest_sm3', '=', digestSm3)
    .executeTakeFirst();
  return found !== undefined;
}

/** Every intent of a contract, of whichever signer, with the life of its code, oldest first. */
export async function signingIntentsOf(db: Queryable, contractId: string) {
  return await db
    .selectFrom('signing_intents as i')
    .innerJoin('signing_codes as c', 'c.id', 'i.code_id')
    .select(['i.act_key', 'i.party_id', 'i.digest_sm3', 'i.sealed_intent', 'i.at'])
    .select(['c.created_at as code_sent_at', 'c.tries as code_tries'])
    .where('i.contract_id', '=', contractId)
    .orderBy('i.at')
    .execute();
}
