/** Finds the four corners of a card or sheet that lies on something else. */
import type { Colour } from './picture.ts';

export type Point = readonly [x: number, y: number];
/** Upper left, upper right, lower right, lower left. */
export type Corners = readonly [Point, Point, Point, Point];

const SEARCH_SIDE = 320;
/**
 * How surfaces are told apart, tried in this order: by light, where neighbours that differ by less than `step` belong to
 * one surface; and by hue, which finds a card on a table as bright as itself.
 */
const ATTEMPTS: readonly { readonly by: 'light' | 'hue'; readonly step: number }[] = [
  { by: 'light', step: 9 },
  { by: 'light', step: 6 },
  { by: 'hue', step: 3 },
  { by: 'hue', step: 2 },
  { by: 'light', step: 4 },
];
/** A card below this share of the picture is not looked for: its letters could not be read. */
const LEAST_SHARE = 0.15;

interface Small {
  readonly width: number;
  readonly height: number;
  /** Three planes one behind the other. */
  readonly planes: readonly [Float32Array, Float32Array, Float32Array];
}

/** The picture scaled down by averaging, which takes away grain and letters' edges but not the card's. */
function shrink({ width, height, data }: Colour, factor: number): Small {
  const small = { width: Math.floor(width * factor), height: Math.floor(height * factor) };
  const size = small.width * small.height;
  const planes = [new Float32Array(size), new Float32Array(size), new Float32Array(size)] as const;
  const counts = new Float32Array(size);
  for (let y = 0; y < height; y += 1) {
    const row = Math.min(small.height - 1, Math.floor(y * factor)) * small.width;
    for (let x = 0; x < width; x += 1) {
      const to = row + Math.min(small.width - 1, Math.floor(x * factor));
      const from = (y * width + x) * 4;
      planes.forEach((plane, channel) => {
        plane[to] = (plane[to] ?? 0) + (data[from + channel] ?? 0);
      });
      counts[to] = (counts[to] ?? 0) + 1;
    }
  }
  for (const plane of planes)
    plane.forEach((sum, i) => (plane[i] = sum / Math.max(1, counts[i] ?? 1)));
  return { ...small, planes };
}

/** Each colour's share in the sum, which light and shadow leave as it is. */
function hues({ planes, ...size }: Small): Small {
  const [red, green, blue] = planes;
  const share = (plane: Float32Array): Float32Array =>
    plane.map(
      (value, i) => (400 * value) / Math.max(30, (red[i] ?? 0) + (green[i] ?? 0) + (blue[i] ?? 0)),
    );
  return { ...size, planes: [share(red), share(green), share(blue)] };
}

/** What can be reached from the picture's border without crossing an edge: the table. */
function floodFromBorder({ width, height, planes }: Small, step: number): Uint8Array {
  const table = new Uint8Array(width * height);
  const stack: number[] = [];
  const enter = (at: number): void => {
    if (table[at] === 1) return;
    table[at] = 1;
    stack.push(at);
  };
  for (let x = 0; x < width; x += 1) {
    enter(x);
    enter((height - 1) * width + x);
  }
  for (let y = 0; y < height; y += 1) {
    enter(y * width);
    enter(y * width + width - 1);
  }
  const near = (one: number, other: number): boolean =>
    planes.every((plane) => Math.abs((plane[one] ?? 0) - (plane[other] ?? 0)) < step);
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const x = at % width;
    if (x > 0 && near(at, at - 1)) enter(at - 1);
    if (x < width - 1 && near(at, at + 1)) enter(at + 1);
    if (at >= width && near(at, at - width)) enter(at - width);
    if (at < width * (height - 1) && near(at, at + width)) enter(at + width);
  }
  return table;
}

/** The pixels of the largest connected thing that is not table. */
function largestThing(table: Uint8Array, width: number): Uint8Array {
  const owner = new Int32Array(table.length).fill(-1);
  let best = { id: -1, size: 0 };
  for (let start = 0; start < table.length; start += 1) {
    if (table[start] === 1 || owner[start] !== -1) continue;
    const stack = [start];
    owner[start] = start;
    let size = 0;
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      size += 1;
      const x = at % width;
      for (const next of [
        x > 0 ? at - 1 : -1,
        x < width - 1 ? at + 1 : -1,
        at - width,
        at + width,
      ]) {
        if (next < 0 || next >= table.length || table[next] === 1 || owner[next] !== -1) continue;
        owner[next] = start;
        stack.push(next);
      }
    }
    if (size > best.size) best = { id: start, size };
  }
  return Uint8Array.from(owner, (id) => (id === best.id && best.id >= 0 ? 1 : 0));
}

interface Line {
  /** a·x + b·y = c with a² + b² = 1. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** The line through points, by least squares of the distance, twice: the second time without what lies off the first. */
function fitLine(points: readonly Point[]): Line | null {
  let kept = points;
  let line: Line | null = null;
  for (let round = 0; round < 3 && kept.length >= 6; round += 1) {
    const mx = kept.reduce((sum, [x]) => sum + x, 0) / kept.length;
    const my = kept.reduce((sum, [, y]) => sum + y, 0) / kept.length;
    let [xx, xy, yy] = [0, 0, 0];
    for (const [x, y] of kept) {
      xx += (x - mx) ** 2;
      xy += (x - mx) * (y - my);
      yy += (y - my) ** 2;
    }
    const angle = 0.5 * Math.atan2(2 * xy, xx - yy) + Math.PI / 2;
    const [a, b] = [Math.cos(angle), Math.sin(angle)];
    const fitted: Line = { a, b, c: a * mx + b * my };
    const off = ([x, y]: Point): number => Math.abs(fitted.a * x + fitted.b * y - fitted.c);
    const sorted = kept.map(off).sort((one, other) => one - other);
    const limit = Math.max(0.8, 2.5 * (sorted[Math.floor(sorted.length / 2)] ?? 0));
    line = fitted;
    kept = kept.filter((point) => off(point) <= limit);
  }
  return line;
}

function crossing(one: Line, other: Line): Point | null {
  const det = one.a * other.b - other.a * one.b;
  if (Math.abs(det) < 0.2) return null;
  return [(one.c * other.b - other.c * one.b) / det, (one.a * other.c - other.a * one.c) / det];
}

/** First and last pixel of the thing in every column and row: its outline, side by side. */
function outline(thing: Uint8Array, width: number, height: number): readonly Point[] {
  const points: Point[] = [];
  for (let x = 0; x < width; x += 1) {
    let [first, last] = [-1, -1];
    for (let y = 0; y < height; y += 1) {
      if (thing[y * width + x] !== 1) continue;
      if (first < 0) first = y;
      last = y;
    }
    if (first >= 0) points.push([x, first - 0.5], [x, last + 0.5]);
  }
  for (let y = 0; y < height; y += 1) {
    const row = thing.subarray(y * width, (y + 1) * width);
    const first = row.indexOf(1);
    if (first >= 0) points.push([first - 0.5, y], [row.lastIndexOf(1) + 0.5, y]);
  }
  return points;
}

/** The extreme points towards the four corners: right up to a turn of some thirty degrees. */
function roughCorners(points: readonly Point[]): Corners | null {
  const [start] = points;
  if (start === undefined) return null;
  const most = (score: (point: Point) => number): Point =>
    points.reduce((best, point) => (score(point) > score(best) ? point : best), start);
  return [
    most(([x, y]) => -x - y),
    most(([x, y]) => x - y),
    most(([x, y]) => x + y),
    most(([x, y]) => y - x),
  ];
}

/** The outline's points along one side, without its rounded ends. */
function along(points: readonly Point[], [x1, y1]: Point, [x2, y2]: Point): readonly Point[] {
  const length = Math.hypot(x2 - x1, y2 - y1);
  const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
  return points.filter(([x, y]) => {
    const reach = (x - x1) * dx + (y - y1) * dy;
    const off = Math.abs((x - x1) * dy - (y - y1) * dx);
    return reach > 0.06 * length && reach < 0.94 * length && off < 0.02 * length + 2;
  });
}

function area(corners: Corners): number {
  return (
    Math.abs(
      corners.reduce((sum, [x, y], at) => {
        const [nx, ny] = corners[(at + 1) % 4] ?? [0, 0];
        return sum + x * ny - nx * y;
      }, 0),
    ) / 2
  );
}

/** The corners of the largest thing on the table, in the small picture's pixels, if it has the form of a card. */
function cornersOn({ width, height }: Small, table: Uint8Array): Corners | null {
  const thing = largestThing(table, width);
  const points = outline(thing, width, height);
  const rough = roughCorners(points);
  if (rough === null) return null;
  const lines = rough.map((corner, at) =>
    fitLine(along(points, corner, rough[(at + 1) % 4] ?? corner)),
  );
  const corners = lines.map((line, at) => {
    const before = lines[(at + 3) % 4];
    return line === null || before === null || before === undefined ? null : crossing(before, line);
  });
  const [first, second, third, fourth] = corners;
  if (!first || !second || !third || !fourth) return null;
  const found: Corners = [first, second, third, fourth];
  if (area(found) < LEAST_SHARE * width * height) return null;
  const covered = thing.reduce((sum, pixel) => sum + pixel, 0);
  // A card is the whole of its corners; something with bays or horns is not one.
  return Math.abs(covered / area(found) - 1) > 0.08 ? null : found;
}

/** The corners in the picture's pixels, or null where nothing stands out from its surroundings. */
export function findCard(picture: Colour): Corners | null {
  const factor = SEARCH_SIDE / Math.max(picture.width, picture.height);
  const small = shrink(picture, factor);
  const hue = hues(small);
  for (const { by, step } of ATTEMPTS) {
    const surface = by === 'light' ? small : hue;
    const found = cornersOn(small, floodFromBorder(surface, step));
    if (found === null) continue;
    const back = ([x, y]: Point): Point => [(x + 0.5) / factor, (y + 0.5) / factor];
    return [back(found[0]), back(found[1]), back(found[2]), back(found[3])];
  }
  return null;
}
