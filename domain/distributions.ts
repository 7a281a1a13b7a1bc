/** Quantiles and tails of the normal, t and chi-square distributions, as far as intervals and tests of reports need them. */

/** Coefficients of the rational approximations of algorithm AS 241 (Wichura 1988), PPND16: about 16 digits. */
const CENTRE = {
  top: [
    3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
    45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
  ],
  bottom: [
    1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867,
    39307.89580009271061, 28729.085735721942674, 5226.495278852545925,
  ],
} as const;
const SHOULDER = {
  top: [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833,
    7.7454501427834140764e-4,
  ],
  bottom: [
    1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455,
    0.14810397642748007459, 0.0151986665636164571966, 5.475938084995344946e-4,
    1.05075007164441684324e-9,
  ],
} as const;
const TAIL = {
  top: [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123,
    0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5,
    2.01033439929228813265e-7,
  ],
  bottom: [
    1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525,
    7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7,
    2.04426310338993978564e-15,
  ],
} as const;

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

const ratio = (
  of: { readonly top: readonly number[]; readonly bottom: readonly number[] },
  x: number,
) => polynomial(of.top, x) / polynomial(of.bottom, x);

/** The value that a standard normal variable stays below with probability `p`. @throws RangeError outside 0 … 1 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError('A quantile needs a probability between 0 and 1.');
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const value = r <= 5 ? ratio(SHOULDER, r - 1.6) : ratio(TAIL, r - 5);
  return q < 0 ? -value : value;
}

/**
 * The value that a t variable stays below with probability `p`: the expansion of Cornish and Fisher around the normal
 * quantile (Abramowitz and Stegun 26.7.5). From ten degrees of freedom on it is right to three decimals at 0.975; reports
 * say nothing below their smallest sample. @throws RangeError without degrees of freedom
 */
export function tQuantile(p: number, degrees: number): number {
  if (!(degrees > 0)) throw new RangeError('A t quantile needs degrees of freedom.');
  const x = normalQuantile(p);
  const terms = [
    (x ** 3 + x) / 4,
    (5 * x ** 5 + 16 * x ** 3 + 3 * x) / 96,
    (3 * x ** 7 + 19 * x ** 5 + 17 * x ** 3 - 15 * x) / 384,
    (79 * x ** 9 + 776 * x ** 7 + 1482 * x ** 5 - 1920 * x ** 3 - 945 * x) / 92_160,
  ];
  return terms.reduce((sum, term, i) => sum + term / degrees ** (i + 1), x);
}

/** ln Γ for halves and wholes: by the recurrence, exact but for rounding. */
function logGammaHalf(halves: number): number {
  let value = halves % 2 === 0 ? 0 : Math.log(Math.sqrt(Math.PI));
  for (let k = halves % 2 === 0 ? 2 : 1; k < halves; k += 2) value += Math.log(k / 2);
  return value;
}

const MOST_TERMS = 500;

/**
 * The probability that a chi-square variable exceeds `x`: the lower incomplete gamma function by its series where that
 * converges fast, the upper one by its continued fraction elsewhere (Press et al., Numerical Recipes §6.2).
 */
export function chiSquareTail(x: number, degrees: number): number {
  if (!(degrees >= 1) || !Number.isInteger(degrees))
    throw new RangeError('A chi-square test needs whole degrees of freedom.');
  if (!(x > 0)) return 1;
  const a = degrees / 2;
  const z = x / 2;
  const front = Math.exp(a * Math.log(z) - z - logGammaHalf(degrees));
  return z < a + 1 ? 1 - front * seriesOf(a, z) : front * fractionOf(a, z);
}

function seriesOf(a: number, z: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MOST_TERMS && Math.abs(term) > Math.abs(sum) * 1e-16; n += 1) {
    term *= z / (a + n);
    sum += term;
  }
  return sum;
}

function fractionOf(a: number, z: number): number {
  const tiny = 1e-300;
  let b = z + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < MOST_TERMS; i += 1) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / nonZero(an * d + b, tiny);
    c = nonZero(b + an / c, tiny);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return h;
}

const nonZero = (value: number, tiny: number): number => (Math.abs(value) < tiny ? tiny : value);
