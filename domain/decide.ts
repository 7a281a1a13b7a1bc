/**
 * The decision: knockouts, referrals, cut-offs, limit and price, compiled once per strategy, scorecard, product and
 * policy date. One rule stands above all: an evidence gap, an incomplete score, a rule that could not be evaluated or a
 * limit that cannot be computed never approves.
 */
import { type ApprovalLevel, approvalsAbove } from './authority.ts';
import { policyNumber } from './expression-compile.ts';
import { type AffordableAmount, affordableAt } from './lending-limit.ts';
import type { Grade } from './loan-terms.ts';
import { type Fen, fen, minFen } from './money.ts';
import type { PolicyReader } from './policy.ts';
import { compilePricing, highestRate, type PriceOf } from './pricing.ts';
import type { Product } from './products.ts';
import type { AnnualRate } from './rates.ts';
import type { GapCode, ReasonCode } from './reasons.ts';
import { type CompiledRule, compileRules, type RuleTrace, runRule } from './rules.ts';
import { compileScorecard, type Score, type Scorecard, scoreReasons, unscored } from './score.ts';
import { type Strategy, versionName } from './strategy.ts';
import type { Variables } from './variable-catalogue.ts';

export { monthlyPaymentFen } from './lending-limit.ts';
export { highestRate } from './pricing.ts';

export interface DecisionRequest {
  readonly amountFen: Fen;
  readonly termMonths: number;
  /** The applicant refused a decision made by machines alone (PIPL art. 24). */
  readonly wantsPerson: boolean;
}

/** What a strategy runs with: the versions a loan has pinned, and the policy at its date. */
export interface Rulebook {
  readonly strategy: Strategy;
  readonly scorecard: Scorecard;
  readonly product: Product;
  readonly policy: PolicyReader;
}

export interface DecisionInput {
  readonly variables: Variables;
  /** Evidence that is missing, from verification, bureau and registry. */
  readonly gaps: readonly GapCode[];
  readonly request: DecisionRequest;
}

export interface Decision {
  readonly outcome: 'APPROVE' | 'DECLINE' | 'REFER';
  /** At most four principal reasons, most important first; empty for an approval. */
  readonly reasons: readonly ReasonCode[];
  /** Knockouts, referrals, then price segments, each in its order. */
  readonly rulesTrace: readonly RuleTrace[];
  readonly score: Score;
  readonly grade: Grade;
  readonly total: number;
  /** What can be lent by limit and capacity, a multiple of the product's step; null when declined. */
  readonly approvedAmountFen: Fen | null;
  readonly termMonths: number;
  /** Price of the grade; null when declined. */
  readonly annualRate: AnnualRate | null;
  /** Who must approve a referral; empty for automatic outcomes. */
  readonly approvals: readonly ApprovalLevel[];
  /** `id@version` of what the decision ran on. */
  readonly strategy: string;
  readonly scorecard: string;
  readonly product: string;
}

/** Decides: pure, total and synchronous. */
export type Decider = (input: DecisionInput) => Decision;

const MOST_REASONS = 4;

interface Compiled {
  readonly strategy: Strategy;
  readonly scorecard: Scorecard;
  readonly product: Product;
  readonly knockouts: readonly CompiledRule[];
  readonly referrals: readonly CompiledRule[];
  readonly priceOf: PriceOf;
  /** The dearest price of the product; null when it has none. */
  readonly highest: AnnualRate | null;
  readonly autoApproveMaxFen: number;
  readonly twoPersonAboveFen: number;
  /** Names on every decision. */
  readonly versions: Pick<Decision, 'strategy' | 'scorecard' | 'product'>;
  readonly mismatched: boolean;
  readonly affordable: Map<AnnualRate, AffordableAmount>;
}

/** The smaller of the strategy's bound and the policy's; nothing at all where nobody has set the policy's. */
function strictest(own: number | null, ofPolicy: number | undefined): number {
  if (ofPolicy === undefined) return 0;
  return own === null ? ofPolicy : Math.min(own, ofPolicy);
}

const isAmount = (value: number | null): value is number =>
  value !== null && Number.isSafeInteger(value) && value >= 0;

/**
 * What may be lent: the smallest of the request, the product's and the grade's limit, the multiple of income and the
 * amount whose payment the income still carries; rounded down to the product's step. Null when income, debt service or
 * the request is missing or malformed: a limit is never computed from what is not known.
 */
function lendingLimit(
  compiled: Compiled,
  { variables, request }: DecisionInput,
  grade: Grade,
  rate: AnnualRate,
): Fen | null {
  const { strategy, product } = compiled;
  const { monthlyIncomeFen: income, debtServiceFen: debt } = variables;
  const { amountFen, termMonths } = request;
  if (!isAmount(income) || !isAmount(debt)) return null;
  let affordable = compiled.affordable.get(rate);
  if (affordable === undefined) {
    affordable = affordableAt(rate);
    compiled.affordable.set(rate, affordable);
  }
  const share = income * strategy.maxDebtRatioPercent;
  const { maxFen, incomeMonths } = strategy.limits[grade];
  const multiple = income * incomeMonths;
  if (!Number.isSafeInteger(share) || !Number.isSafeInteger(multiple)) return null;
  const carried = affordable(Math.floor(share / 100) - debt, termMonths);
  if (carried === undefined) return null;
  const limit = Math.min(amountFen, product.maxAmountFen, maxFen, multiple, carried);
  const whole = limit - (limit % product.amountStepFen);
  return isAmount(whole) ? fen(whole) : null;
}

/** Whether the request is one that can be computed with. */
function isRequest({ amountFen, termMonths }: DecisionRequest): boolean {
  return (
    isAmount(amountFen) &&
    amountFen > 0 &&
    Number.isInteger(termMonths) &&
    termMonths >= 1 &&
    termMonths <= 600
  );
}

/** What is known when the outcome is to be found. */
interface Findings {
  readonly score: Score;
  readonly knockouts: readonly RuleTrace[];
  readonly referrals: readonly RuleTrace[];
  readonly segments: readonly RuleTrace[];
  /** Null where the grade is not lent to. */
  readonly rate: AnnualRate | null;
  /** Which price holds is not known. */
  readonly priceUnknown: boolean;
  /** That, or a strict rule that could not be evaluated. */
  readonly unknown: boolean;
}

const hitsOf = (trace: readonly RuleTrace[]): readonly ReasonCode[] =>
  trace.flatMap(({ outcome, reason }) => (outcome === 'HIT' && reason !== null ? [reason] : []));

function declineReasons(
  compiled: Compiled,
  input: DecisionInput,
  found: Findings,
): readonly ReasonCode[] {
  const knockedOut = hitsOf(found.knockouts);
  if (knockedOut.length > 0) return knockedOut;
  // A low total with evidence missing may be low only because of the gap: then a person looks.
  if (!found.score.complete || input.gaps.length > 0 || compiled.mismatched) return [];
  if (found.score.total < compiled.strategy.cutoffs.autoDeclineBelow)
    return ['DECLINE_SCORE', ...scoreReasons(compiled.scorecard, found.score, 3)];
  return found.rate === null && !found.priceUnknown ? ['DECLINE_GRADE'] : [];
}

/** Reasons why a person must look, most important first. */
function referralReasons(
  compiled: Compiled,
  { gaps, request }: DecisionInput,
  found: Findings,
): readonly ReasonCode[] {
  const reasons: ReasonCode[] = [...gaps];
  if (compiled.mismatched) reasons.push('GAP_STRATEGY');
  if (!found.score.complete) reasons.push('GAP_SCORE_INCOMPLETE');
  if (found.unknown) reasons.push('GAP_RULE_UNKNOWN');
  if (!isRequest(request)) reasons.push('GAP_CAPACITY');
  if (request.wantsPerson) reasons.push('REFER_REQUESTED');
  reasons.push(...hitsOf(found.referrals));
  if (request.amountFen > compiled.autoApproveMaxFen) reasons.push('REFER_AMOUNT');
  // The comparison that holds is asked for: a total that is no number refers too.
  if (!(found.score.total >= compiled.strategy.cutoffs.autoApproveFrom))
    reasons.push('REFER_SCORE');
  return reasons;
}

const principal = (reasons: readonly ReasonCode[]): readonly ReasonCode[] =>
  [...new Set(reasons)].slice(0, MOST_REASONS);

function findingsOf(compiled: Compiled, input: DecisionInput, score: Score): Findings {
  const run = (rules: readonly CompiledRule[]) =>
    rules.map((rule) => runRule(rule, input.variables));
  const knockouts = run(compiled.knockouts);
  const referrals = run(compiled.referrals);
  const price = compiled.priceOf(score.grade, input.variables, input.request.termMonths);
  const open = (rules: readonly CompiledRule[], trace: readonly RuleTrace[]) =>
    trace.some(({ outcome }, i) => outcome === 'NOT_EVALUABLE' && rules[i]?.strict !== false);
  return {
    score,
    knockouts,
    referrals,
    segments: price.trace,
    rate: price.rate,
    priceUnknown: price.unknown,
    unknown:
      price.unknown || open(compiled.knockouts, knockouts) || open(compiled.referrals, referrals),
  };
}

function conclude(compiled: Compiled, input: DecisionInput, score: Score): Decision {
  const found = findingsOf(compiled, input, score);
  const { request } = input;
  const common = {
    rulesTrace: [...found.knockouts, ...found.referrals, ...found.segments],
    score,
    grade: score.grade,
    total: score.total,
    termMonths: request.termMonths,
    ...compiled.versions,
  };
  const decline = (reasons: readonly ReasonCode[]): Decision => ({
    ...common,
    outcome: 'DECLINE',
    reasons: principal(reasons),
    approvedAmountFen: null,
    annualRate: null,
    approvals: [],
  });
  const declined = declineReasons(compiled, input, found);
  if (declined.length > 0) return decline(declined);
  const proposed =
    found.rate ?? highestRate(compiled.product, request.termMonths) ?? compiled.highest;
  // Nobody could approve a product that has no price at all.
  if (proposed === null) return decline(['DECLINE_GRADE']);
  const refer = (reasons: readonly ReasonCode[]): Decision => {
    const amountFen = isAmount(request.amountFen)
      ? request.amountFen
      : compiled.product.maxAmountFen;
    return {
      ...common,
      outcome: 'REFER',
      reasons: principal(reasons),
      approvedAmountFen: minFen(amountFen, compiled.product.maxAmountFen),
      annualRate: proposed,
      approvals: approvalsAbove(amountFen, score.grade, compiled.twoPersonAboveFen),
    };
  };
  const referred = referralReasons(compiled, input, found);
  if (referred.length > 0 || found.rate === null)
    return refer(referred.length > 0 ? referred : ['GAP_RULE_UNKNOWN']);
  const limit = lendingLimit(compiled, input, score.grade, found.rate);
  if (limit === null) return refer(['GAP_CAPACITY']);
  if (limit < compiled.product.minAmountFen) return decline(['DECLINE_CAPACITY']);
  return {
    ...common,
    outcome: 'APPROVE',
    reasons: [],
    approvedAmountFen: limit,
    annualRate: found.rate,
    approvals: [],
  };
}

/** As `compileStrategy`, for a score that is given: what a rehearsal or a test puts in its place. */
export function compileOnScore(book: Rulebook): (input: DecisionInput, score: Score) => Decision {
  const { strategy, scorecard, product, policy } = book;
  const { autoApproveMaxFen, twoPersonAboveFen } = strategy.authority;
  const compiled: Compiled = {
    strategy,
    scorecard,
    product,
    knockouts: compileRules(strategy.knockouts, 'KNOCKOUT', policy),
    referrals: compileRules(strategy.referrals, 'REFERRAL', policy),
    priceOf: compilePricing(strategy.pricing, product, policy),
    highest: highestRate(product),
    autoApproveMaxFen: strictest(
      autoApproveMaxFen,
      policyNumber('decide.autoApproveMaxFen', policy),
    ),
    twoPersonAboveFen: strictest(
      twoPersonAboveFen,
      policyNumber('review.twoPersonAboveFen', policy),
    ),
    versions: {
      strategy: versionName(strategy),
      scorecard: versionName(scorecard),
      product: `${product.code}@${product.version}`,
    },
    mismatched: strategy.scorecard !== versionName(scorecard),
    affordable: new Map(),
  };
  return (input, score) => conclude(compiled, input, score);
}

/**
 * Compiles a strategy to the function that decides by it. A knockout declines even with gaps; otherwise a gap, an
 * incomplete score, an unknown rule or a scorecard that is not the strategy's refers. An approval is for the lending
 * limit, which may be below the request; below the product's minimum it declines. A referral proposes the request
 * itself, within the product, so that a person sees what was asked for.
 */
export function compileStrategy(book: Rulebook): Decider {
  const score = compileScorecard(book.scorecard);
  const decide = compileOnScore(book);
  return (input) => decide(input, score(input.variables));
}

/**
 * The referral that stands for the decision where a strategy cannot be used: its document is unreadable or it failed. Two
 * people look where the policy knows no smaller bound; a product without any price is declined, for nobody could approve.
 */
export function referWithoutStrategy(
  names: Pick<Decision, 'strategy' | 'scorecard' | 'product'>,
  product: Product,
  { gaps, request }: DecisionInput,
): Decision {
  const rate = highestRate(product, request.termMonths) ?? highestRate(product);
  const score = unscored(names.scorecard);
  const common = {
    rulesTrace: [],
    score,
    grade: score.grade,
    total: score.total,
    termMonths: request.termMonths,
    ...names,
  };
  if (rate === null) {
    const nothing = { approvedAmountFen: null, annualRate: null, approvals: [] };
    return { ...common, ...nothing, outcome: 'DECLINE', reasons: ['DECLINE_GRADE'] };
  }
  return {
    ...common,
    outcome: 'REFER',
    reasons: principal(['GAP_STRATEGY', ...gaps]),
    approvedAmountFen: minFen(request.amountFen, product.maxAmountFen),
    annualRate: rate,
    approvals: approvalsAbove(request.amountFen, score.grade, 0),
  };
}
