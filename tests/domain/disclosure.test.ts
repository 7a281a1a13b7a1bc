/** The cost disclosure holds everything that is charged, from the loan's own flows, and counts as read when it was read. */
import { describe, expect, it } from 'vitest';
import { disclosureFaults, disclosureForm, refuseReading } from '../../domain/disclosure.ts';
import { enterpriseCosts, type EnterpriseLoan } from '../../domain/enterprise-costs.ts';
import { settlementValues } from '../../domain/issued-papers.ts';
import { fen } from '../../domain/money.ts';
import { buildOffer, type CostDisclosure, type Offer } from '../../domain/offer.ts';
import { scheduleFees } from '../../domain/product-schedule.ts';
import { policyOf } from '../../domain/policy.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { PERSONAL_CREDIT, type Product, type ProductFee } from '../../domain/products.ts';
import { annualRate } from '../../domain/rates.ts';

const FEES: readonly ProductFee[] = [
  {
    code: 'GUARANTEE',
    zh: '担保费',
    en: 'Guarantee fee',
    percent: '0.50',
    timing: 'UPFRONT',
    payee: '示例融资担保有限公司',
  },
  {
    code: 'SERVICE',
    zh: '分期服务费',
    en: 'Service fee',
    percent: '0.10',
    timing: 'PER_INSTALMENT',
    payee: '示例银行',
  },
];
const PRODUCT: Product = { ...PERSONAL_CREDIT, fees: FEES };
const CHARGED = scheduleFees(PRODUCT, fen(10_000_00));

function offerOf(product: Product = PRODUCT): Offer {
  const made = buildOffer({
    product,
    amountFen: fen(10_000_00),
    termMonths: 12,
    annualRate: annualRate('12.00'),
    lenderName: '示例银行',
    startDate: '2026-11-24',
    policy: policyOf(POLICY_ROWS, '2026-11-24', product.lenderType),
  });
  if (!made.ok) throw new Error('the sample makes no offer');
  return made.offer;
}
const offer = offerOf();
const changed = (over: Partial<CostDisclosure>): Offer => ({
  ...offer,
  disclosure: { ...offer.disclosure, ...over },
});
const codesOf = (one: Offer, fees = CHARGED) =>
  disclosureFaults(one, fees).map(({ code, item }) => `${code} ${item}`);

describe('the form', () => {
  it('of a loan with fees and without has no fault', () => {
    expect(codesOf(offer)).toEqual([]);
    expect(codesOf(offerOf(PERSONAL_CREDIT), [])).toEqual([]);
  });

  it('lacks whatever is charged and not on it', () => {
    const { normal } = offer.disclosure;
    const hidden = changed({ normal: normal.filter(({ code }) => code !== 'GUARANTEE') });
    expect(codesOf(hidden)).toContain('COST_NOT_DISCLOSED GUARANTEE');
    const less = changed({
      normal: normal.map((one) => (one.code === 'SERVICE' ? { ...one, amountFen: fen(1) } : one)),
    });
    expect(codesOf(less)).toEqual(['COST_DIFFERS SERVICE']);
    // A fee in the schedule that the product does not even name.
    expect(codesOf(changed({ normal: normal.slice(0, 2) }), CHARGED.slice(0, 1))).toContain(
      'COST_NOT_DISCLOSED TOTAL',
    );
    expect(codesOf(offerOf(PERSONAL_CREDIT))).toContain('COST_NOT_DISCLOSED GUARANTEE');
  });

  it('says of every cost how it is charged, by which standard and who receives it, and names every contingent one', () => {
    const { normal, contingent } = offer.disclosure;
    const nameless = changed({
      normal: normal.map((one, i) => (i === 1 ? { ...one, payee: ' ' } : one)),
    });
    expect(codesOf(nameless)).toEqual(['COST_INCOMPLETE GUARANTEE']);
    for (const gone of ['OVERDUE', 'MISUSE', 'EARLY_SETTLEMENT'])
      expect(
        codesOf(changed({ contingent: contingent.filter(({ code }) => code !== gone) })),
      ).toEqual([`CONTINGENT_MISSING ${gone}`]);
    expect(codesOf(changed({ noticeZh: '谢谢' }))).toEqual(['NOTICE_MISSING NOTICE']);
  });

  it('shows the rate of the loan’s own flows, fees included, and of the whole principal', () => {
    const { annualised } = offerOf(PERSONAL_CREDIT).disclosure;
    expect(Number(offer.disclosure.annualised.simple)).toBeGreaterThan(Number(annualised.simple));
    expect(codesOf(changed({ annualised }))).toEqual(['RATE_DIFFERS ANNUALISED']);
    expect(codesOf(changed({ principalFen: fen(9_000_00) }))).toEqual([
      'PRINCIPAL_DIFFERS PRINCIPAL',
    ]);
  });

  it('as data has the members of the industry’s schema', () => {
    const form = disclosureForm(offer);
    expect(form).toMatchObject({
      costRate: offer.disclosure.annualised.simple,
      loanInterest: { orgName: '示例银行', rate: '12.00', repayMode: '等额本息' },
      normalFees: [
        { code: 'GUARANTEE', orgName: '示例融资担保有限公司', amountFen: 50_00 },
        { code: 'SERVICE', amountFen: 120_00 },
      ],
      overduePenaltyInterest: { text: '逾期本金按年利率18%计收' },
      misappropriationPenaltyInterest: { text: '挪用金额按年利率24%计收' },
      prepaymentPenalty: { name: '提前还款违约金', text: '不收取' },
      capped: true,
    });
    expect(form.notice).toContain('不再收取');
  });
});

describe('reading', () => {
  const read = {
    formSm3: 'ab',
    shownSm3: 'AB',
    minReadSeconds: 10,
    elapsedMs: 10_000,
    dwellMs: 10_000,
    scrolledToEnd: true,
  };
  it('counts from the reading time on, to the end, of the very form', () => {
    expect(refuseReading(read)).toBeNull();
    expect(refuseReading({ ...read, shownSm3: 'cd' })).toBe('DIGEST_DIFFERS');
    for (const less of [
      { elapsedMs: 9_999 },
      { dwellMs: 9_999 },
      { scrolledToEnd: false },
      { elapsedMs: Number.NaN },
    ])
      expect(refuseReading({ ...read, ...less })).toBe('DISCLOSURE_UNREAD');
  });
});

describe('the enterprise cost list', () => {
  const loan: EnterpriseLoan = {
    principalFen: fen(1_000_000_00),
    advancedOn: '2026-11-24',
    repayments: [{ amountFen: fen(1_050_000_00), date: '2027-11-24' }],
    lenderName: '示例银行',
    interest: { charging: '到期', standard: '5%', amountFen: fen(50_000_00) },
    fees: [],
  };
  const fee = (borneBy: 'BORROWER' | 'LENDER') => ({
    zh: '担保费',
    payee: '担保公司',
    charging: '一次',
    standard: '1%',
    borneBy,
    payments: [{ amountFen: fen(10_000_00), date: '2026-11-24' }],
  });
  it('adds rates of single costs, and gives the joint rate beside: the two differ', () => {
    expect(enterpriseCosts(loan)).toMatchObject({ sumOfRates: '5.00', jointIrr: '5.00' });
    // 1,050,000 ÷ 990,000 − 1 = 6.0606 %; with two fees alike 1,050,000 ÷ 980,000 − 1 = 7.1429 %, the sum 7.1212 %.
    expect(enterpriseCosts({ ...loan, fees: [fee('BORROWER')] })).toMatchObject({
      sumOfRates: '6.06',
      jointIrr: '6.06',
    });
    const both = enterpriseCosts({ ...loan, fees: [fee('BORROWER'), fee('BORROWER')] });
    expect(both).toMatchObject({ sumOfRates: '7.12', jointIrr: '7.14' });
    expect(both.costs.map(({ rate }) => rate)).toEqual(['5.00', '1.06', '1.06']);
  });
  it('counts nothing for what the lender bears, and refuses flows without a rate', () => {
    expect(enterpriseCosts({ ...loan, fees: [fee('LENDER')] })).toMatchObject({
      sumOfRates: '5.00',
      jointIrr: '5.00',
      costs: [{}, { rate: '0.00' }],
    });
    expect(() => enterpriseCosts({ ...loan, repayments: [] })).toThrow();
  });
});

describe('the settlement certificate', () => {
  const facts = {
    number: 'JQ',
    lender: { name: '示例银行', uscc: 'U' },
    on: '2027-11-25',
    borrowerName: '李',
    borrowerIdentifier: '1',
    loanNumber: 'L',
    contractNumber: 'XD',
    principalFen: fen(100),
    paidOutOn: '2026-11-24',
    settledOn: '2027-11-24',
    principalPaidFen: fen(100),
    interestPaidFen: fen(5),
    feePaidFen: fen(1),
    leftFen: 0,
  };
  it('is given where the record shows everything paid, and never otherwise', () => {
    expect(settlementValues(facts)).toMatchObject({ paidTotal: 106, balance: 0 });
    expect(settlementValues({ ...facts, leftFen: 1 })).toBeNull();
    expect(settlementValues({ ...facts, principalPaidFen: fen(99) })).toBeNull();
  });
});
