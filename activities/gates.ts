/** The doors that conditions precedent keep shut: before the offer, before the contract, before the money. */
import { type ConditionGate, openAt } from '../domain/conditions.ts';
import type { Queryable } from '../db/database.ts';
import { readConditions } from '../db/queries/conditions.ts';
import { finalFailure } from './failures.ts';

/** Whether a condition of the round is neither cleared nor waived at a gate or an earlier one. */
export async function isGateShut(
  db: Queryable,
  applicationId: string,
  round: number,
  gate: ConditionGate,
): Promise<boolean> {
  return openAt(gate, await readConditions(db, applicationId, round)).length > 0;
}

/**
 * Stops a step behind a gate that is shut. The story waits before it asks for the step, so that this is met only by
 * whoever goes round the story.
 */
export async function passGate(
  db: Queryable,
  application: { readonly id: string; readonly round: number },
  gate: ConditionGate,
): Promise<void> {
  if (await isGateShut(db, application.id, application.round, gate))
    throw finalFailure('CONDITION_OPEN');
}
