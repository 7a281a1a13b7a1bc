/** The cost papers shipped with Xindai: 综合融资成本明示表, the enterprise cost list (贷款明白纸), and the repayment schedule. */
import type { Template } from '../template.ts';
import { COST_BLOCKS, SCHEDULE_COLUMNS, variablesOf } from './parts.ts';

/** 金规〔2026〕2号, regulation.md §1.2: confirmed before the contract is signed. */
export const COST_DISCLOSURE_V1: Template = {
  id: 'COST_DISCLOSURE',
  version: 1,
  title: '综合融资成本明示表',
  referenceLabel: '编号',
  variables: variablesOf('COST_DISCLOSURE'),
  blocks: [
    { kind: 'paragraph', style: 'TITLE', text: '综合融资成本明示表' },
    { kind: 'paragraph', style: 'SUBTITLE', text: '编号：{{number}}　制作日期：{{issuedOn|zh}}' },
    {
      kind: 'facts',
      rows: [
        ['贷款人', '{{lenderName}}（统一社会信用代码：{{lenderUscc}}）'],
        ['借款人', '{{borrowerName}}'],
        ['贷款本金', '人民币{{principal}}元（大写：{{principal|words}}）'],
        ['贷款期限', '{{termMonths}}个月'],
        ['还款方式', '{{method}}'],
        ['合同年利率（单利）', '{{annualRate}}%'],
      ],
    },
    {
      kind: 'rates',
      items: [
        { label: '正常履约年化综合融资成本（单利）', rate: 'annualisedSimple' },
        { label: '正常履约年化综合融资成本（IRR复利）', rate: 'annualisedCompound' },
      ],
    },
    {
      kind: 'paragraph',
      style: 'SMALL',
      text: '以对借款人收取的全部成本与其实际占用的本金的比例折算为年化形式：单利为各期内部收益率乘以一年的期数，IRR复利为逐期复利。{{capNote}}',
    },
    ...COST_BLOCKS,
    {
      kind: 'paragraph',
      style: 'NOTE',
      text: '请完整阅读本表。阅读时间不少于{{minReadSeconds}}秒，阅读至末尾并确认后方可签署借款合同。',
      when: 'minReadSeconds',
    },
  ],
};

/** 《企业贷款综合融资成本清单》, regulation.md §1.3: each cost with its own rate, their sum, and the one joint rate. */
export const ENTERPRISE_COSTS_V1: Template = {
  id: 'ENTERPRISE_COSTS',
  version: 1,
  title: '企业贷款综合融资成本清单',
  referenceLabel: '编号',
  variables: variablesOf('ENTERPRISE_COSTS'),
  blocks: [
    { kind: 'paragraph', style: 'TITLE', text: '企业贷款综合融资成本清单' },
    { kind: 'paragraph', style: 'SUBTITLE', text: '编号：{{number}}　填制日期：{{issuedOn|zh}}' },
    {
      kind: 'facts',
      rows: [
        ['贷款人', '{{lenderName}}（统一社会信用代码：{{lenderUscc}}）'],
        ['借款企业', '{{borrowerName}}'],
        ['统一社会信用代码', '{{borrowerIdentifier}}'],
        ['贷款本金', '人民币{{principal}}元（大写：{{principal|words}}）'],
        ['贷款期限', '{{termMonths}}个月'],
      ],
    },
    {
      kind: 'rates',
      items: [
        { label: '综合融资成本年化率（各项之和）', rate: 'sumOfRates' },
        { label: '综合融资成本年化率（合并计算）', rate: 'jointIrr' },
      ],
    },
    {
      kind: 'table',
      rows: 'costs',
      columns: [
        { title: '成本项目', share: 14 },
        { title: '支付对象', share: 20 },
        { title: '支付方式和频率', share: 18 },
        { title: '收取标准', share: 20 },
        { title: '金额（元）', share: 14, align: 'right' },
        { title: '承担方', share: 10, align: 'center' },
        { title: '年化率', share: 10, align: 'right' },
      ],
    },
    { kind: 'paragraph', style: 'SMALL', text: '{{methodNote}}' },
    { kind: 'paragraph', style: 'BODY', prominent: true, text: '{{costNotice}}' },
    {
      kind: 'signatures',
      parties: [
        ['贷款人（盖章）：', '{{lenderName}}', '日期：'],
        ['借款企业（盖章）：', '{{borrowerName}}', '日期：'],
      ],
    },
  ],
};

export const REPAYMENT_SCHEDULE_V1: Template = {
  id: 'REPAYMENT_SCHEDULE',
  version: 1,
  title: '还款计划表',
  referenceLabel: '合同编号',
  variables: variablesOf('REPAYMENT_SCHEDULE'),
  blocks: [
    { kind: 'paragraph', style: 'TITLE', text: '还款计划表' },
    {
      kind: 'paragraph',
      style: 'SUBTITLE',
      text: '合同编号：{{number}}　制作日期：{{issuedOn|zh}}',
    },
    {
      kind: 'facts',
      rows: [
        ['贷款人', '{{lenderName}}（统一社会信用代码：{{lenderUscc}}）'],
        ['借款人', '{{borrowerName}}'],
        ['借款本金', '人民币{{principal}}元（大写：{{principal|words}}）'],
        ['借款期限', '{{termMonths}}个月'],
        ['还款方式', '{{method}}'],
        ['利息合计', '人民币{{interestTotal}}元'],
        ['费用合计', '人民币{{feeTotal}}元'],
        ['各期应还合计', '人民币{{paymentTotal}}元'],
      ],
    },
    {
      kind: 'rates',
      items: [
        { label: '合同年利率（单利）', rate: 'annualRate' },
        { label: '年化利率（单利）', rate: 'annualisedSimple' },
        { label: '年化利率（IRR复利）', rate: 'annualisedCompound' },
      ],
    },
    { kind: 'paragraph', style: 'NOTE', text: '单位：人民币元　计划放款日：{{plannedPayoutDate}}' },
    { kind: 'table', rows: 'schedule', columns: SCHEDULE_COLUMNS },
    { kind: 'paragraph', style: 'NOTE', text: '{{upfrontNote}}', when: 'upfrontNote' },
    {
      kind: 'paragraph',
      style: 'NOTE',
      text: '实际放款日与计划放款日不同的，按同样的规则重新编制还款计划。应还日为当日24时前；提前还款的利息按实际借款期间计算。',
    },
  ],
};
