/** Grey pictures and what is done to them before reading: cut, scale, even out the light, part ink from paper. */

/** A grey picture, one byte a pixel, 0 black. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A rectangle in pixels; may reach over the edge, where there is nothing. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function crop(source: Raster, box: Box): Raster {
  const x0 = Math.max(0, Math.round(box.x));
  const y0 = Math.max(0, Math.round(box.y));
  const width = Math.max(1, Math.min(source.width, Math.round(box.x + box.width)) - x0);
  const height = Math.max(1, Math.min(source.height, Math.round(box.y + box.height)) - y0);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const from = (y0 + y) * source.width + x0;
    data.set(source.data.subarray(from, from + width), y * width);
  }
  return { width, height, data };
}

/** Scaled by a factor, each pixel taken from between its four neighbours. */
export function scaled(source: Raster, factor: number): Raster {
  const width = Math.max(1, Math.round(source.width * factor));
  const height = Math.max(1, Math.round(source.height * factor));
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const v = Math.max(0, Math.min(source.height - 1, (y + 0.5) / factor - 0.5));
    const y0 = Math.floor(v);
    const y1 = Math.min(source.height - 1, y0 + 1);
    for (let x = 0; x < width; x += 1) {
      const u = Math.max(0, Math.min(source.width - 1, (x + 0.5) / factor - 0.5));
      const x0 = Math.floor(u);
      const x1 = Math.min(source.width - 1, x0 + 1);
      const [fx, fy] = [u - x0, v - y0];
      const at = (row: number, column: number): number =>
        source.data[row * source.width + column] ?? 255;
      const above = at(y0, x0) * (1 - fx) + at(y0, x1) * fx;
      const below = at(y1, x0) * (1 - fx) + at(y1, x1) * fx;
      data[y * width + x] = above * (1 - fy) + below * fy;
    }
  }
  return { width, height, data };
}

/** The running maximum or mean of a line of values, `radius` to both sides. */
function slide(
  source: ArrayLike<number>,
  size: { readonly width: number; readonly height: number },
  radius: number,
  vertical: boolean,
): Float32Array {
  const { width, height } = size;
  const out = new Float32Array(width * height);
  const [lines, length, along, across] = vertical
    ? [width, height, width, 1]
    : [height, width, 1, width];
  for (let line = 0; line < lines; line += 1) {
    const start = line * across;
    let sum = 0;
    let count = 0;
    for (let i = 0; i < Math.min(radius, length); i += 1) {
      sum += source[start + i * along] ?? 0;
      count += 1;
    }
    for (let i = 0; i < length; i += 1) {
      if (i + radius < length) {
        sum += source[start + (i + radius) * along] ?? 0;
        count += 1;
      }
      if (i - radius - 1 >= 0) {
        sum -= source[start + (i - radius - 1) * along] ?? 0;
        count -= 1;
      }
      out[start + i * along] = sum / count;
    }
  }
  return out;
}

/** The mean around each pixel, in a square of `2 × radius + 1`. */
export function meanAround(
  source: ArrayLike<number>,
  size: Pick<Raster, 'width' | 'height'>,
  radius: number,
): Float32Array {
  return slide(slide(source, size, radius, false), size, radius, true);
}

/**
 * Evens out light and shadow: what is as bright as the paper around it becomes white. The paper's brightness is the
 * mean of what is not darker than the mean, so that ink does not pull it down.
 */
export function flattened(source: Raster, radius = 24): Raster {
  const around = meanAround(source.data, source, radius);
  const paper = Float32Array.from(source.data, (value, i) => Math.max(value, around[i] ?? 0));
  const ground = meanAround(paper, source, radius);
  const data = Uint8Array.from(source.data, (value, i) =>
    Math.min(255, (value / Math.max(1, ground[i] ?? 1)) * 242),
  );
  return { ...source, data };
}

/** The brightness that parts ink from paper best (Otsu 1979). */
export function otsu(data: Uint8Array): number {
  const histogram = new Float64Array(256);
  for (const value of data) histogram[value] = (histogram[value] ?? 0) + 1;
  const total = data.length;
  let sum = 0;
  for (let value = 0; value < 256; value += 1) sum += value * (histogram[value] ?? 0);
  let [below, sumBelow, best, threshold] = [0, 0, -1, 128];
  for (let value = 0; value < 256; value += 1) {
    below += histogram[value] ?? 0;
    sumBelow += value * (histogram[value] ?? 0);
    if (below === 0 || below === total) continue;
    const gap = sumBelow / below - (sum - sumBelow) / (total - below);
    const between = below * (total - below) * gap * gap;
    if (between > best) [best, threshold] = [between, value];
  }
  return threshold;
}

/** Black and white by one threshold, with a soft step of `softness` to both sides so that edges stay smooth. */
export function thresholded(source: Raster, threshold: number, softness: number): Raster {
  const low = threshold - softness;
  const span = Math.max(1, 2 * softness);
  const data = Uint8Array.from(source.data, (value) =>
    Math.max(0, Math.min(255, ((value - low) / span) * 255)),
  );
  return { ...source, data };
}

/** Black and white by the mean and spread around each pixel (Sauvola and Pietikäinen 2000). */
export function sauvola(source: Raster, radius: number, k: number): Raster {
  const mean = meanAround(source.data, source, radius);
  const square = meanAround(
    Float32Array.from(source.data, (value) => value * value),
    source,
    radius,
  );
  const data = Uint8Array.from(source.data, (value, i) => {
    const m = mean[i] ?? 0;
    const spread = Math.sqrt(Math.max(0, (square[i] ?? 0) - m * m));
    return value < m * (1 + k * (spread / 128 - 1)) ? 0 : 255;
  });
  return { ...source, data };
}

/** With a white margin, which readers of single lines need. */
export function framed(source: Raster, margin: number): Raster {
  const width = source.width + 2 * margin;
  const height = source.height + 2 * margin;
  const data = new Uint8Array(width * height).fill(255);
  for (let y = 0; y < source.height; y += 1) {
    data.set(
      source.data.subarray(y * source.width, (y + 1) * source.width),
      (y + margin) * width + margin,
    );
  }
  return { width, height, data };
}

/** Turned by half a circle. */
export const upsideDown = (source: Raster): Raster => ({
  ...source,
  data: source.data.slice().reverse(),
});

/** As a portable greymap, the plainest form that tesseract reads. */
export function toGreymap({ width, height, data }: Raster): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`, 'latin1'), data]);
}
