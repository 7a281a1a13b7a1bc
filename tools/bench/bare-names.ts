/** Queues and deployment of the bare workflow, beside those of the loans. */

export const BARE_DEPLOYMENT = 'xindai-bench-bare';
export const BARE_LOAN_QUEUE = 'bare-loan';
/** The queues a straight approval asks. */
export const BARE_QUEUES = [
  'bare-bureau',
  'bare-identity',
  'bare-paper',
  'bare-signing',
  'bare-bank',
] as const;
