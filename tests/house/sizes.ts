/**
 * Measures files and functions by the linter, with the limits that the repository's own configuration states.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from './sources.ts';

const SIZE_RULES = ['max-lines', 'max-lines-per-function'];
const report = z.object({
  diagnostics: z.array(z.object({ message: z.string(), filename: z.string(), code: z.string() })),
  number_of_files: z.number(),
});

/** What the measuring found. */
export interface Sizes {
  readonly files: number;
  /** One sentence per file or function that is too long. */
  readonly tooLong: string[];
}

/** The two size rules as `.oxlintrc.json` states them. */
export function statedLimits(): Record<string, unknown> {
  const { rules } = ownConfig();
  return Object.fromEntries(SIZE_RULES.map((name) => [name, rules[name]]));
}

function ownConfig() {
  const config: unknown = JSON.parse(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8'));
  return z
    .object({ rules: z.record(z.string(), z.unknown()), ignorePatterns: z.array(z.string()) })
    .parse(config);
}

/** Measures the files under the given paths. */
export function measure(paths: readonly string[]): Sizes {
  const folder = mkdtempSync(join(tmpdir(), 'xindai-sizes-'));
  try {
    const config = join(folder, 'sizes.json');
    writeFileSync(
      config,
      JSON.stringify({ categories: { correctness: 'off' }, rules: statedLimits() }),
    );
    const oxlint = join(ROOT, 'node_modules', '.bin', 'oxlint');
    // Migrations are a record of what was done to a database: they grow by tables, not by duties.
    const ignored = ownConfig().ignorePatterns.flatMap((one) => ['--ignore-pattern', one]);
    const args = ['--config', config, '--format', 'json', ...ignored, ...paths];
    const answer = spawnSync(oxlint, args, { cwd: ROOT, encoding: 'utf8' });
    const parsed = report.parse(JSON.parse(answer.stdout));
    return {
      files: parsed.number_of_files,
      tooLong: parsed.diagnostics.map(({ filename, message }) => `${filename}: ${message}`),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
