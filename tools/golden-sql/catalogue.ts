/** Every file of db/queries with its exports and the samples that call them. */
import * as admission from '../../db/queries/admission.ts';
import * as apply from '../../db/queries/apply.ts';
import * as audit from '../../db/queries/audit.ts';
import * as auditChain from '../../db/queries/audit-chain.ts';
import * as auditSeals from '../../db/queries/audit-seals.ts';
import * as backtests from '../../db/queries/backtests.ts';
import * as bulkRetries from '../../db/queries/bulk-retries.ts';
import * as bureau from '../../db/queries/bureau.ts';
import * as bureauDesk from '../../db/queries/bureau-desk.ts';
import * as conditions from '../../db/queries/conditions.ts';
import * as conflicts from '../../db/queries/conflicts.ts';
import * as contract from '../../db/queries/contract.ts';
import * as corrections from '../../db/queries/corrections.ts';
import * as decide from '../../db/queries/decide.ts';
import * as decisionReviews from '../../db/queries/decision-reviews.ts';
import * as desk from '../../db/queries/desk.ts';
import * as deskPeople from '../../db/queries/desk-people.ts';
import * as deskSweep from '../../db/queries/desk-sweep.ts';
import * as deskTasks from '../../db/queries/desk-tasks.ts';
import * as disclosures from '../../db/queries/disclosures.ts';
import * as disburse from '../../db/queries/disburse.ts';
import * as evidenceStanding from '../../db/queries/evidence-standing.ts';
import * as experimentArms from '../../db/queries/experiment-arms.ts';
import * as evidence from '../../db/queries/evidence.ts';
import * as experiments from '../../db/queries/experiments.ts';
import * as fraud from '../../db/queries/fraud.ts';
import * as fraudGraph from '../../db/queries/fraud-graph.ts';
import * as bookClose from '../../db/queries/book-close.ts';
import * as contacts from '../../db/queries/contacts.ts';
import * as loanActs from '../../db/queries/loan-acts.ts';
import * as readMetrics from '../../db/queries/reads/metrics.ts';
import * as ledger from '../../db/queries/ledger.ts';
import * as ledgerPeriods from '../../db/queries/ledger-periods.ts';
import * as ledgerWatch from '../../db/queries/ledger-watch.ts';
import * as readLedger from '../../db/queries/reads/ledger.ts';
import * as listLookups from '../../db/queries/list-lookups.ts';
import * as lists from '../../db/queries/lists.ts';
import * as networks from '../../db/queries/networks.ts';
import * as issuedPapers from '../../db/queries/issued-papers.ts';
import * as idempotency from '../../db/queries/idempotency.ts';
import * as journey from '../../db/queries/journey.ts';
import * as keys from '../../db/queries/keys.ts';
import * as monitoring from '../../db/queries/monitoring.ts';
import * as objections from '../../db/queries/objections.ts';
import * as offer from '../../db/queries/offer.ts';
import * as operations from '../../db/queries/operations.ts';
import * as outbox from '../../db/queries/outbox.ts';
import * as outsideRequests from '../../db/queries/outside-requests.ts';
import * as prefill from '../../db/queries/prefill.ts';
import * as readApplications from '../../db/queries/reads/applications.ts';
import * as readCase from '../../db/queries/reads/case.ts';
import * as readComparison from '../../db/queries/reads/comparison.ts';
import * as readConditions from '../../db/queries/reads/conditions.ts';
import * as readMoney from '../../db/queries/reads/money.ts';
import * as readPapers from '../../db/queries/reads/papers.ts';
import * as recordingEvidence from '../../db/queries/recording-evidence.ts';
import * as readQueue from '../../db/queries/reads/queue.ts';
import * as payoutReturns from '../../db/queries/payout-returns.ts';
import * as tranches from '../../db/queries/tranches.ts';
import * as unmatched from '../../db/queries/unmatched.ts';
import * as entrusted from '../../db/queries/entrusted.ts';
import * as preflight from '../../db/queries/preflight.ts';
import * as reconciliation from '../../db/queries/reconciliation.ts';
import * as recordings from '../../db/queries/recordings.ts';
import * as readReviews from '../../db/queries/reads/reviews.ts';
import * as reviews from '../../db/queries/reviews.ts';
import * as retention from '../../db/queries/retention.ts';
import * as rights from '../../db/queries/rights.ts';
import * as ruleLife from '../../db/queries/rule-life.ts';
import * as ruleSwitches from '../../db/queries/rule-switches.ts';
import * as rulebooks from '../../db/queries/rulebooks.ts';
import * as sealedRows from '../../db/queries/sealed-rows.ts';
import * as score from '../../db/queries/score.ts';
import * as service from '../../db/queries/service.ts';
import * as lateMoney from '../../db/queries/late-money.ts';
import * as servicing from '../../db/queries/servicing.ts';
import * as servicingActs from '../../db/queries/servicing-acts.ts';
import * as bankOrders from '../../db/queries/bank-orders.ts';
import * as sign from '../../db/queries/sign.ts';
import * as coSigners from '../../db/queries/co-signers.ts';
import * as signing from '../../db/queries/signing.ts';
import * as unmask from '../../db/queries/unmask.ts';
import * as signingClients from '../../db/queries/signing-clients.ts';
import * as signIn from '../../db/queries/sign-in.ts';
import * as verifications from '../../db/queries/verifications.ts';
import * as verify from '../../db/queries/verify.ts';
import type { Samples } from './recorder.ts';
import * as applySamples from './samples/apply.ts';
import * as auditSamples from './samples/audit.ts';
import * as fraudSamples from './samples/fraud.ts';
import * as backtestSamples from './samples/backtests.ts';
import * as bureauDeskSamples from './samples/bureau-desk.ts';
import * as deskSamples from './samples/desk.ts';
import * as deskSweepSamples from './samples/desk-sweep.ts';
import * as caseSamples from './samples/case.ts';
import * as evidenceSamples from './samples/evidence.ts';
import * as signingSamples from './samples/signing.ts';
import * as evidenceBundleSamples from './samples/evidence-bundles.ts';
import * as experimentSamples from './samples/experiments.ts';
import * as keySamples from './samples/keys.ts';
import * as collectionSamples from './samples/collections.ts';
import * as ledgerSamples from './samples/ledger.ts';
import * as moneySamples from './samples/money.ts';
import * as servicingSamples from './samples/servicing.ts';
import * as operationSamples from './samples/operations.ts';
import * as paperSamples from './samples/papers.ts';
import * as readSamples from './samples/reads.ts';
import * as reconciliationSamples from './samples/reconciliation.ts';
import * as recordingSamples from './samples/recordings.ts';
import * as recordSamples from './samples/record.ts';
import * as rightsSamples from './samples/rights.ts';
import * as ruleSamples from './samples/rules.ts';
import * as signInSamples from './samples/sign-in.ts';

export interface Entry {
  /** From db/queries, without extension. */
  readonly file: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly samples: Samples;
}

export const CATALOGUE: readonly Entry[] = [
  { file: 'admission', exports: admission, samples: applySamples.ADMISSION },
  { file: 'prefill', exports: prefill, samples: paperSamples.PREFILL },
  { file: 'apply', exports: apply, samples: applySamples.APPLY },
  { file: 'audit', exports: audit, samples: auditSamples.AUDIT },
  { file: 'audit-chain', exports: auditChain, samples: auditSamples.CHAIN },
  { file: 'audit-seals', exports: auditSeals, samples: auditSamples.SEALS },
  { file: 'backtests', exports: backtests, samples: backtestSamples.BACKTESTS },
  { file: 'bulk-retries', exports: bulkRetries, samples: operationSamples.BULK_RETRIES },
  { file: 'bureau', exports: bureau, samples: evidenceSamples.BUREAU },
  { file: 'bureau-desk', exports: bureauDesk, samples: bureauDeskSamples.BUREAU_DESK },
  { file: 'conditions', exports: conditions, samples: deskSamples.CONDITIONS },
  { file: 'conflicts', exports: conflicts, samples: deskSamples.CONFLICTS },
  { file: 'contract', exports: contract, samples: paperSamples.CONTRACT },
  { file: 'disclosures', exports: disclosures, samples: paperSamples.DISCLOSURES },
  { file: 'issued-papers', exports: issuedPapers, samples: paperSamples.ISSUED_PAPERS },
  { file: 'corrections', exports: corrections, samples: operationSamples.CORRECTIONS },
  { file: 'decide', exports: decide, samples: evidenceSamples.DECIDE },
  { file: 'decision-reviews', exports: decisionReviews, samples: ruleSamples.DECISION_REVIEWS },
  { file: 'desk', exports: desk, samples: deskSamples.DESK },
  { file: 'desk-people', exports: deskPeople, samples: deskSamples.DESK_PEOPLE },
  { file: 'desk-sweep', exports: deskSweep, samples: deskSweepSamples.DESK_SWEEP },
  { file: 'desk-tasks', exports: deskTasks, samples: operationSamples.DESK_TASKS },
  { file: 'disburse', exports: disburse, samples: moneySamples.DISBURSE },
  { file: 'co-signers', exports: coSigners, samples: signingSamples.CO_SIGNERS },
  { file: 'signing', exports: signing, samples: signingSamples.SIGNING },
  { file: 'evidence', exports: evidence, samples: evidenceBundleSamples.EVIDENCE_BUNDLES },
  {
    file: 'evidence-standing',
    exports: evidenceStanding,
    samples: evidenceSamples.EVIDENCE_STANDING,
  },
  { file: 'experiment-arms', exports: experimentArms, samples: experimentSamples.EXPERIMENT_ARMS },
  { file: 'experiments', exports: experiments, samples: experimentSamples.EXPERIMENTS },
  { file: 'fraud', exports: fraud, samples: evidenceSamples.FRAUD },
  { file: 'fraud-graph', exports: fraudGraph, samples: fraudSamples.GRAPH },
  { file: 'book-close', exports: bookClose, samples: collectionSamples.BOOK_CLOSE },
  { file: 'contacts', exports: contacts, samples: collectionSamples.CONTACTS },
  { file: 'loan-acts', exports: loanActs, samples: collectionSamples.LOAN_ACTS },
  { file: 'reads/metrics', exports: readMetrics, samples: collectionSamples.METRICS },
  { file: 'ledger', exports: ledger, samples: ledgerSamples.LEDGER },
  { file: 'ledger-periods', exports: ledgerPeriods, samples: ledgerSamples.PERIODS },
  { file: 'ledger-watch', exports: ledgerWatch, samples: ledgerSamples.WATCH },
  { file: 'reads/ledger', exports: readLedger, samples: ledgerSamples.READS },
  { file: 'list-lookups', exports: listLookups, samples: fraudSamples.LOOKUPS },
  { file: 'lists', exports: lists, samples: fraudSamples.LISTS },
  { file: 'networks', exports: networks, samples: fraudSamples.NETWORKS },
  { file: 'idempotency', exports: idempotency, samples: recordSamples.IDEMPOTENCY },
  { file: 'journey', exports: journey, samples: recordSamples.JOURNEY },
  { file: 'keys', exports: keys, samples: keySamples.KEYS },
  { file: 'monitoring', exports: monitoring, samples: experimentSamples.MONITORING },
  { file: 'objections', exports: objections, samples: bureauDeskSamples.OBJECTIONS },
  { file: 'payout-returns', exports: payoutReturns, samples: reconciliationSamples.RETURNS },
  { file: 'tranches', exports: tranches, samples: moneySamples.TRANCHES },
  { file: 'unmatched', exports: unmatched, samples: reconciliationSamples.UNMATCHED },
  { file: 'entrusted', exports: entrusted, samples: reconciliationSamples.ENTRUSTED },
  { file: 'preflight', exports: preflight, samples: reconciliationSamples.PREFLIGHT },
  {
    file: 'reconciliation',
    exports: reconciliation,
    samples: reconciliationSamples.RECONCILIATION,
  },
  { file: 'offer', exports: offer, samples: paperSamples.OFFER },
  { file: 'operations', exports: operations, samples: recordSamples.OPERATIONS },
  { file: 'outbox', exports: outbox, samples: recordSamples.OUTBOX },
  { file: 'outside-requests', exports: outsideRequests, samples: recordSamples.OUTSIDE_REQUESTS },
  { file: 'reads/applications', exports: readApplications, samples: readSamples.APPLICATIONS },
  { file: 'reads/case', exports: readCase, samples: caseSamples.CASE },
  { file: 'reads/comparison', exports: readComparison, samples: caseSamples.COMPARISON },
  { file: 'reads/conditions', exports: readConditions, samples: caseSamples.CONDITIONS },
  { file: 'reads/money', exports: readMoney, samples: readSamples.MONEY },
  { file: 'reads/papers', exports: readPapers, samples: readSamples.PAPERS },
  { file: 'recordings', exports: recordings, samples: recordingSamples.RECORDINGS },
  {
    file: 'recording-evidence',
    exports: recordingEvidence,
    samples: recordingSamples.RECORDING_EVIDENCE,
  },
  { file: 'reads/queue', exports: readQueue, samples: caseSamples.QUEUE },
  { file: 'reads/reviews', exports: readReviews, samples: readSamples.REVIEWS },
  { file: 'reviews', exports: reviews, samples: evidenceSamples.REVIEWS },
  { file: 'retention', exports: retention, samples: rightsSamples.RETENTION },
  { file: 'rights', exports: rights, samples: rightsSamples.RIGHTS },
  { file: 'rule-life', exports: ruleLife, samples: ruleSamples.RULE_LIFE },
  { file: 'rule-switches', exports: ruleSwitches, samples: ruleSamples.RULE_SWITCHES },
  { file: 'rulebooks', exports: rulebooks, samples: recordSamples.RULEBOOKS },
  { file: 'sealed-rows', exports: sealedRows, samples: keySamples.SEALED_ROWS },
  { file: 'score', exports: score, samples: evidenceSamples.SCORE },
  { file: 'service', exports: service, samples: moneySamples.SERVICE },
  { file: 'late-money', exports: lateMoney, samples: servicingSamples.LATE_MONEY },
  { file: 'servicing', exports: servicing, samples: servicingSamples.SERVICING },
  { file: 'servicing-acts', exports: servicingActs, samples: servicingSamples.SERVICING_ACTS },
  { file: 'bank-orders', exports: bankOrders, samples: servicingSamples.BANK_ORDERS },
  { file: 'sign', exports: sign, samples: paperSamples.SIGN },
  { file: 'unmask', exports: unmask, samples: readSamples.UNMASK },
  { file: 'sign-in', exports: signIn, samples: signInSamples.SIGN_IN },
  { file: 'signing-clients', exports: signingClients, samples: signInSamples.SIGNING_CLIENTS },
  { file: 'verifications', exports: verifications, samples: applySamples.VERIFICATIONS },
  { file: 'verify', exports: verify, samples: applySamples.VERIFY },
];
