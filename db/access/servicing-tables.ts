/** Privileges on the tables of servicing: owners see their own, finance and the other desks read, the worker writes. */
import type { Database } from '../schema/index.ts';
import {
  columns,
  each,
  EVERY_ROW,
  READ,
  READ_ADD,
  type TableAccess,
  within,
  WRITE,
} from './grants.ts';

const READERS = ['apply', 'risk', 'finance', 'operations', 'oversight'] as const;
const OF_LOAN = within('loans', 'loan_id');

/** Unmatched money without the account that it goes back to: that one the worker opens, who sends it. */
const UNMATCHED = columns(
  'notice_id',
  'loan_id',
  'cause',
  'amount_fen',
  'bank_reference',
  'state',
  'recorded_at',
  'action',
  'assigned_loan_id',
  'request_no',
  'reason',
  'proposed_by',
  'proposed_at',
  'decided_by',
  'decided_at',
  'sent_at',
  'refund_reference',
  'failure_code',
  'closed_at',
);

export const SERVICING_TABLES = {
  schedule_versions: { rows: { every: OF_LOAN }, areas: { ...each(READERS, READ), worker: WRITE } },
  schedule_lines: { rows: { every: OF_LOAN }, areas: { ...each(READERS, READ), worker: READ_ADD } },
  penalty_accruals: {
    rows: { every: OF_LOAN },
    areas: { ...each(READERS, READ), worker: READ_ADD },
  },
  penalty_recounts: {
    rows: { every: OF_LOAN },
    areas: { ...each(READERS, READ), worker: READ_ADD },
  },
  prepayments: { rows: { every: OF_LOAN }, areas: { ...each(READERS, READ), worker: WRITE } },
  reschedules: { rows: { every: OF_LOAN }, areas: { ...each(READERS, READ), worker: WRITE } },
  bank_orders: {
    rows: { every: OF_LOAN },
    areas: {
      ...each(READERS, READ),
      worker: WRITE,
      edge: columns('request_no', 'loan_id', 'kind'),
    },
  },
  unmatched_money: {
    rows: { every: OF_LOAN, finance: EVERY_ROW, operations: EVERY_ROW },
    areas: {
      ...each(['operations', 'oversight'], UNMATCHED),
      finance: {
        ...UNMATCHED,
        update: [
          'state',
          'action',
          'assigned_loan_id',
          'sealed_payee',
          'request_no',
          'reason',
          'proposed_by',
          'proposed_at',
          'decided_by',
          'decided_at',
          'sent_at',
          'failure_code',
        ],
      },
      worker: WRITE,
      edge: {
        ...columns('notice_id', 'bank_reference'),
        insert: ['notice_id', 'loan_id', 'cause', 'amount_fen', 'bank_reference'],
      },
    },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
