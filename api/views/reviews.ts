/** Review tasks and decisions as answers show them. */
import { z } from 'zod';
import type { listReviewTasks } from '../../db/queries/reads/queue.ts';
import type { readDecision } from '../../db/queries/reads/reviews.ts';
import { isReasonCode, REASONS, reasonsForApplicant } from '../../domain/reasons.ts';
import type { Language } from '../problem-response.ts';
import { iso, isoOrNull } from '../times.ts';

type TaskRow = Omit<Awaited<ReturnType<typeof listReviewTasks>>[number], 'key'>;
type DecisionRow = NonNullable<Awaited<ReturnType<typeof readDecision>>>;

export function taskOf(row: TaskRow) {
  return {
    id: row.id,
    applicationId: row.application_id,
    round: row.round,
    kind: row.kind,
    subjectId: row.subject_id,
    level: row.level,
    seat: row.seat,
    roles: row.roles,
    state: row.state,
    assignee: row.assignee,
    activeAt: isoOrNull(row.active_at),
    evidenceVersion: row.evidence_version,
    slaDueAt: iso(row.sla_due_at),
    escalatedAt: isoOrNull(row.escalated_at),
    createdAt: iso(row.created_at),
    productCode: row.product_code === '' ? null : row.product_code,
    amountFen: row.amount_fen,
    grade: row.grade === '-' ? null : row.grade,
    termMonths: row.term_months,
    pending: row.pending,
  };
}

/** Reasons for staff: code and internal text. */
const staffReasons = (codes: readonly string[]) =>
  codes.map((code) => ({ code, text: isReasonCode(code) ? REASONS[code].internal : code }));

/** Reasons for the applicant: no codes, for some texts are shared so that nobody is tipped off. */
const applicantReasons = (codes: readonly string[], language: Language) =>
  reasonsForApplicant(codes.filter(isReasonCode), language === 'en' ? 'en' : 'zh').map((text) => ({
    code: null,
    text,
  }));

const version = z
  .object({ code: z.string(), version: z.number().int() })
  .transform((of) => `${of.code}@${of.version}`);
const pinned = z.object({
  product: version,
  policy: version,
  scorecard: version,
  strategy: version,
});

/** The versions that decided, as `code@version`, without the arm of an experiment; empty where none did. */
const namedVersions = (versions: unknown) => pinned.safeParse(versions).data ?? {};

/** A decision. The applicant reads reasons in plain words; staff read codes, gaps and which rule fired on which value. */
export function decisionOf(row: DecisionRow, forStaff: boolean, language: Language) {
  const shown = {
    id: row.id,
    applicationId: row.application_id,
    round: row.round,
    evidenceVersion: row.evidence_version,
    outcome: row.outcome,
    at: iso(row.at),
  };
  if (!forStaff) {
    return {
      ...shown,
      reasons: row.outcome === 'DECLINE' ? applicantReasons(row.reasons, language) : [],
      gaps: [],
      grade: null,
      amountFen: row.amount_fen,
      annualRate: row.annual_rate,
      versions: namedVersions(row.versions),
    };
  }
  return {
    ...shown,
    reasons: staffReasons(row.reasons),
    gaps: row.gaps,
    grade: row.grade,
    amountFen: row.amount_fen,
    annualRate: row.annual_rate,
    trace: row.trace,
    versions: row.versions,
  };
}
