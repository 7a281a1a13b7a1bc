/** Opens the sealed payload of a one-time code that the outbox owes to a mobile number. */
import { z } from 'zod';
import type { OutboxItem } from '../db/queries/outbox.ts';
import type { FieldCipher } from '../platform/crypto/field-cipher.ts';

const payload = z.object({ sealed: z.base64() });
const content = z.object({
  mobile: z.string().regex(/^1[3-9]\d{9}$/),
  code: z.string().regex(/^\d{6}$/),
  expiresAt: z.iso.datetime(),
});

export interface CodeMessage {
  readonly mobile: string;
  readonly code: string;
  readonly expiresAt: Date;
}

/** @throws CryptoError when the payload was moved here from another row; ZodError when it is no code */
export function openCode(cipher: FieldCipher, item: OutboxItem): CodeMessage {
  const sealed = Buffer.from(payload.parse(item.payload).sealed, 'base64');
  const opened = cipher.openJson('outbox.payload', item.id, sealed, (value) =>
    content.parse(value),
  );
  return { mobile: opened.mobile, code: opened.code, expiresAt: new Date(opened.expiresAt) };
}
