/** The floor of a workflow that people speak to: one act at a time, so that each sees what the one before it did. */
import { condition } from '@temporalio/workflow';

export class Floor {
  #busy = false;

  /** Waits for the floor, does the work, and gives the floor up, whatever became of the work. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    // Several who wait hear at the same moment that the floor is free, and only the first of them finds it so.
    do await condition(() => !this.#busy);
    while (this.#busy);
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}
