/**
 * The one error type of the cryptographic rooms, so that callers can tell a broken seal from a programming mistake.
 */

/**
 * - `SEAL_BROKEN`: sealed data was altered, or belongs to another place than the one it was opened for.
 * - `KEY_UNKNOWN`: no key of that id is at hand.
 * - `SUBJECT_ERASED`: the data keys of the person were destroyed, so that nothing sealed under them opens ever again.
 * - `KEY_INVALID`: a key has the wrong size, form or curve.
 * - `CIPHERTEXT_BROKEN`: an SM2 ciphertext is malformed, altered or made for another key.
 * - `ENCODING_INVALID`: bytes are not the ASN.1 structure they should be.
 * - `SELF_TEST_FAILED`: an algorithm of this process does not give the published answer.
 */
export type CryptoErrorCode =
  | 'SEAL_BROKEN'
  | 'KEY_UNKNOWN'
  | 'SUBJECT_ERASED'
  | 'KEY_INVALID'
  | 'CIPHERTEXT_BROKEN'
  | 'ENCODING_INVALID'
  | 'SELF_TEST_FAILED';

/** A failure of sealing, signing or parsing. Its text never holds plaintext, keys or personal data. */
export class CryptoError extends Error {
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CryptoError';
    this.code = code;
  }
}
