/**
 * SM2 keys in the forms other programs read: SubjectPublicKeyInfo (RFC 5280) and PKCS#8 (RFC 5208), DER and PEM.
 */
import { DER, expect, readAll, readSequence, write } from './der.ts';
import { CryptoError } from './errors.ts';
import { fromPem, toPem } from './pem.ts';
import { assertSm2PublicKey, sm2PublicKeyOf, type Sm2KeyPair } from './sm2-core.ts';

const OID_EC_PUBLIC_KEY = Buffer.from('2a8648ce3d0201', 'hex');
/** 1.2.156.10197.1.301, the recommended curve. */
const OID_SM2 = Buffer.from('2a811ccf5501822d', 'hex');
const ALGORITHM = write(DER.SEQUENCE, write(DER.OID, OID_EC_PUBLIC_KEY), write(DER.OID, OID_SM2));
const ZERO = write(DER.INTEGER, Buffer.from([0]));
const ONE = write(DER.INTEGER, Buffer.from([1]));

function invalid(what: string, cause?: unknown): CryptoError {
  return new CryptoError('KEY_INVALID', `Not ${what}.`, { cause });
}

/** DER SubjectPublicKeyInfo of an SM2 public key (91 bytes). @throws CryptoError KEY_INVALID */
export function sm2SpkiDer(publicKey: string): Buffer {
  assertSm2PublicKey(publicKey);
  const point = Buffer.from(publicKey, 'hex');
  return write(DER.SEQUENCE, ALGORITHM, write(DER.BIT_STRING, Buffer.from([0]), point));
}

/** PEM form of {@link sm2SpkiDer}. */
export function sm2SpkiPem(publicKey: string): string {
  return toPem('PUBLIC KEY', sm2SpkiDer(publicKey));
}

/** The public key (130 hexadecimal digits) in a SubjectPublicKeyInfo, DER or PEM. @throws CryptoError KEY_INVALID */
export function sm2PublicKeyFromSpki(spki: Uint8Array | string): string {
  const der = typeof spki === 'string' ? fromPem('PUBLIC KEY', spki) : Buffer.from(spki);
  const publicKey = der.subarray(der.length - 65).toString('hex');
  assertSm2PublicKey(publicKey);
  if (!sm2SpkiDer(publicKey).equals(der)) throw invalid('an SM2 SubjectPublicKeyInfo');
  return publicKey;
}

/** PKCS#8 PEM of a private key, with its public key inside, as OpenSSL reads it. @throws CryptoError KEY_INVALID */
export function sm2PrivateKeyPem(privateKey: string): string {
  const point = Buffer.from(sm2PublicKeyOf(privateKey), 'hex');
  const inner = write(
    DER.SEQUENCE,
    ONE,
    write(DER.OCTET_STRING, Buffer.from(privateKey, 'hex')),
    write(DER.CONTEXT_1, write(DER.BIT_STRING, Buffer.from([0]), point)),
  );
  return toPem('PRIVATE KEY', write(DER.SEQUENCE, ZERO, ALGORITHM, write(DER.OCTET_STRING, inner)));
}

/** The key pair of a PKCS#8 PEM, ours or OpenSSL's; the public key is computed anew. @throws CryptoError KEY_INVALID */
export function sm2PrivateKeyFromPem(text: string): Sm2KeyPair {
  try {
    const [, algorithm, body] = readSequence(fromPem('PRIVATE KEY', text));
    const [type, curve] = readAll(expect(algorithm, DER.SEQUENCE));
    const isSm2 =
      OID_EC_PUBLIC_KEY.equals(expect(type, DER.OID)) && OID_SM2.equals(expect(curve, DER.OID));
    if (!isSm2) throw invalid('a key of the SM2 curve');
    const [, secret] = readSequence(expect(body, DER.OCTET_STRING));
    const digits = Buffer.from(expect(secret, DER.OCTET_STRING)).toString('hex');
    const privateKey = digits.padStart(64, '0');
    return { privateKey, publicKey: sm2PublicKeyOf(privateKey) };
  } catch (cause) {
    throw invalid('a PKCS#8 SM2 private key', cause);
  }
}
