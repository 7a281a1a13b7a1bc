/** Workflow ids of the two workflows of a loan, and the task queues they speak to. */

/** The origination of one application. */
export const loanWorkflowId = (applicationId: string): string => `loan/${applicationId}`;
/** The servicing of one paid-out loan. */
export const servicingWorkflowId = (loanId: string): string => `servicing/${loanId}`;

/** The later payouts of an application whose contract is paid out in parts. */
export const drawdownsWorkflowId = (applicationId: string): string => `drawdowns/${applicationId}`;
/** Whoever pays a part of a contract for the first time: the origination pays the first. @param tranche from 1 */
export const payoutStoryId = (applicationId: string, tranche = 1): string =>
  tranche === 1 ? loanWorkflowId(applicationId) : drawdownsWorkflowId(applicationId);

/** The return of a part of an application's money, and what people decide on it. @param tranche from 1 */
export const payoutReturnWorkflowId = (applicationId: string, tranche = 1): string =>
  tranche === 1 ? `payout-return/${applicationId}` : `payout-return/${applicationId}/${tranche}`;
/** The reconciliation of one day that somebody asked for, by the key of the request. */
export const reconciliationWorkflowId = (day: string, key: string): string =>
  `reconciliation/${day}/${key}`;

/** The rotation to one key-encryption key, or of data keys under a name of the caller's: each runs once. */
export const keyRotationWorkflowId = (kind: 'WRAPPING' | 'DATA', name: string): string =>
  `key-rotation/${kind.toLowerCase()}/${name}`;
/** The erasure of one person. */
export const keyErasureWorkflowId = (applicantId: string): string => `key-erasure/${applicantId}`;

/** The reading of one uploaded picture. */
export const paperWorkflowId = (documentId: string): string => `paper/${documentId}`;

/** One backtest. */
export const backtestWorkflowId = (backtestId: string): string => `backtest/${backtestId}`;

/** A request of a person by right. */
export const rightsWorkflowId = (requestId: string): string => `rights/${requestId}`;

/** The human review of one decision. */
export const decisionReviewWorkflowId = (reviewId: string): string => `decision-review/${reviewId}`;

/** One evidence bundle. */
export const evidenceWorkflowId = (bundleId: string): string => `evidence/${bundleId}`;

/** One paper, of a kind and of the application, loan or authorisation it is about. */
export const issuedPaperWorkflowId = (kind: string, id: string): string =>
  `issued-paper/${kind.toLowerCase().replaceAll('_', '-')}/${id}`;

/** One dual-recording session. */
export const recordingWorkflowId = (recordingId: string): string => `recording/${recordingId}`;

/** A bureau query by hand, and an objection of a person. */
export const bureauQueryWorkflowId = (requestId: string): string => `bureau-query/${requestId}`;
export const objectionWorkflowId = (objectionId: string): string => `objection/${objectionId}`;

/** A retry of many parked loans. */
export const bulkRetryWorkflowId = (bulkId: string): string => `bulk-retry/${bulkId}`;

/** One queue per outside quota, so that each can be limited and scaled by itself. */
export const QUEUES = ['loan', 'bureau', 'identity', 'paper', 'signing', 'bank', 'notice'] as const;
export type Queue = (typeof QUEUES)[number];

/** The name of a queue under a prefix; tests give each run a prefix of its own. */
export const queueName = (prefix: string, queue: Queue): string => `${prefix}${queue}`;

/** The prefix under which a workflow on the given `loan` queue runs. */
export const prefixOf = (loanQueue: string): string =>
  loanQueue.slice(0, loanQueue.length - 'loan'.length);
