/** Ids of records a caller's act makes: the same act makes the same id, so that doing it twice makes one record. */
import { sm3Hex } from '../platform/crypto/sm3.ts';

/** A UUID of version 8 (RFC 9562 §5.8) from the act's key and what it makes. */
export function derivedId(actKey: string, what: string): string {
  const hex = sm3Hex(`${what}|${actKey}`);
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
