/** Reads synthetic papers whose contents are known and counts, field by field, what came out. */
import { createLocalOcr } from '../../activities/adapters/ocr/local.ts';
import { createEngine } from '../../activities/adapters/ocr/engine.ts';
import { judgeBack, judgeFront } from '../../domain/id-card.ts';
import { judgeLicence } from '../../domain/licence-paper.ts';
import type { PaperKind, Prefill } from '../../domain/prefill.ts';
import { seeded } from '../scorecard-fit/random.ts';
import { drawBack, drawFront, drawLicence } from './faces.ts';
import { inventCard, inventLicence } from './people.ts';
import { type Grade, photograph } from './photograph.ts';

/** The day on which the invented cards are valid. */
const TODAY = '2026-11-24';

export interface FieldTally {
  right: number;
  wrong: number;
  missing: number;
  accepted: number;
  /** Accepted without asking the person, and wrong. */
  wrongAccepted: number;
}

export interface Measured {
  readonly papers: number;
  /** Papers of which nothing was read. */
  unreadable: number;
  readonly fields: Record<string, FieldTally>;
  readonly milliseconds: number[];
}

interface Specimen {
  readonly image: Buffer;
  readonly truth: Readonly<Record<string, string>>;
}

/** One paper of its number in the series; the same seed and number give the same picture. */
export function specimen(paper: PaperKind, grade: Grade, seed: number): Specimen {
  const random = seeded(seed);
  if (paper === 'LICENCE') {
    const licence = inventLicence(random);
    const { code, name, representative, capital, address } = licence;
    const image = photograph(drawLicence(licence, random), grade, random);
    const type = licence.type.replace('(', '（').replace(')', '）');
    return {
      image,
      truth: { code, name, type, representative, capital, founded: licence.foundedOn, address },
    };
  }
  const card = inventCard(random);
  if (paper === 'ID_BACK') {
    const image = photograph(drawBack(card, random), grade, random);
    return {
      image,
      truth: { issuer: card.issuer, validFrom: card.from, validUntil: card.until ?? 'LONG_TERM' },
    };
  }
  const { number, name, sex, nation, birthDate: birth, address } = card;
  return {
    image: photograph(drawFront(card, random), grade, random),
    truth: { number, name, sex, nation, birth, address },
  };
}

const judge = (paper: PaperKind, readings: Parameters<typeof judgeLicence>[0]): Prefill => {
  if (paper === 'LICENCE') return judgeLicence(readings);
  return paper === 'ID_BACK' ? judgeBack(readings, TODAY, null) : judgeFront(readings, TODAY);
};

function count(measured: Measured, truth: Specimen['truth'], prefill: Prefill | null): void {
  if (prefill === null) measured.unreadable += 1;
  for (const [name, expected] of Object.entries(truth)) {
    const tally = (measured.fields[name] ??= {
      right: 0,
      wrong: 0,
      missing: 0,
      accepted: 0,
      wrongAccepted: 0,
    });
    const field = prefill?.fields[name];
    if (field === undefined || field.value === null) tally.missing += 1;
    else if (field.value === expected) tally.right += 1;
    else tally.wrong += 1;
    if (field?.state !== 'ACCEPTED') continue;
    tally.accepted += 1;
    if (field.value !== expected) tally.wrongAccepted += 1;
  }
}

export interface Series {
  readonly paper: PaperKind;
  readonly grade: Grade;
  readonly count: number;
  /** Papers are of the seeds `seed × 100 000` and following, so that series of different seeds share none. */
  readonly seed: number;
  readonly dataFolder: string;
  /** Told what was misread; the contents are invented. */
  readonly onMiss?: (field: string, read: string | null, expected: string) => void;
}

export async function measure({
  paper,
  grade,
  count: papers,
  seed,
  dataFolder,
  onMiss,
}: Series): Promise<Measured> {
  const ocr = createLocalOcr(createEngine(dataFolder));
  const measured: Measured = { papers, unreadable: 0, fields: {}, milliseconds: [] };
  try {
    for (let at = 0; at < papers; at += 1) {
      const { image, truth } = specimen(paper, grade, seed * 100_000 + at);
      const start = performance.now();
      const answer = await ocr.read({ requestNo: `specimen-${at}`, paper, image });
      measured.milliseconds.push(performance.now() - start);
      if (answer.kind === 'UNAVAILABLE') throw new Error(`No language data in ${dataFolder}.`);
      const prefill = answer.kind === 'READ' ? judge(paper, answer.readings) : null;
      count(measured, truth, prefill);
      for (const [field, expected] of Object.entries(truth)) {
        const read = prefill?.fields[field]?.value ?? null;
        if (read !== expected) onMiss?.(field, read, expected);
      }
    }
  } finally {
    await ocr.close();
  }
  return measured;
}
