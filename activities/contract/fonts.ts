/**
 * The fonts of our papers: finds them on the machine, and says for every run of text which one can draw it.
 * A name printed with a hole or with another character is another person's name, so a character that no font covers
 * stops the document instead of being left out.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import { setPlainly } from './plain-setting.ts';

export type FontWeight = 'regular' | 'bold';

/** One open font face. `id` is its PostScript name, under which a document registers it. */
export interface FontFace {
  readonly id: string;
  readonly font: Font;
  /** Whether it has a glyph for this one character. */
  readonly covers: (character: string) => boolean;
}

/** Faces by weight, best first; a later one draws what the earlier ones lack. Each list has at least one face. */
export interface FontSet {
  readonly regular: readonly [FontFace, ...FontFace[]];
  readonly bold: readonly [FontFace, ...FontFace[]];
}

/** A stretch of text that one face can draw. */
export interface TextRun {
  readonly face: FontFace;
  readonly text: string;
}

/**
 * - `FONT_MISSING`: no Chinese font is installed, or a named font file cannot be read.
 * - `GLYPH_MISSING`: a character has no glyph in any font, or is invisible (a control or formatting character).
 */
export type FontErrorCode = 'FONT_MISSING' | 'GLYPH_MISSING';

/** Why a paper cannot be drawn. The text names code points, never the words around them: those may be a name. */
export class FontError extends Error {
  override readonly name = 'FontError';
  readonly code: FontErrorCode;
  /** The characters no font covers, as `U+20BB7`; empty for FONT_MISSING. */
  readonly codePoints: readonly string[];

  constructor(code: FontErrorCode, message: string, codePoints: readonly string[] = []) {
    super(message);
    this.code = code;
    this.codePoints = codePoints;
  }
}

interface FontPlace {
  readonly weight: FontWeight;
  readonly path: string;
  /** The face to take from a collection (.ttc). */
  readonly face?: string;
}

/** Noto Sans CJK where Debian, Fedora and Arch put it. The simplified Chinese face draws the forms of the PRC standard. */
const NOTO_FOLDERS = [
  '/usr/share/fonts/opentype/noto',
  '/usr/share/fonts/google-noto-sans-cjk-fonts',
  '/usr/share/fonts/noto-cjk',
];

/** Fonts that draw rare characters of names beyond Noto's repertoire (Debian's fonts-hanazono). */
const RARE_CHARACTER_FONTS = [
  '/usr/share/fonts/truetype/hanazono/HanaMinA.ttf',
  '/usr/share/fonts/truetype/hanazono/HanaMinB.ttf',
];

/** The npm package a machine without system fonts may have; it lacks some rare characters of names. */
const NPM_FONTS: readonly { readonly weight: FontWeight; readonly specifier: string }[] = [
  {
    weight: 'regular',
    specifier: '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
  },
  { weight: 'bold', specifier: '@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf' },
];

function npmFontPlaces(): FontPlace[] {
  const require = createRequire(import.meta.url);
  return NPM_FONTS.flatMap(({ weight, specifier }) => {
    try {
      return [{ weight, path: require.resolve(specifier) }];
    } catch {
      return [];
    }
  });
}

function knownPlaces(): FontPlace[] {
  const noto = NOTO_FOLDERS.flatMap((folder): FontPlace[] => [
    { weight: 'regular', path: `${folder}/NotoSansCJK-Regular.ttc`, face: 'NotoSansCJKsc-Regular' },
    { weight: 'bold', path: `${folder}/NotoSansCJK-Bold.ttc`, face: 'NotoSansCJKsc-Bold' },
  ]);
  const rare = RARE_CHARACTER_FONTS.map((path): FontPlace => ({ weight: 'regular', path }));
  return [...noto, ...npmFontPlaces(), ...rare];
}

function readIfPresent(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

/** Coverage of a font, each character looked up once: the search in a font's table is what splitting text costs. */
function coverageOf(font: Font): FontFace['covers'] {
  const known = new Map<string, boolean>();
  return (character) => {
    const seen = known.get(character);
    if (seen !== undefined) return seen;
    const covered = font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);
    known.set(character, covered);
    return covered;
  };
}

function openFace(bytes: Uint8Array, face: string | undefined): FontFace | null {
  try {
    const font = create(bytes, face);
    if (font === null) return null;
    return { id: font.postscriptName, font: setPlainly(font), covers: coverageOf(font) };
  } catch {
    return null;
  }
}

/**
 * Opens the fonts of this machine, once per process (about 60 ms and 40 MB with Noto Sans CJK); the papers of a
 * process share them.
 * @param configured paths of font files to try first, in order; each serves both weights. A collection gives its
 * simplified Chinese face when it is Noto Sans CJK, otherwise name a plain .ttf or .otf.
 * @throws FontError FONT_MISSING when a configured file is not a readable font, or nothing draws Chinese
 */
export function loadFontSet(configured: readonly string[] = []): FontSet {
  const faces: Record<FontWeight, FontFace[]> = { regular: [], bold: [] };
  for (const path of configured) {
    const bytes = readIfPresent(path);
    const face = bytes === null ? null : openFace(bytes, collectionFace(path));
    if (face === null) throw new FontError('FONT_MISSING', `The font ${path} cannot be read.`);
    faces.regular.push(face);
    faces.bold.push(face);
  }
  for (const place of knownPlaces()) {
    if (faces[place.weight].some((face) => face.id === place.face)) continue;
    const bytes = readIfPresent(place.path);
    const face = bytes === null ? null : openFace(bytes, place.face);
    if (face !== null) faces[place.weight].push(face);
  }
  const [firstRegular, ...otherRegular] = faces.regular;
  if (firstRegular === undefined || !faces.regular.some((face) => face.covers('借'))) {
    throw new FontError(
      'FONT_MISSING',
      'No Chinese font is installed: install the Debian package fonts-noto-cjk, or name a font file.',
    );
  }
  const regular: FontSet['regular'] = [firstRegular, ...otherRegular];
  const [firstBold, ...otherBold] = faces.bold;
  // Without a bold face, and for characters that only a regular face has, the regular one stands in.
  const bold: FontSet['bold'] =
    firstBold === undefined ? regular : [firstBold, ...otherBold, ...regular];
  return { regular, bold };
}

function collectionFace(path: string): string | undefined {
  return path.endsWith('.ttc') ? 'NotoSansCJKsc-Regular' : undefined;
}

/** Controls, joiners, direction marks, variation selectors: unseen, they could make a paper read as it does not say. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Variation_Selector}]/u;

function faceFor(faces: readonly FontFace[], character: string): FontFace | null {
  if (INVISIBLE.test(character)) return null;
  return faces.find((face) => face.covers(character)) ?? null;
}

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * Splits text into runs that one face can draw, each character by the first face that has it.
 * @throws FontError GLYPH_MISSING naming every character that none has
 */
export function splitIntoRuns(
  fonts: FontSet,
  weight: FontWeight,
  text: string,
): readonly TextRun[] {
  const runs: { face: FontFace; text: string }[] = [];
  const missing = new Set<string>();
  for (const character of text) {
    const face = faceFor(fonts[weight], character);
    if (face === null) {
      missing.add(nameOf(character));
      continue;
    }
    const last = runs.at(-1);
    if (last?.face === face) last.text += character;
    else runs.push({ face, text: character });
  }
  if (missing.size > 0) {
    const codePoints = [...missing];
    throw new FontError('GLYPH_MISSING', `No font draws ${codePoints.join(', ')}.`, codePoints);
  }
  return runs;
}
