/** The personal loan contract (个人借款合同) shipped with Xindai, with its three annexes: version 1 of the template. */
import type { ArticlesBlock, Template, TemplateBlock, TemplateClause } from '../template.ts';
import { COST_BLOCKS, SCHEDULE_COLUMNS, variablesOf } from './parts.ts';

const plain = (text: string): TemplateClause => ({ text, prominent: false });
const prominent = (text: string): TemplateClause => ({ text, prominent: true });

/** What is lent and at what cost. */
const LOAN_ARTICLES: ArticlesBlock['articles'] = [
  {
    title: '借款金额、期限与用途',
    clauses: [
      prominent(
        '贷款人向借款人提供借款，借款本金为人民币{{principal}}元（大写：{{principal|words}}）。',
      ),
      plain('借款期限为{{termMonths}}个月，自贷款人实际放款之日起计算。'),
      prominent(
        '借款用途为{{purpose}}。借款不得用于购房、股票、期货、股权投资、理财、转借他人，以及法律法规和监管规定禁止的其他用途；借款人应按贷款人要求提供用途证明。',
      ),
    ],
  },
  {
    title: '利率与综合融资成本',
    clauses: [
      prominent(
        '借款年利率（单利）为{{annualRate}}%，在借款期限内固定不变。计入全部与借款直接相关的费用后，年化利率（单利）为{{annualisedSimple}}%，年化利率（IRR复利）为{{annualisedCompound}}%。',
      ),
      plain(
        '{{dayCountRule}}。利息自实际放款之日起，按借款人实际占用的本金计算，不预先在本金中扣除。',
      ),
      prominent('借款人应承担的全部成本以附件二《综合融资成本明示表》所列项目为限。'),
    ],
  },
  {
    title: '借款的发放',
    clauses: [
      plain(
        '借款发放至借款人本人名下尾号{{cardTail}}的银行卡账户。贷款人将款项划入该账户之日为放款日，借款自该日起生效计息。',
      ),
      plain(
        '放款前，借款人有权无条件撤回借款申请，不承担任何费用。放款前发现申请材料不实、借款人信用状况发生重大不利变化的，贷款人可以不予放款，并应告知借款人。',
      ),
      plain('因账户状态异常等原因未能放款的，贷款人应通知借款人；未入账的款项不计利息。'),
    ],
  },
  {
    title: '还款',
    clauses: [
      plain('还款方式为{{method}}，共{{instalments}}期，各期应还日和金额见附件一《还款计划表》。'),
      plain(
        '附件一按计划放款日{{plannedPayoutDate|zh}}编制。实际放款日与其不同的，贷款人按同样的规则重新编制还款计划并送达借款人。',
      ),
      plain(
        '借款人应于每期应还日前在还款账户中备足款项。还款不足以清偿全部到期款项的，从最早到期的一期开始，按费用、罚息、利息、本金的顺序抵充。',
      ),
    ],
  },
  {
    title: '提前还款',
    clauses: [
      prominent(
        '借款人可以提前归还全部或者部分借款，利息按照实际借款的期间计算（《中华人民共和国民法典》第六百七十七条）。提前还款违约金：{{prepaymentStandard}}。',
      ),
    ],
  },
];

/** What follows from default, and what becomes of the person's data. */
const PERSON_ARTICLES: ArticlesBlock['articles'] = [
  {
    title: '违约责任',
    clauses: [
      prominent('借款人未按期足额还款的，自逾期之日起至清偿之日止计收罚息：{{penaltyStandard}}。'),
      prominent(
        '借款人未按约定用途使用借款的，自挪用之日起计收罚息：{{misuseStandard}}；同一笔本金既逾期又被挪用的，择其重而处之，不并处。',
      ),
      prominent(
        '借款人提供虚假材料、挪用借款，或者连续三期或累计六期未按期足额还款，经贷款人催告后在合理期限内仍未改正的，贷款人可以宣布借款提前到期，要求借款人清偿全部本金、利息及罚息。',
      ),
      plain(
        '贷款人及其委托的机构应当依法合规催收，不得骚扰无关第三人，不得在22:00至次日8:00之间催收，但借款人同意的除外。',
      ),
    ],
  },
  {
    title: '征信信息报送与不良信息告知',
    clauses: [
      prominent(
        '借款人同意贷款人依据附件三《个人征信授权书》（编号：{{authorisationId}}）查询和报送借款人的信用信息。',
      ),
      prominent(
        '不良信息事先告知：借款人未按期足额还款的，贷款人将依法向金融信用信息基础数据库等征信机构报送借款人的逾期等不良信息，该信息可能影响借款人今后获得信贷服务。不良信息自不良行为或者事件终止之日起保存五年（《征信业管理条例》第十五条、第十六条）。',
      ),
      plain(
        '借款人认为征信机构采集、保存、提供的信息存在错误、遗漏的，有权向征信机构或者贷款人提出异议；贷款人应当自收到异议之日起二十日内核查并书面答复。',
      ),
    ],
  },
  {
    title: '个人信息保护',
    clauses: [
      plain(
        '贷款人仅为订立和履行本合同、履行法定义务之目的处理借款人的个人信息，并采取必要措施保障信息安全。未经借款人单独同意，不得向他人提供，法律另有规定的除外。',
      ),
      plain(
        '借款人有权查阅、复制、更正、补充其个人信息；对于仅通过自动化决策方式作出的对其权益有重大影响的决定，有权要求说明并申请人工复核（《中华人民共和国个人信息保护法》第二十四条）。',
      ),
    ],
  },
];

const LAST_ARTICLES: ArticlesBlock['articles'] = [
  {
    title: '争议解决与投诉渠道',
    clauses: [
      plain(
        '本合同适用中华人民共和国法律。因本合同发生的争议，由双方协商解决；协商不成的，任何一方可以向借款人住所地或者贷款人住所地有管辖权的人民法院提起诉讼。',
      ),
      prominent('{{lenderHotline}}金融消费者投诉维权热线：12378。'),
    ],
  },
  {
    title: '合同的生效、电子签名与送达',
    clauses: [
      plain(
        '本合同以电子形式订立。双方使用依法设立的电子认证服务机构签发的数字证书进行可靠的电子签名，电子签名与手写签名或者盖章具有同等的法律效力（《中华人民共和国电子签名法》第十三条、第十四条）。',
      ),
      { ...plain('{{recordingClause}}'), when: 'recordingClause' },
      plain('本合同自双方电子签名之日起成立，附件一、附件二、附件三为本合同的组成部分。'),
      plain(
        '借款人可以随时免费查阅、下载本合同及其附件。本合同首部所列手机号码和地址为双方确认的送达方式，发生变更的应当及时告知对方。',
      ),
      prominent(
        '借款人声明：贷款人已提请本人注意本合同中以加粗字体标示的条款，并应本人要求作了说明；本人已阅读并理解本合同及附件的全部内容，自愿签署。',
      ),
    ],
  },
];

const HEAD: readonly TemplateBlock[] = [
  { kind: 'paragraph', style: 'TITLE', text: '个人借款合同' },
  { kind: 'paragraph', style: 'SUBTITLE', text: '合同编号：{{number}}　制作日期：{{issuedOn|zh}}' },
  {
    kind: 'facts',
    rows: [
      ['贷款人', '{{lenderName}}'],
      ['统一社会信用代码', '{{lenderUscc}}'],
      ['住所', '{{lenderAddress}}'],
      ['联系电话', '{{lenderPhone}}'],
    ],
  },
  {
    kind: 'facts',
    rows: [
      ['借款人', '{{borrowerName}}'],
      ['居民身份证号码', '{{borrowerIdentifier}}'],
      ['手机号码', '{{borrowerPhone}}'],
      ['住址', '{{borrowerAddress}}'],
    ],
  },
  { kind: 'lines', list: 'coSigners', when: 'coSigners' },
  {
    kind: 'rates',
    items: [
      { label: '借款年利率（单利）', rate: 'annualRate' },
      { label: '年化利率（单利）', rate: 'annualisedSimple' },
      { label: '年化利率（IRR复利）', rate: 'annualisedCompound' },
    ],
  },
  {
    kind: 'paragraph',
    style: 'SMALL',
    text: '年化利率以对借款人收取的全部贷款成本与其实际占用的贷款本金的比例计算，并折算为年化形式（中国人民银行公告〔2021〕第3号）。',
  },
  {
    kind: 'facts',
    rows: [
      ['借款本金', '人民币{{principal}}元（大写：{{principal|words}}）'],
      ['借款期限', '{{termMonths}}个月，共{{instalments}}期'],
      ['借款用途', '{{purpose}}'],
      ['还款方式', '{{method}}'],
      ['首期应还', '{{firstDueDate|zh}}，人民币{{firstPayment}}元'],
      ['利息合计', '人民币{{interestTotal}}元'],
      ['费用合计', '人民币{{feeTotal}}元'],
      ['贷款产品', '{{product}}'],
    ],
  },
];

const ANNEXES: readonly TemplateBlock[] = [
  { kind: 'break', page: true },
  { kind: 'paragraph', style: 'ANNEX', text: '附件一　还款计划表' },
  { kind: 'paragraph', style: 'NOTE', text: '单位：人民币元　计划放款日：{{plannedPayoutDate}}' },
  { kind: 'table', rows: 'schedule', columns: SCHEDULE_COLUMNS },
  { kind: 'paragraph', style: 'NOTE', text: '{{upfrontNote}}', when: 'upfrontNote' },
  { kind: 'break', reserve: 300, height: 14 },
  { kind: 'paragraph', style: 'ANNEX', text: '附件二　综合融资成本明示表' },
  ...COST_BLOCKS,
  { kind: 'break', page: true },
  { kind: 'paragraph', style: 'ANNEX', text: '附件三　{{authorisationTitle}}' },
  { kind: 'lines', list: 'authorisationLetter' },
  { kind: 'break', height: 8 },
  {
    kind: 'paragraph',
    style: 'NOTE',
    text: '授权人已于{{authorisationAgreedAt}}在线阅读并同意本授权书。',
  },
  { kind: 'paragraph', style: 'NOTE', text: '授权书文本SM3摘要：{{authorisationSm3}}' },
];

export const CONTRACT_V1: Template = {
  id: 'CONTRACT',
  version: 1,
  title: '个人借款合同',
  referenceLabel: '合同编号',
  variables: variablesOf('CONTRACT'),
  blocks: [
    ...HEAD,
    {
      kind: 'paragraph',
      style: 'BODY',
      text: '贷款人与借款人依据《中华人民共和国民法典》等法律法规，在平等、自愿的基础上，就借款事宜达成一致，订立本合同。加粗字体标示的条款与借款人有重大利害关系，请借款人特别注意。',
    },
    { kind: 'articles', articles: [...LOAN_ARTICLES, ...PERSON_ARTICLES, ...LAST_ARTICLES] },
    {
      kind: 'signatures',
      parties: [
        ['贷款人（电子签章）：', '{{lenderName}}', '签署时间：以电子签章所附时间戳为准'],
        ['借款人（电子签名）：', '{{borrowerName}}', '签署时间：以电子签名所附时间戳为准'],
      ],
    },
    ...ANNEXES,
  ],
};
