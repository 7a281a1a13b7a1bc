/** Takes a card out of its picture, straight and at a known size, whatever the angle it was photographed from. */
import type { Corners, Point } from './find-card.ts';
import type { Colour } from './picture.ts';
import type { Raster } from './raster.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The corners of the whole picture, for one that shows nothing but the card. */
export const wholePicture = ({ width, height }: Colour): Corners => [
  [0, 0],
  [width, 0],
  [width, height],
  [0, height],
];

const side = ([x1, y1]: Point, [x2, y2]: Point): number => Math.hypot(x2 - x1, y2 - y1);

/** Breadth over height of what the corners hold, about. */
export function aspectOf([one, two, three, four]: Corners): number {
  return (side(one, two) + side(four, three)) / (side(two, three) + side(one, four));
}

/** The corners named from the next one on: the same card, seen turned by a quarter. */
export const quarterTurned = ([one, two, three, four]: Corners): Corners => [two, three, four, one];

/** The transform that carries the unit square to the corners (Heckbert 1989). */
function squareTo([[x0, y0], [x1, y1], [x2, y2], [x3, y3]]: Corners): readonly number[] {
  const [sx, sy] = [x0 - x1 + x2 - x3, y0 - y1 + y2 - y3];
  const [dx1, dx2, dy1, dy2] = [x1 - x2, x3 - x2, y1 - y2, y3 - y2];
  const det = dx1 * dy2 - dx2 * dy1;
  const g = (sx * dy2 - dx2 * sy) / det;
  const h = (dx1 * sy - sx * dy1) / det;
  return [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h];
}

/** Grey of the picture once, weighted as the eye does; blue labels stay lighter than black print. */
function greyOf({ width, height, data }: Colour): Raster {
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at += 1) {
    const from = at * 4;
    grey[at] =
      0.25 * (data[from] ?? 0) + 0.5 * (data[from + 1] ?? 0) + 0.25 * (data[from + 2] ?? 0);
  }
  return { width, height, data: grey };
}

/** The card as a grey picture of the given size, straightened. */
export function rectify(picture: Colour, corners: Corners, size: Size): Raster {
  const grey = greyOf(picture);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = squareTo(corners);
  const data = new Uint8Array(size.width * size.height);
  for (let y = 0; y < size.height; y += 1) {
    const t = (y + 0.5) / size.height;
    for (let x = 0; x < size.width; x += 1) {
      const s = (x + 0.5) / size.width;
      const w = g * s + h * t + 1;
      data[y * size.width + x] = between(
        grey,
        (a * s + b * t + c) / w - 0.5,
        (d * s + e * t + f) / w - 0.5,
      );
    }
  }
  return { ...size, data };
}

function between({ width, height, data }: Raster, x: number, y: number): number {
  const u = Math.max(0, Math.min(width - 1.001, x));
  const v = Math.max(0, Math.min(height - 1.001, y));
  const x0 = Math.floor(u);
  const y0 = Math.floor(v);
  const fx = u - x0;
  const fy = v - y0;
  const at = y0 * width + x0;
  const above = (data[at] ?? 0) * (1 - fx) + (data[at + 1] ?? 0) * fx;
  const below = (data[at + width] ?? 0) * (1 - fx) + (data[at + width + 1] ?? 0) * fx;
  return above * (1 - fy) + below * fy;
}
