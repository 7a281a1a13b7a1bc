/** Finance releases a payout: the right role, not the borrower, not somebody who approved the loan. */
import type { Actor } from '../../domain/journey.ts';
import { admitRelease, type PayoutState, type ReleaseRefusal } from '../../domain/disburse.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  cancelReadyPayouts,
  latestPayout,
  lockPayout,
  markReleased,
  releasersOf,
} from '../../db/queries/disburse.ts';
import { setPending } from '../../db/queries/journey.ts';
import { readApprovals } from '../../db/queries/reviews.ts';
import type { ActivityDeps } from '../deps.ts';
import { isGateShut } from '../gates.ts';
import type { Recorded, RefusalCode } from '../outcomes.ts';
import { lockPinned } from '../pinned.ts';

export interface ReleaseAct {
  readonly applicationId: string;
  readonly payoutId: string;
  readonly actor: Actor;
  readonly cause: string;
  readonly at: string;
}

/** States of a payout that somebody has released and nobody has cancelled. */
const WAS_RELEASED: ReadonlySet<PayoutState> = new Set([
  'RELEASED',
  'SENT',
  'ACCEPTED',
  'UNKNOWN',
  'PAID',
  'REFUSED',
]);

const CODE_OF: Readonly<Record<ReleaseRefusal, RefusalCode>> = {
  ROLE: 'ROLE_DOES_NOT_FIT',
  SAME_PERSON: 'FOUR_EYES',
  OWN_LOAN: 'SELF_APPROVAL',
  STATE: 'PAYOUT_STATE_DOES_NOT_FIT',
};

export async function releasePayout(deps: ActivityDeps, act: ReleaseAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const { applicationId, payoutId, actor } = act;
    const { application } = await lockPinned(deps, tx, applicationId);
    const payout = await lockPayout(tx, applicationId, payoutId);
    if (payout === undefined) return { ok: false, code: 'NO_SUCH_PAYOUT' };
    // Said again to a story that was set back: the release stands, and the bank is asked before anything is sent.
    if (payout.releasedBy === actor.subject && WAS_RELEASED.has(payout.state))
      return {
        ok: true,
        stage: application.stage,
        version: application.version,
        pending: application.pending,
      };
    if (application.stage !== 'DISBURSE') return { ok: false, code: 'STAGE_DOES_NOT_FIT' };
    const standing = {
      ok: true,
      stage: 'DISBURSE',
      version: application.version,
      pending: 'BANK',
    } as const;
    if (await isGateShut(tx, applicationId, application.round, 'MONEY'))
      return { ok: false, code: 'CONDITION_OPEN' };
    const approvals = await readApprovals(tx, applicationId, application.round);
    const admission = admitRelease({
      state: payout.state,
      actor: { subject: actor.subject, role: actor.role ?? '' },
      applicantSubject: application.owner_subject,
      approvedBy: approvals.flatMap(({ subject, onBehalfOf }) =>
        onBehalfOf === null ? [subject] : [subject, onBehalfOf],
      ),
      releasedBefore: await releasersOf(tx, applicationId),
    });
    if (!admission.ok) return { ok: false, code: CODE_OF[admission.reason] };
    await markReleased(tx, payoutId, actor.subject);
    await setPending(tx, applicationId, 'BANK');
    await recordAudit(tx, {
      actor: actor.subject,
      role: actor.role,
      action: 'payout.release',
      subjectKind: 'payout',
      subjectId: payoutId,
      result: 'DONE',
      detail: { applicationId, attempt: payout.attempt, amountFen: payout.amountFen },
    });
    return standing;
  });
}

/**
 * The newest payout of a story that is told again, if somebody has released it: null while it still waits for finance.
 * Nothing is sent for it here; the bank is asked by its number before anything else.
 */
export async function recallPayout(
  deps: ActivityDeps,
  { applicationId }: { readonly applicationId: string },
): Promise<string | null> {
  const payout = await latestPayout(deps.db, applicationId);
  return payout !== undefined && WAS_RELEASED.has(payout.state) ? payout.id : null;
}

/** Cancels the payout of a story that ended before anybody released it. */
export async function cancelPayout(
  deps: ActivityDeps,
  { applicationId }: { readonly applicationId: string; readonly at: string },
): Promise<void> {
  await cancelReadyPayouts(deps.db, applicationId);
}
