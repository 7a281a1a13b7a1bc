/** Time-based one-time passwords as an authenticator app shows them (RFC 6238, SHA-1, 30 s, six digits). */
import { createHmac } from 'node:crypto';

const PERIOD_MS = 30_000;

/** @param secret its UTF-8 bytes are the key */
export function totp(secret: string, atMs: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / PERIOD_MS)));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  const value = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(value % 1_000_000).padStart(6, '0');
}

/** Milliseconds until the next password: a provider takes each one once. */
export const untilNextTotp = (atMs: number): number => PERIOD_MS - (atMs % PERIOD_MS);
