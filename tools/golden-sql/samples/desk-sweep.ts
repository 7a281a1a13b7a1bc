/** Sample calls of the queries of the desk's sweep. */
import * as deskSweep from '../../../db/queries/desk-sweep.ts';
import type { Samples } from '../recorder.ts';
import { AT, ID } from './values.ts';

export const DESK_SWEEP: Samples = {
  lapseClaims: ({ tx }) => deskSweep.lapseClaims(tx, { now: AT, idleBefore: AT, most: 500 }),
  lockOpenReviews: ({ tx }) => deskSweep.lockOpenReviews(tx, 500),
  readOpenTasks: ({ tx }) => deskSweep.readOpenTasks(tx, [{ application_id: ID, round: 1 }], 500),
  giveTasks: ({ tx }) =>
    deskSweep.giveTasks(tx, [{ taskId: ID, subject: 's', role: 'reviewer' }], AT),
};
