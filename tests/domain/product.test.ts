/** Products: the same terms give the same fen in offer, disclosure and loan; due days, prices of terms, caps, and old documents. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datePartsOf, daysBetween } from '../../domain/calendar.ts';
import { checkLoanPage } from '../../domain/form-rules.ts';
import { DAY_COUNTS, type Grade, REPAYMENT_METHODS } from '../../domain/loan-terms.ts';
import { addFen, fen, sumFen } from '../../domain/money.ts';
import { buildOffer, type Offer, scheduleOfOffer } from '../../domain/offer.ts';
import { policyOf } from '../../domain/policy.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { compilePricing, highestRate } from '../../domain/pricing.ts';
import { productFaults } from '../../domain/product-policy.ts';
import { productSchedule } from '../../domain/product-schedule.ts';
import { publishedProduct } from '../../domain/product-upgrade.ts';
import { FIRST_PERIODS, type Product, type ScheduleRules } from '../../domain/product.ts';
import {
  EVEN_PRINCIPAL_CREDIT,
  PERSONAL_CREDIT,
  PRODUCTS,
  REVOLVING_CREDIT,
} from '../../domain/products.ts';
import { annualRate, type AnnualRate } from '../../domain/rates.ts';
import { ScheduleError } from '../../domain/schedule.ts';
import { earlySettlementPercent, servicingTerms } from '../../domain/service-terms.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { AS_OF, application, policy, variablesOf } from './samples.ts';

const LENDER = '示范银行';

interface Golden {
  readonly document: unknown;
  readonly fees: Product['fees'];
  readonly cases: readonly (Record<
    'instalments' | 'totals' | 'annualised' | 'normal' | 'contingent' | 'cap' | 'terms',
    unknown
  > & {
    readonly amountFen: number;
    readonly termMonths: number;
    readonly startDate: string;
    readonly grade: Grade;
    readonly withFees: boolean;
  })[];
}

const golden = JSON.parse(
  readFileSync(new URL('vectors/product-format-1.json', import.meta.url), 'utf8'),
) as Golden;

function offerOf(product: Product, over: Partial<Parameters<typeof buildOffer>[0]> = {}): Offer {
  const result = buildOffer({
    product,
    amountFen: fen(12_000_00),
    termMonths: 12,
    annualRate: annualRate('10.80'),
    lenderName: LENDER,
    startDate: '2026-11-24',
    policy: policyOf(POLICY_ROWS, '2026-11-24', product.lenderType),
    ...over,
  });
  if (!result.ok) throw new Error('The sample is within the cap.');
  return result.offer;
}

describe('a document of format 1', () => {
  it.each(golden.cases)(
    'keeps every number to the fen: $amountFen fen over $termMonths months from $startDate',
    ({ amountFen, termMonths, startDate, grade, withFees, terms, ...expected }) => {
      const read = publishedProduct(golden.document);
      const product = withFees ? { ...read, fees: golden.fees } : read;
      const rate = product.rateByGrade[grade] ?? annualRate('0');
      const over = { amountFen: fen(amountFen), termMonths, startDate, annualRate: rate };
      const { schedule, disclosure, cap } = offerOf(product, over);
      expect({
        instalments: schedule.instalments.map((i) => [
          i.dueDate,
          i.principalFen,
          i.interestFen,
          i.feeFen,
          i.balanceFen,
        ]),
        totals: schedule.totals,
        annualised: schedule.annualised,
        normal: disclosure.normal.map((c) => [
          c.code,
          c.charging,
          c.standard,
          c.payee,
          c.amountFen,
        ]),
        contingent: disclosure.contingent.map((c) => [c.code, c.standard]),
        cap,
        earlySettlementPercent: earlySettlementPercent(
          servicingTerms({ annualRate: rate, method: product.method }, product, policy),
          startDate,
          startDate,
        ),
      }).toEqual(expected);
      expect(
        servicingTerms({ annualRate: rate, method: product.method }, product, policy),
      ).toMatchObject(terms as object);
    },
  );
  it('is published as it was written, and is the product that is sold', () => {
    expect(publishedProduct(golden.document)).toEqual(PERSONAL_CREDIT);
    expect(publishedProduct(PERSONAL_CREDIT)).toBe(PERSONAL_CREDIT);
    // 1,001 yuan at 6 % a year are 500.5 fen a month.
    const of = { product: PERSONAL_CREDIT, amountFen: fen(1_001_00), termMonths: 3, dueDay: null };
    const terms = { ...of, annualRate: annualRate('6'), startDate: '2026-01-15' };
    expect(productSchedule(terms).instalments[0]?.interestFen).toBe(501);
  });
});

const schedules: fc.Arbitrary<ScheduleRules> = fc.record({
  dueDay: fc.oneof(
    fc.constant({ kind: 'PAYOUT_DAY' } as const),
    fc.record({ kind: fc.constant('FIXED' as const), day: fc.integer({ min: 1, max: 28 }) }),
    fc.constant({ kind: 'CHOICE', from: 5, to: 25, standard: 20 } as const),
  ),
  firstPeriod: fc.constantFrom(...FIRST_PERIODS),
  leastFirstDays: fc.integer({ min: 1, max: 28 }),
  monthEnd: fc.constantFrom('LAST_DAY', 'DAY_28'),
  rounding: fc.constantFrom('HALF_UP', 'HALF_EVEN'),
  minimumPercent: fc.constantFrom(null, '0', '3.5', '10', '100'),
});

const fees: fc.Arbitrary<Product['fees']> = fc.array(
  fc
    .tuple(
      fc.constantFrom('UPFRONT', 'UPFRONT_PAID', 'PER_INSTALMENT', 'LAST_INSTALMENT' as const),
      fc.oneof(
        fc.constantFrom('0', '0.05', '1.5').map((percent) => ({ percent })),
        fc.integer({ min: 1, max: 50_00 }).map((amount) => ({ amountFen: fen(amount) })),
      ),
    )
    .map(([timing, size]) => ({ code: 'F', zh: '费', en: 'Fee', payee: LENDER, timing, ...size })),
  { maxLength: 3 },
);

const loans = fc.record({
  product: fc
    .record({
      method: fc.constantFrom(...REPAYMENT_METHODS),
      dayCount: fc.constantFrom(...DAY_COUNTS),
      schedule: schedules,
      fees,
    })
    .map((over): Product => ({ ...PERSONAL_CREDIT, ...over })),
  amountFen: fc.integer({ min: 1_000_00, max: 200_000_00 }).map(fen),
  termMonths: fc.integer({ min: 1, max: 36 }),
  annualRate: fc.constantFrom('0', '3.65', '10.80', '18').map(annualRate),
  startDate: fc
    .tuple(fc.constantFrom('2026', '2027', '2028'), fc.integer({ min: 0, max: 364 }))
    .map(([year, day]) => new Date(Date.UTC(+year, 0, 1 + day)).toISOString().slice(0, 10)),
  dueDay: fc.constantFrom(null, 1, 5, 20, 25, 28),
});

describe('one schedule for offer, disclosure and loan', () => {
  it('gives the same fen for the same terms, adds up, and counts every cost that is disclosed', () => {
    fc.assert(
      fc.property(loans, (terms) => {
        const free = policyOf(
          POLICY_ROWS.map((row) =>
            row.ruleId === 'rate.cap'
              ? { ...row, value: { percent: '999999', measure: 'SIMPLE' as const } }
              : row,
          ),
          terms.startDate,
          'BANK',
        );
        const offer = offerOf(terms.product, { ...terms, policy: free });
        const { schedule, disclosure } = offer;
        const kept = JSON.parse(JSON.stringify(offer)) as Offer;
        expect(scheduleOfOffer(kept, terms.product, terms.startDate)).toEqual(schedule);
        const { totals, instalments } = schedule;
        expect(totals.principalFen).toBe(terms.amountFen);
        expect(instalments.at(-1)?.balanceFen).toBe(0);
        const disclosed = sumFen(disclosure.normal.map((item) => item.amountFen ?? fen(0)));
        expect(disclosed).toBe(addFen(totals.interestFen, totals.feeFen));
        const dates = [terms.startDate, ...instalments.map((i) => i.dueDate)];
        expect(dates).toEqual([...new Set(dates)].sort());
      }),
      { numRuns: 150 },
    );
  });
  it('keeps the due day that was chosen when the money moves on another day', () => {
    const offer = offerOf(EVEN_PRINCIPAL_CREDIT, { dueDay: 7 });
    const days = (schedule: Offer['schedule']) =>
      new Set(schedule.instalments.map((i) => datePartsOf(i.dueDate).day));
    expect(days(offer.schedule)).toEqual(new Set([7]));
    expect(days(scheduleOfOffer(offer, EVEN_PRINCIPAL_CREDIT, '2026-12-01'))).toEqual(new Set([7]));
    expect(offerOf(EVEN_PRINCIPAL_CREDIT, { dueDay: 29 })).not.toHaveProperty('dueDay');
    expect(days(offerOf(EVEN_PRINCIPAL_CREDIT).schedule)).toEqual(new Set([20]));
  });
});

const PAYOUT_DAY = { kind: 'PAYOUT_DAY' } as const;
const on = (day: number) => ({ kind: 'FIXED', day }) as const;

describe('the first period', () => {
  it.each([
    ['FULL_MONTH', PAYOUT_DAY, '2026-01-31', ['2026-02-28', '2026-03-31'], 'LAST_DAY', 1],
    ['FULL_MONTH', PAYOUT_DAY, '2026-03-31', ['2026-04-28', '2026-05-28'], 'DAY_28', 1],
    ['BY_DAYS', on(20), '2026-01-15', ['2026-01-20', '2026-02-20'], 'LAST_DAY', 1],
    ['BY_DAYS', on(20), '2026-01-20', ['2026-02-20', '2026-03-20'], 'LAST_DAY', 1],
    ['BY_DAYS', on(20), '2026-01-15', ['2026-02-20', '2026-03-20'], 'LAST_DAY', 6],
    ['LONGER_FIRST', on(20), '2026-01-15', ['2026-02-20', '2026-03-20'], 'LAST_DAY', 1],
    ['LONGER_FIRST', on(10), '2026-01-15', ['2026-03-10', '2026-04-10'], 'LAST_DAY', 1],
    ['LONGER_FIRST', on(28), '2026-01-31', ['2026-02-28', '2026-03-28'], 'LAST_DAY', 1],
  ] as const)(
    '%s, due %o, paid out %s: %o',
    (firstPeriod, dueDay, startDate, due, monthEnd, least) => {
      const product: Product = {
        ...PERSONAL_CREDIT,
        dayCount: 'ACT/360',
        schedule: {
          ...PERSONAL_CREDIT.schedule,
          firstPeriod,
          dueDay,
          monthEnd,
          leastFirstDays: least,
        },
      };
      const terms = { product, amountFen: fen(36_000_00), termMonths: 2, dueDay: null };
      const { instalments } = productSchedule({
        ...terms,
        annualRate: annualRate('10'),
        startDate,
      });
      expect(instalments.map((i) => i.dueDate)).toEqual(due);
      // 36,000 yuan at 10 % over 360 days are 10 yuan a day.
      expect(instalments[0]?.interestFen).toBe(daysBetween(startDate, due[0]) * 10_00);
    },
  );
});

describe('prices', () => {
  const priced = (grade: Grade, months: number): AnnualRate | null =>
    compilePricing(STRATEGY_V2.pricing, EVEN_PRINCIPAL_CREDIT, policy)(
      grade,
      variablesOf({}),
      months,
    ).rate;

  it('are those of the term, and a grade without a price in a term is not lent to', () => {
    expect([priced('B', 12), priced('B', 24), priced('D', 12), priced('D', 24)]).toEqual([
      '10.20',
      '10.80',
      '17.40',
      null,
    ]);
    expect([12, 24, null].map((term) => highestRate(EVEN_PRINCIPAL_CREDIT, term))).toEqual([
      '17.40',
      '14.40',
      '17.40',
    ]);
  });
  it('of early settlement follow the months since the payout', () => {
    const percent = (day: string) =>
      earlySettlementPercent(EVEN_PRINCIPAL_CREDIT.contingent, '2026-01-31', day);
    expect(['2026-01-31', '2027-01-30', '2027-01-31'].map(percent)).toEqual(['1', '1', '0']);
  });
});

describe('what a policy forbids', () => {
  const codes = (product: Product, day = AS_OF) =>
    productFaults(product, policyOf(POLICY_ROWS, day, product.lenderType), day).map(
      ({ path, code }) => [path, code],
    );
  const micro: Product = { ...EVEN_PRINCIPAL_CREDIT, lenderType: 'MICRO_LOAN' };

  it('holds none of the shipped products back, and names what is wrong with another', () => {
    for (const product of PRODUCTS) expect(codes(product)).toEqual([]);
    const greedy: Product = {
      ...PERSONAL_CREDIT,
      maxAmountFen: fen(300_100_00),
      termsMonths: [12, 96],
      contingent: { ...PERSONAL_CREDIT.contingent, penaltyMarkupPercent: '50.1' },
      rateByGrade: { ...PERSONAL_CREDIT.rateByGrade, E: annualRate('24.01') },
    };
    expect(codes(greedy)).toEqual([
      ['maxAmountFen', 'AMOUNT_ABOVE_POLICY'],
      ['termsMonths', 'TERM_ABOVE_POLICY'],
      ['contingent.penaltyMarkupPercent', 'PENALTY_ABOVE_POLICY'],
      ['rateByGrade', 'RATE_ABOVE_CAP'],
    ]);
  });
  it('is measured on the whole cost: a fee in yuan breaks the cap at the least amount alone', () => {
    const fee = { code: 'F', zh: '费', en: 'Fee', timing: 'UPFRONT', payee: LENDER } as const;
    const product = { ...PERSONAL_CREDIT, fees: [{ ...fee, amountFen: fen(40_00) }] };
    expect(codes(product)).toEqual([['rateByGrade', 'RATE_ABOVE_CAP']]);
    expect(codes({ ...product, minAmountFen: fen(10_000_00) })).toEqual([]);
    const all = { ...PERSONAL_CREDIT, fees: [{ ...fee, amountFen: fen(1_000_00) }] };
    expect(codes(all)).toEqual([['fees', 'NO_SCHEDULE']]);
  });
  it('names the range of terms whose price is above a cap that follows the LPR of the day', () => {
    expect(codes(micro, '2027-12-31')).toEqual([]);
    expect(codes(micro, '2028-01-01')).toEqual([
      ['rateByGrade', 'RATE_ABOVE_CAP'],
      ['termRates[0].rateByGrade', 'RATE_ABOVE_CAP'],
    ]);
    const dearer = POLICY_ROWS.map((row) =>
      row.ruleId === 'rate.lpr1yPercent' ? { ...row, value: '4.35' } : row,
    );
    const policyOfDay = policyOf(dearer, '2028-01-01', 'MICRO_LOAN');
    expect(productFaults(micro, policyOfDay, '2028-01-01')).toEqual([]);
  });
  it('for a lender without a licence covers the overdue rate', () => {
    const rateByGrade = { A: annualRate('8.01'), B: null, C: null, D: null, E: null };
    const product: Product = { ...PERSONAL_CREDIT, lenderType: 'UNLICENSED', rateByGrade };
    expect(codes(product)).toEqual([['contingent.penaltyMarkupPercent', 'OVERDUE_RATE_ABOVE_CAP']]);
    expect(codes({ ...product, rateByGrade: { ...rateByGrade, A: annualRate('8') } })).toEqual([]);
  });
});

describe('a product’s own rules', () => {
  it('go before the policy, one by one', () => {
    const product: Product = {
      ...PERSONAL_CREDIT,
      servicing: {
        graceDays: 3,
        holidayRule: 'AS_AGREED',
        compoundPenalty: true,
        allocationOrder: ['principalFen', 'interestFen', 'feeFen', 'penaltyFen'],
        principalFirstFromDays: 0,
        coolingOffDays: 14,
        coolingOffInterest: false,
      },
    };
    const of = { annualRate: annualRate('10'), method: product.method };
    expect(servicingTerms(of, product, policy)).toMatchObject({
      holidayRule: 'AS_AGREED',
      compoundPenalty: true,
      allocation: { order: product.servicing.allocationOrder, principalFirstFromDays: null },
      coolingOffDays: 14,
      coolingOffInterest: false,
    });
    const [overdue] = offerOf(product).disclosure.contingent;
    expect(overdue?.standard).toBe('逾期本金及逾期利息按年利率16.2%计收');
  });
  it('of purposes and due days are checked on the form', () => {
    const { loan } = application();
    const faults = (over: Partial<typeof loan>, product: Product) =>
      checkLoanPage({ ...loan, ...over }, product)
        .filter(({ severity }) => severity !== 'warning')
        .map(({ path }) => path);
    for (const product of PRODUCTS) {
      const asked = { termMonths: product.termsMonths[0] ?? 0, amountFen: product.minAmountFen };
      expect(faults(asked, product)).toEqual([]);
      expect(faults({ ...asked, purpose: 'BUSINESS' }, product)).toEqual(['/loan/purpose']);
    }
    const even = { termMonths: 12, dueDay: 7 };
    expect(faults(even, EVEN_PRINCIPAL_CREDIT)).toEqual([]);
    expect(faults({ ...even, dueDay: 29 }, EVEN_PRINCIPAL_CREDIT)).toEqual(['/loan/dueDay']);
    expect(faults(even, PERSONAL_CREDIT)).toEqual(['/loan/dueDay']);
  });
});

describe('a loan repaid at any time', () => {
  const terms = {
    product: REVOLVING_CREDIT,
    amountFen: fen(36_000_00),
    termMonths: 6,
    annualRate: annualRate('10'),
    startDate: '2026-01-15',
    dueDay: null,
  };
  it('bears interest by the day on what is owed and asks for a part of it each month', () => {
    const rows = productSchedule(terms).instalments;
    expect(rows.slice(0, 2).map((i) => [i.dueDate, i.principalFen, i.interestFen])).toEqual([
      ['2026-02-15', 3_600_00, 310_00],
      ['2026-03-15', 3_240_00, 252_00],
    ]);
    expect(rows.at(-1)?.balanceFen).toBe(0);
  });
  it('has no schedule for terms that make none', () => {
    expect(() => productSchedule({ ...terms, amountFen: fen(0) })).toThrow(ScheduleError);
  });
});
