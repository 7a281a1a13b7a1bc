/** Every table with what each area may do with it; a table that is not here is in nobody's reach and fails the types. */
import { BACKTEST_TABLES } from './backtest-tables.ts';
import type { Database } from '../schema/index.ts';
import { APPLY_TABLES } from './apply-tables.ts';
import { COLLECTIONS_TABLES } from './collections-tables.ts';
import { DESK_TABLES } from './desk-tables.ts';
import { BUREAU_TABLES } from './bureau-tables.ts';
import { EVIDENCE_TABLES } from './evidence-tables.ts';
import { EXPERIMENT_TABLES } from './experiment-tables.ts';
import type { TableAccess } from './grants.ts';
import { LEDGER_TABLES } from './ledger-tables.ts';
import { MONEY_TABLES } from './money-tables.ts';
import { SERVICING_TABLES } from './servicing-tables.ts';
import { OPERATIONS_TABLES } from './operations-tables.ts';
import { RECORD_TABLES } from './record-tables.ts';
import { ENTRUSTED_TABLES } from './entrusted-tables.ts';
import { RECONCILIATION_TABLES } from './reconciliation-tables.ts';
import { RIGHTS_TABLES } from './rights-tables.ts';
import { RISK_TABLES } from './risk-tables.ts';
import { RULE_TABLES } from './rule-tables.ts';
import { SIGNING_TABLES } from './signing-tables.ts';
import { SIGN_IN_TABLES } from './sign-in-tables.ts';

export const TABLE_ACCESS: Readonly<Record<keyof Database, TableAccess>> = {
  ...APPLY_TABLES,
  ...RISK_TABLES,
  ...BUREAU_TABLES,
  ...MONEY_TABLES,
  ...LEDGER_TABLES,
  ...SERVICING_TABLES,
  ...COLLECTIONS_TABLES,
  ...RECONCILIATION_TABLES,
  ...ENTRUSTED_TABLES,
  ...EVIDENCE_TABLES,
  ...SIGNING_TABLES,
  ...RECORD_TABLES,
  ...OPERATIONS_TABLES,
  ...RIGHTS_TABLES,
  ...RULE_TABLES,
  ...BACKTEST_TABLES,
  ...EXPERIMENT_TABLES,
  ...DESK_TABLES,
  ...SIGN_IN_TABLES,
};

/** Tables of the migrator itself: the owner's alone. */
export const MIGRATOR_TABLES = ['kysely_migration', 'kysely_migration_lock'] as const;
