/** People's decisions, offers, signing, payouts and servicing. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requiredApprovals, ROLES } from '../../domain/authority.ts';
import { type ContractData, contractFaults } from '../../domain/contract.ts';
import { mayMovePayout, PAYOUT_STATES, payoutStep } from '../../domain/disburse.ts';
import type { LenderType } from '../../domain/loan-terms.ts';
import { fen, sumFen } from '../../domain/money.ts';
import { buildOffer, type Offer } from '../../domain/offer.ts';
import { policyAt, PolicyMissingError, policyOf, stepAt } from '../../domain/policy.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { needsDualRecording, PERSONAL_CREDIT } from '../../domain/products.ts';
import { rateCapOf } from '../../domain/rate-cap.ts';
import { annualRate } from '../../domain/rates.ts';
import { oddsAt, scoreApplication, scoreReasons } from '../../domain/score.ts';
import { scorecardFaults } from '../../domain/scorecard-parse.ts';
import { SCORECARD_V1 } from '../../domain/scorecard-v1.ts';
import { buildSchedule } from '../../domain/schedule.ts';
import {
  allocateRepayment,
  daysPastDue,
  nextWakeUp,
  outstanding,
  overdueBucket,
  overdueFen,
  penaltyOn,
  principalOutstanding,
  servicedInstalments,
  settled,
  sumParts,
} from '../../domain/service.ts';
import { refuseSigning } from '../../domain/sign.ts';
import { AS_OF, policy, variablesOf } from './samples.ts';

describe('policy rows', () => {
  it('the micro-loan cap falls on its day, and never both rows hold', () => {
    const cap = (date: string, lender: LenderType = 'MICRO_LOAN') =>
      rateCapOf(policyOf(POLICY_ROWS, date, lender)).percent;
    expect([cap('2026-11-24'), cap('2027-12-31'), cap('2028-01-01')]).toEqual([
      '24.00',
      '24.00',
      '12',
    ]);
    expect(cap(AS_OF, 'BANK')).toBe('24.00');
    expect(cap(AS_OF, 'UNLICENSED')).toBe('12');
  });
  it('the reading time of the cost disclosure starts with the rule that demands it', () => {
    const seconds = (date: string) =>
      policyAt(POLICY_ROWS, 'offer.costReadSeconds', date, 'BANK').value;
    expect([seconds('2026-07-31'), seconds('2026-08-01')]).toEqual([0, 10]);
  });
  it('a rule nobody has set stops the loan', () => {
    expect(() => policyAt(POLICY_ROWS, 'rate.cap', '2019-01-01', 'BANK')).toThrow(
      PolicyMissingError,
    );
  });
  it('a row no longer holds on the day it ends', () => {
    const ended = POLICY_ROWS.filter(
      (row) => row.ruleId === 'rate.cap' && row.effectiveTo !== null,
    );
    expect(policyAt(ended, 'rate.cap', '2027-12-31', 'MICRO_LOAN').value).toMatchObject({
      percent: '24.00',
    });
    expect(() => policyAt(ended, 'rate.cap', '2028-01-01', 'MICRO_LOAN')).toThrow(
      PolicyMissingError,
    );
  });
  it('every row names its source', () => {
    expect(POLICY_ROWS.filter((row) => row.source === '')).toEqual([]);
  });
  it.each([
    [0, 'C', 'NORMAL'],
    [1, 'M1', 'SPECIAL_MENTION'],
    [30, 'M1', 'SPECIAL_MENTION'],
    [31, 'M2', 'SPECIAL_MENTION'],
    [90, 'M3', 'SPECIAL_MENTION'],
    [91, 'M4', 'SUBSTANDARD'],
    [270, 'M7_PLUS', 'SUBSTANDARD'],
    [271, 'M7_PLUS', 'DOUBTFUL'],
    [361, 'M7_PLUS', 'LOSS'],
  ])('%d days past due are bucket %s, class %s', (days, bucket, tier) => {
    expect(overdueBucket(days, policy('service.dpdBuckets'))).toBe(bucket);
    expect(stepAt(policy('classification.dpdFloors'), days)).toBe(tier);
  });
});

describe('scorecard', () => {
  it('is sound: ranges join, no dimension twice, at least 24 of them', () => {
    expect(scorecardFaults(SCORECARD_V1)).toEqual([]);
    expect(SCORECARD_V1.dimensions.length).toBeGreaterThanOrEqual(24);
  });
  it('notices a card that is not', () => {
    const [first] = SCORECARD_V1.dimensions;
    if (first === undefined) throw new Error('The card has dimensions.');
    const broken = { ...first, bands: first.bands.slice(1) };
    expect(
      scorecardFaults({ ...SCORECARD_V1, dimensions: [broken, first] }).length,
    ).toBeGreaterThan(0);
  });
  it('the total is the base and the contributions, each within its maximum', () => {
    const score = scoreApplication(SCORECARD_V1, variablesOf());
    expect(score.total).toBe(
      score.contributions.reduce((sum, c) => sum + c.points, SCORECARD_V1.basePoints),
    );
    expect(score.contributions.every((c) => c.points <= c.max)).toBe(true);
    expect(score).toMatchObject({ complete: true, grade: 'A' });
  });
  it('missing data costs points and is named; a required one makes the score incomplete', () => {
    const clean = scoreApplication(SCORECARD_V1, variablesOf());
    const without = scoreApplication(SCORECARD_V1, variablesOf({ pboc: null }));
    expect(without.total).toBeLessThan(clean.total);
    expect(without.complete).toBe(false);
    expect(without.missing).toContain('maxOverdue24m');
    expect(without.contributions.find((c) => c.dimension === 'maxOverdue24m')).toMatchObject({
      value: null,
      band: 'MISSING',
    });
  });
  it('worse history never scores higher', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), (n) => {
        const at = (maxOverdue24m: number) =>
          scoreApplication(SCORECARD_V1, { ...variablesOf(), maxOverdue24m }).total;
        expect(at(n + 1)).toBeLessThanOrEqual(at(n));
      }),
    );
  });
  it('reasons name what cost most, and points double the odds as stated', () => {
    const score = scoreApplication(SCORECARD_V1, {
      ...variablesOf(),
      maxOverdue24m: 5,
      cardUtilisation: 99,
    });
    expect(scoreReasons(SCORECARD_V1, score, 2)).toEqual(['SCORE_HISTORY', 'SCORE_UTILISATION']);
    expect(oddsAt(SCORECARD_V1, 640)).toBe(40);
  });
});

describe('who may decide', () => {
  it('two different people above the policy amount and for grade D, one below', () => {
    expect(requiredApprovals(fen(150_000_00), 'B', policy)).toHaveLength(2);
    expect(requiredApprovals(fen(100_000_00), 'A', policy)).toHaveLength(1);
    expect(requiredApprovals(fen(10_000_00), 'D', policy)).toHaveLength(2);
  });
  it('has the twelve roles', () => {
    expect(ROLES).toHaveLength(12);
  });
});

const offerInput = {
  product: PERSONAL_CREDIT,
  amountFen: fen(60_000_00),
  termMonths: 12,
  annualRate: annualRate('10.80'),
  lenderName: '示例银行',
  startDate: AS_OF,
  policy,
};

function offer(): Offer {
  const result = buildOffer(offerInput);
  if (!result.ok) throw new Error('The sample offer is within the cap.');
  return result.offer;
}

describe('offer and contract', () => {
  it('states amount, rate, schedule, annual cost and how long it stands', () => {
    const made = offer();
    expect(made).toMatchObject({ validUntil: '2026-12-01', cap: { within: true, rate: '10.80' } });
    expect(made.disclosure.normal[0]).toMatchObject({
      code: 'INTEREST',
      payee: '示例银行',
      amountFen: made.schedule.totals.interestFen,
    });
    expect(made.disclosure.contingent.map((c) => c.code)).toEqual([
      'OVERDUE',
      'MISUSE',
      'EARLY_SETTLEMENT',
    ]);
    expect(made.disclosure.contingent[0]?.standard).toContain('16.2%');
  });
  it('a price above the cap is refused, fees included', () => {
    const fee = {
      code: 'SERVICE',
      zh: '服务费',
      en: 'Service fee',
      timing: 'PER_INSTALMENT',
      percent: '1',
      payee: '示例',
    } as const;
    const dear = buildOffer({ ...offerInput, product: { ...PERSONAL_CREDIT, fees: [fee] } });
    expect(dear).toMatchObject({ ok: false, reason: 'RATE_ABOVE_CAP' });
    expect(buildOffer({ ...offerInput, annualRate: annualRate('24') }).ok).toBe(true);
    expect(buildOffer({ ...offerInput, annualRate: annualRate('24.02') }).ok).toBe(false);
    const micro = policyOf(POLICY_ROWS, '2028-01-01', 'MICRO_LOAN');
    expect(buildOffer({ ...offerInput, annualRate: annualRate('12.5'), policy: micro }).ok).toBe(
      false,
    );
  });
  it('a contract that differs from the offer may not be signed', () => {
    const made = offer();
    const party = { name: 'x', identifier: 'x', address: 'x', phone: 'x' };
    const contract: ContractData = {
      contractNumber: 'C-1',
      templateVersion: 1,
      lender: party,
      lenderType: 'BANK',
      borrower: party,
      amountFen: made.amountFen,
      termMonths: made.termMonths,
      method: made.method,
      annualRate: made.annualRate,
      purposeZh: '房屋装修',
      payoutCard: 'x',
      instalments: made.schedule.instalments,
      disclosure: made.disclosure,
      authorisationId: 'A-1',
      authorisationHash: 'ab',
      signingDate: AS_OF,
      dualRecording: true,
    };
    expect(contractFaults(contract, made)).toEqual([]);
    expect(contractFaults({ ...contract, annualRate: annualRate('11') }, made)).toEqual(['RATE']);
    expect(
      contractFaults({ ...contract, disclosure: { ...made.disclosure, normal: [] } }, made),
    ).toEqual(['COST_NOT_DISCLOSED']);
    expect(
      contractFaults({ ...contract, instalments: made.schedule.instalments.slice(1) }, made),
    ).toContain('SCHEDULE');
  });
});

describe('signing', () => {
  const attempt = {
    contractSm3: 'ab'.repeat(32),
    shownSm3: 'AB'.repeat(32),
    disclosureConfirmed: true,
    disclosureComplete: true,
    recordingNeed: 'SELF' as const,
    recordings: [{ kind: 'SELF' as const, state: 'COMPLETE' as const }],
  };

  it('only the contract that was shown can be signed', () => {
    expect(refuseSigning(attempt)).toBeNull();
    expect(refuseSigning({ ...attempt, shownSm3: 'cd'.repeat(32) })).toBe('DIGEST_DIFFERS');
  });
  it('nobody signs before the costs are confirmed, or when something charged is not on the form', () => {
    expect(refuseSigning({ ...attempt, disclosureConfirmed: false })).toBe(
      'DISCLOSURE_UNCONFIRMED',
    );
    expect(refuseSigning({ ...attempt, disclosureComplete: false })).toBe('COST_NOT_DISCLOSED');
  });
  it('a recording is waited for exactly where the product asks for one', () => {
    expect(refuseSigning({ ...attempt, recordings: [] })).toBe('RECORDING_MISSING');
    const unasked = { ...attempt, recordingNeed: 'NONE' as const, recordings: [] };
    expect(refuseSigning(unasked)).toBeNull();
    expect(needsDualRecording(PERSONAL_CREDIT, fen(50_000_00))).toBe(false);
    expect(needsDualRecording(PERSONAL_CREDIT, fen(50_100_00))).toBe(true);
  });
});

describe('payout', () => {
  it('after a doubt nothing is sent again before the bank has been asked', () => {
    expect(mayMovePayout('UNKNOWN', 'SENT')).toBe(false);
    expect(mayMovePayout('UNKNOWN', 'RELEASED')).toBe(false);
    expect(payoutStep({ kind: 'NO_ANSWER' }, 'TRANSFER')).toEqual({
      state: 'UNKNOWN',
      next: 'QUERY',
    });
    expect(payoutStep({ kind: 'NOT_FOUND' }, 'TRANSFER').next).toBe('QUERY');
    expect(payoutStep({ kind: 'NOT_FOUND' }, 'QUERY').next).toBe('SEND');
    expect(payoutStep({ kind: 'PAID' }, 'QUERY')).toEqual({ state: 'PAID', next: 'DONE' });
  });
  it('what is paid cannot be cancelled or released again, and can only come back', () => {
    expect(PAYOUT_STATES.filter((to) => mayMovePayout('PAID', to))).toEqual(['RETURNED']);
    expect(PAYOUT_STATES.filter((to) => mayMovePayout('RETURNED', to))).toEqual([]);
    expect(PAYOUT_STATES.filter((from) => mayMovePayout(from, 'CANCELLED'))).toEqual(['READY']);
  });
});

describe('servicing', () => {
  const instalments = servicedInstalments(
    buildSchedule({
      principalFen: fen(10_000_00),
      annualRate: annualRate('12'),
      instalments: 12,
      method: 'EQUAL_INSTALMENT',
      dayCount: 'MONTHS/12',
      startDate: '2026-01-15',
    }),
  );

  it('an allocation always adds up, and never pays a part twice', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3_000_00 }), { maxLength: 15 }), (amounts) => {
        let state = instalments;
        for (const amount of amounts) {
          const result = allocateRepayment(state, fen(amount));
          const given = sumFen(result.allocations.map((a) => sumParts(a)));
          expect(given + result.unappliedFen).toBe(amount);
          const before = sumFen(state.map(outstanding));
          expect(sumFen(result.instalments.map(outstanding))).toBe(before - given);
          expect(result.instalments.every((i) => outstanding(i) >= 0)).toBe(true);
          if (result.unappliedFen > 0) expect(settled(result.instalments)).toBe(true);
          state = result.instalments;
        }
      }),
    );
  });
  it('pays the oldest first, and within it costs, penalty, interest, principal', () => {
    const [head, ...tail] = instalments;
    if (head === undefined) throw new Error('The sample has instalments.');
    const late = [
      ...tail,
      { ...head, due: { ...head.due, feeFen: fen(5_00), penaltyFen: fen(3_00) } },
    ];
    const result = allocateRepayment(late, fen(110_00));
    expect(result.allocations).toEqual([
      { number: 1, feeFen: 5_00, penaltyFen: 3_00, interestFen: 100_00, principalFen: 2_00 },
    ]);
  });
  it('counts days past due from the earliest unpaid due date; grace only reports later', () => {
    expect(daysPastDue(instalments, '2026-02-15')).toBe(0);
    expect(daysPastDue(instalments, '2026-02-16')).toBe(1);
    expect(daysPastDue(instalments, '2026-02-18', 3)).toBe(0);
    expect(daysPastDue(instalments, '2026-02-19', 3)).toBe(4);
    expect(overdueFen(instalments, '2026-03-15')).toBe(2 * 888_49);
    const paid = allocateRepayment(instalments, fen(888_49)).instalments;
    expect(daysPastDue(paid, '2026-03-16')).toBe(1);
  });
  it('is settled when everything is paid, and an overpayment is handed back', () => {
    const result = allocateRepayment(instalments, fen(20_000_00));
    expect(settled(result.instalments)).toBe(true);
    expect(principalOutstanding(result.instalments)).toBe(0);
    expect(result.unappliedFen).toBe(20_000_00 - 10_661_86);
    expect(nextWakeUp(result.instalments, '2026-01-15')).toBeNull();
  });
  it('wakes at the due date, the day after, and at each bucket', () => {
    expect(nextWakeUp(instalments, '2026-01-15')).toBe('2026-02-15');
    expect(nextWakeUp(instalments, '2026-02-15')).toBe('2026-02-16');
    const buckets = policy('service.dpdBuckets');
    const lastOne = instalments.slice(-1);
    expect(nextWakeUp(lastOne, '2027-01-16', buckets)).toBe('2027-02-15');
    expect(nextWakeUp(lastOne, '2028-01-01', buckets)).toBeNull();
  });
  it('penalty interest is the raised contract rate for the days, rounded once', () => {
    // 10,000 yuan, 12 % raised by half is 18 %, ten days of 360.
    const rate = { annualRate: annualRate('12'), markupPercent: '50' };
    expect(penaltyOn(10_000_00 * 10, rate)).toBe(50_00);
    expect(penaltyOn(0, rate)).toBe(0);
  });
});
