/**
 * Completes package-lock.json with the optional packages of other platforms that npm left out.
 *
 * npm writes an optional package into the lock file only when the registry that it asked has it. A mirror that holds
 * the packages of one platform alone so makes a lock file that `npm ci` then refuses, everywhere. The version of such a
 * package is in the one that asks for it, and its platform is in its name; its digest is not known and stays out, so npm
 * checks it by the registry's answer. Run it after every change of the dependencies:
 * `node tools/setup/complete-lock.mjs`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SYSTEMS = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  linuxmusl: 'linux',
  openharmony: 'openharmony',
  win32: 'win32',
  windows: 'win32',
};
const PROCESSORS = [
  'arm64',
  'arm',
  'x64',
  'ia32',
  'ppc64',
  'riscv64',
  's390x',
  'loong64',
  'wasm32',
];

/**
 * The optional packages that some package asks for and the lock file does not hold.
 * @param {{ packages: Record<string, Record<string, unknown>> }} lock
 * @returns {{ name: string, version: string, dev: boolean }[]}
 */
export function missingOptionalPackages(lock) {
  const missing = new Map();
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const nested = `${path}/node_modules/${name}`;
      if (nested in lock.packages || `node_modules/${name}` in lock.packages) continue;
      missing.set(name, { name, version, dev: entry.dev === true });
    }
  }
  return [...missing.values()];
}

/**
 * The lock file's entry for one such package.
 * @param {{ name: string, version: string, dev: boolean }} missing
 * @throws {Error} when the version is a range or the name does not tell the platform
 */
export function entryFor({ name, version, dev }) {
  const words = name.split(/[/-]/);
  const system = words.map((word) => SYSTEMS[word]).find((found) => found !== undefined);
  const processor = PROCESSORS.find((candidate) => words.includes(candidate));
  // WebAssembly runs on every system, and its packages name none.
  const anySystem = processor === 'wasm32';
  if (
    (system === undefined && !anySystem) ||
    processor === undefined ||
    !/^\d+\.\d+\.\d+[\w.-]*$/.test(version)
  )
    throw new Error(
      `${name}@${version} does not tell its platform and one version: look at it by hand.`,
    );
  const libc = words.includes('musl') ? 'musl' : words.includes('gnu') ? 'glibc' : undefined;
  return {
    version,
    cpu: [processor],
    ...(dev ? { dev: true } : {}),
    ...(libc !== undefined && system === 'linux' ? { libc: [libc] } : {}),
    optional: true,
    ...(system === undefined ? {} : { os: [system] }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingOptionalPackages(lock);
  for (const one of missing) lock.packages[`node_modules/${one.name}`] = entryFor(one);
  const inOrder = Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries(inOrder);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`${missing.length} optional packages added to package-lock.json\n`);
}
