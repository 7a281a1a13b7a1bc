/** Quantiles and tails of the normal, t and chi-square distributions, as far as intervals and tests of reports need them. */

/** Coefficients of the rational approximations of algorithm AS 241 (Wichura 1988), PPND16: about 16 digits. */
const CENTRE = {
  top: [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946,
    45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  bottom: [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597,
    39307.89580009271, 28729.085735721943, 5226.495278852546,
  ],
} as const;
const SHOULDER = {
  top: [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045,
    1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  bottom: [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008,
    0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9,
  ],
} as const;
const TAIL = {
  top: [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
    0.026532189526576124, 0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  bottom: [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
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
