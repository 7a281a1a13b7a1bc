/** The fit of scorecards: its measures against tables worked by hand, what it finds, and what it refuses. */
import { describe, expect, test } from 'vitest';
import { oddsAt } from '../../domain/score.ts';
import { parseScorecard } from '../../domain/scorecard-parse.ts';
import { informationValue, weightsOfEvidence } from '../../tools/scorecard-fit/binning.ts';
import {
  FIT_DEFAULTS,
  type Fit,
  type FitOptions,
  fitScorecard,
} from '../../tools/scorecard-fit/fit.ts';
import { regress } from '../../tools/scorecard-fit/logistic.ts';
import { auc, ks, psiOfCounts } from '../../tools/scorecard-fit/measures.ts';
import { mergeGroups } from '../../tools/scorecard-fit/merging.ts';
import { sampleCsv, TRUE_STEPS } from '../../tools/scorecard-fit/sample.ts';
import { readSample, type Sample } from '../../tools/scorecard-fit/sample-table.ts';

const OPTIONS: FitOptions = { ...FIT_DEFAULTS, id: 'TEST_CARD', version: 1, model: 'LOGIT_TEST' };

function sampleOf(csv: string): Sample {
  const reading = readSample(csv, 'bad');
  if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
  return reading.sample;
}

function fitOf(csv: string, options: FitOptions = OPTIONS): Fit {
  const fitting = fitScorecard(sampleOf(csv), options);
  if (!fitting.ok) throw new Error(fitting.code);
  return fitting.fit;
}

/** Codes with their places, `line:column CODE`. */
function faultsOf(csv: string): readonly string[] {
  const reading = readSample(csv, 'bad');
  return reading.ok ? [] : reading.faults.map((f) => `${f.line}:${f.column} ${f.code}`);
}

describe('the measures equal tables worked by hand', () => {
  test('weight of evidence and information value of three bins', () => {
    const counts = [
      { good: 90, bad: 10 },
      { good: 60, bad: 40 },
      { good: 50, bad: 50 },
    ];
    const [first, second, third] = weightsOfEvidence(counts);
    expect(first).toBeCloseTo(1.504077, 6);
    expect(second).toBeCloseTo(-0.287682, 6);
    expect(third).toBeCloseTo(-Math.LN2, 6);
    expect(informationValue(counts)).toBeCloseTo(0.728482, 6);
  });

  test('the published information value of the checking account in the German credit data, 0.666', () => {
    const checking = [
      { good: 139, bad: 135 },
      { good: 164, bad: 105 },
      { good: 49, bad: 14 },
      { good: 348, bad: 46 },
    ];
    expect(informationValue(checking)).toBeCloseTo(0.666, 4);
  });

  test('AUC counts a tie half, and KS is the widest gap of the cumulated shares', () => {
    const scored = { scores: [3, 2, 2, 1, 2], bad: [false, false, false, true, true] };
    expect(auc(scored)).toBeCloseTo(5 / 6, 12);
    expect(ks(scored)).toBeCloseTo(0.5, 12);
  });

  test('PSI of halves that became six and four tenths', () => {
    expect(psiOfCounts([50, 50], [60, 40])).toBeCloseTo(0.0405465, 6);
  });

  test('the regression of a two-by-two table gives its log odds ratio and the textbook error', () => {
    const cells = [
      ...Array.from({ length: 40 }, (_, i) => ({ x: 0, good: i < 30 })),
      ...Array.from({ length: 60 }, (_, i) => ({ x: 1, good: i < 20 })),
    ];
    const fitted = regress(
      cells.map(({ x }) => [x]),
      cells.map(({ good }) => good),
    );
    if (!fitted.ok) throw new Error(fitted.code);
    expect(fitted.intercept).toBeCloseTo(Math.log(3), 3);
    expect(fitted.weights[0]).toBeCloseTo(Math.log(1 / 6), 3);
    expect(fitted.errors[0]).toBeCloseTo(Math.sqrt(1 / 30 + 1 / 10 + 1 / 20 + 1 / 40), 3);
  });
});

test('bins that are asked to rise are merged until the bad rate rises', () => {
  const groups = [10, 30, 20, 60, 50].map((bad, i) => ({ good: 100 - bad, bad, members: [i] }));
  const options = { mostBins: 9, minimumShare: 0.05, chiSquare: 0, monotone: 'RISING' as const };
  expect(mergeGroups(groups, options).map(({ members }) => members)).toEqual([[0], [1, 2], [3, 4]]);
});

describe('a fit', () => {
  const fit = fitOf(sampleCsv(20_000, 7));

  test('finds the log odds that the sample was made with, within 0.3', () => {
    const steps = TRUE_STEPS.maxOverdue24m ?? [];
    const found = fit.variables.find(({ binning }) => binning.variable === 'maxOverdue24m');
    const adds = found?.binning.bins.map(({ woe }) => woe * found.weight) ?? [];
    const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
    expect(adds).toHaveLength(3);
    expect(Math.abs(spread(adds) - spread(steps.map((step) => step.adds)))).toBeLessThan(0.3);
  });

  test('tells good from bad as well on loans it never saw', () => {
    expect(fit.holdout.auc).toBeGreaterThan(0.74);
    expect(Math.abs(fit.holdout.auc - fit.train.auc)).toBeLessThan(0.04);
    expect(fit.psi).toBeLessThan(0.02);
  });

  test('leaves out the twin and what says nothing', () => {
    const dropped = Object.fromEntries(fit.dropped.map(({ variable, why }) => [variable, why]));
    expect(dropped.queryInstitutions6m).toBe('CORRELATED');
    expect(['LOW_IV', 'ONE_BIN']).toContain(dropped.contactCount);
  });

  test('gives special values and missing ones points of their own', () => {
    const cards = fit.card.dimensions.find(({ variable }) => variable === 'cardUtilisation');
    expect(cards?.bands[0]).toMatchObject({ kind: 'IS', values: [-1] });
    const baihang = fit.card.dimensions.find(({ variable }) => variable === 'baihangScore');
    expect(baihang?.required).toBe(false);
    const overdue = fit.card.dimensions.find(({ variable }) => variable === 'maxOverdue24m');
    expect(overdue?.required).toBe(true);
  });

  test('is a sound scorecard whose scale means what it says', () => {
    expect(parseScorecard(JSON.parse(JSON.stringify(fit.card)))).toMatchObject({ ok: true });
    expect(oddsAt(fit.card, 600)).toBe(20);
    expect(oddsAt(fit.card, 640)).toBe(40);
  });

  test('of equal rows and seed is equal, of another seed another', () => {
    expect(fitOf(sampleCsv(20_000, 7)).card).toEqual(fit.card);
    expect(fitOf(sampleCsv(20_000, 7), { ...OPTIONS, seed: 2 }).card).not.toEqual(fit.card);
  });

  test('is refused when a variable tells the outcome without an error', () => {
    const rows = Array.from({ length: 400 }, (_, i) => {
      const bad = i % 4 === 0;
      return `${bad ? 1 : 0},${bad ? 50 : 10}`;
    });
    const fitting = fitScorecard(sampleOf(`bad,formSeconds\n${rows.join('\n')}\n`), OPTIONS);
    expect(fitting).toEqual({ ok: false, code: 'SEPARATED' });
  });

  test('is refused when too few loans went bad', () => {
    const rows = Array.from({ length: 400 }, (_, i) => `${i < 10 ? 1 : 0},${i}`);
    const fitting = fitScorecard(sampleOf(`bad,formSeconds\n${rows.join('\n')}\n`), OPTIONS);
    expect(fitting).toEqual({ ok: false, code: 'TOO_FEW_BAD' });
  });
});

describe('a labelled file is refused with line and column', () => {
  test.each([
    ['a banned feature', 'bad,gender\n0,M\n', '1:2 BANNED_FEATURE'],
    ['a column that reaches a person', 'bad,ageYears,mobile\n0,30,x\n', '1:3 PERSONAL_COLUMN'],
    ['a column of no variable', 'bad,shoeSize\n0,42\n', '1:2 UNKNOWN_VARIABLE'],
    ['no target', 'ageYears\n30\n', '1:1 NO_TARGET'],
    ['a column twice', 'bad,ageYears,ageYears\n0,30,30\n', '1:3 COLUMN_TWICE'],
    ['a target other than 0 and 1', 'bad,ageYears\n2,30\n', '2:1 TARGET_VALUE'],
    ['a text for a number', 'bad,ageYears\n0,30\n1,3O\n', '3:2 CELL_VALUE'],
    ['a number too large to be exact', 'bad,ageYears\n0,99999999999999999\n', '2:2 CELL_VALUE'],
    ['a row that is too long', 'bad,ageYears\n0,30,1\n', '2:3 WIDTH'],
    ['a quote that never ends', 'bad,ageYears\n0,"30\n', '2:2 QUOTE_OPEN'],
    ['a stray quote', 'bad,ageYears\n0,3"0\n', '2:2 QUOTE_STRAY'],
    ['an empty file', '', '1:1 EMPTY'],
  ])('%s', (_, csv, fault) => {
    expect(faultsOf(csv)).toEqual([fault]);
  });

  test('without repeating what a cell holds', () => {
    const reading = readSample('bad,housing\n0,张三\n', 'bad');
    expect(JSON.stringify(reading)).not.toContain('张三');
  });

  test('but quoted cells, CRLF and empty cells are read', () => {
    const sample = sampleOf('bad,"housing",ageYears\r\n0,"OWNED",\r\n1,RENTED,41');
    expect(sample.bad).toEqual([false, true]);
    expect(sample.columns.map(({ values }) => values)).toEqual([
      ['OWNED', 'RENTED'],
      [null, 41],
    ]);
  });
});
