/** Lets the shadows of a loan's experiment decide on the same input, and records what they would have said. They never act. */
import { sql } from 'kysely';
import type { DecisionInput } from '../../domain/decide.ts';
import { decisionInputText, decisionRecord } from '../../domain/decision-record.ts';
import { type Arm, shadowsOf } from '../../domain/experiment.ts';
import { modelOf } from '../../domain/score.ts';
import type { Tx } from '../../db/database.ts';
import { recordShadow, type ShadowRecord } from '../../db/queries/experiment-arms.ts';
import { type ExperimentRecord, readExperiment } from '../../db/queries/experiments.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { compiledFor } from '../compiled.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Pinned } from '../pinned.ts';

type Deps = Pick<ActivityDeps, 'rulebooks' | 'log'>;

export interface Overheard {
  readonly pinned: Pinned;
  readonly round: number;
  /** What the acting strategy was given. */
  readonly input: DecisionInput;
}

/** What one shadow says of the input, or why it cannot. */
async function askShadow(
  deps: Deps,
  tx: Tx,
  { pinned, input }: Overheard,
  of: { readonly experiment: ExperimentRecord; readonly arm: Arm },
): Promise<ShadowRecord['result']> {
  const { experiment, arm } = of;
  const versions = await deps.rulebooks.withStrategy(tx, pinned.application.pinned, {
    code: experiment.document.strategyCode,
    version: arm.strategyVersion,
  });
  if (versions === null) return { failureCode: 'NOT_PUBLISHED' };
  const rules = await deps.rulebooks.read(tx, versions);
  const compiled = compiledFor(rules, pinned.day);
  if (!compiled.ok) return { failureCode: 'STRATEGY_UNUSABLE' };
  const decision = compiled.compiled.decide(input);
  const { policy } = versions;
  const record = decisionRecord({
    decision,
    input,
    inputSm3: sm3Hex(decisionInputText(input)),
    policyDate: pinned.day,
    versions: {
      policy: `${policy.code}@${policy.version}`,
      model: modelOf(compiled.compiled.scorecard),
      arm: `${experiment.id}/${arm.name}`,
    },
  });
  return {
    outcome: decision.outcome,
    reasons: decision.reasons,
    grade: decision.grade,
    total: decision.total,
    amountFen: decision.approvedAmountFen,
    annualRate: decision.annualRate,
    recordSm3: sm3Hex(record),
  };
}

/** Does something to the transaction that may fail without harm to what else is in it; false when it failed. */
async function apart(tx: Tx, work: () => Promise<void>): Promise<boolean> {
  await sql`savepoint shadow`.execute(tx);
  try {
    await work();
    await sql`release savepoint shadow`.execute(tx);
    return true;
  } catch {
    await sql`rollback to savepoint shadow`.execute(tx);
    return false;
  }
}

/**
 * Records every shadow of the experiment that the loan has pinned, in the decision's transaction. A shadow that fails is
 * recorded as failed and logged by its code; the decision goes on as if there were none.
 */
export async function recordShadows(deps: Deps, tx: Tx, overheard: Overheard): Promise<void> {
  const { pinned, round } = overheard;
  const { arm: own } = pinned.application.pinned;
  if (own === undefined) return;
  const experiment = await readExperiment(tx, own.experiment);
  if (experiment?.status !== 'RUNNING') return;
  for (const arm of shadowsOf(experiment.document)) {
    const record = async (result: ShadowRecord['result']) => {
      await recordShadow(tx, {
        applicationId: pinned.application.id,
        round,
        experimentId: experiment.id,
        arm: arm.name,
        strategy: { code: experiment.document.strategyCode, version: arm.strategyVersion },
        result,
      });
    };
    const said = await apart(tx, async () => {
      await record(await askShadow(deps, tx, overheard, { experiment, arm }));
    });
    if (said) continue;
    deps.log.warn({ experiment: experiment.code, arm: arm.name }, 'a shadow could not decide');
    await apart(tx, () => record({ failureCode: 'FAILED' }));
  }
}
