/** Product documents that people write: what is right is read, what is wrong is named with its place; and the examples of docs/products.md. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_FAULTS } from '../../domain/fault.ts';
import type { Grade } from '../../domain/loan-terms.ts';
import { fen, formatYuan } from '../../domain/money.ts';
import { parseProduct } from '../../domain/product-parse.ts';
import { productSchedule } from '../../domain/product-schedule.ts';
import { type Product, ratesFor } from '../../domain/product.ts';
import {
  EVEN_PRINCIPAL_CREDIT,
  PERSONAL_CREDIT,
  PERSONAL_CREDIT_V1,
  PRODUCTS,
  REVOLVING_CREDIT,
  SHORT_CREDIT,
} from '../../domain/products.ts';
import { annualRate } from '../../domain/rates.ts';

const placed = (document: unknown) => {
  const read = parseProduct(document);
  return read.ok ? [] : read.faults.map(({ path, code }) => [path, code]);
};
const base = EVEN_PRINCIPAL_CREDIT;
const rules = base.schedule;
const fee = { code: 'F', zh: '费', en: 'Fee', timing: 'PER_INSTALMENT', payee: '示范银行' };
const noPrice = { A: null, B: null, C: null, D: null, E: null };
const range = { fromMonths: 13, toMonths: 36, rateByGrade: base.rateByGrade };
const { earlySettlement } = base.contingent;

describe('a product document', () => {
  it('of either format is read as format 2', () => {
    for (const product of PRODUCTS)
      expect(parseProduct(JSON.parse(JSON.stringify(product)))).toEqual({ ok: true, product });
    expect(parseProduct(JSON.parse(JSON.stringify(PERSONAL_CREDIT_V1)))).toEqual({
      ok: true,
      product: PERSONAL_CREDIT,
    });
  });
  it.each([
    ['an amount beyond the safe integers', { maxAmountFen: 2 ** 53 + 2 }, 'maxAmountFen'],
    ['a negative amount', { minAmountFen: -100 }, 'minAmountFen'],
    ['a fraction of a fen', { minAmountFen: 100_000.5 }, 'minAmountFen'],
    ['an amount as text', { minAmountFen: '100000' }, 'minAmountFen'],
    ['least above most', { minAmountFen: 300_000_00 }, 'minAmountFen', 'RANGE_EMPTY'],
    ['a day that does not exist', { effectiveFrom: '2026-02-30' }, 'effectiveFrom'],
    ['a sale that ends before it begins', { effectiveTo: '2026-01-01' }, 'effectiveTo'],
    ['a term twice', { termsMonths: [12, 12] }, 'termsMonths'],
    ['a rate as a number', { rateByGrade: { ...base.rateByGrade, A: 7.2 } }, 'rateByGrade.A'],
    ['no price', { rateByGrade: noPrice, termRates: [] }, 'rateByGrade', 'NO_PRICE'],
    ['a term without a rate', { termRates: [{ ...range, rateByGrade: noPrice }] }, 'termRates'],
    ['ranges that overlap', { termRates: [range, { ...range, fromMonths: 36 }] }, 'termRates[1]'],
    ['a range without terms', { termRates: [{ ...range, toMonths: 12 }] }, 'termRates[0]'],
    ['a fee twice', { fees: [1, 2].map(() => ({ ...fee, percent: '1' })) }, 'fees[1].code'],
    ['a fee of two sizes', { fees: [{ ...fee, percent: '1', amountFen: 1 }] }, 'fees[0].percent'],
    ['a fee of no size', { fees: [fee] }, 'fees[0].percent', 'MISSING_MEMBER'],
    ['a fee in fractions', { fees: [{ ...fee, amountFen: 0.5 }] }, 'fees[0].amountFen'],
    ['a fee that is paid back', { fees: [{ ...fee, percent: '-1' }] }, 'fees[0].percent'],
    [
      'a fee table that begins late',
      { contingent: { ...base.contingent, earlySettlement: earlySettlement.slice(1) } },
      'contingent.earlySettlement[0].fromMonth',
    ],
    [
      'a fee table that goes back',
      {
        contingent: {
          ...base.contingent,
          earlySettlement: [...earlySettlement, ...earlySettlement],
        },
      },
      'contingent.earlySettlement[2].fromMonth',
    ],
    [
      'a due day that some months lack',
      { schedule: { ...rules, dueDay: { kind: 'FIXED', day: 29 } } },
      'schedule.dueDay.day',
    ],
    [
      'a standard day outside the choice',
      { schedule: { ...rules, dueDay: { kind: 'CHOICE', from: 5, to: 10, standard: 20 } } },
      'schedule.dueDay',
    ],
    [
      'a full month to another due day',
      { schedule: { ...rules, firstPeriod: 'FULL_MONTH' } },
      'schedule.firstPeriod',
    ],
    [
      'a minimum on equal parts',
      { schedule: { ...rules, minimumPercent: '10' } },
      'schedule.minimumPercent',
    ],
    [
      'an order without a part',
      { servicing: { ...base.servicing, allocationOrder: ['feeFen'] } },
      'servicing.allocationOrder',
    ],
    ['a purpose that is none', { excludedPurposes: ['GAMBLING'] }, 'excludedPurposes[0]'],
    ['another format', { format: 3 }, 'format', 'FORMAT_UNKNOWN'],
    ['a member that is not known', { discount: '1' }, 'discount', 'UNKNOWN_MEMBER'],
  ])('with %s is refused at its place', (_, over, path, code = expect.any(String)) => {
    expect(placed({ ...base, ...over })).toContainEqual([path, code]);
  });
  it('repaid at any time counts days, and one repaid once has full months', () => {
    expect(placed({ ...REVOLVING_CREDIT, dayCount: 'MONTHS/12' })).toEqual([
      ['dayCount', 'DAYS_EXPECTED'],
    ]);
    const open = { ...REVOLVING_CREDIT.schedule, minimumPercent: null };
    expect(placed({ ...REVOLVING_CREDIT, schedule: open })).toEqual([
      ['schedule.minimumPercent', 'PERCENT_EXPECTED'],
    ]);
    const byDays = { ...SHORT_CREDIT.schedule, firstPeriod: 'BY_DAYS' };
    expect(placed({ ...SHORT_CREDIT, schedule: byDays })).toEqual([
      ['schedule.firstPeriod', 'FIRST_PERIOD_DOES_NOT_FIT'],
    ]);
  });
  it('of any kind comes back as a product or as faults, never as an exception', () => {
    const members = Object.entries(base);
    fc.assert(
      fc.property(
        fc.constantFrom(...members.map(([name]) => name)),
        fc.jsonValue(),
        fc.boolean(),
        (name, value, isOld) => {
          const whole = isOld ? PERSONAL_CREDIT_V1 : base;
          const read = parseProduct({ ...whole, [name]: value });
          if (!read.ok) expect(read.faults.length).toBeLessThanOrEqual(MOST_FAULTS);
        },
      ),
      { numRuns: 200 },
    );
    expect(parseProduct(null).ok).toBe(false);
  });
});

/** One example of docs/products.md: the terms that stand above a table, and the table. */
const EXAMPLE =
  /^([\d,.]+) yuan over (\d+) months, grade ([A-E]), paid out on (\S+?)(?:, due day (\d+))?:\n\n(\|[\s\S]*?)\n\n([\s\S]*?)\n$/m;
const page = readFileSync(new URL('../../docs/products.md', import.meta.url), 'utf8');

function tableOf(product: Product, terms: RegExpExecArray): { table: string; totals: string } {
  const [, yuan = '', months = '', grade = 'E', startDate = '', day] = terms;
  const rate = ratesFor(product, +months)[grade as Grade] ?? annualRate('0');
  const schedule = productSchedule({
    product,
    amountFen: fen(Math.round(Number(yuan.replaceAll(',', '')) * 100)),
    termMonths: +months,
    annualRate: rate,
    startDate,
    dueDay: day === undefined ? null : +day,
  });
  const rows = schedule.instalments.map(
    (i) =>
      `| ${i.number} | ${i.dueDate} | ${[i.principalFen, i.interestFen, i.paymentFen, i.balanceFen].map(formatYuan).join(' | ')} |`,
  );
  const head = [
    '| no. | due | principal | interest | payment | balance |',
    '|---|---|---|---|---|---|',
  ];
  const { interestFen } = schedule.totals;
  const { simple, compound } = schedule.annualised;
  return {
    table: [...head, ...rows].join('\n'),
    totals: `At ${rate} % the interest is ${formatYuan(interestFen)}; ${simple} % a year simple, ${compound} % compound.`,
  };
}

describe('docs/products.md', () => {
  it.each(PRODUCTS.map((product) => [`${product.code}@${product.version}`, product] as const))(
    'has %s with an example that comes out as printed',
    (name, product) => {
      const section = page.split(/^## /m).find((one) => one.startsWith(`${name} `)) ?? '';
      const terms = EXAMPLE.exec(section);
      if (terms === null) throw new Error(`${name} has no example`);
      const { table, totals } = tableOf(product, terms);
      expect(terms[6]).toBe(table);
      expect(terms[7]?.replaceAll('\n', ' ')).toContain(totals);
    },
  );
});
