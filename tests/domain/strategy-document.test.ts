/** Strategy and scorecard documents: what is wrong is refused, with the place and the reason named. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alwaysHolds, canHold } from '../../domain/expression-reach.ts';
import { compileExpression } from '../../domain/expression-compile.ts';
import type { Expression } from '../../domain/expression.ts';
import type { Band } from '../../domain/score.ts';
import { parseScorecard } from '../../domain/scorecard-parse.ts';
import { SCORECARD_V1 } from '../../domain/scorecard-v1.ts';
import { parseStrategy } from '../../domain/strategy-parse.ts';
import { runStrategyCases } from '../../domain/strategy-cases.ts';
import { STRATEGY_V1 } from '../../domain/strategy-v1.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { MAX_RULES } from '../../domain/strategy.ts';
import { compileStrategy } from '../../domain/decide.ts';
import { anyCondition, wholeVariables } from './expressions.ts';
import { BOOK, policy } from './samples.ts';

const stored = (document: unknown): unknown => JSON.parse(JSON.stringify(document));
const strategyFaults = (document: unknown) => {
  const parsed = parseStrategy(document);
  return parsed.ok ? [] : parsed.faults;
};
const cardFaults = (document: unknown) => {
  const parsed = parseScorecard(document);
  return parsed.ok ? [] : parsed.faults;
};

const [FIRST, SECOND, ...REST] = STRATEGY_V2.knockouts;
if (FIRST === undefined || SECOND === undefined) throw new Error('The strategy has knockouts.');
const first = FIRST;
const second = SECOND;
const rule = (over: Readonly<Record<string, unknown>>) => ({ ...first, ...over });
const withFirst = (over: Readonly<Record<string, unknown>>) => ({
  ...STRATEGY_V2,
  knockouts: [rule(over), second, ...REST],
});
const [CLEAN] = STRATEGY_V2.tests;
if (CLEAN === undefined) throw new Error('The strategy has tests.');
const clean = CLEAN;
const withTest = (over: Readonly<Record<string, unknown>>) => ({
  ...STRATEGY_V2,
  tests: [{ ...clean, ...over }],
});

describe('the shipped strategies', () => {
  it('are read from what the database holds of them, both formats', () => {
    expect(strategyFaults(stored(STRATEGY_V2))).toEqual([]);
    expect(strategyFaults(stored(STRATEGY_V1))).toEqual([]);
  });

  it('of format 1 keep their version and their rules', () => {
    const parsed = parseStrategy(stored(STRATEGY_V1));
    if (!parsed.ok) throw new Error('Version 1 is sound.');
    expect(parsed.strategy).toMatchObject({ format: 2, id: 'PERSONAL_STANDARD', version: 1 });
    expect(parsed.strategy.knockouts).toEqual(STRATEGY_V2.knockouts);
    expect(parsed.strategy.referrals).toEqual(STRATEGY_V2.referrals);
  });

  it('pass their own tests', () => {
    expect(runStrategyCases(STRATEGY_V2, compileStrategy(BOOK))).toEqual([]);
  });

  it('say which test fails once a rule is taken out', () => {
    const strategy = { ...STRATEGY_V2, knockouts: STRATEGY_V2.knockouts.slice(1) };
    const faults = runStrategyCases(strategy, compileStrategy({ ...BOOK, strategy }));
    expect(faults.map((f) => [f.path, f.code])).toContainEqual([
      'tests[1].expect.outcome',
      'CASE_FAILED',
    ]);
  });
});

describe('a strategy is refused, with the place named, for', () => {
  it.each<[string, unknown, string, string]>([
    ['being no object', 'x', '', 'OBJECT_EXPECTED'],
    ['another format', { ...STRATEGY_V2, format: 3 }, 'format', 'FORMAT'],
    ['a member nobody knows', { ...STRATEGY_V2, extra: 1 }, 'extra', 'UNKNOWN_MEMBER'],
    [
      'a member that is missing',
      { ...STRATEGY_V2, cutoffs: undefined },
      'cutoffs',
      'MISSING_MEMBER',
    ],
    ['an id in small letters', { ...STRATEGY_V2, id: 'x' }, 'id', 'ID_EXPECTED'],
    [
      'a scorecard without a version',
      { ...STRATEGY_V2, scorecard: 'A' },
      'scorecard',
      'VERSION_EXPECTED',
    ],
    [
      'a reason of another kind',
      withFirst({ reason: 'REFER_AGE' }),
      'knockouts[0].reason',
      'REASON_EXPECTED',
    ],
    [
      'a condition of unknown variables',
      withFirst({ when: { '==': [{ var: 'x' }, 1] } }),
      'knockouts[0].when.==[0].var',
      'UNKNOWN_VARIABLE',
    ],
    [
      'a banned feature',
      withFirst({ when: { '==': [{ var: 'gender' }, 'F'] } }),
      'knockouts[0].when.==[0].var',
      'BANNED_FEATURE',
    ],
    ['an id used twice', withFirst({ id: 'R01' }), 'referrals[0].id', 'DUPLICATE_ID'],
    [
      'a condition that stands before',
      withFirst({ when: second.when }),
      'knockouts[1].when',
      'DUPLICATE_CONDITION',
    ],
    [
      'a condition that can never hold',
      withFirst({
        when: { and: [{ '<': [{ var: 'ageYears' }, 5] }, { '>': [{ var: 'ageYears' }, 10] }] },
      }),
      'knockouts[0].when',
      'NEVER_HOLDS',
    ],
    [
      'a rule behind one that always holds',
      withFirst({ when: true }),
      'knockouts[1]',
      'UNREACHABLE',
    ],
    [
      'cut-offs out of order',
      { ...STRATEGY_V2, cutoffs: { autoApproveFrom: 500, autoDeclineBelow: 600 } },
      'cutoffs',
      'CUTOFFS_OUT_OF_ORDER',
    ],
    [
      'a limit that grows for a worse grade',
      {
        ...STRATEGY_V2,
        limits: { ...STRATEGY_V2.limits, D: { maxFen: 90_000_00, incomeMonths: 6 } },
      },
      'limits.D.maxFen',
      'LIMIT_GROWS',
    ],
    [
      'a limit that is no whole number',
      { ...STRATEGY_V2, limits: { ...STRATEGY_V2.limits, A: { maxFen: 0.5, incomeMonths: 1 } } },
      'limits.A.maxFen',
      'INTEGER_EXPECTED',
    ],
    [
      'a share of income above the whole',
      { ...STRATEGY_V2, maxDebtRatioPercent: 101 },
      'maxDebtRatioPercent',
      'INTEGER_EXPECTED',
    ],
    [
      'a price that is no rate',
      {
        ...STRATEGY_V2,
        pricing: { rateByGrade: { ...STRATEGY_V2.pricing.rateByGrade, B: 10.8 }, segments: [] },
      },
      'pricing.rateByGrade.B',
      'PRICE_EXPECTED',
    ],
    [
      'an authority below zero',
      { ...STRATEGY_V2, authority: { autoApproveMaxFen: -1, twoPersonAboveFen: null } },
      'authority.autoApproveMaxFen',
      'INTEGER_EXPECTED',
    ],
    [
      'a test like one that comes later',
      withTest({ like: 'LATER' }),
      'tests[0].like',
      'UNKNOWN_CASE',
    ],
    [
      'a test on an unknown variable',
      withTest({ variables: { nobody: 1 } }),
      'tests[0].variables.nobody',
      'UNKNOWN_VARIABLE',
    ],
    [
      'a test with a text for a number',
      withTest({ variables: { ageYears: '36' } }),
      'tests[0].variables.ageYears',
      'TYPE_MISMATCH',
    ],
    [
      'a test of a rule that is not there',
      withTest({ expect: { ...clean.expect, hits: ['K99'] } }),
      'tests[0].expect.hits[0]',
      'UNKNOWN_RULE',
    ],
    [
      'a test with an unknown gap',
      withTest({ gaps: ['GAP_NOTHING'] }),
      'tests[0].gaps[0]',
      'REASON_EXPECTED',
    ],
  ])('%s', (_, document, path, code) => {
    expect(strategyFaults(stored(document))).toContainEqual(
      expect.objectContaining({ path, code }),
    );
  });

  it('more rules than it may have: ten thousand of them with one fault, in well under a second', () => {
    const rules = Array.from({ length: 10_000 }, (_, i) => rule({ id: `K${i}` }));
    const document = stored({ ...STRATEGY_V2, knockouts: rules });
    const started = performance.now();
    const faults = strategyFaults(document);
    expect(performance.now() - started).toBeLessThan(100);
    expect(faults.map(({ path, code }) => [path, code])).toEqual([['', 'TOO_MANY_RULES']]);
    const most = Array.from({ length: MAX_RULES + 1 - STRATEGY_V2.referrals.length }, (_, i) =>
      rule({ id: `K${i}` }),
    );
    expect(strategyFaults({ ...STRATEGY_V2, knockouts: most }).map((f) => f.code)).toEqual([
      'TOO_MANY_RULES',
    ]);
  });

  it('as many rules as it may have, each as large as it may be: checked in seconds, not minutes', () => {
    const part = (i: number): Expression => ({
      or: [
        { and: [{ '<': [{ var: 'ageYears' }, i] }, { '>': [{ var: 'termMonths' }, i] }] },
        { '==': [{ var: 'openLoans' }, i] },
      ],
    });
    const when = { and: Array.from({ length: 40 }, (_, i) => part(i)) };
    const rules = Array.from({ length: MAX_RULES }, (_, i) =>
      rule({ id: `K${i}`, when: { or: [when, { '<': [{ var: 'dependants' }, i] }] } }),
    );
    const started = performance.now();
    expect(strategyFaults({ ...STRATEGY_V2, knockouts: rules, referrals: [], tests: [] })).toEqual(
      [],
    );
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('any JSON value, without throwing, also with one member of the shipped one replaced', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(STRATEGY_V2)), fc.jsonValue(), (member, value) => {
        parseStrategy(value);
        parseStrategy({ ...STRATEGY_V2, [member]: value });
        parseStrategy({ ...STRATEGY_V1, [member]: value });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('reach', () => {
  it('no condition that holds for some values is called one that never holds', () => {
    fc.assert(
      fc.property(
        anyCondition,
        fc.array(wholeVariables, { minLength: 3, maxLength: 3 }),
        (condition, worlds) => {
          const answers = worlds.map((variables) =>
            compileExpression(condition, policy)(variables),
          );
          if (answers.includes(true)) expect(canHold(condition)).toBe(true);
          if (answers.includes(false)) expect(alwaysHolds(condition)).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });

  const age = { var: 'ageYears' } as const;
  it.each<[Expression, boolean, boolean]>([
    [{ and: [{ '<': [age, 5] }, { '>=': [age, 5] }] }, false, false],
    [{ or: [{ '<': [age, 5] }, { '>=': [5, age] }, { '>': [age, 4] }] }, true, true],
    [{ and: [{ '<=': [age, 5] }, { '>=': [age, 5] }] }, true, false],
    [{ and: [{ '<=': [age, 5] }, { '>=': [age, 5] }, { '!=': [age, 5] }] }, false, false],
    [
      {
        and: [{ in: [{ var: 'employment' }, ['A', 'B']] }, { '==': [{ var: 'employment' }, 'C'] }],
      },
      false,
      false,
    ],
    [{ '!': [{ or: [{ var: 'badDebt' }, { '!': [{ var: 'badDebt' }] }] }] }, false, false],
    // Never evaluable: it cannot hold, and nothing speaks against it either.
    [{ '>': [{ '/': [1, { '-': [1, 1] }] }, 0] }, false, true],
    [{ '<': [3, 5] }, true, true],
    [{ and: [{ '>': [{ '+': [age, 1] }, 9] }, { '<': [{ '+': [age, 1] }, 9] }] }, false, false],
    [{ '<': [age, { policy: 'applicant.minAgeYears' }] }, true, false],
  ])('%j can hold: %s, always holds: %s', (condition, can, always) => {
    expect([canHold(condition), alwaysHolds(condition)]).toEqual([can, always]);
  });
});

const [DIMENSION] = SCORECARD_V1.dimensions;
if (DIMENSION === undefined) throw new Error('The card has dimensions.');
const dimension = DIMENSION;
const range = (from: number | null, to: number | null): Band => ({
  kind: 'RANGE',
  from,
  to,
  points: 0,
  label: `${from}–${to}`,
});
const named = (...values: (string | number | boolean)[]): Band => ({
  kind: 'IS',
  values,
  points: 0,
  label: values.join('|'),
});
const withBands = (variable: string, ...bands: readonly Band[]) => ({
  ...SCORECARD_V1,
  dimensions: [
    { ...dimension, id: variable, variable, bands },
    ...SCORECARD_V1.dimensions.slice(1).filter((d) => d.variable !== variable),
  ],
});
const withDimension = (over: Readonly<Record<string, unknown>>) => ({
  ...SCORECARD_V1,
  dimensions: [{ ...dimension, ...over }, ...SCORECARD_V1.dimensions.slice(1)],
});

describe('a scorecard is refused, with the place named, for', () => {
  it.each<[string, unknown, string, string]>([
    [
      'bands that overlap',
      withBands('openLoans', range(null, 3), range(2, null)),
      'dimensions[0].bands[1]',
      'BAND_OVERLAP',
    ],
    [
      'a gap between bands',
      withBands('openLoans', range(null, 3), range(4, null)),
      'dimensions[0].bands[1]',
      'BAND_GAP',
    ],
    [
      'a gap below',
      withBands('openLoans', range(0, 3), range(3, null)),
      'dimensions[0].bands[0]',
      'BAND_OPEN_BELOW',
    ],
    [
      'a gap above',
      withBands('openLoans', range(null, 3), range(3, 9)),
      'dimensions[0].bands[1]',
      'BAND_OPEN_ABOVE',
    ],
    [
      'a band that holds nothing',
      withBands('openLoans', range(null, 3), range(3, 3), range(3, null)),
      'dimensions[0].bands[1]',
      'BAND_EMPTY',
    ],
    [
      'a special value behind its range',
      withBands('openLoans', range(null, null), named(-1)),
      'dimensions[0].bands[1].values[0]',
      'BAND_UNREACHABLE',
    ],
    [
      'a value listed twice',
      withBands('housing', named('OWNED'), named('OWNED', 'RENTED')),
      'dimensions[0].bands[1].values[0]',
      'LISTED_TWICE',
    ],
    [
      'a range of texts',
      withBands('housing', range(null, null)),
      'dimensions[0].bands[0]',
      'TYPE_MISMATCH',
    ],
    [
      'a text among numbers',
      withBands('openLoans', named('x'), range(null, null)),
      'dimensions[0].bands[0].values[0]',
      'TYPE_MISMATCH',
    ],
    [
      'numbers that no band covers',
      withBands('openLoans', named(1)),
      'dimensions[0].bands',
      'BAND_GAP',
    ],
    [
      'a flag with half its values',
      withBands('badDebt', named(true)),
      'dimensions[0].bands',
      'BAND_GAP',
    ],
    ['no bands', withDimension({ bands: [] }), 'dimensions[0].bands', 'EMPTY'],
    [
      'an unknown variable',
      withDimension({ variable: 'x' }),
      'dimensions[0].variable',
      'UNKNOWN_VARIABLE',
    ],
    [
      'a banned feature',
      withDimension({ variable: 'religion' }),
      'dimensions[0].variable',
      'BANNED_FEATURE',
    ],
    [
      'a banned feature behind another name',
      withDimension({ id: 'gender' }),
      'dimensions[0]',
      'BANNED_FEATURE',
    ],
    [
      'a dimension twice',
      withDimension({ id: 'openLoans' }),
      expect.stringMatching(/^dimensions\[\d+\]\.id$/) as string,
      'DUPLICATE_ID',
    ],
    [
      'points that are no whole number',
      withDimension({ missingPoints: 0.5 }),
      'dimensions[0].missingPoints',
      'INTEGER_EXPECTED',
    ],
    [
      'grades out of order',
      { ...SCORECARD_V1, grades: SCORECARD_V1.grades.map((g) => ({ ...g, from: 700 })) },
      'grades[1].from',
      'GRADES_OUT_OF_ORDER',
    ],
    [
      'a grade that no total reaches',
      {
        ...SCORECARD_V1,
        grades: SCORECARD_V1.grades.map((g) => (g.grade === 'A' ? { ...g, from: 9999 } : g)),
      },
      'grades[0].from',
      'GRADE_UNREACHABLE',
    ],
    [
      'a grade that is missing',
      { ...SCORECARD_V1, grades: SCORECARD_V1.grades.slice(1) },
      'grades',
      'GRADES',
    ],
    [
      'odds of nothing',
      { ...SCORECARD_V1, scale: { ...SCORECARD_V1.scale, odds: 0 } },
      'scale.odds',
      'SCALE',
    ],
    [
      'points that double nothing',
      { ...SCORECARD_V1, scale: { ...SCORECARD_V1.scale, pdo: -40 } },
      'scale.pdo',
      'SCALE',
    ],
    [
      'a base score out of reach',
      { ...SCORECARD_V1, scale: { ...SCORECARD_V1.scale, score: 5000 } },
      'scale.score',
      'SCALE',
    ],
  ])('%s', (_, document, path, code) => {
    expect(cardFaults(stored(document))).toContainEqual(expect.objectContaining({ path, code }));
  });

  it('nothing, when it is the shipped one; and for any JSON value it does not throw', () => {
    expect(cardFaults(stored(SCORECARD_V1))).toEqual([]);
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(SCORECARD_V1)),
        fc.jsonValue(),
        (member, value) => {
          parseScorecard(value);
          parseScorecard({ ...SCORECARD_V1, [member]: value });
          parseScorecard(withDimension({ bands: [value] }));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
