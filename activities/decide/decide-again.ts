/** Decides recorded applications again by another strategy: compiled once per product, policy and day, a batch at a time. */
import {
  addCompared,
  addUnreadable,
  type BacktestTerms,
  type Compared,
  type Tally,
  type Unreadable,
} from '../../domain/backtest.ts';
import { compileStrategy, type Decider } from '../../domain/decide.ts';
import { type PolicyRow, policyOf } from '../../domain/policy.ts';
import type { Product } from '../../domain/products.ts';
import type { GapCode } from '../../domain/reasons.ts';
import { recordedVariables } from '../../domain/recorded-variables.ts';
import { oddsAt, type Scorecard } from '../../domain/score.ts';
import type { Strategy } from '../../domain/strategy.ts';
import type { Variables } from '../../domain/variables.ts';
import type { Queryable } from '../../db/database.ts';
import type { RecordedDecision } from '../../db/queries/backtests.ts';
import { readRulebook, type RulebookKey } from '../../db/queries/rulebooks.ts';
import { scoredVariablesRow, VARIABLES_COLUMN } from '../../db/scored-variables.ts';
import { businessDate } from '../../platform/clock.ts';
import type { OpenedRow } from '../../platform/crypto/bulk-opener.ts';
import type { ActivityDeps } from '../deps.ts';

export interface TriedRules {
  readonly strategy: Strategy;
  readonly scorecard: Scorecard;
}

/** Deciders kept at once: some products over the days of some years. */
const MOST_DECIDERS = 4_000;

/** Gives the decider of a recorded decision; null where the product or policy it was made under is not on record. */
export type DeciderOf = (db: Queryable, recorded: RecordedDecision) => Promise<Decider | null>;

/** Compiles the tried rules for each product, policy and day that comes up, and keeps what was compiled. */
export function createDeciders({ strategy, scorecard }: TriedRules): DeciderOf {
  const documents = new Map<string, unknown>();
  const deciders = new Map<string, Decider>();

  async function document(db: Queryable, key: RulebookKey): Promise<unknown> {
    const name = `${key.kind}/${key.code}/${key.version}`;
    const found = documents.get(name) ?? (await readRulebook(db, key));
    documents.set(name, found);
    return found;
  }

  return async (db, { versions, submittedAt }) => {
    if (submittedAt === null) return null;
    const day = businessDate(submittedAt);
    const { product: ofProduct, policy: ofPolicy } = versions;
    const name = `${ofProduct.code}@${ofProduct.version} ${ofPolicy.code}@${ofPolicy.version} ${day}`;
    const known = deciders.get(name);
    if (known !== undefined) return known;
    const found = await document(db, { kind: 'PRODUCT', ...ofProduct });
    const rows = await document(db, { kind: 'POLICY', ...ofPolicy });
    if (found === undefined || rows === undefined) return null;
    // Published documents were parsed when they were published, and the table refuses any change after that.
    const product = found as Product;
    const policy = policyOf(rows as readonly PolicyRow[], day, product.lenderType);
    const decider = compileStrategy({ strategy, scorecard, product, policy });
    if (deciders.size >= MOST_DECIDERS) deciders.clear();
    deciders.set(name, decider);
    return decider;
  };
}

/** The inputs of a recorded decision in clear, or why they are not there. */
type Inputs = { readonly variables: Variables } | { readonly why: Unreadable };

function variablesOf(opened: OpenedRow | undefined): Inputs {
  if (opened === undefined) return { why: 'NO_INPUTS' };
  if (!opened.ok) return { why: opened.code };
  let record: unknown;
  try {
    record = JSON.parse(opened.bytes.toString('utf8'));
  } catch {
    return { why: 'UNREADABLE' };
  }
  const variables = recordedVariables(record);
  return variables === null ? { why: 'UNREADABLE' } : { variables };
}

/** Opens the inputs of a batch with one question for keys; in the order of the batch. */
async function openInputs(
  { db, vault }: Pick<ActivityDeps, 'db' | 'vault'>,
  batch: readonly RecordedDecision[],
): Promise<readonly Inputs[]> {
  const rows = batch.flatMap(({ applicationId, round, sealed }) =>
    sealed === null ? [] : [{ rowId: scoredVariablesRow(applicationId, round), sealed }],
  );
  const opened = (await vault.openMany(db, VARIABLES_COLUMN, rows)).values();
  return batch.map(({ sealed }) => variablesOf(sealed === null ? undefined : opened.next().value));
}

function compare(
  recorded: RecordedDecision,
  variables: Variables,
  decide: Decider,
  scorecard: Scorecard,
): Compared | null {
  const { requestedFen, termMonths, versions } = recorded;
  if (requestedFen === null || termMonths === null) return null;
  const after = decide({
    variables,
    // The gaps of a decision are written by the decision itself.
    gaps: recorded.gaps as readonly GapCode[],
    request: { amountFen: requestedFen, termMonths, wantsPerson: false },
  });
  return {
    applicationId: recorded.applicationId,
    before: {
      outcome: recorded.outcome,
      amountFen: recorded.approvedFen,
      annualRate: recorded.annualRate,
    },
    after: {
      outcome: after.outcome,
      amountFen: after.approvedAmountFen,
      annualRate: after.annualRate,
    },
    defaultProbability: 1 / (1 + oddsAt(scorecard, after.total)),
    segments: {
      grade: after.grade,
      product: versions.product.code,
      employment: variables.employment,
      ageYears: variables.ageYears,
      requestedFen,
      arm: versions.arm?.name ?? null,
    },
  };
}

/** Decides a batch again and counts it into the tally. */
export async function decideBatchAgain(
  deps: Pick<ActivityDeps, 'db' | 'vault'>,
  rules: TriedRules,
  deciderOf: DeciderOf,
  batch: readonly RecordedDecision[],
  tally: Tally,
  terms: BacktestTerms,
): Promise<void> {
  const inputs = await openInputs(deps, batch);
  for (const [at, recorded] of batch.entries()) {
    const { applicationId } = recorded;
    const input = inputs[at] ?? { why: 'NO_INPUTS' };
    const decide = await deciderOf(deps.db, recorded);
    if ('why' in input) addUnreadable(tally, applicationId, input.why, terms);
    else if (decide === null) addUnreadable(tally, applicationId, 'NO_RULES', terms);
    else {
      const compared = compare(recorded, input.variables, decide, rules.scorecard);
      if (compared === null) addUnreadable(tally, applicationId, 'NO_INPUTS', terms);
      else addCompared(tally, compared, terms);
    }
  }
}
