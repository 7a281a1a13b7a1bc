/**
 * Everything a loan contract says, as plain data: what the contract activity gathers and the document prints.
 * Money is integer fen, rates are percent a year, dates are ISO `YYYY-MM-DD` (Asia/Shanghai).
 */
import type { LetterParagraph } from '../../domain/authorisation.ts';
import type { DayCount, RepaymentMethod } from '../../domain/loan-terms.ts';
import { addFen, type Fen, fen, ZERO_FEN } from '../../domain/money.ts';
import type { AnnualRate } from '../../domain/rates.ts';
import type { Schedule } from '../../domain/schedule.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';

export interface Lender {
  readonly name: string;
  /** Unified social credit code, 18 characters. */
  readonly uscc: string;
  readonly address: string | null;
  /** The lender's own complaint line; the authority's 12378 is always printed. */
  readonly complaintPhone: string | null;
}

/** The borrower in full: a contract names its parties without masks. */
export interface Borrower {
  readonly name: string;
  readonly idNumber: string;
  readonly mobile: string;
  readonly address: string;
}

/** A fee of normal performance. `standard` is how it is reckoned, in words, e.g. `借款本金的1.00%`. */
export interface DisclosedFee {
  readonly nameZh: string;
  readonly timing: 'UPFRONT' | 'PER_INSTALMENT';
  readonly amountFen: Fen;
  readonly standard: string;
  readonly payee: string;
}

/** Costs that arise only off the schedule, in percent (regulation.md §1.2, 违约/或有成本). */
export interface ContingentRates {
  /** On top of the contract rate, on overdue principal, by actual days over 360. */
  readonly penaltyMarkupPercent: string;
  /** On top of the contract rate, on money used for another purpose. */
  readonly misuseMarkupPercent: string;
  /** Of the principal prepaid; `0` when prepayment is free. */
  readonly earlySettlementPercent: string;
}

/** The annex: the credit authorisation as the applicant was shown it and agreed to it. */
export interface AuthorisationAnnex {
  readonly id: string;
  /** SM3 (64 hexadecimal digits) of the text that was agreed to: `textHashInput` of domain/authorisation.ts. */
  readonly textSm3: string;
  /** The letter that was agreed to, its title first. */
  readonly paragraphs: readonly LetterParagraph[];
  /** When it was agreed to: ISO instant. */
  readonly agreedAt: string;
}

export interface ContractData {
  readonly number: string;
  /** When the contract was made: an ISO instant, kept as the creation date of the file. */
  readonly createdAt: string;
  /** The business date of {@link createdAt}. */
  readonly madeOn: string;
  readonly lender: Lender;
  readonly borrower: Borrower;
  readonly product: { readonly code: string; readonly version: number; readonly nameZh: string };
  /** The purpose in words, e.g. `装修`. */
  readonly purposeZh: string;
  readonly principalFen: Fen;
  readonly termMonths: number;
  readonly annualRate: AnnualRate;
  readonly method: RepaymentMethod;
  readonly dayCount: DayCount;
  /** The day of payout the schedule is reckoned from. */
  readonly plannedPayoutDate: string;
  readonly schedule: Schedule;
  readonly fees: readonly DisclosedFee[];
  readonly contingent: ContingentRates;
  /** The borrower's own account: only the last four digits are printed. */
  readonly payoutAccount: { readonly bankName: string | null; readonly lastFour: string };
  readonly authorisation: AuthorisationAnnex;
}

/**
 * - `PRINCIPAL_DIFFERS`: the schedule repays another amount than is lent.
 * - `FEE_NOT_DISCLOSED`: the schedule takes fees that the cost table does not list, or the other way round.
 * - `ACCOUNT_NOT_MASKED`: more or less than four digits of the account were given.
 * - `DATE_INVALID`: a date of the contract cannot be read.
 * - `AUTHORISATION_DIFFERS`: the letter to annex is not the text whose digest the applicant agreed to.
 */
export type ContractDataProblem =
  | 'PRINCIPAL_DIFFERS'
  | 'FEE_NOT_DISCLOSED'
  | 'ACCOUNT_NOT_MASKED'
  | 'DATE_INVALID'
  | 'AUTHORISATION_DIFFERS';

/** Raised instead of printing a contract whose parts contradict one another. Holds no personal data. */
export class ContractDataError extends Error {
  override readonly name = 'ContractDataError';
  readonly code: ContractDataProblem;

  constructor(code: ContractDataProblem) {
    super(`The contract cannot be printed: ${code}.`);
    this.code = code;
  }
}

/** What the borrower pays in fees over the whole loan according to the cost table. */
export function disclosedFeeFen(data: ContractData): Fen {
  const times = (fee: DisclosedFee): number =>
    fee.timing === 'UPFRONT' ? 1 : data.schedule.instalments.length;
  return data.fees.reduce<Fen>(
    (sum, fee) => addFen(sum, fen(fee.amountFen * times(fee))),
    ZERO_FEN,
  );
}

/**
 * Refuses a contract whose parts disagree. A fee in the schedule that is not on the disclosure form may not be charged
 * (regulation.md §1.2, 金规〔2026〕2号), so it stops the contract.
 * @throws ContractDataError
 */
export function assertContractData(data: ContractData): void {
  const { schedule } = data;
  const problem = (): ContractDataProblem | null => {
    if (schedule.totals.principalFen !== data.principalFen) return 'PRINCIPAL_DIFFERS';
    if (disclosedFeeFen(data) !== schedule.totals.feeFen) return 'FEE_NOT_DISCLOSED';
    if (!/^\d{4}$/.test(data.payoutAccount.lastFour)) return 'ACCOUNT_NOT_MASKED';
    const dates = [data.createdAt, data.authorisation.agreedAt, data.madeOn];
    if (dates.some((date) => Number.isNaN(Date.parse(date)))) return 'DATE_INVALID';
    const letter = data.authorisation.paragraphs.map((paragraph) => paragraph.text).join('\n');
    if (sm3Hex(letter) !== data.authorisation.textSm3) return 'AUTHORISATION_DIFFERS';
    return null;
  };
  const found = problem();
  if (found !== null) throw new ContractDataError(found);
}
