/** Privileges on class, write-offs, contacts and metrics: the desk adds its contacts, people write their own name, figures are read. */
import type { Database } from '../schema/index.ts';
import {
  each,
  EVERY_ROW,
  READ,
  READ_ADD,
  SUBJECT,
  type TableAccess,
  within,
  WRITE,
  WRITE_DELETE,
} from './grants.ts';

const STAFF = ['risk', 'finance', 'operations', 'oversight'] as const;
const OF_LOAN = within('loans', 'loan_id');
/** Figures that name no person; whoever reads them sees every loan's, so that sums are sums. */
const FIGURES = { every: EVERY_ROW };

export const COLLECTIONS_TABLES = {
  loan_standings: { rows: { every: OF_LOAN }, areas: { ...each(STAFF, READ), worker: WRITE } },
  loan_acts: {
    rows: { every: OF_LOAN },
    adds: `(decided_by = ${SUBJECT} or (decided_by is null and proposed_by = ${SUBJECT}))`,
    areas: {
      ...each(['risk', 'finance'], {
        select: 'all',
        insert: ['id', 'loan_id', 'kind', 'event', 'to_tier', 'reason', 'proposed_by', 'state'],
        update: ['state', 'decided_by', 'decided_at'],
      }),
      ...each(['operations', 'oversight'], READ),
      worker: WRITE,
    },
  },
  loan_class_changes: {
    rows: { every: OF_LOAN },
    areas: { ...each(STAFF, READ), worker: READ_ADD },
  },
  contact_attempts: {
    rows: { every: OF_LOAN },
    adds: `begun_by = ${SUBJECT}`,
    areas: { risk: READ_ADD, ...each(['operations', 'oversight'], READ), worker: READ },
  },
  contact_outcomes: {
    rows: { every: within('contact_attempts', 'attempt_id') },
    adds: `told_by = ${SUBJECT}`,
    areas: { risk: READ_ADD, ...each(['operations', 'oversight'], READ), worker: READ },
  },
  contact_stops: {
    rows: { every: OF_LOAN },
    adds: `(lifted_by = ${SUBJECT} or (lifted_by is null and stopped_by = ${SUBJECT}))`,
    areas: {
      risk: {
        select: 'all',
        insert: ['id', 'loan_id', 'cause', 'reason', 'stopped_by'],
        update: ['lifted_by', 'lifted_reason', 'lifted_at'],
      },
      ...each(['operations', 'oversight'], READ),
      worker: READ,
    },
  },
  contact_history: { view: true, rows: FIGURES, areas: each(['risk', 'oversight'], READ) },
  contact_stops_open: {
    view: true,
    rows: FIGURES,
    areas: each(['risk', 'oversight', 'worker'], READ),
  },
  book_closes: { rows: FIGURES, areas: { ...each(STAFF, READ), worker: WRITE } },
  loan_month_ends: { rows: FIGURES, areas: { ...each(STAFF, READ), worker: WRITE_DELETE } },
  loan_days: { view: true, rows: FIGURES, areas: { ...each(STAFF, READ), worker: READ } },
  ledger_days: { view: true, rows: FIGURES, areas: { ...each(STAFF, READ), worker: READ } },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
