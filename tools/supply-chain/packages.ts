/** Checks every package of the lock file: where it comes from, that its content is pinned, its licence, its scripts. */
import { z } from 'zod';
import { INSTALL_SCRIPTS, LICENCES, LICENCES_BY_FILE } from './allowed.ts';

const entry = z.object({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  license: z.string().optional(),
  optional: z.boolean().optional(),
  os: z.array(z.string()).optional(),
  cpu: z.array(z.string()).optional(),
  hasInstallScript: z.boolean().optional(),
});
type Entry = z.infer<typeof entry>;

/** The part of package-lock.json that is looked at. */
export const lockFile = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(z.string(), entry),
});
export type LockFile = z.infer<typeof lockFile>;

export interface Report {
  readonly packages: number;
  /** Optional packages of other platforms, of which the registry at hand gave no digest: npm installs none of them here. */
  readonly unpinned: readonly string[];
  readonly scripts: readonly string[];
  /** Sentences, one for each thing that must not be. */
  readonly findings: readonly string[];
}

const REGISTRY = 'https://registry.npmjs.org/';
const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 13);

/** A package that npm takes from the registry by its name: no address of its own, or one there. */
function originFindings(name: string, one: Entry): string[] {
  if (one.link === true) return [`${name} is a link to somewhere else`];
  if (one.version === undefined || !VERSION.test(one.version))
    return [`${name} has no version of the registry`];
  if (one.resolved === undefined || one.resolved.startsWith(`${REGISTRY}${name}/-/`)) return [];
  return [`${name} comes from ${one.resolved}`];
}

const ofOnePlatform = (one: Entry): boolean =>
  one.optional === true && (one.os !== undefined || one.cpu !== undefined);

function integrityFindings(name: string, one: Entry): string[] {
  if (one.integrity?.startsWith('sha512-') === true) return [];
  if (one.integrity === undefined && ofOnePlatform(one)) return [];
  return [`${name} is not pinned by a SHA-512 digest`];
}

/** An expression is allowed when all that it demands is: one side of OR, both of AND. */
export function isAllowedLicence(expression: string): boolean {
  const bare = expression.replaceAll(/[()]/g, '');
  return bare
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => LICENCES.has(licence.trim())));
}

function licenceFindings(name: string, one: Entry): string[] {
  const known = one.license ?? LICENCES_BY_FILE.get(`${name}@${one.version ?? ''}`);
  // What is not pinned is not installed here, and so has told nobody its licence.
  if (known === undefined && one.integrity === undefined && ofOnePlatform(one)) return [];
  if (known === undefined) return [`${name} states no licence`];
  return isAllowedLicence(known) ? [] : [`${name} has the licence ${known}`];
}

function scriptFindings(name: string, one: Entry): string[] {
  if (one.hasInstallScript !== true) return [];
  const known = INSTALL_SCRIPTS.some((allowed) => allowed.name.test(name));
  return known ? [] : [`${name} has an install script that nobody has looked at`];
}

/** Looks at every package of a lock file. */
export function checkPackages(lock: LockFile): Report {
  const all = Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, one]) => ({ name: nameOf(path), one }));
  return {
    packages: all.length,
    unpinned: all.filter(({ one }) => one.integrity === undefined).map(({ name }) => name),
    scripts: all.filter(({ one }) => one.hasInstallScript === true).map(({ name }) => name),
    findings: all.flatMap(({ name, one }) => [
      ...originFindings(name, one),
      ...integrityFindings(name, one),
      ...licenceFindings(name, one),
      ...scriptFindings(name, one),
    ]),
  };
}

const manifest = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

/** What we ask for ourselves is asked for by its exact version. */
export function checkManifest(text: string): readonly string[] {
  const { dependencies, devDependencies } = manifest.parse(JSON.parse(text));
  return Object.entries({ ...dependencies, ...devDependencies }).flatMap(([name, version]) =>
    VERSION.test(version) ? [] : [`package.json asks for ${name} as ${version}`],
  );
}
