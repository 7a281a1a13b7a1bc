/** Embedded glyphs against the outlines in the font: a subset that lost a stroke shows here and nowhere else. */
import PdfKitDocument from 'pdfkit';
import { expect, it } from 'vitest';
import { createCanvas, PAGE } from '../../activities/contract/canvas.ts';
import { renderContractPdf } from '../../activities/contract/contract-document.ts';
import { type FontFace, type FontWeight, loadFontSet } from '../../activities/contract/fonts.ts';
import { contractFixture, FONTS_MISSING } from './fixtures.ts';
import { pageTexts, pictureOf, POPPLER_MISSING } from './poppler.ts';

const reason = FONTS_MISSING ?? POPPLER_MISSING;
const SIZE = 20;
const PITCH = 26;
const COLUMNS = 20;
const ROWS = 30;
const PER_PAGE = COLUMNS * ROWS;

interface Place {
  readonly character: string;
  readonly page: number;
  readonly x: number;
  readonly y: number;
}

/** Where each character stands: its baseline from the top left, on a grid over as many pages as it takes. */
function placesOf(characters: readonly string[]): readonly Place[] {
  return characters.map((character, index) => ({
    character,
    page: Math.floor(index / PER_PAGE),
    x: 36 + (index % COLUMNS) * PITCH,
    y: 44 + Math.floor((index % PER_PAGE) / COLUMNS) * PITCH,
  }));
}

/** The characters as text, in the font as a paper embeds it. */
async function asText(places: readonly Place[], weight: FontWeight): Promise<Buffer> {
  const canvas = createCanvas(loadFontSet(), { title: '', author: '', createdAt: new Date(0) });
  for (const { character, page, x, y } of places) {
    while (canvas.pageCount() <= page) canvas.addPage();
    canvas.draw({ text: character, weight, size: SIZE }, x, y);
  }
  return canvas.finish();
}

/** The characters as outlines taken from the font file, with no font embedded at all. */
async function asOutlines(places: readonly Place[], face: FontFace): Promise<Buffer> {
  const doc = new PdfKitDocument({ size: [PAGE.width, PAGE.height], autoFirstPage: false });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => {
    doc.on('end', resolve);
  });
  let pages = 0;
  for (const { character, page, x, y } of places) {
    for (; pages <= page; pages += 1) doc.addPage();
    const glyph = face.font.glyphForCodePoint(character.codePointAt(0) ?? 0);
    const scale = SIZE / 1000;
    doc.save().translate(x, y).scale(scale, -scale).path(glyph.path.toSVG()).fill().restore();
  }
  doc.end();
  await ended;
  return Buffer.concat(chunks);
}

async function charactersOfContract(): Promise<readonly string[]> {
  const pdf = await renderContractPdf(contractFixture({ termMonths: 36 }), loadFontSet());
  const all = new Set(Array.from(pageTexts(pdf).join('').replaceAll(/\s/g, '')));
  for (const rare of '𡋾㐂䶮𬭚') all.add(rare);
  return [...all].sort();
}

it.skipIf(reason !== null).each(['regular', 'bold'] as const)(
  `Every character of the contract has its font's own shape in %s ${reason ?? ''}`,
  async (weight) => {
    const characters = await charactersOfContract();
    expect(characters.length).toBeGreaterThan(300);
    const places = placesOf(characters);
    const [face] = loadFontSet()[weight];
    const text = await asText(places, weight);
    const outlines = await asOutlines(places, face);
    const pages = (places.at(-1)?.page ?? 0) + 1;
    for (let page = 0; page < pages; page += 1) {
      const drawn = pictureOf(text, page + 1);
      const wanted = pictureOf(outlines, page + 1);
      const differing = places
        .filter((place) => place.page === page)
        .filter(({ x, y }) => {
          let different = 0;
          for (let py = (y - SIZE) * drawn.scale; py < (y + 6) * drawn.scale; py += 1) {
            for (let px = x * drawn.scale; px < (x + SIZE) * drawn.scale; px += 1) {
              if (Math.abs(drawn.at(px, py) - wanted.at(px, py)) > 128) different += 1;
            }
          }
          return different > 12;
        });
      expect(differing.map(({ character }) => character)).toEqual([]);
    }
  },
);
