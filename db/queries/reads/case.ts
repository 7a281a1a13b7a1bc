/** A case as one read: the evidence, what people did, and what it compares with, each in a single statement. */
import { sql } from 'kysely';
import type { MatrixConditions, StageSpec } from '../../../domain/approval-matrix.ts';
import type { ConditionGate, ConditionKind, ConditionState } from '../../../domain/conditions.ts';
import type { ReviewEnd, Terms } from '../../../domain/desk-review.ts';
import type { Queryable } from '../../database.ts';

/** A timestamp inside a JSON document: PostgreSQL's text, which `Date` reads. */
type At = string;

/** What was gathered about an application. Newest first where it was gathered more than once. */
export interface CaseEvidence {
  readonly verifications: readonly {
    readonly kind: string;
    readonly outcome: string;
    readonly evidence_version: number;
    readonly detail: unknown;
    readonly at: At;
  }[];
  readonly changes: readonly { readonly version: number; readonly what: string; readonly at: At }[];
  readonly bureau: readonly {
    readonly bureau: string;
    readonly round: number;
    readonly gap: string | null;
    readonly outcome: string | null;
    readonly received_at: At | null;
  }[];
  readonly registry: {
    readonly sanctions_hit: boolean | null;
    readonly court_open_cases: number | null;
  } | null;
  readonly fraud: {
    readonly level: 'LOW' | 'MEDIUM' | 'HIGH';
    readonly signals: unknown;
    readonly round: number;
    readonly at: At;
  } | null;
  readonly has_hits: boolean;
  readonly score: {
    readonly scorecard_code: string;
    readonly scorecard_version: number;
    readonly total: number;
    readonly grade: string;
    readonly complete: boolean;
    readonly contributions: unknown;
    readonly round: number;
    readonly evidence_version: number;
  } | null;
  readonly documents: readonly {
    readonly id: string;
    readonly kind: string;
    readonly media_type: string;
    readonly created_at: At;
  }[];
}

/** The evidence a reviewer decides on. */
export async function readCaseEvidence(
  db: Queryable,
  applicationId: string,
): Promise<CaseEvidence> {
  const { rows } = await sql<CaseEvidence>`
    select
      coalesce((select jsonb_agg(jsonb_build_object('kind', v.kind, 'outcome', v.outcome,
                  'evidence_version', v.evidence_version, 'detail', v.detail, 'at', v.at)
                  order by v.evidence_version desc, v.kind)
                from verifications v where v.application_id = a.id), '[]') as verifications,
      coalesce((select jsonb_agg(jsonb_build_object('version', c.version, 'what', c.what, 'at', c.at) order by c.version)
                from evidence_changes c where c.application_id = a.id), '[]') as changes,
      coalesce((select jsonb_agg(jsonb_build_object('bureau', e.bureau, 'round', e.round, 'gap', e.gap,
                  'outcome', r.outcome, 'received_at', r.received_at) order by e.round desc, e.bureau)
                from bureau_evidence e left join bureau_reports r on r.id = e.report_id
               where e.application_id = a.id), '[]') as bureau,
      (select jsonb_build_object('sanctions_hit', g.sanctions_hit, 'court_open_cases', g.court_open_cases)
         from registry_screenings g where g.application_id = a.id order by g.round desc limit 1) as registry,
      (select jsonb_build_object('level', f.level, 'signals', f.signals, 'round', f.round, 'at', f.at)
         from fraud_assessments f where f.application_id = a.id order by f.round desc limit 1) as fraud,
      exists (select from list_hits h where h.application_id = a.id) as has_hits,
      (select jsonb_build_object('scorecard_code', s.scorecard_code, 'scorecard_version', s.scorecard_version,
                'total', s.total, 'grade', s.grade, 'complete', s.complete, 'contributions', s.contributions,
                'round', s.round, 'evidence_version', s.evidence_version)
         from scores s where s.application_id = a.id order by s.round desc limit 1) as score,
      coalesce((select jsonb_agg(jsonb_build_object('id', d.id, 'kind', d.kind, 'media_type', d.media_type,
                  'created_at', d.created_at) order by d.created_at)
                from documents d where d.application_id = a.id), '[]') as documents
    from applications a where a.id = ${applicationId}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('a case of no application');
  return row;
}

/** What people did about an application, and under which rules they do it. Oldest first. */
export interface CaseRecord {
  readonly actions: readonly {
    readonly task_id: string;
    readonly actor: string;
    readonly actor_role: string;
    readonly on_behalf_of: string | null;
    readonly action: string;
    readonly reasons: readonly string[];
    /** Base64. */
    readonly sealed_comment: string | null;
    readonly amount_fen: number | null;
    readonly terms: Terms | null;
    readonly evidence_version: number;
    readonly cause: string;
    readonly round: number;
    readonly at: At;
  }[];
  readonly requests: readonly {
    readonly id: string;
    /** Base64; JSON in clear in a row from before it was sealed. */
    readonly sealed_items: string;
    readonly state: string;
    readonly requested_by: string;
    /** Base64. */
    readonly sealed_answer: string | null;
    readonly created_at: At;
    readonly closed_at: At | null;
  }[];
  readonly review: {
    readonly round: number;
    readonly matrix_code: string;
    readonly matrix_version: number;
    readonly matrix_row: string;
    readonly stages: readonly StageSpec[];
    readonly why: readonly {
      readonly row: string;
      readonly misfit: keyof MatrixConditions | null;
    }[];
    readonly exposure_fen: number;
    readonly exceptions: number;
    readonly most_fen: number;
    readonly least_fen: number;
    readonly evidence_version: number;
    readonly proposal: Terms | null;
    readonly waiting: boolean;
    readonly ended: ReviewEnd | null;
  } | null;
  readonly seats: readonly {
    readonly id: string;
    readonly level: number;
    readonly seat: number;
    readonly roles: readonly string[];
    readonly state: string;
    readonly assignee: string | null;
  }[];
  readonly conditions: readonly {
    readonly id: string;
    readonly round: number;
    readonly kind: ConditionKind;
    readonly gate: ConditionGate;
    readonly state: ConditionState;
    readonly issued_by: string;
    readonly proposed_by: string | null;
    readonly closed_by: string | null;
    readonly reason: string | null;
    /** Base64. */
    readonly sealed_answer: string | null;
    readonly answered_at: At | null;
  }[];
  readonly undos: readonly {
    readonly id: string;
    readonly round: number;
    readonly stage: string;
    readonly reason: string;
    readonly state: 'PROPOSED' | 'APPROVED' | 'REJECTED';
    readonly proposed_by: string;
    readonly decided_by: string | null;
    readonly proposed_at: At;
  }[];
  readonly timeline: readonly {
    readonly number: number;
    readonly from: string;
    readonly to: string;
    readonly actorKind: string;
    readonly actor: string;
    readonly role: string | null;
    readonly reason: string;
    readonly at: At;
  }[];
  /** When the caller last opened the case. */
  readonly look: { readonly evidence_version: number; readonly looked_at: At } | null;
  /** When this was read, by the database's clock. */
  readonly read_at: Date;
}

/** What people did about an application, with the present round's review, and when the reader last looked. */
export async function readCaseRecord(
  db: Queryable,
  of: { readonly applicationId: string; readonly round: number; readonly subject: string },
): Promise<CaseRecord> {
  const { applicationId, round, subject } = of;
  const { rows } = await sql<CaseRecord>`
    select
      coalesce((select jsonb_agg(jsonb_build_object('task_id', r.task_id, 'actor', r.actor, 'actor_role', r.actor_role,
                  'on_behalf_of', r.on_behalf_of, 'action', r.action, 'reasons', r.reasons,
                  'sealed_comment', encode(r.sealed_comment, 'base64'), 'amount_fen', r.amount_fen, 'terms', r.terms,
                  'evidence_version', r.evidence_version, 'cause', r.cause, 'round', r.round, 'at', r.at) order by r.at, r.id)
                from review_actions r where r.application_id = a.id), '[]') as actions,
      coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'sealed_items', encode(i.sealed_items, 'base64'), 'state', i.state,
                  'requested_by', i.requested_by, 'sealed_answer', encode(i.sealed_answer, 'base64'),
                  'created_at', i.created_at, 'closed_at', i.closed_at) order by i.created_at)
                from information_requests i where i.application_id = a.id), '[]') as requests,
      (select to_jsonb(v) - 'application_id' from reviews v
        where v.application_id = a.id and v.round = ${round}) as review,
      coalesce((select jsonb_agg(jsonb_build_object('id', t.id, 'level', t.level, 'seat', t.seat, 'roles', t.roles,
                  'state', t.state, 'assignee', t.assignee) order by t.level, t.seat)
                from review_tasks t where t.application_id = a.id and t.round = ${round} and t.kind = 'REVIEW'), '[]') as seats,
      coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'round', c.round, 'kind', c.kind, 'gate', c.gate,
                  'state', c.state, 'issued_by', c.issued_by, 'proposed_by', c.proposed_by, 'closed_by', c.closed_by,
                  'reason', c.reason, 'sealed_answer', encode(c.sealed_answer, 'base64'), 'answered_at', c.answered_at)
                  order by c.created_at, c.id)
                from loan_conditions c where c.application_id = a.id), '[]') as conditions,
      coalesce((select jsonb_agg(jsonb_build_object('id', u.id, 'round', u.round, 'stage', u.stage, 'reason', u.reason,
                  'state', u.state, 'proposed_by', u.proposed_by, 'decided_by', u.decided_by,
                  'proposed_at', u.proposed_at) order by u.proposed_at)
                from approval_undos u where u.application_id = a.id), '[]') as undos,
      coalesce((select jsonb_agg(jsonb_build_object('number', e.number, 'from', e.from_stage, 'to', e.to_stage,
                  'actorKind', e.actor_kind, 'actor', e.actor, 'role', e.actor_role, 'reason', e.reason, 'at', e.at)
                  order by e.number)
                from journey_events e where e.application_id = a.id), '[]') as timeline,
      (select jsonb_build_object('evidence_version', l.evidence_version, 'looked_at', l.looked_at)
         from case_looks l where l.application_id = a.id and l.subject = ${subject}) as look,
      now() as read_at
    from applications a where a.id = ${applicationId}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('a case of no application');
  return row;
}

/** Remembers that somebody has seen a case as it stood at a moment. */
export async function keepLook(
  db: Queryable,
  look: {
    readonly applicationId: string;
    readonly subject: string;
    readonly evidenceVersion: number;
    readonly at: Date;
  },
): Promise<void> {
  const { evidenceVersion: evidence_version, at: looked_at } = look;
  await db
    .insertInto('case_looks')
    .values({
      application_id: look.applicationId,
      subject: look.subject,
      evidence_version,
      looked_at,
    })
    .onConflict((oc) =>
      oc.columns(['application_id', 'subject']).doUpdateSet({ evidence_version, looked_at }),
    )
    .execute();
}
