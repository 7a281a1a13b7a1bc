/**
 * Finds the one rate at which a loan's flows are worth nothing, or says why there is none. Solved in floating point over
 * the logarithm of growth, so that neither tiny nor huge rates overflow; where rounding could reach a printed digit, the
 * root is finished in decimals.
 */
import type { Decimal } from 'decimal.js';
import { D } from './rates.ts';

/** An amount at a time after the first advance: `whole` periods and `part` of `of` equal parts of one. */
export interface TimedFlow {
  /** In fen: positive for what the borrower receives, negative for what the borrower pays. */
  readonly amount: number;
  readonly whole: number;
  readonly part: number;
  readonly of: number;
}

/** Whether the fraction of a period bears simple interest (Appendix J) or compounds like the rest (the EU equation). */
export type Fractions = 'SIMPLE' | 'COMPOUND';

/**
 * `NO_ADVANCE`: nothing is received, or what is paid on the first day takes it all; `NO_PAYMENT`: nothing is paid;
 * `NO_SOLUTION`: no rate balances the flows; `AMBIGUOUS`: several do; `OUT_OF_RANGE`: only one below −99.99999999 % or
 * above 10^26 % a period does.
 */
export type RateFailure =
  | 'NO_ADVANCE'
  | 'NO_PAYMENT'
  | 'NO_SOLUTION'
  | 'AMBIGUOUS'
  | 'OUT_OF_RANGE';

/** The root as the natural logarithm of growth a period; `exact` when it was finished in decimals. */
export interface Growth {
  readonly log: Decimal;
  readonly exact: boolean;
}

export type Solved =
  | { readonly ok: true; readonly growth: Growth }
  | { readonly ok: false; readonly reason: RateFailure };

/** Growth a period e^x: a rate of −99.99999999 % … 10^26 %. */
const LOWEST = Math.log(1e-10);
const HIGHEST = Math.log(1e24);

/** What the last printed digit may be wrong by, in percent, before the root is finished in decimals. */
const TOLERANCE_PERCENT = 1e-10;

/** Net amount at one time, with that time split into what compounds and what bears simple interest. */
interface Point {
  readonly flow: TimedFlow;
  readonly compounding: number;
  readonly simple: number;
}

function pointOf(flow: TimedFlow, fractions: Fractions): Point {
  const fraction = flow.part / flow.of;
  return fractions === 'SIMPLE'
    ? { flow, compounding: flow.whole, simple: fraction }
    : { flow, compounding: flow.whole + fraction, simple: 0 };
}

/** One point per time, earliest first; times at which nothing is left are dropped. */
function pointsOf(flows: readonly TimedFlow[], fractions: Fractions): readonly Point[] {
  const byTime = new Map<string, TimedFlow>();
  for (const flow of flows) {
    const key = `${flow.whole}/${flow.part}/${flow.of}`;
    const known = byTime.get(key);
    byTime.set(key, known === undefined ? flow : { ...flow, amount: known.amount + flow.amount });
  }
  return [...byTime.values()]
    .filter(({ amount }) => amount !== 0)
    .map((flow) => pointOf(flow, fractions))
    .sort((a, b) => a.compounding + a.simple - b.compounding - b.simple);
}

interface Worth {
  readonly value: number;
  readonly slope: number;
  /** Largest error that rounding may have left in `value`. */
  readonly noise: number;
}

/**
 * Worth of all points at growth e^x, as seen from the first day when x is positive and from the last when it is negative:
 * the two differ by a positive factor, and each avoids overflow on its side.
 */
function worthAt(points: readonly Point[], x: number): Worth {
  const last = points.at(-1);
  const anchor = x < 0 && last !== undefined ? last.compounding : 0;
  const rate = Math.expm1(x);
  const growth = Math.exp(x);
  let [value, slope, noise] = [0, 0, 0];
  for (const { flow, compounding, simple } of points) {
    const power = anchor - compounding;
    const divisor = 1 + simple * rate;
    const term = (flow.amount * Math.exp(power * x)) / divisor;
    value += term;
    slope += term * (power - (simple * growth) / divisor);
    noise += Math.abs(term) * (2 + Math.abs(power * x));
  }
  return { value, slope, noise: noise * 4 * Number.EPSILON };
}

const signAt = (points: readonly Point[], x: number): number => Math.sign(worthAt(points, x).value);

type Bracket = readonly [number, number];

/** Advances first, then payments: the worth rises with the rate, so the only root is found by widening from zero. */
function onlyBracket(points: readonly Point[]): readonly Bracket[] {
  const atZero = signAt(points, 0);
  if (atZero === 0) return [[0, 0]];
  const bound = atZero < 0 ? HIGHEST : LOWEST;
  let near = 0;
  for (let far = bound / 4096; Math.abs(near) < Math.abs(bound); far *= 2) {
    if (signAt(points, far) !== atZero) return [[near, far]];
    near = far;
  }
  return [];
}

/** Growth at which flows that change direction several times are looked at: close together around zero. */
const SAMPLES: readonly number[] = (() => {
  const side: number[] = [];
  for (let x = 1e-6; x < HIGHEST; x *= 1.12) side.push(x);
  const below = side.filter((x) => x < -LOWEST).map((x) => -x);
  return [LOWEST, ...below.reverse(), 0, ...side, HIGHEST];
})();

/** A bracket for each change of sign over the samples. */
function sampledBrackets(points: readonly Point[]): readonly Bracket[] {
  const brackets: Bracket[] = [];
  let before: { readonly x: number; readonly sign: number } | null = null;
  for (const x of SAMPLES) {
    const sign = signAt(points, x);
    if (sign === 0) continue;
    if (before !== null && sign !== before.sign) brackets.push([before.x, x]);
    before = { x, sign };
  }
  return brackets;
}

/** Newton's method, held inside the bracket by bisection. */
function refine(points: readonly Point[], [from, to]: Bracket): number {
  let [low, high] = from < to ? [from, to] : [to, from];
  const lowSign = signAt(points, low);
  let x = (low + high) / 2;
  for (let step = 0; step < 200; step += 1) {
    const { value, slope } = worthAt(points, x);
    if (value === 0) return x;
    if (Math.sign(value) === lowSign) low = x;
    else high = x;
    const newton = x - value / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= 2 * Number.EPSILON * Math.abs(x)) return next;
    x = next;
  }
  return x;
}

/** Worth as seen from the first day, to forty digits. Roots of growth are taken once: most flows share their parts. */
function exactWorth(points: readonly Point[], log: Decimal, fractions: Fractions): Decimal {
  const growth = log.exp();
  const rate = growth.minus(1);
  const roots = new Map<number, Decimal>();
  const rootOf = (of: number): Decimal => {
    const root = roots.get(of) ?? log.dividedBy(of).exp();
    roots.set(of, root);
    return root;
  };
  return points.reduce((sum, { flow }) => {
    const { amount, whole, part, of } = flow;
    const divisor =
      fractions === 'SIMPLE' ? rate.times(part).dividedBy(of).plus(1) : rootOf(of).pow(part);
    return sum.plus(new D(amount).dividedBy(growth.pow(whole).times(divisor)));
  }, new D(0));
}

/** Newton's method on the exact worth: two or three steps take fifteen digits to more than thirty. */
function finish(points: readonly Point[], start: number, fractions: Fractions): Decimal {
  const anchor = start < 0 ? (points.at(-1)?.compounding ?? 0) : 0;
  let log = new D(start);
  for (let step = 0; step < 5; step += 1) {
    const { slope } = worthAt(points, log.toNumber());
    if (slope === 0) return log;
    const seenFromAnchor = exactWorth(points, log, fractions).times(log.times(anchor).exp());
    const move = seenFromAnchor.dividedBy(slope);
    log = log.minus(move);
    if (move.abs().lessThan(1e-33)) return log;
  }
  return log;
}

function changesOfSign(points: readonly Point[]): number {
  return points.filter((point, i) => {
    const before = points[i - 1];
    return before !== undefined && Math.sign(before.flow.amount) !== Math.sign(point.flow.amount);
  }).length;
}

/**
 * The growth a period at which the flows are worth nothing. One change from advances to payments has exactly one root;
 * with more changes all of them are looked for, and more than one is refused.
 * `perYear` is the number of periods a year, by which an error of the root grows before it is printed.
 */
export function solveGrowth(
  flows: readonly TimedFlow[],
  fractions: Fractions,
  perYear: number,
): Solved {
  if (!flows.some(({ amount }) => amount > 0)) return { ok: false, reason: 'NO_ADVANCE' };
  if (!flows.some(({ amount }) => amount < 0)) return { ok: false, reason: 'NO_PAYMENT' };
  const points = pointsOf(flows, fractions);
  if ((points[0]?.flow.amount ?? 0) < 0) return { ok: false, reason: 'NO_ADVANCE' };
  const changes = changesOfSign(points);
  if (changes === 0) return { ok: false, reason: 'NO_SOLUTION' };
  const [bracket, other] = changes === 1 ? onlyBracket(points) : sampledBrackets(points);
  if (bracket === undefined)
    return { ok: false, reason: changes === 1 ? 'OUT_OF_RANGE' : 'NO_SOLUTION' };
  if (other !== undefined) return { ok: false, reason: 'AMBIGUOUS' };
  const root = bracket[0] === bracket[1] ? bracket[0] : refine(points, bracket);
  const { slope, noise } = worthAt(points, root);
  const shown = 100 * perYear * Math.exp(Math.max(root, root * perYear));
  const exact = !((noise / Math.abs(slope)) * shown < TOLERANCE_PERCENT);
  const log = exact ? finish(points, root, fractions) : new D(root);
  return { ok: true, growth: { log, exact } };
}

/** Growth over `periods` periods less one, as a fraction: the compound rate. */
export function growthOver({ log, exact }: Growth, periods: Decimal): Decimal {
  if (exact) return log.times(periods).exp().minus(1);
  return new D(Math.expm1(log.toNumber() * periods.toNumber()));
}
