/**
 * SM2 as the other rooms use it: the operations (sm2-core.ts) and the written forms of keys (sm2-keys.ts) behind one door.
 */
export {
  derToRawSignature,
  generateSm2KeyPair,
  rawToDerSignature,
  sm2Decrypt,
  sm2Encrypt,
  sm2PublicKeyOf,
  sm2Sign,
  sm2Verify,
  type Sm2KeyPair,
} from './sm2-core.ts';
export {
  sm2PrivateKeyFromPem,
  sm2PrivateKeyPem,
  sm2PublicKeyFromSpki,
  sm2SpkiDer,
  sm2SpkiPem,
} from './sm2-keys.ts';
