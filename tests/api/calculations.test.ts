/** The open calculators: what they answer, how they refuse, and that nothing sent to them is a failure of ours. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => await world.close());

const SCHEDULE = '/v1/calculations/schedule';
const APR = '/v1/calculations/apr';

const terms = {
  principalFen: 1_000_000,
  annualRate: '24',
  instalments: 12,
  method: 'EQUAL_INSTALMENT',
  dayCount: 'MONTHS/12',
  startDate: '2026-01-15',
};
const flows = {
  advances: [{ date: '2026-01-10', amountFen: 100_000 }],
  payments: [{ date: '2026-02-10', amountFen: 101_000 }],
  basis: 'UNIT_PERIOD',
};

/** Without a token and without an Idempotency-Key. */
const ask = (path: string, json: unknown, language = 'en') =>
  world.call('POST', path, { json, key: null, headers: { 'Accept-Language': language } });

async function faults(path: string, json: unknown, language?: string) {
  const { status, body } = await ask(path, json, language);
  return { status, code: body['code'], errors: body['errors'] };
}

const refusal = (pointer: string, code: string) => ({
  status: 422,
  code: 'VALIDATION_FAILED',
  errors: [expect.objectContaining({ pointer, code })],
});

describe('a schedule', () => {
  it('is calculated for anybody, with rates of eight decimals and columns that add up', async () => {
    const { status, body } = await ask(SCHEDULE, terms);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      totals: { principalFen: 1_000_000, interestFen: 134_715, feeFen: 0, paymentFen: 1_134_715 },
      annualised: { simple: '24.00006319', compound: '26.82425802', xirr: '26.95259869' },
    });
    expect(body['instalments']).toHaveLength(12);
    expect(body['instalments']).toContainEqual({
      number: 12,
      dueDate: '2027-01-15',
      principalFen: 92_701,
      interestFen: 1_854,
      feeFen: 0,
      paymentFen: 94_555,
      balanceFen: 0,
    });
  });

  it('counts fees in its cost: deducted ones reduce the advance, paid ones cost the same', async () => {
    const fee = { name: '服务费', payee: '示范银行', percent: '3' };
    const cost = async (kind: string) =>
      (await ask(SCHEDULE, { ...terms, annualRate: '12', fees: [{ ...fee, kind }] })).body;
    const deducted = await cost('UPFRONT_DEDUCTED');
    expect(deducted).toMatchObject({ totals: { feeFen: 30_000, advancedFen: 970_000 } });
    const paid = await cost('UPFRONT_PAID');
    expect(paid).toMatchObject({ totals: { feeFen: 30_000, advancedFen: 1_000_000 } });
    expect(paid['annualised']).toEqual(deducted['annualised']);
    expect(await cost('PER_INSTALMENT')).toMatchObject({ totals: { feeFen: 360_000 } });
    expect(await cost('LAST_INSTALMENT')).toMatchObject({ totals: { feeFen: 30_000 } });
  });

  it('of days is one period, the day rate over 360 or 365', async () => {
    const days = { ...terms, instalments: undefined, days: 45, method: 'BULLET' };
    const act360 = await ask(SCHEDULE, { ...days, dayCount: 'ACT/360' });
    expect(act360.body).toMatchObject({
      instalments: [{ number: 1, dueDate: '2026-03-01', interestFen: 30_000, balanceFen: 0 }],
      annualised: { simple: '24.33333333' },
    });
    const act365 = await ask(SCHEDULE, { ...days, dayCount: 'ACT/365' });
    expect(act365.body).toMatchObject({ annualised: { simple: '23.99996667' } });
  });

  it.each<[string, string, object]>([
    ['/principalFen', 'AMOUNT_TOO_LARGE', { principalFen: 2 ** 53 }],
    ['/principalFen', 'AMOUNT_NEGATIVE', { principalFen: -1 }],
    ['/principalFen', 'AMOUNT_FRACTION', { principalFen: 100.5 }],
    ['/principalFen', 'AMOUNT_ZERO', { principalFen: 0 }],
    ['/principalFen', 'INVALID_TYPE', { principalFen: '100' }],
    ['/principalFen', 'TOTAL_TOO_LARGE', { principalFen: 2 ** 53 - 1 }],
    ['/annualRate', 'PERCENT_NEGATIVE', { annualRate: '-1' }],
    ['/annualRate', 'PERCENT_DECIMALS', { annualRate: '1.123456789' }],
    ['/annualRate', 'PERCENT_TYPE', { annualRate: '1e1' }],
    ['/annualRate', 'PERCENT_TYPE', { annualRate: '0012' }],
    ['/annualRate', 'RATE_TOO_HIGH', { annualRate: '1000.00000001' }],
    ['/annualRate', 'INVALID_TYPE', { annualRate: 12 }],
    ['/instalments', 'TERM_MISSING', { instalments: undefined }],
    ['/days', 'TERM_TWICE', { days: 30 }],
    ['/dueDay', 'DAYS_ALONE', { instalments: undefined, days: 30, dueDay: 5 }],
    ['/instalments', 'TOO_BIG', { instalments: 601 }],
    ['/instalments', 'INVALID_TYPE', { instalments: 1.5 }],
    ['/startDate', 'DATE_UNKNOWN', { startDate: '2026-02-30' }],
    ['/startDate', 'DATE_UNKNOWN', { startDate: '2025-02-29' }],
    ['/startDate', 'DATE_FORMAT', { startDate: '2026/02/03' }],
    ['/startDate', 'DATE_RANGE', { startDate: '9999-12-01' }],
    ['/firstDueDate', 'FIRST_DUE_DATE', { firstDueDate: '2026-01-15' }],
    ['/dueDay', 'TOO_BIG', { dueDay: 32 }],
    ['/method', 'INVALID_VALUE', { method: 'BALLOON' }],
    ['/fees/0', 'FEE_AMOUNT_OR_PERCENT', { fees: [{ name: 'x', kind: 'UPFRONT_PAID' }] }],
    ['/fees', 'UPFRONT_FEES', { fees: [{ name: 'x', kind: 'UPFRONT_PAID', percent: '100' }] }],
    [
      '/fees/0/percent',
      'PERCENT_TOO_HIGH',
      { fees: [{ name: 'x', kind: 'UPFRONT_PAID', percent: '101' }] },
    ],
    ['/rate', 'UNKNOWN_FIELD', { rate: 1 }],
  ])('refuses %s: %s', async (pointer, code, over) => {
    expect(await faults(SCHEDULE, { ...terms, ...over })).toEqual(refusal(pointer, code));
  });
});

describe('an annual percentage rate', () => {
  it('is calculated for anybody: the nominal rate, the rate per period, the periods a year', async () => {
    const { status, body } = await ask(APR, flows);
    expect([status, body]).toEqual([
      200,
      { annualRate: '12.00000000', perPeriod: '1.00000000', periodsPerYear: 12 },
    ]);
    const unit = { every: 1, of: 'WEEK' };
    expect((await ask(APR, { ...flows, unit })).body).toMatchObject({ periodsPerYear: 52 });
  });

  it.each<[string, string, object]>([
    ['/payments', 'PAYMENT_BEFORE_ADVANCE', { payments: [{ date: '2025-02-10', amountFen: 1 }] }],
    ['/payments', 'NO_PAYMENT', { payments: [{ date: '2026-02-10', amountFen: 0 }] }],
    ['/payments', 'NO_SOLUTION', { payments: [{ date: '2026-01-10', amountFen: 1 }] }],
    [
      '/payments',
      'OUT_OF_RANGE',
      { basis: 'ACT/365', payments: [{ date: '2026-01-11', amountFen: 900_000 }] },
    ],
    [
      '/payments/0/amountFen',
      'AMOUNT_NEGATIVE',
      { payments: [{ date: '2026-02-10', amountFen: -1 }] },
    ],
    ['/payments/0/date', 'DATE_UNKNOWN', { payments: [{ date: '2026-04-31', amountFen: 1 }] }],
    ['/advances', 'TOO_SMALL', { advances: [] }],
    ['/advances/0/amountFen', 'AMOUNT_ZERO', { advances: [{ date: '2026-01-10', amountFen: 0 }] }],
    ['/basis', 'INVALID_VALUE', { basis: '30/360' }],
    ['/unit/every', 'UNIT_TOO_LONG', { unit: { every: 13, of: 'MONTH' } }],
    [
      '/payments',
      'TOO_BIG',
      { payments: Array.from({ length: 1001 }, () => ({ date: '2026-02-10', amountFen: 1 })) },
    ],
  ])('refuses %s: %s', async (pointer, code, over) => {
    expect(await faults(APR, { ...flows, ...over })).toEqual(refusal(pointer, code));
  });

  it('says in Chinese and in English what is wrong', async () => {
    const twice = { ...terms, days: 30 };
    const detail = (text: string) => ({ errors: [expect.objectContaining({ detail: text })] });
    expect(await faults(SCHEDULE, twice, 'zh-CN')).toMatchObject(
      detail('instalments 与 days 只能给出一个'),
    );
    expect(await faults(SCHEDULE, twice)).toMatchObject(
      detail('Say either instalments or days, not both'),
    );
  });
});

describe('the open door', () => {
  it('is limited by address', async () => {
    const narrow = await openWorld({ requestsPerMinute: { applicant: 1, other: 1, address: 2 } });
    try {
      const from = { incoming: { socket: { remoteAddress: '203.0.113.9' } } };
      const statuses: number[] = [];
      for (let i = 0; i < 3; i += 1) {
        const request = new Request(`http://api.test${APR}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(flows),
        });
        statuses.push((await narrow.app.fetch(request, from)).status);
      }
      expect(statuses).toEqual([200, 200, 429]);
    } finally {
      await narrow.close();
    }
  });

  it('takes small bodies of JSON alone', async () => {
    const large = { ...terms, fees: [{ name: 'x'.repeat(20_000) }] };
    expect((await ask(SCHEDULE, large)).status).toBe(413);
    const headers = { 'Content-Type': 'text/plain' };
    const plain = await world.call('POST', APR, { body: '{}', key: null, headers });
    expect(plain.status).toBe(415);
    const broken = { 'Content-Type': 'application/json' };
    expect((await world.call('POST', APR, { body: '{', key: null, headers: broken })).status).toBe(
      400,
    );
  });

  it('never answers with a failure of ours, whatever is sent', async () => {
    const odd = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.string(),
      fc.constant(null),
      fc.constantFrom('2026-02-28', '1900-01-01', '2200-12-31', '0', '1000', 2 ** 53 - 1, 1, 600),
      fc.jsonValue(),
    );
    const some = <T extends object>(base: T) =>
      fc
        .dictionary(fc.constantFrom(...Object.keys(base), 'firstDueDate', 'dueDay', 'fees'), odd, {
          maxKeys: 3,
        })
        .map((over) => ({ ...base, ...over }));
    const cases = fc.oneof(
      some(terms).map((json) => [SCHEDULE, json] as const),
      some(flows).map((json) => [APR, json] as const),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([path, json]) => {
        expect([200, 422]).toContain((await ask(path, json)).status);
      }),
      { numRuns: 300 },
    );
  });
});
