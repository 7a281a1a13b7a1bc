/** Draws up the contract: gathers its data, renders the PDF, stores it and moves the loan on to signing. */
import type { PersonApplication } from '../../domain/apply.ts';
import { authorisationText } from '../../domain/authorisation.ts';
import { type ContractData, contractFaults, PURPOSE_ZH } from '../../domain/contract.ts';
import { SYSTEM } from '../../domain/journey.ts';
import { needsDualRecording } from '../../domain/products.ts';
import { loadForm, recordDocument } from '../../db/queries/apply.ts';
import { readContract, storeContract, voidContracts } from '../../db/queries/contract.ts';
import { advance } from '../../db/queries/journey.ts';
import { latestOffer, type StoredOffer } from '../../db/queries/offer.ts';
import {
  type AuthorisationRecord,
  readAgreedAuthorisation,
  readAuthorisation,
} from '../../db/queries/verify.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, placed } from '../failures.ts';
import { passGate } from '../gates.ts';
import { derivedUuid } from '../idempotency.ts';
import type { Placed } from '../outcomes.ts';
import { type Pinned, pinnedOf } from '../pinned.ts';
import { renderContractPdf } from './contract-document.ts';
import {
  type AuthorisationAnnex,
  CONTRACT_TEMPLATE_VERSION,
  type ContractPaper,
  ContractPaperError,
} from './contract-paper.ts';
import { FontError } from './fonts.ts';

export interface RenderInput {
  readonly applicationId: string;
  readonly expectedVersion: number;
  /** Business date of the contract by the workflow's clock. */
  readonly on: string;
  /** Instant of the contract by the workflow's clock, ISO. */
  readonly at: string;
}

/** The letter as it was agreed to, drawn again from its terms; another text than the agreed one stops the contract. */
function annexOf(
  authorisation: AuthorisationRecord,
  { identity }: PersonApplication,
): AuthorisationAnnex {
  const { id, terms, agreedAt } = authorisation;
  if (agreedAt === null) throw finalFailure('AUTHORISATION_MISSING');
  const { paragraphs } = authorisationText({
    authorisationId: id,
    templateVersion: Number(authorisation.templateVersion),
    grantor: { name: identity.name, idNumber: identity.idNumber, mobile: identity.mobile },
    grantee: terms.grantee,
    bureaus: terms.bureaus,
    purposes: terms.purposes,
    date: terms.date,
    validityDays: terms.validityDays,
  });
  return { paragraphs, agreedAt: agreedAt.toISOString() };
}

interface Parts {
  readonly pinned: Pinned;
  readonly form: PersonApplication;
  readonly offer: StoredOffer;
  readonly authorisation: AuthorisationRecord;
}

/** The contract as data, from the accepted offer and nothing else that has a price. */
function contractData(deps: ActivityDeps, parts: Parts, input: RenderInput): ContractData {
  const { pinned, form, offer: stored, authorisation } = parts;
  const { offer } = stored;
  const { identity, loan } = form;
  return {
    contractNumber: `XD${input.on.replaceAll('-', '')}${sm3Hex(stored.id).slice(0, 10).toUpperCase()}`,
    templateVersion: CONTRACT_TEMPLATE_VERSION,
    lender: { name: deps.lender.name, identifier: deps.lender.uscc, address: '', phone: '' },
    lenderType: offer.lenderType,
    borrower: {
      name: identity.name,
      identifier: identity.idNumber,
      address: identity.address,
      phone: identity.mobile,
    },
    amountFen: offer.amountFen,
    termMonths: offer.termMonths,
    method: offer.method,
    annualRate: offer.annualRate,
    purposeZh: PURPOSE_ZH[loan.purpose] ?? loan.purpose,
    payoutCard: loan.bankCardNumber,
    instalments: offer.schedule.instalments,
    disclosure: offer.disclosure,
    authorisationId: authorisation.id,
    authorisationHash: authorisation.textSm3,
    signingDate: input.on,
    dualRecording: needsDualRecording(pinned.rules.product, offer.amountFen),
  };
}

function contractPaper(deps: ActivityDeps, parts: Parts, input: RenderInput): ContractPaper {
  const { offer } = parts.offer;
  const { product } = parts.pinned.rules;
  return {
    contract: contractData(deps, parts, input),
    createdAt: input.at,
    productZh: product.zh,
    dayCount: product.dayCount,
    plannedPayoutDate: offer.startDate,
    advancedFen: offer.schedule.totals.advancedFen,
    authorisation: annexOf(parts.authorisation, parts.form),
  };
}

async function gather(deps: ActivityDeps, applicationId: string): Promise<Parts> {
  const pinned = await pinnedOf(deps, deps.db, applicationId);
  await passGate(deps.db, pinned.application, 'CONTRACT');
  const cipher = await deps.vault.of(deps.db, applicationId);
  const form = await loadForm(deps.db, cipher, applicationId);
  const offer = await latestOffer(deps.db, applicationId);
  const agreed = await readAgreedAuthorisation(deps.db, applicationId);
  const authorisation =
    agreed === null ? undefined : await readAuthorisation(deps.db, agreed.authorisationId);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  if (offer?.state !== 'ACCEPTED') throw finalFailure('OFFER_NOT_ACCEPTED');
  if (authorisation === undefined) throw finalFailure('AUTHORISATION_MISSING');
  return { pinned, form, offer, authorisation };
}

async function render(deps: ActivityDeps, paper: ContractPaper): Promise<Buffer> {
  try {
    return await renderContractPdf(paper, deps.fonts);
  } catch (error) {
    if (error instanceof FontError || error instanceof ContractPaperError)
      throw finalFailure(error.code, error);
    throw error;
  }
}

/** The same offer gives the same contract: a second attempt stores the same bytes under the same keys. */
export async function renderContract(deps: ActivityDeps, input: RenderInput): Promise<Placed> {
  const { applicationId, expectedVersion } = input;
  const parts = await gather(deps, applicationId);
  const known = await readContract(deps.db, applicationId);
  const paper = contractPaper(deps, parts, input);
  const { contract } = paper;
  if (contractFaults(contract, parts.offer.offer).length > 0)
    throw finalFailure('CONTRACT_DIFFERS_FROM_OFFER');
  const pdf = await render(deps, paper);
  const contractId = derivedUuid(parts.offer.id, 'contract');
  const objectKey = `contracts/${contractId}.pdf`;
  if (known === undefined) {
    await deps.objects.put(objectKey, pdf, await deps.vault.of(deps.db, applicationId));
  }
  return await deps.db.transaction().execute(async (tx) => {
    const sm3 = sm3Hex(pdf);
    const documentId = derivedUuid(contractId, 'document');
    const document = {
      kind: 'CONTRACT',
      objectKey,
      sm3,
      sizeBytes: pdf.length,
      mediaType: 'application/pdf',
    } as const;
    await recordDocument(tx, { id: documentId, applicationId, ...document });
    await storeContract(tx, {
      id: contractId,
      applicationId,
      offerId: parts.offer.id,
      number: contract.contractNumber,
      documentId,
      sm3,
    });
    const moved = await advance(tx, {
      applicationId,
      from: 'CONTRACT',
      to: 'SIGN',
      actor: SYSTEM,
      reason: 'CONTRACT_READY',
      cause: `contract.render:${parts.offer.id}`,
      expectedVersion,
      pending: 'SIGNATURE',
    });
    return placed(moved, 'SIGN', 'SIGNATURE');
  });
}

/** Voids the contract of a story that ended before the money moved. */
export async function voidContract(
  deps: ActivityDeps,
  { applicationId }: { readonly applicationId: string },
): Promise<void> {
  await voidContracts(deps.db, applicationId);
}
