/** Review tasks, decisions and the reviewer's case as answers show them. */
import { z } from 'zod';
import type {
  listReviewTasks,
  readDecision,
  readEvidence,
  readReviewHistory,
} from '../../db/queries/reads/reviews.ts';
import { isReasonCode, REASONS, reasonsForApplicant } from '../../domain/reasons.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import type { Language } from '../problem-response.ts';
import { iso, isoOrNull } from '../times.ts';

type TaskRow = Awaited<ReturnType<typeof listReviewTasks>>[number];
type DecisionRow = NonNullable<Awaited<ReturnType<typeof readDecision>>>;
type Evidence = Awaited<ReturnType<typeof readEvidence>>;
type History = Awaited<ReturnType<typeof readReviewHistory>>;

export function taskOf(row: TaskRow) {
  return {
    id: row.id,
    applicationId: row.application_id,
    round: row.round,
    level: row.level,
    roles: row.roles,
    state: row.state,
    assignee: row.assignee,
    evidenceVersion: row.evidence_version,
    slaDueAt: iso(row.sla_due_at),
    escalatedAt: isoOrNull(row.escalated_at),
    createdAt: iso(row.created_at),
    productCode: row.product_code,
    amountFen: row.amount_fen,
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

export function evidenceOf(evidence: Evidence) {
  const { score, fraud, registry } = evidence;
  return {
    verifications: evidence.verifications.map((v) => ({
      kind: v.kind,
      outcome: v.outcome,
      evidenceVersion: v.evidence_version,
      detail: v.detail,
      at: iso(v.at),
    })),
    bureau: evidence.bureau.map((b) => ({
      bureau: b.bureau,
      round: b.round,
      outcome: b.outcome,
      gap: b.gap,
      receivedAt: isoOrNull(b.received_at),
    })),
    registry:
      registry === undefined
        ? null
        : {
            sanctionsHit: registry.sanctions_hit,
            courtOpenCases: registry.court_open_cases,
          },
    fraud: fraud === undefined ? null : { level: fraud.level, signals: fraud.signals },
    score:
      score === undefined
        ? null
        : {
            scorecard: `${score.scorecard_code}@${score.scorecard_version}`,
            total: score.total,
            grade: score.grade,
            complete: score.complete,
            contributions: score.contributions,
          },
  };
}

const comment = z.object({ text: z.string() });
const answer = z.object({
  answers: z.array(z.object({ code: z.string(), text: z.string() })),
  pages: z.record(z.string(), z.unknown()),
});

/** What people wrote to each other, opened for the reviewer. */
export function historyOf(cipher: FieldCipher, history: History) {
  return {
    actions: history.actions.map((act) => ({
      actor: act.actor,
      role: act.actor_role,
      action: act.action,
      reasons: act.reasons,
      comment:
        act.sealed_comment === null || act.sealed_comment.length === 0
          ? null
          : cipher.openJson('review_actions.sealed_comment', act.cause, act.sealed_comment, (v) =>
              comment.parse(v),
            ).text,
      amountFen: act.amount_fen,
      evidenceVersion: act.evidence_version,
      at: iso(act.at),
    })),
    information: history.requests.map((request) => {
      const opened =
        request.sealed_answer === null
          ? { answers: [], pages: {} }
          : cipher.openJson(
              'information_requests.sealed_answer',
              request.id,
              request.sealed_answer,
              (v) => answer.parse(v),
            );
      return {
        id: request.id,
        items: request.items,
        state: request.state,
        requestedBy: request.requested_by,
        answers: opened.answers,
        amendedPages: Object.keys(opened.pages),
        createdAt: iso(request.created_at),
        closedAt: isoOrNull(request.closed_at),
      };
    }),
  };
}
