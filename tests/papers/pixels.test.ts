/** What a reader sees: rendered pixels, because a PDF whose glyphs are blank still gives its text perfectly. */
import { beforeAll, describe, expect, it } from 'vitest';
import { renderContractPdf } from '../../activities/contract/contract-document.ts';
import { type FontSet, loadFontSet } from '../../activities/contract/fonts.ts';
import { contractFixture, FONTS_MISSING } from './fixtures.ts';
import {
  pageTexts,
  type Picture,
  pictureOf,
  POPPLER_MISSING,
  type Word,
  wordsOf,
} from './poppler.ts';

const reason = FONTS_MISSING ?? POPPLER_MISSING;
if (reason !== null) console.info(`Pixels are not looked at here: ${reason}`);

/** Marks that are little but a dot or a hair. */
const FAINT = /^[\s、。，．·：；—“”‘’一]$/u;

interface Cell {
  readonly text: string;
  readonly box: Omit<Word, 'text'>;
}

/** Room a Latin character takes, in Chinese ones: about, so a Latin stretch is looked at as a whole. */
const LATIN_SHARE = 0.56;
const shareOf = (text: string): number =>
  Array.from(text).reduce((sum, c) => sum + (c < '\u0080' ? LATIN_SHARE : 1), 0);

/** A word as its Chinese characters and its Latin stretches, each with the box it stands in. */
function cellsOf(word: Word): Cell[] {
  const whole = shareOf(word.text);
  let x = word.xMin;
  return Array.from(word.text.matchAll(/[!-~]+|[^!-~]/gu), ([text]) => {
    const width = ((word.xMax - word.xMin) * shareOf(text)) / whole;
    const box = { xMin: x, xMax: x + width, yMin: word.yMin, yMax: word.yMax };
    x += width;
    return { text, box };
  });
}

/** Height of a word's box in ems of its size: Noto's ascent and descent. */
const BOX_EMS = 1.448;

/** Whether two words stand nearer to one another than 1.15 of their size, in the same columns. */
function collide(a: Word, b: Word): boolean {
  const size = Math.max(a.yMax - a.yMin, b.yMax - b.yMin) / BOX_EMS;
  const across = Math.min(a.xMax, b.xMax) - Math.max(a.xMin, b.xMin);
  const apart = Math.abs((a.yMin + a.yMax) / 2 - (b.yMin + b.yMax) / 2);
  return across > 1 && apart < 1.15 * size;
}

function blankCharacters(words: readonly Word[], picture: Picture): string[] {
  return words
    .flatMap(cellsOf)
    .filter(({ text, box }) => !FAINT.test(text) && picture.ink(box) < 0.01)
    .map(({ text }) => text);
}

describe.skipIf(reason !== null)(`pixels ${reason ?? ''}`, () => {
  let fonts: FontSet;
  let pdf: Buffer;
  beforeAll(async () => {
    fonts = loadFontSet();
    pdf = await renderContractPdf(contractFixture({ termMonths: 36 }), fonts);
  });

  it('Every character of every page leaves ink where it stands', () => {
    const pages = pageTexts(pdf).length;
    for (let page = 1; page <= pages; page += 1) {
      const words = wordsOf(pdf, page);
      expect(words.length).toBeGreaterThan(20);
      expect(blankCharacters(words, pictureOf(pdf, page))).toEqual([]);
    }
  });

  it('Nothing is drawn outside the margins', () => {
    const pages = pageTexts(pdf).length;
    for (let page = 1; page <= pages; page += 1) {
      for (const { xMin, xMax, yMin, yMax } of wordsOf(pdf, page)) {
        expect(xMin).toBeGreaterThan(55);
        expect(xMax).toBeLessThan(540.5);
        expect(yMin).toBeGreaterThan(24);
        expect(yMax).toBeLessThan(816);
      }
    }
  });

  it('No two words lie upon one another', () => {
    const pages = pageTexts(pdf).length;
    for (let page = 1; page <= pages; page += 1) {
      const words = wordsOf(pdf, page);
      const overlaps = words.filter((a, i) => words.slice(i + 1).some((b) => collide(a, b)));
      expect(overlaps.map((word) => word.text)).toEqual([]);
    }
  });

  it('𠮷 is drawn as itself, not as 吉 nor as an empty box', async () => {
    const shapeOf = async (name: string): Promise<string> => {
      const one = await renderContractPdf(contractFixture({ name }), fonts);
      const word = wordsOf(one, 1).find(({ text }) => text === name);
      if (word === undefined) throw new Error('The name is not on the first page.');
      const picture = pictureOf(one, 1);
      const half = (word.xMin + word.xMax) / 2;
      let shape = '';
      for (let y = Math.floor(word.yMin * picture.scale); y < word.yMax * picture.scale; y += 1) {
        for (let x = Math.floor(half * picture.scale); x < word.xMax * picture.scale; x += 1) {
          shape += picture.at(x, y) < 128 ? '#' : '.';
        }
      }
      return shape;
    };
    const shapes = [await shapeOf('张𠮷'), await shapeOf('张吉'), await shapeOf('张口')];
    expect(new Set(shapes).size).toBe(3);
    for (const shape of shapes) expect(shape).toContain('#');
  });
});
