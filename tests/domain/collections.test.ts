/** Class and contact: nothing lifts a loan by itself, and no contact that the rules forbid is ever allowed. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  classify,
  isWorse,
  liftRefusals,
  TIERS,
  worstOf,
  writeOffRefusal,
} from '../../domain/classification.ts';
import {
  CONTACT_CHANNELS,
  CONTACT_LINES,
  CONTACT_RULES,
  CONTACT_TARGETS,
  type ContactAsk,
  contactRefusals,
  lintScript,
  type PastContact,
  STOP_CAUSES,
} from '../../domain/contact.ts';
import { CONTACT_OUTCOMES } from '../../domain/desk-kinds.ts';
import { percentOf, rollRates } from '../../domain/metrics.ts';
import { fen, ZERO_FEN } from '../../domain/money.ts';
import { journalOf } from '../../domain/ledger.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { policyOf } from '../../domain/policy.ts';
import { offTheBooks } from '../../domain/write-off.ts';
import { NO_PARTS } from '../../domain/service.ts';

const policy = policyOf(POLICY_ROWS, '2026-11-24', 'BANK');
const LADDER = policy('classification.dpdFloors');
const LIMITS = {
  hours: [policy('contact.hours').from, policy('contact.hours').to],
  unansweredCallsPerDay: policy('contact.unansweredCallsPerDay'),
  failuresBeforeThirdParty: policy('contact.failuresBeforeThirdParty'),
  visitPeople: policy('contact.visitPeople'),
} as const;
const tier = fc.constantFrom(...TIERS);

describe('the class of a loan', () => {
  it('is never better than where the loan stands, than its days past due or than any event asks for', () => {
    fc.assert(
      fc.property(tier, fc.nat(600), fc.array(tier), (standing, daysPastDue, eventFloors) => {
        const now = classify({ standing, daysPastDue, eventFloors }, LADDER);
        for (const floor of [standing, ...eventFloors]) expect(isWorse(floor, now)).toBe(false);
        expect(classify({ standing: now, daysPastDue, eventFloors }, LADDER)).toBe(now);
      }),
    );
  });

  it.each([
    [0, 'NORMAL'],
    [1, 'SPECIAL_MENTION'],
    [90, 'SPECIAL_MENTION'],
    [91, 'SUBSTANDARD'],
    [271, 'DOUBTFUL'],
    [361, 'LOSS'],
  ] as const)('at %i days past due is %s', (daysPastDue, expected) => {
    expect(classify({ standing: 'NORMAL', daysPastDue, eventFloors: [] }, LADDER)).toBe(expected);
    expect(worstOf([])).toBe('NORMAL');
  });

  it('is lifted only without arrears, after the months of performing, and not above a floor', () => {
    const clean = {
      standing: 'SUBSTANDARD',
      to: 'NORMAL',
      daysPastDue: 0,
      eventFloors: [],
      arrearsSeenOn: '2026-05-24',
      today: '2026-11-24',
      performingMonths: 6,
    } as const;
    expect(liftRefusals(clean, LADDER)).toEqual([]);
    expect(liftRefusals({ ...clean, today: '2026-11-23' }, LADDER)).toEqual([
      'NOT_PERFORMING_LONG_ENOUGH',
    ]);
    expect(liftRefusals({ ...clean, daysPastDue: 1 }, LADDER)).toEqual([
      'IN_ARREARS',
      'BELOW_FLOOR',
    ]);
    expect(liftRefusals({ ...clean, eventFloors: ['SPECIAL_MENTION'] }, LADDER)).toEqual([
      'BELOW_FLOOR',
    ]);
    expect(liftRefusals({ ...clean, to: 'SUBSTANDARD' }, LADDER)).toEqual(['NOT_BETTER']);
  });

  it('lets a loan be written off from the policy’s tier on, once, and while something is owed', () => {
    const loss = { standing: 'LOSS', fromTier: 'LOSS', writtenOffOn: null, owedFen: 1 } as const;
    expect(writeOffRefusal(loss)).toBeNull();
    expect(writeOffRefusal({ ...loss, standing: 'DOUBTFUL' })).toBe('TIER_TOO_GOOD');
    expect(writeOffRefusal({ ...loss, writtenOffOn: '2026-01-31' })).toBe('WRITTEN_OFF_BEFORE');
    expect(writeOffRefusal({ ...loss, owedFen: 0 })).toBe('NOTHING_OWED');
  });
});

/** Noon in Shanghai. */
const NOON = Date.parse('2026-11-24T12:00:00+08:00');
const HOUR = 3_600_000;
const CALL: ContactAsk = {
  now: NOON,
  channel: 'CALL',
  target: 'DEBTOR',
  line: 'MOBILE',
  purpose: 'COLLECT',
  people: 1,
  recorded: true,
  nightConsent: false,
};
const missed = (hoursAgo: number, over: Partial<PastContact> = {}): PastContact => ({
  at: NOON - hoursAgo * HOUR,
  channel: 'CALL',
  target: 'DEBTOR',
  line: 'MOBILE',
  outcome: 'NOT_REACHED',
  ...over,
});
const refused = (over: Partial<ContactAsk>, history: readonly PastContact[] = []) =>
  contactRefusals({ ...CALL, ...over }, history, [], LIMITS);

describe('a contact', () => {
  it.each([
    ['2026-11-24T07:59:59.999+08:00', ['NIGHT_HOURS']],
    ['2026-11-24T08:00:00+08:00', []],
    ['2026-11-24T21:59:59.999+08:00', []],
    ['2026-11-24T22:00:00+08:00', ['NIGHT_HOURS']],
  ])('at %s is refused with %j', (at, codes) => {
    expect(refused({ now: Date.parse(at) })).toEqual(codes);
    expect(refused({ now: Date.parse(at), nightConsent: true })).toEqual([]);
  });

  it('by call is refused after six unanswered to the same number on the day of Shanghai, and not across midnight', () => {
    const six = [0.1, 0.2, 0.3, 0.4, 0.5, 3.9].map((hours) => missed(hours));
    expect(refused({}, six)).toEqual(['TOO_MANY_UNANSWERED']);
    expect(refused({}, six.slice(1))).toEqual([]);
    expect(refused({ line: 'HOME' }, six)).toEqual([]);
    expect(refused({ now: NOON + 24 * HOUR }, six)).toEqual([]);
    // What nobody has told the outcome of counts as not answered.
    expect(
      refused(
        {},
        six.map((past) => ({ ...past, outcome: null })),
      ),
    ).toEqual(['TOO_MANY_UNANSWERED']);
  });

  it('with somebody else needs three failures in a row or a wrong number, and only relays', () => {
    const relay = { target: 'RELATED', line: 'CONTACT_1', purpose: 'RELAY' } as const;
    const three = [missed(1), missed(2), missed(30)];
    expect(refused(relay, three)).toEqual([]);
    expect(refused({ ...relay, purpose: 'COLLECT' }, three)).toEqual(['THIRD_PARTY_ONLY_RELAY']);
    expect(refused(relay, three.slice(1))).toEqual(['THIRD_PARTY_TOO_EARLY']);
    expect(refused(relay, [missed(0.5, { outcome: 'REACHED' }), ...three])).toEqual([
      'THIRD_PARTY_TOO_EARLY',
    ]);
    expect(refused(relay, [missed(1, { outcome: null }), missed(2), missed(3)])).toEqual([
      'THIRD_PARTY_TOO_EARLY',
    ]);
    expect(refused(relay, [missed(1, { outcome: 'WRONG_NUMBER' })])).toEqual([]);
    expect(refused({ ...relay, target: 'UNRELATED' }, three)).toEqual(['UNRELATED_THIRD_PARTY']);
    expect(refused({ line: 'CONTACT_2' })).toEqual(['LINE_NOT_OF_TARGET']);
  });

  it('is stopped by a dispute, a complaint or a death; a visit takes two and a call is recorded', () => {
    for (const cause of STOP_CAUSES)
      expect(contactRefusals(CALL, [], [cause, cause], LIMITS)).toEqual([cause]);
    expect(refused({ channel: 'VISIT', line: 'HOME' })).toEqual(['VISIT_NEEDS_TWO']);
    expect(refused({ channel: 'VISIT', line: 'HOME', people: 2 })).toEqual([]);
    expect(refused({ recorded: false })).toEqual(['CALL_NOT_RECORDED']);
    expect(refused({ now: Number.NaN })).toEqual(['CLOCK_UNREADABLE']);
  });

  it('that is allowed once is not made allowed by more failures of the day, whatever came before', () => {
    const past = fc.record({
      at: fc.integer({ min: NOON - 72 * HOUR, max: NOON }),
      channel: fc.constantFrom(...CONTACT_CHANNELS),
      target: fc.constantFrom(...CONTACT_TARGETS),
      line: fc.constantFrom(...CONTACT_LINES),
      outcome: fc.constantFrom(...CONTACT_OUTCOMES, null),
    });
    const ask = fc.record({
      now: fc.integer({ min: NOON - 24 * HOUR, max: NOON + 24 * HOUR }),
      channel: fc.constantFrom(...CONTACT_CHANNELS),
      target: fc.constantFrom(...CONTACT_TARGETS),
      line: fc.constantFrom(...CONTACT_LINES),
      purpose: fc.constantFrom('COLLECT' as const, 'RELAY' as const),
      people: fc.integer({ min: 1, max: 3 }),
      recorded: fc.boolean(),
      nightConsent: fc.constant(false),
    });
    const stops = fc.array(fc.constantFrom(...STOP_CAUSES), { maxLength: 1 });
    fc.assert(
      fc.property(ask, fc.array(past, { maxLength: 30 }), stops, (said, history, stopped) => {
        const codes = contactRefusals(said, history, stopped, LIMITS);
        for (const code of codes) expect(CONTACT_RULES[code]).toBeTruthy();
        // The order in which history is told does not matter.
        expect(contactRefusals(said, history.toReversed(), stopped, LIMITS)).toEqual(codes);
        if (codes.length > 0) return;
        const hour = new Date(said.now + 8 * HOUR).getUTCHours();
        expect(hour).toBeGreaterThanOrEqual(8);
        expect(hour).toBeLessThan(22);
        expect(stopped).toEqual([]);
        expect(said.target).not.toBe('UNRELATED');
        if (said.target === 'RELATED') expect(said.purpose).toBe('RELAY');
        if (said.channel === 'VISIT') expect(said.people).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 300 },
    );
  });

  it('has a script without threats, false consequences or impersonation, however it is spaced', () => {
    expect(lintScript('您好，您的贷款已逾期3天，请联系我们协商还款。')).toEqual([]);
    expect(lintScript('再不还就让你 坐 牢！').map(({ kind }) => kind)).toEqual([
      'FALSE_CONSEQUENCE',
    ]);
    expect(lintScript('This is the COURT.').map(({ kind }) => kind)).toEqual(['IMPERSONATION']);
    expect(lintScript('我是法-院的，后果自负').map(({ kind }) => kind)).toEqual([
      'THREAT',
      'IMPERSONATION',
    ]);
  });
});

describe('a loan that is written off', () => {
  const parts = { ...NO_PARTS, interestFen: fen(300), principalFen: fen(700) };
  it('turns money into recovery, holds what is over, and makes no claim on the books', () => {
    const money = offTheBooks({ kind: 'REPAYMENT_RECEIVED', parts, unappliedFen: fen(5) });
    expect(money?.own).toEqual({ kind: 'RECOVERED', amountFen: 1000 });
    const total = [money?.own, money?.held]
      .flatMap((event) => (event ? journalOf(event).lines : []))
      .filter(({ account }) => account === '1002')
      .reduce((sum, { amountFen }) => sum + amountFen, 0);
    expect(total).toBe(1005);
    expect(offTheBooks({ kind: 'UNAPPLIED_USED', parts })?.own).toEqual({
      kind: 'RECOVERED_FROM_HELD',
      amountFen: 1000,
    });
    for (const event of [
      { kind: 'PENALTY_ACCRUED', penaltyFen: fen(1) },
      { kind: 'INTEREST_ACCRUED', interestFen: fen(1) },
      { kind: 'FEE_CHARGED', feeFen: fen(1) },
    ] as const)
      expect(offTheBooks(event)).toEqual({ own: null, held: null });
    expect(offTheBooks({ kind: 'OVERPAYMENT_REFUNDED', amountFen: fen(5) })).toBeNull();
  });
});

describe('a share', () => {
  it('has four decimals, half-up, and is null of nothing', () => {
    expect(percentOf(1, 3)).toBe('33.3333');
    expect(percentOf(1, 1_600_000)).toBe('0.0001');
    expect(percentOf(0, 5)).toBe('0.0000');
    expect(percentOf(0, 0)).toBeNull();
  });

  it('of a roll is what entered the next bucket over what stood in this one', () => {
    const flows = [
      { from: 'C', to: 'M1', loans: 1, beforeFen: fen(100), nowFen: fen(90) },
      { from: 'C', to: 'C', loans: 3, beforeFen: fen(300), nowFen: fen(250) },
      { from: 'M1', to: 'SETTLED', loans: 1, beforeFen: fen(50), nowFen: ZERO_FEN },
    ];
    expect(rollRates(flows, ['C', 'M1', 'M2'])).toEqual([
      { from: 'C', to: 'M1', enteredFen: 90, beforeFen: 400, percent: '22.5000' },
      { from: 'M1', to: 'M2', enteredFen: 0, beforeFen: 50, percent: '0.0000' },
    ]);
  });
});
