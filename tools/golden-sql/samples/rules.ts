/** Sample calls of the queries of the life of rules, of the kill switch and of decisions looked at again. */
import * as reviews from '../../../db/queries/decision-reviews.ts';
import * as life from '../../../db/queries/rule-life.ts';
import * as switches from '../../../db/queries/rule-switches.ts';
import type { Samples } from '../recorder.ts';
import { AT, BYTES, ID } from './values.ts';

const BY: life.RuleAct = { actor: 's', role: 'r', reason: 'R' };
const KEY = { kind: 'STRATEGY', code: 'C', version: 1 } as const;
const DRAFT = { ...KEY, id: ID, proposedBy: 'p' };

export const RULE_LIFE: Samples = {
  lockRuleKind: ({ tx }) => life.lockRuleKind(tx, 'STRATEGY'),
  nextVersion: ({ tx }) => life.nextVersion(tx, 'STRATEGY', 'C'),
  createDraft: ({ tx, answer }) => {
    answer({ id: ID });
    return life.createDraft(tx, { ...KEY, id: ID, document: {}, documentSm3: 'h' }, BY);
  },
  readDraft: ({ tx }) => life.readDraft(tx, ID),
  lockDraft: ({ tx }) => life.lockDraft(tx, ID),
  listDrafts: ({ tx }) => life.listDrafts(tx, { kind: 'STRATEGY', states: ['DRAFT'] }, 10),
  editDraft: ({ tx }) => life.editDraft(tx, ID, { document: {}, documentSm3: 'h' }, BY),
  recordCheck: ({ tx }) =>
    life.recordCheck(tx, ID, { documentSm3: 'h', cases: null, backtest: 'DONE', passed: true }, BY),
  moveDraft: ({ tx }) => life.moveDraft(tx, ID, 'PROPOSE', BY),
  'approveDraft (at once)': ({ tx }) => life.approveDraft(tx, DRAFT, undefined, BY),
  'approveDraft (not by itself)': ({ tx }) => life.approveDraft(tx, DRAFT, null, BY),
  readDraftEvents: ({ tx }) => life.readDraftEvents(tx, ID),
  rollBack: ({ tx }) => life.rollBack(tx, KEY, BY),
  cancelActivation: ({ tx }) => life.cancelActivation(tx, 1, BY),
  readActivations: ({ tx }) => life.readActivations(tx, 'STRATEGY'),
  readDatabaseTime: ({ tx, answer }) => {
    answer({ now: AT });
    return life.readDatabaseTime(tx);
  },
  hasRecordedInputs: ({ tx }) => life.hasRecordedInputs(tx),
};

export const RULE_SWITCHES: Samples = {
  readSwitchActs: ({ tx }) => switches.readSwitchActs(tx, 10),
  lockSwitch: ({ tx }) => switches.lockSwitch(tx),
  turnSwitch: ({ tx }) =>
    switches.turnSwitch(tx, { act: 'ON', actor: 's', role: 'r', reason: 'R', proposedBy: null }),
  isKilled: ({ tx }) => switches.isKilled(tx),
};

export const DECISION_REVIEWS: Samples = {
  keepDecisionReview: ({ tx }) =>
    reviews.keepDecisionReview(tx, {
      id: ID,
      decisionId: ID,
      applicationId: ID,
      ownerSubject: 's',
      dueOn: '2026-01-05',
      sealedStatement: BYTES,
      requestedAt: AT,
    }),
  readReviewOfDecision: ({ tx }) => reviews.readReviewOfDecision(tx, ID),
  readDecisionReview: ({ tx }) => reviews.readDecisionReview(tx, ID),
  lockDecisionReview: ({ tx }) => reviews.lockDecisionReview(tx, ID),
  listDecisionReviews: ({ tx }) =>
    reviews.listDecisionReviews(tx, { states: ['OPEN'], assignee: 's' }, 10),
  decideDecisionReview: ({ tx }) =>
    reviews.decideDecisionReview(tx, ID, {
      outcome: 'UPHELD',
      reasons: ['R'],
      sealedComment: BYTES,
      decidedBy: 's',
      at: AT,
    }),
  markReviewClock: ({ tx }) => reviews.markReviewClock(tx, ID, 'overdue_at', AT),
  answerDecisionReview: ({ tx }) => reviews.answerDecisionReview(tx, ID, AT),
  standingReferrals: ({ tx }) => reviews.standingReferrals(tx, ID),
};
