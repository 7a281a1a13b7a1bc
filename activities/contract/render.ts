/** Draws up the contract with its cost disclosure and schedule: gathers the data, draws, stores, and moves the loan on to signing. */
import type { PersonApplication } from '../../domain/apply.ts';
import { authorisationText } from '../../domain/authorisation.ts';
import { coSignerFault } from '../../domain/co-signing.ts';
import { type ContractData, contractFaults, PURPOSE_ZH } from '../../domain/contract.ts';
import { disclosureFaults } from '../../domain/disclosure.ts';
import { SYSTEM } from '../../domain/journey.ts';
import { scheduleFees } from '../../domain/product-schedule.ts';
import type { Template } from '../../domain/template.ts';
import { needsDualRecording } from '../../domain/products.ts';
import { loadForm } from '../../db/queries/apply.ts';
import { openParties } from '../../db/queries/co-signers.ts';
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
import { readNamed } from '../co-signers.ts';
import { finalFailure, placed } from '../failures.ts';
import { passGate } from '../gates.ts';
import { derivedUuid } from '../idempotency.ts';
import type { Placed } from '../outcomes.ts';
import { type Pinned, pinnedOf } from '../pinned.ts';
import { stampOffered } from '../stamps.ts';
import { policyFor } from '../rulebooks.ts';
import { renderContractPdf, renderDisclosurePdf, renderSchedulePdf } from './contract-document.ts';
import type { AuthorisationAnnex, ContractPaper } from './contract-paper.ts';
import { type DrawnPaper, drawn, putPapers, recordPaper } from './paper-store.ts';
import { templateFor, templateName } from './templates.ts';

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
  readonly coSigners: Awaited<ReturnType<typeof readNamed>>;
}

/** The contract as data, from the accepted offer and nothing else that has a price. */
function contractData(
  deps: ActivityDeps,
  parts: Parts,
  input: RenderInput,
  templateVersion: number,
): ContractData {
  const { pinned, form, offer: stored, authorisation } = parts;
  const { offer } = stored;
  const { identity, loan } = form;
  return {
    contractNumber: `XD${input.on.replaceAll('-', '')}${sm3Hex(stored.id).slice(0, 10).toUpperCase()}`,
    templateVersion,
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

function contractPaper(
  deps: ActivityDeps,
  parts: Parts,
  input: RenderInput,
  templateVersion: number,
): ContractPaper {
  const { offer } = parts.offer;
  const { product } = parts.pinned.rules;
  return {
    contract: contractData(deps, parts, input, templateVersion),
    createdAt: input.at,
    productZh: product.zh,
    dayCount: product.dayCount,
    plannedPayoutDate: offer.startDate,
    advancedFen: offer.schedule.totals.advancedFen,
    authorisation: annexOf(parts.authorisation, parts.form),
    coSigners: parts.coSigners,
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
  const coSigners = await readNamed(deps, applicationId);
  // The form may have been filled in after they were named.
  const persons = coSigners.map(({ person }) => person);
  if (coSignerFault(persons, form.identity, pinned.day) !== null)
    throw finalFailure('CO_SIGNERS_UNFIT');
  return { pinned, form, offer, authorisation, coSigners };
}

/** The three papers of a contract, with its template's version inside the contract's data. */
interface ContractPapers {
  readonly contract: DrawnPaper;
  readonly disclosure: DrawnPaper & { readonly minReadSeconds: number };
  readonly schedule: DrawnPaper;
}

/** What is charged and not on the form, or stated otherwise, stops the contract (金规〔2026〕2号). */
function assertDisclosed({ pinned, offer: { offer } }: Parts): void {
  const [found] = disclosureFaults(offer, scheduleFees(pinned.rules.product, offer.amountFen));
  if (found !== undefined) throw finalFailure(found.code);
}

async function drawPapers(
  deps: ActivityDeps,
  parts: Parts,
  paper: ContractPaper,
  template: Template,
): Promise<ContractPapers> {
  const { pinned, offer: stored } = parts;
  const { cap } = stored.offer;
  const minReadSeconds = policyFor(pinned.rules, pinned.day)('offer.costReadSeconds');
  const capNote = `按适用规则计算的年化成本为${cap.rate}%，未超过${cap.cap}%的上限。`;
  const disclosure = await templateFor(deps.db, 'COST_DISCLOSURE');
  const schedule = await templateFor(deps.db, 'REPAYMENT_SCHEDULE');
  const id = derivedUuid(stored.id, 'contract');
  const named = (kind: DrawnPaper['kind'], role: string, suffix: string, from: Template) => ({
    id: derivedUuid(id, role),
    kind,
    objectKey: `contracts/${id}${suffix}.pdf`,
    template: templateName(from),
  });
  const reading = { minReadSeconds, capNote };
  return {
    contract: {
      ...named('CONTRACT', 'document', '', template),
      pdf: await drawn(() => renderContractPdf(paper, deps.fonts, template)),
    },
    disclosure: {
      ...named('DISCLOSURE', 'disclosure', '-disclosure', disclosure),
      pdf: await drawn(() => renderDisclosurePdf(paper, reading, deps.fonts, disclosure)),
      minReadSeconds,
    },
    schedule: {
      ...named('REPAYMENT_SCHEDULE', 'schedule', '-schedule', schedule),
      pdf: await drawn(() => renderSchedulePdf(paper, deps.fonts, schedule)),
    },
  };
}

const printsCoSigners = ({ blocks }: Template): boolean =>
  blocks.some((block) => block.kind === 'lines' && block.list === 'coSigners');

/** The same offer gives the same contract: a second attempt stores the same bytes under the same keys. */
export async function renderContract(deps: ActivityDeps, input: RenderInput): Promise<Placed> {
  const { applicationId } = input;
  const parts = await gather(deps, applicationId);
  const known = await readContract(deps.db, applicationId);
  const template = await templateFor(deps.db, 'CONTRACT', known?.template ?? null);
  // A template from before co-signers would bind them to a paper that does not name them.
  if (parts.coSigners.length > 0 && !printsCoSigners(template))
    throw finalFailure('TEMPLATE_WITHOUT_CO_SIGNERS');
  const paper = contractPaper(deps, parts, input, template.version);
  if (contractFaults(paper.contract, parts.offer.offer).length > 0)
    throw finalFailure('CONTRACT_DIFFERS_FROM_OFFER');
  assertDisclosed(parts);
  const papers = await drawPapers(deps, parts, paper, template);
  const all = [papers.contract, papers.disclosure, papers.schedule];
  if (known === undefined) await putPapers(deps, applicationId, all);
  const placement = await store(deps, input, papers, {
    offerId: parts.offer.id,
    number: paper.contract.contractNumber,
    coSigners: parts.coSigners,
  });
  await stampOffered(deps, derivedUuid(parts.offer.id, 'contract'), sm3Hex(papers.contract.pdf));
  return placement;
}

/** The papers, the contract and the move on to signing, in one transaction. */
async function store(
  deps: ActivityDeps,
  { applicationId, expectedVersion }: RenderInput,
  { contract, disclosure, schedule }: ContractPapers,
  of: Pick<Parts, 'coSigners'> & { readonly offerId: string; readonly number: string },
): Promise<Placed> {
  const { offerId, number, coSigners } = of;
  const id = derivedUuid(offerId, 'contract');
  return await deps.db.transaction().execute(async (tx) => {
    for (const one of [contract, disclosure, schedule]) await recordPaper(tx, applicationId, one);
    await storeContract(tx, {
      id,
      applicationId,
      offerId,
      number,
      documentId: contract.id,
      sm3: sm3Hex(contract.pdf),
      disclosure: {
        documentId: disclosure.id,
        sm3: sm3Hex(disclosure.pdf),
        minReadSeconds: disclosure.minReadSeconds,
      },
      scheduleDocumentId: schedule.id,
    });
    const turns = coSigners.map(({ id: coSignerId, position, role }) => {
      return {
        id: derivedUuid(id, `party:${position}`),
        contractId: id,
        coSignerId,
        position,
        role,
      };
    });
    await openParties(tx, turns);
    const moved = await advance(tx, {
      applicationId,
      from: 'CONTRACT',
      to: 'SIGN',
      actor: SYSTEM,
      reason: 'CONTRACT_READY',
      cause: `contract.render:${offerId}`,
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
