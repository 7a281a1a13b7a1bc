/** Privileges on codes and intents of signing: owners sign for themselves, the worker checks and keeps as evidence. */
import type { Database } from '../schema/index.ts';
import { READ, READ_ADD, type TableAccess, within } from './grants.ts';

const OF_CONTRACT = within('contracts', 'contract_id');

export const SIGNING_TABLES = {
  signing_codes: {
    rows: { every: OF_CONTRACT },
    areas: {
      apply: { select: 'all', insert: 'all', update: ['tries', 'used_at'] },
      worker: READ,
    },
  },
  signing_intents: {
    rows: { every: OF_CONTRACT },
    areas: {
      apply: READ_ADD,
      oversight: READ,
      // Keys of persons are turned over: what is sealed under an old one is sealed again.
      worker: { select: 'all', update: ['sealed_intent'] },
    },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
