/** Concludes the identity checks: a mismatch ends the story before a bureau is paid, a gap goes on to a person. */
import { concludeVerification as conclude, faceThresholds } from '../../domain/verify.ts';
import { SYSTEM } from '../../domain/journey.ts';
import { advance } from '../../db/queries/journey.ts';
import { recordDecision } from '../../db/queries/decide.ts';
import { readVerifications } from '../../db/queries/verifications.ts';
import { asCheckResult } from '../check-result.ts';
import type { ActivityDeps } from '../deps.ts';
import { placed } from '../failures.ts';
import { pinnedOf } from '../pinned.ts';
import type { Placed } from '../outcomes.ts';
import { policyFor } from '../rulebooks.ts';

export interface ConcludeInput {
  readonly applicationId: string;
  readonly expectedVersion: number;
}

export async function concludeVerification(
  deps: ActivityDeps,
  input: ConcludeInput,
): Promise<Placed> {
  return await deps.db.transaction().execute(async (tx) => {
    const { applicationId, expectedVersion } = input;
    const { application, rules, day } = await pinnedOf(deps, tx, applicationId);
    const results = (await readVerifications(tx, applicationId)).map(asCheckResult);
    const conclusion = conclude(results, faceThresholds(policyFor(rules, day)));
    const move = {
      applicationId,
      from: 'VERIFY',
      actor: SYSTEM,
      cause: 'verify.conclude',
      expectedVersion,
    } as const;
    if (conclusion.outcome !== 'FAIL') {
      return placed(
        await advance(tx, { ...move, to: 'BUREAU', reason: conclusion.outcome }),
        'BUREAU',
      );
    }
    const [reason = 'VERIFY_IDENTITY_MISMATCH'] = conclusion.reasons;
    await recordDecision(tx, {
      applicationId,
      round: application.round,
      evidenceVersion: application.evidence_version,
      outcome: 'DECLINE',
      reasons: conclusion.reasons,
      gaps: [],
      grade: null,
      amountFen: null,
      annualRate: null,
      approvals: [],
      trace: { verification: conclusion },
      versions: application.pinned,
      record: null,
    });
    return placed(await advance(tx, { ...move, to: 'DECLINED', reason }), 'DECLINED');
  });
}
