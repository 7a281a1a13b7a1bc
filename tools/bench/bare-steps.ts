/** The steps of the bare workflow: they do nothing, and those that a person waits for tell the bench where it stands. */

/** What the worker of the bare workflow tells its parent. */
export interface Reached {
  readonly id: string;
  readonly stage: string;
}

export const bareActivities = {
  /** A step nobody waits for. */
  async work(id: string): Promise<string> {
    return id;
  },
  /** A step after which somebody acts. */
  async reach(id: string, stage: string): Promise<string> {
    process.send?.({ id, stage } satisfies Reached);
    return stage;
  },
};

export type BareActivities = typeof bareActivities;
