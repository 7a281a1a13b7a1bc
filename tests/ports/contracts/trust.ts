/** The contracts of the certificate authority and of the time-stamp authority. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { allFromPem, fromPem } from '../../../platform/crypto/pem.ts';
import { generateSm2KeyPair } from '../../../platform/crypto/sm2.ts';
import { sm3 } from '../../../platform/crypto/sm3.ts';
import {
  createCsr,
  parseCertificate,
  parseCrl,
  verifyCertificateChain,
} from '../../../platform/crypto/x509.ts';
import { faultContract } from './faults.ts';
import { type Applicant, newNumber, type World } from './world.ts';

const keyPair = generateSm2KeyPair();

function requestFor({ name, idNumber }: Applicant, requestNo: string) {
  return {
    requestNo,
    csr: createCsr({ subject: { country: 'CN', commonName: name }, keyPair }),
    holder: { name, idNumber },
    identityEvidence: { 'two-factor': 'XD-EVIDENCE' },
  };
}

export function certificateContract(world: () => World, withFaults: boolean): void {
  const issue = async () => {
    const request = requestFor(await world().newApplicant(), newNumber());
    const answer = await world().ports.ca.certificate(request);
    if (answer.kind !== 'FOUND') throw new Error('no certificate');
    return { request, issued: answer.data };
  };

  describe('certificate authority port', () => {
    test('issues a chain for our key that leads to the trusted root', async () => {
      const { issued } = await issue();
      const [leaf, ...above] = issued.chainPem.map((pem) => fromPem('CERTIFICATE', pem));
      if (leaf === undefined) throw new Error('no leaf');
      const roots = allFromPem('CERTIFICATE', world().caRootPem);
      expect(verifyCertificateChain(leaf, above, roots, new Date())).toMatchObject({ ok: true });
      expect(parseCertificate(leaf)).toMatchObject({
        publicKey: keyPair.publicKey,
        serial: issued.serial,
      });
    });

    test('issues one certificate for the same number', async () => {
      const { request, issued } = await issue();
      expect(await world().ports.ca.certificate(request)).toMatchObject({
        data: { serial: issued.serial },
      });
    });

    test('a revoked certificate stands on the list, one that is not does not', async () => {
      const { issued } = await issue();
      const { issued: other } = await issue();
      const revocation = { requestNo: newNumber(), serial: issued.serial, reason: 'WITHDRAWN' };
      expect(await world().ports.ca.revoke(revocation)).toMatchObject({ kind: 'FOUND' });
      const serials = parseCrl(await world().ports.ca.crl()).revoked.map(({ serial }) => serial);
      expect(serials).toContain(issued.serial);
      expect(serials).not.toContain(other.serial);
    });

    if (!withFaults) return;
    const requests = new Map<string, ReturnType<typeof requestFor>>();
    faultContract(world, {
      service: 'ca',
      operation: 'certificate',
      namesSubject: false,
      remembered: true,
      // The same number must carry the same request, and a request is signed anew each time it is made.
      ask: (ports, applicant, requestNo) => {
        const request = requests.get(requestNo) ?? requestFor(applicant, requestNo);
        requests.set(requestNo, request);
        return ports.ca.certificate(request);
      },
    });
  });
}

export function timestampContract(world: () => World, withFaults: boolean): void {
  describe('time-stamp port', () => {
    test('stamps a digest with the present time, each time with another serial', async () => {
      const imprint = sm3(randomBytes(32));
      const first = await world().ports.tsa.stamp(imprint);
      const second = await world().ports.tsa.stamp(imprint);
      expect(Math.abs(first.generatedAt.getTime() - Date.now())).toBeLessThan(60_000);
      expect(first.reply.length).toBeGreaterThan(0);
      expect(second.serial).not.toBe(first.serial);
    });

    if (!withFaults) return;
    test.each(['down', 'drop-request', 'drop-reply', 'error'])(
      '%s is UNREACHABLE and the next call stamps',
      async (fault) => {
        const { ports, trouble } = world();
        await trouble?.strike('tsa', 'plain', fault);
        await expect(ports.tsa.stamp(sm3('x'))).rejects.toMatchObject({
          code: 'UNREACHABLE',
          retryable: true,
        });
        await expect(ports.tsa.stamp(sm3('x'))).resolves.toMatchObject({
          serial: expect.any(String),
        });
      },
    );

    test('a stamp beyond the time-out is UNREACHABLE', async () => {
      const { trouble } = world();
      await trouble?.strike('tsa', 'plain', 'delay', 1_200);
      await expect(trouble?.hasty.tsa.stamp(sm3('x'))).rejects.toMatchObject({
        code: 'UNREACHABLE',
      });
    });
  });
}
