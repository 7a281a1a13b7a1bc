/**
 * The check at process start that this machine's algorithms give the published answers (regulation.md §4.3), and that
 * the two SM2 implementations agree. A process that fails it must not sign, seal or verify anything.
 */
import { createCipheriv } from 'node:crypto';
import { CryptoError } from './errors.ts';
import { secondOpinionVerify } from './second-opinion.ts';
import { generateSm2KeyPair, sm2Decrypt, sm2Encrypt, sm2Sign, sm2Verify } from './sm2.ts';
import { hmacSm3, sm3Hex } from './sm3.ts';
import { sm4Ctr } from './sm4.ts';

const SM4_KEY = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
const COUNTER = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const BLOCKS = Buffer.from(
  'aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffaaaaaaaabbbbbbbb',
  'hex',
);

/** GM/T 0003.5-2012 annex A: the recommended curve, user id 1234567812345678, message "message digest". */
const SIGNER_PRIVATE = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8';
const SIGNER_PUBLIC =
  '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
  'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13';
const SIGNATURE = Buffer.from(
  '3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3' +
    '022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
  'hex',
);
const CIPHERTEXT = Buffer.from(
  '307c022004ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73' +
    '022100e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0' +
    '042059983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766' +
    '041321886ca989ca9c7d58087307ca93092d651efa',
  'hex',
);

function sm4Block(): string {
  const cipher = createCipheriv('sm4-ecb', SM4_KEY, null);
  cipher.setAutoPadding(false);
  return cipher.update(SM4_KEY).toString('hex');
}

function hashVectors(): Record<string, boolean> {
  const quick = 'The quick brown fox jumps over the lazy dog';
  return {
    'SM3 of "abc"':
      sm3Hex('abc') === '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
    'SM3 of 64 bytes':
      sm3Hex('abcd'.repeat(16)) ===
      'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732',
    'HMAC-SM3':
      hmacSm3(Buffer.from('key'), quick).toString('hex') ===
      'bd4a34077888162b210645b8ebf74b9af357303789357a27c7fc457244ebd398',
  };
}

function cipherVectors(): Record<string, boolean> {
  return {
    'SM4 block': sm4Block() === '681edf34d206965e86b3e94f536e4246',
    'SM4-CTR':
      sm4Ctr(SM4_KEY, COUNTER, BLOCKS).toString('hex') ===
      'ac3236cb861dd316e6413b4e3c7524b781e9e3a5bf5c03fe703bb94f3abb16a1',
  };
}

function sm2Vectors(): Record<string, boolean> {
  const message = Buffer.from('message digest');
  const other = Buffer.from('message digesu');
  const pair = generateSm2KeyPair();
  const fresh = sm2Sign(pair.privateKey, message);
  return {
    'SM2 signature': sm2Verify(SIGNER_PUBLIC, message, SIGNATURE),
    'SM2 signature of another message': !sm2Verify(SIGNER_PUBLIC, other, SIGNATURE),
    'SM2 decryption': sm2Decrypt(SIGNER_PRIVATE, CIPHERTEXT).toString() === 'encryption standard',
    'SM2 encryption': sm2Decrypt(pair.privateKey, sm2Encrypt(pair.publicKey, message)).equals(
      message,
    ),
    'SM2 second opinion': secondOpinionVerify(pair.publicKey, message, fresh),
  };
}

/** Runs every vector; some 100 ms. @throws CryptoError SELF_TEST_FAILED naming what gave a wrong answer */
export function runCryptoSelfTest(): void {
  const results = { ...hashVectors(), ...cipherVectors(), ...sm2Vectors() };
  const failed = Object.entries(results).filter(([, passed]) => !passed);
  if (failed.length > 0) {
    const names = failed.map(([name]) => name).join(', ');
    throw new CryptoError('SELF_TEST_FAILED', `Cryptographic self-test failed: ${names}.`);
  }
}
