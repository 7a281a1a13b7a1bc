/** Sweeps idle drafts: reminds once, then lets them lapse after the policy's time. */
import { policyOf } from '../../domain/policy.ts';
import { TIMER } from '../../domain/journey.ts';
import { idleDrafts, remindDraft } from '../../db/queries/admission.ts';
import { advance } from '../../db/queries/journey.ts';
import type { ActivityDeps } from '../deps.ts';
import { businessDate } from '../../platform/clock.ts';

/** Drafts taken by one sweep; the rest wait for the next. */
const MOST = 500;
const HOUR_MS = 3_600_000;

export interface SweepOutcome {
  readonly reminded: number;
  readonly lapsed: number;
}

export async function sweepDrafts(deps: ActivityDeps): Promise<SweepOutcome> {
  const now = new Date();
  const policy = policyOf(await deps.rulebooks.newestPolicy(deps.db), businessDate(now), 'BANK');
  const remindBefore = new Date(now.getTime() - policy('apply.draftReminderHours') * HOUR_MS);
  const lapseBefore = new Date(now.getTime() - policy('apply.draftLapseDays') * 24 * HOUR_MS);
  return await deps.db.transaction().execute(async (tx) => {
    const drafts = await idleDrafts(tx, { remindBefore, lapseBefore, most: MOST });
    for (const draft of drafts) {
      if (!draft.lapse) {
        await remindDraft(tx, draft.id);
        continue;
      }
      const move = {
        from: 'APPLY',
        to: 'LAPSED',
        actor: TIMER,
        reason: 'DRAFT_IDLE',
        cause: 'draft.lapse',
      } as const;
      const moved = await advance(tx, { applicationId: draft.id, ...move });
      if (!moved.ok) throw new Error('a locked draft could not lapse');
    }
    const lapsed = drafts.filter((draft) => draft.lapse).length;
    return { lapsed, reminded: drafts.length - lapsed };
  });
}
