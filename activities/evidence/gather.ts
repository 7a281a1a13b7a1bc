/** Gathers what an evidence bundle is made of from the record, opened for whom the bundle is made. */
import { z } from 'zod';
import { loadDeviceTrail } from '../../db/queries/apply.ts';
import { readDecisionRecord } from '../../db/queries/decide.ts';
import {
  readChains,
  readConsentRecords,
  readDecisions,
  type readEvidenceBundle,
  readOtherPapers,
  readSealedRecordings,
  readSealing,
  readSignedContract,
  signingActs,
} from '../../db/queries/evidence.ts';
import { partiesOf } from '../../db/queries/co-signers.ts';
import { signingIntentsOf } from '../../db/queries/signing.ts';
import { readVerificationRequests } from '../../db/queries/verifications.ts';
import { openAuthorisationText } from '../../db/queries/verify.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { partyName } from '../../domain/co-signing.ts';
import type { EvidenceIntent } from '../../domain/evidence.ts';
import { allFromPem, toPem } from '../../platform/crypto/pem.ts';
import { createSm3, sm3Hex } from '../../platform/crypto/sm3.ts';
import type { SubjectCipher } from '../../platform/crypto/subject-cipher.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, overTheBorder } from '../failures.ts';
import { cancellationSignal } from '../signal.ts';
import { auditExcerpt } from './audit-excerpt.ts';
import type { EvidenceMaterial } from './material.ts';

export type EvidenceDeps = Pick<
  ActivityDeps,
  | 'db'
  | 'vault'
  | 'objects'
  | 'ports'
  | 'lender'
  | 'lenderSeal'
  | 'caRootsPem'
  | 'tsaCertificatesPem'
  | 'auditPublicKeys'
>;

type Bundle = NonNullable<Awaited<ReturnType<typeof readEvidenceBundle>>>;
type Contract = NonNullable<Awaited<ReturnType<typeof readSignedContract>>>;

const MADE_BY = 'xindai 0.1.0';
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
const termsForm = z.object({ acts: z.array(z.string()).default([]) });

/** Signatures and stamps, in an order of which the second stamp is proof. */
async function sealingOf(deps: EvidenceDeps, contract: Contract, cipher: SubjectCipher) {
  const { signatures, timestamps } = await readSealing(deps.db, contract.id);
  const stampOf = (moment: string) => timestamps.find((one) => one.moment === moment);
  const [before, after] = [stampOf('BEFORE'), stampOf('AFTER')];
  if (before === undefined || after === undefined) throw finalFailure('TIMESTAMP_MISSING');
  const covered = createSm3();
  for (const { signature } of signatures) covered.update(signature);
  if (covered.digest('hex') !== after.imprint_sm3) throw finalFailure('TIMESTAMP_COVERS_OTHERS');
  const chains = await readChains(deps.db, contract.id);
  const chainOf = (party: string): readonly string[] => {
    const kept = chains.find((one) => one.party === party);
    if (kept === undefined) return [];
    const row = kept.party === 'APPLICANT' ? contract.id : `${contract.id}/${kept.party}`;
    const pem = cipher.openBytes('certificates.sealed_chain', row, kept.sealed_chain);
    return allFromPem('CERTIFICATE', pem.toString('utf8')).map((der) => toPem('CERTIFICATE', der));
  };
  return {
    tokens: { before: before.reply, after: after.reply },
    signatures: signatures.map((one) => ({
      party: one.party,
      digestSm3: one.digest_sm3,
      signature: one.signature,
      publicKey: one.public_key,
      at: one.at.toISOString(),
      chainPem: chainOf(one.party),
    })),
  };
}

/** The list kept at signing; for a contract from before lists were kept, the authority's present one. */
async function revocationListOf(deps: EvidenceDeps, contract: Contract): Promise<Buffer> {
  return (
    contract.revocation_list ?? (await overTheBorder(() => deps.ports.ca.crl(cancellationSignal())))
  );
}

async function consentsOf(deps: EvidenceDeps, applicationId: string, cipher: SubjectCipher) {
  const { authorisations, ledger } = await readConsentRecords(deps.db, applicationId);
  return {
    authorisations: authorisations.map((row) => ({
      id: row.id,
      templateVersion: row.template_version,
      state: row.state,
      textSm3: row.text_sm3,
      words: openAuthorisationText(cipher, { id: row.id, sealedText: row.sealed_text }),
      acts: termsForm.parse(row.terms).acts,
      agreedAt: iso(row.agreed_at),
      validUntil: iso(row.valid_until),
    })),
    ledger: ledger.map((row) => ({
      authorisationId: row.authorisation_id,
      purpose: row.purpose,
      act: row.act,
      textSm3: row.text_sm3,
      at: row.at.toISOString(),
    })),
  };
}

/** Decisions by their digests, and the records themselves for staff. */
async function decisionsOf(deps: EvidenceDeps, bundle: Bundle, cipher: SubjectCipher) {
  const { application_id: applicationId, audience } = bundle;
  const rows = await readDecisions(deps.db, applicationId);
  const opened = [];
  for (const row of rows) {
    const record =
      audience === 'STAFF'
        ? await readDecisionRecord(deps.db, cipher, applicationId, row.round)
        : undefined;
    opened.push({
      round: row.round,
      outcome: row.outcome,
      recordSm3: row.record_sm3,
      inputSm3: row.input_sm3,
      at: row.at.toISOString(),
      text: record?.text ?? null,
    });
  }
  return opened;
}

const shownForm = z.object({ digestSm3: z.string() });

const momentForm = z.object({
  pages: z.array(z.object({ page: z.number(), dwellMs: z.number() })),
  device: z.string().nullable(),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
});

type Intent = Awaited<ReturnType<typeof signingIntentsOf>>[number];

function provedBy(cipher: SubjectCipher, intent: Intent): NonNullable<EvidenceIntent['signing']> {
  const moment = cipher.openJson(
    'signing_intents.sealed_intent',
    intent.act_key,
    intent.sealed_intent,
    (value) => momentForm.parse(value),
  );
  return {
    digestSm3: intent.digest_sm3,
    codeSentAt: intent.code_sent_at.toISOString(),
    confirmedAt: intent.at.toISOString(),
    codeTries: intent.code_tries,
    ...moment,
  };
}

/** The last intent that a code of the borrower's proved, and the one under which each co-signer's signature was admitted. */
async function signingOf(
  deps: EvidenceDeps,
  contractId: string,
  cipher: SubjectCipher,
): Promise<Pick<EvidenceIntent, 'signing' | 'coSigners'>> {
  const intents = await signingIntentsOf(deps.db, contractId);
  const last = intents.findLast((one) => one.party_id === null);
  const turns = await partiesOf(deps.db, contractId);
  return {
    signing: last === undefined ? null : provedBy(cipher, last),
    coSigners: turns.map((turn) => {
      const intent = intents.find((one) => one.act_key === turn.answered_cause);
      return {
        party: partyName(turn.role, turn.position),
        provedAt: iso(turn.proved_at),
        signing: intent === undefined ? null : provedBy(cipher, intent),
      };
    }),
  };
}

/** What is on record of the moment of signing; no secret is. */
async function intentOf(
  deps: EvidenceDeps,
  contract: Contract,
  cipher: SubjectCipher,
): Promise<EvidenceIntent> {
  const { application_id: applicationId } = contract;
  const acts = await signingActs(deps.db, applicationId, contract.id, contract.owner_subject);
  const signing = acts.findLast(({ action }) => action === 'contract.sign');
  const asked = acts.findLast(({ origin }) => origin !== null);
  const trail = await loadDeviceTrail(deps.db, cipher, applicationId);
  return {
    shownSm3: shownForm.safeParse(signing?.detail).data?.digestSm3 ?? null,
    signedSm3: contract.sm3,
    signedAt: iso(contract.signed_at),
    origin: asked?.origin ?? null,
    requestId: asked?.request_id ?? null,
    identityChecks: await readVerificationRequests(deps.db, applicationId),
    device:
      trail === null
        ? null
        : {
            trailSm3: sm3Hex(canonicalJson(trail)),
            dwellMs: Object.fromEntries(
              (trail.pages ?? []).map(({ page, dwellMs }) => [String(page), dwellMs]),
            ),
          },
    ...(await signingOf(deps, contract.id, cipher)),
    acts: acts.map(({ action, at, id }) => ({ action, at: at.toISOString(), entry: id })),
  };
}

async function papersOf(deps: EvidenceDeps, applicationId: string, cipher: SubjectCipher) {
  const rows = await readOtherPapers(deps.db, applicationId);
  return rows.map(({ kind, id, object_key: key }) => ({
    name: `${kind.toLowerCase().replaceAll('_', '-')}-${id}.pdf`,
    content: () => deps.objects.getStream(key, cipher),
  }));
}

const recordingsOf = async (deps: EvidenceDeps, contractId: string) =>
  (await readSealedRecordings(deps.db, contractId)).map((row) => ({
    id: row.id,
    state: row.state,
    manifest: row.manifest,
    signature: row.manifest_signature,
    token: row.manifest_token,
  }));

/** @throws a final failure for a contract that is not signed or whose parts do not fit together */
export async function gatherEvidence(
  deps: EvidenceDeps,
  bundle: Bundle,
  builtAt: Date,
): Promise<EvidenceMaterial> {
  const { db } = deps;
  const contract = await readSignedContract(db, bundle.contract_id);
  if (contract === undefined || contract.state !== 'SIGNED')
    throw finalFailure('CONTRACT_NOT_SIGNED');
  const { application_id: applicationId } = contract;
  const cipher = await deps.vault.of(db, applicationId);
  const sealing = await sealingOf(deps, contract, cipher);
  const consents = await consentsOf(deps, applicationId, cipher);
  const { audience } = bundle;
  return {
    bundle: {
      id: bundle.id,
      audience,
      requestedAt: bundle.requested_at,
      builtAt,
      madeBy: MADE_BY,
    },
    lender: deps.lender,
    applicationId,
    contract: {
      id: contract.id,
      number: contract.number,
      sm3: contract.sm3,
      pdf: () => deps.objects.getStream(contract.object_key, cipher),
    },
    offer: contract.offer,
    versions: audience === 'STAFF' ? contract.pinned : null,
    otherPapers: await papersOf(deps, applicationId, cipher),
    ...sealing,
    revocationList: await revocationListOf(deps, contract),
    ...consents,
    intent: await intentOf(deps, contract, cipher),
    decisions: await decisionsOf(deps, bundle, cipher),
    recordings: await recordingsOf(deps, contract.id),
    audit: await auditExcerpt(
      db,
      { applicationId, audience, ownerSubject: contract.owner_subject },
      deps.auditPublicKeys,
    ),
    trust: {
      caRootsPem: deps.caRootsPem,
      tsaCertificatesPem: deps.tsaCertificatesPem,
      sealPublicKey: await deps.lenderSeal.publicKey(),
    },
  };
}
