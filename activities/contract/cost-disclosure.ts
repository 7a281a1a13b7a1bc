/**
 * The total cost disclosure (综合融资成本明示表) as tables: every cost of normal performance and every contingent one
 * with how it is charged, its standard and who receives it (金规〔2026〕2号, regulation.md §1.2).
 */
import { formatYuan } from '../../domain/money.ts';
import type { CostDisclosure, CostItem } from '../../domain/offer.ts';
import type { Row, Table } from './table.ts';

const COLUMNS: Table['columns'] = [
  { title: '项目', share: 18 },
  { title: '收取方式', share: 22 },
  { title: '收取标准', share: 36 },
  { title: '收取主体', share: 24 },
];

function costRow(item: CostItem): Row {
  const total = item.amountFen === null ? '' : `，合计人民币${formatYuan(item.amountFen)}元`;
  return { cells: [item.zh, item.charging, `${item.standard}${total}`, item.payee] };
}

/** Costs of a loan that is repaid as agreed, closed by their sum as a rate a year. */
export function normalCostTable({ normal, annualised }: CostDisclosure): Table {
  const total: Row = {
    cells: [
      '正常履约年化综合融资成本',
      '按实际占用本金折算',
      `${annualised.simple}%（单利）；${annualised.compound}%（IRR复利）`,
      '—',
    ],
    weight: 'bold',
  };
  return { columns: COLUMNS, rows: [...normal.map(costRow), total] };
}

/** Costs that arise only when the borrower departs from what was agreed. */
export function contingentCostTable({ contingent }: CostDisclosure): Table {
  return { columns: COLUMNS, rows: contingent.map(costRow) };
}
