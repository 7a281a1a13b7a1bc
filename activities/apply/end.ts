/** Ends an application before the money moved: who withdraws is asked first, and the ending goes on the record once. */
import { type Actor, type Ending, isEnding } from '../../domain/journey.ts';
import { settleReferral } from '../../db/queries/conditions.ts';
import { readApplication } from '../../db/queries/apply.ts';
import { dropAmendments } from '../../db/queries/corrections.ts';
import { advance } from '../../db/queries/journey.ts';
import { closeCases } from '../../db/queries/operations.ts';
import type { ActivityDeps } from '../deps.ts';
import { placed } from '../failures.ts';
import type { Placed, Recorded } from '../outcomes.ts';

export interface EndInput {
  readonly applicationId: string;
  readonly ending: Ending;
  readonly reason: string;
  readonly actor: Actor;
  readonly cause: string;
}

export interface WithdrawAct {
  readonly applicationId: string;
  /** Coded reason. */
  readonly reason: string;
  readonly actor: Actor;
  readonly cause: string;
}

/** Whether a withdrawal may stop the story: only the owner of the application withdraws it. Nothing is written yet. */
export async function admitWithdrawal(deps: ActivityDeps, act: WithdrawAct): Promise<Recorded> {
  const application = await readApplication(deps.db, act.applicationId);
  if (application === undefined) return { ok: false, code: 'NOT_FOUND' };
  if (application.owner_subject !== act.actor.subject)
    return { ok: false, code: 'ROLE_DOES_NOT_FIT' };
  const { stage, version, pending } = application;
  return { ok: true, stage, version, pending };
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
    await settleReferral(tx, applicationId);
    await dropAmendments(tx, applicationId);
    return placed(moved, ending);
  });
}
