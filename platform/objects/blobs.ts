/** What an object store keeps its sealed objects in: names and bytes, nothing else. */
import type { ByteStream } from '../crypto/seal-stream.ts';

/**
 * `NOT_FOUND`: nothing is kept under the key. `KEY_INVALID`: not a name of an object. `REFUSED`: the store does not let
 * us in. `UNAVAILABLE`: it failed as often as it was asked.
 */
export type ObjectStoreErrorCode = 'NOT_FOUND' | 'KEY_INVALID' | 'REFUSED' | 'UNAVAILABLE';

export class ObjectStoreError extends Error {
  readonly code: ObjectStoreErrorCode;

  constructor(code: ObjectStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ObjectStoreError';
    this.code = code;
  }
}

export const notFound = (cause?: unknown): ObjectStoreError =>
  new ObjectStoreError('NOT_FOUND', 'No object is kept under this key.', { cause });

/** Names were checked before they come here. */
export interface BlobStore {
  /** Puts the bytes in place of what was there, whole or not at all; a source that fails leaves what was there. */
  write(name: string, bytes: Uint8Array | ByteStream): Promise<void>;
  /** @throws ObjectStoreError NOT_FOUND and others, while it is read */
  read(name: string): ByteStream;
  has(name: string): Promise<boolean>;
  /** Does nothing when there is nothing. */
  delete(name: string): Promise<void>;
}
