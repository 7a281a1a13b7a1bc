/** Ids that follow from what they are for, so that a second attempt of a step meets the rows of the first. */
import { sm3 } from '../platform/crypto/sm3.ts';

/** A version 8 UUID (RFC 9562) from a business id and a step: the same for every attempt. */
export function derivedUuid(businessId: string, step: string): string {
  const bytes = sm3(`${businessId}|${step}`).subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
