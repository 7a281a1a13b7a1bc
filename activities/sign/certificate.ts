/** A signer's one-time certificate: asked for once per contract and signer, whatever the attempt, and revoked when the story ends. */
import { z } from 'zod';
import { loadForm } from '../../db/queries/apply.ts';
import { readContract } from '../../db/queries/contract.ts';
import type { SignerName } from '../../db/schema/papers.ts';
import { readVerificationRequests } from '../../db/queries/verifications.ts';
import {
  destroySigningKey,
  keepSigningKey,
  markRevoked,
  readCertificate,
  readSigningKey,
  type SignerOf,
  signedUnder,
  type SigningKey,
  signersWithKeys,
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
import { coSignersOf } from '../co-signers.ts';
import { isGivenUp } from './replaceable.ts';
import { createApplicantSigningRequest, type Signer } from './sealing.ts';

const KEY_COLUMN = 'signing_keys.sealed_key';
const CSR_COLUMN = 'signing_keys.sealed_csr';
const CHAIN_COLUMN = 'certificates.sealed_chain';
const issued = z.object({ serial: z.string(), chainPem: z.array(z.string()) });
const revoked = z.object({ revokedAt: z.string() });

/** The row that a signer's key and certificate are sealed for; the applicant's is the contract's alone. */
const rowOf = ({ contractId, party }: SignerOf): string =>
  party === 'APPLICANT' ? contractId : `${contractId}/${party}`;

/** The number under which a co-signer's name and number of identity card are checked. */
export const identityRequest = (applicationId: string, of: SignerOf): string =>
  requestNumber(applicationId, identityStep(of));
export const identityStep = (of: SignerOf): string => `sign:identity:${rowOf(of)}`;

export interface OneTimeKey {
  readonly privateKey: string;
  readonly publicKey: string;
  readonly certificate: IssuedCertificate;
}

/** A certificate of a day may run out while a loan waits for people: so often at most is another one asked for. */
const MOST_RENEWALS = 8;

/** What is known of a certificate beside itself: the revocation list, where one was fetched, and what was signed under. */
interface Known {
  readonly list?: Uint8Array;
  /** The serial of the certificate under which a signature stands. */
  readonly spent?: string;
}

/** Whether the certificate is of no use to anybody and nothing rests on it. */
function isOver(certificate: IssuedCertificate, { list, spent }: Known): boolean {
  const [leaf] = certificate.chainPem;
  if (hasRunOut(certificate)) return true;
  return (
    list !== undefined &&
    leaf !== undefined &&
    certificate.serial !== spent &&
    isGivenUp(list, leaf)
  );
}

function hasRunOut({ chainPem: [leaf] }: IssuedCertificate): boolean {
  return leaf !== undefined && parseCertificate(fromPem('CERTIFICATE', leaf)).notAfter < new Date();
}

/**
 * Asks with the same numbers and the same request as any attempt before, so that one certificate exists that is good. One
 * that ran out unused, or was revoked unused and without blame, is followed by another, whose number follows from the one before.
 */
async function issue(
  deps: ActivityDeps,
  applicationId: string,
  of: SignerOf & Pick<Known, 'list'>,
  csr: Buffer,
): Promise<IssuedCertificate> {
  const first = `sign:certificate:${rowOf(of)}`;
  const asked = { applicationId, of, csr };
  const spent = await signedUnder(deps.db, of);
  const known = {
    ...(of.list === undefined ? {} : { list: of.list }),
    ...(spent === undefined ? {} : { spent }),
  };
  let certificate = await ask(deps, { ...asked, step: first });
  for (let renewals = 0; isOver(certificate, known) && renewals < MOST_RENEWALS; renewals += 1)
    certificate = await ask(deps, { ...asked, step: `${first}:${certificate.serial}` });
  const cipher = await deps.vault.of(deps.db, applicationId);
  const chain = Buffer.from(certificate.chainPem.join('\n'), 'utf8');
  const sealedChain = cipher.sealBytes(CHAIN_COLUMN, rowOf(of), chain);
  const { contractId, party } = of;
  await storeCertificate(deps.db, {
    contractId,
    party,
    serial: certificate.serial,
    sealedChain,
  });
  return certificate;
}

/** Who the certificate is for. */
async function holderOf(
  deps: ActivityDeps,
  applicationId: string,
  { contractId, party }: SignerOf,
): Promise<{ readonly name: string; readonly idNumber: string }> {
  if (party !== 'APPLICANT') {
    const known = await coSignersOf(deps, deps.db, applicationId, contractId);
    const signer = known.find((one) => one.party === party);
    if (signer === undefined) throw finalFailure('PARTY_MISSING');
    return signer.person;
  }
  const cipher = await deps.vault.of(deps.db, applicationId);
  const form = await loadForm(deps.db, cipher, applicationId);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  return form.identity;
}

/** The request numbers of what was asked about the holder. */
async function evidenceOf(deps: ActivityDeps, applicationId: string, of: SignerOf) {
  return of.party === 'APPLICANT'
    ? await readVerificationRequests(deps.db, applicationId)
    : { TWO_FACTOR: identityRequest(applicationId, of) };
}

interface Asked {
  readonly applicationId: string;
  readonly of: SignerOf;
  readonly csr: Buffer;
  readonly step: string;
}

async function ask(
  deps: ActivityDeps,
  { applicationId, of, csr, step }: Asked,
): Promise<IssuedCertificate> {
  const requestNo = requestNumber(applicationId, step);
  const cipher = await deps.vault.of(deps.db, applicationId);
  const { name, idNumber } = await holderOf(deps, applicationId, of);
  const identityEvidence = await evidenceOf(deps, applicationId, of);
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
function csrOf(cipher: ByteCipher, of: SignerOf, { sealedCsr }: SigningKey): Buffer {
  return isSealed(sealedCsr) ? cipher.openBytes(CSR_COLUMN, rowOf(of), sealedCsr) : sealedCsr;
}

/** The key is kept sealed before the certificate is asked for: a crash in between must not leave a certificate nobody can use or name. */
export async function obtainKey(
  deps: ActivityDeps,
  signer: Signer,
  contractId: string,
  party: SignerName = 'APPLICANT',
  list?: Uint8Array,
): Promise<OneTimeKey> {
  const of = { contractId, party };
  const fresh = createApplicantSigningRequest(signer);
  const cipher = await deps.vault.of(deps.db, signer.applicationId);
  const kept = await keepSigningKey(deps.db, of, {
    sealedKey: cipher.sealJson(KEY_COLUMN, rowOf(of), fresh.keyPair),
    sealedCsr: cipher.sealBytes(CSR_COLUMN, rowOf(of), fresh.csr),
  });
  if (kept.sealedKey === null) throw finalFailure('SIGNING_KEY_DESTROYED');
  const pair = cipher.openJson(KEY_COLUMN, rowOf(of), kept.sealedKey, (value) =>
    z.object({ privateKey: z.string(), publicKey: z.string() }).parse(value),
  );
  const csr = csrOf(cipher, of, kept);
  const judged = list === undefined ? of : { ...of, list };
  const certificate = await issue(deps, signer.applicationId, judged, csr);
  return { ...pair, certificate };
}

export interface RevokeInput {
  readonly applicationId: string;
  /** Null: the application's own, whichever it is. */
  readonly contractId: string | null;
}

/** Takes back the certificate of every signer who was given one. */
export async function revokeCertificate(
  deps: ActivityDeps,
  { applicationId, contractId: named }: RevokeInput,
): Promise<void> {
  const contractId = named ?? (await readContract(deps.db, applicationId))?.id;
  if (contractId === undefined) return;
  const parties = await signersWithKeys(deps.db, contractId);
  for (const party of parties) await revokeOne(deps, applicationId, { contractId, party });
  if (parties.length > 0) await destroySigningKey(deps.db, contractId);
}

/**
 * A certificate that was asked for but never answered may exist all the same, so the question is asked again under its
 * number first: what landed and timed out is undone too.
 */
async function revokeOne(deps: ActivityDeps, applicationId: string, of: SignerOf): Promise<void> {
  const key = await readSigningKey(deps.db, of);
  if (key === undefined) return;
  const cipher = await deps.vault.of(deps.db, applicationId);
  const known = await readCertificate(deps.db, of);
  const { serial } = known ?? (await issue(deps, applicationId, of, csrOf(cipher, of, key)));
  const step = `sign:revoke:${rowOf(of)}`;
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
  await markRevoked(deps.db, of);
}
