/** Opens the review of a referred application: who must approve it by the matrix in force, on which exposure, and why. */
import { openReview } from '../../domain/desk-review.ts';
import { GRADES, type Grade } from '../../domain/loan-terms.ts';
import { addFen, type Fen, ZERO_FEN } from '../../domain/money.ts';
import type { Tx } from '../../db/database.ts';
import { readReferralCounts, type StoredDecision } from '../../db/queries/decide.ts';
import { insertReview, readExposure } from '../../db/queries/desk.ts';
import { finalFailure } from '../failures.ts';
import type { Pinned } from '../pinned.ts';
import { policyFor } from '../rulebooks.ts';
import { assignOpenSeats } from './assign.ts';
import { approversOf } from './matrix.ts';

/** The worst grade where none is recorded: what is not known asks for more people, never for fewer. */
const gradeOf = (text: string | null): Grade => GRADES.find((grade) => grade === text) ?? 'E';

/** When a task that opens at `at` is due. */
export function dueAt({ rules, day }: Pinned, at: Date): Date {
  return new Date(at.getTime() + policyFor(rules, day)('review.slaMinutes') * 60_000);
}

/** Opens the review of a decision's round once, and offers its first seats to whoever is there. */
export async function openReviewOf(
  tx: Tx,
  pinned: Pinned,
  decision: StoredDecision,
  at: Date,
): Promise<void> {
  const { application, rules } = pinned;
  const { id: applicationId } = application;
  if (decision.amountFen === null) throw finalFailure('DECISION_WITHOUT_PRICE');
  const amountFen: Fen = decision.amountFen;
  const exposureFen = addFen(await readExposure(tx, applicationId), amountFen);
  const { referralsHit, gaps } = await readReferralCounts(tx, applicationId, decision.round);
  const exceptions = referralsHit + gaps;
  const { nobody, ...approvers } = await approversOf(
    tx,
    {
      productCode: rules.product.code,
      amountFen,
      grade: gradeOf(decision.grade),
      exposureFen,
      exceptions,
    },
    decision.approvals,
  );
  const basis = { ...approvers, applicationId, round: decision.round, exposureFen, exceptions };
  const review = openReview(
    approvers.stages,
    application.evidence_version,
    rules.product.minAmountFen,
    nobody ? ZERO_FEN : amountFen,
  );
  await insertReview(tx, basis, review, { at, slaDueAt: dueAt(pinned, at) });
  await assignOpenSeats(tx, applicationId, decision.round, at);
}
