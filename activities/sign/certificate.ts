/** The applicant's one-time certificate: asked for once per contract, whatever the attempt, and revoked when the story ends. */
import { z } from 'zod';
import { loadForm } from '../../db/queries/apply.ts';
import { readContract } from '../../db/queries/contract.ts';
import { readVerificationRequests } from '../../db/queries/verifications.ts';
import {
  destroySigningKey,
  keepSigningKey,
  markRevoked,
  readCertificate,
  readSigningKey,
  type SigningKey,
  storeCertificate,
} from '../../db/queries/sign.ts';
import { fromPem } from '../../platform/crypto/pem.ts';
import { parseCertificate } from '../../platform/crypto/x509.ts';
import { isSealed } from '../../platform/crypto/seal.ts';
import type { ByteCipher } from '../../platform/crypto/subject-cipher.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, overTheBorder } from '../failures.ts';
import { askOnce, requestNumber } from '../outside.ts';
import type { IssuedCertificate } from '../ports/trust.ts';
import { cancellationSignal } from '../signal.ts';
import { createApplicantSigningRequest, type Signer } from './sealing.ts';

const KEY_COLUMN = 'signing_keys.sealed_key';
const CSR_COLUMN = 'signing_keys.sealed_csr';
const CHAIN_COLUMN = 'certificates.sealed_chain';
const issued = z.object({ serial: z.string(), chainPem: z.array(z.string()) });
const revoked = z.object({ revokedAt: z.string() });

export interface OneTimeKey {
  readonly privateKey: string;
  readonly publicKey: string;
  readonly certificate: IssuedCertificate;
}

/** A certificate of a day may run out while a loan waits for people: so often at most is another one asked for. */
const MOST_RENEWALS = 8;

function hasRunOut({ chainPem: [leaf] }: IssuedCertificate): boolean {
  return leaf !== undefined && parseCertificate(fromPem('CERTIFICATE', leaf)).notAfter < new Date();
}

/**
 * Asks with the same numbers and the same request as any attempt before, so that one certificate exists that is good. One
 * that ran out unused is followed by another, whose number follows from the one before.
 */
async function issue(
  deps: ActivityDeps,
  applicationId: string,
  contractId: string,
  csr: Buffer,
): Promise<IssuedCertificate> {
  const first = `sign:certificate:${contractId}`;
  let certificate = await ask(deps, { applicationId, csr, step: first });
  for (let renewals = 0; hasRunOut(certificate) && renewals < MOST_RENEWALS; renewals += 1)
    certificate = await ask(deps, { applicationId, csr, step: `${first}:${certificate.serial}` });
  const cipher = await deps.vault.of(deps.db, applicationId);
  const chain = Buffer.from(certificate.chainPem.join('\n'), 'utf8');
  const sealedChain = cipher.sealBytes(CHAIN_COLUMN, contractId, chain);
  await storeCertificate(deps.db, { contractId, serial: certificate.serial, sealedChain });
  return certificate;
}

interface Asked {
  readonly applicationId: string;
  readonly csr: Buffer;
  readonly step: string;
}

async function ask(
  deps: ActivityDeps,
  { applicationId, csr, step }: Asked,
): Promise<IssuedCertificate> {
  const requestNo = requestNumber(applicationId, step);
  const cipher = await deps.vault.of(deps.db, applicationId);
  const form = await loadForm(deps.db, cipher, applicationId);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  const { name, idNumber } = form.identity;
  const identityEvidence = await readVerificationRequests(deps.db, applicationId);
  const answer = await overTheBorder(() =>
    askOnce(
      { db: deps.db, fieldCipher: cipher },
      { requestNo, applicationId, step, service: 'ca', operation: 'certificate' },
      (number) =>
        deps.ports.ca.certificate({
          requestNo: number,
          signal: cancellationSignal(),
          csr,
          holder: { name, idNumber },
          identityEvidence,
        }),
      issued,
    ),
  );
  if (answer.kind === 'NO_RECORD') throw finalFailure('CERTIFICATE_REFUSED');
  return answer.data;
}

/** A request from before they were sealed stands in clear until its key is rotated. */
function csrOf(cipher: ByteCipher, contractId: string, { sealedCsr }: SigningKey): Buffer {
  return isSealed(sealedCsr) ? cipher.openBytes(CSR_COLUMN, contractId, sealedCsr) : sealedCsr;
}

/** The key is kept sealed before the certificate is asked for: a crash in between must not leave a certificate nobody can use or name. */
export async function obtainKey(
  deps: ActivityDeps,
  signer: Signer,
  contractId: string,
): Promise<OneTimeKey> {
  const fresh = createApplicantSigningRequest(signer);
  const cipher = await deps.vault.of(deps.db, signer.applicationId);
  const kept = await keepSigningKey(deps.db, contractId, {
    sealedKey: cipher.sealJson(KEY_COLUMN, contractId, fresh.keyPair),
    sealedCsr: cipher.sealBytes(CSR_COLUMN, contractId, fresh.csr),
  });
  if (kept.sealedKey === null) throw finalFailure('SIGNING_KEY_DESTROYED');
  const pair = cipher.openJson(KEY_COLUMN, contractId, kept.sealedKey, (value) =>
    z.object({ privateKey: z.string(), publicKey: z.string() }).parse(value),
  );
  const certificate = await issue(
    deps,
    signer.applicationId,
    contractId,
    csrOf(cipher, contractId, kept),
  );
  return { ...pair, certificate };
}

export interface RevokeInput {
  readonly applicationId: string;
  /** Null: the application's own, whichever it is. */
  readonly contractId: string | null;
}

/**
 * Takes the certificate back. A certificate that was asked for but never answered may exist all the same, so the
 * question is asked again under its number first: what landed and timed out is undone too.
 */
export async function revokeCertificate(
  deps: ActivityDeps,
  { applicationId, contractId: named }: RevokeInput,
): Promise<void> {
  const contractId = named ?? (await readContract(deps.db, applicationId))?.id;
  if (contractId === undefined) return;
  const key = await readSigningKey(deps.db, contractId);
  if (key === undefined) return;
  const cipher = await deps.vault.of(deps.db, applicationId);
  const known = await readCertificate(deps.db, contractId);
  const { serial } =
    known ?? (await issue(deps, applicationId, contractId, csrOf(cipher, contractId, key)));
  const step = `sign:revoke:${contractId}`;
  const requestNo = requestNumber(applicationId, step);
  const answer = await overTheBorder(() =>
    askOnce(
      { db: deps.db, fieldCipher: cipher },
      { requestNo, applicationId, step, service: 'ca', operation: 'revoke' },
      (number) =>
        deps.ports.ca.revoke({
          requestNo: number,
          signal: cancellationSignal(),
          serial,
          reason: 'cessationOfOperation',
        }),
      revoked,
    ),
  );
  // An authority that does not know its own certificate has revoked nothing: people must look, the record must not say so.
  if (answer.kind === 'NO_RECORD') throw finalFailure('CERTIFICATE_NOT_REVOKED');
  await markRevoked(deps.db, contractId);
  await destroySigningKey(deps.db, contractId);
}
