/**
 * The failure that `npm start` explains: one sentence that says what is wrong and what to do about it.
 */

/** A start that cannot go on. Its message is one sentence for the person at the terminal, without a stack. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** The first line of any thrown value's message, for use inside another sentence. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}
