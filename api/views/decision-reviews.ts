/** Decisions looked at again, as their person and as reviewers read them. */
import type {
  listDecisionReviews,
  readReviewOfDecision,
} from '../../db/queries/decision-reviews.ts';
import { isReasonCode, reasonsForApplicant } from '../../domain/reasons.ts';
import type { Language } from '../problem-response.ts';
import { iso, isoOrNull } from '../times.ts';

type OwnRow = NonNullable<Awaited<ReturnType<typeof readReviewOfDecision>>>;
type ListRow = Awaited<ReturnType<typeof listDecisionReviews>>[number];

/** What the person reads: the outcome and the reasons in plain words, and nobody's name. */
export function humanReviewOf(row: OwnRow, language: Language) {
  return {
    decisionId: row.decision_id,
    state: row.state,
    dueOn: row.due_on,
    outcome: row.outcome,
    reasons: [
      ...reasonsForApplicant(row.reasons.filter(isReasonCode), language === 'en' ? 'en' : 'zh'),
    ],
    mayApplyAgain: row.outcome === 'OVERTURNED',
    requestedAt: iso(row.requested_at),
    decidedAt: isoOrNull(row.decided_at),
  };
}

/** A referred decision is with people already, whoever asks for them. */
export function withPeople(decisionId: string) {
  return {
    decisionId,
    state: 'WITH_PEOPLE' as const,
    dueOn: null,
    outcome: null,
    reasons: [],
    mayApplyAgain: false,
    requestedAt: null,
    decidedAt: null,
  };
}

/** @param today the day in Shanghai */
export function decisionReviewOf(row: Omit<ListRow, 'overdue_at'>, today: string) {
  return {
    id: row.id,
    decisionId: row.decision_id,
    applicationId: row.application_id,
    state: row.state,
    assignee: row.assignee,
    dueOn: row.due_on,
    overdue: row.state !== 'DECIDED' && row.due_on < today,
    outcome: row.outcome,
    reasons: row.reasons,
    requestedAt: iso(row.requested_at),
    decidedAt: isoOrNull(row.decided_at),
  };
}
