/** The key service as the house sees it: it wraps data keys and never gives out the keys it wraps them with. */

/** A data key as the key service gave it back, and the name of the key-encryption key (KEK) that wrapped it. */
export interface WrappedKey {
  readonly kekId: string;
  readonly wrapped: Buffer;
}

/** `context` names the data key and whose it is; a wrapped key does not unwrap under another name. No personal data. */
export interface KeyToWrap {
  readonly context: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

export interface KeyToUnwrap extends WrappedKey {
  readonly context: string;
}

/** Every call takes a batch, because an HSM is a network away; answers come in the order of the questions. */
export interface KeyService {
  /** The KEK that wraps from now on. @throws KeyServiceError */
  currentKekId(): Promise<string>;
  /** @throws KeyServiceError */
  wrap(keys: readonly KeyToWrap[]): Promise<readonly WrappedKey[]>;
  /** @throws KeyServiceError KEK_UNKNOWN, REFUSED when a wrapped key was altered or is another's */
  unwrap(keys: readonly KeyToUnwrap[]): Promise<readonly Buffer[]>;
  /** Wraps anew under the current KEK; data keys do not leave the service in clear for it. @throws KeyServiceError */
  rewrap(keys: readonly KeyToUnwrap[]): Promise<readonly WrappedKey[]>;
}

/**
 * - `UNAVAILABLE`: no answer, or not now; the same question may be asked again.
 * - `REFUSED`: the service does not do this for us, or the wrapped key is not what it wrapped.
 * - `KEK_UNKNOWN`: the key-encryption key is not there any more.
 * - `ANSWER_INVALID`: the service answered something else than the protocol says.
 */
export type KeyServiceErrorCode = 'UNAVAILABLE' | 'REFUSED' | 'KEK_UNKNOWN' | 'ANSWER_INVALID';

/** A failure of the key service. Its text never holds keys. */
export class KeyServiceError extends Error {
  readonly code: KeyServiceErrorCode;

  constructor(code: KeyServiceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KeyServiceError';
    this.code = code;
  }
}
