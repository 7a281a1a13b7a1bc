/** Scores an application on its evidence and keeps every contribution, so that each point can be explained. */
import { canonicalJson } from '../../domain/canonical-json.ts';
import { highestRate, monthlyPaymentFen } from '../../domain/decide.ts';
import { SYSTEM } from '../../domain/journey.ts';
import { fen } from '../../domain/money.ts';
import { unscored } from '../../domain/score.ts';
import { buildVariables, type Variables } from '../../domain/variables.ts';
import type { FraudAssessment } from '../../domain/fraud.ts';
import type { Tx } from '../../db/database.ts';
import { loadForm } from '../../db/queries/apply.ts';
import { readScreening } from '../../db/queries/bureau.ts';
import { readAssessment } from '../../db/queries/fraud.ts';
import { advance } from '../../db/queries/journey.ts';
import { recordScore } from '../../db/queries/score.ts';
import { readVerifications } from '../../db/queries/verifications.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { z } from 'zod';
import { scorerOf } from '../compiled.ts';
import type { ActivityDeps } from '../deps.ts';
import { readScore, readSummary, type ReadSummary } from '../evidence-cache.ts';
import { finalFailure, placed } from '../failures.ts';
import type { Placed } from '../outcomes.ts';
import { type Pinned, pinnedOf } from '../pinned.ts';

export interface ScoreInput {
  readonly applicationId: string;
  readonly round: number;
  readonly expectedVersion: number;
  /** Business date of the score, by the workflow's clock. */
  readonly today: string;
}

const storedSignals = z.object({
  points: z.number(),
  signals: z.array(
    z.object({ code: z.string(), weight: z.number(), zh: z.string(), en: z.string() }),
  ),
});
const storedFace = z.object({ score: z.number() });

async function fraudOf(tx: Tx, applicationId: string): Promise<FraudAssessment | null> {
  const stored = await readAssessment(tx, applicationId);
  if (stored === undefined) return null;
  return { level: stored.level, ...storedSignals.parse(stored.signals) };
}

async function variablesOf(
  deps: ActivityDeps,
  tx: Tx,
  pinned: Pinned,
  today: string,
): Promise<{ readonly variables: Variables } & Pick<ReadSummary, 'standing'>> {
  const { application, rules } = pinned;
  const cipher = await deps.vault.of(tx, application.id);
  const form = await loadForm(tx, cipher, application.id);
  const rate = highestRate(rules.product);
  if (form === null || rate === null) throw finalFailure('FORM_INCOMPLETE');
  const face = (await readVerifications(tx, application.id)).find((row) => row.kind === 'FACE');
  const faceScore = storedFace.safeParse(face?.detail);
  const of = { pinned, identity: form.identity, asOf: today };
  const { summary, standing } = await readSummary(deps, tx, cipher, of);
  const variables = buildVariables({
    application: form,
    asOf: today,
    bureau: summary.variables,
    fraud: await fraudOf(tx, application.id),
    faceScore: faceScore.success ? faceScore.data.score : null,
    registry: await readScreening(tx, application.id),
    requestPaymentFen: monthlyPaymentFen(
      fen(application.amount_fen),
      rate,
      application.term_months,
    ),
  });
  return { variables, standing };
}

export async function scoreApplication(deps: ActivityDeps, input: ScoreInput): Promise<Placed> {
  const { applicationId, round, expectedVersion, today } = input;
  return await deps.db.transaction().execute(async (tx) => {
    const pinned = await pinnedOf(deps, tx, applicationId);
    const { variables, standing } = await variablesOf(deps, tx, pinned, today);
    const variablesSm3 = sm3Hex(canonicalJson(variables));
    const cipher = await deps.vault.of(tx, applicationId);
    // A card that cannot be used scores nothing, and what is not scored goes to a person with its story.
    const card = pinned.application.pinned.scorecard;
    const scored = await readScore(deps, cipher, standing, { pinned, variablesSm3 }, () => {
      const score = scorerOf(pinned.rules.scorecard);
      return score?.(variables) ?? unscored(`${card.code}@${card.version}`);
    });
    await recordScore(tx, cipher, {
      applicationId,
      round,
      evidenceVersion: pinned.application.evidence_version,
      scorecardCode: card.code,
      scorecardVersion: card.version,
      total: scored.total,
      grade: scored.grade,
      complete: scored.complete,
      contributions: scored.contributions,
      variables,
      variablesSm3,
    });
    const moved = await advance(tx, {
      applicationId,
      from: 'SCORE',
      to: 'DECIDE',
      actor: SYSTEM,
      reason: scored.complete ? 'SCORED' : 'SCORED_INCOMPLETE',
      cause: `score.compute:${round}`,
      expectedVersion,
      versions: { scorecard: pinned.application.pinned.scorecard },
    });
    return placed(moved, 'DECIDE');
  });
}
