/** Every workflow of the house: the root of the workflow bundle. */
export { auditSeal } from './audit-seal.ts';
export { backtest } from './backtest.ts';
export { bureauObjection } from './bureau-objection.ts';
export { bureauQuery } from './bureau-query.ts';
export { bureauWeek } from './bureau-week.ts';
export { decisionReview } from './decision-review.ts';
export { dualRecording } from './dual-recording.ts';
export { evidenceBundle } from './evidence-bundle.ts';
export { draftSweep } from './draft-sweep.ts';
export { experimentWatch } from './experiment-watch.ts';
export { keyErasure } from './key-erasure.ts';
export { keyRotation } from './key-rotation.ts';
export { loanOrigination } from './loan-origination.ts';
export { loanServicing } from './loan-servicing.ts';
export { personRights } from './person-rights.ts';
export { readPaper } from './read-paper.ts';
export { retention } from './retention.ts';
