/** Finance releases a payout: a maker and then a checker, neither the borrower nor anybody who approved the loan. */
import type { Actor } from '../../domain/journey.ts';
import {
  admitRelease,
  type PayoutState,
  type ReleaseAdmission,
  type ReleaseRefusal,
  releasesNeeded,
} from '../../domain/disburse.ts';
import { policyOf } from '../../domain/policy.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  cancelReadyPayouts,
  latestPayout,
  lockPayout,
  markFirstRelease,
  markReleased,
  type Payout,
  releasersOf,
} from '../../db/queries/disburse.ts';
import { setPending } from '../../db/queries/journey.ts';
import { latestOffer } from '../../db/queries/offer.ts';
import { readApprovals } from '../../db/queries/reviews.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { isGateShut } from '../gates.ts';
import type { Placed, Recorded, RefusalCode } from '../outcomes.ts';
import { lockPinned, type Pinned } from '../pinned.ts';

export interface ReleaseAct {
  readonly applicationId: string;
  readonly payoutId: string;
  readonly actor: Actor;
  readonly cause: string;
  readonly at: string;
  /** Whether the story waits for a second person; one that began before there were two goes on with the first. */
  readonly awaitsChecker?: true;
}

/** States of a payout that somebody has released and nobody has cancelled. */
const WAS_RELEASED: ReadonlySet<PayoutState> = new Set([
  'RELEASED',
  'SENT',
  'ACCEPTED',
  'UNKNOWN',
  'PAID',
  'REFUSED',
  'STOPPED',
  'RETURNED',
]);

const CODE_OF: Readonly<Record<ReleaseRefusal, RefusalCode>> = {
  ROLE: 'ROLE_DOES_NOT_FIT',
  SAME_PERSON: 'FOUR_EYES',
  OWN_LOAN: 'SELF_APPROVAL',
  STATE: 'PAYOUT_STATE_DOES_NOT_FIT',
  NOT_RELEASED: 'NO_PROPOSAL',
  RELEASED_ALREADY: 'ALREADY_PROPOSED',
};

const WAITS_FOR_CHECKER = 'PAYOUT_CONFIRMATION';

const stands = ({ application }: Pinned): Placed => ({
  stage: application.stage,
  version: application.version,
  pending: application.pending,
});

/** The same act told again changes nothing: a story that was set back hears where its payout stands. */
function isToldAgain(payout: Payout, { subject, role }: Actor): boolean {
  if (payout.releasedBy === subject && WAS_RELEASED.has(payout.state)) return true;
  return payout.firstReleasedBy === subject && role === 'finance-maker';
}

/** What the house asks of its own people holds from the day it is in force, whatever the loan has pinned. */
async function needed(
  deps: ActivityDeps,
  tx: Tx,
  { rules }: Pinned,
  payout: Payout,
  act: ReleaseAct,
): Promise<1 | 2> {
  if (act.awaitsChecker !== true) return 1;
  const today = businessDate(new Date(act.at));
  const policy = policyOf(await deps.rulebooks.newestPolicy(tx), today, rules.product.lenderType);
  // A contract that is paid out in parts is as large as all of them.
  const amountFen = (await latestOffer(tx, act.applicationId))?.amountFen ?? payout.amountFen;
  const isWhole = payout.principalFen === null || payout.principalFen === amountFen;
  return releasesNeeded(
    isWhole ? payout.amountFen : amountFen,
    policy('disburse.secondReleaseAboveFen'),
  );
}

async function admit(
  tx: Tx,
  { application }: Pinned,
  payout: Payout,
  { actor, applicationId }: ReleaseAct,
  people: 1 | 2,
): Promise<ReleaseAdmission> {
  const approvals = await readApprovals(tx, applicationId, application.round);
  return admitRelease({
    state: payout.state,
    actor: { subject: actor.subject, role: actor.role ?? '' },
    applicantSubject: application.owner_subject,
    approvedBy: approvals.flatMap(({ subject, onBehalfOf }) =>
      onBehalfOf === null ? [subject] : [subject, onBehalfOf],
    ),
    releasedBefore: await releasersOf(tx, applicationId, payout.id, payout.tranche),
    needed: people,
    firstReleasedBy: payout.firstReleasedBy,
  });
}

async function audit(tx: Tx, act: ReleaseAct, payout: Payout, people: 1 | 2): Promise<void> {
  await recordAudit(tx, {
    actor: act.actor.subject,
    role: act.actor.role,
    action: payout.firstReleasedBy === null ? 'payout.release' : 'payout.confirm',
    subjectKind: 'payout',
    subjectId: payout.id,
    result: 'DONE',
    detail: {
      applicationId: act.applicationId,
      attempt: payout.attempt,
      amountFen: payout.amountFen,
      releasesNeeded: people,
    },
  });
}

/**
 * Records the release of a maker, or the confirmation of a checker after it; which of the two it is follows from the role
 * that the person acts in. The payout may be sent once the last of the people needed has spoken.
 */
export async function releasePayout(deps: ActivityDeps, act: ReleaseAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const { applicationId, payoutId, actor } = act;
    const pinned = await lockPinned(deps, tx, applicationId);
    const { application } = pinned;
    const payout = await lockPayout(tx, applicationId, payoutId);
    if (payout === undefined) return { ok: false, code: 'NO_SUCH_PAYOUT' };
    if (isToldAgain(payout, actor)) return { ok: true, ...stands(pinned) };
    // Later parts of a contract are paid while the first is in service.
    const stage = payout.tranche === 1 ? 'DISBURSE' : 'SERVICE';
    if (application.stage !== stage) return { ok: false, code: 'STAGE_DOES_NOT_FIT' };
    if (await isGateShut(tx, applicationId, application.round, 'MONEY'))
      return { ok: false, code: 'CONDITION_OPEN' };
    const people = await needed(deps, tx, pinned, payout, act);
    const admission = await admit(tx, pinned, payout, act, people);
    if (!admission.ok) return { ok: false, code: CODE_OF[admission.reason] };
    const isLast = admission.next === 'RELEASED';
    if (isLast) await markReleased(tx, payoutId, actor.subject, people);
    else await markFirstRelease(tx, payoutId, { subject: actor.subject, at: new Date(act.at) });
    const pending = isLast ? 'BANK' : WAITS_FOR_CHECKER;
    await setPending(tx, applicationId, pending);
    await audit(tx, act, payout, people);
    return { ok: true, stage, version: application.version, pending };
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
