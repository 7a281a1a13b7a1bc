/** The compiled engine: total, never approves on what is missing, the same by both formats, exact to the fen, and the same bytes twice. */
import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { compileOnScore, compileStrategy, type DecisionInput } from '../../domain/decide.ts';
import { decisionInputText, decisionRecord } from '../../domain/decision-record.ts';
import { affordableAt } from '../../domain/lending-limit.ts';
import type { Fen } from '../../domain/money.ts';
import { fen } from '../../domain/money.ts';
import { annualRate } from '../../domain/rates.ts';
import type { Scorecard } from '../../domain/score.ts';
import { compileScorecard } from '../../domain/score.ts';
import { SCORECARD_V1 } from '../../domain/scorecard-v1.ts';
import { parseStrategy } from '../../domain/strategy-parse.ts';
import { STRATEGY_V1 } from '../../domain/strategy-v1.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import type { Price, Strategy } from '../../domain/strategy.ts';
import type { Variables } from '../../domain/variables.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { anyGaps, anyStrategy, wholeVariables, wildVariables } from './expressions.ts';
import { BOOK, decisionInput, policy, variablesOf } from './samples.ts';

/** Numbers that are no amount of money: what a broken request could hold. */
const amounts = fc.oneof(
  fc.integer({ min: 1, max: 3_000 }).map((hundreds) => hundreds * 100_00),
  fc.constantFrom(0, -1, 0.5, Number.NaN, Infinity, 1e300),
);
const requests: fc.Arbitrary<DecisionInput['request']> = fc.record({
  // Under the type that is claimed for it.
  amountFen: amounts.map((n) => n as Fen),
  termMonths: fc.oneof(fc.constantFrom(3, 12, 36), fc.constantFrom(0, -1, 1.5, Number.NaN, 9999)),
  wantsPerson: fc.boolean(),
});

const whole: DecisionInput['request'] = {
  amountFen: fen(30_000_00),
  termMonths: 12,
  wantsPerson: false,
};

/** A card that asks for little: what it lacks does not hide what the engine must find itself. */
const LENIENT: Scorecard = {
  ...SCORECARD_V1,
  dimensions: SCORECARD_V1.dimensions.map((d) => ({ ...d, required: d.variable === 'openLoans' })),
};

describe('whatever the strategy and the values', () => {
  it('a decision comes out, with at most four reasons and each rule traced', () => {
    fc.assert(
      fc.property(
        anyStrategy,
        wildVariables,
        anyGaps,
        requests,
        (strategy, variables, gaps, request) => {
          const decide = compileStrategy({ ...BOOK, strategy });
          const decision = decide({ variables, gaps, request });
          expect(decision.reasons.length).toBeLessThanOrEqual(4);
          expect(decision.outcome === 'APPROVE').toBe(decision.reasons.length === 0);
          const { knockouts, referrals, pricing } = strategy;
          expect(decision.rulesTrace).toHaveLength(
            knockouts.length + referrals.length + pricing.segments.length,
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('a gap, an incomplete score, a person’s wish or a request that is none never approves', () => {
    let approved = 0;
    fc.assert(
      fc.property(
        anyStrategy,
        fc.oneof(wholeVariables, wildVariables, {
          weight: 8,
          arbitrary: fc.constant(variablesOf()),
        }),
        fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, anyGaps),
        fc.oneof({ weight: 3, arbitrary: fc.constant(whole) }, requests),
        fc.constantFrom(SCORECARD_V1, LENIENT),
        (strategy, variables, gaps, request, scorecard) => {
          const decision = compileStrategy({ ...BOOK, strategy, scorecard })({
            variables,
            gaps,
            request,
          });
          if (decision.outcome !== 'APPROVE') return;
          approved += 1;
          expect(gaps).toEqual([]);
          expect(decision.score.complete).toBe(true);
          expect(request.wantsPerson).toBe(false);
          expect(variables.monthlyIncomeFen).not.toBeNull();
          expect(variables.debtServiceFen).not.toBeNull();
          const tolerated = new Set(
            [...strategy.knockouts, ...strategy.referrals]
              .filter((rule) => rule.whenAbsent === 'MISS')
              .map(({ id }) => id),
          );
          for (const { ruleId, kind, outcome } of decision.rulesTrace) {
            if (kind !== 'PRICE') expect(outcome).not.toBe('HIT');
            if (kind !== 'PRICE' && !tolerated.has(ruleId)) expect(outcome).toBe('MISS');
          }
          expect(decision.approvedAmountFen).toBeLessThanOrEqual(request.amountFen);
          expect((decision.approvedAmountFen ?? 1) % BOOK.product.amountStepFen).toBe(0);
        },
      ),
      { numRuns: 5000 },
    );
    // The property says something only where approvals do happen.
    expect(approved).toBeGreaterThan(100);
  });
});

describe('a strategy', () => {
  const parsed = parseStrategy(JSON.parse(JSON.stringify(STRATEGY_V1)));
  if (!parsed.ok) throw new Error('Version 1 is sound.');
  const first = compileStrategy({ ...BOOK, strategy: parsed.strategy });
  const second = compileStrategy(BOOK);

  it('of format 1, upgraded when read, decides as the same rules in format 2', () => {
    const worlds = fc.oneof(wholeVariables, wildVariables, fc.constant(variablesOf()));
    fc.assert(
      fc.property(worlds, anyGaps, requests, fc.boolean(), (variables, gaps, request, clean) => {
        const input = { variables, gaps: clean ? [] : gaps, request: clean ? whole : request };
        const { strategy: one, ...old } = first(input);
        const { strategy: two, ...now } = second(input);
        expect([one, two]).toEqual(['PERSONAL_STANDARD@1', 'PERSONAL_STANDARD@2']);
        expect(old).toEqual(now);
      }),
      { numRuns: 2000 },
    );
  });

  it('made for another scorecard refers everything it does not knock out', () => {
    const strategy = { ...STRATEGY_V2, scorecard: 'PERSONAL_EXPERT@2' };
    const decision = compileStrategy({ ...BOOK, strategy })(decisionInput());
    expect(decision).toMatchObject({ outcome: 'REFER', reasons: ['GAP_STRATEGY'] });
  });

  it('never widens what the policy lets a machine approve, and may narrow it', () => {
    const bound = (autoApproveMaxFen: number | null) =>
      compileStrategy({
        ...BOOK,
        strategy: {
          ...STRATEGY_V2,
          referrals: [],
          authority: { autoApproveMaxFen, twoPersonAboveFen: null },
        },
      });
    const asked = (amountFen: number) => ({
      ...decisionInput(),
      request: { ...whole, amountFen: fen(amountFen) },
    });
    const ofPolicy = policy('decide.autoApproveMaxFen');
    for (const own of [null, ofPolicy * 10])
      expect(bound(own)(asked(ofPolicy + 100_00)).reasons).toEqual(['REFER_AMOUNT']);
    expect(bound(20_000_00)(asked(20_000_00)).outcome).toBe('APPROVE');
    expect(bound(20_000_00)(asked(20_100_00)).reasons).toEqual(['REFER_AMOUNT']);
  });

  it('on a policy that nobody has set sends everything to two people', () => {
    const nothing = (): never => {
      throw new RangeError('no row');
    };
    const decision = compileStrategy({ ...BOOK, policy: nothing })(decisionInput());
    expect(decision.outcome).toBe('REFER');
    expect(decision.approvals).toHaveLength(2);
  });

  it('with income or debt service unknown has no limit, and says so', () => {
    const base = variablesOf();
    for (const variables of [
      { ...base, debtServiceFen: null },
      { ...base, monthlyIncomeFen: 9e15 },
    ]) {
      const decision = compileOnScore({
        ...BOOK,
        strategy: { ...STRATEGY_V2, knockouts: [], referrals: [] },
      })(
        { ...decisionInput(), variables },
        { ...compileScorecard(SCORECARD_V1)(base), complete: true },
      );
      expect(decision).toMatchObject({ outcome: 'REFER', reasons: ['GAP_CAPACITY'] });
    }
  });
});

describe('the price', () => {
  const priced = (a: Price, segments: Strategy['pricing']['segments'] = []) =>
    compileStrategy({
      ...BOOK,
      strategy: {
        ...STRATEGY_V2,
        pricing: { rateByGrade: { ...STRATEGY_V2.pricing.rateByGrade, A: a }, segments },
      },
    });
  const segment = (when: Strategy['knockouts'][number]['when'], a: Price) => ({
    id: 'P1',
    zh: '分群',
    en: 'Segment',
    when,
    rateByGrade: { ...STRATEGY_V2.pricing.rateByGrade, A: a },
  });

  it.each([
    ['PRODUCT', '7.20'],
    ['6.80', '6.80'],
    ['9.90', '7.20'],
  ] as const)('of %s is %s: the lower of strategy and product', (own, holds) => {
    expect(priced(own === 'PRODUCT' ? own : annualRate(own))(decisionInput()).annualRate).toBe(
      holds,
    );
  });

  it('of none declines, for the grade is not lent to', () => {
    expect(priced(null)(decisionInput())).toMatchObject({
      outcome: 'DECLINE',
      reasons: ['DECLINE_GRADE'],
    });
  });

  it('of the first segment that hits replaces the table, and one that cannot be evaluated refers', () => {
    const civil = { '==': [{ var: 'housing' }, 'MORTGAGED'] } as const;
    const cheap = priced('PRODUCT', [segment(civil, annualRate('5.50'))]);
    expect(cheap(decisionInput()).annualRate).toBe('5.50');
    const other: Variables = { ...variablesOf(), housing: 'OWNED' };
    expect(cheap({ ...decisionInput(), variables: other }).annualRate).toBe('7.20');
    const unknown: Variables = { ...variablesOf(), housing: null };
    expect(cheap({ ...decisionInput(), variables: unknown })).toMatchObject({
      outcome: 'REFER',
      reasons: ['GAP_RULE_UNKNOWN'],
    });
  });
});

/** Enough digits for any rate and term: (1 + 1000 % ÷ 12)⁻⁶⁰⁰ begins behind 157 zeros. */
const Precise = Decimal.clone({ precision: 400 });

describe('the amount a payment carries', () => {
  it('is that of exact decimals, rounded down to the fen', () => {
    const rates = fc.integer({ min: 0, max: 100_000 }).map((n) => annualRate((n / 100).toFixed(2)));
    fc.assert(
      fc.property(
        rates,
        fc.integer({ min: 1, max: 600 }),
        fc.oneof(
          fc.integer({ min: 0, max: 10_000_000 }),
          fc.integer({ min: 0, max: 1_000_000_000_000 }),
        ),
        (rate, months, payment) => {
          const monthly = new Precise(rate).dividedBy(1200);
          const factor = monthly.isZero()
            ? new Precise(months)
            : new Precise(1).minus(monthly.plus(1).pow(-months)).dividedBy(monthly);
          const exact = factor.times(payment).floor().toNumber();
          expect(affordableAt(rate)(payment, months)).toBe(
            Number.isSafeInteger(exact) ? exact : undefined,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is nothing for no payment, and every fen at no interest', () => {
    expect(affordableAt(annualRate('7.20'))(-5, 12)).toBe(0);
    expect(affordableAt(annualRate('0'))(1_000, 12)).toBe(12_000);
  });
});

describe('the compiled scorecard', () => {
  it('gives each value the first band that fits, as a plain search does', () => {
    const score = compileScorecard(SCORECARD_V1);
    fc.assert(
      fc.property(wholeVariables, (variables) => {
        for (const [i, c] of score(variables).contributions.entries()) {
          const dimension = SCORECARD_V1.dimensions[i];
          const value = variables[dimension?.variable ?? 'ageYears'];
          const usable = typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER;
          const band = dimension?.bands.find((b) =>
            b.kind === 'IS'
              ? value !== null && b.values.includes(value)
              : typeof value === 'number' &&
                value >= (b.from ?? -Infinity) &&
                value < (b.to ?? Infinity),
          );
          expect(c.band).toBe((usable ? band?.label : undefined) ?? 'UNKNOWN');
          expect(c.points).toBe((usable ? band?.points : undefined) ?? dimension?.missingPoints);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the record', () => {
  const recordOf = (input: DecisionInput) => {
    const inputSm3 = sm3Hex(decisionInputText(input));
    const versions = { policy: 'HOUSE@1', model: 'EXPERT', arm: null };
    const decision = compileStrategy(BOOK)(input);
    return decisionRecord({ decision, input, inputSm3, policyDate: '2026-11-24', versions });
  };

  it('is the same, byte for byte, for the same inputs and versions, in whatever order they come', () => {
    fc.assert(
      fc.property(
        fc.oneof(wholeVariables, fc.constant(variablesOf())),
        anyGaps,
        (variables, gaps) => {
          const backwards = Object.fromEntries(Object.entries(variables).reverse()) as Variables;
          const one = recordOf({ variables, gaps, request: whole });
          const other = recordOf({ variables: backwards, gaps, request: { ...whole } });
          expect(other).toBe(one);
          expect(canonicalJson(JSON.parse(one))).toBe(one);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('has another digest when one input is another', () => {
    const one = recordOf(decisionInput());
    const other = recordOf({ ...decisionInput(), variables: { ...variablesOf(), openCards: 3 } });
    expect(sm3Hex(other)).not.toBe(sm3Hex(one));
    expect(JSON.parse(other)['inputSm3']).not.toBe(JSON.parse(one)['inputSm3']);
  });

  it('keeps each rule with what it saw, the score, and reasons for the applicant and for staff', () => {
    const content: unknown = JSON.parse(
      recordOf({
        ...decisionInput(),
        variables: { ...variablesOf(), fraudLevel: 'HIGH', badDebt: null },
      }),
    );
    expect(content).toMatchObject({
      versions: {
        strategy: 'PERSONAL_STANDARD@2',
        scorecard: 'PERSONAL_EXPERT@1',
        product: 'PERSONAL_CREDIT@1',
        policy: 'HOUSE@1',
        model: 'EXPERT',
        arm: null,
      },
      outcome: 'DECLINE',
      reasons: [
        { code: 'KO_FRAUD', zh: '综合评估未达到本产品的要求', internal: 'Fraud level HIGH' },
      ],
      rules: expect.arrayContaining([
        {
          ruleId: 'K04',
          kind: 'KNOCKOUT',
          outcome: 'HIT',
          reason: 'KO_FRAUD',
          values: { fraudLevel: 'HIGH' },
        },
        {
          ruleId: 'K08',
          kind: 'KNOCKOUT',
          outcome: 'NOT_EVALUABLE',
          reason: 'KO_BAD_DEBT',
          values: { badDebt: null },
        },
        expect.objectContaining({ ruleId: 'K09', outcome: 'MISS' }),
      ]),
      score: {
        contributions: expect.arrayContaining([
          expect.objectContaining({ dimension: 'openLoans' }),
        ]),
      },
    });
  });
});
