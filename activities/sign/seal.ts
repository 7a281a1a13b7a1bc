/** Seals the contract: the signature of everybody who signs, the lender's seal, and a third party's word on when. */
import type { Actor } from '../../domain/journey.ts';
import { payoutOfOffer } from '../../domain/offer.ts';
import { loadForm, lockApplication } from '../../db/queries/apply.ts';
import { markSigned, readContract, type StoredContract } from '../../db/queries/contract.ts';
import { createPayout, hasPayoutOfAnotherContract } from '../../db/queries/disburse.ts';
import { advance } from '../../db/queries/journey.ts';
import { latestOffer } from '../../db/queries/offer.ts';
import { destroySigningKey, storeSignature } from '../../db/queries/sign.ts';
import type { SignerName } from '../../db/schema/papers.ts';
import { createSm3, sm3 } from '../../platform/crypto/sm3.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, placed } from '../failures.ts';
import { isGateShut } from '../gates.ts';
import { derivedUuid } from '../idempotency.ts';
import { requestNumber } from '../outside.ts';
import type { Placed } from '../outcomes.ts';
import { obtainKey } from './certificate.ts';
import { checkCoSigner } from './co-signer-identity.ts';
import { type CoSigner, coSignersOf } from '../co-signers.ts';
import { assertOrder } from './order.ts';
import { listAtSigning } from './revocation-list.ts';
import { sealDigest } from './lender-sign.ts';
import { recordSealed, sealForReaders, type SealedPaper } from './seal-paper.ts';
import { judgeCertificate, signDigest, type Signer, verifyContractSignature } from './sealing.ts';
import { stampOnce } from '../stamps.ts';

export interface SealInput {
  readonly applicationId: string;
  readonly contractId: string;
  /** What the applicant has seen and signs, as the act of signing names it. */
  readonly digestSm3: string;
  /** The applicant who signs; the move to DISBURSE is theirs. */
  readonly actor: Actor;
  readonly cause: string;
  /** Instant by the workflow's clock, ISO. */
  readonly at: string;
}

/** Each signs with a key made for this one signature; nothing is stored that both implementations do not accept. */
async function signAs(
  deps: ActivityDeps,
  contract: StoredContract,
  signer: Signer,
  { party, by }: { readonly party: SignerName; readonly by: string },
): Promise<Buffer> {
  const { list: crl, keep } = await listAtSigning(deps, contract.id);
  const key = await obtainKey(deps, signer, contract.id, party, crl);
  const digest = Buffer.from(contract.sm3, 'hex');
  const { chainPem } = key.certificate;
  const under = { chainPem, rootsPem: deps.caRootsPem, at: new Date(), crl, signer };
  // Nobody signs under a certificate that is not good: the key of one signature must not be spent on it.
  const certificate = judgeCertificate(under);
  if (!certificate.ok) throw finalFailure(`SIGNATURE_${certificate.reason}`);
  const signature = signDigest(key.privateKey, digest);
  const verdict = verifyContractSignature({ ...under, digest, signature });
  if (!verdict.ok) throw finalFailure(`SIGNATURE_${verdict.reason}`);
  const { publicKey } = key;
  const stored = await storeSignature(deps.db, {
    contractId: contract.id,
    party,
    publicKey,
    digestSm3: contract.sm3,
    signature,
    signedBy: by,
  });
  await keep();
  return stored;
}

async function sealAsLender(deps: ActivityDeps, contract: StoredContract): Promise<Buffer> {
  const digest = Buffer.from(contract.sm3, 'hex');
  const { signature, publicKey } = await sealDigest(deps, digest);
  return await storeSignature(deps.db, {
    contractId: contract.id,
    party: 'LENDER',
    publicKey,
    digestSm3: contract.sm3,
    signature,
    signedBy: deps.lender.uscc,
  });
}

/** Refuses to sign anything but the stored PDF whose digest the applicant confirmed. */
async function readSignable(
  deps: ActivityDeps,
  input: SealInput,
): Promise<{ readonly contract: StoredContract; readonly pdf: Buffer }> {
  const contract = await readContract(deps.db, input.applicationId);
  if (contract === undefined || contract.id !== input.contractId)
    throw finalFailure('NO_SUCH_CONTRACT');
  const cipher = await deps.vault.of(deps.db, input.applicationId);
  const pdf = await deps.objects.get(contract.objectKey, cipher);
  if (sm3(pdf).toString('hex') !== contract.sm3) throw finalFailure('CONTRACT_BYTES_DIFFER');
  return { contract, pdf };
}

/** Every part is stored as it is made, so that an attempt after a crash goes on where the last one stopped. */
export async function sealContract(deps: ActivityDeps, input: SealInput): Promise<Placed> {
  const { applicationId } = input;
  const { contract, pdf } = await readSignable(deps, input);
  const cipher = await deps.vault.of(deps.db, applicationId);
  const form = await loadForm(deps.db, cipher, applicationId);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  let sealed: SealedPaper | null = null;
  if (contract.state === 'READY') {
    try {
      await signAll(deps, contract, { name: form.identity.name, applicationId }, input);
      sealed = await sealForReaders(deps, contract, pdf, applicationId);
    } catch (error) {
      // An attempt whose time ran out may run on, seal the contract and destroy the key: what it made stands.
      if ((await readContract(deps.db, applicationId))?.state !== 'SIGNED') throw error;
    }
  }
  return await finish(deps, input, contract, { card: form.loan.bankCardNumber, sealed });
}

async function signAll(
  deps: ActivityDeps,
  contract: StoredContract,
  signer: Signer,
  { actor, cause }: SealInput,
): Promise<void> {
  await assertOrder(deps, contract, cause);
  // Made when the contract was drawn up, unless the authority was away then.
  await stampOnce(deps, contract.id, 'BEFORE', Buffer.from(contract.sm3, 'hex'));
  const coSigners = await signedCoSigners(deps, contract, signer);
  const all = createSm3();
  const own = { party: 'APPLICANT', by: actor.subject } as const;
  all.update(await signAs(deps, contract, signer, own));
  for (const { party, subject, person } of coSigners) {
    const beside = { name: person.name, applicationId: signer.applicationId };
    all.update(await signAs(deps, contract, beside, { party, by: subject }));
  }
  all.update(await sealAsLender(deps, contract));
  await stampOnce(deps, contract.id, 'AFTER', all.digest());
}

/**
 * Everybody beside the borrower: each has said that they sign, and is whom they were named as.
 * @throws a final failure PARTY_MISSING, CO_SIGNER_IDENTITY_DIFFERS
 */
async function signedCoSigners(
  deps: ActivityDeps,
  contract: StoredContract,
  { applicationId }: Signer,
): Promise<readonly CoSigner[]> {
  const signers = await coSignersOf(deps, deps.db, applicationId, contract.id);
  if (signers.some(({ state }) => state !== 'SIGNED')) throw finalFailure('PARTY_MISSING');
  for (const signer of signers)
    await checkCoSigner(deps, applicationId, { contractId: contract.id, signer });
  return signers;
}

/** Signed, ready to be paid, and moved on in one transaction. */
async function finish(
  deps: ActivityDeps,
  input: SealInput,
  contract: StoredContract,
  { card, sealed }: { readonly card: string; readonly sealed: SealedPaper | null },
): Promise<Placed> {
  const { applicationId, actor, cause, at } = input;
  return await deps.db.transaction().execute(async (tx) => {
    const application = await lockApplication(tx, applicationId);
    const offer = await latestOffer(tx, applicationId);
    if (application === undefined) throw finalFailure('NOT_FOUND');
    if (offer === undefined) throw finalFailure('NO_SUCH_OFFER');
    const cipher = await deps.vault.of(tx, applicationId);
    await destroySigningKey(tx, contract.id);
    if (sealed !== null) await recordSealed(tx, contract.id, sealed);
    await markSigned(tx, contract.id, new Date(at));
    const payoutId = derivedUuid(contract.id, 'payout:1');
    // The number of a payout that was cancelled with its contract is spent, and never sent with other terms.
    const { principalFen, advancedFen } = payoutOfOffer(offer.offer, 1);
    const again = await hasPayoutOfAnotherContract(tx, applicationId, contract.id);
    await createPayout(tx, {
      id: payoutId,
      applicationId,
      contractId: contract.id,
      attempt: 1,
      requestNo: requestNumber(applicationId, again ? `payout:1:${contract.id}` : 'payout:1'),
      amountFen: advancedFen,
      part: { tranche: 1, principalFen },
      sealedAccount: cipher.sealJson('payouts.sealed_account', payoutId, { card }),
      state: 'READY',
      retry: null,
    });
    const move = {
      applicationId,
      from: 'SIGN',
      to: 'DISBURSE',
      actor,
      reason: 'CONTRACT_SIGNED',
      cause,
    } as const;
    const waits = await isGateShut(tx, applicationId, application.round, 'MONEY');
    const pending = waits ? 'CONDITIONS' : 'PAYOUT_RELEASE';
    return placed(await advance(tx, { ...move, pending }), 'DISBURSE', pending);
  });
}
