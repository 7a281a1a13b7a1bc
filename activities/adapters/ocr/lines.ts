/** Finds the lines of print in a part of a card, so that each is read by itself and without what lies around it. */
import { type Box, crop, otsu, type Raster } from './raster.ts';

/** Print is darker than this on paper that was evened out to white, whatever the threshold of its surroundings. */
const INK_AT_MOST = 182;
/** Lower than this is no line of letters but a stroke of the pattern under the print. */
const LEAST_HEIGHT = 14;
/** Strokes of one letter may lie this far apart, one above the other. */
const GAP_IN_LINE = 5;
const MARGIN = 7;

interface Band {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly ink: number;
}

/** Stretches in which a profile is above `least`, over gaps of up to `gap`. */
function bands(profile: readonly number[], least: number, gap: number): readonly Band[] {
  const found: { from: number; to: number; ink: number }[] = [];
  profile.forEach((ink, at) => {
    if (ink < least) return;
    const last = found.at(-1);
    if (last !== undefined && at - last.to <= gap) {
      last.to = at + 1;
      last.ink += ink;
    } else found.push({ from: at, to: at + 1, ink });
  });
  return found;
}

function inkOf(part: Raster): Uint8Array {
  const threshold = Math.min(INK_AT_MOST, otsu(part.data));
  return Uint8Array.from(part.data, (value) => (value < threshold ? 1 : 0));
}

const sumRow = (ink: Uint8Array, width: number, y: number): number =>
  ink.subarray(y * width, (y + 1) * width).reduce((sum, pixel) => sum + pixel, 0);

/** Left and right end of the print between two rows, without specks. */
function extent(
  ink: Uint8Array,
  width: number,
  band: Band,
): { readonly from: number; readonly to: number } | null {
  const profile = Array.from({ length: width }, (_, x) => {
    let sum = 0;
    for (let y = band.from; y < band.to; y += 1) sum += ink[y * width + x] ?? 0;
    return sum;
  });
  const parts = bands(profile, 1, 2).filter(
    ({ from, to, ink: amount }) => to - from >= 2 && amount >= 8,
  );
  const [first] = parts;
  const last = parts.at(-1);
  return first === undefined || last === undefined ? null : { from: first.from, to: last.to };
}

/** The lines of print within a part of the card, from above, as boxes of the card. */
export function linesIn(card: Raster, part: Box): readonly Box[] {
  const cut = crop(card, part);
  const ink = inkOf(cut);
  const rows = Array.from({ length: cut.height }, (_, y) => sumRow(ink, cut.width, y));
  return bands(rows, 2, GAP_IN_LINE)
    .filter(({ from, to }) => to - from >= LEAST_HEIGHT)
    .flatMap((band) => {
      const across = extent(ink, cut.width, band);
      if (across === null) return [];
      return [
        {
          x: part.x + across.from - MARGIN,
          y: part.y + band.from - MARGIN,
          width: across.to - across.from + 2 * MARGIN,
          height: band.to - band.from + 2 * MARGIN,
        },
      ];
    });
}

/** The line whose middle is nearest to the middle of the part; the part itself where no line was made out. */
export function lineIn(card: Raster, part: Box): Box {
  const middle = part.y + part.height / 2;
  const off = ({ y, height }: Box): number => Math.abs(y + height / 2 - middle);
  const [first, ...others] = linesIn(card, part);
  if (first === undefined) return part;
  return others.reduce((best, line) => (off(line) < off(best) ? line : best), first);
}

/** The box around all lines of a part; the part itself where no line was made out. */
export function blockIn(card: Raster, part: Box): Box {
  const lines = linesIn(card, part);
  if (lines.length === 0) return part;
  const x = Math.min(...lines.map((line) => line.x));
  const y = Math.min(...lines.map((line) => line.y));
  const right = Math.max(...lines.map((line) => line.x + line.width));
  const bottom = Math.max(...lines.map((line) => line.y + line.height));
  return { x, y, width: right - x, height: bottom - y };
}
