/** The products shipped with Xindai, one for each repayment method. Rates are house defaults below the 24 % cap of regulation.md §1.4. */
import { fen } from './money.ts';
import {
  type ProductV1,
  SCHEDULE_OF_FORMAT_1,
  SERVICING_BY_POLICY,
  upgradeProduct,
} from './product-upgrade.ts';
import type { Product } from './product.ts';
import { annualRate } from './rates.ts';

export {
  type ContingentCosts,
  needsDualRecording,
  type Product,
  type ProductFee,
  productOn,
  type RequestCheck,
  type RequestRefusal,
  validateRequest,
} from './product.ts';

/** The first product, in the format it was published in: its document never changes. */
export const PERSONAL_CREDIT_V1: ProductV1 = {
  code: 'PERSONAL_CREDIT',
  version: 1,
  zh: '个人信用贷款',
  en: 'Personal credit loan',
  lenderType: 'BANK',
  minAmountFen: fen(1_000_00),
  maxAmountFen: fen(200_000_00),
  amountStepFen: fen(100_00),
  termsMonths: [3, 6, 12, 18, 24, 36],
  method: 'EQUAL_INSTALMENT',
  dayCount: 'MONTHS/12',
  rateByGrade: {
    A: annualRate('7.20'),
    B: annualRate('10.80'),
    C: annualRate('14.40'),
    D: annualRate('18.00'),
    E: null,
  },
  fees: [],
  contingent: {
    penaltyMarkupPercent: '50',
    misuseMarkupPercent: '100',
    earlySettlementPercent: '0',
  },
  dualRecordingAboveFen: fen(50_000_00),
  effectiveFrom: '2026-01-01',
  effectiveTo: null,
};

export const PERSONAL_CREDIT: Product = upgradeProduct(PERSONAL_CREDIT_V1);

/** What the consumer loans of format 2 have in common. */
const CONSUMER = {
  format: 2,
  version: 1,
  lenderType: 'BANK',
  minAmountFen: fen(1_000_00),
  maxAmountFen: fen(200_000_00),
  amountStepFen: fen(100_00),
  termRates: [],
  fees: [],
  contingent: {
    penaltyMarkupPercent: '50',
    misuseMarkupPercent: '100',
    earlySettlement: [{ fromMonth: 0, percent: '0' }],
  },
  servicing: SERVICING_BY_POLICY,
  excludedPurposes: ['BUSINESS'],
  dualRecordingAboveFen: fen(50_000_00),
  effectiveFrom: '2026-01-01',
  effectiveTo: null,
} as const satisfies Partial<Product>;

/** 等额本金, on a due day of the borrower's choice; dearer beyond a year, and a fee for settling in the first year. */
export const EVEN_PRINCIPAL_CREDIT: Product = {
  ...CONSUMER,
  code: 'EVEN_PRINCIPAL_CREDIT',
  zh: '等额本金信用贷款',
  en: 'Credit loan in equal principal',
  termsMonths: [6, 12, 24, 36],
  method: 'EQUAL_PRINCIPAL',
  dayCount: '30/360',
  rateByGrade: {
    A: annualRate('6.90'),
    B: annualRate('10.20'),
    C: annualRate('13.80'),
    D: annualRate('17.40'),
    E: null,
  },
  termRates: [
    {
      fromMonths: 13,
      toMonths: 36,
      rateByGrade: {
        A: annualRate('7.20'),
        B: annualRate('10.80'),
        C: annualRate('14.40'),
        D: null,
        E: null,
      },
    },
  ],
  schedule: {
    ...SCHEDULE_OF_FORMAT_1,
    dueDay: { kind: 'CHOICE', from: 1, to: 28, standard: 20 },
    firstPeriod: 'BY_DAYS',
    leastFirstDays: 15,
  },
  contingent: {
    ...CONSUMER.contingent,
    earlySettlement: [
      { fromMonth: 0, percent: '1' },
      { fromMonth: 12, percent: '0' },
    ],
  },
};

/** 先息后本: interest by the days of each month, the principal at the end. */
export const INTEREST_FIRST_CREDIT: Product = {
  ...CONSUMER,
  code: 'INTEREST_FIRST_CREDIT',
  zh: '先息后本信用贷款',
  en: 'Credit loan with interest first',
  termsMonths: [3, 6, 12],
  method: 'INTEREST_FIRST',
  dayCount: 'ACT/360',
  rateByGrade: {
    A: annualRate('7.20'),
    B: annualRate('10.80'),
    C: annualRate('14.40'),
    D: null,
    E: null,
  },
  schedule: {
    ...SCHEDULE_OF_FORMAT_1,
    dueDay: { kind: 'FIXED', day: 21 },
    firstPeriod: 'LONGER_FIRST',
  },
};

/** 一次还本付息: a short loan paid back at its end. */
export const SHORT_CREDIT: Product = {
  ...CONSUMER,
  code: 'SHORT_CREDIT',
  zh: '短期信用贷款',
  en: 'Short credit loan',
  maxAmountFen: fen(50_000_00),
  termsMonths: [1, 3, 6],
  method: 'BULLET',
  dayCount: 'ACT/365',
  rateByGrade: {
    A: annualRate('7.20'),
    B: annualRate('10.80'),
    C: annualRate('14.40'),
    D: null,
    E: null,
  },
  schedule: SCHEDULE_OF_FORMAT_1,
};

/** 随借随还: interest by the day on what is owed, a tenth of it asked for each month, the rest repaid at any time. */
export const REVOLVING_CREDIT: Product = {
  ...CONSUMER,
  code: 'REVOLVING_CREDIT',
  zh: '随借随还信用贷款',
  en: 'Credit loan repaid at any time',
  termsMonths: [6, 12],
  method: 'REVOLVING',
  dayCount: 'ACT/360',
  rateByGrade: {
    A: annualRate('7.20'),
    B: annualRate('10.80'),
    C: annualRate('14.40'),
    D: annualRate('18.00'),
    E: null,
  },
  schedule: { ...SCHEDULE_OF_FORMAT_1, minimumPercent: '10' },
};

/** Products shipped with Xindai. */
export const PRODUCTS: readonly Product[] = [
  PERSONAL_CREDIT,
  EVEN_PRINCIPAL_CREDIT,
  INTEREST_FIRST_CREDIT,
  SHORT_CREDIT,
  REVOLVING_CREDIT,
];
