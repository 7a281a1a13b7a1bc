/** Signing a contract: whose signature is accepted, whose is not, and that OpenSSL agrees. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  type ContractSignature,
  createApplicantSigningRequest,
  signDigest,
  verifyContractSignature,
  verifyLenderSeal,
} from '../../activities/sign/sealing.ts';
import { toPem } from '../../platform/crypto/pem.ts';
import { generateSm2KeyPair, sm2SpkiPem } from '../../platform/crypto/sm2.ts';
import { sm3 } from '../../platform/crypto/sm3.ts';
import {
  createCrl,
  createRootCertificate,
  issueCertificate,
  type KeyUsage,
  parseCsr,
} from '../../platform/crypto/x509.ts';

const AT = new Date('2026-11-24T02:00:00Z');
const SIGNER = { name: '张𠮷', applicationId: '0d6a4cda-4f6e-4c0c-9a55-6f5b3f0f7a11' };
const folder = mkdtempSync(join(tmpdir(), 'xindai-sealing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function createAuthority() {
  const keyPair = generateSm2KeyPair();
  const certificate = createRootCertificate({
    subject: { commonName: 'Test CA', country: 'CN' },
    keyPair,
    serial: '01',
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2036-01-01T00:00:00Z'),
  });
  const issuer = { certificate, privateKey: keyPair.privateKey };
  return {
    rootPem: toPem('CERTIFICATE', certificate),
    issue: (
      csr: Buffer,
      keyUsage: readonly KeyUsage[] = ['digitalSignature', 'nonRepudiation'],
    ) => {
      const request = parseCsr(csr);
      const leaf = issueCertificate({
        csrPublicKey: request.publicKey,
        subject: request.subject,
        issuer,
        serial: '5a01',
        notBefore: new Date('2026-11-24T01:59:00Z'),
        notAfter: new Date('2026-11-24T03:00:00Z'),
        ca: false,
        keyUsage,
      });
      return toPem('CERTIFICATE', leaf);
    },
    crl: (revoked: readonly { serial: string; at: Date }[]) =>
      createCrl({
        issuer,
        number: 1,
        thisUpdate: new Date('2026-11-24T00:00:00Z'),
        nextUpdate: new Date('2026-11-25T00:00:00Z'),
        revoked,
      }),
  };
}

const authority = createAuthority();
const digest = sm3('a contract');
const request = createApplicantSigningRequest(SIGNER);
const signed: ContractSignature = {
  digest,
  signature: signDigest(request.keyPair.privateKey, digest),
  chainPem: [authority.issue(request.csr)],
  rootsPem: [authority.rootPem],
  at: AT,
  crl: authority.crl([]),
  signer: SIGNER,
};

it('The applicant’s signature is accepted with the certificate it was made under', () => {
  const verdict = verifyContractSignature(signed);
  expect(verdict.ok).toBe(true);
  if (verdict.ok) expect(verdict.certificate.subject.commonName).toBe(SIGNER.name);
});

it('Every signing has a key of its own', () => {
  const other = createApplicantSigningRequest(SIGNER);
  expect(other.keyPair.privateKey).not.toBe(request.keyPair.privateKey);
});

it.each<[string, Partial<ContractSignature>, string, string]>([
  ['another contract', { digest: sm3('a contract.') }, 'SIGNATURE', 'SIGNATURE_WRONG'],
  ['a digest cut short', { digest: digest.subarray(0, 31) }, 'SIGNATURE', 'DIGEST_MALFORMED'],
  ['no signature', { signature: Buffer.alloc(0) }, 'SIGNATURE', 'SIGNATURE_WRONG'],
  [
    'a signature with a byte after it',
    { signature: Buffer.concat([signed.signature, Buffer.from([0])]) },
    'SIGNATURE',
    'SIGNATURE_WRONG',
  ],
  [
    'another person’s key',
    { signature: signDigest(generateSm2KeyPair().privateKey, digest) },
    'SIGNATURE',
    'SIGNATURE_WRONG',
  ],
  ['no certificate', { chainPem: [] }, 'CERTIFICATE', 'CHAIN_EMPTY'],
  ['garbage for a certificate', { chainPem: ['nothing'] }, 'CERTIFICATE', 'CHAIN_EMPTY'],
  [
    'a certificate of an authority nobody trusts',
    { rootsPem: [createAuthority().rootPem] },
    'CERTIFICATE',
    'SIGNATURE_WRONG',
  ],
  ['no trusted root at all', { rootsPem: [] }, 'CERTIFICATE', 'ISSUER_NOT_TRUSTED'],
  [
    'a time after the certificate ran out',
    { at: new Date('2026-11-24T04:00:00Z') },
    'CERTIFICATE',
    'EXPIRED',
  ],
  ['a time before it', { at: new Date('2026-11-24T01:00:00Z') }, 'CERTIFICATE', 'NOT_YET_VALID'],
  [
    'a certificate revoked before the signature',
    { crl: authority.crl([{ serial: '5a01', at: new Date('2026-11-24T01:59:30Z') }]) },
    'CERTIFICATE',
    'REVOKED',
  ],
  [
    'a certificate that is not for signing',
    { chainPem: [authority.issue(request.csr, ['keyEncipherment'])] },
    'CERTIFICATE',
    'KEY_USAGE',
  ],
  [
    'a certificate that names another person',
    { signer: { ...SIGNER, name: '张吉' } },
    'CERTIFICATE',
    'OTHER_SIGNER',
  ],
  [
    'a certificate issued for another application',
    { signer: { ...SIGNER, applicationId: '0d6a4cda-4f6e-4c0c-9a55-6f5b3f0f7a12' } },
    'CERTIFICATE',
    'OTHER_SIGNER',
  ],
])('A signature is refused with %s', (_, change, part, reason) => {
  expect(verifyContractSignature({ ...signed, ...change })).toEqual({ ok: false, part, reason });
});

it('A certificate revoked after the signature leaves the signature good', () => {
  const crl = authority.crl([{ serial: '5a01', at: new Date('2026-11-24T02:30:00Z') }]);
  expect(verifyContractSignature({ ...signed, crl }).ok).toBe(true);
});

it('The lender’s seal is accepted under the digest it was made for and no other', () => {
  const seal = generateSm2KeyPair();
  const signature = signDigest(seal.privateKey, digest);
  const given = { digest, signature, publicKey: seal.publicKey };
  expect(verifyLenderSeal(given)).toEqual({ ok: true });
  expect(verifyLenderSeal({ ...given, digest: sm3('b') })).toEqual({
    ok: false,
    reason: 'SIGNATURE_WRONG',
  });
  expect(verifyLenderSeal({ ...given, publicKey: generateSm2KeyPair().publicKey }).ok).toBe(false);
});

it('What is not a digest is not signed', () => {
  expect(() => signDigest(request.keyPair.privateKey, Buffer.alloc(31))).toThrow(RangeError);
});

it('OpenSSL accepts the signature over the digest’s bytes', () => {
  const paths = {
    key: join(folder, 'key.pem'),
    digest: join(folder, 'digest'),
    signature: join(folder, 'signature'),
  };
  writeFileSync(paths.key, sm2SpkiPem(request.keyPair.publicKey));
  writeFileSync(paths.digest, digest);
  writeFileSync(paths.signature, signed.signature);
  const answer = execFileSync(
    'openssl',
    ['dgst', '-sm3', '-verify', paths.key, '-sigopt', 'distid:1234567812345678'].concat([
      '-signature',
      paths.signature,
      paths.digest,
    ]),
    { encoding: 'utf8' },
  );
  expect(answer.trim()).toBe('Verified OK');
});
