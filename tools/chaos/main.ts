/**
 * `npm run chaos [-- --loans 300 --seconds 900 --seed S --gap 5-15 --at-once 12 --settle 180]`: drives loans to the payout
 * while worker, API, sandbox, PostgreSQL and Temporal are killed, and fails when anything was lost or done twice.
 */
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { findTemporalCli } from '../setup/temporal-cli.mjs';
import { checkLines } from '../playhouse/checks.ts';
import { PARTS } from '../playhouse/house.ts';
import { type ChaosReport, killsInAll, runChaos } from './run.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const print = (line: string): void => void process.stdout.write(`${line}\n`);

function whole(name: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least)
    throw new Error(`--${name} is ${text}, and must be a whole number from ${least}.`);
  return number;
}

function readGap(text: string): readonly [number, number] {
  const [, shortest = '', longest = ''] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (shortest === '' || Number(longest) < Number(shortest) || Number(shortest) < 1)
    throw new Error(`--gap is ${text}, and must be two numbers of seconds such as 5-15.`);
  return [Number(shortest), Number(longest)];
}

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      loans: { type: 'string', default: '300' },
      seconds: { type: 'string', default: '1800' },
      seed: { type: 'string', default: String(Date.now()) },
      gap: { type: 'string', default: '5-15' },
      'at-once': { type: 'string', default: '12' },
      settle: { type: 'string', default: '300' },
    },
  });
  return {
    loans: whole('loans', values.loans, 1),
    seconds: whole('seconds', values.seconds, 5),
    seed: values.seed,
    gap: readGap(values.gap),
    atOnce: whole('at-once', values['at-once'], 1),
    settleSeconds: whole('settle', values.settle, 10),
  };
}

function show(report: ChaosReport): void {
  const { kills, faults, loans, acknowledged, paid, named, unknown, tries, checks } = report;
  const by = PARTS.map((part) => `${part} ${kills[part]}`).join(', ');
  const others = Object.entries(named).map(([where, count]) => `${count} ${where}`);
  const twice = checks[0]?.against.length ?? 0;
  const lost = checks.find(({ title }) => title.includes('lost'))?.against.length ?? 0;
  print(`
kills        ${killsInAll(report)} (${by}), faults of the outside world ${faults}
loans        ${loans}, acknowledged ${acknowledged}
paid         ${paid}
named states ${others.length === 0 ? 'none' : others.join(', ')}
duplicates and payments that differ ${twice}
lost         ${lost}
in doubt     ${unknown.seen} payouts seen as UNKNOWN, ${unknown.resolved} resolved
requests     ${tries.requests}, of which ${tries.repeated} tries had to be repeated
took         ${report.tookSeconds.chaos} s of chaos, ${report.tookSeconds.rest} s to come to rest

${checkLines(checks)}`);
}

try {
  const options = readOptions(process.argv.slice(2));
  print(`chaos with seed ${options.seed}: the same seed plans the same kills and faults`);
  const temporalCli = await findTemporalCli({ dataDir: join(ROOT, '.data') });
  const began = Date.now();
  const say = (line: string) =>
    print(`[${((Date.now() - began) / 1_000).toFixed(0).padStart(5)} s] ${line}`);
  const report = await runChaos({ ...options, temporalCli, say });
  show(report);
  process.exitCode = report.checks.every(({ against }) => against.length === 0) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
