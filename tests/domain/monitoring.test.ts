/** What decisions show is compared as it should be, and only what crossed a threshold is told. */
import { describe, expect, it } from 'vitest';
import {
  alertsOf,
  DEFAULT_THRESHOLDS,
  leaningOf,
  monitorsOf,
  type WindowCounts,
  windowsOn,
} from '../../domain/monitoring.ts';

const OF = { strategyCode: 'S', arm: '-' };
const QUIET: WindowCounts = {
  outcomes: [
    { ...OF, outcome: 'APPROVE', before: 600, now: 300 },
    { ...OF, outcome: 'DECLINE', before: 400, now: 200 },
  ],
  rules: [{ ...OF, rule: 'K05', before: 30, now: 15 }],
  scores: [
    { ...OF, scorecard: 'C@1', band: 580, before: 500, now: 250 },
    { ...OF, scorecard: 'C@1', band: 600, before: 500, now: 250 },
  ],
  bands: [
    { ...OF, scorecard: 'C@1', dimension: 'housing', band: 'OWN', before: 400, now: 200 },
    { ...OF, scorecard: 'C@1', dimension: 'housing', band: 'RENT', before: 600, now: 300 },
  ],
  reviews: [{ ...OF, leaning: 'APPROVE', people: 'APPROVE', before: 5, now: 40 }],
};
const causes = (change: Partial<WindowCounts>) =>
  alertsOf(monitorsOf({ ...QUIET, ...change }), DEFAULT_THRESHOLDS).map(
    ({ cause, measured }) => `${cause} ${measured}`,
  );

describe('decisions', () => {
  it('that go on as before raise nothing', () => {
    expect(causes({})).toEqual([]);
  });

  it('whose mix moved by more than ten points are told by outcome', () => {
    const outcomes = [
      { ...OF, outcome: 'APPROVE', before: 600, now: 355 },
      { ...OF, outcome: 'DECLINE', before: 400, now: 145 },
    ];
    expect(causes({ outcomes })).toEqual([
      'OUTCOME_MIX/S/-/APPROVE 60.0% → 71.0%',
      'OUTCOME_MIX/S/-/DECLINE 40.0% → 29.0%',
    ]);
  });

  it('whose rule hits three times as often, or a third, are told by rule', () => {
    expect(causes({ rules: [{ ...OF, rule: 'K05', before: 30, now: 45 }] })).toEqual([
      'RULE_HITS/S/-/K05 3.0% → 9.0%',
    ]);
    expect(causes({ rules: [{ ...OF, rule: 'K05', before: 90, now: 15 }] })).toEqual([
      'RULE_HITS/S/-/K05 9.0% → 3.0%',
    ]);
    expect(causes({ rules: [{ ...OF, rule: 'K05', before: 1, now: 19 }] })).toEqual([]);
  });

  it('whose scores or variables drifted beyond 0.25 are told by card and dimension', () => {
    const scores = [
      { ...OF, scorecard: 'C@1', band: 580, before: 800, now: 250 },
      { ...OF, scorecard: 'C@1', band: 600, before: 200, now: 250 },
    ];
    // Shares 0.8/0.2 → 0.5/0.5: 0.3 · ln 1.6 + 0.3 · ln 2.5 = 0.4159.
    expect(causes({ scores })).toEqual(['SCORE_DRIFT/S/-/C@1 0.416']);
    const bands = [
      { ...OF, scorecard: 'C@1', dimension: 'housing', band: 'OWN', before: 800, now: 250 },
      { ...OF, scorecard: 'C@1', dimension: 'housing', band: 'RENT', before: 200, now: 250 },
    ];
    expect(causes({ bands })).toEqual(['VARIABLE_DRIFT/S/-/housing 0.416']);
  });

  it('of two scorecards are not compared with each other', () => {
    const scores = [
      { ...OF, scorecard: 'C@1', band: 580, before: 1_000, now: 0 },
      { ...OF, scorecard: 'C@2', band: 600, before: 0, now: 500 },
    ];
    expect(causes({ scores })).toEqual([]);
    expect(monitorsOf({ ...QUIET, scores })[0]?.scores.map(({ psi }) => psi)).toEqual([null, null]);
  });

  it('that people overrode too often are told, and the rate is of reviews now', () => {
    const reviews = [
      { ...OF, leaning: 'APPROVE', people: 'APPROVE', before: 0, now: 28 },
      { ...OF, leaning: 'APPROVE', people: 'DECLINE', before: 90, now: 12 },
      { ...OF, leaning: 'DECLINE', people: 'APPROVE', before: 0, now: 1 },
    ];
    expect(causes({ reviews })).toEqual(['OVERRIDES/S/- 31.7%']);
  });

  it('too few to say anything of say nothing', () => {
    const outcomes = [
      { ...OF, outcome: 'APPROVE', before: 600, now: 199 },
      { ...OF, outcome: 'DECLINE', before: 400, now: 0 },
    ];
    expect(causes({ outcomes })).toEqual([]);
  });

  it('of two arms are kept apart', () => {
    const outcomes = [
      ...QUIET.outcomes,
      { ...OF, arm: 'higher', outcome: 'APPROVE', before: 1, now: 2 },
    ];
    expect(
      monitorsOf({ ...QUIET, outcomes }).map(({ arm, decisions }) => [arm, decisions]),
    ).toEqual([
      ['-', { before: 1_000, now: 500 }],
      ['higher', { before: 1, now: 2 }],
    ]);
  });
});

it('the windows end with today, and the baseline ends where the present begins', () => {
  expect(windowsOn('2026-03-01', DEFAULT_THRESHOLDS)).toEqual({
    from: '2025-11-25',
    split: '2026-02-23',
    to: '2026-03-02',
  });
});

it('a score leans to the side of the middle between the cut-offs', () => {
  const cutoffs = { autoApproveFrom: 620, autoDeclineBelow: 540 };
  expect([579, 580].map((total) => leaningOf(total, cutoffs))).toEqual(['DECLINE', 'APPROVE']);
});
