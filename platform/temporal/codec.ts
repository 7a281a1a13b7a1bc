/**
 * The payload codec: everything Temporal stores of a loan (arguments, results, failures, summaries) is sealed first.
 */
import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
import protos from '@temporalio/proto';
import type { Keyring } from '../crypto/keyring.ts';
import { open, seal } from '../crypto/seal.ts';

const ENCRYPTED = 'binary/encrypted';
const ENCODING = Buffer.from(ENCRYPTED, 'utf8');
const KEY_ID = 'encryption-key-id';
/** A payload may be moved between histories (reset, continue as new, child), so it is bound to its kind alone. */
const ASSOCIATED_DATA = 'temporal payload';

/**
 * Wraps each payload whole, so that its encoding and type do not show either: SM4-CTR and HMAC-SM3 under the keyring's
 * active key, whose id stands in the metadata. Payloads of another encoding pass through when read.
 * Decoding throws CryptoError SEAL_BROKEN or KEY_UNKNOWN.
 */
export function createSealedPayloadCodec(keyring: Keyring): PayloadCodec {
  const metadata = {
    [METADATA_ENCODING_KEY]: ENCODING,
    [KEY_ID]: Buffer.from(keyring.activeKeyId, 'utf8'),
  };
  return {
    async encode(payloads) {
      return payloads.map((payload) => {
        const bytes = protos.temporal.api.common.v1.Payload.encode(payload).finish();
        return { metadata, data: seal(keyring, bytes, ASSOCIATED_DATA) };
      });
    },
    async decode(payloads) {
      return payloads.map((payload) => {
        if (!isSealed(payload)) return payload;
        const bytes = open(keyring, payload.data ?? Buffer.alloc(0), ASSOCIATED_DATA);
        return protos.temporal.api.common.v1.Payload.decode(bytes);
      });
    },
  };
}

function isSealed(payload: Payload): boolean {
  const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
  return encoding !== undefined && encoding !== null && ENCODING.equals(encoding);
}
