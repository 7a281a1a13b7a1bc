/** Privileges on the tables of the bureau desk: risk asks by hand, oversight looks on and answers objections. */
import type { Database } from '../schema/index.ts';
import {
  columns,
  each,
  EVERY_ROW,
  OF_APPLICATION,
  READ,
  READ_ADD,
  SUBJECT,
  type TableAccess,
  WRITE,
} from './grants.ts';

const LOOKING_ON = ['risk', 'oversight'] as const;

export const BUREAU_TABLES = {
  bureau_queries: {
    rows: { every: OF_APPLICATION, risk: EVERY_ROW },
    areas: { ...each(LOOKING_ON, READ), worker: READ_ADD },
  },
  bureau_query_requests: {
    rows: { every: EVERY_ROW },
    // Who proposes and who approves writes their own name and no other.
    adds: `(proposed_by = ${SUBJECT} or approved_by = ${SUBJECT})`,
    areas: {
      risk: {
        select: 'all',
        insert: 'all',
        update: ['state', 'approved_by', 'approved_role', 'approved_at'],
      },
      oversight: READ,
      worker: WRITE,
    },
  },
  bureau_weekly_reports: {
    rows: { every: EVERY_ROW },
    areas: { ...each(LOOKING_ON, READ), worker: READ_ADD },
  },
  objections: {
    rows: {
      every: OF_APPLICATION,
      apply: `owner_subject = ${SUBJECT} and ${OF_APPLICATION}`,
    },
    areas: {
      apply: READ_ADD,
      risk: columns('id', 'application_id', 'bureau', 'item', 'state', 'received_at', 'due_on'),
      oversight: {
        select: 'all',
        update: ['state', 'outcome', 'sealed_answer', 'decided_by', 'decided_at'],
      },
      worker: WRITE,
    },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
