/** What recent decisions show beside those before them: hit rates, approval mix, drift and overrides; and what is alarming in it. */
import { addDays } from './calendar.ts';
import { stabilityIndex } from './statistics.ts';

/** When something is worth a person's look. Set by risk as a document; the shipped values are house defaults. */
export interface MonitoringThresholds {
  /** Days that count as now, today among them. */
  readonly currentDays: number;
  /** Days before those that are compared with. */
  readonly baselineDays: number;
  /** Fewest decisions on both sides before anything is said of a strategy's arm. */
  readonly minimumDecisions: number;
  /** Population stability index above which scores or a variable have drifted; 0.25 is the field's usual bound. */
  readonly stabilityIndex: number;
  /** Percentage points by which the share of an outcome may move. */
  readonly outcomePoints: number;
  /** A rule's hit rate may grow or shrink by this factor. */
  readonly ruleFactor: number;
  /** Fewest hits a rule needs on the busier side. */
  readonly ruleHits: number;
  /** Percent of reviews that may go against the side the score was on. */
  readonly overridePercent: number;
}

export const DEFAULT_THRESHOLDS: MonitoringThresholds = {
  currentDays: 7,
  baselineDays: 90,
  minimumDecisions: 200,
  stabilityIndex: 0.25,
  outcomePoints: 10,
  ruleFactor: 3,
  ruleHits: 20,
  overridePercent: 30,
};

/** Counts of one thing in both windows, of one strategy and arm (a dash where no experiment chose). */
export interface Windowed {
  readonly strategyCode: string;
  readonly arm: string;
  /** Decisions in the baseline and now. */
  readonly before: number;
  readonly now: number;
}

export interface WindowCounts {
  readonly outcomes: readonly (Windowed & { readonly outcome: string })[];
  /** `before` and `now` count hits. */
  readonly rules: readonly (Windowed & { readonly rule: string })[];
  readonly scores: readonly (Windowed & { readonly scorecard: string; readonly band: number })[];
  readonly bands: readonly (Windowed & {
    readonly scorecard: string;
    readonly dimension: string;
    readonly band: string;
  })[];
  readonly reviews: readonly (Windowed & { readonly leaning: string; readonly people: string })[];
}

/** A rate or share in both windows; null where there was nothing to take it of. */
export interface Shift {
  readonly before: number | null;
  readonly now: number | null;
}

export interface StrategyMonitor {
  readonly strategyCode: string;
  readonly arm: string;
  readonly decisions: { readonly before: number; readonly now: number };
  readonly outcomes: readonly ({ readonly outcome: string } & Shift)[];
  readonly rules: readonly ({
    readonly rule: string;
    readonly hits: { readonly before: number; readonly now: number };
  } & Shift)[];
  readonly scores: readonly { readonly scorecard: string; readonly psi: number | null }[];
  readonly variables: readonly {
    readonly scorecard: string;
    readonly dimension: string;
    readonly psi: number | null;
  }[];
  /** Reviews that went against the side of the cut-offs the score was on. */
  readonly overrides: {
    readonly reviews: number;
    readonly overridden: number;
    readonly rate: number | null;
  };
}

export type AlertKind =
  | 'SCORE_DRIFT'
  | 'VARIABLE_DRIFT'
  | 'OUTCOME_MIX'
  | 'RULE_HITS'
  | 'OVERRIDES';

/** What crossed a threshold. One cause is reported once a day. */
export interface MonitoringAlert {
  readonly kind: AlertKind;
  /** `KIND/strategy/arm` and what it is about, for example `RULE_HITS/PERSONAL_STANDARD/-/K05`. */
  readonly cause: string;
  readonly strategyCode: string;
  readonly measured: string;
  readonly threshold: string;
}

/** The two windows as days, ISO: the baseline from `from`, the present from `split`, both before `to`. */
export interface Windows {
  readonly from: string;
  readonly split: string;
  readonly to: string;
}

/** The windows that the thresholds look at on a business day. */
export function windowsOn(day: string, limits: MonitoringThresholds): Windows {
  const split = addDays(day, 1 - limits.currentDays);
  return { from: addDays(split, -limits.baselineDays), split, to: addDays(day, 1) };
}

const share = (part: number, of: number): number | null => (of === 0 ? null : part / of);
const sum = (rows: readonly Windowed[], side: 'before' | 'now'): number =>
  rows.reduce((all, row) => all + row[side], 0);

function groupBy<T>(
  rows: readonly T[],
  key: (row: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const name = key(row);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}

/** The index of one set of bands; null where one window is empty. */
function driftsOf<T extends Windowed>(rows: readonly T[], key: (row: T) => string) {
  return [...groupBy(rows, key).values()].flatMap((bands) => {
    const [first] = bands;
    return first === undefined ? [] : [{ first, psi: stabilityIndex(bands) }];
  });
}

function monitorOf(
  counts: WindowCounts,
  is: (row: Windowed) => boolean,
): Omit<StrategyMonitor, 'strategyCode' | 'arm'> {
  const outcomes = counts.outcomes.filter(is);
  const decisions = { before: sum(outcomes, 'before'), now: sum(outcomes, 'now') };
  const shift = (row: Windowed): Shift => ({
    before: share(row.before, decisions.before),
    now: share(row.now, decisions.now),
  });
  const reviews = counts.reviews.filter(is);
  const overridden = sum(
    reviews.filter(({ leaning, people }) => leaning !== people),
    'now',
  );
  return {
    decisions,
    outcomes: outcomes.map((row) => ({ outcome: row.outcome, ...shift(row) })),
    rules: counts.rules.filter(is).map((row) => ({
      rule: row.rule,
      hits: { before: row.before, now: row.now },
      ...shift(row),
    })),
    scores: driftsOf(counts.scores.filter(is), ({ scorecard }) => scorecard).map(
      ({ first, psi }) => ({ scorecard: first.scorecard, psi }),
    ),
    variables: driftsOf(
      counts.bands.filter(is),
      ({ scorecard, dimension }) => `${scorecard}/${dimension}`,
    ).map(({ first, psi }) => ({ scorecard: first.scorecard, dimension: first.dimension, psi })),
    overrides: {
      reviews: sum(reviews, 'now'),
      overridden,
      rate: share(overridden, sum(reviews, 'now')),
    },
  };
}

/** One entry for each strategy and arm that decided anything in either window. */
export function monitorsOf(counts: WindowCounts): readonly StrategyMonitor[] {
  const groups = groupBy(counts.outcomes, ({ strategyCode, arm }) => `${strategyCode}/${arm}`);
  return [...groups.values()].flatMap(([first]) => {
    if (first === undefined) return [];
    const { strategyCode, arm } = first;
    const is = (row: Windowed) => row.strategyCode === strategyCode && row.arm === arm;
    return [{ strategyCode, arm, ...monitorOf(counts, is) }];
  });
}

const percent = (value: number): string => `${(value * 100).toFixed(1)}%`;

/** True when the rate has grown or shrunk by the factor, with enough hits on the busier side. */
function hitsMoved(rule: StrategyMonitor['rules'][number], limits: MonitoringThresholds): boolean {
  const { before, now, hits } = rule;
  if (before === null || now === null) return false;
  if (Math.max(hits.before, hits.now) < limits.ruleHits) return false;
  return now >= before * limits.ruleFactor || now * limits.ruleFactor <= before;
}

type Say = (
  kind: AlertKind,
  about: string | null,
  measured: string,
  threshold: string,
) => MonitoringAlert;

function driftAlerts(monitor: StrategyMonitor, limits: MonitoringThresholds, say: Say) {
  const bound = limits.stabilityIndex.toFixed(2);
  const scores = monitor.scores.flatMap(({ scorecard, psi }) =>
    psi !== null && psi > limits.stabilityIndex
      ? [say('SCORE_DRIFT', scorecard, psi.toFixed(3), bound)]
      : [],
  );
  const variables = monitor.variables.flatMap(({ dimension, psi }) =>
    psi !== null && psi > limits.stabilityIndex
      ? [say('VARIABLE_DRIFT', dimension, psi.toFixed(3), bound)]
      : [],
  );
  return [...scores, ...variables];
}

/** What crossed the thresholds. A strategy's arm with too few decisions on either side raises nothing but overrides. */
export function alertsOf(
  monitors: readonly StrategyMonitor[],
  limits: MonitoringThresholds,
): readonly MonitoringAlert[] {
  return monitors.flatMap((monitor) => {
    const { strategyCode, arm, decisions, overrides } = monitor;
    const say: Say = (kind, about, measured, threshold) => ({
      kind,
      cause: [kind, strategyCode, arm, ...(about === null ? [] : [about])].join('/'),
      strategyCode,
      measured,
      threshold,
    });
    const overridden =
      overrides.rate !== null &&
      overrides.reviews >= limits.ruleHits &&
      overrides.rate * 100 > limits.overridePercent
        ? [say('OVERRIDES', null, percent(overrides.rate), `${limits.overridePercent}%`)]
        : [];
    if (Math.min(decisions.before, decisions.now) < limits.minimumDecisions) return overridden;
    const mixes = monitor.outcomes.flatMap(({ outcome, before, now }) =>
      before !== null && now !== null && Math.abs(now - before) * 100 > limits.outcomePoints
        ? [
            say(
              'OUTCOME_MIX',
              outcome,
              `${percent(before)} → ${percent(now)}`,
              `±${limits.outcomePoints}`,
            ),
          ]
        : [],
    );
    const rules = monitor.rules
      .filter((rule) => hitsMoved(rule, limits))
      .map(({ rule, before, now }) =>
        say(
          'RULE_HITS',
          rule,
          `${percent(before ?? 0)} → ${percent(now ?? 0)}`,
          `×${limits.ruleFactor}`,
        ),
      );
    return [...driftAlerts(monitor, limits, say), ...mixes, ...rules, ...overridden];
  });
}

/**
 * The side of the cut-offs that a score is on: what the machine would have said had it had to say yes or no. The middle
 * between automatic decline and automatic approval divides them.
 */
export function leaningOf(
  total: number,
  cutoffs: { readonly autoApproveFrom: number; readonly autoDeclineBelow: number },
): 'APPROVE' | 'DECLINE' {
  return total * 2 >= cutoffs.autoApproveFrom + cutoffs.autoDeclineBelow ? 'APPROVE' : 'DECLINE';
}
