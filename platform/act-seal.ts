/** The seal on the acts of people: HMAC-SM3 under a key that the API and the workers hold, and nobody else. */
import { timingSafeEqual } from 'node:crypto';
import { hmacSm3 } from './crypto/sm3.ts';

/** Seals a text, and says whether a text bears its seal. */
export interface Sealer {
  /** 64 lower-case hexadecimal digits. */
  seal(text: string): string;
  /** False for anything that is not the seal of exactly this text. */
  bears(text: string, mac: unknown): boolean;
}

const MAC = /^[0-9a-f]{64}$/;

/** @param actionSeal 32 bytes of DATA_KEYS_FILE; the seal has a key of its own that follows from them */
export function createActSealer(actionSeal: Uint8Array): Sealer {
  const key = hmacSm3(actionSeal, 'acts');
  return {
    seal: (text) => hmacSm3(key, text).toString('hex'),
    bears: (text, mac) =>
      typeof mac === 'string' &&
      MAC.test(mac) &&
      timingSafeEqual(hmacSm3(key, text), Buffer.from(mac, 'hex')),
  };
}
