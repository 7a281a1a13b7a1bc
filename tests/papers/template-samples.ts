/** Values for the papers that no contract is behind, for the tests: people and companies are made up. */
import { declineValues, settlementValues } from '../../domain/issued-papers.ts';
import { enterpriseCosts, enterpriseValues } from '../../domain/enterprise-costs.ts';
import { fen } from '../../domain/money.ts';
import type { TemplateValues } from '../../domain/template.ts';

const LENDER = { name: '示例银行股份有限公司', uscc: '91350100M000100Y43' };
const ISSUED = {
  number: 'XD0001',
  lenderName: LENDER.name,
  lenderUscc: LENDER.uscc,
  issuedOn: '2026-11-24',
};

const GRANT = {
  ...ISSUED,
  grantorName: '张𠮷',
  grantorIdentifier: '11010519491231002X',
  agreedActs: [{ text: 'QUERY', prominent: false }],
  agreedAt: '2026-11-24 10:01:02（北京时间）',
};
const WORDED = {
  ...GRANT,
  borrowerName: '李明',
  bureaus: '中国人民银行金融信用信息基础数据库、百行征信有限公司',
  purposes: '担保资格审查（08）',
  newQueriesUntil: '2026-12-24',
};

function settled(): TemplateValues {
  const values = settlementValues({
    number: 'JQ0001',
    lender: LENDER,
    on: '2027-11-25',
    borrowerName: '张𠮷',
    borrowerIdentifier: '11010519491231002X',
    loanNumber: 'L-0001',
    contractNumber: 'XD202611240001',
    principalFen: fen(50_000_00),
    paidOutOn: '2026-11-24',
    settledOn: '2027-11-24',
    principalPaidFen: fen(50_000_00),
    interestPaidFen: fen(3_974_40),
    feePaidFen: fen(0),
    leftFen: 0,
  });
  if (values === null) throw new Error('the sample is not settled');
  return values;
}

const ENTERPRISE = enterpriseCosts({
  principalFen: fen(1_000_000_00),
  advancedOn: '2026-11-24',
  repayments: [{ amountFen: fen(1_043_500_00), date: '2027-11-24' }],
  lenderName: LENDER.name,
  interest: {
    charging: '到期一次性还本付息',
    standard: '年利率（单利）4.35%',
    amountFen: fen(43_500_00),
  },
  fees: [
    {
      zh: '担保费',
      payee: '示例融资担保有限公司',
      charging: '放款时一次性支付',
      standard: '担保金额的0.8%',
      borneBy: 'BORROWER',
      payments: [{ amountFen: fen(8_000_00), date: '2026-11-24' }],
    },
    {
      zh: '抵押登记费',
      payee: '不动产登记中心',
      charging: '一次性支付',
      standard: '每件550元',
      borneBy: 'LENDER',
      payments: [{ amountFen: fen(550_00), date: '2026-11-24' }],
    },
  ],
});

export const SAMPLE_VALUES = {
  AUTHORISATION_PERSONAL: {
    ...GRANT,
    letter: [
      { text: '个人征信授权书', prominent: false },
      { text: '一、查询授权：本人授权贵机构查询本人的个人信用信息。', prominent: true },
    ],
    textSm3: 'ab'.repeat(32),
  },
  AUTHORISATION_ENTERPRISE: {
    ...WORDED,
    grantorName: '示例科技有限公司',
    grantorIdentifier: '91440300708461136T',
    borrowerName: '示例科技有限公司',
  },
  AUTHORISATION_GUARANTOR: { ...WORDED, guaranteedAmount: 50_000_00 },
  ENTERPRISE_COSTS: enterpriseValues(ENTERPRISE, {
    number: 'QD0001',
    lender: LENDER,
    on: '2026-11-24',
    borrowerName: '示例科技有限公司',
    borrowerIdentifier: '91440300708461136T',
    termMonths: 12,
  }),
  DECLINE_NOTICE: declineValues({
    number: 'TZ0001',
    lender: LENDER,
    on: '2026-11-24',
    applicantName: '张𠮷',
    applicationId: '0b0f7a56-6a51-8f3e-9d9e-0c1d2e3f4a5b',
    productZh: '个人信用贷款',
    amountFen: fen(50_000_00),
    appliedOn: '2026-11-23',
    decidedOn: '2026-11-24',
    codes: ['VERIFY_IDENTITY_MISMATCH', 'KO_SANCTIONED'],
    automated: true,
  }),
  SETTLEMENT_CERTIFICATE: settled(),
} as const satisfies Readonly<Record<string, TemplateValues>>;
