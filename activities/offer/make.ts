/** Makes the offer from the decision: amount, price and schedule, refused when its total cost is above the cap. */
import { type Fen, minFen } from '../../domain/money.ts';
import { buildOffer, type Offer } from '../../domain/offer.ts';
import { policyAt } from '../../domain/policy.ts';
import { annualRate } from '../../domain/rates.ts';
import type { Tx } from '../../db/database.ts';
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
): Promise<Offer> {
  const decision = await readDecision(tx, input.applicationId, input.round);
  if (decision === undefined || decision.amountFen === null || decision.annualRate === null) {
    throw finalFailure('DECISION_WITHOUT_PRICE');
  }
  const made = buildOffer({
    product: rules.product,
    amountFen: await decidedAmount(tx, input.applicationId, input.round, decision.amountFen),
    termMonths: application.term_months,
    annualRate: annualRate(decision.annualRate),
    lenderName: deps.lender.name,
    startDate: input.today,
    policy: policyFor(rules, day),
  });
  if (!made.ok) throw finalFailure(made.reason);
  return made.offer;
}

export async function makeOffer(deps: ActivityDeps, input: MakeInput): Promise<Placed> {
  return await deps.db.transaction().execute(async (tx) => {
    const pinned = await lockPinned(deps, tx, input.applicationId);
    const { application, rules, day } = pinned;
    const standing = { stage: application.stage, version: application.version };
    const known = await latestOffer(tx, input.applicationId);
    if (application.stage !== 'OFFER' || known?.state === 'OPEN')
      return { ...standing, pending: application.pending };
    const offer = await compute(deps, tx, pinned, input);
    const { ruleId, version, value, source } = policyAt(
      rules.policyRows,
      'rate.cap',
      day,
      rules.product.lenderType,
    );
    await storeOffer(tx, {
      applicationId: input.applicationId,
      round: input.round,
      productCode: rules.product.code,
      productVersion: rules.product.version,
      offer,
      capRule: { ruleId, version, value, source, checked: offer.cap },
      validUntil: new Date(input.validUntil),
    });
    await setPending(tx, input.applicationId, 'OFFER_ANSWER');
    return { ...standing, pending: 'OFFER_ANSWER' };
  });
}
