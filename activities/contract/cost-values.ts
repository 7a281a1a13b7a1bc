/** What cost papers are filled with: the cost disclosure as rows, and a repayment schedule as rows. */
import { formatYuan, subtractFen, type Fen } from '../../domain/money.ts';
import type { CostDisclosure, CostItem } from '../../domain/offer.ts';
import type { Instalment, Schedule } from '../../domain/schedule.ts';
import type { TemplateRow, TemplateValues } from '../../domain/template.ts';

function costRow(item: CostItem): TemplateRow {
  const total = item.amountFen === null ? '' : `，合计人民币${formatYuan(item.amountFen)}元`;
  return { cells: [item.zh, item.charging, `${item.standard}${total}`, item.payee] };
}

/**
 * Every cost of normal performance, closed by their sum as a rate a year, and every contingent one, with how it is charged,
 * its standard and who receives it (金规〔2026〕2号, regulation.md §1.2).
 */
export function costValues(disclosure: CostDisclosure): TemplateValues {
  const { annualised } = disclosure;
  const total: TemplateRow = {
    cells: [
      '正常履约年化综合融资成本',
      '按实际占用本金折算',
      `${annualised.simple}%（单利）；${annualised.compound}%（IRR复利）`,
      '—',
    ],
    prominent: true,
  };
  return {
    principal: disclosure.principalFen,
    annualisedSimple: annualised.simple,
    annualisedCompound: annualised.compound,
    normalCosts: [...disclosure.normal.map(costRow), total],
    contingentCosts: disclosure.contingent.map(costRow),
    costNotice: disclosure.noticeZh,
  };
}

function instalmentRow(one: Instalment): TemplateRow {
  const { principalFen, interestFen, feeFen, paymentFen, balanceFen } = one;
  const amounts = [principalFen, interestFen, feeFen, paymentFen, balanceFen].map(formatYuan);
  return { cells: [String(one.number), one.dueDate, ...amounts] };
}

/** The schedule with its sums; where fees are taken at payout the note says what the borrower receives. */
export function scheduleValues(
  instalments: readonly Instalment[],
  totals: Schedule['totals'],
  plannedPayoutDate: string,
): TemplateValues {
  const { principalFen, interestFen, feeFen, paymentFen, advancedFen } = totals;
  const sums = [principalFen, interestFen, feeFen, paymentFen].map(formatYuan);
  const total: TemplateRow = { cells: ['合计', '', ...sums, ''], prominent: true };
  return {
    plannedPayoutDate,
    schedule: [...instalments.map(instalmentRow), total],
    upfrontNote: upfrontNote(principalFen, advancedFen),
  };
}

function upfrontNote(principalFen: Fen, advancedFen: Fen): string {
  if (subtractFen(principalFen, advancedFen) === 0) return '';
  return `费用合计含放款时一次性收取的部分；借款人实际收到人民币${formatYuan(advancedFen)}元。`;
}
