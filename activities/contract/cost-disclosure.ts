/**
 * The total cost disclosure (综合融资成本明示表) as tables of words: every cost of normal performance and every
 * contingent one with how it is charged, its standard and who receives it (金规〔2026〕2号, regulation.md §1.2).
 */
import { METHOD_NAMES_ZH } from '../../domain/loan-terms.ts';
import { formatYuan } from '../../domain/money.ts';
import { D, formatPercent } from '../../domain/rates.ts';
import type { ContractData, DisclosedFee } from './contract-data.ts';
import type { Row, Table } from './table.ts';

/** The contract rate raised by a markup in percent of it: 14.40 and 50 give `21.60`. */
export function raisedRate(annualRate: string, markupPercent: string): string {
  const raised = new D(annualRate).times(new D(markupPercent).dividedBy(100).plus(1));
  return formatPercent(raised.dividedBy(100));
}

/** The interest on a principal of the contract rate, in words. */
function interestRow(data: ContractData): Row {
  const { lender, annualRate, method, schedule } = data;
  return {
    cells: [
      '借款利息',
      `${METHOD_NAMES_ZH[method]}，随各期还款收取`,
      `年利率（单利）${annualRate}%，合计人民币${formatYuan(schedule.totals.interestFen)}元`,
      lender.name,
    ],
  };
}

function feeRow(fee: DisclosedFee, instalments: number): Row {
  const collection =
    fee.timing === 'UPFRONT' ? '放款时一次性收取' : `随各期还款收取，共${instalments}期`;
  return {
    cells: [
      fee.nameZh,
      collection,
      `${fee.standard}，每次人民币${formatYuan(fee.amountFen)}元`,
      fee.payee,
    ],
  };
}

const COST_COLUMNS: Table['columns'] = [
  { title: '项目', share: 16 },
  { title: '收取方式', share: 27 },
  { title: '收取标准', share: 35 },
  { title: '收取主体', share: 22 },
];

/** Costs of a loan that is repaid as agreed. */
export function normalCostTable(data: ContractData): Table {
  const { annualised, instalments } = data.schedule;
  const fees = data.fees.map((fee) => feeRow(fee, instalments.length));
  const total: Row = {
    cells: [
      '正常履约年化综合融资成本',
      '按实际占用本金（每期还款后剩余本金）折算',
      `${annualised.simple}%（单利）；${annualised.compound}%（IRR复利）`,
      '—',
    ],
    weight: 'bold',
  };
  const rows = [interestRow(data), ...fees, total];
  return { columns: COST_COLUMNS, rows };
}

/** Costs that arise only when the borrower departs from what was agreed. */
export function contingentCostTable(data: ContractData): Table {
  const { annualRate, contingent, lender } = data;
  const free = new D(contingent.earlySettlementPercent).isZero();
  const cells: readonly (readonly string[])[] = [
    [
      '逾期罚息',
      '自逾期之日起按逾期本金的实际逾期天数计收（日利率＝年利率÷360）',
      `年利率${raisedRate(annualRate, contingent.penaltyMarkupPercent)}%（约定利率上浮${contingent.penaltyMarkupPercent}%）`,
      lender.name,
    ],
    [
      '挪用罚息',
      '自挪用之日起按挪用本金的实际天数计收，不与逾期罚息并处（日利率＝年利率÷360）',
      `年利率${raisedRate(annualRate, contingent.misuseMarkupPercent)}%（约定利率上浮${contingent.misuseMarkupPercent}%）`,
      lender.name,
    ],
    [
      '提前还款违约金',
      free ? '不收取' : '提前还款时一次性收取',
      free ? '0元' : `提前归还本金的${contingent.earlySettlementPercent}%`,
      free ? '—' : lender.name,
    ],
  ];
  return { columns: COST_COLUMNS, rows: cells.map((row) => ({ cells: row })) };
}

/** The notice every disclosure form carries. */
export const NO_OTHER_CHARGES_NOTICE =
  '除本表明示的成本项目外，贷款人及其合作机构不再向借款人收取任何其他与本笔贷款有关的利息或费用。';
