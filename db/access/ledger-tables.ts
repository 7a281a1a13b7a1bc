/** Privileges on the ledger: the worker posts and looks, finance reads and closes months, oversight reads, nobody alters. */
import type { Database } from '../schema/index.ts';
import { each, EVERY_ROW, READ, READ_ADD, SUBJECT, type TableAccess, WRITE } from './grants.ts';

/** The books are one: whoever may look into them sees every journal. */
const BOOKS = { every: EVERY_ROW };
const LOOK = each(['finance', 'oversight'], READ);
const SUMS = { view: true, rows: BOOKS, areas: { ...LOOK, worker: READ } } as const;

export const LEDGER_TABLES = {
  ledger_accounts: { rows: BOOKS, areas: { ...LOOK, worker: READ } },
  ledger_journals: { rows: BOOKS, areas: { ...LOOK, worker: READ_ADD } },
  ledger_lines: { rows: BOOKS, areas: { ...LOOK, worker: READ_ADD } },
  ledger_periods: {
    rows: BOOKS,
    // Who proposes and who closes writes their own name and no other.
    adds: `(closed_by = ${SUBJECT} or (closed_by is null and proposed_by = ${SUBJECT}))`,
    areas: {
      finance: {
        select: 'all',
        insert: ['month', 'proposed_by'],
        update: ['closed_by', 'closed_at'],
      },
      oversight: READ,
      worker: READ,
    },
  },
  ledger_findings: { rows: BOOKS, areas: { ...LOOK, worker: WRITE } },
  loan_balances: SUMS,
  loan_ledger_balances: SUMS,
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
