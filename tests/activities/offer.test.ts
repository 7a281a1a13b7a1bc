/** The offer and its cap: a price within it says by which rule, a price above it leaves no offer and says the same. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeOffer } from '../../activities/offer/make.ts';
import { recordDecision } from '../../db/queries/decide.ts';
import { latestOffer } from '../../db/queries/offer.ts';
import { fen } from '../../domain/money.ts';
import { annualRate } from '../../domain/rates.ts';
import { businessDate } from '../../platform/clock.ts';
import { admitted, finalCode, openWorkplace, type Workplace } from './workplace.ts';

let place: Workplace;
beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());

/** An approved application at a rate, and the act that makes its offer. */
async function approvedAt(rate: string) {
  const { id } = await admitted(place.deps, 'OFFER');
  const versions = await place.deps.rulebooks.newest(place.deps.db, 'PERSONAL_CREDIT');
  if (versions === null) throw new Error('no rules are published');
  await place.deps.db.transaction().execute((tx) =>
    recordDecision(tx, {
      applicationId: id,
      round: 1,
      evidenceVersion: 1,
      outcome: 'APPROVE',
      reasons: [],
      gaps: [],
      grade: 'C',
      amountFen: fen(10_000_00),
      annualRate: annualRate(rate),
      approvals: [],
      trace: [],
      versions,
      record: null,
    }),
  );
  const today = businessDate(new Date());
  const input = { applicationId: id, round: 1, today, validUntil: new Date().toISOString() };
  return { id, make: () => makeOffer(place.deps, input) };
}

const capRule = (rate: string, within: boolean) => ({
  ruleId: 'rate.cap',
  version: 1,
  value: { percent: '24.00', measure: 'SIMPLE' },
  lenderType: expect.any(String),
  effectiveFrom: expect.any(String),
  source: expect.any(String),
  on: businessDate(new Date()),
  checked: { within, rate, cap: '24.00' },
});

describe('the rate cap', () => {
  it('is compared at two decimals, and the rule that said yes is stored with the offer', async () => {
    const { id, make } = await approvedAt('24');
    expect(await make()).toMatchObject({ pending: 'OFFER_ANSWER' });
    const row = await place.deps.db
      .selectFrom('offers')
      .select('cap_rule')
      .where('application_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row.cap_rule).toEqual(capRule('24.00', true));
  });

  it('leaves no offer above it, and the rule that said no stands in the trail', async () => {
    const { id, make } = await approvedAt('24.01');
    expect(await finalCode(make())).toBe('RATE_ABOVE_CAP');
    expect(await latestOffer(place.deps.db, id)).toBeUndefined();
    const entry = await place.deps.db
      .selectFrom('audit_entries')
      .select(['action', 'result', 'reason', 'detail'])
      .where('subject_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(entry).toEqual({
      action: 'offer.make',
      result: 'DENIED',
      reason: 'RATE_ABOVE_CAP',
      detail: { round: 1, capRule: capRule('24.01', false) },
    });
  });
});
