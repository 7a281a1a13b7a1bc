/** One certificate per contract, whatever attempt asks for it, and none left standing when the story ends. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OutsideFailure } from '../../activities/ports/answers.ts';
import type { CertificateRequest } from '../../activities/ports/trust.ts';
import { obtainKey, revokeCertificate } from '../../activities/sign/certificate.ts';
import { destroySigningKey, readCertificate, readSigningKey } from '../../db/queries/sign.ts';
import { toPem } from '../../platform/crypto/pem.ts';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import { createRootCertificate } from '../../platform/crypto/x509.ts';
import { application } from '../domain/samples.ts';
import { contract } from '../db/rows.ts';
import { admitted, finalCode, openWorkplace, retryableCode, type Workplace } from './workplace.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());

/** A CA that does its work and loses the first answers. */
function lossyCa(lost: number) {
  const honest = place.with({});
  const asked: CertificateRequest[] = [];
  const revoked: string[] = [];
  const { deps } = place.with({
    ca: {
      certificate: async (request) => {
        asked.push(request);
        const answer = await honest.ports.ca.certificate(request);
        if (asked.length <= lost) throw new OutsideFailure('ca', 'certificate', 'UNREACHABLE');
        return answer;
      },
      revoke: async (request) => {
        revoked.push(request.serial);
        return await honest.ports.ca.revoke(request);
      },
    },
  });
  const issued = () => honest.ports.calls.filter((call) => call.operation === 'certificate').length;
  return { deps, asked, revoked, issued };
}

/** A certificate whose day is long over. */
function certificateOfLastMonth() {
  const keyPair = generateSm2KeyPair();
  const day = 86_400_000;
  const leaf = createRootCertificate({
    subject: { commonName: 'anybody' },
    keyPair,
    serial: '77',
    notBefore: new Date(Date.now() - 31 * day),
    notAfter: new Date(Date.now() - 30 * day),
  });
  return { serial: '77', chainPem: [toPem('CERTIFICATE', leaf)] };
}

async function toSign() {
  const { id } = await admitted(place.deps, 'SIGN');
  const contractId = await contract(place.deps.db, id);
  const signer = { name: application().identity.name, applicationId: id };
  return { applicationId: id, contractId, signer };
}

describe('obtaining the key', () => {
  it('asks again after a lost answer with the same number and the same request: one certificate exists', async () => {
    const { contractId, signer } = await toSign();
    const ca = lossyCa(1);
    expect(await retryableCode(obtainKey(ca.deps, signer, contractId))).toBe('ca.UNREACHABLE');
    const key = await obtainKey(ca.deps, signer, contractId);
    const [first, second] = ca.asked;
    expect(second?.requestNo).toBe(first?.requestNo);
    expect(Buffer.from(second?.csr ?? []).equals(Buffer.from(first?.csr ?? [1]))).toBe(true);
    expect(ca.issued()).toBe(1);
    expect((await readCertificate(place.deps.db, { contractId, party: 'APPLICANT' }))?.serial).toBe(
      key.certificate.serial,
    );
  });

  it('gives the same key to every attempt, also when two run at once', async () => {
    const { contractId, signer } = await toSign();
    const ca = lossyCa(0);
    const keys = await Promise.all([1, 2].map(() => obtainKey(ca.deps, signer, contractId)));
    keys.push(await obtainKey(ca.deps, signer, contractId));
    expect(new Set(keys.map((key) => key.publicKey)).size).toBe(1);
    expect(new Set(keys.map((key) => key.certificate.serial)).size).toBe(1);
    expect(ca.issued()).toBe(1);
  });

  it('asks for another certificate once the first ran out unused, and for one only', async () => {
    const { contractId, signer } = await toSign();
    const honest = place.with({}).ports;
    const numbers: string[] = [];
    const { deps } = place.with({
      ca: {
        certificate: async (request) => {
          if (!numbers.includes(request.requestNo)) numbers.push(request.requestNo);
          if (request.requestNo !== numbers[0]) return await honest.ca.certificate(request);
          return { kind: 'FOUND', charged: true, data: certificateOfLastMonth() };
        },
      },
    });
    const key = await obtainKey(deps, signer, contractId);
    const again = await obtainKey(deps, signer, contractId);
    expect(numbers).toHaveLength(2);
    expect(again.certificate.serial).toBe(key.certificate.serial);
    expect((await readCertificate(place.deps.db, { contractId, party: 'APPLICANT' }))?.serial).toBe(
      key.certificate.serial,
    );
  });

  it('keeps the private key sealed', async () => {
    const { contractId, signer } = await toSign();
    const key = await obtainKey(lossyCa(0).deps, signer, contractId);
    const kept = await readSigningKey(place.deps.db, { contractId, party: 'APPLICANT' });
    expect(kept?.sealedKey?.includes(key.privateKey)).toBe(false);
  });

  it('is over for good once the key was destroyed', async () => {
    const { contractId, signer } = await toSign();
    const ca = lossyCa(0);
    await obtainKey(ca.deps, signer, contractId);
    await destroySigningKey(place.deps.db, contractId);
    expect(await finalCode(obtainKey(ca.deps, signer, contractId))).toBe('SIGNING_KEY_DESTROYED');
    expect(
      (await readSigningKey(place.deps.db, { contractId, party: 'APPLICANT' }))?.sealedKey,
    ).toBeNull();
  });

  it('tells the CA how the person was identified, by request number', async () => {
    const one = await toSign();
    await place.deps.db
      .insertInto('verifications')
      .values({
        application_id: one.applicationId,
        evidence_version: 4,
        kind: 'TWO_FACTOR',
        outcome: 'MATCH',
        detail: '{}',
        request_no: 'XD-TWO',
      })
      .execute();
    const ca = lossyCa(0);
    await obtainKey(ca.deps, one.signer, one.contractId);
    expect(ca.asked[0]).toMatchObject({
      identityEvidence: { TWO_FACTOR: 'XD-TWO' },
      holder: { name: one.signer.name, idNumber: application().identity.idNumber },
    });
  });
});

describe('revoking', () => {
  it('takes the certificate back once and destroys the key, and again changes nothing', async () => {
    const one = await toSign();
    const ca = lossyCa(0);
    const { certificate } = await obtainKey(ca.deps, one.signer, one.contractId);
    await revokeCertificate(ca.deps, one);
    await revokeCertificate(ca.deps, one);
    expect(ca.revoked).toEqual([certificate.serial]);
    expect(
      await readCertificate(place.deps.db, { contractId: one.contractId, party: 'APPLICANT' }),
    ).toMatchObject({
      state: 'REVOKED',
    });
    expect(
      (await readSigningKey(place.deps.db, { contractId: one.contractId, party: 'APPLICANT' }))
        ?.sealedKey,
    ).toBeNull();
  });

  it('finds and takes back a certificate that was issued and never answered', async () => {
    const one = await toSign();
    const ca = lossyCa(1);
    await retryableCode(obtainKey(ca.deps, one.signer, one.contractId));
    expect(
      await readCertificate(place.deps.db, { contractId: one.contractId, party: 'APPLICANT' }),
    ).toBeUndefined();
    await revokeCertificate(ca.deps, one);
    expect(ca.issued()).toBe(1);
    expect(ca.revoked).toHaveLength(1);
    expect(
      await readCertificate(place.deps.db, { contractId: one.contractId, party: 'APPLICANT' }),
    ).toMatchObject({
      state: 'REVOKED',
      serial: ca.revoked[0],
    });
  });

  it('asks nobody when no key was ever made', async () => {
    const one = await toSign();
    const ca = lossyCa(0);
    await revokeCertificate(ca.deps, one);
    expect([...ca.asked, ...ca.revoked]).toEqual([]);
  });
});
