/** The part of fontkit (which ships no types) that the papers use. */
declare module 'fontkit' {
  export interface Glyph {
    readonly id: number;
    /** In units of the font's em. */
    readonly advanceWidth: number;
    readonly codePoints: readonly number[];
  }

  /** A glyph as the font holds it, with its outline in units of the em, y upwards. */
  export interface FontGlyph extends Glyph {
    readonly path: { toSVG(): string };
  }

  /** Lengths in units of the font's em; whoever receives a run may scale its positions in place. */
  export interface GlyphRun {
    readonly glyphs: readonly Glyph[];
    readonly positions: readonly {
      xAdvance: number;
      yAdvance: number;
      xOffset: number;
      yOffset: number;
    }[];
    readonly advanceWidth: number;
  }

  /** Where a subroutine of a CFF font stands in its file. */
  export interface SubroutinePlace {
    readonly offset: number;
    readonly length: number;
  }

  export interface Subset {
    /** Only subsets of CFF fonts: the font's table, and the subroutines to keep at their places. */
    readonly cff?: {
      readonly stream: { pos: number; readBuffer(length: number): Uint8Array };
    };
    subsetSubrs?: (
      places: readonly SubroutinePlace[],
      used: Readonly<Record<number, true>>,
    ) => readonly Uint8Array[];
  }

  export interface Font {
    readonly postscriptName: string;
    hasGlyphForCodePoint(codePoint: number): boolean;
    glyphForCodePoint(codePoint: number): FontGlyph;
    layout: (text: string) => GlyphRun;
    createSubset: () => Subset;
  }

  /** Opens a font; of a collection the face with that PostScript name. Null when the collection has no such face. */
  export function create(bytes: Uint8Array, postscriptName?: string): Font | null;
}
