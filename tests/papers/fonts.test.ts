/** The choice of fonts: every character is drawn by a font that has it, or the paper stops. */
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  FontError,
  type FontSet,
  loadFontSet,
  splitIntoRuns,
} from '../../activities/contract/fonts.ts';
import { FONTS_MISSING } from './fixtures.ts';

const DEJAVU = '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf';

function failureOf(act: () => unknown): FontError {
  try {
    act();
  } catch (error) {
    if (error instanceof FontError) return error;
    throw error;
  }
  throw new Error('Nothing failed.');
}

it('A font file that is named but not there is reported, not replaced by another', () => {
  expect(failureOf(() => loadFontSet(['/nowhere/font.ttf'])).code).toBe('FONT_MISSING');
});

describe.skipIf(FONTS_MISSING !== null)(`fonts ${FONTS_MISSING ?? ''}`, () => {
  let fonts: FontSet;
  beforeAll(() => {
    fonts = loadFontSet();
  });

  it.each(['张𠮷', '𡋾', '㐂䶮', '欧阳娜娜·买买提'])('The name %s is drawn whole', (name) => {
    for (const weight of ['regular', 'bold'] as const) {
      const runs = splitIntoRuns(fonts, weight, name);
      expect(runs.map((run) => run.text).join('')).toBe(name);
      for (const { face, text } of runs) {
        for (const character of text) expect(face.covers(character)).toBe(true);
      }
    }
  });

  it('A character no font has stops the document and is named by code point only', () => {
    const failure = failureOf(() =>
      splitIntoRuns(fonts, 'regular', '王\u{2a6a5}明\u{2a6a5}\ue000'),
    );
    expect(failure.code).toBe('GLYPH_MISSING');
    expect(failure.codePoints).toEqual(['U+2A6A5', 'U+E000']);
    expect(failure.message).not.toMatch(/王|明|\u{2a6a5}/u);
  });

  it.each([
    ['a right-to-left override', '\u202e'],
    ['a zero-width space', '\u200b'],
    ['a line feed', '\n'],
    ['a NUL', '\0'],
    ['a variation selector', '\ufe00'],
    ['a lone half of a surrogate pair', '\ud842'],
  ])('%s cannot hide in a paper', (_, character) => {
    const failure = failureOf(() => splitIntoRuns(fonts, 'bold', `甲${character}乙`));
    expect(failure.code).toBe('GLYPH_MISSING');
  });

  it.skipIf(!existsSync(DEJAVU))('Each run of text goes to the first font that has it', () => {
    const mixed = loadFontSet([DEJAVU]);
    const runs = splitIntoRuns(mixed, 'regular', 'A☐借款B');
    expect(runs.map(({ face, text }) => [face.id, text])).toEqual([
      ['DejaVuSans', 'A☐'],
      [fonts.regular[0].id, '借款'],
      ['DejaVuSans', 'B'],
    ]);
  });
});
