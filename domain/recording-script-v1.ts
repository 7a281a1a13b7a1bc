/** The script of dual recordings shipped with Xindai: nodes (a) to (k) of regulation.md §3.5 in the words of a lender. */
import type { RecordingScript } from './recording-script.ts';

const YES = ['是', '对', '同意', '清楚', '知道', '明白', '没有', '确认', '愿意'] as const;

/** Least lengths are a house default: what a text of this length takes when read out at an easy pace. */
export const RECORDING_SCRIPT_V1: RecordingScript = {
  id: 'STANDARD',
  version: 1,
  nodes: [
    {
      id: 'a',
      speaker: 'STAFF',
      text: '您好，我是{{lender}}的工作人员，这是我的工作证件。本次面签将全程录音录像并依法保存，请您知悉并确认同意。请出示您的身份证正反面，并说出您的姓名、现在的日期和所在地点。',
      answers: ['同意'],
      minMs: 15_000,
    },
    {
      id: 'b',
      speaker: 'STAFF',
      text: '请确认：这笔借款是您本人真实意愿，您现在神志清楚，没有受到胁迫或诱导，也没有向任何中介支付或承诺支付费用。',
      answers: [...YES],
      minMs: 6_000,
    },
    {
      id: 'c',
      speaker: 'STAFF',
      text: '您申请的借款本金为人民币{{amount}}元，大写{{amountWords}}，期限{{termMonths}}个月，还款方式为{{method}}。年利率（单利）{{annualRateWords}}，即{{annualRate}}%；正常履约的综合融资成本年化{{annualisedWords}}，即{{annualised}}%，按单利计算。首期还款日{{firstDueDate}}，首期应还{{firstPayment}}元，利息合计{{totalCost}}元。各项费用及收取方：{{fees}}。除此之外不收取其他任何费用。您是否清楚？',
      answers: [...YES],
      minMs: 20_000,
    },
    {
      id: 'd',
      speaker: 'STAFF',
      text: '如果逾期，将按合同计收罚息：{{contingent}}；逾期信息将报送金融信用信息基础数据库，我行可依法提起诉讼。您是否清楚？',
      answers: [...YES],
      minMs: 10_000,
    },
    {
      id: 'e',
      speaker: 'STAFF',
      text: '请说明借款用途。借款不得用于购房、股票、期货、理财等投资，也不得转借他人。您是否清楚？',
      answers: [...YES],
      minMs: 6_000,
    },
    {
      id: 'f',
      speaker: 'STAFF',
      text: '如有保证人，保证人将就本合同项下全部债务承担连带责任。本合同有无保证人以合同记载为准。您是否清楚？',
      answers: [...YES],
      minMs: 5_000,
    },
    {
      id: 'g',
      speaker: 'STAFF',
      text: '您可以提前还款，利息按实际用款天数计收，是否收取违约金及标准以合同和成本明示表为准。您是否清楚？',
      answers: [...YES],
      minMs: 5_000,
    },
    {
      id: 'h',
      speaker: 'STAFF',
      text: '您已签署征信授权书，授权{{lender}}查询并报送您的信用信息，包括不良信息。您是否同意？',
      answers: ['同意', '是', '确认'],
      minMs: 6_000,
    },
    {
      id: 'i',
      speaker: 'STAFF',
      text: '为核实身份，我们处理您的身份证件和人脸等敏感个人信息，仅用于本次借款的审批、签约和贷后管理。您是否单独同意？',
      answers: ['同意', '是', '确认'],
      minMs: 6_000,
    },
    {
      id: 'j',
      speaker: 'BORROWER',
      text: '我已阅读并理解借款合同和综合融资成本明示表的全部内容，自愿签署。',
      answers: ['自愿'],
      minMs: 4_000,
    },
    {
      id: 'k',
      speaker: 'STAFF',
      text: '放款前您可以随时在申请页面撤回申请。如有疑问可联系{{lender}}客服，投诉可拨打12378银行保险消费者投诉维权热线。您是否清楚？',
      answers: [...YES],
      minMs: 6_000,
    },
  ],
};
