/** Privileges on the tables of persons' rights: owners ask, compliance answers, nobody rewrites the ledger of consents. */
import type { Database } from '../schema/index.ts';
import { OF_APPLICATION, READ, READ_ADD, SUBJECT, type TableAccess, WRITE } from './grants.ts';

export const RIGHTS_TABLES = {
  consent_entries: {
    rows: { every: OF_APPLICATION },
    areas: { apply: READ_ADD, oversight: READ, worker: READ_ADD },
  },
  rights_requests: {
    rows: { every: `owner_subject = ${SUBJECT} and ${OF_APPLICATION}` },
    areas: {
      apply: READ_ADD,
      oversight: {
        select: 'all',
        update: [
          'state',
          'outcome',
          'reason',
          'proposed_by',
          'approved_by',
          'answered_at',
          'sealed_answer',
        ],
      },
      worker: WRITE,
    },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
