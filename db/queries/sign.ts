/** Reads and writes of the sign chapter: one-time keys, certificates, signatures and time stamps. */
import { sql } from 'kysely';
import type { Queryable } from '../database.ts';
import type { CertificateRow, SignatureRow, SignerName, TimestampRow } from '../schema/papers.ts';

export interface SigningKey {
  /** Null once the signature was made. */
  readonly sealedKey: Buffer | null;
  readonly sealedCsr: Buffer;
}

/** A contract and who signs it. */
export interface SignerOf {
  readonly contractId: string;
  readonly party: SignerName;
}

/** Keeps the first one-time key made for a signer of a contract and gives the one that is kept. */
export async function keepSigningKey(
  db: Queryable,
  { contractId, party }: SignerOf,
  key: { readonly sealedKey: Buffer; readonly sealedCsr: Buffer },
): Promise<SigningKey> {
  await db
    .insertInto('signing_keys')
    .values({
      contract_id: contractId,
      party,
      sealed_key: key.sealedKey,
      sealed_csr: key.sealedCsr,
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
  return await db
    .selectFrom('signing_keys')
    .select(['sealed_key as sealedKey', 'sealed_csr as sealedCsr'])
    .where('contract_id', '=', contractId)
    .where('party', '=', party)
    .executeTakeFirstOrThrow();
}

/** Who has a one-time key under a contract, destroyed or not. */
export async function signersWithKeys(
  db: Queryable,
  contractId: string,
): Promise<readonly SignerName[]> {
  const rows = await db
    .selectFrom('signing_keys')
    .select('party')
    .where('contract_id', '=', contractId)
    .orderBy('party')
    .execute();
  return rows.map(({ party }) => party);
}

/** The one-time key of a signer, or undefined when none was ever made. */
export async function readSigningKey(
  db: Queryable,
  { contractId, party }: SignerOf,
): Promise<SigningKey | undefined> {
  return await db
    .selectFrom('signing_keys')
    .select(['sealed_key as sealedKey', 'sealed_csr as sealedCsr'])
    .where('contract_id', '=', contractId)
    .where('party', '=', party)
    .executeTakeFirst();
}

/** Destroys the one-time keys of a contract: nobody can sign with them again. */
export async function destroySigningKey(db: Queryable, contractId: string): Promise<void> {
  await db
    .updateTable('signing_keys')
    .set({ sealed_key: null, destroyed_at: sql<Date>`now()` })
    .where('contract_id', '=', contractId)
    .where('sealed_key', 'is not', null)
    .execute();
}

/** Stores the issued certificate in place of one that ran out unused; a revoked one stays. */
export async function storeCertificate(
  db: Queryable,
  certificate: SignerOf & {
    readonly serial: string;
    readonly sealedChain: Buffer;
  },
): Promise<void> {
  await db
    .insertInto('certificates')
    .values({
      contract_id: certificate.contractId,
      party: certificate.party,
      serial: certificate.serial,
      sealed_chain: certificate.sealedChain,
      state: 'ISSUED',
    })
    .onConflict((oc) =>
      oc
        .columns(['contract_id', 'party'])
        .doUpdateSet({ serial: certificate.serial, sealed_chain: certificate.sealedChain })
        .where('certificates.state', '=', 'ISSUED'),
    )
    .execute();
}

export async function readCertificate(
  db: Queryable,
  { contractId, party }: SignerOf,
): Promise<
  | {
      readonly serial: string;
      readonly sealed_chain: Buffer;
      readonly state: CertificateRow['state'];
    }
  | undefined
> {
  return await db
    .selectFrom('certificates')
    .select(['serial', 'sealed_chain', 'state'])
    .where('contract_id', '=', contractId)
    .where('party', '=', party)
    .executeTakeFirst();
}

/** The serial of the certificate under which a signer's signature stands; undefined while they have not signed. */
export async function signedUnder(
  db: Queryable,
  { contractId, party }: SignerOf,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('certificates as c')
    .innerJoin('signatures as s', (join) =>
      join.onRef('s.contract_id', '=', 'c.contract_id').onRef('s.party', '=', 'c.party'),
    )
    .select('c.serial')
    .where('c.contract_id', '=', contractId)
    .where('c.party', '=', party)
    .executeTakeFirst();
  return row?.serial;
}

export async function markRevoked(db: Queryable, { contractId, party }: SignerOf): Promise<void> {
  await db
    .updateTable('certificates')
    .set({ state: 'REVOKED', revoked_at: sql<Date>`now()` })
    .where('contract_id', '=', contractId)
    .where('party', '=', party)
    .where('state', '=', 'ISSUED')
    .execute();
}

export interface NewSignature {
  readonly contractId: string;
  readonly party: SignatureRow['party'];
  readonly publicKey: string;
  readonly digestSm3: string;
  readonly signature: Buffer;
  readonly signedBy: string;
}

/** Stores a party's signature and gives the one that stands: signatures are never replaced. */
export async function storeSignature(db: Queryable, signature: NewSignature): Promise<Buffer> {
  await db
    .insertInto('signatures')
    .values({
      contract_id: signature.contractId,
      party: signature.party,
      public_key: signature.publicKey,
      digest_sm3: signature.digestSm3,
      signature: signature.signature,
      signed_by: signature.signedBy,
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
  const row = await db
    .selectFrom('signatures')
    .select('signature')
    .where('contract_id', '=', signature.contractId)
    .where('party', '=', signature.party)
    .executeTakeFirstOrThrow();
  return row.signature;
}

export async function hasTimestamp(
  db: Queryable,
  contractId: string,
  moment: TimestampRow['moment'],
): Promise<boolean> {
  const row = await db
    .selectFrom('timestamps')
    .select('contract_id')
    .where('contract_id', '=', contractId)
    .where('moment', '=', moment)
    .executeTakeFirst();
  return row !== undefined;
}

/** Stores a time stamp; the first of a moment stands. */
export async function storeTimestamp(
  db: Queryable,
  stamp: {
    readonly contractId: string;
    readonly moment: TimestampRow['moment'];
    readonly imprintSm3: string;
    readonly reply: Buffer;
    readonly generatedAt: Date;
  },
): Promise<void> {
  await db
    .insertInto('timestamps')
    .values({
      contract_id: stamp.contractId,
      moment: stamp.moment,
      imprint_sm3: stamp.imprintSm3,
      reply: stamp.reply,
      generated_at: stamp.generatedAt,
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
}
