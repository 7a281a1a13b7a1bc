/**
 * `npm run supply-chain`: no package of unknown origin, content, licence or script, and the bill of materials. It asks no
 * server: known vulnerabilities are for a scanner that is given the bill.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkManifest, checkPackages, lockFile } from './packages.ts';
import { missingFrom, SBOM_FILE, writeSbom } from './sbom.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const LINT = ['--path', 'package-lock.json', '--type', 'npm', '--validate-https'];
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const say = (line: string): void => void process.stdout.write(`[supply-chain] ${line}\n`);

function lintFindings(): readonly string[] {
  const program = join(ROOT, 'node_modules', '.bin', 'lockfile-lint');
  const args = [
    ...LINT,
    '--validate-integrity',
    '--allowed-hosts',
    'npm',
    '--validate-package-names',
  ];
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? [] : [`lockfile-lint: ${`${stdout}${stderr}`.trim()}`];
}

const lock = lockFile.parse(JSON.parse(read('package-lock.json')));
const { packages, unpinned, scripts, findings: found } = checkPackages(lock);
const bill = await writeSbom(ROOT);
const findings = [
  ...found,
  ...checkManifest(read('package.json')),
  ...lintFindings(),
  ...missingFrom(bill, lock).map((one) => `${one} is not in the bill of materials`),
];
say(`${packages} packages, all by name from the npm registry`);
say(
  `${packages - unpinned.length} pinned by SHA-512; of other platforms and never installed here: ${unpinned.length}`,
);
if (process.argv.includes('--list')) for (const name of unpinned) say(`  ${name}`);
say(`install scripts, none of them run by npm: ${scripts.join(', ')}`);
say(`${SBOM_FILE}: CycloneDX ${bill.specVersion}, ${bill.components.length} components`);
for (const finding of findings) say(`MUST NOT BE: ${finding}`);
if (findings.length > 0) process.exitCode = 1;
