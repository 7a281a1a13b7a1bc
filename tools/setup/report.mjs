/**
 * How the set-up speaks: one line per thing it does, and one sentence when it cannot go on.
 */

/** A set-up step that cannot go on; its message is one sentence for the person at the terminal. */
export class SetupFailure extends Error {
  /** @param {string} message one sentence that names what is missing and what to do */
  constructor(message) {
    super(message);
    this.name = 'SetupFailure';
  }
}

/**
 * Prints one line about what the set-up is doing.
 * @param {string} line
 */
export function say(line) {
  process.stdout.write(`[setup] ${line}\n`);
}

/**
 * Runs a command-line entry: a failure with a sentence of its own prints that sentence, any other its stack, and
 * both end the process with exit code 1.
 * @param {() => Promise<unknown>} work
 */
export async function runEntry(work) {
  try {
    await work();
  } catch (error) {
    const sentence =
      error instanceof Error && (error.name === 'SetupFailure' || error.name === 'StartFailure');
    process.stderr.write(sentence ? `${error.message}\n` : `${error?.stack ?? error}\n`);
    process.exit(1);
  }
}
