/** The whole database as one type: table name to row. */
import type * as apply from './apply.ts';
import type * as evidence from './evidence.ts';
import type * as money from './money.ts';
import type * as papers from './papers.ts';
import type * as record from './record.ts';

export interface Database {
  rulebooks: record.RulebookRow;
  applicants: apply.ApplicantRow;
  applications: apply.ApplicationRow;
  application_pages: apply.ApplicationPageRow;
  device_trails: apply.DeviceTrailRow;
  documents: apply.DocumentRow;
  journey_events: record.JourneyEventRow;
  audit_entries: record.AuditEntryRow;
  outbox: record.OutboxRow;
  outside_requests: record.OutsideRequestRow;
  authorisations: evidence.AuthorisationRow;
  verifications: evidence.VerificationRow;
  bureau_reports: evidence.BureauReportRow;
  bureau_evidence: evidence.BureauEvidenceRow;
  registry_screenings: evidence.RegistryScreeningRow;
  fraud_links: evidence.FraudLinkRow;
  watch_list: evidence.WatchListRow;
  fraud_assessments: evidence.FraudAssessmentRow;
  scores: evidence.ScoreRow;
  decisions: evidence.DecisionRow;
  review_tasks: evidence.ReviewTaskRow;
  review_actions: evidence.ReviewActionRow;
  information_requests: evidence.InformationRequestRow;
  offers: papers.OfferRow;
  contracts: papers.ContractRow;
  signing_keys: papers.SigningKeyRow;
  certificates: papers.CertificateRow;
  signatures: papers.SignatureRow;
  timestamps: papers.TimestampRow;
  recordings: papers.RecordingRow;
  recording_chunks: papers.RecordingChunkRow;
  payouts: money.PayoutRow;
  payout_retries: money.PayoutRetryRow;
  loans: money.LoanRow;
  instalments: money.InstalmentRow;
  repayments: money.RepaymentRow;
  operator_cases: record.OperatorCaseRow;
  bank_notices: record.BankNoticeRow;
  seen_nonces: record.SeenNonceRow;
  idempotency_keys: record.IdempotencyKeyRow;
}
