/** What a clock or an ending meets when the record has gone on without the story: where the application stands. */
import type { Tx } from '../db/database.ts';
import { readApplication } from '../db/queries/apply.ts';
import type { MoveResult } from '../db/queries/journey.ts';
import type { Placed } from './outcomes.ts';

/**
 * Null for a move that was made. A move that was refused because the application has left its stage gives where it stands:
 * a story that operations have set back hears of it from its next clock, and goes on from there.
 */
export async function standsElsewhere(
  tx: Tx,
  moved: MoveResult,
  applicationId: string,
): Promise<Placed | null> {
  if (moved.ok || (moved.refusal !== 'WRONG_STAGE' && moved.refusal !== 'NO_SUCH_TRANSITION'))
    return null;
  const application = await readApplication(tx, applicationId);
  return application === undefined
    ? null
    : {
        stage: application.stage,
        version: application.version,
        pending: application.pending,
      };
}
