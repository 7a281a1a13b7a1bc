/** Sample calls of the review desk's reads: the queue, a case, and what it is compared with. */
import * as reads from '../../../db/queries/reads/case.ts';
import * as comparison from '../../../db/queries/reads/comparison.ts';
import * as conditions from '../../../db/queries/reads/conditions.ts';
import * as queue from '../../../db/queries/reads/queue.ts';
import type { Samples } from '../recorder.ts';
import { AMOUNT, AT, ID } from './values.ts';

const ANY: queue.QueueFilter = {
  applicationId: null,
  kinds: null,
  states: ['OPEN', 'CLAIMED'],
  assignee: null,
  productCode: null,
  grade: null,
  amountFrom: null,
  amountTo: null,
  dueBefore: null,
  pending: null,
};

const NARROW: queue.QueueFilter = {
  applicationId: ID,
  kinds: ['REVIEW'],
  states: ['CLAIMED'],
  assignee: { subject: 's' },
  productCode: 'P',
  grade: 'C',
  amountFrom: 1,
  amountTo: 2,
  dueBefore: AT,
  pending: 'REVIEW',
};

const FIRST = { after: null, limit: 20 } as const;

export const QUEUE: Samples = {
  'listReviewTasks (first page)': ({ tx }) =>
    queue.listReviewTasks(tx, ANY, { ...FIRST, order: { sort: 'SLA', descending: false } }),
  'listReviewTasks (of nobody, largest first)': ({ tx }) =>
    queue.listReviewTasks(
      tx,
      { ...ANY, assignee: 'nobody' },
      { ...FIRST, order: { sort: 'AMOUNT', descending: true } },
    ),
  'listReviewTasks (narrowed, next page)': ({ tx }) =>
    queue.listReviewTasks(tx, NARROW, {
      order: { sort: 'GRADE', descending: false },
      after: { key: 'C', id: ID },
      limit: 20,
    }),
  readReviewTask: ({ tx }) => queue.readReviewTask(tx, ID),
};

export const CASE: Samples = {
  readCaseEvidence: ({ tx, answer }) => {
    answer({});
    return reads.readCaseEvidence(tx, ID);
  },
  readCaseRecord: ({ tx, answer }) => {
    answer({});
    return reads.readCaseRecord(tx, { applicationId: ID, round: 1, subject: 's' });
  },
  keepLook: ({ tx }) =>
    reads.keepLook(tx, { applicationId: ID, subject: 's', evidenceVersion: 1, at: AT }),
};

export const COMPARISON: Samples = {
  readExposures: ({ tx }) => comparison.readExposures(tx, ID, 200),
  readSimilarCases: ({ tx }) =>
    comparison.readSimilarCases(tx, {
      applicationId: ID,
      productCode: 'P',
      grade: 'C',
      from: AMOUNT,
      to: AMOUNT,
      since: AT,
      most: 100,
    }),
};

export const CONDITIONS: Samples = {
  listConditions: ({ tx }) => conditions.listConditions(tx, ID),
  readConditionOwner: ({ tx }) => conditions.readConditionOwner(tx, ID),
};
