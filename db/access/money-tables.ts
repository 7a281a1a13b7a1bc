/** Privileges on the tables of the offer, contract, sign, disburse and service chapters: papers and money. */
import type { Area } from './areas.ts';
import type { Database } from '../schema/index.ts';
import {
  columns,
  each,
  EVERY_ROW,
  type Grant,
  OF_APPLICATION,
  READ,
  READ_ADD,
  type TableAccess,
  within,
  WRITE,
  WRITE_DELETE,
} from './grants.ts';

const STAFF = ['risk', 'finance', 'operations', 'oversight'] as const satisfies readonly Area[];
const READERS = ['apply', ...STAFF] as const;
const OF_CONTRACT = within('contracts', 'contract_id');
const OF_RECORDING = within('recordings', 'recording_id');
const OF_LOAN = within('loans', 'loan_id');

/** A payout without the account it goes to: that one is sealed, and only the worker, who sends it, opens it. */
const PAYOUT = columns(
  'id',
  'application_id',
  'contract_id',
  'attempt',
  'request_no',
  'amount_fen',
  'state',
  'releases_needed',
  'first_released_by',
  'first_released_at',
  'released_by',
  'retry_proposed_by',
  'retry_approved_by',
  'bank_reference',
  'failure_code',
  'created_at',
  'sent_at',
  'settled_at',
  'returned_at',
  'return_reference',
  'tranche',
  'principal_fen',
);

/** Where a form was read is sealed anew when its key is renewed; the tables' triggers keep the rest. */
const READING: Grant = { select: 'all', update: ['sealed_origin'] };

export const MONEY_TABLES = {
  offers: { rows: { every: OF_APPLICATION }, areas: { ...each(READERS, READ), worker: WRITE } },
  contracts: { rows: { every: OF_APPLICATION }, areas: { ...each(READERS, READ), worker: WRITE } },
  disclosure_showings: {
    rows: { every: OF_CONTRACT },
    areas: { apply: READ_ADD, oversight: READ, worker: READING },
  },
  disclosure_confirmations: {
    rows: { every: OF_CONTRACT },
    areas: { apply: READ_ADD, oversight: READ, worker: READING },
  },
  signing_keys: { rows: { every: OF_CONTRACT }, areas: { worker: WRITE } },
  certificates: { rows: { every: OF_CONTRACT }, areas: { oversight: READ, worker: WRITE } },
  signatures: {
    rows: { every: OF_CONTRACT },
    areas: {
      ...each(READERS, columns('contract_id', 'party', 'digest_sm3', 'at')),
      oversight: READ,
      worker: READ_ADD,
    },
  },
  timestamps: {
    rows: { every: OF_CONTRACT },
    areas: {
      ...each(READERS, columns('contract_id', 'moment', 'generated_at')),
      oversight: READ,
      worker: READ_ADD,
    },
  },
  recordings: {
    // A loan may be signed before a reviewer of risk ever saw it: of its recordings they see those they look at.
    rows: { every: OF_APPLICATION, risk: "kind = 'ATTENDED'" },
    areas: {
      apply: {
        select: 'all',
        insert: 'all',
        update: [
          'state',
          'chunk_count',
          'chain_sm3',
          'chained_count',
          'chained_sm3',
          'size_bytes',
          'sealed_marks',
          'completed_at',
        ],
      },
      oversight: READ,
      finance: columns('id', 'contract_id', 'state', 'application_id', 'kind'),
      // Operations sit in, and risk looks at it afterwards.
      operations: { select: 'all', update: ['attended_by', 'attended_at', 'sealed_attendant'] },
      risk: { select: 'all', update: ['state'] },
      worker: WRITE,
    },
  },
  recording_chunks: {
    rows: { every: OF_RECORDING },
    areas: { apply: READ_ADD, ...each(['oversight', 'operations', 'risk', 'worker'], READ) },
  },
  recording_segments: {
    rows: { every: OF_RECORDING },
    areas: { apply: READ_ADD, ...each(['oversight', 'operations', 'risk', 'worker'], READ) },
  },
  recording_reviews: {
    rows: { every: OF_RECORDING },
    areas: { risk: READ_ADD, ...each(['apply', 'oversight', 'operations', 'worker'], READ) },
  },
  payouts: {
    // Finance sees the applications that have a payout, and operations those handed in: no payout is of any other.
    rows: { every: OF_APPLICATION, finance: EVERY_ROW, operations: EVERY_ROW },
    areas: {
      ...each(['finance', 'operations', 'oversight'], PAYOUT),
      worker: WRITE,
      edge: columns('id', 'application_id', 'request_no', 'state', 'tranche'),
      // What was paid out is part of a loan's account, which its quotes are made of.
      ...each(['apply', 'risk'], columns('id', 'application_id', 'amount_fen')),
    },
  },
  tranches: {
    rows: { every: OF_APPLICATION },
    areas: { ...each(READERS, READ), worker: WRITE },
  },
  payout_retries: {
    rows: { every: within('payouts', 'payout_id') },
    areas: { ...each(['finance', 'operations', 'oversight'], READ), worker: WRITE },
  },
  payout_checks: {
    rows: { every: within('payouts', 'payout_id') },
    areas: { ...each(['finance', 'operations', 'oversight'], READ), worker: READ_ADD },
  },
  loans: {
    rows: { every: OF_APPLICATION },
    areas: { ...each(READERS, READ), worker: WRITE, edge: columns('id', 'number', 'state') },
  },
  instalments: {
    rows: { every: OF_LOAN },
    areas: { ...each(READERS, READ), worker: WRITE_DELETE },
  },
  repayments: { rows: { every: OF_LOAN }, areas: { ...each(READERS, READ), worker: READ_ADD } },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
