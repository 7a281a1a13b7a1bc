/**
 * Prepares a machine for Xindai: npm packages, Debian packages and the Temporal program, each only when it is missing.
 *
 * `npm start`, `npm test` and `npm run verify` call it by themselves; `node tools/setup.mjs [--tests]` runs it alone.
 * It uses nothing but Node.js built-ins, since it runs before any package is there.
 */
import './setup/node-version.mjs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installDebianPackages } from './setup/debian-packages.mjs';
import { installPackages } from './setup/npm-packages.mjs';
import { runEntry, say } from './setup/report.mjs';
import { findTemporalCli } from './setup/temporal-cli.mjs';

/** The repository's root folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Prepares the machine and tells what it found.
 * @param {{ forTests?: boolean, servers?: boolean }} [options] forTests also brings what only tests need; servers:
 *   false leaves out Debian packages and Temporal, for checks that start nothing
 * @returns {Promise<{ temporalCli: string | undefined }>} the Temporal program; undefined when none is needed because
 *   TEMPORAL_ADDRESS names a running cluster
 * @throws {import('./setup/report.mjs').SetupFailure} with one sentence when something needed cannot be had
 */
export async function setUp({ forTests = false, servers = true } = {}) {
  await installPackages(ROOT);
  if (!servers) return { temporalCli: undefined };
  await installDebianPackages({ forTests });
  const external = process.env.TEMPORAL_ADDRESS;
  if (!forTests && external !== undefined && external !== '') return { temporalCli: undefined };
  return { temporalCli: await findTemporalCli({ dataDir: join(ROOT, '.data') }) };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runEntry(async () => {
    await setUp({ forTests: process.argv.includes('--tests') });
    say('everything is there');
  });
}
