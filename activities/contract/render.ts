/** Draws up the contract: gathers its data, renders the PDF, stores it and moves the loan on to signing. */
import type { PersonApplication } from '../../domain/apply.ts';
import { authorisationText } from '../../domain/authorisation.ts';
import { PURPOSE_ZH } from '../../domain/contract.ts';
import { SYSTEM } from '../../domain/journey.ts';
import { type Fen, ZERO_FEN } from '../../domain/money.ts';
import { scheduleFees } from '../../domain/offer.ts';
import type { Product } from '../../domain/products.ts';
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
import { derivedUuid } from '../idempotency.ts';
import type { Placed } from '../outcomes.ts';
import { type Pinned, pinnedOf } from '../pinned.ts';
import { type AuthorisationAnnex, type ContractData, ContractDataError } from './contract-data.ts';
import { renderContractPdf } from './contract-document.ts';
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
  const { id, terms, textSm3, agreedAt } = authorisation;
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
  return { id, textSm3, paragraphs, agreedAt: agreedAt.toISOString() };
}

/** The product's fees as the cost table lists them. */
function feesOf(product: Product, principalFen: Fen): ContractData['fees'] {
  const amounts = scheduleFees(product, principalFen);
  return product.fees.map(({ code, zh, timing, percent, payee }) => {
    const amountFen = amounts.find((fee) => fee.code === code)?.amountFen ?? ZERO_FEN;
    return { nameZh: zh, timing, amountFen, standard: `借款本金的${percent}%`, payee };
  });
}

interface Parts {
  readonly pinned: Pinned;
  readonly form: PersonApplication;
  readonly offer: StoredOffer;
  readonly authorisation: AuthorisationRecord;
}

function contractData(deps: ActivityDeps, parts: Parts, input: RenderInput): ContractData {
  const { pinned, form, offer: stored, authorisation } = parts;
  const { offer } = stored;
  const { product } = pinned.rules;
  return {
    number: `XD${input.on.replaceAll('-', '')}${sm3Hex(stored.id).slice(0, 10).toUpperCase()}`,
    createdAt: input.at,
    madeOn: input.on,
    lender: { ...deps.lender, address: null, complaintPhone: null },
    borrower: {
      name: form.identity.name,
      idNumber: form.identity.idNumber,
      mobile: form.identity.mobile,
      address: form.identity.address,
    },
    product: { code: product.code, version: product.version, nameZh: product.zh },
    purposeZh: PURPOSE_ZH[form.loan.purpose] ?? form.loan.purpose,
    principalFen: offer.amountFen,
    termMonths: offer.termMonths,
    annualRate: offer.annualRate,
    method: offer.method,
    dayCount: product.dayCount,
    plannedPayoutDate: offer.startDate,
    schedule: offer.schedule,
    fees: feesOf(product, offer.amountFen),
    contingent: product.contingent,
    payoutAccount: { bankName: null, lastFour: form.loan.bankCardNumber.slice(-4) },
    authorisation: annexOf(authorisation, form),
  };
}

async function gather(deps: ActivityDeps, applicationId: string): Promise<Parts> {
  const pinned = await pinnedOf(deps, deps.db, applicationId);
  const form = await loadForm(deps.db, deps.cipher, applicationId);
  const offer = await latestOffer(deps.db, applicationId);
  const agreed = await readAgreedAuthorisation(deps.db, applicationId);
  const authorisation =
    agreed === null ? undefined : await readAuthorisation(deps.db, agreed.authorisationId);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  if (offer?.state !== 'ACCEPTED') throw finalFailure('OFFER_NOT_ACCEPTED');
  if (authorisation === undefined) throw finalFailure('AUTHORISATION_MISSING');
  return { pinned, form, offer, authorisation };
}

async function render(deps: ActivityDeps, data: ContractData): Promise<Buffer> {
  try {
    return await renderContractPdf(data, deps.fonts);
  } catch (error) {
    if (error instanceof FontError || error instanceof ContractDataError)
      throw finalFailure(error.code, error);
    throw error;
  }
}

/** The same offer gives the same contract: a second attempt stores the same bytes under the same keys. */
export async function renderContract(deps: ActivityDeps, input: RenderInput): Promise<Placed> {
  const { applicationId, expectedVersion } = input;
  const parts = await gather(deps, applicationId);
  const known = await readContract(deps.db, applicationId);
  const data = contractData(deps, parts, input);
  const pdf = await render(deps, data);
  const contractId = derivedUuid(parts.offer.id, 'contract');
  const objectKey = `contracts/${contractId}.pdf`;
  if (known === undefined) await deps.objects.put(objectKey, pdf);
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
      number: data.number,
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
