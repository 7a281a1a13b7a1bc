/** The loan contract as data: what the paper states, and the rule that it states what was offered. */
import type { LenderType, RepaymentMethod } from './loan-terms.ts';
import { type Fen, sumFen } from './money.ts';
import type { CostDisclosure, Offer } from './offer.ts';
import type { AnnualRate } from './rates.ts';
import type { Instalment } from './schedule.ts';

export interface ContractParty {
  readonly name: string;
  /** Identity number of a person, unified social credit code of a lender. */
  readonly identifier: string;
  readonly address: string;
  readonly phone: string;
}

/** Everything the contract's text is made of. Contains personal data: stored encrypted, never logged. */
export interface ContractData {
  readonly contractNumber: string;
  /** Version of the text template. */
  readonly templateVersion: number;
  readonly lender: ContractParty;
  readonly lenderType: LenderType;
  readonly borrower: ContractParty;
  readonly amountFen: Fen;
  readonly termMonths: number;
  readonly method: RepaymentMethod;
  readonly annualRate: AnnualRate;
  readonly purposeZh: string;
  /** Card the money is paid to. */
  readonly payoutCard: string;
  readonly instalments: readonly Instalment[];
  readonly disclosure: CostDisclosure;
  readonly authorisationId: string;
  /** SM3 of the authorisation letter, hex. */
  readonly authorisationHash: string;
  readonly signingDate: string;
  readonly dualRecording: boolean;
}

export type ContractFault =
  | 'AMOUNT'
  | 'RATE'
  | 'SCHEDULE'
  | 'TERM'
  | 'METHOD'
  | 'COST_NOT_DISCLOSED';

/** Purposes as the contract prints them. */
export const PURPOSE_ZH: Readonly<Record<string, string>> = {
  RENOVATION: '房屋装修',
  EDUCATION: '教育培训',
  MEDICAL: '医疗',
  TRAVEL: '旅游',
  DURABLES: '购买大宗耐用消费品',
  WEDDING: '婚庆',
  BUSINESS: '经营周转',
  OTHER: '其他个人消费',
};

/**
 * What a contract states differently from the accepted offer; empty when it may be signed. A cost in the schedule that
 * the disclosure does not list blocks signing (regulation.md §1.2).
 */
export function contractFaults(contract: ContractData, offer: Offer): readonly ContractFault[] {
  const principal = sumFen(contract.instalments.map((i) => i.principalFen));
  const costs = sumFen(contract.instalments.flatMap((i) => [i.interestFen, i.feeFen]));
  const disclosed = sumFen(
    contract.disclosure.normal.flatMap((i) => (i.amountFen === null ? [] : [i.amountFen])),
  );
  const sameSchedule =
    contract.instalments.length === offer.schedule.instalments.length &&
    contract.instalments.every((instalment, i) => {
      const offered = offer.schedule.instalments[i];
      return (
        offered !== undefined &&
        offered.dueDate === instalment.dueDate &&
        offered.principalFen === instalment.principalFen &&
        offered.interestFen === instalment.interestFen &&
        offered.feeFen === instalment.feeFen
      );
    });
  const checks: readonly (readonly [boolean, ContractFault])[] = [
    [contract.amountFen === offer.amountFen && principal === offer.amountFen, 'AMOUNT'],
    [contract.annualRate === offer.annualRate, 'RATE'],
    [contract.termMonths === offer.termMonths, 'TERM'],
    [contract.method === offer.method, 'METHOD'],
    [sameSchedule, 'SCHEDULE'],
    [costs <= disclosed, 'COST_NOT_DISCLOSED'],
  ];
  return checks.filter(([holds]) => !holds).map(([, code]) => code);
}
