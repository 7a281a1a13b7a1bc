/** What a person is handed at the end of a story, as shipped with Xindai: the decline notice and the settlement certificate. */
import type { Template } from '../template.ts';
import { variablesOf } from './parts.ts';

export const DECLINE_NOTICE_V1: Template = {
  id: 'DECLINE_NOTICE',
  version: 1,
  title: '贷款申请审批结果通知书',
  referenceLabel: '编号',
  variables: variablesOf('DECLINE_NOTICE'),
  blocks: [
    { kind: 'paragraph', style: 'TITLE', text: '贷款申请审批结果通知书' },
    { kind: 'paragraph', style: 'SUBTITLE', text: '编号：{{number}}　制作日期：{{issuedOn|zh}}' },
    { kind: 'paragraph', style: 'BODY', text: '{{applicantName}}：' },
    {
      kind: 'paragraph',
      style: 'BODY',
      text: '您于{{appliedOn|zh}}向我们提交的贷款申请，经审核，我们于{{decidedOn|zh}}决定暂不能为您办理。感谢您的信任。',
    },
    {
      kind: 'facts',
      rows: [
        ['申请编号', '{{applicationId}}'],
        ['贷款产品', '{{product}}'],
        ['申请金额', '人民币{{amount}}元（大写：{{amount|words}}）'],
      ],
    },
    { kind: 'paragraph', style: 'BODY', prominent: true, keepWithNext: true, text: '主要原因' },
    { kind: 'lines', list: 'reasons' },
    { kind: 'paragraph', style: 'BODY', prominent: true, keepWithNext: true, text: '您的权利' },
    { kind: 'paragraph', style: 'BODY', text: '{{automated}}', when: 'automated' },
    {
      kind: 'paragraph',
      style: 'BODY',
      prominent: true,
      text: '您可以在申请页面申请人工复核，由人员重新审核，我们自收到申请之日起15个工作日内答复。',
      when: 'automated',
    },
    {
      kind: 'paragraph',
      style: 'BODY',
      text: '您认为信用报告中的信息有错误、遗漏的，可以向征信机构或者信息提供机构提出异议；您可以查阅、复制、更正您的个人信息。',
    },
    {
      kind: 'paragraph',
      style: 'BODY',
      text: '本次申请未产生任何费用，征信查询授权自本决定作出之日起终止。金融消费者投诉维权热线：12378。',
    },
    {
      kind: 'signatures',
      parties: [['{{lenderName}}', '统一社会信用代码：{{lenderUscc}}', '{{issuedOn|zh}}']],
    },
  ],
};

export const SETTLEMENT_CERTIFICATE_V1: Template = {
  id: 'SETTLEMENT_CERTIFICATE',
  version: 1,
  title: '贷款结清证明',
  referenceLabel: '编号',
  variables: variablesOf('SETTLEMENT_CERTIFICATE'),
  blocks: [
    { kind: 'paragraph', style: 'TITLE', text: '贷款结清证明' },
    { kind: 'paragraph', style: 'SUBTITLE', text: '编号：{{number}}　制作日期：{{issuedOn|zh}}' },
    {
      kind: 'paragraph',
      style: 'BODY',
      text: '兹证明{{borrowerName}}（证件号码：{{borrowerIdentifier}}）在我们办理的下列贷款已于{{settledOn|zh}}全部结清，截至该日剩余应还金额为人民币{{balance}}元。',
    },
    {
      kind: 'facts',
      rows: [
        ['贷款编号', '{{loanNumber}}'],
        ['借款合同编号', '{{contractNumber}}'],
        ['贷款本金', '人民币{{principal}}元（大写：{{principal|words}}）'],
        ['放款日', '{{paidOutOn|zh}}'],
        ['结清日', '{{settledOn|zh}}'],
        ['已还本金', '人民币{{principalPaid}}元'],
        ['已还利息', '人民币{{interestPaid}}元'],
        ['已还费用', '人民币{{feePaid}}元'],
        ['已还合计', '人民币{{paidTotal}}元'],
      ],
    },
    {
      kind: 'paragraph',
      style: 'BODY',
      text: '上述借款合同项下的还款义务已履行完毕，我们将依法向征信机构报送账户结清信息。',
    },
    {
      kind: 'signatures',
      parties: [['{{lenderName}}', '统一社会信用代码：{{lenderUscc}}', '{{issuedOn|zh}}']],
    },
  ],
};
