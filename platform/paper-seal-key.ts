/** Makes the key of a development installation whose signatures PDF readers check: P-256 with a certificate by itself. */
import { randomBytes, webcrypto } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { toPem } from './crypto/pem.ts';
import type { PaperSealKey } from './key-files.ts';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const YEARS_MS = 10 * 365 * 86_400_000;

const NAMES: readonly (readonly [type: string, value: string])[] = [
  ['2.5.4.6', 'CN'],
  ['2.5.4.10', 'Xindai development'],
  ['2.5.4.3', 'Contract seal, not for production'],
];

const nameOf = ([type, value]: readonly [string, string]): pkijs.AttributeTypeAndValue =>
  new pkijs.AttributeTypeAndValue({
    type,
    value:
      value.length === 2 ? new asn1js.PrintableString({ value }) : new asn1js.Utf8String({ value }),
  });

/** digitalSignature and nonRepudiation, critical. */
function keyUsage(): pkijs.Extension {
  const bits = new asn1js.BitString({ valueHex: new Uint8Array([0xc0]).buffer, unusedBits: 6 });
  return new pkijs.Extension({ extnID: '2.5.29.15', critical: true, extnValue: bits.toBER(false) });
}

export async function makePaperSealKey(): Promise<PaperSealKey> {
  const engine = new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto });
  const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const now = Date.now();
  const serial = randomBytes(16);
  // Positive, and of the length that it is written with.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const certificate = new pkijs.Certificate({
    version: 2,
    serialNumber: new asn1js.Integer({ valueHex: Uint8Array.from(serial).buffer }),
  });
  certificate.subject.typesAndValues.push(...NAMES.map(nameOf));
  certificate.issuer.typesAndValues.push(...NAMES.map(nameOf));
  certificate.notBefore.value = new Date(now - 86_400_000);
  certificate.notAfter.value = new Date(now + YEARS_MS);
  certificate.extensions = [keyUsage()];
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey, engine);
  await certificate.sign(keys.privateKey, 'SHA-256', engine);
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    privateKeyPem: toPem('PRIVATE KEY', new Uint8Array(key)),
    certificatesPem: [
      toPem('CERTIFICATE', new Uint8Array(certificate.toSchema(true).toBER(false))),
    ],
  };
}
