/** Sample calls of the queries of the bureau, fraud, score and decide chapters, and of their reviews. */
import * as bureau from '../../../db/queries/bureau.ts';
import * as decide from '../../../db/queries/decide.ts';
import * as standing from '../../../db/queries/evidence-standing.ts';
import * as fraud from '../../../db/queries/fraud.ts';
import * as reviews from '../../../db/queries/reviews.ts';
import * as score from '../../../db/queries/score.ts';
import { VARIABLE_CATALOGUE, type Variables } from '../../../domain/variable-catalogue.ts';
import type { Samples } from '../recorder.ts';
import { AMOUNT, AT, BYTES, ID, PINNED } from './values.ts';

export const BUREAU: Samples = {
  reusableReport: ({ tx }) =>
    bureau.reusableReport(tx, { applicantId: ID, bureau: 'PBOC', purpose: '02' }),
  storeReport: ({ tx }) =>
    bureau.storeReport(tx, {
      id: ID,
      applicantId: ID,
      authorisationId: ID,
      bureau: 'PBOC',
      purpose: '02',
      requestNo: 'r',
      outcome: 'REPORT',
      sealedReport: BYTES,
      reportSm3: 'h',
      validUntil: AT,
    }),
  useReport: ({ tx }) =>
    bureau.useReport(tx, { applicationId: ID, round: 1, bureau: 'PBOC', reportId: ID }),
  noteGap: ({ tx }) =>
    bureau.noteGap(tx, { applicationId: ID, round: 1, bureau: 'PBOC', gap: 'UNAVAILABLE' }),
  readBureauEvidence: ({ tx }) => bureau.readBureauEvidence(tx, ID),
  recordScreening: ({ tx }) =>
    bureau.recordScreening(tx, {
      applicationId: ID,
      round: 1,
      sanctionsHit: false,
      courtOpenCases: 0,
      detail: {},
    }),
  readScreening: ({ tx }) => bureau.readScreening(tx, ID),
};

export const EVIDENCE_STANDING: Samples = {
  readEvidenceStanding: ({ tx }) => standing.readEvidenceStanding(tx, ID, ['r']),
};

export const DECIDE: Samples = {
  recordDecision: ({ tx }) =>
    decide.recordDecision(tx, {
      applicationId: ID,
      round: 1,
      evidenceVersion: 1,
      outcome: 'APPROVE',
      reasons: [],
      gaps: [],
      grade: 'A',
      amountFen: AMOUNT,
      annualRate: '12',
      approvals: [],
      trace: {},
      versions: PINNED,
      record: { sealed: BYTES, recordSm3: 'h', inputSm3: 'h' },
    }),
  readDecision: ({ tx }) => decide.readDecision(tx, ID, 1),
  readReferralCounts: ({ tx }) => decide.readReferralCounts(tx, ID, 1),
  readKnockouts: ({ tx }) => decide.readKnockouts(tx, ID, 1),
  readDecisionRecord: ({ tx, cipher }) => decide.readDecisionRecord(tx, cipher, ID, 1),
};

export const FRAUD: Samples = {
  countShared: ({ tx }) => fraud.countShared(tx, ID),
  contactInDefault: ({ tx }) => fraud.contactInDefault(tx, [BYTES, BYTES]),
  recordAssessment: ({ tx }) =>
    fraud.recordAssessment(tx, {
      applicationId: ID,
      round: 1,
      evidenceVersion: 1,
      level: 'LOW',
      points: 0,
      signals: [],
    }),
  readAssessment: ({ tx }) => fraud.readAssessment(tx, ID),
};

// Every variable may be missing, so null by name is a whole set of them.
const NO_VARIABLES = Object.fromEntries(
  Object.keys(VARIABLE_CATALOGUE).map((name) => [name, null]),
) as Variables;

export const SCORE: Samples = {
  recordScore: ({ tx, cipher }) =>
    score.recordScore(tx, cipher, {
      applicationId: ID,
      round: 1,
      evidenceVersion: 1,
      scorecardCode: 's',
      scorecardVersion: 1,
      total: 600,
      grade: 'A',
      complete: true,
      contributions: [],
      variables: NO_VARIABLES,
      variablesSm3: 'h',
    }),
  readScoredVariables: ({ tx, cipher }) => score.readScoredVariables(tx, cipher, ID, 1),
};

export const REVIEWS: Samples = {
  readSeatOfTask: ({ tx }) => reviews.readSeatOfTask(tx, ID, ID),
  cancelOpenReviews: ({ tx }) => reviews.cancelOpenReviews(tx, ID),
  recordAction: ({ tx }) =>
    reviews.recordAction(tx, {
      taskId: ID,
      applicationId: ID,
      round: 1,
      actor: 's',
      role: 'reviewer',
      action: 'APPROVE',
      reasons: [],
      sealedComment: null,
      amountFen: AMOUNT,
      evidenceVersion: 1,
      cause: 'c',
    }),
  isRecorded: ({ tx }) => reviews.isRecorded(tx, 'c'),
  readApprovals: ({ tx }) => reviews.readApprovals(tx, ID, 1),
  openInformationRequest: ({ tx }) =>
    reviews.openInformationRequest(tx, {
      id: ID,
      applicationId: ID,
      taskId: ID,
      sealedItems: BYTES,
      requestedBy: 's',
    }),
  answerInformationRequest: ({ tx }) => reviews.answerInformationRequest(tx, ID, ID, BYTES, AT),
  renewTaskEvidence: ({ tx }) => reviews.renewTaskEvidence(tx, ID, 2),
  markReminder: ({ tx }) => reviews.markReminder(tx, ID, true, AT),
};
