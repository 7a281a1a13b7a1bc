/**
 * SM2 certificates: OpenSSL accepts ours, we read OpenSSL's, and a chain with any flaw is refused by its name.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { fromPem, toPem } from '../../../platform/crypto/pem.ts';
import { generateSm2KeyPair, sm2PrivateKeyPem, sm2SpkiPem } from '../../../platform/crypto/sm2.ts';
import {
  createCrl,
  createCsr,
  createRootCertificate,
  type IssueRequest,
  issueCertificate,
  parseCertificate,
  parseCrl,
  parseCsr,
  verifyCertificateChain,
} from '../../../platform/crypto/x509.ts';
import { openBench } from './openssl.ts';

const bench = openBench();
afterAll(() => {
  bench.remove();
});

const NOTICE = 'TEST CA, NOT LICENSED';
const at = new Date('2026-06-01T00:00:00Z');
const validity = {
  notBefore: new Date('2026-01-01T00:00:00Z'),
  notAfter: new Date('2027-01-01T00:00:00Z'),
};
const rootKey = generateSm2KeyPair();
const subKey = generateSm2KeyPair();
const leafKey = generateSm2KeyPair();
const root = createRootCertificate({
  subject: { country: 'CN', organization: 'Xindai Sandbox', commonName: '测试根 CA' },
  keyPair: rootKey,
  serial: '01',
  notBefore: validity.notBefore,
  notAfter: new Date('2056-01-01T00:00:00Z'),
  policyText: NOTICE,
});
const rootIssuer = { certificate: root, privateKey: rootKey.privateKey };

function subCa(change: Partial<IssueRequest> = {}): Buffer {
  return issueCertificate({
    csrPublicKey: subKey.publicKey,
    subject: { country: 'CN', commonName: '测试二级 CA' },
    issuer: rootIssuer,
    serial: '02',
    ...validity,
    ca: true,
    pathLength: 0,
    keyUsage: ['keyCertSign', 'cRLSign'],
    policyText: NOTICE,
    ...change,
  });
}
const sub = subCa();
const subIssuer = { certificate: sub, privateKey: subKey.privateKey };

function leafOf(change: Partial<IssueRequest> = {}): Buffer {
  return issueCertificate({
    csrPublicKey: leafKey.publicKey,
    subject: { country: 'CN', commonName: '王芳', serialNumber: 'evidence-1' },
    issuer: subIssuer,
    serial: '7f00aa',
    ...validity,
    ca: false,
    keyUsage: ['digitalSignature', 'nonRepudiation'],
    policyText: NOTICE,
    ...change,
  });
}
const leaf = leafOf();

function crl(change: Partial<Parameters<typeof createCrl>[0]> = {}): Buffer {
  return createCrl({
    issuer: subIssuer,
    number: 3,
    thisUpdate: new Date('2026-05-31T00:00:00Z'),
    nextUpdate: new Date('2026-06-02T00:00:00Z'),
    revoked: [{ serial: 'c0ffee', at: new Date('2026-05-01T00:00:00Z') }],
    ...change,
  });
}

const reason = (verdict: ReturnType<typeof verifyCertificateChain>): string =>
  verdict.ok ? 'OK' : verdict.reason;

describe('a certificate request', () => {
  const csr = createCsr({ subject: { country: 'CN', commonName: '王芳' }, keyPair: leafKey });

  it('is one that OpenSSL verifies, and that we read back', () => {
    const file = bench.file('csr.pem', toPem('CERTIFICATE REQUEST', csr));
    const vfy = ['-vfyopt', 'distid:1234567812345678'];
    const run = bench.openssl('req', '-in', file, '-verify', '-noout', ...vfy);
    expect(run).toMatchObject({ ok: true, text: expect.stringContaining('verify OK') });
    expect(parseCsr(csr)).toEqual({
      subject: { country: 'CN', commonName: '王芳' },
      publicKey: leafKey.publicKey,
    });
  });

  it('made by OpenSSL is read by us', () => {
    const key = bench.file('k.pem', sm2PrivateKeyPem(leafKey.privateKey));
    const made = bench.openssl(
      ...'req -new -sm3 -sigopt distid:1234567812345678 -subj /C=CN/O=Bank/CN=gateway -out made.pem'
        .split(' ')
        .concat('-key', key),
    );
    expect(made).toMatchObject({ ok: true });
    const der = fromPem('CERTIFICATE REQUEST', bench.read('made.pem').toString());
    expect(parseCsr(der)).toMatchObject({
      subject: { commonName: 'gateway', organization: 'Bank' },
      publicKey: leafKey.publicKey,
    });
  });

  it('altered anywhere is refused', () => {
    for (let index = 0; index < csr.length; index += 7) {
      const broken = Buffer.from(csr);
      broken[index] = (broken[index] ?? 0) ^ 1;
      expect(() => parseCsr(broken)).toThrow();
    }
  });
});

describe('a certificate', () => {
  it('says what it was issued for', () => {
    expect(parseCertificate(leaf)).toMatchObject({
      subject: { commonName: '王芳', country: 'CN', serialNumber: 'evidence-1' },
      issuer: { commonName: '测试二级 CA' },
      serial: '7f00aa',
      ...validity,
      publicKey: leafKey.publicKey,
      extensions: {
        ca: false,
        keyUsage: ['digitalSignature', 'nonRepudiation'],
        policyText: NOTICE,
        unknownCritical: [],
      },
    });
    expect(parseCertificate(root).notAfter).toEqual(new Date('2056-01-01T00:00:00Z'));
  });

  // OpenSSL 3.0 applies the SM2 user id to the certificate it is given only, so each link is put to it by itself.
  it('is verified by OpenSSL, link by link up to the root', () => {
    const roots = bench.file('root.pem', toPem('CERTIFICATE', root));
    const middle = bench.file('sub.pem', toPem('CERTIFICATE', sub));
    const mine = bench.file('leaf.pem', toPem('CERTIFICATE', leaf));
    const id = ['-vfyopt', 'distid:1234567812345678', '-x509_strict'];
    const args = ['verify', ...id, '-attime', String(at.getTime() / 1000)];
    expect(bench.openssl(...args, '-CAfile', roots, middle).text).toContain('sub.pem: OK');
    const partial = [...args, '-partial_chain', '-trusted', middle];
    expect(bench.openssl(...partial, mine).text).toContain('leaf.pem: OK');
    const text = bench.openssl('x509', '-in', mine, '-noout', '-text').text;
    expect(text).toContain('Signature Algorithm: SM2-with-SM3');
    expect(text).toContain(NOTICE);
  });

  it('is on a revocation list that OpenSSL reads, and whose signature it accepts', () => {
    const list = crl({ revoked: [{ serial: '7f00aa', at: new Date('2026-05-01T00:00:00Z') }] });
    const file = bench.file('crl.pem', toPem('X509 CRL', list));
    const text = bench.openssl('crl', '-in', file, '-noout', '-text').text;
    expect(text).toContain('Serial Number: 7F00AA');
    expect(text).toContain('X509v3 CRL Number');
    const { tbs, signature } = parseCrl(list);
    const key = bench.file('sub.pub', sm2SpkiPem(subKey.publicKey));
    const args = ['dgst', '-sm3', '-verify', key, '-sigopt', 'distid:1234567812345678'];
    args.push('-signature', bench.file('crl.sig', signature), bench.file('crl.tbs', tbs));
    expect(bench.openssl(...args).text).toContain('Verified OK');
  });

  it('made by OpenSSL is read and judged by us', () => {
    const key = bench.file('ca.key', sm2PrivateKeyPem(rootKey.privateKey));
    const made = bench.openssl(
      ...'req -x509 -new -sm3 -sigopt distid:1234567812345678 -subj /CN=Foreign -days 3650 -out ca.crt'
        .split(' ')
        .concat('-key', key),
    );
    expect(made).toMatchObject({ ok: true });
    const der = fromPem('CERTIFICATE', bench.read('ca.crt').toString());
    expect(parseCertificate(der)).toMatchObject({
      subject: { commonName: 'Foreign' },
      publicKey: rootKey.publicKey,
      extensions: { ca: true },
    });
    expect(reason(verifyCertificateChain(der, [], [der], new Date()))).toBe('OK');
    const other = bench.file('pub.pem', sm2SpkiPem(rootKey.publicKey));
    expect(bench.openssl('pkey', '-pubin', '-in', other, '-noout').ok).toBe(true);
  });
});

describe('a chain', () => {
  it('is good up to a trusted root', () => {
    const verdict = verifyCertificateChain(leaf, [sub], [root], at, [crl()]);
    expect(verdict.ok && verdict.path.map((one) => one.serial)).toEqual(['7f00aa', '02', '01']);
  });

  it('is refused before and after its time', () => {
    const early = new Date('2025-12-31T23:59:59Z');
    const late = new Date('2027-01-01T00:00:01Z');
    expect(reason(verifyCertificateChain(leaf, [sub], [root], early))).toBe('NOT_YET_VALID');
    expect(reason(verifyCertificateChain(leaf, [sub], [root], late))).toBe('EXPIRED');
  });

  it('is refused without its root or its middle', () => {
    expect(reason(verifyCertificateChain(leaf, [], [root], at))).toBe('ISSUER_NOT_TRUSTED');
    expect(reason(verifyCertificateChain(leaf, [sub], [], at))).toBe('ISSUER_NOT_TRUSTED');
    const self = createRootCertificate({
      subject: { commonName: 'nobody' },
      keyPair: leafKey,
      serial: '05',
      ...validity,
    });
    expect(reason(verifyCertificateChain(self, [self], [root], at))).toBe('PATH_TOO_LONG');
  });

  it('is refused when the issuer only bears the name', () => {
    const forger = generateSm2KeyPair();
    const forged = leafOf({ issuer: { certificate: sub, privateKey: forger.privateKey } });
    expect(reason(verifyCertificateChain(forged, [sub], [root], at))).toBe('SIGNATURE_WRONG');
  });

  it('is refused when the issuer may not issue', () => {
    const powerless = subCa({ ca: false, keyUsage: ['digitalSignature'] });
    const below = leafOf({ issuer: { certificate: powerless, privateKey: subKey.privateKey } });
    expect(reason(verifyCertificateChain(below, [powerless], [root], at))).toBe('ISSUER_NOT_CA');
  });

  it('is refused past the length its CA allows', () => {
    const deepKey = generateSm2KeyPair();
    const deep = subCa({
      csrPublicKey: deepKey.publicKey,
      subject: { commonName: '三级 CA' },
      issuer: subIssuer,
      serial: '03',
    });
    const below = leafOf({ issuer: { certificate: deep, privateKey: deepKey.privateKey } });
    expect(reason(verifyCertificateChain(below, [sub, deep], [root], at))).toBe('PATH_TOO_LONG');
  });

  it('is refused once revoked, and was good before', () => {
    const revoked = [{ serial: '7f00aa', at: new Date('2026-05-20T00:00:00Z') }];
    const list = crl({ revoked });
    expect(reason(verifyCertificateChain(leaf, [sub], [root], at, [list]))).toBe('REVOKED');
    const before = new Date('2026-05-19T00:00:00Z');
    expect(reason(verifyCertificateChain(leaf, [sub], [root], before, [list]))).toBe('OK');
    expect(parseCrl(list).revoked).toEqual(revoked);
  });

  it('is revoked for a reason that a list tells, to OpenSSL as to us', () => {
    const day = new Date('2026-05-20T00:00:00Z');
    const revoked = [
      { serial: '7f00aa', at: day, reason: 'keyCompromise' },
      { serial: '7f00ab', at: day, reason: 'superseded' },
      { serial: '7f00ac', at: day },
    ] as const;
    const list = crl({ revoked });
    expect(parseCrl(list).revoked).toEqual(revoked);
    expect(reason(verifyCertificateChain(leaf, [sub], [root], at, [list]))).toBe('REVOKED');
    bench.file('reasons.der', list);
    const { text } = bench.openssl(...'crl -inform DER -in reasons.der -noout -text'.split(' '));
    expect(text).toMatch(/7F00AA[\s\S]*Key Compromise[\s\S]*7F00AB[\s\S]*Superseded/);
  });

  it('is refused when the revocation list is missing, foreign or has run out', () => {
    const judge = (list: Buffer[]): string =>
      reason(verifyCertificateChain(leaf, [sub], [root], at, list));
    expect(judge([])).toBe('CRL_MISSING');
    const forged = crl({ issuer: { certificate: sub, privateKey: leafKey.privateKey } });
    expect(judge([forged])).toBe('CRL_WRONG');
    expect(judge([crl({ nextUpdate: new Date('2026-05-31T12:00:00Z') })])).toBe('CRL_EXPIRED');
  });

  it('is refused when any byte was altered, without an exception', () => {
    for (let index = 0; index < leaf.length; index += 5) {
      const broken = Buffer.from(leaf);
      broken[index] = (broken[index] ?? 0) ^ 4;
      expect(reason(verifyCertificateChain(broken, [sub], [root], at))).not.toBe('OK');
    }
    expect(reason(verifyCertificateChain(leaf.subarray(1), [sub], [root], at))).toBe('MALFORMED');
  });
});
