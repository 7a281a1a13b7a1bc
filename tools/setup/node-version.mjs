/**
 * Refuses a Node.js that is too old, in one sentence.
 *
 * It is imported before everything else and uses only syntax and built-ins that old versions know, so that the
 * sentence is what a newcomer sees and not a syntax error out of a package.
 */

/** The oldest Node.js that Xindai runs on; package.json `engines.node` says the same. */
export const OLDEST_NODE = [20, 19];

/**
 * Tells whether a version is new enough.
 * @param {string} version as in `process.versions.node`, such as "20.19.1"
 * @returns {boolean}
 */
export function nodeIsNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

if (!nodeIsNewEnough(process.versions.node)) {
  process.stderr.write(
    'Xindai needs Node.js ' +
      OLDEST_NODE.join('.') +
      ' or newer; this is ' +
      process.versions.node +
      ' (see .nvmrc for the version that it is built with).\n',
  );
  process.exit(1);
}
