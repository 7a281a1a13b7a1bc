/**
 * Who may import whom, as data, and the check of one file against it (docs/ARCHITECTURE.md, "Who may import whom").
 */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { importsOf } from './imports.ts';
import type { Import } from './imports.ts';
import { ROOMS } from './sources.ts';
import type { Source } from './sources.ts';

/** What one room may import. */
interface RoomRule {
  /** Paths from the root that may be imported with their values. */
  readonly values: RegExp;
  /** Paths from the root of which only types may come in. */
  readonly types?: RegExp;
  /** npm packages with their values; `any` for all of them. */
  readonly packages: readonly string[] | 'any';
  /** npm packages of which only types may come in. */
  readonly packageTypes?: readonly string[];
  readonly nodeBuiltins: boolean;
}

/** Pure libraries for calendar dates and decimals. */
const PURE = ['decimal.js', 'temporal-polyfill', 'chinese-days', 'pinyin-pro'];

/** The rules by room. */
export const ROOM_RULES: Readonly<Record<(typeof ROOMS)[number], RoomRule>> = {
  domain: { values: /^domain\//, packages: PURE, nodeBuiltins: false },
  workflows: {
    values: /^(workflows|domain)\//,
    types: /^activities\/(index|outcomes)\.ts$/,
    packages: [...PURE, '@temporalio/workflow'],
    packageTypes: ['@temporalio/common'],
    nodeBuiltins: false,
  },
  activities: {
    values: /^(activities|domain|db|platform)\//,
    packages: 'any',
    nodeBuiltins: true,
  },
  db: {
    // `advance` checks every transition against the journey, which is data of the domain.
    values: /^(db\/|domain\/journey\.ts$|platform\/config\.ts$)/,
    types: /^(domain|platform)\//,
    packages: ['kysely', 'pg', 'kysely-ctl'],
    nodeBuiltins: true,
  },
  api: {
    values: /^(api|domain|db|platform)\/|^workflows\/(messages|ids|search-attributes)\.ts$/,
    types: /^workflows\//,
    packages: 'any',
    nodeBuiltins: true,
  },
  platform: { values: /^platform\//, packages: 'any', nodeBuiltins: true },
  sandbox: { values: /^(sandbox|platform\/crypto)\//, packages: 'any', nodeBuiltins: true },
  web: { values: /^(web|domain)\//, types: /^api\//, packages: 'any', nodeBuiltins: false },
};

/** Search attributes are defined by values of this package, which workflows may otherwise only take types from. */
const PACKAGE_VALUE_EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  'workflows/search-attributes.ts': ['@temporalio/common'],
};

/** One sentence per import of the file that its room forbids. */
export function forbiddenImports(source: Source): string[] {
  const room = ROOMS.find((name) => source.path.startsWith(`${name}/`));
  if (room === undefined) return [];
  return importsOf(source).flatMap((one) => {
    const reason = refusal(ROOM_RULES[room], source.path, one);
    return reason === undefined ? [] : [`${source.path} imports ${one.specifier}: ${reason}`];
  });
}

function refusal(
  rule: RoomRule,
  from: string,
  { specifier, typeOnly }: Import,
): string | undefined {
  if (specifier.startsWith('.')) return pathRefusal(rule, from, specifier, typeOnly);
  if (isBuiltin(specifier)) return rule.nodeBuiltins ? undefined : 'no Node.js built-ins here';
  if (rule.packages === 'any') return undefined;
  const name = packageOf(specifier);
  if (rule.packages.includes(name)) return undefined;
  if (typeOnly && rule.packageTypes?.includes(name) === true) return undefined;
  if (PACKAGE_VALUE_EXCEPTIONS[from]?.includes(name) === true) return undefined;
  return 'this package is not on the room’s list';
}

function pathRefusal(
  rule: RoomRule,
  from: string,
  specifier: string,
  typeOnly: boolean,
): string | undefined {
  const target = posix.normalize(posix.join(posix.dirname(from), specifier));
  if (rule.values.test(target)) return undefined;
  if (rule.types?.test(target) === true)
    return typeOnly ? undefined : 'only types of it may come in';
  return 'this room does not know that one';
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
