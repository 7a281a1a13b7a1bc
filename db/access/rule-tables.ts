/** Privileges on the tables of the life of rules: risk writes and approves them, oversight looks on, nobody rewrites them. */
import type { Database } from '../schema/index.ts';
import {
  columns,
  EVERY_ROW,
  OF_APPLICATION,
  READ,
  READ_ADD,
  SUBJECT,
  type TableAccess,
  WRITE,
} from './grants.ts';

export const RULE_TABLES = {
  rule_drafts: {
    rows: { every: EVERY_ROW },
    areas: { risk: WRITE, oversight: READ, worker: WRITE },
  },
  rule_draft_events: {
    rows: { every: EVERY_ROW },
    // Nobody writes an entry in another's name.
    adds: `actor = ${SUBJECT}`,
    areas: { risk: READ_ADD, oversight: READ, worker: READ_ADD },
  },
  rule_activations: {
    rows: { every: EVERY_ROW },
    // What is shipped is published by the worker's start alone.
    adds: `activated_by = ${SUBJECT} and cause <> 'SHIPPED'`,
    areas: {
      apply: columns('id', 'kind', 'code', 'version', 'effective_from'),
      risk: READ_ADD,
      oversight: READ,
      worker: READ_ADD,
    },
  },
  rule_cancellations: {
    rows: { every: EVERY_ROW },
    adds: `cancelled_by = ${SUBJECT}`,
    areas: {
      apply: columns('activation_id'),
      risk: READ_ADD,
      oversight: READ,
      worker: READ_ADD,
    },
  },
  rule_switches: {
    rows: { every: EVERY_ROW },
    adds: `actor = ${SUBJECT}`,
    areas: { risk: READ_ADD, oversight: READ, worker: READ },
  },
  decision_reviews: {
    // An application is in risk's sight because of its review, not the other way round.
    rows: { every: `owner_subject = ${SUBJECT} and ${OF_APPLICATION}`, risk: EVERY_ROW },
    areas: {
      apply: {
        select: [
          'id',
          'decision_id',
          'application_id',
          'owner_subject',
          'state',
          'due_on',
          'outcome',
          'reasons',
          'requested_at',
          'decided_at',
        ],
        insert: 'all',
      },
      risk: {
        select: 'all',
        update: [
          // Who has it in hand is written by its task alone.
          'state',
          'outcome',
          'reasons',
          'sealed_comment',
          'decided_by',
          'decided_at',
        ],
      },
      oversight: READ,
      worker: WRITE,
    },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
