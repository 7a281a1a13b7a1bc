/** Assesses fraud signals of an application and moves it on; the level is evidence, the decision is not made here. */
import { assessFraud as assess } from '../../domain/fraud.ts';
import { SYSTEM } from '../../domain/journey.ts';
import { loadForm } from '../../db/queries/apply.ts';
import { recordAssessment } from '../../db/queries/fraud.ts';
import { countStandingHits, recordListHits } from '../../db/queries/list-lookups.ts';
import { advance } from '../../db/queries/journey.ts';
import type { ActivityDeps } from '../deps.ts';
import { readSummary } from '../evidence-cache.ts';
import { finalFailure, placed } from '../failures.ts';
import type { Placed } from '../outcomes.ts';
import { pinnedOf } from '../pinned.ts';
import { gatherFacts } from './facts.ts';

export interface AssessInput {
  readonly applicationId: string;
  readonly round: number;
  readonly expectedVersion: number;
}

export async function assessFraud(deps: ActivityDeps, input: AssessInput): Promise<Placed> {
  const { applicationId, round, expectedVersion } = input;
  return await deps.db.transaction().execute(async (tx) => {
    const pinned = await pinnedOf(deps, tx, applicationId);
    const { application, day } = pinned;
    const cipher = await deps.vault.of(tx, applicationId);
    const form = await loadForm(tx, cipher, applicationId);
    if (form === null) throw finalFailure('FORM_INCOMPLETE');
    const { summary } = await readSummary(deps, tx, cipher, {
      pinned,
      identity: form.identity,
      asOf: day,
    });
    const { facts, graph, hits } = await gatherFacts(deps, tx, {
      applicationId,
      form,
      cipher,
      antiFraudScore: summary.antiFraudScore,
      submittedAt: application.submitted_at,
    });
    await recordListHits(tx, hits);
    const sanctionsNames = await countStandingHits(tx, applicationId);
    const assessment = assess({ ...facts, sanctionsNames });
    await recordAssessment(tx, {
      applicationId,
      round,
      evidenceVersion: application.evidence_version,
      ...assessment,
      graph,
    });
    const moved = await advance(tx, {
      applicationId,
      from: 'FRAUD',
      to: 'SCORE',
      actor: SYSTEM,
      reason: `FRAUD_${assessment.level}`,
      cause: `fraud.assess:${round}`,
      expectedVersion,
    });
    return placed(moved, 'SCORE');
  });
}
