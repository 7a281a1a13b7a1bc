/** Checks the terms of an approval against the loan's pinned product, policy and strategy, on the evidence of the round. */
import { changesTermOrPrice, termsFault } from '../../domain/counter-offer.ts';
import type { Terms } from '../../domain/desk-review.ts';
import { monthlyPaymentFen } from '../../domain/decide.ts';
import { GRADES } from '../../domain/loan-terms.ts';
import { fen, type Fen } from '../../domain/money.ts';
import type { GapCode } from '../../domain/reasons.ts';
import { parseAnnualRate } from '../../domain/rates.ts';
import { onOtherTerms } from '../../domain/variables.ts';
import type { Tx } from '../../db/database.ts';
import { loadForm } from '../../db/queries/apply.ts';
import { readKnockouts, type StoredDecision } from '../../db/queries/decide.ts';
import { readScoredVariables } from '../../db/queries/score.ts';
import { businessDate } from '../../platform/clock.ts';
import { compiledFor } from '../compiled.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import type { Pinned } from '../pinned.ts';
import { policyFor } from '../rulebooks.ts';

/** What the decision of the round proposes. */
export function decidedTerms({ application }: Pinned, decision: StoredDecision): Terms {
  const { amountFen, annualRate } = decision;
  if (amountFen === null || annualRate === null) throw finalFailure('DECISION_WITHOUT_PRICE');
  return { amountFen, termMonths: application.term_months, annualRate };
}

/** The strategy's limit for the decided grade; null where evidence is missing or the strategy cannot be used. */
function strategyLimit({ rules, day }: Pinned, decision: StoredDecision): Fen | null {
  const grade = GRADES.find((one) => one === decision.grade);
  const found = compiledFor(rules, day);
  if (grade === undefined || !found.ok || decision.gaps.length > 0) return null;
  return fen(found.compiled.strategy.limits[grade].maxFen);
}

/**
 * Whether another term brings a knockout that the decision did not have, as an age at the end of the loan. One that cannot
 * be tried counts as one that does.
 */
async function knocksOut(
  deps: ActivityDeps,
  tx: Tx,
  { application, rules, day }: Pinned,
  decision: StoredDecision,
  { terms, today }: { readonly terms: Terms; readonly today: string },
): Promise<boolean> {
  if (terms.termMonths === application.term_months) return false;
  const found = compiledFor(rules, day);
  const cipher = await deps.vault.of(tx, application.id);
  const scored = await readScoredVariables(tx, cipher, application.id, decision.round);
  const form = await loadForm(tx, cipher, application.id);
  const rate = parseAnnualRate(terms.annualRate);
  if (!found.ok || scored === undefined || form === null || rate === null) return true;
  const former = await readKnockouts(tx, application.id, decision.round);
  try {
    const { rulesTrace } = found.compiled.decide({
      variables: onOtherTerms(scored.variables, {
        amountFen: terms.amountFen,
        termMonths: terms.termMonths,
        paymentFen: monthlyPaymentFen(fen(terms.amountFen), rate, terms.termMonths),
        idNumber: form.identity.idNumber,
        asOf: today,
      }),
      // `recordDecision` wrote them, and nobody else does.
      gaps: decision.gaps as readonly GapCode[],
      request: {
        amountFen: fen(terms.amountFen),
        termMonths: terms.termMonths,
        wantsPerson: false,
      },
    });
    return rulesTrace.some(
      ({ kind, outcome, ruleId }) =>
        kind === 'KNOCKOUT' && outcome === 'HIT' && !former.has(ruleId),
    );
  } catch {
    return true;
  }
}

/** Why the terms are out of policy, as a code, or null. */
export async function refuseTermsOutOfPolicy(
  deps: ActivityDeps,
  tx: Tx,
  pinned: Pinned,
  decision: StoredDecision,
  { terms, at }: { readonly terms: Terms; readonly at: string },
): Promise<string | null> {
  const decided = decidedTerms(pinned, decision);
  const today = businessDate(new Date(at));
  const fault = termsFault({
    terms,
    decided,
    product: pinned.rules.product,
    policy: policyFor(pinned.rules, pinned.day),
    strategyLimitFen: strategyLimit(pinned, decision),
    lenderName: deps.lender.name,
    today,
  });
  if (fault !== null || !changesTermOrPrice({ terms, decided })) return fault;
  return (await knocksOut(deps, tx, pinned, decision, { terms, today })) ? 'KNOCKED_OUT' : null;
}
