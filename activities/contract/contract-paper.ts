/**
 * What the contract's paper is made of: the contract as data (domain/contract.ts) and the few things it refers to, the
 * check that they agree, and the figures that follow from them.
 */
import type { LetterParagraph } from '../../domain/authorisation.ts';
import type { CoSignerPerson, CoSignerRole } from '../../domain/co-signing.ts';
import type { ContractData } from '../../domain/contract.ts';
import type { DayCount } from '../../domain/loan-terms.ts';
import { addFen, type Fen, subtractFen, sumFen } from '../../domain/money.ts';
import type { CostItem } from '../../domain/offer.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';

/** The annex: the credit authorisation as the applicant was shown it and agreed to it. */
export interface AuthorisationAnnex {
  /** The letter's paragraphs, its title first: `authorisationText` of domain/authorisation.ts. */
  readonly paragraphs: readonly LetterParagraph[];
  /** When it was agreed to: an ISO instant. */
  readonly agreedAt: string;
}

export interface ContractPaper {
  readonly contract: ContractData;
  /** When the paper is made: an ISO instant, kept as the creation date of the file. */
  readonly createdAt: string;
  /** Name of the product, e.g. `个人信用贷款`. */
  readonly productZh: string;
  readonly dayCount: DayCount;
  /** The day of payout that the schedule is reckoned from (`Offer.startDate`), `YYYY-MM-DD`. */
  readonly plannedPayoutDate: string;
  /** What the borrower receives (`schedule.totals.advancedFen`): the principal less fees taken at payout. */
  readonly advancedFen: Fen;
  readonly authorisation: AuthorisationAnnex;
  /** Who signs beside the borrower, in their order; nobody where it is absent. */
  readonly coSigners?: readonly CoSignerOnPaper[];
}

export interface CoSignerOnPaper {
  readonly role: CoSignerRole;
  readonly person: CoSignerPerson;
}

/**
 * - `TEMPLATE_UNKNOWN`: the contract pins another version of the template than it is to be drawn from.
 * - `PRINCIPAL_DIFFERS`: the schedule repays another amount than is lent.
 * - `COST_NOT_DISCLOSED`: what the borrower is to pay differs from what the cost disclosure lists.
 * - `CONTINGENT_COST_MISSING`: the disclosure does not say what overdue, misuse or prepayment costs.
 * - `AUTHORISATION_DIFFERS`: the letter to annex is not the text whose digest the applicant agreed to.
 * - `CARD_INVALID`: the payout card is not 13 to 19 digits.
 * - `DATE_INVALID`: a date cannot be read.
 */
export type ContractPaperProblem =
  | 'TEMPLATE_UNKNOWN'
  | 'PRINCIPAL_DIFFERS'
  | 'COST_NOT_DISCLOSED'
  | 'CONTINGENT_COST_MISSING'
  | 'AUTHORISATION_DIFFERS'
  | 'CARD_INVALID'
  | 'DATE_INVALID';

/** Raised instead of printing a contract whose parts contradict one another. Holds no personal data. */
export class ContractPaperError extends Error {
  override readonly name = 'ContractPaperError';
  readonly code: ContractPaperProblem;

  constructor(code: ContractPaperProblem) {
    super(`The contract cannot be printed: ${code}.`);
    this.code = code;
  }
}

/** The sums of a schedule; `feeFen` includes fees taken at payout. */
export interface ContractTotals {
  readonly principalFen: Fen;
  readonly interestFen: Fen;
  readonly feeFen: Fen;
  readonly paymentFen: Fen;
}

export function totalsOf(paper: ContractPaper): ContractTotals {
  const { instalments, amountFen } = paper.contract;
  const atPayout = subtractFen(amountFen, paper.advancedFen);
  return {
    principalFen: sumFen(instalments.map((one) => one.principalFen)),
    interestFen: sumFen(instalments.map((one) => one.interestFen)),
    feeFen: addFen(atPayout, sumFen(instalments.map((one) => one.feeFen))),
    paymentFen: sumFen(instalments.map((one) => one.paymentFen)),
  };
}

/** The contingent cost of that code. @throws ContractPaperError CONTINGENT_COST_MISSING */
export function contingentCost(
  contract: ContractData,
  code: 'OVERDUE' | 'MISUSE' | 'EARLY_SETTLEMENT',
): CostItem {
  const item = contract.disclosure.contingent.find((one) => one.code === code);
  if (item === undefined) throw new ContractPaperError('CONTINGENT_COST_MISSING');
  return item;
}

/** All that the borrower pays beyond the principal, according to the disclosure. */
function disclosedCostFen(contract: ContractData): Fen {
  const amounts = contract.disclosure.normal.map((item) => item.amountFen);
  return sumFen(amounts.filter((amount) => amount !== null));
}

function datesOf({ contract, ...paper }: ContractPaper): readonly string[] {
  const due = contract.instalments.map((one) => one.dueDate);
  const { createdAt, plannedPayoutDate, authorisation } = paper;
  return [createdAt, plannedPayoutDate, authorisation.agreedAt, contract.signingDate, ...due];
}

function problemOf(paper: ContractPaper): ContractPaperProblem | null {
  const { contract } = paper;
  const totals = totalsOf(paper);
  const principals = [totals.principalFen, contract.disclosure.principalFen];
  if (principals.some((principal) => principal !== contract.amountFen)) return 'PRINCIPAL_DIFFERS';
  const costFen = addFen(totals.interestFen, totals.feeFen);
  if (costFen !== disclosedCostFen(contract)) return 'COST_NOT_DISCLOSED';
  if (!/^\d{13,19}$/.test(contract.payoutCard)) return 'CARD_INVALID';
  if (datesOf(paper).some((date) => Number.isNaN(Date.parse(date)))) return 'DATE_INVALID';
  const letter = paper.authorisation.paragraphs.map((paragraph) => paragraph.text).join('\n');
  return sm3Hex(letter) === contract.authorisationHash ? null : 'AUTHORISATION_DIFFERS';
}

/**
 * Refuses a paper whose parts disagree. A cost that is not on the disclosure form may not be charged (regulation.md §1.2,
 * 金规〔2026〕2号), so it stops the contract. That the contract says what was offered is `contractFaults`' business.
 * @throws ContractPaperError
 */
export function assertContractPaper(paper: ContractPaper): void {
  const problem = problemOf(paper);
  if (problem !== null) throw new ContractPaperError(problem);
}
