/** Money and rates: no fraction, no lost fen, and the written forms of a contract. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chineseAmount,
  fen,
  formatYuan,
  signedFen,
  splitFen,
  sumFen,
  yuanToFen,
} from '../../domain/money.ts';
import { D, annualRate, formatPercent, parseAnnualRate, roundToFen } from '../../domain/rates.ts';
import { checkRateCap } from '../../domain/offer.ts';

describe('fen', () => {
  it.each([0.5, Number.NaN, Infinity, 2 ** 53])('refuses %s', (n) => {
    expect(() => fen(n)).toThrow(RangeError);
  });
  it('refuses a negative amount unless a signed one is asked for', () => {
    expect(() => fen(-1)).toThrow(RangeError);
    expect(signedFen(-1)).toBe(-1);
    expect(Object.is(signedFen(-0), 0)).toBe(true);
  });
  it('reads yuan without floating point and refuses anything else', () => {
    expect(yuanToFen('12,345.6')).toBe(1_234_560);
    expect(yuanToFen('1.15')).toBe(115);
    for (const bad of ['1.155', '1,23.00', 'abc', '', '1e3'])
      expect(() => yuanToFen(bad)).toThrow(RangeError);
  });
  it('formatting and reading are inverse', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e13, max: 1e13 }), (n) => {
        expect(yuanToFen(formatYuan(signedFen(n)))).toBe(n);
      }),
    );
  });
});

describe('amounts in capitals', () => {
  it.each([
    [0, '零元整'],
    [1_234_560, '壹万贰仟叁佰肆拾伍元陆角整'],
    [140_950, '壹仟肆佰零玖元伍角整'],
    [600_714, '陆仟零柒元壹角肆分'],
    [168_032, '壹仟陆佰捌拾元零叁角贰分'],
    [1_640_902, '壹万陆仟肆佰零玖元零贰分'],
    [10_700_053, '壹拾万柒仟元零伍角叁分'],
    [5, '伍分'],
    [50, '伍角整'],
    [2_000_000_00, '贰佰万元整'],
    [1_0000_0001_00, '壹亿零壹元整'],
    [1_0000_1000_00, '壹亿零壹仟元整'],
    [100, '壹元整'],
  ])('%d fen is %s', (amount, text) => {
    expect(chineseAmount(fen(amount))).toBe(text);
  });
});

describe('splits', () => {
  it('always add up to the total, and no part is a fen off its share', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e12 }),
        fc
          .array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 })
          .filter((w) => w.some((x) => x > 0)),
        (total, weights) => {
          const parts = splitFen(fen(total), weights);
          const sum = weights.reduce((a, b) => a + b, 0);
          expect(sumFen(parts)).toBe(total);
          parts.forEach((part, i) => {
            expect(Math.abs(part - (total * (weights[i] ?? 0)) / sum)).toBeLessThan(1.01);
            if (weights[i] === 0) expect(part).toBe(0);
          });
        },
      ),
    );
  });
  it('refuses weights that cannot share', () => {
    for (const weights of [[], [0], [-1, 2], [0.5]])
      expect(() => splitFen(fen(1), weights)).toThrow(RangeError);
  });
});

describe('rates', () => {
  it('reads only plain percentages', () => {
    expect(parseAnnualRate('14.40')).toBe('14.40');
    for (const bad of ['-1', '1e2', '14,4', '', '1001', '.5'])
      expect(parseAnnualRate(bad)).toBeNull();
    expect(() => annualRate('x')).toThrow(RangeError);
  });
  it('rounds halves up for us and to even where asked', () => {
    expect([roundToFen(new D('0.5')), roundToFen(new D('1.5')), roundToFen(new D('2.5'))]).toEqual([
      1, 2, 3,
    ]);
    expect([roundToFen(new D('0.5'), 'HALF_EVEN'), roundToFen(new D('2.5'), 'HALF_EVEN')]).toEqual([
      0, 2,
    ]);
    expect(formatPercent('0.24005')).toBe('24.01');
  });
  it('a cap is compared at two decimals, half-up', () => {
    expect(checkRateCap('24.00006', '24.00')).toEqual({
      within: true,
      rate: '24.00',
      cap: '24.00',
    });
    expect(checkRateCap('24.005', '24')).toMatchObject({ within: false, rate: '24.01' });
  });
});
