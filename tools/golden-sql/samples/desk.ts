/** Sample calls of the queries of the review desk: reviews, its people, conditions, and approvals taken back. */
import * as conditions from '../../../db/queries/conditions.ts';
import * as conflicts from '../../../db/queries/conflicts.ts';
import * as desk from '../../../db/queries/desk.ts';
import * as people from '../../../db/queries/desk-people.ts';
import { openReview, type Review } from '../../../domain/desk-review.ts';
import type { Samples } from '../recorder.ts';
import { AMOUNT, AT, BYTES, ID } from './values.ts';

const STAGES = [{ name: 's', roles: ['reviewer'], seats: 1, quorum: 1 }] as const;
const BASIS: desk.ReviewBasis = {
  applicationId: ID,
  round: 1,
  matrixCode: 'M',
  matrixVersion: 1,
  matrixRow: 'R',
  stages: STAGES,
  why: [],
  exposureFen: AMOUNT,
  exceptions: 0,
};
const REVIEW = openReview(STAGES, 1, AMOUNT, AMOUNT);
const CLOCK = { at: AT, slaDueAt: AT };
const STORED: desk.StoredReview = {
  ...BASIS,
  openedAt: AT,
  review: REVIEW,
  tasks: new Map([['1/1', ID]]),
};
const ROW = { application_id: ID, round: 1, stages: STAGES, why: [], opened_at: AT };

/** A review in which the first seat has been taken, a second stage opened, and a question asked. */
const AFTER: Review = {
  ...REVIEW,
  waiting: true,
  seats: [
    { stage: 1, seat: 1, state: 'CLAIMED', assignee: 's', activeAt: AT.getTime() },
    { stage: 2, seat: 1, state: 'OPEN', assignee: null, activeAt: null },
  ],
};

export const DESK: Samples = {
  insertReview: ({ tx }) => desk.insertReview(tx, BASIS, REVIEW, CLOCK),
  lockReview: ({ tx, answer }) => {
    answer(ROW);
    return desk.lockReview(tx, ID, 1);
  },
  readReview: ({ tx }) => desk.readReview(tx, ID, 1),
  saveReview: ({ tx }) => desk.saveReview(tx, STORED, AFTER, CLOCK),
  'saveReview (an end)': ({ tx }) =>
    desk.saveReview(tx, STORED, { ...REVIEW, end: 'CANCELLED' }, CLOCK),
  readExposure: ({ tx, answer }) => {
    answer({ exposure: 0 });
    return desk.readExposure(tx, ID);
  },
  readChangesSince: ({ tx }) => desk.readChangesSince(tx, ID, 1),
};

const DECISION = { id: ID, by: 's', state: 'APPROVED' } as const;

export const DESK_PEOPLE: Samples = {
  readDeskPerson: ({ tx }) => people.readDeskPerson(tx, 's'),
  readLentAuthority: ({ tx }) => people.readLentAuthority(tx, { from: 'a', to: 'b', at: AT }),
  readConflicts: ({ tx }) => people.readConflicts(tx, ID, ['s']),
  lockRoster: ({ tx }) => people.lockRoster(tx, AT),
  markGiven: ({ tx }) => people.markGiven(tx, 's', AT),
  keepDeskPerson: ({ tx }) =>
    people.keepDeskPerson(tx, { subject: 's', roles: ['reviewer'], onDesk: true }),
  setAway: ({ tx }) => people.setAway(tx, 's', { from: AT, until: AT }),
  listDeskPeople: ({ tx }) => people.listDeskPeople(tx),
  proposeAuthorityChange: ({ tx }) =>
    people.proposeAuthorityChange(tx, {
      id: ID,
      subject: 's',
      limitFen: AMOUNT,
      capacity: 1,
      reason: 'R',
      proposedBy: 'p',
    }),
  decideAuthorityChange: ({ tx, answer }) => {
    answer({ subject: 's', limit_fen: AMOUNT, capacity: 1, proposed_by: 'a' });
    return people.decideAuthorityChange(tx, DECISION);
  },
  listAuthorityChanges: ({ tx }) => people.listAuthorityChanges(tx, null, 10),
  'listAuthorityChanges (one person)': ({ tx }) => people.listAuthorityChanges(tx, 's', 10),
  proposeDelegation: ({ tx }) =>
    people.proposeDelegation(tx, {
      id: ID,
      from: 'a',
      to: 'b',
      role: 'reviewer',
      limitFen: AMOUNT,
      startsAt: AT,
      endsAt: AT,
      reason: 'R',
      proposedBy: 'p',
    }),
  decideDelegation: ({ tx, answer }) => {
    answer({ from_subject: 'a', to_subject: 'b', proposed_by: 'c' });
    return people.decideDelegation(tx, DECISION);
  },
  endDelegation: ({ tx }) => people.endDelegation(tx, ID, AT),
  listDelegations: ({ tx }) => people.listDelegations(tx, AT, 10),
};

export const CONFLICTS: Samples = {
  declareConflict: ({ tx }) =>
    conflicts.declareConflict(tx, {
      id: ID,
      subject: 's',
      identityIndex: BYTES,
      relation: 'RELATIVE',
    }),
  listConflicts: ({ tx }) => conflicts.listConflicts(tx, 's'),
  proposeConflictEnd: ({ tx, answer }) => {
    answer({ subject: 's' });
    return conflicts.proposeConflictEnd(tx, { id: ID, conflictId: ID, reason: 'R', by: 's' });
  },
  decideConflictEnd: ({ tx, answer }) => {
    answer({ conflict_id: ID, subject: 's', proposed_by: 's' });
    return conflicts.decideConflictEnd(tx, DECISION);
  },
  listConflictEnds: ({ tx }) => conflicts.listConflictEnds(tx, 10),
};

const CONDITION = {
  id: ID,
  kind: 'INCOME_PROOF',
  gate: 'OFFER',
  state: 'CLEARED',
  issuedBy: 's',
  proposedBy: null,
} as const;

export const CONDITIONS: Samples = {
  issueCondition: ({ tx }) =>
    conditions.issueCondition(tx, {
      id: ID,
      applicationId: ID,
      round: 1,
      kind: 'INCOME_PROOF',
      gate: 'OFFER',
      issuedBy: 's',
    }),
  readConditions: ({ tx }) => conditions.readConditions(tx, ID, 1),
  lockCondition: ({ tx }) => conditions.lockCondition(tx, ID, 1, ID),
  saveCondition: ({ tx }) =>
    conditions.saveCondition(tx, CONDITION, { closedBy: 's', reason: 'R', at: AT }),
  'saveCondition (an answer)': ({ tx }) =>
    conditions.saveCondition(tx, CONDITION, { closedBy: null, sealedAnswer: BYTES, at: AT }),
  proposeUndo: ({ tx }) =>
    conditions.proposeUndo(tx, {
      id: ID,
      applicationId: ID,
      round: 1,
      stage: 'OFFER',
      reason: 'R',
      proposedBy: 's',
    }),
  lockOpenUndo: ({ tx }) => conditions.lockOpenUndo(tx, ID),
  readUndos: ({ tx }) => conditions.readUndos(tx, ID),
  decideUndo: ({ tx }) => conditions.decideUndo(tx, { id: ID, state: 'APPROVED', by: 's', at: AT }),
  readApprovedPapers: ({ tx, answer }) => {
    answer({ offers: [], contracts: [], payouts: [] });
    return conditions.readApprovedPapers(tx, ID);
  },
  beginReferredRound: ({ tx, answer }) => {
    answer({ round: 2 });
    return conditions.beginReferredRound(tx, ID, 'REFER_UNDONE');
  },
  'beginReferredRound (weighed again)': ({ tx, answer }) => {
    answer({ round: 2 });
    return conditions.beginReferredRound(tx, ID, null);
  },
  settleReferral: ({ tx }) => conditions.settleReferral(tx, ID),
};
