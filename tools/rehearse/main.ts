/**
 * `npm run rehearse [-- --loans 200 --months 12 --mix good,late,default,prepay,fraud --seed S --at-once 16]`: lives whole
 * portfolios through the real workflows, shows their books, and fails when an invariant does not hold.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkLines } from '../playhouse/checks.ts';
import { findTemporalCli } from '../setup/temporal-cli.mjs';
import { BEHAVIOURS, type Behaviour } from './cast.ts';
import { type Progress, type RehearsalReport, runRehearsal } from './run.ts';
import { progressLine, trialBalanceTable, vintageTable } from './tables.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const print = (line: string): void => void process.stdout.write(`${line}\n`);
/** Where nobody watches the bar, a line is written this often, in milliseconds. */
const LINE_EVERY_MS = 15_000;

function whole(name: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least)
    throw new Error(`--${name} is ${text}, and must be a whole number from ${least}.`);
  return number;
}

function readMix(text: string): readonly Behaviour[] {
  return text.split(',').map((word) => {
    const known = BEHAVIOURS.find((behaviour) => behaviour === word);
    if (known === undefined)
      throw new Error(`--mix has ${word}, and may have ${BEHAVIOURS.join(', ')}.`);
    return known;
  });
}

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      loans: { type: 'string', default: '200' },
      months: { type: 'string', default: '12' },
      mix: { type: 'string', default: BEHAVIOURS.join(',') },
      seed: { type: 'string', default: 'rehearsal' },
      'at-once': { type: 'string', default: '16' },
    },
  });
  return {
    loans: whole('loans', values.loans, 1),
    months: whole('months', values.months, 1),
    mix: readMix(values.mix),
    seed: values.seed,
    atOnce: whole('at-once', values['at-once'], 1),
  };
}

/** A bar that is drawn over itself on a terminal, and told now and then elsewhere. */
function progressBar(loans: number): (done: Progress) => void {
  const began = Date.now();
  let told = 0;
  return ({ arrived, months, monthsInAll }) => {
    const over = months === monthsInAll;
    const now = Date.now();
    const seconds = (now - began) / 1_000;
    const line = `${progressLine('loan-months', months, monthsInAll, seconds)}  ${arrived}/${loans} decided`;
    if (process.stdout.isTTY) process.stdout.write(`\r${line}  ${over ? '\n' : ''}`);
    else if (over || now - told > LINE_EVERY_MS) {
      told = now;
      print(line);
    }
  };
}

function show(report: RehearsalReport, months: number): void {
  const { lives, paid, ended, loanMonths, trialBalance, checks, tookSeconds } = report;
  const pace = tookSeconds.lives > 0 ? (loanMonths / tookSeconds.lives).toFixed(1) : '–';
  const kinds = Object.entries(ended).map(([what, count]) => `  ${what.padEnd(22)} ${count}`);
  print(`
${lives.length} applications, ${paid} loans paid out, ${loanMonths} loan-months lived in ${tookSeconds.lives} s (${pace}/s)
${kinds.toSorted().join('\n')}

Trial balance
${trialBalanceTable(trialBalance)}

Vintage: loans at each due date by days past due
${vintageTable(lives, months)}

${checkLines(checks)}`);
}

try {
  const options = readOptions(process.argv.slice(2));
  const temporalCli = await findTemporalCli({ dataDir: join(ROOT, '.data') });
  const say = (line: string) => print(`[house] ${line}`);
  const progress = progressBar(options.loans);
  const report = await runRehearsal({ ...options, temporalCli, say, progress });
  show(report, options.months);
  process.exitCode = report.checks.every(({ against }) => against.length === 0) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
