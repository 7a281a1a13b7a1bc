/** The visible seal: a red round company seal drawn as outlines, so that a finished file needs no further font for it. */

/** An open font as far as a seal is drawn with it. Lengths in units of the em, y upwards. */
interface SealFont {
  glyphForCodePoint(codePoint: number): {
    readonly advanceWidth: number;
    readonly path: { toSVG(): string };
  };
}

/** Faces to draw with, best first. */
export type SealFaces = readonly {
  readonly font: SealFont;
  readonly covers: (character: string) => boolean;
}[];

export interface SealWords {
  /** Round the upper edge. */
  readonly name: string;
  /** Straight, below the star. */
  readonly use: string;
}

/** Width and height of the image in points: 42 mm, as company seals have. */
export const SEAL_SIZE = 119;

const CENTRE = SEAL_SIZE / 2;
const EDGE = 2.4;
/** Units of the em in the fonts of our papers. */
const EM = 1000;
const RED = '0.80 0.10 0.10';

/** A matrix of PDF: `[a b c d e f]` maps (x, y) to (ax + cy + e, bx + dy + f). */
type Matrix = readonly [number, number, number, number, number, number];

const number = (value: number): string => value.toFixed(2);

/** The outline of a glyph as path operators. Quadratic curves become cubic ones: PDF has no others. */
function outline(svg: string): string {
  const operators: string[] = [];
  let [x0, y0] = [0, 0];
  for (const [, command, text] of svg.matchAll(/([MLQCZ])([^MLQCZ]*)/g)) {
    const at = Array.from(text?.matchAll(/-?\d*\.?\d+(?:e-?\d+)?/g) ?? [], ([digits]) =>
      Number(digits),
    );
    const [a = 0, b = 0, c = 0, d = 0] = at;
    if (command === 'M') operators.push(`${number(a)} ${number(b)} m`);
    if (command === 'L') operators.push(`${number(a)} ${number(b)} l`);
    if (command === 'C') operators.push(`${at.map(number).join(' ')} c`);
    if (command === 'Q') {
      const third = (from: number, to: number): number => from + ((to - from) * 2) / 3;
      const curve = [third(x0, a), third(y0, b), third(c, a), third(d, b), c, d];
      operators.push(`${curve.map(number).join(' ')} c`);
    }
    if (command === 'Z') operators.push('h');
    else [x0, y0] = [at.at(-2) ?? 0, at.at(-1) ?? 0];
  }
  return operators.join('\n');
}

/** A character of the seal is in no font. */
export class SealImageError extends Error {
  override readonly name = 'SealImageError';
  readonly code = 'GLYPH_MISSING';
}

/** @throws SealImageError when no face has the character */
function glyphOf(faces: SealFaces, character: string) {
  const face = faces.find(({ covers }) => covers(character));
  if (face === undefined) throw new SealImageError('No font draws a character of the seal.');
  return face.font.glyphForCodePoint(character.codePointAt(0) ?? 0);
}

/** One character of `size` points, its middle on the origin of `place`, standing on its baseline. */
function drawn(faces: SealFaces, character: string, size: number, place: Matrix): string {
  const { advanceWidth, path } = glyphOf(faces, character);
  const scale = size / EM;
  const [a, b, c, d, e, f] = place;
  const left = (-advanceWidth / 2) * scale;
  const matrix = [a * scale, b * scale, c * scale, d * scale, a * left + e, b * left + f];
  const text = matrix.map((value) => value.toFixed(5)).join(' ');
  return `q ${text} cm\n${outline(path.toSVG())}\nf Q`;
}

/** A circle of four Bézier curves. */
function circle(radius: number): string {
  const k = radius * 0.5523;
  const at = (...offsets: readonly number[]): string =>
    offsets.map((offset) => number(CENTRE + offset)).join(' ');
  return [
    `${at(radius, 0)} m`,
    `${at(radius, k, k, radius, 0, radius)} c`,
    `${at(-k, radius, -radius, k, -radius, 0)} c`,
    `${at(-radius, -k, -k, -radius, 0, -radius)} c`,
    `${at(k, -radius, radius, -k, radius, 0)} c s`,
  ].join('\n');
}

function star(radius: number): string {
  const points = Array.from({ length: 10 }, (_, index) => {
    const r = index % 2 === 0 ? radius : radius * 0.382;
    const angle = Math.PI / 2 + (index * Math.PI) / 5;
    return `${number(CENTRE + r * Math.cos(angle))} ${number(CENTRE + r * Math.sin(angle))}`;
  });
  return `${points.map((point, index) => `${point} ${index === 0 ? 'm' : 'l'}`).join('\n')}\nh f`;
}

/** Characters along the upper edge, spread over at most 260 degrees, feet towards the middle. */
function round(faces: SealFaces, name: string): readonly string[] {
  const characters = Array.from(name);
  const span = Math.min(260, characters.length * 22) * (Math.PI / 180);
  const size = Math.min(15, (span * 40) / Math.max(characters.length, 1));
  const foot = CENTRE - EDGE - 5 - size;
  return characters.map((character, index) => {
    const along = characters.length === 1 ? 0.5 : index / (characters.length - 1);
    const angle = Math.PI / 2 + span / 2 - along * span;
    const turn = angle - Math.PI / 2;
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const x = CENTRE + foot * Math.cos(angle);
    const y = CENTRE + foot * Math.sin(angle);
    return drawn(faces, character, size, [cos, sin, -sin, cos, x, y]);
  });
}

function straight(faces: SealFaces, words: string): readonly string[] {
  const size = 9;
  const characters = Array.from(words);
  const left = CENTRE - ((characters.length - 1) * size) / 2;
  return characters.map((character, index) =>
    drawn(faces, character, size, [1, 0, 0, 1, left + index * size, 26]),
  );
}

/**
 * The seal as the operators of a PDF form of `SEAL_SIZE` by `SEAL_SIZE` points.
 * @throws SealImageError when no face has a character
 */
export function sealImage(faces: SealFaces, { name, use }: SealWords): string {
  return [
    `${RED} RG ${RED} rg ${number(EDGE)} w`,
    circle(CENTRE - EDGE / 2 - 0.5),
    star(15),
    ...round(faces, name),
    ...straight(faces, use),
  ].join('\n');
}
