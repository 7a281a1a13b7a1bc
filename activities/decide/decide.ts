/** Decides an application by its pinned strategy, and opens the review when people must decide. */
import { type Decision, type DecisionInput, referWithoutStrategy } from '../../domain/decide.ts';
import { decisionInputText, decisionRecord } from '../../domain/decision-record.ts';
import { SYSTEM } from '../../domain/journey.ts';
import type { GapCode } from '../../domain/reasons.ts';
import { referInstead } from '../../domain/refer-instead.ts';
import { modelOf } from '../../domain/score.ts';
import { type Strategy, versionName } from '../../domain/strategy.ts';
import { concludeVerification, faceThresholds } from '../../domain/verify.ts';
import type { Tx } from '../../db/database.ts';
import { loadForm } from '../../db/queries/apply.ts';
import { readScreening } from '../../db/queries/bureau.ts';
import {
  readDecision,
  recordDecision,
  type SealedDecisionRecord,
  type StoredDecision,
} from '../../db/queries/decide.ts';
import { standingReferrals } from '../../db/queries/decision-reviews.ts';
import { sealDecisionRecord } from '../../db/decision-seal.ts';
import { advance } from '../../db/queries/journey.ts';
import { readScoredVariables } from '../../db/queries/score.ts';
import { readVerifications } from '../../db/queries/verifications.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { asCheckResult } from '../check-result.ts';
import { compiledFor } from '../compiled.ts';
import type { ActivityDeps } from '../deps.ts';
import { readSummary } from '../evidence-cache.ts';
import { finalFailure, placed } from '../failures.ts';
import type { Placed } from '../outcomes.ts';
import { type Pinned, pinnedOf } from '../pinned.ts';
import { policyFor } from '../rulebooks.ts';
import { measureDecision } from './measure.ts';
import { openReviewOf } from './open.ts';
import { recordShadows } from './shadow.ts';

export interface DecideInput {
  readonly applicationId: string;
  readonly round: number;
  readonly expectedVersion: number;
  /** Instant of the decision by the workflow's clock, ISO. */
  readonly at: string;
}

export type Decided = Placed & { readonly outcome: StoredDecision['outcome'] };

const NEXT = { APPROVE: 'OFFER', DECLINE: 'DECLINED', REFER: 'REVIEW' } as const;

/** Evidence that is missing, from verification, bureaus and registers. */
async function gapsOf(deps: ActivityDeps, tx: Tx, pinned: Pinned): Promise<readonly GapCode[]> {
  const { application, rules, day } = pinned;
  const cipher = await deps.vault.of(tx, application.id);
  const form = await loadForm(tx, cipher, application.id);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  const checks = (await readVerifications(tx, application.id)).map(asCheckResult);
  const verified = concludeVerification(checks, faceThresholds(policyFor(rules, day)));
  const of = { pinned, identity: form.identity, asOf: day };
  const { summary } = await readSummary(deps, tx, cipher, of);
  const screening = await readScreening(tx, application.id);
  const registry: readonly GapCode[] = screening.sanctionsHit === null ? ['GAP_REGISTRY'] : [];
  return [...(verified.outcome === 'REFER' ? verified.gaps : []), ...summary.gaps, ...registry];
}

interface Concluded {
  readonly decision: Decision;
  /** Where the points come from: `EXPERT`, the id of a fit, or `NONE` where no card could be used. */
  readonly model: string;
  /** Null where the strategy could not be used. */
  readonly cutoffs: Strategy['cutoffs'] | null;
  /** The strategy's own bound for two people, where it has one. */
  readonly twoPersonAboveFen: number | null;
}

const named = (of: { readonly code: string; readonly version: number }): string =>
  versionName({ id: of.code, version: of.version });

/**
 * The decision by the pinned strategy. One that cannot be read, was made for another card or fails while it runs refers
 * to people with a reason of its own: the loan's story goes on, and nothing is approved.
 */
function conclude(deps: ActivityDeps, pinned: Pinned, input: DecisionInput): Concluded {
  const { application, rules, day } = pinned;
  const { strategy, scorecard, product } = application.pinned;
  const names = {
    strategy: named(strategy),
    scorecard: named(scorecard),
    product: named(product),
  };
  const found = compiledFor(rules, day);
  if (found.ok) {
    try {
      const { decide, scorecard: card, strategy: own } = found.compiled;
      const { cutoffs, authority } = own;
      const { twoPersonAboveFen } = authority;
      return { decision: decide(input), model: modelOf(card), cutoffs, twoPersonAboveFen };
    } catch {
      deps.log.error({ ...names, code: 'STRATEGY_FAILED' }, 'the strategy failed while it ran');
    }
  } else {
    const [first] = found.faults;
    deps.log.error(
      { ...names, code: 'STRATEGY_UNUSABLE', fault: first?.code, path: first?.path },
      'the strategy cannot be used',
    );
  }
  return {
    decision: referWithoutStrategy(names, rules.product, input),
    model: 'NONE',
    cutoffs: null,
    twoPersonAboveFen: 0,
  };
}

async function sealRecord(
  deps: ActivityDeps,
  tx: Tx,
  pinned: Pinned,
  round: number,
  {
    decision,
    model,
    input,
  }: Pick<Concluded, 'decision' | 'model'> & {
    readonly input: DecisionInput;
  },
): Promise<SealedDecisionRecord> {
  const { application, day } = pinned;
  const { arm, policy } = application.pinned;
  const inputSm3 = sm3Hex(decisionInputText(input));
  const text = decisionRecord({
    decision,
    input,
    inputSm3,
    policyDate: day,
    versions: {
      policy: named(policy),
      model,
      arm: arm === undefined ? null : `${arm.experiment}/${arm.name}`,
    },
  });
  const cipher = await deps.vault.of(tx, application.id);
  const sealed = sealDecisionRecord(cipher, application.id, round, text);
  return { sealed, recordSm3: sm3Hex(text), inputSm3 };
}

async function compute(
  deps: ActivityDeps,
  tx: Tx,
  pinned: Pinned,
  { round, at }: DecideInput,
): Promise<void> {
  const { application } = pinned;
  const cipher = await deps.vault.of(tx, application.id);
  const scored = await readScoredVariables(tx, cipher, application.id, round);
  if (scored === undefined) throw finalFailure('SCORE_MISSING');
  const gaps = await gapsOf(deps, tx, pinned);
  const input: DecisionInput = {
    variables: scored.variables,
    gaps,
    request: {
      amountFen: application.amount_fen,
      termMonths: application.term_months,
      wantsPerson: false,
    },
  };
  const { decision: own, model, cutoffs, twoPersonAboveFen } = conclude(deps, pinned, input);
  // What sends everything to people stands above every strategy, read in the transaction that records the decision.
  const decision = referInstead(own, await standingReferrals(tx, application.id), {
    request: input.request,
    product: pinned.rules.product,
    policy: policyFor(pinned.rules, pinned.day),
    twoPersonAboveFen,
  });
  await recordDecision(tx, {
    applicationId: application.id,
    round,
    evidenceVersion: application.evidence_version,
    outcome: decision.outcome,
    reasons: decision.reasons,
    gaps,
    grade: decision.grade,
    amountFen: decision.approvedAmountFen,
    annualRate: decision.annualRate,
    approvals: decision.approvals,
    // The values that the rules saw stand in the sealed record alone.
    trace: {
      rules: decision.rulesTrace.map(({ ruleId, kind, outcome, reason }) => ({
        ruleId,
        kind,
        outcome,
        reason,
      })),
      total: decision.total,
      variablesSm3: scored.variablesSm3,
    },
    versions: application.pinned,
    record: await sealRecord(deps, tx, pinned, round, { decision, model, input }),
  });
  await measureDecision(tx, { pinned, round, at, decision, cutoffs });
  await recordShadows(deps, tx, { pinned, round, input });
}

export async function decideApplication(deps: ActivityDeps, input: DecideInput): Promise<Decided> {
  const { applicationId, round, expectedVersion } = input;
  return await deps.db.transaction().execute(async (tx) => {
    const pinned = await pinnedOf(deps, tx, applicationId);
    if ((await readDecision(tx, applicationId, round)) === undefined)
      await compute(deps, tx, pinned, input);
    const decision = await readDecision(tx, applicationId, round);
    if (decision === undefined) throw finalFailure('DECISION_LOST');
    const pending = decision.outcome === 'REFER' ? 'REVIEW' : null;
    const moved = await advance(tx, {
      applicationId,
      from: 'DECIDE',
      to: NEXT[decision.outcome],
      actor: SYSTEM,
      reason: decision.reasons[0] ?? 'APPROVED',
      cause: `decide:${round}`,
      expectedVersion,
      versions: pinned.application.pinned,
      pending,
    });
    if (decision.outcome === 'REFER') await openReviewOf(tx, pinned, decision, new Date(input.at));
    return { ...placed(moved, NEXT[decision.outcome], pending), outcome: decision.outcome };
  });
}
