/**
 * Sets a font character by character: one glyph for one character, without ligatures, kerning or contextual forms.
 * Chinese needs none of them, and the substitution tables of a CJK font cost more than drawing the whole paper. It also
 * makes a paper independent of what the process drew before: fontkit remembers one code point per glyph, ours are per
 * character.
 */
import type { Font, Glyph, GlyphRun, Subset, SubroutinePlace } from 'fontkit';

function glyphReader(font: Font): (character: string) => Glyph {
  const known = new Map<string, Glyph>();
  return (character) => {
    const seen = known.get(character);
    if (seen !== undefined) return seen;
    const codePoint = character.codePointAt(0) ?? 0;
    const { id, advanceWidth } = font.glyphForCodePoint(codePoint);
    const glyph: Glyph = { id, advanceWidth, codePoints: [codePoint] };
    known.set(character, glyph);
    return glyph;
  };
}

const UNUSED_SUBROUTINE = new Uint8Array(0);
/** A subroutine that does nothing: the operator `return` (Adobe Technical Note 5177 §4.4). */
const IDLE_SUBROUTINE = new Uint8Array([11]);

/**
 * Leaves out the subroutines a CFF subset does not use by giving them no bytes, where fontkit gives each of some 45,000
 * one byte: the used ones keep their numbers, and a contract is 165 KB instead of 280 KB. Readers allow it: an INDEX may
 * hold objects of no length (Adobe Technical Note 5176 §5, and the OpenType Sanitizer of the browsers). An INDEX that holds
 * nothing at all they do not: FreeType refuses the font where it ends with one, so its first subroutine is kept as an idle one.
 */
function leaveOutUnused(subset: Subset): Subset {
  const { cff } = subset;
  if (cff === undefined) return subset;
  const read = ({ offset, length }: SubroutinePlace): Uint8Array => {
    cff.stream.pos = offset;
    return cff.stream.readBuffer(length);
  };
  subset.subsetSubrs = (places, used) =>
    places.map((place, index) => {
      if (used[index]) return read(place);
      return index === 0 && Object.keys(used).length === 0 ? IDLE_SUBROUTINE : UNUSED_SUBROUTINE;
    });
  return subset;
}

/** Makes this font, which no one else may use, set text plainly. Returns the same font. */
export function setPlainly(font: Font): Font {
  const glyphOf = glyphReader(font);
  const createSubset = font.createSubset.bind(font);
  font.layout = (text): GlyphRun => {
    const glyphs = Array.from(text, glyphOf);
    return {
      glyphs,
      positions: glyphs.map(({ advanceWidth }) => ({
        xAdvance: advanceWidth,
        yAdvance: 0,
        xOffset: 0,
        yOffset: 0,
      })),
      advanceWidth: glyphs.reduce((sum, glyph) => sum + glyph.advanceWidth, 0),
    };
  };
  font.createSubset = () => leaveOutUnused(createSubset());
  return font;
}
