/** Applies what two people agreed to correct in a parked loan's form, before its step is tried again. */
import type { Actor } from '../../domain/journey.ts';
import { mayCorrect } from '../../domain/correction.ts';
import type { Tx } from '../../db/database.ts';
import type { ApplicationRecord } from '../../db/queries/apply.ts';
import { lockCorrections } from '../../db/queries/corrections.ts';
import { writeCorrections } from '../corrections.ts';
import type { ActivityDeps } from '../deps.ts';
import type { RefusalCode } from '../outcomes.ts';

/** Writes the corrections of a case, where another than who proposed them agrees. A refusal changes nothing. */
export async function applyCorrections(
  deps: ActivityDeps,
  tx: Tx,
  application: ApplicationRecord,
  caseId: string,
  actor: Actor,
): Promise<RefusalCode | null> {
  const corrections = await lockCorrections(tx, caseId);
  if (corrections.length === 0) return null;
  if (corrections.some((one) => one.proposed_by === actor.subject)) return 'FOUR_EYES';
  if (corrections.some(({ field }) => !mayCorrect(field, application.stage)))
    return 'ACTION_NOT_ALLOWED';
  await writeCorrections(deps, tx, application.id, corrections, actor, { caseId });
  return null;
}
