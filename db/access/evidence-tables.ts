/** Privileges on evidence bundles: owners ask for their own, oversight for any, the worker builds. */
import type { Database } from '../schema/index.ts';
import { OF_APPLICATION, READ, READ_ADD, type TableAccess, within, WRITE } from './grants.ts';

export const EVIDENCE_TABLES = {
  revocation_lists: {
    rows: { every: within('contracts', 'contract_id') },
    areas: { oversight: READ, worker: READ_ADD },
  },
  evidence_bundles: {
    // A bundle for staff holds what a decision looked at, which is not shown to the person.
    rows: { every: `audience = 'APPLICANT' and ${OF_APPLICATION}` },
    areas: { apply: READ_ADD, oversight: READ_ADD, worker: WRITE },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
