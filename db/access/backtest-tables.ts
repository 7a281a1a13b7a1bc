/** Privileges on the tables of backtests: risk starts them and reads what came out, the worker carries them out. */
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

export const BACKTEST_TABLES = {
  backtests: {
    rows: { every: EVERY_ROW },
    // A result is the worker's to write, and nobody starts one in another's name.
    adds: `started_by = ${SUBJECT} and state = 'RUNNING'`,
    areas: { risk: READ_ADD, oversight: READ, worker: WRITE },
  },
  backtest_parts: {
    rows: { every: EVERY_ROW },
    areas: {
      ...each(['risk', 'oversight'], columns('backtest_id', 'part', 'decided', 'state')),
      worker: WRITE,
    },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
