/** Money as integer fen: the branded type, its construction, its written forms, and splits that never lose a fen. */
import { Decimal } from 'decimal.js';

declare const fenBrand: unique symbol;

/** An amount of renminbi in fen (1/100 yuan): a safe integer, never a fraction. */
export type Fen = number & { readonly [fenBrand]: true };

/** A non-negative amount. Throws RangeError for a fraction, a negative number or one past the safe integers. */
export function fen(n: number): Fen {
  if (n < 0) throw new RangeError('An amount in fen must not be negative.');
  return signedFen(n);
}

/** An amount that may be negative (a correction, a difference). Throws RangeError when it is no safe integer. */
export function signedFen(n: number): Fen {
  if (!Number.isSafeInteger(n)) throw new RangeError('An amount in fen must be a safe integer.');
  return (n === 0 ? 0 : n) as Fen;
}

export const ZERO_FEN: Fen = fen(0);

export function addFen(a: Fen, b: Fen): Fen {
  return signedFen(a + b);
}

export function subtractFen(a: Fen, b: Fen): Fen {
  return signedFen(a - b);
}

export function minFen(a: Fen, b: Fen): Fen {
  return a < b ? a : b;
}

export function sumFen(amounts: readonly Fen[]): Fen {
  return amounts.reduce<Fen>((total, amount) => addFen(total, amount), ZERO_FEN);
}

/** Reads a yuan amount such as `12345.6` or `12,345.60`. Throws RangeError for anything but at most two decimals. */
export function yuanToFen(yuan: string): Fen {
  const plain = yuan.trim();
  if (!/^-?(\d+|\d{1,3}(,\d{3})+)(\.\d{1,2})?$/.test(plain)) {
    throw new RangeError('A yuan amount needs digits and at most two decimals.');
  }
  return signedFen(new Decimal(plain.replaceAll(',', '')).times(100).toNumber());
}

/** Formats an amount as yuan with thousands separators: 1234560 → `12,345.60`. */
export function formatYuan(amount: Fen): string {
  const digits = Math.abs(amount).toString().padStart(3, '0');
  const yuan = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${amount < 0 ? '-' : ''}${yuan}.${digits.slice(-2)}`;
}

const CAPITALS = '零壹贰叁肆伍陆柒捌玖';
const PLACES = ['', '拾', '佰', '仟'] as const;
const GROUPS = ['', '万', '亿'] as const;

function capital(digit: number): string {
  return CAPITALS.charAt(digit);
}

/** One group of four digits in capitals, without leading or trailing zero. */
function chineseGroup(group: number): string {
  let text = '';
  let zeroPending = false;
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(group / 10 ** place) % 10;
    if (digit === 0) {
      zeroPending = text !== '';
      continue;
    }
    text += `${zeroPending ? '零' : ''}${capital(digit)}${PLACES[place] ?? ''}`;
    zeroPending = false;
  }
  return text;
}

function chineseYuan(yuan: number): string {
  let text = '';
  let groupSkipped = false;
  for (let index = GROUPS.length - 1; index >= 0; index -= 1) {
    const group = Math.floor(yuan / 10_000 ** index) % 10_000;
    if (group === 0) {
      groupSkipped = text !== '';
      continue;
    }
    const gap = text !== '' && (group < 1000 || groupSkipped);
    text += `${gap ? '零' : ''}${chineseGroup(group)}${GROUPS[index] ?? ''}`;
    groupSkipped = false;
  }
  return text;
}

/**
 * The amount in Chinese capitals as contracts print it: 1234560 → `壹万贰仟叁佰肆拾伍元陆角整`.
 * Rule: 支付结算办法 (银发〔1997〕393号) annex 1: 整 after yuan or jiao, none after fen; 零 for gaps. Limit: below 10^14 fen.
 */
export function chineseAmount(amount: Fen): string {
  const absolute = Math.abs(amount);
  if (absolute >= 1e14) throw new RangeError('The amount is too large to be written in capitals.');
  const sign = amount < 0 ? '负' : '';
  const yuan = Math.floor(absolute / 100);
  const jiao = Math.floor(absolute / 10) % 10;
  const cents = absolute % 10;
  if (yuan === 0 && jiao === 0 && cents === 0) return '零元整';
  const whole = yuan === 0 ? '' : `${chineseYuan(yuan)}元`;
  if (jiao === 0 && cents === 0) return `${sign}${whole}整`;
  const needsZero = yuan > 0 && (jiao === 0 || yuan % 10 === 0);
  const tenth = jiao === 0 ? '' : `${capital(jiao)}角`;
  const hundredth = cents === 0 ? '整' : `${capital(cents)}分`;
  return `${sign}${whole}${needsZero ? '零' : ''}${tenth}${hundredth}`;
}

/**
 * Splits `total` in proportion to integer `weights`; the parts always add up to the total. Each running share is
 * floored and the part is the difference, so no part is more than one fen off its exact share.
 * Throws RangeError for no weights, a negative weight or a zero sum.
 */
export function splitFen(total: Fen, weights: readonly number[]): readonly Fen[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (
    !Number.isSafeInteger(sum) ||
    sum <= 0 ||
    weights.some((w) => w < 0 || !Number.isInteger(w))
  ) {
    throw new RangeError('A split needs non-negative integer weights with a positive sum.');
  }
  const parts: Fen[] = [];
  let weightSoFar = 0n;
  let given = 0n;
  for (const weight of weights) {
    weightSoFar += BigInt(weight);
    const share = (BigInt(total) * weightSoFar) / BigInt(sum);
    parts.push(signedFen(Number(share - given)));
    given = share;
  }
  return parts;
}
