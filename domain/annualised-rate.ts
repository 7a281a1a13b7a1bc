/**
 * What a loan costs a year: the unit-period equation (US Reg Z, 12 CFR 1026 Appendix J), the EU equation (2008/48/EC
 * Annex I) and the dated internal rate. Regulation.md §1.1 and §1.5.
 * Solved in floating point: rates are published at two decimals and no amount of money is ever computed from them.
 */
import { addMonthsClamped, datePartsOf, daysBetween } from './calendar.ts';
import type { Fen } from './money.ts';

/** An amount at a time: `whole` whole unit periods and a fraction of one after the first advance. */
export interface TimedAmount {
  readonly amountFen: Fen;
  readonly whole: number;
  readonly fraction: number;
}

export type RateFailure = 'NO_ADVANCE' | 'NO_PAYMENT' | 'NO_SOLUTION' | 'AMBIGUOUS';

/** `periodic` per unit period and `annual`, both as fractions (0.01 is 1 %). */
export type RateResult =
  | { readonly ok: true; readonly periodic: number; readonly annual: number }
  | { readonly ok: false; readonly reason: RateFailure };

type Root =
  | { readonly ok: true; readonly root: number }
  | { readonly ok: false; readonly reason: RateFailure };

interface Flow {
  /** Positive for money the borrower receives, negative for money the borrower pays. */
  readonly amount: number;
  readonly discount: (rate: number) => number;
  readonly time: number;
}

const LOWEST_RATE = -0.99;
const HIGHEST_RATE = 1e7;

function presentValue(flows: readonly Flow[], rate: number): number {
  return flows.reduce((sum, flow) => sum + flow.amount * flow.discount(rate), 0);
}

/** Sample points from the lowest to the highest rate, close together around zero. */
function samplePoints(): readonly number[] {
  const points = [LOWEST_RATE, -0.9, -0.75, -0.5, -0.25, -0.1, -0.05, -0.01];
  for (let rate = 0.0005; rate < HIGHEST_RATE; rate *= 1.35) points.push(rate);
  return [...points, HIGHEST_RATE];
}

function bisect(flows: readonly Flow[], from: number, to: number): number {
  let [low, high] = [from, to];
  const lowSign = Math.sign(presentValue(flows, low));
  for (let step = 0; step < 200; step += 1) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    const sign = Math.sign(presentValue(flows, middle));
    if (sign === 0) return middle;
    if (sign === lowSign) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Every advance before every payment: the value rises with the rate, so there is at most one root. */
function isConventional(flows: readonly Flow[]): boolean {
  const times = (wanted: number) =>
    flows.filter((f) => Math.sign(f.amount) === wanted).map((f) => f.time);
  return Math.max(...times(1)) <= Math.min(...times(-1));
}

/** A bracket around the only root of conventional flows: widened from zero upwards or downwards. */
function conventionalBracket(flows: readonly Flow[]): readonly (readonly [number, number])[] {
  const atZero = presentValue(flows, 0);
  if (atZero >= 0) return presentValue(flows, LOWEST_RATE) < 0 ? [[LOWEST_RATE, 0]] : [];
  for (let high = 0.02; high <= HIGHEST_RATE; high *= 4) {
    if (presentValue(flows, high) >= 0) return [[high === 0.02 ? 0 : high / 4, high]];
  }
  return [];
}

/** Brackets of all sign changes over the sampled rates. */
function sampledBrackets(flows: readonly Flow[]): readonly (readonly [number, number])[] {
  const brackets: (readonly [number, number])[] = [];
  let previous: number | null = null;
  let previousSign = 0;
  for (const point of samplePoints()) {
    const sign = Math.sign(presentValue(flows, point));
    if (sign === 0) continue;
    if (previous !== null && sign !== previousSign) brackets.push([previous, point]);
    previous = point;
    previousSign = sign;
  }
  return brackets;
}

/** Finds the one rate at which the flows are worth nothing; more than one, or none, is an answer of its own. */
function solve(flows: readonly Flow[]): Root {
  if (!flows.some((flow) => flow.amount > 0)) return { ok: false, reason: 'NO_ADVANCE' };
  if (!flows.some((flow) => flow.amount < 0)) return { ok: false, reason: 'NO_PAYMENT' };
  if (flows.every((flow) => flow.time === flows[0]?.time))
    return { ok: false, reason: 'NO_SOLUTION' };
  const [only, other] = isConventional(flows) ? conventionalBracket(flows) : sampledBrackets(flows);
  if (only === undefined) return { ok: false, reason: 'NO_SOLUTION' };
  if (other !== undefined) return { ok: false, reason: 'AMBIGUOUS' };
  return { ok: true, root: bisect(flows, only[0], only[1]) };
}

/**
 * Annual percentage rate by the unit-period equation Σ A/((1+f·i)(1+i)^t) = Σ P/((1+f·i)(1+i)^t), annual = i·w.
 * `unitsPerYear` is w: 12 for months, 52 for weeks, 365/days for a single payment measured in days.
 */
export function unitPeriodRate(input: {
  readonly advances: readonly TimedAmount[];
  readonly payments: readonly TimedAmount[];
  readonly unitsPerYear: number;
}): RateResult {
  const flow =
    (sign: number) =>
    (timed: TimedAmount): Flow => ({
      amount: sign * timed.amountFen,
      time: timed.whole + timed.fraction,
      discount: (rate) => 1 / ((1 + timed.fraction * rate) * (1 + rate) ** timed.whole),
    });
  const solved = solve([...input.advances.map(flow(1)), ...input.payments.map(flow(-1))]);
  if (!solved.ok) return solved;
  return { ok: true, periodic: solved.root, annual: solved.root * input.unitsPerYear };
}

/** An amount at a time measured in years from the first drawdown. */
export interface YearlyAmount {
  readonly amountFen: Fen;
  readonly years: number;
}

/** The EU annual percentage rate of charge: Σ C(1+X)^−t = Σ D(1+X)^−s. The result is compound. */
export function euAnnualRate(
  drawdowns: readonly YearlyAmount[],
  payments: readonly YearlyAmount[],
): RateResult {
  const flow =
    (sign: number) =>
    (timed: YearlyAmount): Flow => ({
      amount: sign * timed.amountFen,
      time: timed.years,
      discount: (rate) => (1 + rate) ** -timed.years,
    });
  const solved = solve([...drawdowns.map(flow(1)), ...payments.map(flow(-1))]);
  return solved.ok ? { ok: true, periodic: solved.root, annual: solved.root } : solved;
}

/** An amount on a date. */
export interface DatedAmount {
  readonly amountFen: Fen;
  readonly date: string;
}

/** Internal rate of dated flows over years of 365 days from the first advance (the spreadsheet's XIRR). */
export function datedRate(
  advances: readonly DatedAmount[],
  payments: readonly DatedAmount[],
): RateResult {
  const first = advances[0];
  if (first === undefined) return { ok: false, reason: 'NO_ADVANCE' };
  const inYears = (flow: DatedAmount): YearlyAmount => ({
    amountFen: flow.amountFen,
    years: daysBetween(first.date, flow.date) / 365,
  });
  return euAnnualRate(advances.map(inYears), payments.map(inYears));
}

/** The unit period of Appendix J (b)(4): `MONTH` counts months, `HALF_MONTH` halves, `WEEK` weeks, `DAY` days. */
export interface UnitPeriod {
  readonly unit: 'MONTH' | 'HALF_MONTH' | 'WEEK' | 'DAY';
  readonly count: number;
}

/** Unit periods a year: months 12/n, half-months 24, weeks 52/n, days 365/n. */
export function unitsPerYear(period: UnitPeriod): number {
  const units = { MONTH: 12, HALF_MONTH: 24, WEEK: 52, DAY: 365 } as const;
  return units[period.unit] / period.count;
}

/** Whole months counted back from `to` that do not pass `from`, and the odd days left before them. */
function monthsBack(from: string, to: string): readonly [number, number] {
  const [a, b] = [datePartsOf(from), datePartsOf(to)];
  const apart = (b.year - a.year) * 12 + b.month - a.month;
  const months = addMonthsClamped(to, -apart) < from ? apart - 1 : apart;
  return [months, daysBetween(from, addMonthsClamped(to, -months))];
}

/**
 * Whole unit periods and the odd fraction from one date to another, counted back from the later date
 * (Appendix J (b)(5)): odd days are thirtieths of a month, fifteenths of a half-month, sevenths of a week; within a
 * unit of several months each odd month is 30 days.
 */
export function unitPeriodsBetween(
  from: string,
  to: string,
  period: UnitPeriod,
): { readonly whole: number; readonly fraction: number } {
  const split = (days: number, unitDays: number) => ({
    whole: Math.floor(days / unitDays),
    fraction: (days % unitDays) / unitDays,
  });
  if (period.unit === 'DAY') return split(daysBetween(from, to), period.count);
  if (period.unit === 'WEEK') return split(daysBetween(from, to), 7 * period.count);
  const [months, oddDays] = monthsBack(from, to);
  if (period.unit === 'MONTH') {
    const unitDays = 30 * period.count;
    const rest = 30 * (months % period.count) + oddDays;
    return { whole: Math.floor(months / period.count), fraction: rest / unitDays };
  }
  const extra = oddDays >= 15 ? 1 : 0;
  const halves = 2 * months + extra;
  const fraction = ((halves % period.count) * 15 + oddDays - 15 * extra) / (15 * period.count);
  return { whole: Math.floor(halves / period.count), fraction };
}

/** Length of a span in years by the EU rule: whole years, then the days over 365, or 366 when a 29 February lies in them. */
export function euYearsBetween(from: string, to: string): number {
  const apart = datePartsOf(to).year - datePartsOf(from).year;
  const years = addMonthsClamped(from, 12 * apart) > to ? apart - 1 : apart;
  const rest = addMonthsClamped(from, 12 * years);
  return years + daysBetween(rest, to) / daysBetween(rest, addMonthsClamped(rest, 12));
}
