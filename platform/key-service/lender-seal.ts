/** The lender's seal as the house sees it: it signs digests, and where a service keeps its keys they never come here. */
import { createPrivateKey, sign } from 'node:crypto';
import { type Config, ConfigError } from '../config.ts';
import type { ReaderKey } from '../crypto/reader-signature.ts';
import { sm2Sign } from '../crypto/sm2.ts';
import type { GatewayKeys } from '../key-files.ts';
import { createHttpLenderSeal } from './http-seal.ts';
import { keyServiceAddress } from './open.ts';

export interface LenderSeal {
  /** The SM2 key under which the seal verifies, 130 hexadecimal digits. @throws KeyServiceError */
  publicKey(): Promise<string>;
  /**
   * SM2-with-SM3 over the 32 bytes of a digest, user id 1234567812345678.
   * @returns DER
   * @throws KeyServiceError; RangeError when the digest has another length
   */
  sign(digest: Uint8Array): Promise<Buffer>;
  /** The key whose signatures ordinary PDF readers check, with its certificates. @throws KeyServiceError */
  readerKey(): Promise<ReaderKey>;
}

const SM3_BYTES = 32;

/** Keys in this process, of a development installation. */
export function createFileLenderSeal(
  seal: NonNullable<GatewayKeys['seal']>,
  paperSeal: NonNullable<GatewayKeys['paperSeal']>,
): LenderSeal {
  const key = createPrivateKey(paperSeal.privateKeyPem);
  return {
    publicKey: async () => seal.publicKey,
    sign: async (digest) => {
      if (digest.length !== SM3_BYTES) throw new RangeError('An SM3 digest has 32 bytes.');
      return sm2Sign(seal.privateKey, digest);
    },
    readerKey: async () => ({
      certificatesPem: paperSeal.certificatesPem,
      sign: async (bytes) => sign('sha256', bytes, key),
    }),
  };
}

/**
 * Picks where the lender's seal is kept: in the key service where there is one, otherwise in GATEWAY_KEYS_FILE.
 * @throws ConfigError one sentence naming the variable
 */
export function openLenderSeal(
  config: Pick<Config, 'environment' | 'keyService'>,
  { seal, paperSeal }: Pick<GatewayKeys, 'seal' | 'paperSeal'>,
): LenderSeal {
  const service = keyServiceAddress(config);
  if (service !== null) {
    if (config.environment === 'production' && (seal ?? paperSeal) !== undefined)
      throw new ConfigError(
        'GATEWAY_KEYS_FILE holds the lender’s seal key, which KEY_SERVICE_URL keeps: take "seal" and "paperSeal" out.',
      );
    return createHttpLenderSeal(service.url, service.tokenFile);
  }
  if (seal === undefined || paperSeal === undefined)
    throw new ConfigError(
      'GATEWAY_KEYS_FILE has no "seal" or "paperSeal", and KEY_SERVICE_URL is not set.',
    );
  return createFileLenderSeal(seal, paperSeal);
}
