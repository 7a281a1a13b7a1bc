/**
 * Brings the Debian packages that some features use, when this machine lets us; otherwise names them and goes on.
 */
import { ask, findOnPath, run } from './commands.mjs';
import { say } from './report.mjs';

/** Package → what goes without it. The fonts put the applicant's name into contracts; poppler reads and renders PDFs. */
export const RUNTIME_PACKAGES = {
  'fonts-noto-cjk': 'contracts with Chinese text',
  'poppler-utils': 'PDF checks',
  'tesseract-ocr-chi-sim': 'reading identity cards and licences from pictures',
};

/** What only the tests need beside the above: an independent 国密 implementation, a real Redis, and an eye for media. */
export const TEST_PACKAGES = {
  openssl: 'tests that ask OpenSSL',
  'redis-server': 'tests against a real Redis',
  ffmpeg: 'tests that look into recorded pictures and sound',
};

/**
 * Installs what is missing, never failing: a package that cannot be had is named with what goes without it.
 * @param {{ forTests: boolean }} options
 */
export async function installDebianPackages({ forTests }) {
  const wanted = { ...RUNTIME_PACKAGES, ...(forTests ? TEST_PACKAGES : {}) };
  if (process.platform !== 'linux' || findOnPath('dpkg-query') === undefined) return;
  const missing = missingPackages(Object.keys(wanted));
  if (missing.length === 0) return;
  if (findOnPath('apt-get') === undefined || process.getuid?.() !== 0) {
    say(
      `not root, so going on without: ${describe(missing, wanted)}. To have them: sudo apt-get install ${missing.join(' ')}`,
    );
    return;
  }
  say(`installing Debian packages: ${missing.join(' ')}`);
  // RUNLEVEL=1 keeps a freshly installed redis-server from being started as a service: we start our own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await run('apt-get', ['update', '-qq'], { env, quiet: true });
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
    env,
    quiet: true,
  });
  const stillMissing = missingPackages(missing);
  if (stillMissing.length > 0)
    say(`apt-get could not install, so going on without: ${describe(stillMissing, wanted)}`);
}

/** @param {string[]} names */
function missingPackages(names) {
  return names.filter((name) => {
    const { ok, output } = ask('dpkg-query', ['-W', '-f=${db:Status-Status}', name]);
    return !ok || output !== 'installed';
  });
}

/**
 * @param {string[]} names
 * @param {Record<string, string>} reasons
 */
function describe(names, reasons) {
  return names.map((name) => `${name} (${reasons[name]})`).join(', ');
}
