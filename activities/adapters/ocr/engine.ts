/**
 * Reads single lines with tesseract.js in a thread of its own. The language data come from the disk and never from the
 * network; a reader that does not answer in time is ended, and the next line gets a new one.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createWorker, OEM, type Page, PSM, type Worker } from 'tesseract.js';
import type { TextReading } from '../../../domain/prefill.ts';
import { type Raster, toGreymap } from './raster.ts';

/** `LINE` one line that is looked for, `RAW` the picture is the line, `BLOCK` several lines. */
export type Segmentation = 'LINE' | 'RAW' | 'BLOCK';

const MODES: Readonly<Record<Segmentation, PSM>> = {
  LINE: PSM.SINGLE_LINE,
  RAW: PSM.RAW_LINE,
  BLOCK: PSM.SINGLE_BLOCK,
};

export interface ReadOptions {
  readonly as: Segmentation;
  /** Only these characters are read; all when absent. */
  readonly only?: string;
}

export interface Engine {
  /** Whether the language data are there. */
  readonly available: () => boolean;
  /** One after the other, whoever asks. @throws Error when the reader fails or takes too long */
  read(line: Raster, options: ReadOptions): Promise<TextReading>;
  close(): Promise<void>;
}

const LANGUAGE = 'chi_sim';
const START_MS = 20_000;
const READ_MS = 8_000;
/** A reader holds some 100 MB: it goes when nothing was read for so long. */
const IDLE_MS = 60_000;

async function within<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** @param dataFolder holds chi_sim.traineddata */
export function createEngine(dataFolder: string): Engine {
  let running: Promise<Worker> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  const start = (): Promise<Worker> =>
    within(
      createWorker(LANGUAGE, OEM.LSTM_ONLY, {
        langPath: dataFolder,
        gzip: false,
        cacheMethod: 'none',
        // Without a handler of its own a failure of the reader's thread would end the process.
        errorHandler: () => undefined,
      }),
      START_MS,
      'starting the reader',
    );
  const end = async (): Promise<void> => {
    const ending = running;
    running = undefined;
    clearTimeout(idle);
    await ending?.then((worker) => worker.terminate()).catch(() => undefined);
  };
  const readNow = async (line: Raster, { as, only = '' }: ReadOptions): Promise<TextReading> => {
    clearTimeout(idle);
    try {
      running ??= start();
      const worker = await running;
      const reading = async (): Promise<Page> => {
        await worker.setParameters({
          tessedit_pageseg_mode: MODES[as],
          tessedit_char_whitelist: only,
          user_defined_dpi: '300',
          // Of an empty line the reader prints statistics.
          debug_file: '/dev/null',
        });
        return (await worker.recognize(toGreymap(line))).data;
      };
      const { text, confidence } = await within(reading(), READ_MS, 'reading a line');
      return { text: text.replace(/\s/g, ''), confidence };
    } catch (error) {
      await end();
      throw error;
    } finally {
      idle = setTimeout(() => void end(), IDLE_MS);
      idle.unref();
    }
  };
  return {
    available: () => existsSync(join(dataFolder, `${LANGUAGE}.traineddata`)),
    async read(line, options) {
      const turn = last.then(() => readNow(line, options));
      last = turn.catch(() => undefined);
      return await turn;
    },
    async close() {
      await last;
      await end();
    },
  };
}
