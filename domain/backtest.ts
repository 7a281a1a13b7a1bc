/**
 * What a strategy would have changed: recorded decisions beside those it makes on the same inputs, counted. A tally is
 * whole numbers only, so that tallies of parts add up to the tally of the whole in whatever order.
 */
import type { Grade } from './loan-terms.ts';
import type { Fen } from './money.ts';

export const OUTCOMES = ['APPROVE', 'REFER', 'DECLINE'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** From what was decided to what would be: `REFER>APPROVE`. */
export type Change = `${Outcome}>${Outcome}`;

/** What one side says of an application: outcome, and of an approval the amount and the rate a year in percent. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly amountFen: Fen | null;
  readonly annualRate: string | null;
}

/** The words by which results are split. A value null stands for an input that was not there. */
export interface Segments {
  readonly grade: Grade | null;
  readonly product: string;
  readonly employment: string | null;
  readonly ageYears: number | null;
  readonly requestedFen: number | null;
  readonly arm: string | null;
}

export interface Compared {
  readonly applicationId: string;
  readonly before: Verdict;
  readonly after: Verdict;
  /** Probability of default by the new scorecard's odds, 0 to 1; both sides are measured by the same. */
  readonly defaultProbability: number;
  readonly segments: Segments;
}

/** Approvals of one side. */
export interface SideTally {
  approved: number;
  amountFen: number;
  /** Sum of the rates, in ten-thousandths of a percent. */
  rateSum: number;
  /** Sum of probability × loss given default × amount, each rounded to fen. */
  lossFen: number;
}

export interface GroupTally {
  compared: number;
  changes: Partial<Record<Change, number>>;
  before: SideTally;
  after: SideTally;
}

/** Why a recorded decision could not be decided again. */
export type Unreadable =
  /** The person's keys were destroyed. */
  | 'ERASED'
  /** The seal does not open, or what it holds are no variables. */
  | 'UNREADABLE'
  /** There is a decision and no inputs that it was made on. */
  | 'NO_INPUTS'
  /** The product or policy it was made under is not on record. */
  | 'NO_RULES';

export interface Tally {
  total: GroupTally;
  /** By `word=value`, for example `grade=B`. */
  segments: Record<string, GroupTally>;
  unreadable: Partial<Record<Unreadable, number>>;
  /** Ids of applications, the first ones by id. */
  swapIn: string[];
  swapOut: string[];
  unreadableIds: string[];
}

export interface BacktestTerms {
  /** Part of the amount that is lost when a loan defaults, percent. An assumption, stated in the report. */
  readonly lgdPercent: number;
  /** Ids kept of each set. */
  readonly sampleLimit: number;
}

const emptySide = (): SideTally => ({ approved: 0, amountFen: 0, rateSum: 0, lossFen: 0 });
const emptyGroup = (): GroupTally => ({
  compared: 0,
  changes: {},
  before: emptySide(),
  after: emptySide(),
});

export const emptyTally = (): Tally => ({
  total: emptyGroup(),
  segments: {},
  unreadable: {},
  swapIn: [],
  swapOut: [],
  unreadableIds: [],
});

/** The band of a number under upper limits, as text: `<25`, `25–34`, `≥65`. */
function bandOf(value: number, limits: readonly number[]): string {
  const at = limits.findIndex((limit) => value < limit);
  const [from, to] = [limits[(at < 0 ? limits.length : at) - 1], limits[at]];
  if (to === undefined) return `≥${from ?? 0}`;
  return from === undefined ? `<${to}` : `${from}–${to - 1}`;
}

const AGE_LIMITS = [25, 35, 45, 55, 65];
/** Yuan. */
const AMOUNT_LIMITS = [10_000, 50_000, 100_000, 200_000, 500_000];
const NOT_THERE = 'UNKNOWN';
const FEN_IN_YUAN = 100;

function segmentsOf(of: Segments): readonly string[] {
  const { grade, product, employment, ageYears, requestedFen, arm } = of;
  const amount =
    requestedFen === null
      ? NOT_THERE
      : bandOf(Math.floor(requestedFen / FEN_IN_YUAN), AMOUNT_LIMITS);
  return [
    `grade=${grade ?? NOT_THERE}`,
    `product=${product}`,
    `employment=${employment ?? NOT_THERE}`,
    `ageYears=${ageYears === null ? NOT_THERE : bandOf(ageYears, AGE_LIMITS)}`,
    `requestedYuan=${amount}`,
    `arm=${arm ?? 'NONE'}`,
  ];
}

const RATE_UNITS = 10_000;

function addVerdict(side: SideTally, verdict: Verdict, lossShare: number): void {
  if (verdict.outcome !== 'APPROVE') return;
  const amount = verdict.amountFen ?? 0;
  side.approved += 1;
  side.amountFen += amount;
  side.rateSum += Math.round(Number(verdict.annualRate ?? 0) * RATE_UNITS);
  side.lossFen += Math.round(amount * lossShare);
}

function addToGroup(group: GroupTally, compared: Compared, lossShare: number): void {
  const change: Change = `${compared.before.outcome}>${compared.after.outcome}`;
  group.compared += 1;
  group.changes[change] = (group.changes[change] ?? 0) + 1;
  addVerdict(group.before, compared.before, lossShare);
  addVerdict(group.after, compared.after, lossShare);
}

function keep(ids: string[], id: string, most: number): void {
  if (ids.length < most) ids.push(id);
}

/** Counts one application that was decided again. Applications come in the order of their ids. */
export function addCompared(tally: Tally, compared: Compared, terms: BacktestTerms): void {
  const lossShare = (compared.defaultProbability * terms.lgdPercent) / 100;
  addToGroup(tally.total, compared, lossShare);
  for (const name of segmentsOf(compared.segments)) {
    const group = tally.segments[name] ?? emptyGroup();
    tally.segments[name] = group;
    addToGroup(group, compared, lossShare);
  }
  const [was, is] = [compared.before.outcome === 'APPROVE', compared.after.outcome === 'APPROVE'];
  if (is && !was) keep(tally.swapIn, compared.applicationId, terms.sampleLimit);
  if (was && !is) keep(tally.swapOut, compared.applicationId, terms.sampleLimit);
}

/** Counts one that could not be decided again. */
export function addUnreadable(
  tally: Tally,
  applicationId: string,
  why: Unreadable,
  terms: BacktestTerms,
): void {
  tally.unreadable[why] = (tally.unreadable[why] ?? 0) + 1;
  keep(tally.unreadableIds, applicationId, terms.sampleLimit);
}

function addSide(into: SideTally, side: SideTally): void {
  into.approved += side.approved;
  into.amountFen += side.amountFen;
  into.rateSum += side.rateSum;
  into.lossFen += side.lossFen;
}

function addCounts<K extends string>(
  into: Partial<Record<K, number>>,
  counts: Partial<Record<K, number>>,
  names: readonly K[],
): void {
  for (const name of names) {
    const count = counts[name];
    if (count !== undefined) into[name] = (into[name] ?? 0) + count;
  }
}

export const CHANGES: readonly Change[] = OUTCOMES.flatMap((before) =>
  OUTCOMES.map((after): Change => `${before}>${after}`),
);
export const UNREADABLES: readonly Unreadable[] = ['ERASED', 'UNREADABLE', 'NO_INPUTS', 'NO_RULES'];

function addGroup(into: GroupTally, group: GroupTally): void {
  into.compared += group.compared;
  addCounts(into.changes, group.changes, CHANGES);
  addSide(into.before, group.before);
  addSide(into.after, group.after);
}

const merged = (a: readonly string[], b: readonly string[], most: number): string[] =>
  [...a, ...b].sort().slice(0, most);

/** The tally of both parts together. */
export function addTallies(a: Tally, b: Tally, { sampleLimit }: BacktestTerms): Tally {
  const sum = emptyTally();
  for (const part of [a, b]) {
    addGroup(sum.total, part.total);
    for (const [name, group] of Object.entries(part.segments)) {
      const into = sum.segments[name] ?? emptyGroup();
      sum.segments[name] = into;
      addGroup(into, group);
    }
    addCounts(sum.unreadable, part.unreadable, UNREADABLES);
  }
  return {
    ...sum,
    swapIn: merged(a.swapIn, b.swapIn, sampleLimit),
    swapOut: merged(a.swapOut, b.swapOut, sampleLimit),
    unreadableIds: merged(a.unreadableIds, b.unreadableIds, sampleLimit),
  };
}
