/** Turns a flat card into what a scanner or a phone makes of it: place, perspective, light, glare, blur, noise and JPEG. */
import { type Canvas, createCanvas, ImageData } from '@napi-rs/canvas';
import { normal, type Random } from '../scorecard-fit/random.ts';

export type Grade = 'clean' | 'phone' | 'poor';
export const GRADES: readonly Grade[] = ['clean', 'phone', 'poor'];

interface Handling {
  /** Turn to either side at most, in degrees. */
  readonly turn: number;
  /** Shift of each corner at most, as a share of the card's width. */
  readonly perspective: number;
  /** Width of the card as a share of the picture, between these. */
  readonly fill: readonly [number, number];
  readonly blur: readonly [number, number];
  readonly noise: readonly [number, number];
  /** Fall of light across the picture, as a share. */
  readonly falloff: number;
  readonly glare: number;
  readonly quality: readonly [number, number];
}

const HANDLING: Readonly<Record<Grade, Handling>> = {
  clean: {
    turn: 0.6,
    perspective: 0,
    fill: [0.97, 0.99],
    blur: [0, 0.4],
    noise: [0, 2],
    falloff: 0.03,
    glare: 0,
    quality: [90, 97],
  },
  phone: {
    turn: 6,
    perspective: 0.025,
    fill: [0.72, 0.9],
    blur: [0.5, 1.2],
    noise: [3, 7],
    falloff: 0.3,
    glare: 60,
    quality: [70, 90],
  },
  poor: {
    turn: 11,
    perspective: 0.05,
    fill: [0.55, 0.75],
    blur: [1, 1.9],
    noise: [7, 12],
    falloff: 0.5,
    glare: 120,
    quality: [40, 65],
  },
};

const PHOTO = { width: 1600, height: 1200 } as const;
const between = (random: Random, [low, high]: readonly [number, number]): number =>
  low + (high - low) * random();

type Point = readonly [number, number];

/** Coefficients that carry picture points to card points, from four pairs of corners (Gauss). */
function mapping(from: readonly Point[], to: readonly Point[]): readonly number[] {
  const rows: number[][] = [];
  from.forEach(([x, y], at) => {
    const [u, v] = to[at] ?? [0, 0];
    rows.push([x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]);
  });
  for (let column = 0; column < 8; column += 1) {
    const rest = rows.slice(column).map((row) => Math.abs(row[column] ?? 0));
    const best = column + rest.indexOf(Math.max(...rest));
    const [pivot, other] = [rows[best] ?? [], rows[column] ?? []];
    rows[column] = pivot;
    rows[best] = other === pivot ? pivot : other;
    const scale = pivot[column] ?? 1;
    rows[column] = pivot.map((value) => value / scale);
    const lead = rows[column] ?? [];
    rows.forEach((row, at) => {
      const factor = row[column] ?? 0;
      if (at !== column && factor !== 0)
        rows[at] = row.map((value, i) => value - factor * (lead[i] ?? 0));
    });
  }
  return rows.map((row) => row[8] ?? 0);
}

function placed(
  random: Random,
  { turn, perspective, fill }: Handling,
  card: Canvas,
): readonly Point[] {
  const width = PHOTO.width * between(random, fill);
  const height = (width * card.height) / card.width;
  const angle = ((random() * 2 - 1) * turn * Math.PI) / 180;
  const room = perspective === 0 ? 0 : 1;
  const cx = PHOTO.width / 2 + room * (random() - 0.5) * (PHOTO.width - width) * 0.5;
  const cy = PHOTO.height / 2 + room * (random() - 0.5) * Math.max(0, PHOTO.height - height) * 0.4;
  const corners: readonly Point[] = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ];
  return corners.map(([sx, sy]): Point => {
    const x = (sx * width) / 2 + (random() * 2 - 1) * perspective * width;
    const y = (sy * height) / 2 + (random() * 2 - 1) * perspective * width;
    return [
      cx + x * Math.cos(angle) - y * Math.sin(angle),
      cy + x * Math.sin(angle) + y * Math.cos(angle),
    ];
  });
}

/** A table top of one colour with grain, its light falling to one side. */
function desk(random: Random): readonly [number, number, number] {
  const tops: readonly (readonly [number, number, number])[] = [
    [92, 64, 42],
    [58, 60, 66],
    [150, 118, 84],
    [32, 44, 58],
    [120, 126, 120],
    [188, 183, 172],
  ];
  return tops[Math.floor(random() * tops.length)] ?? [92, 64, 42];
}

/** The picture before light and lens: the card where its corners are, the table top around it. Interleaved RGB. */
function project(card: Canvas, corners: readonly Point[], random: Random): Float32Array {
  const source = card.getContext('2d').getImageData(0, 0, card.width, card.height).data;
  const { width, height } = card;
  const flat: readonly Point[] = [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ];
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = mapping(corners, flat);
  const top = desk(random);
  const out = new Float32Array(PHOTO.width * PHOTO.height * 3);
  for (let y = 0; y < PHOTO.height; y += 1) {
    for (let x = 0; x < PHOTO.width; x += 1) {
      const w = g * x + h * y + 1;
      const u = (a * x + b * y + c) / w - 0.5;
      const v = (d * x + e * y + f) / w - 0.5;
      const at = (y * PHOTO.width + x) * 3;
      if (u >= 0 && v >= 0 && u < width - 1 && v < height - 1) {
        sampleInto(out, at, source, width, u, v);
        continue;
      }
      const grain = 7 * Math.sin(x / 9 + 3 * Math.sin(y / 190)) + 5 * Math.sin(x * 0.7);
      for (let channel = 0; channel < 3; channel += 1)
        out[at + channel] = (top[channel] ?? 0) + grain;
    }
  }
  return out;
}

/** Bilinear: the colour between four pixels of the card. */
function sampleInto(
  out: Float32Array,
  at: number,
  data: Uint8ClampedArray,
  width: number,
  u: number,
  v: number,
): void {
  const x0 = Math.floor(u);
  const y0 = Math.floor(v);
  const fx = u - x0;
  const fy = v - y0;
  const upper = (y0 * width + x0) * 4;
  const lower = upper + width * 4;
  for (let channel = 0; channel < 3; channel += 1) {
    const above = (data[upper + channel] ?? 0) * (1 - fx) + (data[upper + 4 + channel] ?? 0) * fx;
    const below = (data[lower + channel] ?? 0) * (1 - fx) + (data[lower + 4 + channel] ?? 0) * fx;
    out[at + channel] = above * (1 - fy) + below * fy;
  }
}

/** Gaussian blur of interleaved RGB, by one direction after the other. */
function blurred(pixels: Float32Array, sigma: number): Float32Array {
  if (sigma < 0.2) return pixels;
  const radius = Math.ceil(sigma * 2.5);
  const bell = (i: number): number => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma));
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) => bell(i));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const kernel = Float32Array.from(weights, (weight) => weight / total);
  const pass = (input: Float32Array, step: number): Float32Array => {
    const out = new Float32Array(input.length);
    const reach = radius * step;
    for (let at = reach; at < input.length - reach; at += 1) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k += 1)
        sum += (kernel[k] ?? 0) * (input[at + k * step - reach] ?? 0);
      out[at] = sum;
    }
    out.set(input.subarray(0, reach));
    out.set(input.subarray(input.length - reach), input.length - reach);
    return out;
  };
  return pass(pass(pixels, 3), PHOTO.width * 3);
}

/** Drawing a normal number for every pixel is slow: a table of them is read from a place drawn at random. */
const NOISE_TABLE = 1 << 16;

function noiseTable(random: Random, sigma: number): Float32Array {
  return Float32Array.from({ length: NOISE_TABLE }, () =>
    sigma === 0 ? 0 : sigma * normal(random),
  );
}

function light(
  pixels: Float32Array,
  random: Random,
  { falloff, glare, noise }: Handling,
): Uint8ClampedArray {
  const direction = random() * 2 * Math.PI;
  const fall = falloff * (0.4 + 0.6 * random());
  const strength = glare * random();
  const spot = {
    x: PHOTO.width * (0.15 + 0.7 * random()),
    y: PHOTO.height * (0.2 + 0.6 * random()),
    r: 90 + 160 * random(),
  };
  const grains = noiseTable(random, between(random, noise));
  let at = 0;
  const out = new Uint8ClampedArray(PHOTO.width * PHOTO.height * 4);
  for (let y = 0; y < PHOTO.height; y += 1) {
    const offset = Math.floor(random() * NOISE_TABLE);
    for (let x = 0; x < PHOTO.width; x += 1, at += 1) {
      const across =
        ((x / PHOTO.width - 0.5) * Math.cos(direction) +
          (y / PHOTO.height - 0.5) * Math.sin(direction)) *
        2;
      const lit = 1 - fall * (0.5 + 0.5 * across);
      const shine =
        strength * Math.exp(-((x - spot.x) ** 2 + (y - spot.y) ** 2) / (2 * spot.r * spot.r));
      const grain = grains[(offset + x * 31) % NOISE_TABLE] ?? 0;
      for (let channel = 0; channel < 3; channel += 1)
        out[at * 4 + channel] = (pixels[at * 3 + channel] ?? 0) * lit + shine + grain;
      out[at * 4 + 3] = 255;
    }
  }
  return out;
}

/** A JPEG of the card as a device of this grade makes it. */
export function photograph(card: Canvas, grade: Grade, random: Random): Buffer {
  const handling = HANDLING[grade];
  const flat = project(card, placed(random, handling, card), random);
  const pixels = light(blurred(flat, between(random, handling.blur)), random, handling);
  const picture = createCanvas(PHOTO.width, PHOTO.height);
  picture.getContext('2d').putImageData(new ImageData(pixels, PHOTO.width, PHOTO.height), 0, 0);
  return picture.toBuffer('image/jpeg', Math.round(between(random, handling.quality)));
}
