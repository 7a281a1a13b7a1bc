/** Privileges on the entrusted payees: finance registers them in two, the worker pays them, operations and oversight look. */
import type { Database } from '../schema/index.ts';
import { columns, EVERY_ROW, OF_APPLICATION, READ_ADD, type TableAccess, WRITE } from './grants.ts';

const WITHOUT_PAYEE = columns(
  'id',
  'application_id',
  'evidence_kind',
  'evidence_sm3',
  'reason',
  'state',
  'proposed_by',
  'proposed_at',
  'decided_by',
  'decided_at',
);

export const ENTRUSTED_TABLES = {
  entrusted_payees: {
    rows: { every: OF_APPLICATION, finance: EVERY_ROW, operations: EVERY_ROW },
    areas: {
      finance: { ...READ_ADD, update: ['state', 'decided_by', 'decided_at'] },
      operations: WITHOUT_PAYEE,
      oversight: WITHOUT_PAYEE,
      worker: WRITE,
    },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
