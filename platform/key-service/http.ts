/**
 * The key service of an HSM or KMS over HTTP, in a small protocol of our own that a vendor's adapter speaks.
 *
 *   GET  /v1/kek     → {"kekId"}
 *   POST /v1/wrap    {"keys": [{"context", "key"}]}                → {"keys": [{"kekId", "wrapped"}]}
 *   POST /v1/unwrap  {"keys": [{"context", "kekId", "wrapped"}]}   → {"keys": [{"key"}]}
 *   POST /v1/rewrap  {"keys": [{"context", "kekId", "wrapped"}]}   → {"keys": [{"kekId", "wrapped"}]}
 *
 * Bytes are base64, answers keep the order. Authorization is a bearer token. 404 says that a KEK is unknown, any other
 * 4xx but 408 and 429 that the question is refused for good.
 */
import { z } from 'zod';
import { KEY_BYTES } from '../crypto/keyring.ts';
import { type KeyService, KeyServiceError, type KeyToUnwrap, type WrappedKey } from './port.ts';
import { openWire } from './wire.ts';

/** Keys of one request at most, so that neither side holds large bodies. */
const BATCH = 200;

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
const kekId = z.string().min(1).max(128);
const kekAnswer = z.object({ kekId });
const wrappedAnswer = z.object({ keys: z.array(z.object({ kekId, wrapped: base64 })) });
const plainAnswer = z.object({
  keys: z.array(
    z.object({ key: base64.refine((key) => key.length === KEY_BYTES, 'is not of 32 bytes') }),
  ),
});

/** Asks in batches; an answer of another length than its question is none. */
async function inBatches<Q, A>(
  all: readonly Q[],
  ask: (batch: readonly Q[]) => Promise<readonly A[]>,
): Promise<readonly A[]> {
  const answers: A[] = [];
  for (let at = 0; at < all.length; at += BATCH) {
    const batch = all.slice(at, at + BATCH);
    const answered = await ask(batch);
    if (answered.length !== batch.length) {
      throw new KeyServiceError('ANSWER_INVALID', 'The key service left keys out.');
    }
    answers.push(...answered);
  }
  return answers;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const wrappedText = ({ context, kekId: id, wrapped }: KeyToUnwrap) => ({
  context,
  kekId: id,
  wrapped: text(wrapped),
});

/**
 * @param url base of the service, for example https://kms.lender.example/xindai
 * @param tokenFile file that holds the bearer token
 * @throws ConfigError when the token cannot be read at the start
 */
export function createHttpKeyService(url: string, tokenFile: string): KeyService {
  const wire = openWire(url, tokenFile);
  const wrapped = async (path: string, keys: readonly unknown[]): Promise<readonly WrappedKey[]> =>
    (await wire.post(path, { keys }, wrappedAnswer)).keys;
  return {
    currentKekId: async () => (await wire.get('v1/kek', kekAnswer)).kekId,
    wrap: (keys) =>
      inBatches(keys, (batch) =>
        wrapped(
          'v1/wrap',
          batch.map(({ context, key }) => ({ context, key: text(key) })),
        ),
      ),
    unwrap: (keys) =>
      inBatches(keys, async (batch) => {
        const body = { keys: batch.map(wrappedText) };
        return (await wire.post('v1/unwrap', body, plainAnswer)).keys.map(({ key }) => key);
      }),
    rewrap: (keys) => inBatches(keys, (batch) => wrapped('v1/rewrap', batch.map(wrappedText))),
  };
}
