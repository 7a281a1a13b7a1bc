/** Keys and certificates of the time-stamp authority: P-256 with SHA-256, which `openssl ts -verify` accepts. */
import type { webcrypto } from 'node:crypto';
import path from 'node:path';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { z } from 'zod';
import { fromPem, toPem } from '../../platform/crypto/pem.ts';
import { readOrMake } from '../keys.ts';
import { newSerial } from './certificate-authority.ts';

pkijs.setEngine('node', new pkijs.CryptoEngine({ name: 'node', crypto: globalThis.crypto }));

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const DAY_MS = 86_400_000;

const tsaFile = z.object({ rootPem: z.string(), certificatePem: z.string(), keyPem: z.string() });

export interface TsaIdentity {
  readonly rootPem: string;
  readonly certificatePem: string;
  readonly certificate: pkijs.Certificate;
  readonly privateKey: webcrypto.CryptoKey;
}

/** Reads `time-stamp-authority.json` in `folder`, or makes a root and a signer. */
export async function loadTsaIdentity(folder: string, now: Date): Promise<TsaIdentity> {
  const held = await readOrMake(path.join(folder, 'time-stamp-authority.json'), tsaFile, () =>
    make(now),
  );
  const privateKey = await crypto.subtle.importKey(
    'pkcs8',
    fromPem('PRIVATE KEY', held.keyPem),
    P256,
    false,
    ['sign'],
  );
  return {
    rootPem: held.rootPem,
    certificatePem: held.certificatePem,
    certificate: pkijs.Certificate.fromBER(fromPem('CERTIFICATE', held.certificatePem)),
    privateKey,
  };
}

async function make(now: Date): Promise<z.infer<typeof tsaFile>> {
  const rootKeys = await crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const signerKeys = await crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const rootName = 'Sandbox Time-Stamp Root';
  const common = {
    issuer: rootName,
    signingKey: rootKeys.privateKey,
    notBefore: new Date(now.getTime() - DAY_MS),
  };
  const root = await certify({
    ...common,
    subject: rootName,
    publicKey: rootKeys.publicKey,
    notAfter: new Date(now.getTime() + 20 * 365 * DAY_MS),
    extensions: [
      extension('2.5.29.19', true, new pkijs.BasicConstraints({ cA: true }).toSchema()),
      // keyCertSign and cRLSign.
      extension(
        '2.5.29.15',
        true,
        new asn1js.BitString({ valueHex: new Uint8Array([0x06]).buffer, unusedBits: 1 }),
      ),
    ],
  });
  const signer = await certify({
    ...common,
    subject: 'Sandbox Time-Stamp Authority',
    publicKey: signerKeys.publicKey,
    notAfter: new Date(now.getTime() + 10 * 365 * DAY_MS),
    extensions: [
      // RFC 3161 §2.3: the one extended purpose is time-stamping, and it is critical.
      extension(
        '2.5.29.37',
        true,
        new pkijs.ExtKeyUsage({ keyPurposes: ['1.3.6.1.5.5.7.3.8'] }).toSchema(),
      ),
      // digitalSignature.
      extension(
        '2.5.29.15',
        true,
        new asn1js.BitString({ valueHex: new Uint8Array([0x80]).buffer, unusedBits: 7 }),
      ),
    ],
  });
  const key = await crypto.subtle.exportKey('pkcs8', signerKeys.privateKey);
  return {
    rootPem: toPem('CERTIFICATE', root),
    certificatePem: toPem('CERTIFICATE', signer),
    keyPem: toPem('PRIVATE KEY', new Uint8Array(key)),
  };
}

interface CertificateToMake {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: webcrypto.CryptoKey;
  readonly signingKey: webcrypto.CryptoKey;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly pkijs.Extension[];
}

async function certify(of: CertificateToMake): Promise<Uint8Array> {
  const certificate = new pkijs.Certificate({
    version: 2,
    serialNumber: new asn1js.Integer({
      valueHex: new Uint8Array(Buffer.from(newSerial(), 'hex')).buffer,
    }),
  });
  certificate.subject.typesAndValues.push(...name(of.subject));
  certificate.issuer.typesAndValues.push(...name(of.issuer));
  certificate.notBefore.value = of.notBefore;
  certificate.notAfter.value = of.notAfter;
  certificate.extensions = [...of.extensions];
  await certificate.subjectPublicKeyInfo.importKey(of.publicKey);
  await certificate.sign(of.signingKey, 'SHA-256');
  return new Uint8Array(certificate.toSchema(true).toBER(false));
}

function name(common: string): pkijs.AttributeTypeAndValue[] {
  return [
    new pkijs.AttributeTypeAndValue({
      type: '2.5.4.6',
      value: new asn1js.PrintableString({ value: 'CN' }),
    }),
    new pkijs.AttributeTypeAndValue({
      type: '2.5.4.10',
      value: new asn1js.Utf8String({ value: 'Xindai Sandbox' }),
    }),
    new pkijs.AttributeTypeAndValue({
      type: '2.5.4.3',
      value: new asn1js.Utf8String({ value: common }),
    }),
  ];
}

function extension(oid: string, critical: boolean, value: asn1js.BaseBlock): pkijs.Extension {
  return new pkijs.Extension({ extnID: oid, critical, extnValue: value.toBER(false) });
}
