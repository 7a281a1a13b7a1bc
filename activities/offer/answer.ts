/** Records the applicant's answer to the offer, its expiry, and its cancellation. */
import { type Actor, TIMER } from '../../domain/journey.ts';
import { advance } from '../../db/queries/journey.ts';
import { cancelOffers, closeOffer, latestOffer } from '../../db/queries/offer.ts';
import type { ActivityDeps } from '../deps.ts';
import { standsElsewhere } from '../ahead.ts';
import { placed, refusalCode } from '../failures.ts';
import { isGateShut } from '../gates.ts';
import type { Placed, Recorded } from '../outcomes.ts';
import { lockPinned } from '../pinned.ts';

export interface AnswerAct {
  readonly applicationId: string;
  readonly offerId: string;
  readonly answer: 'ACCEPT' | 'DECLINE';
  readonly actor: Actor;
  readonly cause: string;
  /** Instant by the workflow's clock, ISO. */
  readonly at: string;
}

/** Only the owner of the application answers, and only the offer that is open. */
export async function answerOffer(deps: ActivityDeps, act: AnswerAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const { applicationId, actor, cause } = act;
    const { application } = await lockPinned(deps, tx, applicationId);
    const offer = await latestOffer(tx, applicationId);
    if (offer === undefined || offer.id !== act.offerId)
      return { ok: false, code: 'NO_SUCH_OFFER' };
    if (application.owner_subject !== actor.subject)
      return { ok: false, code: 'ROLE_DOES_NOT_FIT' };
    // An offer that was taken back with its approval is past, though the next one is not made yet.
    if (offer.state === 'CANCELLED') return { ok: false, code: 'NO_SUCH_OFFER' };
    const accepts = act.answer === 'ACCEPT';
    const to = accepts ? 'CONTRACT' : 'WITHDRAWN';
    const reason = accepts ? 'OFFER_ACCEPTED' : 'OFFER_DECLINED';
    const waits = accepts && (await isGateShut(tx, applicationId, application.round, 'CONTRACT'));
    const move = { applicationId, from: 'OFFER', to, actor, reason, cause } as const;
    const moved = await advance(tx, { ...move, pending: waits ? 'CONDITIONS' : null });
    if (!moved.ok) return { ok: false, code: refusalCode(moved) };
    if (
      !moved.repeated &&
      !(await closeOffer(tx, offer.id, accepts ? 'ACCEPTED' : 'DECLINED', new Date(act.at)))
    ) {
      throw new Error('an open application had no open offer');
    }
    return { ok: true, ...moved.now };
  });
}

/** The offer's time ran out by the workflow's clock. */
export async function expireOffer(
  deps: ActivityDeps,
  { applicationId, at }: { readonly applicationId: string; readonly at: string },
): Promise<Placed> {
  return await deps.db.transaction().execute(async (tx) => {
    const move = {
      applicationId,
      from: 'OFFER',
      to: 'EXPIRED',
      actor: TIMER,
      reason: 'OFFER_EXPIRED',
    } as const;
    const moved = await advance(tx, { ...move, cause: 'offer.expire' });
    const ahead = await standsElsewhere(tx, moved, applicationId);
    if (ahead !== null) return ahead;
    const offer = await latestOffer(tx, applicationId);
    if (offer !== undefined) await closeOffer(tx, offer.id, 'EXPIRED', new Date(at));
    return placed(moved, 'EXPIRED');
  });
}

/** Takes the offer back when the story ends otherwise. */
export async function cancelOffer(
  deps: ActivityDeps,
  { applicationId, at }: { readonly applicationId: string; readonly at: string },
): Promise<void> {
  await deps.db.transaction().execute((tx) => cancelOffers(tx, applicationId, new Date(at)));
}
