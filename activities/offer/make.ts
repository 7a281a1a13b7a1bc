/** Makes the offer from the decision: amount, price and schedule, refused when its total cost is above the cap. */
import type { Terms } from '../../domain/desk-review.ts';
import { fen } from '../../domain/money.ts';
import { buildOffer, type OfferResult, type RateCapCheck } from '../../domain/offer.ts';
import { policyAt } from '../../domain/policy.ts';
import { annualRate } from '../../domain/rates.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { readDecision } from '../../db/queries/decide.ts';
import { readReview } from '../../db/queries/desk.ts';
import { setPending } from '../../db/queries/journey.ts';
import { latestOffer, storeOffer } from '../../db/queries/offer.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { passGate } from '../gates.ts';
import type { Placed } from '../outcomes.ts';
import { type Pinned, lockPinned } from '../pinned.ts';
import { policyFor } from '../rulebooks.ts';

export interface MakeInput {
  readonly applicationId: string;
  readonly round: number;
  /** Business date by the workflow's clock. */
  readonly today: string;
  /** End of the offer by the workflow's clock, ISO. */
  readonly validUntil: string;
}

/** The terms the offer is made on: the strategy's own, or for a referral those that every approver agreed to. */
async function approvedTerms(
  tx: Tx,
  { application }: Pinned,
  { applicationId, round }: MakeInput,
): Promise<Terms> {
  const decision = await readDecision(tx, applicationId, round);
  if (decision === undefined || decision.amountFen === null || decision.annualRate === null) {
    throw finalFailure('DECISION_WITHOUT_PRICE');
  }
  const { amountFen, annualRate: rate } = decision;
  if (decision.outcome === 'APPROVE')
    return { amountFen, termMonths: application.term_months, annualRate: rate };
  const reviewed = await readReview(tx, applicationId, round);
  const { end, proposal } = reviewed?.review ?? { end: null, proposal: null };
  if (end !== 'APPROVED' || proposal === null) throw finalFailure('NOT_APPROVED');
  return proposal;
}

async function compute(
  deps: ActivityDeps,
  tx: Tx,
  pinned: Pinned,
  input: MakeInput,
): Promise<OfferResult> {
  const { rules, day } = pinned;
  const terms = await approvedTerms(tx, pinned, input);
  return buildOffer({
    product: rules.product,
    amountFen: fen(terms.amountFen),
    termMonths: terms.termMonths,
    annualRate: annualRate(terms.annualRate),
    lenderName: deps.lender.name,
    startDate: input.today,
    policy: policyFor(rules, day),
  });
}

/** Which rule capped the price, in which version, since when and for whom, on which day it was asked, and what it said. */
function capRuleOf({ rules, day }: Pinned, checked: RateCapCheck) {
  const { ruleId, version, value, source, lenderType, effectiveFrom } = policyAt(
    rules.policyRows,
    'rate.cap',
    day,
    rules.product.lenderType,
  );
  return { ruleId, version, value, source, lenderType, effectiveFrom, on: day, checked };
}

/**
 * Makes the offer, or leaves an entry in the trail of the rule that forbids it: over the cap there is no offer, and the
 * story is parked for people.
 */
export async function makeOffer(deps: ActivityDeps, input: MakeInput): Promise<Placed> {
  const made = await offerOrRefusal(deps, input);
  if (made === 'RATE_ABOVE_CAP') throw finalFailure(made);
  return made;
}

async function offerOrRefusal(
  deps: ActivityDeps,
  input: MakeInput,
): Promise<Placed | 'RATE_ABOVE_CAP'> {
  return await deps.db.transaction().execute(async (tx) => {
    const pinned = await lockPinned(deps, tx, input.applicationId);
    const { application, rules } = pinned;
    const standing = { stage: application.stage, version: application.version };
    const known = await latestOffer(tx, input.applicationId);
    if (application.stage !== 'OFFER' || known?.state === 'OPEN')
      return { ...standing, pending: application.pending };
    await passGate(tx, application, 'OFFER');
    const made = await compute(deps, tx, pinned, input);
    if (!made.ok) {
      await recordAudit(tx, {
        actor: 'system',
        role: null,
        via: 'worker',
        action: 'offer.make',
        subjectKind: 'application',
        subjectId: input.applicationId,
        result: 'DENIED',
        reason: made.reason,
        detail: { round: input.round, capRule: capRuleOf(pinned, made.cap) },
      });
      return made.reason;
    }
    const { offer } = made;
    await storeOffer(tx, {
      applicationId: input.applicationId,
      round: input.round,
      productCode: rules.product.code,
      productVersion: rules.product.version,
      offer,
      capRule: capRuleOf(pinned, offer.cap),
      validUntil: new Date(input.validUntil),
    });
    await setPending(tx, input.applicationId, 'OFFER_ANSWER');
    return { ...standing, pending: 'OFFER_ANSWER' };
  });
}
