/** Opens the sealed payload of a one-time code that the outbox owes to a mobile number. */
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

export interface CodeMessage {
  readonly mobile: string;
  readonly code: string;
  readonly expiresAt: Date;
  /** Number of the contract that the code signs; null in a code for signing in. */
  readonly contract: string | null;
}

/** @throws CryptoError when the payload was moved here from another row; ZodError when it is no code */
export function openCode(cipher: FieldCipher, item: OutboxItem): CodeMessage {
  const sealed = Buffer.from(payload.parse(item.payload).sealed, 'base64');
  const opened = cipher.openJson('outbox.payload', item.id, sealed, (value) =>
    content.parse(value),
  );
  const { mobile, code, expiresAt, contract = null } = opened;
  return { mobile, code, expiresAt: new Date(expiresAt), contract };
}
