/** Makes the offer from the decision: amount, price and schedule, refused when its total cost is above the cap. */
import { type Fen, minFen } from '../../domain/money.ts';
import { buildOffer, type OfferResult, type RateCapCheck } from '../../domain/offer.ts';
import { policyAt } from '../../domain/policy.ts';
import { annualRate } from '../../domain/rates.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { readDecision } from '../../db/queries/decide.ts';
import { setPending } from '../../db/queries/journey.ts';
import { latestOffer, storeOffer } from '../../db/queries/offer.ts';
import { readApprovals } from '../../db/queries/reviews.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
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

/** The amount decided: the strategy's, or the smallest that the people who approved agreed to. */
async function decidedAmount(
  tx: Tx,
  applicationId: string,
  round: number,
  decided: Fen,
): Promise<Fen> {
  const approvals = await readApprovals(tx, applicationId, round);
  return approvals.reduce<Fen>(
    (least, { amountFen }) => (amountFen === null ? least : minFen(least, amountFen)),
    decided,
  );
}

async function compute(
  deps: ActivityDeps,
  tx: Tx,
  { application, rules, day }: Pinned,
  input: MakeInput,
): Promise<OfferResult> {
  const decision = await readDecision(tx, input.applicationId, input.round);
  if (decision === undefined || decision.amountFen === null || decision.annualRate === null) {
    throw finalFailure('DECISION_WITHOUT_PRICE');
  }
  return buildOffer({
    product: rules.product,
    amountFen: await decidedAmount(tx, input.applicationId, input.round, decision.amountFen),
    termMonths: application.term_months,
    annualRate: annualRate(decision.annualRate),
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
