/**
 * `npx xindai-verify bundle.zip`: verifies an evidence bundle offline, with no database and no secret.
 *
 *   xindai-verify [--json] [--ca-root FILE] [--tsa FILE] [--seal-key FILE] [--audit-key FILE] BUNDLE.zip
 *
 * Options that name a file may be repeated; without them the roots and keys in the bundle are used, and said to be.
 * Ends with 0 when everything holds, 1 when something does not, 2 when it could not be asked.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { jsonReport, report } from './report.ts';
import { verifyEvidence } from './verify.ts';

const USAGE =
  'xindai-verify [--json] [--ca-root FILE] [--tsa FILE] [--seal-key FILE] [--audit-key FILE] BUNDLE.zip';

const file = { type: 'string', multiple: true } as const;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      'ca-root': file,
      tsa: file,
      'seal-key': file,
      'audit-key': file,
    },
  });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new Error(USAGE);
  if (!existsSync(path)) throw new Error(`没有此文件 / no such file: ${path}`);
  const read = (names: readonly string[] | undefined) =>
    names?.map((name) => readFileSync(name, 'utf8'));
  const verdict = await verifyEvidence(path, {
    caRoots: read(values['ca-root']),
    stampers: read(values.tsa),
    sealKeys: read(values['seal-key']),
    auditKeys: read(values['audit-key']),
  });
  process.stdout.write(values.json ? jsonReport(verdict) : report(verdict));
  return verdict.holds ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`xindai-verify: ${error instanceof Error ? error.message : 'failed'}\n`);
  process.exitCode = 2;
}
