/** Privileges on the tables that keep the record: journey, audit trail, outbox, calls outside, and repetition. */
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
  SUBJECT,
  type TableAccess,
  WRITE,
} from './grants.ts';

const CALLERS = [
  'apply',
  'risk',
  'finance',
  'operations',
  'oversight',
  'security',
] as const satisfies readonly Area[];

/** What an entry says; its number, moment and transaction are the database's own. */
const SAY: Grant = {
  insert: [
    'actor',
    'actor_role',
    'via',
    'action',
    'subject_kind',
    'subject_id',
    'result',
    'reason',
    'origin',
    'request_id',
    'detail',
  ],
};

/** What the caller asked for under a key, and the answer to it. */
const OWN_ACTS = `actor = ${SUBJECT}`;

/** The subject of what belongs to no person, as platform/crypto/vault.ts has it. */
const HOUSE_KEY = "subject_id = '00000000-0000-4000-8000-000000000001'";
const KEY_IN_SIGHT = `${HOUSE_KEY}
  or exists (select 1 from applications a where a.key_subject_id = subject_id)
  or exists (select 1 from applications a join applicants p on p.id = a.applicant_id where p.key_subject_id = subject_id)`;

export const RECORD_TABLES = {
  journey_events: {
    rows: { every: OF_APPLICATION },
    areas: {
      apply: READ_ADD,
      ...each(['risk', 'finance', 'operations', 'oversight'], READ),
      worker: READ_ADD,
    },
  },
  audit_entries: {
    // Nobody writes an entry in another's name.
    rows: { every: EVERY_ROW },
    adds: `actor = ${SUBJECT}`,
    areas: {
      ...each([...CALLERS, 'worker', 'edge'], SAY),
      oversight: { ...SAY, ...READ },
      worker: { ...SAY, ...READ },
    },
  },
  audit_chain: {
    rows: { every: EVERY_ROW },
    areas: { oversight: READ, worker: READ_ADD },
  },
  audit_seals: {
    rows: { every: EVERY_ROW },
    areas: { oversight: READ, worker: READ_ADD },
  },
  data_keys: {
    // Everybody's acts are answered under the house's key; those who open forms reach the keys of the people in sight.
    rows: {
      every: HOUSE_KEY,
      apply: KEY_IN_SIGHT,
      risk: KEY_IN_SIGHT,
    },
    areas: { ...each([...CALLERS, 'edge'], READ_ADD), worker: WRITE },
  },
  outbox: {
    // A code to sign beside somebody goes to a number: the application is not in the co-signer's sight.
    rows: {
      every: OF_APPLICATION,
      apply: `${OF_APPLICATION} or (application_id is null and topic = 'applicant.code')`,
    },
    areas: { apply: { insert: 'all' }, worker: WRITE, edge: { insert: 'all' } },
  },
  outside_requests: { rows: { every: OF_APPLICATION }, areas: { worker: WRITE } },
  operator_cases: {
    // Only what was handed in can be parked.
    rows: { every: OF_APPLICATION, operations: EVERY_ROW },
    areas: { ...each(['operations', 'oversight'], READ), worker: WRITE },
  },
  bank_notices: { rows: { every: EVERY_ROW }, areas: { worker: WRITE, edge: WRITE } },
  seen_nonces: {
    rows: { every: EVERY_ROW },
    areas: { edge: { select: 'all', insert: 'all', delete: true } },
  },
  idempotency_keys: {
    rows: { every: OWN_ACTS, oversight: OWN_ACTS },
    areas: {
      ...each(CALLERS, { ...WRITE, delete: true }),
      edge: { ...columns('created_at', 'lease_until'), delete: true },
      worker: { select: 'all', update: ['sealed_response'] },
    },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
