/** Ends an application before the money moved: the ending goes on the record once, whatever was under way. */
import { type Actor, type Ending, isEnding } from '../../domain/journey.ts';
import { readApplication } from '../../db/queries/apply.ts';
import { advance } from '../../db/queries/journey.ts';
import { closeCases } from '../../db/queries/operations.ts';
import type { ActivityDeps } from '../deps.ts';
import { placed } from '../failures.ts';
import type { Placed } from '../outcomes.ts';

export interface EndInput {
  readonly applicationId: string;
  readonly ending: Ending;
  readonly reason: string;
  readonly actor: Actor;
  readonly cause: string;
}

/** An application that has ended meanwhile keeps its ending, and one that was paid is a loan; the answer says which. */
export async function endApplication(deps: ActivityDeps, input: EndInput): Promise<Placed> {
  return await deps.db.transaction().execute(async (tx) => {
    const { applicationId, ending, reason, actor, cause } = input;
    const moved = await advance(tx, {
      applicationId,
      from: null,
      to: ending,
      actor,
      reason,
      cause,
    });
    // A loan that is paid cannot end before the money moved, and the story that thought so goes on with it.
    if (!moved.ok && moved.stage !== null && (isEnding(moved.stage) || moved.stage === 'SERVICE')) {
      const application = await readApplication(tx, applicationId);
      if (application !== undefined)
        return { stage: application.stage, version: application.version, pending: null };
    }
    // A step that was parked is not taken any more, so its case waits for nobody.
    await closeCases(tx, applicationId, null);
    return placed(moved, ending);
  });
}
