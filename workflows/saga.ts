/** The undo stack of a loan: what must be taken back if the story ends before the money moves. */

export interface Undo {
  /** Name of the step, shown to operations when it fails. */
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** Compensations in the order they were registered; each is registered before its effect, run last-in-first-out. */
export class UndoStack {
  readonly #entries: Undo[] = [];

  /** Registers a compensation once; a stage entered twice registers the same name once. */
  register(undo: Undo): void {
    if (!this.#entries.some((entry) => entry.name === undo.name)) this.#entries.push(undo);
  }

  /** How much is registered now: what is registered later is taken back by unwinding to here. */
  mark(): number {
    return this.#entries.length;
  }

  /**
   * Runs and removes compensations, newest first, through `guard`, which parks a failing one for people.
   * @param mark what was registered before it stays; nothing stays unless told
   */
  async unwind(guard: (undo: Undo) => Promise<void>, mark = 0): Promise<void> {
    while (this.#entries.length > mark) {
      const undo = this.#entries.pop();
      if (undo !== undefined) await guard(undo);
    }
  }
}
