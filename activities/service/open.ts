/** Opens the loan once the bank has paid: the schedule runs from the day the money moved. */
import { SYSTEM } from '../../domain/journey.ts';
import { payoutOfOffer, scheduleOfOffer } from '../../domain/offer.ts';
import { addDays } from '../../domain/calendar.ts';
import { subtractFen } from '../../domain/money.ts';
import { payableUntilBy } from '../../domain/service-holidays.ts';
import { holidayRuleOf } from '../../domain/service-terms.ts';
import { dropAmendments } from '../../db/queries/corrections.ts';
import { advance } from '../../db/queries/journey.ts';
import { latestOffer } from '../../db/queries/offer.ts';
import { paidPayout, storeLoan } from '../../db/queries/service.ts';
import { planTranches } from '../../db/queries/tranches.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, placed } from '../failures.ts';
import { derivedUuid } from '../idempotency.ts';
import type { Placed } from '../outcomes.ts';
import { pinnedOf } from '../pinned.ts';
import { EVENT_KEY, post } from '../posting.ts';
import { policyFor } from '../rulebooks.ts';

export interface OpenInput {
  readonly applicationId: string;
  /** Business date of the payout by the workflow's clock. */
  readonly disbursedOn: string;
}

/**
 * Opens the note of the first payout, and with it the plan of those that follow. `more` says that there are any; a loan that is
 * paid out once gives what it always gave.
 */
export async function openLoan(
  deps: ActivityDeps,
  input: OpenInput,
): Promise<Placed & { readonly loanId: string; readonly more?: true }> {
  const { applicationId, disbursedOn } = input;
  return await deps.db.transaction().execute(async (tx) => {
    const { rules, day } = await pinnedOf(deps, tx, applicationId);
    const policy = policyFor(rules, day);
    const payout = await paidPayout(tx, applicationId);
    const stored = await latestOffer(tx, applicationId);
    if (payout === undefined) throw finalFailure('PAYOUT_NOT_PAID');
    if (stored === undefined) throw finalFailure('NO_SUCH_OFFER');
    const { offer } = stored;
    const schedule = scheduleOfOffer(offer, rules.product, disbursedOn);
    const loanId = derivedUuid(applicationId, 'loan');
    const number = `L${sm3Hex(loanId).slice(0, 14).toUpperCase()}`;
    const { annualRate, termMonths, method, tranches = [] } = offer;
    const { principalFen } = payoutOfOffer(offer, 1);
    await storeLoan(
      tx,
      {
        id: loanId,
        applicationId,
        payoutId: payout.id,
        number,
        principalFen,
        annualRate,
        termMonths,
        method,
        disbursedOn,
      },
      schedule,
      payableUntilBy(holidayRuleOf(rules.product, policy)),
    );
    await post(
      tx,
      {
        kind: 'DISBURSED',
        principalFen,
        deductedFeeFen: subtractFen(principalFen, payout.amountFen),
      },
      { eventKey: EVENT_KEY.disbursed(payout.id), loanId, postedOn: disbursedOn },
    );
    const move = { from: 'DISBURSE', to: 'SERVICE', actor: SYSTEM, reason: 'PAID' } as const;
    const moved = await advance(tx, { applicationId, ...move, cause: `service.open:${payout.id}` });
    // From here on the later parts are owed by the record: whoever draws them finds them here.
    await planTranches(
      tx,
      { applicationId, contractId: payout.contractId },
      tranches.map((part) => ({
        number: part.number,
        ...payoutOfOffer(offer, part.number),
        earliestOn: addDays(disbursedOn, part.afterDays),
      })),
    );
    // Nobody can agree any more to what would have voided the approval.
    await dropAmendments(tx, applicationId);
    const more = tranches.length > 1 ? ({ more: true } as const) : {};
    return { ...placed(moved, 'SERVICE'), loanId, ...more };
  });
}
