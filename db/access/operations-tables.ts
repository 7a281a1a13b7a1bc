/** Privileges on the tables of the operations desk: operations propose and approve, the worker carries out. */
import type { Database } from '../schema/index.ts';
import {
  each,
  EVERY_ROW,
  OF_APPLICATION,
  READ,
  READ_ADD,
  SUBJECT,
  type TableAccess,
  WRITE,
} from './grants.ts';

export const OPERATIONS_TABLES = {
  bulk_retries: {
    rows: { every: EVERY_ROW },
    // Who proposes and who approves writes their own name and no other.
    adds: `(proposed_by = ${SUBJECT} or decided_by = ${SUBJECT})`,
    areas: {
      operations: { select: 'all', insert: 'all', update: ['state', 'decided_by', 'decided_at'] },
      oversight: READ,
      worker: WRITE,
    },
  },
  bulk_retry_cases: {
    rows: { every: EVERY_ROW },
    areas: { operations: READ_ADD, oversight: READ, worker: WRITE },
  },
  case_corrections: {
    rows: { every: OF_APPLICATION },
    adds: `proposed_by = ${SUBJECT}`,
    areas: {
      ...each(['apply', 'operations'], READ_ADD),
      // Whoever agrees to a correction sees what it says.
      ...each(['risk', 'oversight'], READ),
      worker: WRITE,
    },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
