/**
 * The same verification by another implementation, `sm-crypto`: evidence and the self-test do not rest on one library alone.
 */
import { sm2 } from 'sm-crypto';
import { derToRawSignature } from './sm2-core.ts';

/**
 * Whether `signatureDer` is the SM2-with-SM3 signature of `data` by the holder of `publicKey`, according to sm-crypto,
 * which also takes the message digest itself. Some 20 ms, and slow for long data: give it a digest or a short text.
 * Never throws: bad input is not a signature.
 */
export function secondOpinionVerify(
  publicKey: string,
  data: Uint8Array,
  signatureDer: Uint8Array,
): boolean {
  try {
    const raw = derToRawSignature(signatureDer).toString('hex');
    return sm2.doVerifySignature(Array.from(data), raw, publicKey, { hash: true });
  } catch {
    return false;
  }
}
