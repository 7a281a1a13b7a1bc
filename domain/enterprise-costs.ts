/**
 * The cost list of an enterprise loan (企业贷款综合融资成本清单, regulation.md §1.3): each cost as a rate a year, the sum of these
 * rates, and the one joint rate of all flows together. What the lender bears counts nothing.
 */
import type { Decimal } from 'decimal.js';
import { type DatedAmount, type TimedAmount, unitPeriodRate } from './annualised-rate.ts';
import { type Fen, formatYuan, subtractFen, sumFen } from './money.ts';
import { D, formatPercent } from './rates.ts';
import type { TemplateRow, TemplateValues } from './template.ts';
import { detectUnitPeriod, monthDays, unitPeriodsBetween, unitsPerYear } from './unit-periods.ts';

/** A cost that is no interest: 抵押费, 担保费, 评估费, 公证费, 中介费. */
export interface EnterpriseFee {
  readonly zh: string;
  readonly payee: string;
  /** 支付方式和频率. */
  readonly charging: string;
  /** 收取标准. */
  readonly standard: string;
  readonly borneBy: 'BORROWER' | 'LENDER';
  readonly payments: readonly DatedAmount[];
}

export interface EnterpriseLoan {
  readonly principalFen: Fen;
  readonly advancedOn: string;
  /** Principal and interest as they fall due. */
  readonly repayments: readonly DatedAmount[];
  readonly lenderName: string;
  readonly interest: {
    readonly charging: string;
    readonly standard: string;
    readonly amountFen: Fen;
  };
  readonly fees: readonly EnterpriseFee[];
}

export interface EnterpriseCost {
  readonly zh: string;
  readonly payee: string;
  readonly charging: string;
  readonly standard: string;
  readonly amountFen: Fen;
  readonly borneBy: EnterpriseFee['borneBy'];
  /** Percent a year, two decimals; zero for what the lender bears. */
  readonly rate: string;
}

export interface EnterpriseCosts {
  readonly principalFen: Fen;
  readonly costs: readonly EnterpriseCost[];
  /** Interest and every fee by itself as a rate, added up: the method of the list. Percent a year, simple. */
  readonly sumOfRates: string;
  /** One rate of all flows together, which is a little different: rates do not add up exactly. Percent a year, simple. */
  readonly jointIrr: string;
}

/** Raised when flows have no rate a year: nothing is advanced, or nothing is paid back. */
export class EnterpriseCostError extends Error {
  override readonly name = 'EnterpriseCostError';
  readonly code = 'RATE_UNSOLVABLE';
}

/** The annual rate of the loan with these extra payments, as a fraction, by the unit-period equation (simple). */
function rateWith(loan: EnterpriseLoan, fees: readonly DatedAmount[]): Decimal {
  const later = [...loan.repayments, ...fees.filter(({ date }) => date > loan.advancedOn)];
  const atStart = sumFen(
    fees.filter(({ date }) => date <= loan.advancedOn).map(({ amountFen }) => amountFen),
  );
  const dates = loan.repayments.map(({ date }) => date);
  const unit = detectUnitPeriod([loan.advancedOn], dates);
  const dayOf = monthDays([loan.advancedOn], dates);
  const payments = later.map(
    ({ amountFen, date }): TimedAmount => ({
      amountFen,
      ...unitPeriodsBetween(loan.advancedOn, date, unit, dayOf(date)),
    }),
  );
  const advances = [
    { amountFen: subtractFen(loan.principalFen, atStart), whole: 0, part: 0, of: 1 },
  ];
  const found = unitPeriodRate({ advances, payments, unitsPerYear: unitsPerYear(unit) });
  if (!found.ok)
    throw new EnterpriseCostError(`The loan's flows have no annual rate: ${found.reason}.`);
  return found.rates.annual;
}

/** @throws EnterpriseCostError where the flows have no rate */
export function enterpriseCosts(loan: EnterpriseLoan): EnterpriseCosts {
  const bare = rateWith(loan, []);
  const borne = ({ borneBy, payments }: EnterpriseFee) => (borneBy === 'BORROWER' ? payments : []);
  const feeRates = loan.fees.map((fee) => rateWith(loan, borne(fee)).minus(bare));
  const sum = feeRates.reduce<Decimal>((all, rate) => all.plus(rate), new D(bare));
  const interest: EnterpriseCost = {
    ...loan.interest,
    zh: '贷款利息',
    payee: loan.lenderName,
    borneBy: 'BORROWER',
    rate: formatPercent(bare),
  };
  const fees = loan.fees.map(
    ({ payments, ...fee }, i): EnterpriseCost => ({
      ...fee,
      amountFen: sumFen(payments.map(({ amountFen }) => amountFen)),
      rate: formatPercent(feeRates[i] ?? 0),
    }),
  );
  return {
    principalFen: loan.principalFen,
    costs: [interest, ...fees],
    sumOfRates: formatPercent(sum),
    jointIrr: formatPercent(rateWith(loan, loan.fees.flatMap(borne))),
  };
}

export interface EnterpriseListOf {
  readonly number: string;
  readonly lender: { readonly name: string; readonly uscc: string };
  readonly on: string;
  readonly borrowerName: string;
  readonly borrowerIdentifier: string;
  readonly termMonths: number;
}

const BORNE_ZH = { BORROWER: '企业', LENDER: '贷款人' } as const;

/** The values of the list's template. */
export function enterpriseValues(found: EnterpriseCosts, of: EnterpriseListOf): TemplateValues {
  const row = (cost: EnterpriseCost): TemplateRow => ({
    cells: [
      cost.zh,
      cost.payee,
      cost.charging,
      cost.standard,
      formatYuan(cost.amountFen),
      BORNE_ZH[cost.borneBy],
      `${cost.rate}%`,
    ],
  });
  return {
    number: of.number,
    lenderName: of.lender.name,
    lenderUscc: of.lender.uscc,
    issuedOn: of.on,
    borrowerName: of.borrowerName,
    borrowerIdentifier: of.borrowerIdentifier,
    principal: found.principalFen,
    termMonths: String(of.termMonths),
    costs: found.costs.map(row),
    sumOfRates: found.sumOfRates,
    jointIrr: found.jointIrr,
    methodNote:
      '各项费用按其支付时间单独折算为年化率（单利，以整期及零头日数计），由贷款人承担的费用计为0；“各项之和”为各年化率相加，“合并计算”为全部现金流的年化内部收益率。',
    costNotice: '除本清单所列成本外，不再收取任何与本次贷款相关的利息或费用。',
  };
}
