/**
 * The class of every column by JR/T 0171-2020 (regulation.md §5.2), and how what is personal is kept.
 *
 * C3 authenticates a person (biometrics, secrets, codes); C2 says who somebody is or how to reach and pay them; C1 is
 * kept within the house: figures, states and pseudonyms that mean nobody without a C2 value beside them, and all of
 * those are sealed; once a person's keys are destroyed, their C1 rows are anonymous. NONE is nobody's.
 */
import { COLLECTION_COLUMNS } from './collection-classes.ts';
import { MONEY_COLUMNS } from './money-classes.ts';
import type { Database } from './schema/index.ts';

export type DataClass = 'C3' | 'C2' | 'C1' | 'NONE';

/**
 * - `clear`: as it is.
 * - `sealed`: `bytea` under a data key of the person, or of the house.
 * - `sealed within`: a document that holds sealed bytes.
 * - `keyed index`: HMAC-SM3 under a key outside the database; equal for equal values, of no use without the key.
 * - `hash`: digest of a random secret of 256 bits, or keyed: it cannot be found by trying.
 * - `wrapped`: a key wrapped by the key service.
 */
export type Keeping = 'clear' | 'sealed' | 'sealed within' | 'keyed index' | 'hash' | 'wrapped';

export interface FieldClass {
  readonly class: DataClass;
  readonly kept: Keeping;
}

/** Columns of one table by what they are, names separated by spaces. */
interface Columns {
  readonly NONE?: string;
  readonly C1?: string;
  readonly sealedC2?: string;
  readonly sealedC3?: string;
  readonly sealedWithinC3?: string;
  readonly indexC2?: string;
  readonly hashC2?: string;
  readonly hashC3?: string;
  readonly wrappedC3?: string;
}

const KINDS: Readonly<Record<keyof Columns, FieldClass>> = {
  NONE: { class: 'NONE', kept: 'clear' },
  C1: { class: 'C1', kept: 'clear' },
  sealedC2: { class: 'C2', kept: 'sealed' },
  sealedC3: { class: 'C3', kept: 'sealed' },
  sealedWithinC3: { class: 'C3', kept: 'sealed within' },
  indexC2: { class: 'C2', kept: 'keyed index' },
  hashC2: { class: 'C2', kept: 'hash' },
  hashC3: { class: 'C3', kept: 'hash' },
  wrappedC3: { class: 'C3', kept: 'wrapped' },
};

const DECLARED: Readonly<Record<keyof Database, Columns>> = {
  rulebooks: { NONE: 'kind code version document document_sm3 effective_from published_at' },
  applicants: { C1: 'id kind created_at key_subject_id', indexC2: 'identity_index' },
  applications: {
    NONE: 'pinned',
    C1: 'id external_id owner_subject applicant_kind applicant_id product_code stage version evidence_version round amount_fen term_months pending referral end_reason reminded_at submitted_at ended_at created_at updated_at key_subject_id',
  },
  data_keys: {
    C1: 'id subject_id generation created_at destroyed_at',
    NONE: 'kek_id',
    wrappedC3: 'wrapped',
  },
  application_pages: { C1: 'application_id page revision created_at', sealedC2: 'sealed' },
  device_trails: { C1: 'application_id created_at', sealedC2: 'sealed' },
  // The bytes of an object lie in the object store, sealed by the same keys; its digest tells nothing of them.
  documents: {
    C1: 'id application_id kind object_key sm3 size_bytes media_type created_at template',
  },
  prefills: {
    C1: 'document_id application_id outcome reason same_picture read_at',
    sealedC3: 'sealed_readings',
  },
  journey_events: {
    C1: 'id application_id number from_stage to_stage actor_kind actor actor_role reason cause at',
    NONE: 'versions',
  },
  audit_entries: {
    C1: 'id at actor actor_role action subject_kind subject_id result detail via reason origin request_id',
    NONE: 'xid',
  },
  audit_chain: { NONE: 'position day entry_id entry_xid value_sm3 chained_at' },
  audit_seals: {
    NONE: 'number day position value_sm3 previous_sm3 key_id signature reply generated_at sealed_at',
  },
  // A one-time code waits here with its mobile number, sealed within the payload; other payloads hold coded facts.
  outbox: {
    C1: 'id topic application_id state attempts next_at failure_code created_at delivered_at',
    sealedWithinC3: 'payload',
  },
  outside_requests: {
    C1: 'request_no application_id step service operation state code charged sends created_at answered_at',
    sealedC2: 'sealed_answer',
  },
  authorisations: {
    C1: 'id application_id applicant_id template_version text_sm3 terms state agreed_at agreed_by valid_until ended_at created_at',
    sealedC2: 'sealed_text',
  },
  verifications: {
    C1: 'application_id evidence_version kind outcome detail request_no at',
  },
  bureau_reports: {
    C1: 'id applicant_id authorisation_id bureau purpose request_no outcome report_sm3 received_at valid_until',
    sealedC2: 'sealed_report',
  },
  bureau_evidence: { C1: 'application_id round bureau report_id gap at' },
  registry_screenings: { C1: 'application_id round sanctions_hit court_open_cases detail at' },
  fraud_links: { C1: 'application_id kind applicant_id created_at', indexC2: 'value_index' },
  // The names are those of public sanctions lists.
  list_entries: {
    C1: 'id kind subject name name_keys birth_date sex source reason listed_on appeal expires_on created_at',
    indexC2: 'value_index',
  },
  list_hits: { C1: 'id application_id entry_id similarity second_factor found_at' },
  list_proposals: { C1: 'id act entry_id hit_id reason proposed_by proposed_at' },
  list_decisions: { C1: 'proposal_id proposed_by outcome decided_by decided_at' },
  ip_ranges: { NONE: 'version range kind region latitude longitude' },
  fraud_assessments: { C1: 'application_id round evidence_version level signals at' },
  scores: {
    C1: 'application_id round evidence_version scorecard_code scorecard_version total grade complete contributions variables_sm3 at',
    sealedC2: 'sealed_variables',
  },
  decisions: {
    C1: 'id application_id round evidence_version outcome reasons gaps grade amount_fen annual_rate approvals trace record_sm3 input_sm3 at',
    NONE: 'versions',
    sealedC2: 'sealed_record',
  },
  review_tasks: {
    C1: 'id application_id round level seat kind subject_id active_at roles state assignee claimed_at evidence_version sla_due_at reminded_at escalated_at closed_at created_at product_code amount_fen grade',
  },
  review_actions: {
    C1: 'id task_id application_id round actor actor_role action reasons amount_fen terms on_behalf_of evidence_version cause at',
    sealedC2: 'sealed_comment',
  },
  reviews: {
    NONE: 'matrix_code matrix_version matrix_row stages why',
    C1: 'application_id round exposure_fen exceptions most_fen least_fen evidence_version proposal waiting ended opened_at ended_at',
  },
  evidence_changes: { C1: 'application_id version what at' },
  desk_people: {
    C1: 'subject roles limit_fen capacity on_desk away_from away_until last_given_at updated_at',
  },
  authority_changes: {
    C1: 'id subject limit_fen capacity reason state proposed_by decided_by proposed_at decided_at',
  },
  delegations: {
    C1: 'id from_subject to_subject role limit_fen starts_at ends_at reason state proposed_by decided_by proposed_at decided_at ended_at',
  },
  conflict_declarations: {
    C1: 'id subject relation declared_at ended_at',
    indexC2: 'identity_index',
  },
  conflict_endings: {
    C1: 'id conflict_id subject reason state proposed_by decided_by proposed_at decided_at',
  },
  loan_conditions: {
    C1: 'id application_id round kind gate state issued_by answered_at proposed_by closed_by reason created_at closed_at',
    sealedC2: 'sealed_answer',
  },
  approval_undos: {
    C1: 'id application_id round stage reason state proposed_by decided_by proposed_at decided_at',
  },
  case_looks: { C1: 'application_id subject evidence_version looked_at' },
  person_exposures: {
    C1: 'applicant_id application_id product_code stage amount_fen submitted_at loan_state principal_fen days_past_due outstanding_fen',
  },
  decided_cases: {
    C1: 'product_code grade at application_id round outcome asked_fen decided_fen term_months stage loan_state days_past_due',
  },
  waiting_applications: { C1: 'application_id pending' },
  information_requests: {
    C1: 'id application_id task_id requested_by state created_at closed_at',
    sealedC2: 'sealed_items sealed_answer',
  },
  unmask_grants: {
    C1: 'id application_id subject role fields purpose granted_at expires_at',
  },
  offers: {
    C1: 'id application_id round product_code product_version amount_fen term_months method annual_rate annualised_simple annualised_compound schedule state valid_until answered_at created_at',
    NONE: 'cap_rule',
  },
  contracts: {
    C1: 'id application_id offer_id number document_id sm3 state created_at signed_at final_document_id disclosure_document_id disclosure_sm3 cost_read_seconds schedule_document_id',
  },
  disclosure_showings: {
    C1: 'id contract_id form_sm3 min_read_seconds shown_to shown_at',
    sealedC2: 'sealed_origin',
  },
  disclosure_confirmations: {
    C1: 'showing_id contract_id form_sm3 confirmed_by confirmed_at dwell_ms scrolled_to_end',
    sealedC2: 'sealed_origin',
  },
  co_signers: {
    C1: 'id application_id owner_subject position role subject named_at dropped_at',
    sealedC2: 'sealed_person',
  },
  contract_parties: {
    C1: 'id contract_id co_signer_id position role state invited_at reminded_at proof_tries proved_at answered_at answered_cause',
  },
  signing_keys: {
    C1: 'contract_id party created_at destroyed_at',
    sealedC2: 'sealed_csr',
    sealedC3: 'sealed_key',
  },
  certificates: {
    C1: 'contract_id party serial state issued_at revoked_at',
    sealedC2: 'sealed_chain',
  },
  signatures: { C1: 'contract_id party public_key digest_sm3 signature signed_by at' },
  timestamps: { C1: 'contract_id moment imprint_sm3 reply generated_at' },
  signing_codes: {
    C1: 'id contract_id party_id digest_sm3 tries created_at expires_at used_at',
    hashC3: 'code_hmac',
  },
  signing_intents: {
    C1: 'act_key contract_id party_id code_id digest_sm3 at',
    sealedC2: 'sealed_intent',
  },
  revocation_lists: { NONE: 'list', C1: 'contract_id fetched_at' },
  evidence_bundles: {
    C1: 'id application_id contract_id audience requested_by requested_role requested_at state document_id built_at',
  },
  recordings: {
    C1: 'id application_id contract_id state kind opened_by consent_at script attended_by attended_at chunk_count chain_sm3 chained_count chained_sm3 size_bytes reminded_at expired_at qc manifest manifest_sm3 manifest_signature manifest_public_key manifest_token manifest_stamped_at emptied_at created_at completed_at',
    NONE: 'script_code script_version',
    sealedC2: 'sealed_attendant sealed_marks',
  },
  recording_chunks: {
    C1: 'recording_id number segment from_ms to_ms sm3 size_bytes object_key received_at',
  },
  recording_segments: { C1: 'recording_id number first_chunk reason opened_at' },
  recording_reviews: {
    C1: 'recording_id verdict reasons attended_by opened_by reviewed_by reviewed_role reviewed_at',
  },
  ...MONEY_COLUMNS,
  ...COLLECTION_COLUMNS,
  operator_cases: {
    C1: 'id application_id step failure_code cause state action proposed_by approved_by reason created_at resolved_at',
  },
  bulk_retries: {
    NONE: 'filter cap',
    C1: 'id reason state proposed_by decided_by proposed_at decided_at ended_at',
  },
  bulk_retry_cases: { C1: 'bulk_id case_id number state sent_at' },
  case_corrections: {
    C1: 'id case_id undo_id application_id field reason state proposed_by applied_by proposed_at closed_at',
    sealedC2: 'sealed_value',
  },
  bank_notices: {
    C1: 'notice_id kind workflow_id state received_at forwarded_at',
    sealedC2: 'sealed_body',
  },
  seen_nonces: { NONE: 'caller nonce seen_at' },
  idempotency_keys: {
    C1: 'actor key request_sm3 state lease_until status created_at',
    sealedC2: 'sealed_response',
  },
  consent_entries: {
    C1: 'id application_id authorisation_id purpose act text_sm3 actor at',
  },
  rights_requests: {
    C1: 'id application_id owner_subject kind items state due_on outcome reason proposed_by approved_by received_at reminded_at overdue_at answered_at concluded_at',
    sealedC2: 'sealed_words sealed_answer',
  },
  rule_drafts: {
    NONE: 'id kind code version state document document_sm3 checked_sm3 check_report created_at edited_at',
    C1: 'created_by edited_by proposed_by approved_by',
  },
  rule_draft_events: {
    NONE: 'id draft_id act state reason document_sm3 at',
    C1: 'actor actor_role',
  },
  rule_activations: {
    NONE: 'id kind code version effective_from cause draft_id reason at',
    C1: 'proposed_by activated_by',
  },
  rule_cancellations: { NONE: 'activation_id reason at', C1: 'cancelled_by' },
  rule_switches: { NONE: 'id act reason at', C1: 'actor actor_role proposed_by' },
  decision_reviews: {
    C1: 'id decision_id application_id owner_subject state assignee due_on outcome reasons decided_by requested_at claimed_at reminded_at overdue_at decided_at answered_at',
    sealedC2: 'sealed_statement sealed_comment',
  },
  experiments: {
    NONE: 'id code strategy_code document document_sm3 status stop_reason created_at proposed_at approved_at ended_at',
    C1: 'created_by proposed_by approved_by stopped_by',
  },
  experiment_assignments: {
    C1: 'experiment_id applicant_id arm bucket acting_arm cause at',
  },
  arm_stops: {
    NONE: 'experiment_id arm reason measure hits seen low_bp high_bp at',
    C1: 'stopped_by',
  },
  shadow_decisions: {
    C1: 'application_id round experiment_id arm strategy_code strategy_version outcome reasons grade total amount_fen annual_rate record_sm3 failure_code at',
  },
  experiment_outcomes: {
    C1: 'experiment_id arm acting_arm cause assigned_at outcome amount_fen annual_rate grade matured early_overdue',
  },
  shadow_outcomes: {
    C1: 'experiment_id arm shadow_outcome outcome failure_code shadow_amount_fen amount_fen',
  },
  // Bands and not values, and no person; the application's id makes it about somebody all the same.
  decision_measures: {
    C1: 'application_id round day product_code strategy_code strategy_version scorecard_code scorecard_version experiment_id arm outcome leaning grade total rules bands',
  },
  measure_days: { NONE: 'day counted_at' },
  measure_counts: {
    NONE: 'day strategy_code strategy_version arm scorecard_code scorecard_version kind name band decisions',
  },
  open_measures: {
    NONE: 'day strategy_code strategy_version arm scorecard_code scorecard_version kind name band decisions',
  },
  all_measures: {
    NONE: 'day strategy_code strategy_version arm scorecard_code scorecard_version kind name band decisions',
  },
  monitoring_thresholds: { NONE: 'version document reason at', C1: 'set_by' },
  monitoring_alerts: { NONE: 'id day cause strategy_code measured threshold at' },
  monitoring_rules: {
    NONE: 'day strategy_code strategy_version arm rule decisions hits not_evaluable',
  },
  monitoring_outcomes: { NONE: 'day strategy_code strategy_version arm outcome decisions' },
  monitoring_scores: {
    NONE: 'day strategy_code strategy_version arm scorecard_code scorecard_version band decisions',
  },
  monitoring_bands: {
    NONE: 'day strategy_code strategy_version arm scorecard_code scorecard_version dimension band decisions',
  },
  monitoring_reviews: {
    NONE: 'day strategy_code strategy_version arm leaning people reviews',
  },
  monitoring_score_drift: {
    NONE: 'strategy_code scorecard_code scorecard_version baseline current psi',
  },
  // Reports and tallies are counts and pseudonyms of applications.
  backtests: {
    NONE: 'strategy strategy_sm3 scorecard scorecard_sm3',
    C1: 'id draft_id decided_from decided_until sample_limit lgd_percent state total report failure_code started_by started_at finished_at',
  },
  backtest_parts: { C1: 'backtest_id part after until decided tally state' },
  bureau_queries: {
    C1: 'id asked_at kind bureau operation purpose result refusal application_id applicant_id authorisation_id authorisation_sm3 request_id operator operator_role operator_from approved_by off_hours request_no request_sm3 response_sm3 charged cost_fen',
  },
  bureau_query_requests: {
    C1: 'id application_id bureau purpose reason state failure_code off_hours proposed_by proposed_role proposed_from proposed_at approved_by approved_role approved_at settled_at',
  },
  bureau_weekly_reports: { NONE: 'week_of figures created_at', C1: 'items' },
  objections: {
    C1: 'id application_id applicant_id owner_subject bureau item state outcome bureau_reference received_at due_on marked_at reminded_at overdue_at decided_by decided_at replied_at',
    sealedC2: 'sealed_claim sealed_answer',
  },
  sign_in_attempts: { NONE: 'expires_at created_at', hashC3: 'id_sm3', sealedC3: 'sealed' },
  staff_sessions: {
    C1: 'id subject roles second_factor created_at last_seen_at expires_at ended_at end_reason',
    hashC3: 'secret_sm3',
    sealedC3: 'sealed_id_token',
  },
  applicant_codes: {
    C1: 'id tries created_at expires_at used_at',
    indexC2: 'mobile_index',
    hashC3: 'code_hmac',
  },
  integrator_clients: {
    NONE: 'client_id name alg public_key_pem scopes requests_per_minute signs_requests state created_at changed_at',
  },
  sign_in_limits: { NONE: 'points expire', hashC2: 'key' },
};

const isKind = (name: string): name is keyof Columns => Object.hasOwn(KINDS, name);

function fieldsOf(columns: Columns): ReadonlyMap<string, FieldClass> {
  const fields = new Map<string, FieldClass>();
  for (const [kind, names] of Object.entries(columns)) {
    if (!isKind(kind)) throw new Error(`${kind} is no kind of column`);
    for (const name of names.split(' ')) {
      if (fields.has(name)) throw new Error(`${name} is declared twice`);
      fields.set(name, KINDS[kind]);
    }
  }
  return fields;
}

/** Every column of every table with its class: table name, then column name. */
export const FIELD_CLASSES: ReadonlyMap<string, ReadonlyMap<string, FieldClass>> = new Map(
  Object.entries(DECLARED).map(([table, columns]) => [table, fieldsOf(columns)]),
);
