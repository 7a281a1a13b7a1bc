/** Parts that several shipped templates share: cost tables, the schedule's columns, and the list of what a paper is given. */
import { TEMPLATE_VARIABLES, type TemplatePurpose } from '../template-catalogue.ts';
import type { TableBlock, TemplateBlock, TemplateVariable } from '../template.ts';

const COST_COLUMNS: TableBlock['columns'] = [
  { title: '项目', share: 18 },
  { title: '收取方式', share: 22 },
  { title: '收取标准', share: 36 },
  { title: '收取主体', share: 24 },
];

/** The parts of a 综合融资成本明示表 (金规〔2026〕2号): principal, normal costs with their sum, contingent costs, the notice. */
export const COST_BLOCKS: readonly TemplateBlock[] = [
  { kind: 'paragraph', style: 'BODY', prominent: true, text: '贷款本金：人民币{{principal}}元' },
  {
    kind: 'paragraph',
    style: 'BODY',
    prominent: true,
    keepWithNext: true,
    text: '一、正常履约情况下的成本',
  },
  { kind: 'table', rows: 'normalCosts', columns: COST_COLUMNS },
  {
    kind: 'paragraph',
    style: 'BODY',
    prominent: true,
    keepWithNext: true,
    text: '二、违约成本及或有成本',
  },
  { kind: 'table', rows: 'contingentCosts', columns: COST_COLUMNS },
  { kind: 'paragraph', style: 'BODY', prominent: true, text: '{{costNotice}}' },
];

const money = { share: 15, align: 'right' } as const;
export const SCHEDULE_COLUMNS: TableBlock['columns'] = [
  { title: '期次', share: 8, align: 'center' },
  { title: '应还日', share: 16, align: 'center' },
  { title: '应还本金', ...money },
  { title: '应还利息', ...money },
  { title: '应还费用', ...money },
  { title: '应还合计', ...money },
  { title: '剩余本金', ...money },
];

/** Everything a paper of the purpose is given, but the names left out. */
export function variablesOf(
  purpose: TemplatePurpose,
  ...without: readonly string[]
): readonly TemplateVariable[] {
  return Object.entries(TEMPLATE_VARIABLES[purpose])
    .filter(([name]) => !without.includes(name))
    .map(([name, { type }]) => ({ name, type }));
}
