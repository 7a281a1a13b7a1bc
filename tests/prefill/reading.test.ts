/** Papers read from pictures by this machine's own reader, and pictures that are not opened at all. */
import { existsSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { createCanvas } from '@napi-rs/canvas';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../activities/adapters/ocr/engine.ts';
import { createLocalOcr } from '../../activities/adapters/ocr/local.ts';
import {
  inspectPicture,
  openPicture,
  PICTURE_LIMITS,
} from '../../activities/adapters/ocr/picture.ts';
import { judgeFront } from '../../domain/id-card.ts';
import { measure, specimen } from '../../tools/id-cards/measure.ts';

const DATA = '/usr/share/tesseract-ocr/5/tessdata';
const READER = existsSync(`${DATA}/chi_sim.traineddata`);
const PATIENCE = 240_000;

/** A PNG whose header says a size; its pixels are so many zeros, packed. */
function png(width: number, height: number, zeros = 100): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const chunk = (type: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(body.length, 0);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, body, Buffer.alloc(4)]);
  };
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(zeros))),
  ]);
}

describe('a picture', () => {
  it('that unpacks to more pixels than allowed is refused by its header, unopened', () => {
    const bomb = png(60_000, 60_000, 1_000_000);
    expect(bomb.length).toBeLessThan(10_000);
    expect(inspectPicture(bomb)).toBe('TOO_LARGE');
    const [side] = [Math.ceil(Math.sqrt(PICTURE_LIMITS.pixels)) + 1];
    expect(inspectPicture(png(side, side))).toBe('TOO_LARGE');
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('not a picture at all, but long enough to be one')],
    ['a JPEG cut off in its first segment', Buffer.from('ffd8ffe000104a464946', 'hex')],
    ['a JPEG whose segments have no length', Buffer.from(`ffd8${'ffe00000'.repeat(20)}`, 'hex')],
    ['a JPEG of no height', Buffer.from('ffd8ffc0001108000003200301220002110103110100', 'hex')],
    ['a GIF', Buffer.from('GIF89a'.padEnd(64, '\u0001'), 'latin1')],
  ])('that is %s is none', (_what, bytes) => {
    expect(inspectPicture(bytes)).toBe('NOT_A_PICTURE');
  });

  it('whose pixels are garbage behind a good header is none', async () => {
    expect(await openPicture(png(800, 600))).toBe('NOT_A_PICTURE');
  });

  it('too large in bytes or too small to read is refused', () => {
    const large = Buffer.concat([png(800, 600), Buffer.alloc(PICTURE_LIMITS.bytes)]);
    expect(inspectPicture(large)).toBe('TOO_LARGE');
    expect(inspectPicture(png(300, 200))).toBe('TOO_SMALL');
  });
});

describe('without language data', () => {
  it('the answer says that papers are not read here', async () => {
    const ocr = createLocalOcr(createEngine('/nowhere/tessdata'));
    const answer = await ocr.read({ requestNo: 'r', paper: 'ID_FRONT', image: png(800, 600) });
    expect(answer).toEqual({ kind: 'UNAVAILABLE' });
  });
});

describe.skipIf(!READER)('the reader of this machine', () => {
  const ocr = createLocalOcr(createEngine(DATA));
  afterAll(async () => await ocr.close());

  it('reads a photographed card and proves its number', { timeout: PATIENCE }, async () => {
    const { image, truth } = specimen('ID_FRONT', 'phone', 4_200_001);
    const answer = await ocr.read({ requestNo: 'r', paper: 'ID_FRONT', image });
    if (answer.kind !== 'READ') throw new Error('nothing was read');
    const { fields } = judgeFront(answer.readings, '2026-11-24');
    expect(fields['number']).toMatchObject({ value: truth['number'], state: 'ACCEPTED' });
    expect(fields['birth']).toMatchObject({ value: truth['birth'], state: 'ACCEPTED' });
    expect(fields['name']?.state).toBe('CONFIRM');
  });

  it('makes nothing out on an empty sheet and says so', { timeout: PATIENCE }, async () => {
    const sheet = createCanvas(1200, 800);
    sheet.getContext('2d').fillStyle = '#eeeeee';
    sheet.getContext('2d').fillRect(0, 0, 1200, 800);
    const image = sheet.toBuffer('image/jpeg');
    const answer = await ocr.read({ requestNo: 'r', paper: 'ID_FRONT', image });
    expect(answer).toEqual({ kind: 'UNREADABLE', reason: 'NOTHING_READ' });
  });

  it('accepts nothing wrong, not even from poor pictures', { timeout: PATIENCE }, async () => {
    const series = { grade: 'poor', seed: 43, dataFolder: DATA } as const;
    const front = await measure({ ...series, paper: 'ID_FRONT', count: 3 });
    const back = await measure({ ...series, paper: 'ID_BACK', count: 1 });
    const licence = await measure({ ...series, paper: 'LICENCE', count: 1 });
    const tallies = [front, back, licence].flatMap(({ fields }) => Object.values(fields));
    expect(tallies.map(({ wrongAccepted }) => wrongAccepted)).toEqual(tallies.map(() => 0));
    expect(front.fields['number']?.accepted).toBeGreaterThan(0);
  });
});
