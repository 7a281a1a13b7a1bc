/** Privileges on what signing takes: owners name who signs beside them, each signs for themselves, the worker checks and keeps as evidence. */
import type { Database } from '../schema/index.ts';
import { OF_APPLICATION, READ, READ_ADD, SUBJECT, type TableAccess, within } from './grants.ts';

const OF_CONTRACT = within('contracts', 'contract_id');

/** The borrower's own, and for a co-signer those of their turn: contract and turn belong together by a foreign key. */
const OF_SIGNER = `${OF_CONTRACT} or ${within('contract_parties', 'party_id')}`;

export const SIGNING_TABLES = {
  co_signers: {
    // A co-signer sees the row that names them, and nothing of the application through it.
    rows: { every: OF_APPLICATION, apply: `owner_subject = ${SUBJECT} or subject = ${SUBJECT}` },
    adds: `owner_subject = ${SUBJECT} and ${OF_APPLICATION}`,
    areas: {
      apply: { select: 'all', insert: 'all', update: ['dropped_at'] },
      oversight: READ,
      // Keys of persons are turned over: what is sealed under an old one is sealed again.
      worker: { select: 'all', update: ['sealed_person'] },
    },
  },
  contract_parties: {
    rows: {
      every: OF_CONTRACT,
      apply: `exists (select 1 from co_signers s where s.id = co_signer_id)`,
    },
    areas: {
      apply: { select: 'all', update: ['proof_tries', 'proved_at'] },
      oversight: READ,
      worker: {
        select: 'all',
        insert: 'all',
        update: ['state', 'invited_at', 'reminded_at', 'answered_at', 'answered_cause'],
      },
    },
  },
  signing_codes: {
    rows: { every: OF_CONTRACT, apply: OF_SIGNER },
    areas: {
      apply: { select: 'all', insert: 'all', update: ['tries', 'used_at'] },
      worker: READ,
    },
  },
  signing_intents: {
    rows: { every: OF_CONTRACT, apply: OF_SIGNER },
    areas: {
      apply: READ_ADD,
      oversight: READ,
      // Keys of persons are turned over: what is sealed under an old one is sealed again.
      worker: { select: 'all', update: ['sealed_intent'] },
    },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
