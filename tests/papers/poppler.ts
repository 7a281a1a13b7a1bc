/** Looks at a PDF with poppler's programs: its pixels, its words and where they stand. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function has(program: string): boolean {
  try {
    execFileSync(program, ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Why rendered pages cannot be looked at here; null when they can. */
export const POPPLER_MISSING = ['pdftoppm', 'pdftotext'].every(has)
  ? null
  : 'poppler-utils (pdftoppm, pdftotext) is not installed';

function withFile<T>(pdf: Buffer, use: (path: string, folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'xindai-paper-'));
  try {
    const path = join(folder, 'paper.pdf');
    writeFileSync(path, pdf);
    return use(path, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The text of every page, lines as they stand. */
export function pageTexts(pdf: Buffer): readonly string[] {
  return withFile(pdf, (path) => {
    const text = execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' });
    return text.split('\f').slice(0, -1);
  });
}

/** A word and its box in points from the top left. */
export interface Word {
  readonly text: string;
  readonly xMin: number;
  readonly yMin: number;
  readonly xMax: number;
  readonly yMax: number;
}

/** The words of one page, counted from 1. */
export function wordsOf(pdf: Buffer, page: number): readonly Word[] {
  return withFile(pdf, (path) => {
    const range = ['-f', String(page), '-l', String(page)];
    const html = execFileSync('pdftotext', ['-bbox', ...range, path, '-'], { encoding: 'utf8' });
    const word =
      /<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)<\/word>/gu;
    return Array.from(html.matchAll(word), ([, xMin, yMin, xMax, yMax, text]) => ({
      text: (text ?? '').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>'),
      xMin: Number(xMin),
      yMin: Number(yMin),
      xMax: Number(xMax),
      yMax: Number(yMax),
    }));
  });
}

/** One page as grey pixels. */
export interface Picture {
  /** Dots per point. */
  readonly scale: number;
  readonly width: number;
  readonly height: number;
  /** One byte a pixel, line by line: 0 is black, 255 white. */
  readonly pixels: Uint8Array;
  /** 0 is black, 255 white. */
  at(x: number, y: number): number;
  /** Share of dark pixels in a box given in points. */
  ink(box: Omit<Word, 'text'>): number;
}

/** Runs a program of poppler's; what it complains about fails the test: another reader may draw nothing there. */
function drawWith(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`${program} complains: ${stderr}`);
}

/** Draws one page, counted from 1, at 144 dots per inch. */
export function pictureOf(pdf: Buffer, page: number): Picture {
  const scale = 2;
  const pgm = withFile(pdf, (path, folder) => {
    const range = ['-f', String(page), '-l', String(page), '-singlefile'];
    drawWith('pdftoppm', ['-gray', '-r', String(72 * scale), ...range, path, `${folder}/p`]);
    return readFileSync(`${folder}/p.pgm`);
  });
  const header = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(pgm.subarray(0, 40).toString('latin1'));
  if (header === null) throw new Error('pdftoppm gave no picture.');
  const width = Number(header[1]);
  const height = Number(header[2]);
  const pixels = pgm.subarray(header[0].length);
  const at = (x: number, y: number): number => pixels[y * width + x] ?? 255;
  return {
    scale,
    width,
    height,
    pixels,
    at,
    ink: ({ xMin, yMin, xMax, yMax }) => {
      let dark = 0;
      let all = 0;
      for (let y = Math.floor(yMin * scale); y < yMax * scale; y += 1) {
        for (let x = Math.floor(xMin * scale); x < xMax * scale; x += 1) {
          all += 1;
          if (at(x, y) < 128) dark += 1;
        }
      }
      return all === 0 ? 0 : dark / all;
    },
  };
}
