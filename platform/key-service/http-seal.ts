/**
 * The lender's seal in an HSM over HTTP, in the small protocol of the key service. Only digests go there, and only
 * signatures come back.
 *
 *   GET  /v1/seal         → {"publicKey", "certificates"}        SM2 key in 130 hexadecimal digits; PEM, the signer's first
 *   POST /v1/seal/sm2     {"digest"}  → {"signature"}             SM2-with-SM3 over the 32 bytes, user id 1234567812345678; DER
 *   POST /v1/seal/reader  {"bytes"}   → {"signature"}             SHA-256 with the certificate's RSA (PKCS#1) or P-256 (DER) key
 *
 * Bytes are base64.
 */
import { z } from 'zod';
import type { LenderSeal } from './lender-seal.ts';
import { openWire } from './wire.ts';

const described = z.object({
  publicKey: z.string().regex(/^04[0-9a-f]{128}$/i),
  certificates: z.array(z.string().includes('BEGIN CERTIFICATE')).min(1),
});
const signed = z.object({
  signature: z.base64().transform((text) => Buffer.from(text, 'base64')),
});

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/**
 * @param url base of the key service
 * @param tokenFile file that holds the bearer token
 * @throws ConfigError when the token cannot be read at the start
 */
export function createHttpLenderSeal(url: string, tokenFile: string): LenderSeal {
  const wire = openWire(url, tokenFile);
  const describe = () => wire.get('v1/seal', described);
  return {
    publicKey: async () => (await describe()).publicKey,
    sign: async (digest) => {
      if (digest.length !== 32) throw new RangeError('An SM3 digest has 32 bytes.');
      return (await wire.post('v1/seal/sm2', { digest: text(digest) }, signed)).signature;
    },
    readerKey: async () => ({
      certificatesPem: (await describe()).certificates,
      sign: async (bytes) =>
        (await wire.post('v1/seal/reader', { bytes: text(bytes) }, signed)).signature,
    }),
  };
}
