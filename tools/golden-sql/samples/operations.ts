/** Sample calls of the queries of the operations desk. */
import * as bulk from '../../../db/queries/bulk-retries.ts';
import * as corrections from '../../../db/queries/corrections.ts';
import * as deskTasks from '../../../db/queries/desk-tasks.ts';
import type { Samples } from '../recorder.ts';
import { AMOUNT, AT, BYTES, ID, OTHER_ID } from './values.ts';

const FILTER = { step: 's', failureCode: 'f', stage: 'SIGN', productCode: 'P' };
const PEOPLE = { id: ID, proposedBy: 'a', approvedBy: 'b', reason: 'R' };

export const BULK_RETRIES: Samples = {
  listFailures: ({ tx }) => bulk.listFailures(tx, FILTER, 200),
  casesToRetry: ({ tx }) => bulk.casesToRetry(tx, FILTER, 'a', 200),
  proposeBulkRetry: ({ tx }) =>
    bulk.proposeBulkRetry(tx, { id: ID, filter: FILTER, cap: 200, reason: 'R', by: 'a' }),
  decideBulkRetry: ({ tx }) => bulk.decideBulkRetry(tx, ID, 'b', 'RUNNING'),
  lockBulkRetry: ({ tx }) => bulk.lockBulkRetry(tx, ID),
  countBulkRetry: ({ tx }) => bulk.countBulkRetry(tx, ID),
  readBulkRetry: ({ tx }) => bulk.readBulkRetry(tx, ID),
  listBulkRetries: ({ tx }) => bulk.listBulkRetries(tx, 50),
  sendCase: ({ tx }) => bulk.sendCase(tx, PEOPLE, 1),
  endBulkRetry: ({ tx }) => bulk.endBulkRetry(tx, ID, 'DONE'),
  readCaseAction: ({ tx }) => bulk.readCaseAction(tx, ID, OTHER_ID),
};

export const CORRECTIONS: Samples = {
  proposeCorrection: ({ tx }) =>
    corrections.proposeCorrection(tx, {
      id: ID,
      of: { caseId: ID },
      applicationId: ID,
      field: 'identity.mobile',
      sealedValue: BYTES,
      reason: 'R',
      by: 'a',
    }),
  listCorrections: ({ tx }) => corrections.listCorrections(tx, ID),
  listAmendments: ({ tx }) => corrections.listAmendments(tx, ID),
  lockAmendments: ({ tx }) => corrections.lockAmendments(tx, ID),
  dropAmendments: ({ tx }) => corrections.dropAmendments(tx, ID),
  lockCorrections: ({ tx }) => corrections.lockCorrections(tx, ID),
  markApplied: ({ tx }) => corrections.markApplied(tx, [ID], 'b'),
  dropCorrections: ({ tx }) => corrections.dropCorrections(tx, ID),
};

const TASK = {
  id: ID,
  kind: 'COLLECTION',
  subjectId: ID,
  applicationId: ID,
  round: 1,
  roles: ['reviewer'],
  state: 'CLAIMED',
  assignee: 'a',
  activeAt: AT,
  evidenceVersion: 1,
} as const;

export const DESK_TASKS: Samples = {
  openCollection: ({ tx }) =>
    deskTasks.openCollection(tx, {
      loanId: ID,
      applicationId: ID,
      roles: ['reviewer'],
      slaDueAt: AT,
    }),
  closeCollection: ({ tx }) => deskTasks.closeCollection(tx, ID, AT),
  lockDeskTask: ({ tx }) => deskTasks.lockDeskTask(tx, ID),
  lockTaskAbout: ({ tx }) => deskTasks.lockTaskAbout(tx, 'OBJECTION', ID),
  readTaskBar: ({ tx }) => deskTasks.readTaskBar(tx, ID, 'a'),
  closeDeskTask: ({ tx }) => deskTasks.closeDeskTask(tx, ID, AT),
  freeOverdueTask: ({ tx }) => deskTasks.freeOverdueTask(tx, 'OBJECTION', ID, AT),
  holdDeskTask: ({ tx }) =>
    deskTasks.holdDeskTask(tx, ID, { assignee: 'a', activeAt: AT, taken: true }),
  recordDeskAct: ({ tx }) =>
    deskTasks.recordDeskAct(
      tx,
      { ...TASK, roles: [...TASK.roles] },
      {
        action: 'PROMISE',
        actor: 'a',
        role: 'reviewer',
        reasons: ['PAY_BY_20260131'],
        amountFen: AMOUNT,
        cause: 'c',
      },
    ),
};
