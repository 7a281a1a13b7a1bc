/** A case as its reader sees it: evidence, record of people, exposure and cases like it. */
import { z } from 'zod';
import type { CaseEvidence, CaseRecord } from '../../db/queries/reads/case.ts';
import type { readExposures, readSimilarCases } from '../../db/queries/reads/comparison.ts';
import { CONDITION_KINDS } from '../../domain/conditions.ts';
import { VARIABLE_CATALOGUE, type VariableDefinition } from '../../domain/variable-catalogue.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import { openItems } from '../requested-items.ts';
import { storedAssessment } from '../schemas/fraud.ts';
import { iso, isoOrNull } from '../times.ts';

const at = (text: string): string => iso(new Date(text));
const atOrNull = (text: string | null): string | null => (text === null ? null : at(text));

function fraudOf(fraud: CaseEvidence['fraud']) {
  if (fraud === null) return null;
  const { level, round } = fraud;
  const stored = storedAssessment.safeParse(fraud.signals);
  // What was kept before signals had a shape is shown as it is.
  const shown = stored.success
    ? stored.data
    : { points: null, signals: fraud.signals, waived: [], graph: null };
  return { level, round, at: at(fraud.at), ...shown };
}

/** The evidence, with the version or round each piece belongs to. */
export function evidenceOf(evidence: CaseEvidence) {
  const { score, registry } = evidence;
  return {
    evidenceChanges: evidence.changes.map((one) => ({ ...one, at: at(one.at) })),
    verifications: evidence.verifications.map((v) => ({
      kind: v.kind,
      outcome: v.outcome,
      evidenceVersion: v.evidence_version,
      detail: v.detail,
      at: at(v.at),
    })),
    bureau: evidence.bureau.map(({ received_at, ...one }) => ({
      ...one,
      receivedAt: atOrNull(received_at),
    })),
    registry:
      registry === null
        ? null
        : { sanctionsHit: registry.sanctions_hit, courtOpenCases: registry.court_open_cases },
    fraud: fraudOf(evidence.fraud),
    score:
      score === null
        ? null
        : {
            scorecard: `${score.scorecard_code}@${score.scorecard_version}`,
            total: score.total,
            grade: score.grade,
            complete: score.complete,
            contributions: score.contributions,
            round: score.round,
            evidenceVersion: score.evidence_version,
          },
    documents: evidence.documents.map((one) => ({
      id: one.id,
      kind: one.kind,
      mediaType: one.media_type,
      createdAt: at(one.created_at),
    })),
  };
}

const recordValues = z.object({
  rules: z.array(z.object({ values: z.record(z.string(), z.unknown()) })),
});

const definitionOf = (name: string): VariableDefinition | undefined =>
  Object.hasOwn(VARIABLE_CATALOGUE, name)
    ? VARIABLE_CATALOGUE[name as keyof typeof VARIABLE_CATALOGUE]
    : undefined;

/** What the bureaus said, as far as the decision's rules read it: the report itself stays sealed. */
export function bureauSummaryOf(record: unknown) {
  const read = recordValues.safeParse(record);
  if (!read.success) return [];
  const values = Object.assign({}, ...read.data.rules.map((rule) => rule.values)) as Record<
    string,
    unknown
  >;
  return Object.entries(values).flatMap(([name, value]) => {
    const known = definitionOf(name);
    if (known === undefined || (known.source !== 'PBOC' && known.source !== 'BAIHANG')) return [];
    const { source, zh, en, unit } = known;
    return [{ name, bureau: source, zh, en, unit, value }];
  });
}

const text = z.object({ text: z.string() });
const answered = z.object({
  answers: z.array(z.object({ code: z.string(), text: z.string() })),
  pages: z.record(z.string(), z.unknown()),
});

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

/** A sealed text in words; null where nothing was said. */
function wordsOf(cipher: FieldCipher, column: string, row: string, sealed: string | null) {
  if (sealed === null || sealed === '') return null;
  return cipher.openJson(column, row, bytes(sealed), (value) => text.parse(value)).text;
}

/** What people wrote to each other, opened for the reviewer. */
export function historyOf(cipher: FieldCipher, record: CaseRecord) {
  return {
    actions: record.actions.map((act) => ({
      taskId: act.task_id,
      actor: act.actor,
      role: act.actor_role,
      onBehalfOf: act.on_behalf_of,
      action: act.action,
      reasons: [...act.reasons],
      comment: wordsOf(cipher, 'review_actions.sealed_comment', act.cause, act.sealed_comment),
      amountFen: act.amount_fen,
      terms: act.terms,
      evidenceVersion: act.evidence_version,
      round: act.round,
      at: at(act.at),
    })),
    information: record.requests.map((request) => {
      const { sealed_answer: sealed } = request;
      const column = 'information_requests.sealed_answer';
      const opened =
        sealed === null
          ? { answers: [], pages: {} }
          : cipher.openJson(column, request.id, bytes(sealed), (v) => answered.parse(v));
      return {
        id: request.id,
        items: openItems(cipher, request.id, bytes(request.sealed_items)),
        state: request.state,
        requestedBy: request.requested_by,
        answers: opened.answers,
        amendedPages: Object.keys(opened.pages),
        createdAt: at(request.created_at),
        closedAt: atOrNull(request.closed_at),
      };
    }),
  };
}

type Condition = CaseRecord['conditions'][number];

/** A condition with the words the applicant reads, without their answer. */
export function conditionOf(one: Omit<Condition, 'sealed_answer'>) {
  return {
    id: one.id,
    round: one.round,
    kind: one.kind,
    zh: CONDITION_KINDS[one.kind].zh,
    en: CONDITION_KINDS[one.kind].en,
    gate: one.gate,
    state: one.state,
    issuedBy: one.issued_by,
    proposedBy: one.proposed_by,
    closedBy: one.closed_by,
    reason: one.reason,
    answeredAt: atOrNull(one.answered_at),
  };
}

/** The round's review: who must approve and why, who has, what they approve, and what else stands open. */
export function reviewOf(cipher: FieldCipher, record: CaseRecord) {
  const { review } = record;
  const column = 'loan_conditions.sealed_answer';
  return {
    review:
      review === null
        ? null
        : {
            round: review.round,
            matrix: `${review.matrix_code}@${String(review.matrix_version)}`,
            row: review.matrix_row,
            stages: review.stages.map((stage) => ({ ...stage, roles: [...stage.roles] })),
            why: review.why.map((step) => ({ ...step })),
            exposureFen: review.exposure_fen,
            exceptions: review.exceptions,
            mostFen: review.most_fen,
            leastFen: review.least_fen,
            evidenceVersion: review.evidence_version,
            proposal: review.proposal,
            waiting: review.waiting,
            ended: review.ended,
            seats: record.seats.map(({ level, ...seat }) => ({
              ...seat,
              stage: level,
              roles: [...seat.roles],
            })),
          },
    conditions: record.conditions.map((one) => ({
      ...conditionOf(one),
      answer: wordsOf(cipher, column, one.id, one.sealed_answer),
    })),
    undos: record.undos.map((undo) => ({
      id: undo.id,
      round: undo.round,
      stage: undo.stage,
      reason: undo.reason,
      state: undo.state,
      proposedBy: undo.proposed_by,
      decidedBy: undo.decided_by,
      proposedAt: at(undo.proposed_at),
    })),
    timeline: record.timeline.map((event) => ({ ...event, at: at(event.at) })),
  };
}

type Exposures = Awaited<ReturnType<typeof readExposures>>;

/** What the person owes and asks for, this application aside from the totals of the others. */
export function exposureOf(rows: Exposures) {
  const sum = (amounts: readonly (number | null)[]) =>
    amounts.reduce<number>((total, amount) => total + (amount ?? 0), 0);
  return {
    outstandingFen: sum(rows.map((row) => row.outstanding_fen)),
    overdue: rows.filter((row) => row.loan_state === 'OVERDUE').length,
    applications: rows.map((row) => ({
      id: row.application_id,
      productCode: row.product_code,
      stage: row.stage,
      amountFen: row.amount_fen,
      submittedAt: isoOrNull(row.submitted_at),
      loan:
        row.loan_state === null
          ? null
          : {
              state: row.loan_state,
              principalFen: row.principal_fen,
              outstandingFen: row.outstanding_fen,
              daysPastDue: row.days_past_due,
            },
    })),
  };
}

type Similar = Awaited<ReturnType<typeof readSimilarCases>>;

/** Cases shown one by one; the counts are of all that were read. */
const SHOWN = 10;

/** What became of cases like this one: counts, and the newest few. */
export function similarOf(rows: Similar) {
  const count = (fits: (row: Similar[number]) => boolean) => rows.filter(fits).length;
  return {
    counted: rows.length,
    lent: count((row) => row.loan_state !== null),
    overdue: count((row) => row.loan_state === 'OVERDUE'),
    declined: count((row) => row.stage === 'DECLINED'),
    cases: rows.slice(0, SHOWN).map((row) => ({
      applicationId: row.application_id,
      decidedAt: iso(row.at),
      decision: row.outcome,
      askedFen: row.asked_fen,
      decidedFen: row.decided_fen,
      termMonths: row.term_months,
      stage: row.stage,
      loanState: row.loan_state,
      daysPastDue: row.days_past_due,
    })),
  };
}
