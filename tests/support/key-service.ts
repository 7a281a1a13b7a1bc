/** A key service in memory for tests that do not look at it. */
import { randomBytes } from 'node:crypto';
import { open, seal } from '../../platform/crypto/seal.ts';
import type { KeyService } from '../../platform/key-service/port.ts';

export interface TestKeyService extends KeyService {
  /** Adds a key-encryption key and lets it wrap from now on; the former ones unwrap still. */
  turn(): void;
}

export function createTestKeyService(): TestKeyService {
  const keys = new Map([['kek-1', randomBytes(32)]]);
  const ring = () => ({ activeKeyId: `kek-${keys.size}`, keys });
  const wrapOne = (context: string, key: Uint8Array) => ({
    kekId: ring().activeKeyId,
    wrapped: seal(ring(), key, context),
  });
  return {
    turn: () => void keys.set(`kek-${keys.size + 1}`, randomBytes(32)),
    currentKekId: async () => ring().activeKeyId,
    wrap: async (asked) => asked.map(({ context, key }) => wrapOne(context, key)),
    unwrap: async (asked) => asked.map(({ wrapped, context }) => open(ring(), wrapped, context)),
    rewrap: async (asked) =>
      asked.map(({ wrapped, context }) => wrapOne(context, open(ring(), wrapped, context))),
  };
}
