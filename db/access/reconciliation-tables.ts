/** Privileges on the tables of the reconciliation: finance looks and closes cases in two, the worker reconciles. */
import type { Database } from '../schema/index.ts';
import {
  columns,
  each,
  EVERY_ROW,
  READ,
  READ_ADD,
  SUBJECT,
  type TableAccess,
  WRITE,
} from './grants.ts';

export const RECONCILIATION_TABLES = {
  bank_statements: {
    rows: { every: EVERY_ROW },
    areas: {
      // The file names accounts of people: only the worker opens it.
      ...each(
        ['finance', 'oversight'],
        columns('id', 'day', 'sm3', 'line_count', 'in_fen', 'out_fen', 'final', 'fetched_at'),
      ),
      // A rotation of keys seals the file anew; nothing else of a statement ever changes.
      worker: { select: 'all', insert: 'all', update: ['sealed_lines'] },
    },
  },
  bank_statement_lines: {
    rows: { every: EVERY_ROW },
    areas: { ...each(['finance', 'oversight'], READ), worker: WRITE },
  },
  reconciliation_runs: {
    rows: { every: EVERY_ROW },
    areas: { ...each(['finance', 'oversight'], READ), worker: READ_ADD },
  },
  reconciliation_cases: {
    rows: { every: EVERY_ROW },
    // Who proposes and who approves writes their own name and no other.
    adds: `(proposed_by = ${SUBJECT} or approved_by = ${SUBJECT})`,
    areas: {
      finance: {
        select: 'all',
        update: [
          'owner',
          'state',
          'action',
          'reason',
          'proposed_by',
          'proposed_at',
          'approved_by',
          'approved_at',
          'resolved_at',
        ],
      },
      oversight: READ,
      worker: WRITE,
    },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
