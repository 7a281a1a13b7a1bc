/** The letters of authorisation shipped with Xindai: one act, one box, and no box ticked beforehand (regulation.md §2.3). */
import type { Template, TemplateBlock } from '../template.ts';
import { variablesOf } from './parts.ts';

const AGREED: TemplateBlock = {
  kind: 'paragraph',
  style: 'NOTE',
  text: '授权人已于{{agreedAt}}逐项勾选并同意。',
  when: 'agreedAt',
};

const head = (title: string): readonly TemplateBlock[] => [
  { kind: 'paragraph', style: 'TITLE', text: title },
  {
    kind: 'paragraph',
    style: 'SUBTITLE',
    text: '授权书编号：{{number}}　制作日期：{{issuedOn|zh}}',
  },
  {
    kind: 'paragraph',
    style: 'BODY',
    prominent: true,
    text: '重要提示：请仔细阅读本授权书，尤其是加粗内容。以下每一项授权由授权人自行勾选，未勾选的不生效。',
  },
];

const TICK: TemplateBlock = {
  kind: 'paragraph',
  style: 'BODY',
  prominent: true,
  keepWithNext: true,
  text: '本人就以下各项逐一作出同意：',
};

export const AUTHORISATION_PERSONAL_V1: Template = {
  id: 'AUTHORISATION_PERSONAL',
  version: 1,
  title: '个人征信授权书',
  referenceLabel: '授权书编号',
  variables: variablesOf('AUTHORISATION_PERSONAL', 'number', 'issuedOn'),
  blocks: [
    { kind: 'lines', list: 'letter' },
    { kind: 'break', reserve: 160, height: 6 },
    TICK,
    {
      kind: 'boxes',
      ticked: 'agreedActs',
      items: [
        { act: 'QUERY', text: '同意{{lenderName}}按上述用途查询本人信用信息。' },
        { act: 'REPORT', text: '同意{{lenderName}}报送本人的身份信息和信贷交易信息。' },
        { act: 'NEGATIVE_NOTICE', text: '已知悉未按约还款的不良信息将被报送及其后果。' },
        {
          act: 'SENSITIVE',
          text: '单独同意处理本人的身份证件号码、人脸、银行账户等敏感个人信息。',
        },
      ],
    },
    {
      kind: 'facts',
      rows: [
        ['授权人', '{{grantorName}}'],
        ['证件号码', '{{grantorIdentifier}}'],
        ['被授权人', '{{lenderName}}（{{lenderUscc}}）'],
        ['授权书文本SM3摘要', '{{textSm3}}'],
      ],
    },
    AGREED,
  ],
};

const ENTERPRISE_BLOCKS: readonly TemplateBlock[] = [
  {
    kind: 'facts',
    rows: [
      ['授权企业', '{{grantorName}}'],
      ['统一社会信用代码', '{{grantorIdentifier}}'],
      ['被授权人', '{{lenderName}}（统一社会信用代码：{{lenderUscc}}）'],
      ['信贷业务的借款人', '{{borrowerName}}'],
    ],
  },
  {
    kind: 'articles',
    articles: [
      {
        title: '授权内容',
        clauses: [
          {
            prominent: true,
            text: '查询：向{{bureaus}}查询本企业的信用信息并获取信用报告，用途仅限：{{purposes}}。',
          },
          {
            prominent: true,
            text: '报送：将本企业的基本信息和信贷交易信息，包括还款、逾期等正面和负面信息，报送至上述机构。',
          },
          {
            prominent: false,
            text: '信息范围：企业基本信息、信贷账户及还款记录、担保信息、公共信息和查询记录。',
          },
        ],
      },
      {
        title: '期限、拒绝与撤回',
        clauses: [
          {
            prominent: true,
            text: '新增查询截至{{newQueriesUntil|zh}}；申请未获批准的，查询授权立即终止；获批的，授权持续至贷款全部结清且账户关闭之日。',
          },
          {
            prominent: false,
            text: '有权拒绝授权，拒绝后无法评估本次贷款申请。可以随时撤回授权，撤回后停止新的查询，不影响存续贷款依法应当履行的贷后管理和报送。',
          },
        ],
      },
    ],
  },
  TICK,
  {
    kind: 'boxes',
    ticked: 'agreedActs',
    items: [
      { act: 'QUERY', text: '同意{{lenderName}}按上述用途查询本企业信用信息。' },
      { act: 'REPORT', text: '同意{{lenderName}}报送本企业的信用信息。' },
      { act: 'NEGATIVE_NOTICE', text: '已知悉不良信息将被报送及其后果。' },
    ],
  },
  AGREED,
  {
    kind: 'signatures',
    parties: [
      ['授权企业（电子签章）：', '{{grantorName}}', '法定代表人或授权代理人：'],
      ['被授权人：', '{{lenderName}}', '签署时间：以时间戳为准'],
    ],
  },
];

export const AUTHORISATION_ENTERPRISE_V1: Template = {
  id: 'AUTHORISATION_ENTERPRISE',
  version: 1,
  title: '企业征信授权书',
  referenceLabel: '授权书编号',
  variables: variablesOf('AUTHORISATION_ENTERPRISE'),
  blocks: [...head('企业征信授权书'), ...ENTERPRISE_BLOCKS],
};

const GUARANTOR_BLOCKS: readonly TemplateBlock[] = [
  {
    kind: 'facts',
    rows: [
      ['授权人（保证人）', '{{grantorName}}'],
      ['证件号码', '{{grantorIdentifier}}'],
      ['被授权人', '{{lenderName}}（统一社会信用代码：{{lenderUscc}}）'],
      ['借款人', '{{borrowerName}}'],
      ['拟担保金额', '人民币{{guaranteedAmount}}元（大写：{{guaranteedAmount|words}}）'],
    ],
  },
  {
    kind: 'articles',
    articles: [
      {
        title: '授权内容',
        clauses: [
          {
            prominent: true,
            text: '查询：为审查本人的担保资格和担保存续期间的管理，向{{bureaus}}查询本人的信用信息并获取信用报告，用途仅限：{{purposes}}。',
          },
          {
            prominent: true,
            text: '报送：将本人的身份信息和相关还款责任信息，包括借款人逾期、本人代偿等信息，报送至上述机构。',
          },
          {
            prominent: true,
            text: '不良信息告知：借款人未按约还款且本人未承担保证责任的，将依法报送本人的不良信息，自不良行为或事件终止之日起保存五年。',
          },
        ],
      },
      {
        title: '期限、拒绝与撤回',
        clauses: [
          {
            prominent: true,
            text: '新增查询截至{{newQueriesUntil|zh}}；未获批准或本人不担任保证人的，查询授权立即终止；担任保证人的，持续至保证责任解除之日。',
          },
          {
            prominent: false,
            text: '本人有权拒绝授权，拒绝后不能担任本次贷款的保证人。本人可以随时撤回授权，撤回后停止新的查询，不影响存续担保依法应当履行的管理和报送。',
          },
        ],
      },
    ],
  },
  TICK,
  {
    kind: 'boxes',
    ticked: 'agreedActs',
    items: [
      { act: 'QUERY', text: '同意{{lenderName}}按上述用途查询本人信用信息。' },
      { act: 'REPORT', text: '同意{{lenderName}}报送本人的相关还款责任信息。' },
      { act: 'NEGATIVE_NOTICE', text: '已知悉不良信息将被报送及其后果。' },
      { act: 'SENSITIVE', text: '单独同意处理本人的身份证件号码、人脸等敏感个人信息。' },
    ],
  },
  AGREED,
  {
    kind: 'signatures',
    parties: [
      ['授权人（电子签名）：', '{{grantorName}}', '签署时间：以时间戳为准'],
      ['被授权人：', '{{lenderName}}', '签署时间：以时间戳为准'],
    ],
  },
];

export const AUTHORISATION_GUARANTOR_V1: Template = {
  id: 'AUTHORISATION_GUARANTOR',
  version: 1,
  title: '保证人征信授权书',
  referenceLabel: '授权书编号',
  variables: variablesOf('AUTHORISATION_GUARANTOR'),
  blocks: [...head('保证人征信授权书'), ...GUARANTOR_BLOCKS],
};
