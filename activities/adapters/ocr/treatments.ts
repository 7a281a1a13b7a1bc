/** The ways in which one cut-out line is prepared for the reader: readings of different treatments err differently. */
import {
  crop,
  framed,
  meanAround,
  otsu,
  type Raster,
  sauvola,
  scaled,
  thresholded,
} from './raster.ts';

const FRAME = 10;
/** Pattern under the print is lighter than this once light is evened out. */
const PRINT_AT_MOST = 180;

/** Grain goes, strokes stay. */
function smoothed(source: Raster): Raster {
  const once = meanAround(source.data, source, 1);
  return { ...source, data: Uint8Array.from(meanAround(once, source, 1)) };
}

/** Wide margins left and right and next to none above and below: the form of a line that is not looked for. */
function asRawLine(source: Raster, margin: number): Raster {
  const wide = framed(source, margin);
  return crop(wide, { x: 0, y: margin - 2, width: wide.width, height: source.height + 4 });
}

/** Smoothed, with the pattern washed out and the print darkened. */
function toned(source: Raster, softness: number): Raster {
  const smooth = smoothed(source);
  return thresholded(smooth, Math.min(PRINT_AT_MOST, otsu(smooth.data)), softness);
}

export const plainLine = (line: Raster): Raster => framed(line, FRAME);
export const smoothLine = (line: Raster): Raster => framed(smoothed(line), FRAME);
export const smoothRaw = (line: Raster): Raster => asRawLine(smoothed(line), 2 * FRAME);
export const tonedLine = (line: Raster): Raster => framed(toned(line, 25), FRAME);
export const tonedRaw = (line: Raster): Raster => asRawLine(toned(line, 65), 2 * FRAME);
/** Black and white by one threshold, a third larger. */
export const blackLine = (line: Raster): Raster => {
  const large = scaled(line, 1.3);
  return framed(thresholded(large, otsu(large.data), 0), FRAME);
};
/** Black and white by each pixel's surroundings. */
export const localLine = (line: Raster): Raster => framed(sauvola(smoothed(line), 20, 0.2), FRAME);
