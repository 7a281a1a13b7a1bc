/** The benches of one part each, by the word behind `npm run bench --`; each prints its table and keeps its results. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Result, table, writeResults } from './results.ts';

type Say = (text: string) => void;

const FILE = join(
  dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  'bench',
  'results.json',
);

function keep(results: readonly Result[], names: readonly [string, string], say: Say): void {
  process.stdout.write(`\n${table(results, names)}\n`);
  writeResults(FILE, results);
  say(`written to ${FILE}`);
}

const PARTS: Readonly<Record<string, (say: Say) => Promise<void>>> = {
  risk: async (say) => {
    const { benchRisk } = await import('./risk/run.ts');
    keep(await benchRisk(say), ['ours', 'theirs'], say);
  },
  calculations: async (say) => {
    const { benchCalculations } = await import('./calculations.ts');
    keep(benchCalculations(), ['ours', 'bare loop'], say);
  },
  money: async (say) => {
    const { benchLedger } = await import('./ledger.ts');
    keep(await benchLedger(say), ['ledger', 'raw insert'], say);
  },
  'money-month-end': async (say) => {
    const { benchMonthEnd } = await import('./month-end.ts');
    keep(await benchMonthEnd(say), ['month end', 'bare'], say);
  },
  backtest: async (say) => {
    const { benchBacktest } = await import('./backtest/run.ts');
    keep(await benchBacktest(process.argv.slice(3), say), ['backtest', 'reading only'], say);
  },
  'hot-rules': async (say) => {
    await (await import('./hot-rules.ts')).benchHotRules(say);
  },
  'fraud-graph': async (say) => {
    await (await import('./fraud-graph.ts')).benchFraudGraph(say);
  },
  desk: async (say) => {
    const { benchDesk } = await import('./desk/run.ts');
    const { benchDecision } = await import('./desk/decision.ts');
    keep([...(await benchDesk(say)), ...(await benchDecision(say))], ['desk', 'bare'], say);
  },
  papers: async (say) => {
    const { benchPapers } = await import('./papers/run.ts');
    keep(await benchPapers(say), ['ours', 'bare'], say);
  },
  cache: async (say) => {
    await (await import('./cache.ts')).benchCache(say);
  },
};

/** Runs one part. Throws for a word that names none. */
export async function benchPart(name: string, say: Say): Promise<void> {
  const part = PARTS[name];
  if (part === undefined)
    throw new Error(`There is no bench of ${name}: ${Object.keys(PARTS).join(', ')}.`);
  await part(say);
}
