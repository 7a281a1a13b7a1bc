/** Opens the sealed payload that the outbox owes to a mobile number: a one-time code, or an invitation to sign. */
import { z } from 'zod';
import type { OutboxItem } from '../db/queries/outbox.ts';
import type { FieldCipher } from '../platform/crypto/field-cipher.ts';

const payload = z.object({ sealed: z.base64() });
const content = z.object({
  mobile: z.string().regex(/^1[3-9]\d{9}$/),
  code: z.string().regex(/^\d{6}$/),
  expiresAt: z.iso.datetime(),
  /** Number of the contract that the code signs; absent in a code for signing in. */
  contract: z.string().optional(),
});

const invitation = z.object({
  mobile: z.string().regex(/^1[3-9]\d{9}$/),
  invitation: z.string(),
  reminds: z.boolean(),
});

/** Asks a co-signer to sign: carries no code, and stands for as long as their turn does. */
export type Invitation = z.infer<typeof invitation>;

export interface CodeMessage {
  readonly mobile: string;
  readonly code: string;
  readonly expiresAt: Date;
  /** Number of the contract that the code signs; null in a code for signing in. */
  readonly contract: string | null;
}

/** What the outbox owes to a mobile number. @throws CryptoError when the payload was moved here from another row; ZodError */
export function openMessage(cipher: FieldCipher, item: OutboxItem): CodeMessage | Invitation {
  const sealed = Buffer.from(payload.parse(item.payload).sealed, 'base64');
  const opened = cipher.openJson('outbox.payload', item.id, sealed, (value) =>
    z.union([invitation, content]).parse(value),
  );
  if ('invitation' in opened) return opened;
  const { mobile, code, expiresAt, contract = null } = opened;
  return { mobile, code, expiresAt: new Date(expiresAt), contract };
}
