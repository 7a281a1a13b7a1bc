/** Keeps the seals over the audit chain, and reads them again. */
import type { Queryable } from '../database.ts';

export interface StoredSeal {
  readonly number: number;
  /** Business day of the last link under the seal, ISO. */
  readonly day: string;
  readonly position: number;
  readonly value: string;
  /** SM3 over the seal before, 64 hexadecimal digits. */
  readonly previous: string;
  readonly keyId: string;
  /** DER. */
  readonly signature: Buffer;
  /** RFC 3161 reply, DER. */
  readonly reply: Buffer;
  readonly generatedAt: Date;
}

const COLUMNS = [
  'number',
  'day',
  'position',
  'value_sm3 as value',
  'previous_sm3 as previous',
  'key_id as keyId',
  'signature',
  'reply',
  'generated_at as generatedAt',
] as const;

/** The newest seal, or undefined before the first. */
export async function lastSeal(db: Queryable): Promise<StoredSeal | undefined> {
  return await db
    .selectFrom('audit_seals')
    .select(COLUMNS)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** False when a seal of this number stands already: another attempt was first. */
export async function addSeal(db: Queryable, seal: StoredSeal): Promise<boolean> {
  const added = await db
    .insertInto('audit_seals')
    .values({
      number: seal.number,
      day: seal.day,
      position: seal.position,
      value_sm3: seal.value,
      previous_sm3: seal.previous,
      key_id: seal.keyId,
      signature: seal.signature,
      reply: seal.reply,
      generated_at: seal.generatedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('number')
    .executeTakeFirst();
  return added !== undefined;
}

/** Seals from a number on, in order. */
export async function readSeals(
  db: Queryable,
  fromNumber: number,
  most: number,
): Promise<readonly StoredSeal[]> {
  return await db
    .selectFrom('audit_seals')
    .select(COLUMNS)
    .where('number', '>=', fromNumber)
    .orderBy('number')
    .limit(most)
    .execute();
}
