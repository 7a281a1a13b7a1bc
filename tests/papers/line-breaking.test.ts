/** Line breaking: nothing is lost, no line is too wide, and the marks stand where Chinese typesetting wants them. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { breakIntoLines, type MeasureText } from '../../activities/contract/line-breaking.ts';

/** Every Latin character half as wide as a Chinese one, as in a fixed-width font. */
const measure: MeasureText = (text, { size }) =>
  Array.from(text).reduce((sum, c) => sum + (c < '\u0080' ? size / 2 : size), 0);

function linesOf(text: string, width: number): string[] {
  const lines = breakIntoLines([{ text, weight: 'regular', size: 10 }], width, measure);
  return lines.map((line) => line.map((span) => span.text).join(''));
}

const character = fc.constantFrom(
  ...Array.from('借款合同利率年月日，。；：（）《》“”、？！123.45%abc '),
);

it('No character is lost or moved, except spaces at a line end', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: character }),
      fc.integer({ min: 20, max: 300 }),
      (text, width) => {
        expect(linesOf(text, width).join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      },
    ),
  );
});

it('No line is wider than the column', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: character }),
      fc.integer({ min: 20, max: 300 }),
      (text, width) => {
        for (const line of linesOf(text, width)) {
          expect(measure(line, { weight: 'regular', size: 10 })).toBeLessThanOrEqual(width);
        }
      },
    ),
  );
});

it('A closing mark never begins a line and an opening one never ends it', () => {
  expect(linesOf('甲乙丙丁，戊己', 40)).toEqual(['甲乙丙', '丁，戊己']);
  expect(linesOf('甲乙丙（丁）戊', 40)).toEqual(['甲乙丙', '（丁）戊']);
});

it('An amount, a rate or a word stays whole', () => {
  expect(linesOf('本金人民币50,000.00元', 60)).toEqual(['本金人民币', '50,000.00元']);
  expect(linesOf('利率为14.40%。', 55)).toEqual(['利率为', '14.40%。']);
});

it('What is longer than a line is cut, as a hash is', () => {
  expect(linesOf('0123456789abcdef', 40)).toEqual(['01234567', '89abcdef']);
});
