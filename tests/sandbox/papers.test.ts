/** OpenSSL, which knows nothing of our code, accepts the sandbox's certificates, revocation list and time stamps. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allFromPem, fromPem, toPem } from '../../platform/crypto/pem.ts';
import { sm3 } from '../../platform/crypto/sm3.ts';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import { createTimestampQuery, verifyTimestampReply } from '../../platform/crypto/timestamp.ts';
import {
  createCsr,
  parseCertificate,
  parseCrl,
  verifyCertificateChain,
} from '../../platform/crypto/x509.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { call, startSandbox } from './caller.ts';

const run = promisify(execFile);
const openssl = (...words: readonly string[]) => run('openssl', [...words]);

let sandbox: Sandbox;
let stop: () => Promise<void>;
let folder: string;
beforeAll(async () => {
  ({ sandbox, stop } = await startSandbox());
  folder = await mkdtemp(path.join(os.tmpdir(), 'xindai-papers-'));
  await writeFile(file('root.pem'), sandbox.publishedKeys.caRootPem);
  await writeFile(file('chain.pem'), sandbox.publishedKeys.caChainPem);
  await writeFile(file('tsa-root.pem'), sandbox.publishedKeys.tsaRootPem);
  await writeFile(file('document'), '借款合同 loan contract');
});
afterAll(async () => {
  await stop();
  await rm(folder, { recursive: true, force: true });
});

const file = (name: string) => path.join(folder, name);
const who = () => {
  const [persona] = sandbox.people.personas(new Date());
  if (persona === undefined) throw new Error('no personas');
  return persona.application.identity;
};

async function certificate(requestNo: string, change = {}) {
  const keyPair = generateSm2KeyPair();
  const { name, idNumber } = who();
  const csr = createCsr({ subject: { commonName: name }, keyPair });
  const said = await call(sandbox, 'ca', 'certificate', {
    requestNo,
    kind: 'ONE_TIME',
    csr: csr.toString('base64'),
    holder: { kind: 'PERSON', name, idNumber },
    evidence: { twoFactor: 'request-1', face: 'request-2' },
    ...change,
  });
  return { said, keyPair };
}

describe('the certificate authority', () => {
  it('issues an SM2 chain for a request that OpenSSL verifies', async () => {
    const { said, keyPair } = await certificate('cert-1');
    expect(said).toMatchObject({ code: '0000', believed: true });
    await writeFile(file('leaf.pem'), String(said.data.certificatePem));
    // OpenSSL 3.0 applies the SM2 user id to the one certificate it is given, so each link is put to it by itself.
    const id = ['-vfyopt', 'distid:1234567812345678'];
    const [issuing] = allFromPem('CERTIFICATE', sandbox.publishedKeys.caChainPem);
    await writeFile(file('issuing.pem'), toPem('CERTIFICATE', issuing ?? Buffer.alloc(0)));
    const above = await openssl('verify', ...id, '-CAfile', file('root.pem'), file('issuing.pem'));
    expect(above.stdout).toContain('issuing.pem: OK');
    const below = await openssl(
      'verify',
      ...id,
      '-partial_chain',
      '-trusted',
      file('issuing.pem'),
      file('leaf.pem'),
    );
    expect(below.stdout).toContain('leaf.pem: OK');
    const leaf = parseCertificate(fromPem('CERTIFICATE', String(said.data.certificatePem)));
    expect(leaf.publicKey).toBe(keyPair.publicKey);
    expect(leaf.subject.commonName).toBe(who().name);
    expect(leaf.subject.serialNumber).not.toContain(who().idNumber);
    expect(leaf.extensions.policyText).toBe('TEST CA, NOT LICENSED');
  });

  it('refuses a broken request, a missing proof of identity and a name that is not the registry’s', async () => {
    expect(
      (await certificate('cert-2', { csr: Buffer.from('nonsense').toString('base64') })).said,
    ).toMatchObject({ code: '4001', data: { reason: 'CSR_INVALID' } });
    expect((await certificate('cert-3', { evidence: {} })).said).toMatchObject({
      status: 400,
      code: '4001',
    });
    const wrong = await certificate('cert-4', {
      holder: { kind: 'PERSON', name: '别人', idNumber: who().idNumber },
    });
    expect(wrong.said).toMatchObject({ code: '4001', data: { reason: 'IDENTITY_MISMATCH' } });
  });

  it('revokes a certificate, and its revocation list says so to OpenSSL and to us', async () => {
    const { said } = await certificate('cert-5');
    const pem = String(said.data.certificatePem);
    const revoked = await call(sandbox, 'ca', 'revoke', {
      requestNo: 'revoke-1',
      serial: said.data.serial,
      reason: 'keyCompromise',
    });
    expect(revoked).toMatchObject({ code: '0000' });
    expect(
      await call(sandbox, 'ca', 'revoke', { requestNo: 'revoke-2', serial: '7f00', reason: 'x' }),
    ).toMatchObject({ code: '1001' });
    const response = await fetch(`${sandbox.url}/ca/v1/crl`);
    const crl = Buffer.from(await response.arrayBuffer());
    await writeFile(file('list.der'), crl);
    const shown = await openssl(
      'crl',
      '-inform',
      'DER',
      '-in',
      file('list.der'),
      '-noout',
      '-text',
    );
    expect(shown.stdout).toContain('SM2-with-SM3');
    expect(shown.stdout).toContain(String(said.data.serial).toUpperCase());
    const chain = allFromPem('CERTIFICATE', sandbox.publishedKeys.caChainPem);
    const root = fromPem('CERTIFICATE', sandbox.publishedKeys.caRootPem);
    const leaf = fromPem('CERTIFICATE', pem);
    const issuing = parseCertificate(chain[0] ?? leaf);
    expect(verifyCertificateChain(leaf, chain, [root], new Date())).toMatchObject({ ok: true });
    expect(verifyCertificateChain(leaf, chain, [root], new Date(), [crl])).toMatchObject({
      ok: false,
      reason: 'REVOKED',
    });
    expect(parseCrl(crl).issuerDer.equals(issuing.subjectDer)).toBe(true);
  });
});

describe('the time-stamp authority', () => {
  it.each(['sha256', 'sm3'])(
    'stamps a query of OpenSSL with a %s imprint so that openssl ts -verify accepts it',
    async (algorithm) => {
      await openssl(
        'ts',
        '-query',
        '-data',
        file('document'),
        `-${algorithm}`,
        '-cert',
        '-out',
        file('query.tsq'),
      );
      const response = await fetch(`${sandbox.url}/tsa`, {
        method: 'POST',
        body: Uint8Array.from(await readFile(file('query.tsq'))),
        headers: { 'content-type': 'application/timestamp-query' },
      });
      expect(response.headers.get('content-type')).toBe('application/timestamp-reply');
      await writeFile(file('reply.tsr'), Buffer.from(await response.arrayBuffer()));
      const verified = await openssl(
        'ts',
        '-verify',
        '-queryfile',
        file('query.tsq'),
        '-in',
        file('reply.tsr'),
        '-CAfile',
        file('tsa-root.pem'),
      );
      expect(verified.stdout + verified.stderr).toContain('Verification: OK');
      const shown = await openssl('ts', '-reply', '-in', file('reply.tsr'), '-text');
      expect(shown.stdout).toContain('Status: Granted');
    },
  );

  it('stamps through the envelope too, and our own verifier accepts it', async () => {
    const imprint = sm3('evidence');
    const query = {
      imprint,
      algorithm: 'SM3',
      nonce: Buffer.from('0123456789abcdef', 'hex'),
    } as const;
    const said = await call(sandbox, 'tsa', 'tsa', {
      requestNo: 'stamp-1',
      query: createTimestampQuery(query).toString('base64'),
    });
    const reply = Buffer.from(String(said.data.reply), 'base64');
    const verdict = verifyTimestampReply({
      ...query,
      reply,
      trustedCertificates: [sandbox.publishedKeys.tsaRootPem],
    });
    expect(verdict.ok).toBe(true);
    if (verdict.ok) expect(Math.abs(verdict.genTime.getTime() - Date.now())).toBeLessThan(10_000);
    const other = verifyTimestampReply({
      ...query,
      imprint: sm3('other'),
      reply,
      trustedCertificates: [sandbox.publishedKeys.tsaRootPem],
    });
    expect(other).toMatchObject({ ok: false });
  });

  it('rejects nonsense and unknown algorithms by status, and other content types by 415', async () => {
    const post = (body: Uint8Array, type = 'application/timestamp-query') =>
      fetch(`${sandbox.url}/tsa`, {
        method: 'POST',
        body: Uint8Array.from(body),
        headers: { 'content-type': type },
      });
    await writeFile(
      file('bad.tsr'),
      Buffer.from(await (await post(Buffer.from('nonsense'))).arrayBuffer()),
    );
    expect((await openssl('ts', '-reply', '-in', file('bad.tsr'), '-text')).stdout).toContain(
      'Rejected',
    );
    await openssl(
      'ts',
      '-query',
      '-digest',
      createHash('md5').update('x').digest('hex'),
      '-md5',
      '-out',
      file('md5.tsq'),
    );
    await writeFile(
      file('md5.tsr'),
      Buffer.from(await (await post(await readFile(file('md5.tsq')))).arrayBuffer()),
    );
    expect((await openssl('ts', '-reply', '-in', file('md5.tsr'), '-text')).stdout).toContain(
      'Rejected',
    );
    expect((await post(Buffer.from('x'), 'text/plain')).status).toBe(415);
  });
});
