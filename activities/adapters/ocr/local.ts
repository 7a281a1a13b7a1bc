/** Reads papers in this process: finds the card, takes it out straight, and reads each field by itself. */
import { setImmediate as pause } from 'node:timers/promises';
import type { Readings, TextReading } from '../../../domain/prefill.ts';
import { OutsideFailure } from '../../ports/answers.ts';
import type { OcrAnswer, OcrPort } from '../../ports/ocr.ts';
import type { Engine } from './engine.ts';
import { type Corners, findCard } from './find-card.ts';
import { type FieldPlace, type Layout, LAYOUTS, type Way } from './layouts.ts';
import { blockIn, lineIn } from './lines.ts';
import { type Colour, openPicture } from './picture.ts';
import { type Box, crop, flattened, type Raster, upsideDown } from './raster.ts';
import { aspectOf, quarterTurned, rectify, wholePicture } from './rectify.ts';

/** Enlargement for the ways that want it. */
const FINE = 1.5;
/** Reach of what counts as the paper around a letter, in pixels of the layout. */
const PAPER_REACH = 24;

interface Card {
  readonly usual: Raster;
  readonly fine: Raster;
}

function takeOut(picture: Colour, corners: Corners, { width, height }: Layout): Card {
  const fine = { width: Math.round(width * FINE), height: Math.round(height * FINE) };
  return {
    usual: flattened(rectify(picture, corners, { width, height }), PAPER_REACH),
    fine: flattened(rectify(picture, corners, fine), PAPER_REACH * FINE),
  };
}

const turned = ({ usual, fine }: Card): Card => ({
  usual: upsideDown(usual),
  fine: upsideDown(fine),
});

const enlarged = ({ x, y, width, height }: Box): Box => ({
  x: x * FINE,
  y: y * FINE,
  width: width * FINE,
  height: height * FINE,
});

/** Two readings alike, and of the form that the field must have. */
function isSettled({ proves = () => true }: FieldPlace, readings: readonly TextReading[]): boolean {
  const fitting = readings.map(({ text }) => text).filter(proves);
  return new Set(fitting).size < fitting.length;
}

async function readField(
  engine: Engine,
  card: Card,
  place: FieldPlace,
): Promise<readonly TextReading[]> {
  const found =
    place.lines === 'ONE' ? lineIn(card.usual, place.box) : blockIn(card.usual, place.box);
  const readings: TextReading[] = [];
  const read = async ({ treat, fine, ...how }: Way): Promise<void> => {
    const cut = fine === true ? crop(card.fine, enlarged(found)) : crop(card.usual, found);
    const reading = await engine.read(treat(cut), how);
    if (reading.text !== '') readings.push(reading);
  };
  for (const way of place.ways) await read(way);
  for (const way of place.otherwise ?? []) {
    if (isSettled(place, readings)) break;
    await read(way);
  }
  return readings;
}

/** The card the right way up, with the readings of the field that told so; null when neither way shows its sign. */
async function rightWayUp(
  engine: Engine,
  picture: Colour,
  layout: Layout,
): Promise<{ readonly card: Card; readonly first: readonly TextReading[] } | null> {
  const found = findCard(picture) ?? wholePicture(picture);
  const lying = aspectOf(found) < 1 ? quarterTurned(found) : found;
  const sign = layout.places.find(({ field }) => field === layout.sign.field);
  if (sign === undefined) throw new Error('a layout has no field of its sign');
  const upright = takeOut(picture, lying, layout);
  for (const card of [upright, turned(upright)]) {
    await pause();
    const first = await readField(engine, card, sign);
    if (first.some(({ text }) => layout.sign.is.test(text))) return { card, first };
  }
  return null;
}

async function readAll(engine: Engine, picture: Colour, layout: Layout): Promise<Readings | null> {
  const upright = await rightWayUp(engine, picture, layout);
  if (upright === null) return null;
  const readings: Record<string, readonly TextReading[]> = { [layout.sign.field]: upright.first };
  for (const place of layout.places) {
    if (place.field === layout.sign.field) continue;
    await pause();
    readings[place.field] = await readField(engine, upright.card, place);
  }
  return readings;
}

/** The reader of this process; its language data are Debian's `tesseract-ocr-chi-sim`. */
export function createLocalOcr(engine: Engine): OcrPort {
  return {
    async read({ paper, image, signal }): Promise<OcrAnswer> {
      if (!engine.available()) return { kind: 'UNAVAILABLE' };
      const picture = await openPicture(Buffer.from(image));
      if (typeof picture === 'string') return { kind: 'UNREADABLE', reason: picture };
      signal?.throwIfAborted();
      try {
        const readings = await readAll(engine, picture, LAYOUTS[paper]);
        return readings === null
          ? { kind: 'UNREADABLE', reason: 'NOTHING_READ' }
          : { kind: 'READ', readings };
      } catch (cause) {
        throw new OutsideFailure('ocr', paper, 'UNREACHABLE', { cause });
      }
    },
    close: () => engine.close(),
  };
}
