/**
 * `npm run scorecard:fit -- --csv FILE --target COLUMN`: fits a scorecard to labelled loans, prints how good it is and
 * writes it as a draft. `--sample` uses a made-up sample instead; `--submit URL` hands the draft in, with a token in
 * XINDAI_TOKEN.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Scorecard } from '../../domain/score.ts';
import { parseScorecard } from '../../domain/scorecard-parse.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { FIT_DEFAULTS, type FitOptions, fitScorecard } from './fit.ts';
import { failureText, faultText, reportLines } from './report.ts';
import { sampleCsv } from './sample.ts';
import { readSample } from './sample-table.ts';

const SAMPLE_ROWS = 20_000;

const settings = z.object({
  csv: z.string().optional(),
  sample: z.boolean(),
  target: z.string().min(1),
  id: z.string().regex(/^[A-Z][A-Z0-9_]{0,39}$/),
  version: z.coerce.number().int().positive(),
  base: z.coerce.number().positive(),
  odds: z.coerce.number().positive(),
  pdo: z.coerce.number().positive(),
  seed: z.coerce.number().int().nonnegative(),
  holdout: z.coerce.number().min(0.1).max(0.5),
  variables: z.coerce.number().int().positive().max(60),
  bins: z.coerce.number().int().min(2).max(20),
  monotone: z.enum(['EITHER', 'RISING', 'FALLING', 'ANY']),
  out: z.string().optional(),
  submit: z.url().optional(),
});

type Settings = z.infer<typeof settings>;

function readSettings(): Settings {
  const text = (value: number | string) => ({ type: 'string', default: String(value) }) as const;
  const { scaling } = FIT_DEFAULTS;
  const { values } = parseArgs({
    options: {
      csv: { type: 'string' },
      sample: { type: 'boolean', default: false },
      target: text('bad'),
      id: text('PERSONAL_FITTED'),
      version: text(1),
      base: text(scaling.base),
      odds: text(scaling.odds),
      pdo: text(scaling.pdo),
      seed: text(FIT_DEFAULTS.seed),
      holdout: text(FIT_DEFAULTS.holdoutShare),
      variables: text(FIT_DEFAULTS.mostVariables),
      bins: text(FIT_DEFAULTS.mostBins),
      monotone: text(FIT_DEFAULTS.monotone),
      out: { type: 'string' },
      submit: { type: 'string' },
    },
  });
  return settings.parse(values);
}

/** Names a fit by its rows and its seed. */
const modelOf = (text: string, seed: number): string =>
  `LOGIT_${sm3Hex(text).slice(0, 12).toUpperCase()}_${seed}`;

function optionsOf(given: Settings, model: string): FitOptions {
  return {
    ...FIT_DEFAULTS,
    id: given.id,
    version: given.version,
    model,
    scaling: { base: given.base, odds: given.odds, pdo: given.pdo },
    seed: given.seed,
    holdoutShare: given.holdout,
    mostVariables: given.variables,
    mostBins: given.bins,
    monotone: given.monotone,
  };
}

function textOf({ csv, sample, seed }: Settings): string {
  if (sample) return sampleCsv(SAMPLE_ROWS, seed);
  if (csv === undefined)
    throw new Error('Name the labelled loans with --csv FILE, or say --sample.');
  return readFileSync(csv, 'utf8');
}

/** Hands the card in as a draft of rules: nothing runs on it before it was checked and two people said yes. */
async function submit(url: string, card: Scorecard): Promise<void> {
  const token = process.env['XINDAI_TOKEN'];
  if (token === undefined) throw new Error('Put the token of a risk officer into XINDAI_TOKEN.');
  const answer = await fetch(new URL('/v1/rule-drafts', url), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({
      kind: 'SCORECARD',
      code: card.id,
      document: card,
      reason: 'FITTED',
    }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The draft was refused (HTTP ${answer.status}): ${text}`);
  process.stdout.write(`submitted: ${text}\n`);
}

async function main(): Promise<void> {
  const given = readSettings();
  const text = textOf(given);
  const reading = readSample(text, given.target);
  if (!reading.ok) throw new Error(reading.faults.map(faultText).join('\n'));
  const fitting = fitScorecard(reading.sample, optionsOf(given, modelOf(text, given.seed)));
  if (!fitting.ok) throw new Error(failureText(fitting.code));
  const { card } = fitting.fit;
  const parsed = parseScorecard(card);
  if (!parsed.ok)
    throw new Error(parsed.faults.map(({ path, code, en }) => `${path}: ${code} ${en}`).join('\n'));
  process.stdout.write(`${reportLines(fitting.fit).join('\n')}\n`);
  const out = given.out ?? `${card.id}@${card.version}.scorecard.json`;
  writeFileSync(out, `${JSON.stringify(card, null, 2)}\n`);
  process.stdout.write(`\ndraft written to ${out}\n`);
  if (given.submit !== undefined) await submit(given.submit, card);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
