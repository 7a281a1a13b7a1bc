/** The sandbox's certificate authority: an SM2 root and issuing CA, marked in every certificate as a test CA. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { fromPem, toPem } from '../../platform/crypto/pem.ts';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import { createRootCertificate, issueCertificate } from '../../platform/crypto/x509.ts';
import { readOrMake } from '../keys.ts';

/** Shown in the policy notice of every certificate. */
export const POLICY_TEXT = 'TEST CA, NOT LICENSED';
const DAY_MS = 86_400_000;

const keyPair = z.object({ privateKey: z.string(), publicKey: z.string() });
const authorityFile = z.object({
  rootKey: keyPair,
  rootPem: z.string(),
  issuingKey: keyPair,
  issuingPem: z.string(),
});

export interface CertificateAuthority {
  readonly rootPem: string;
  /** Issuing CA, then root. */
  readonly chainPem: string;
  /** DER and private key of the CA that signs certificates and revocation lists. */
  readonly issuer: { readonly certificate: Uint8Array; readonly privateKey: string };
}

/** Reads `certificate-authority.json` in `folder`, or founds a new authority. */
export async function loadCertificateAuthority(
  folder: string,
  now: Date,
): Promise<CertificateAuthority> {
  const held = await readOrMake(
    path.join(folder, 'certificate-authority.json'),
    authorityFile,
    () => found(now),
  );
  return {
    rootPem: held.rootPem,
    chainPem: held.issuingPem + held.rootPem,
    issuer: {
      certificate: fromPem('CERTIFICATE', held.issuingPem),
      privateKey: held.issuingKey.privateKey,
    },
  };
}

function found(now: Date): z.infer<typeof authorityFile> {
  const rootKey = generateSm2KeyPair();
  const issuingKey = generateSm2KeyPair();
  const notBefore = new Date(now.getTime() - DAY_MS);
  const validUntil = (years: number): Date => new Date(now.getTime() + years * 365 * DAY_MS);
  const root = createRootCertificate({
    subject: { country: 'CN', organization: 'Xindai Sandbox', commonName: 'Sandbox Root CA (SM2)' },
    keyPair: rootKey,
    serial: newSerial(),
    notBefore,
    notAfter: validUntil(20),
    policyText: POLICY_TEXT,
  });
  const issuing = issueCertificate({
    csrPublicKey: issuingKey.publicKey,
    subject: {
      country: 'CN',
      organization: 'Xindai Sandbox',
      commonName: 'Sandbox Issuing CA (SM2)',
    },
    issuer: { certificate: root, privateKey: rootKey.privateKey },
    serial: newSerial(),
    notBefore,
    notAfter: validUntil(10),
    ca: true,
    pathLength: 0,
    keyUsage: ['keyCertSign', 'cRLSign'],
    policyText: POLICY_TEXT,
  });
  return {
    rootKey,
    rootPem: toPem('CERTIFICATE', root),
    issuingKey,
    issuingPem: toPem('CERTIFICATE', issuing),
  };
}

/** 16 random bytes with the top bit clear and not zero: positive, unique, and the same text however it is written. */
export function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
