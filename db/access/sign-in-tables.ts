/** Privileges on the tables of sign-in: the edge keeps them, and security sees who is signed in and which clients exist. */
import type { Database } from '../schema/index.ts';
import { columns, EVERY_ROW, type TableAccess, WRITE, WRITE_DELETE } from './grants.ts';

export const SIGN_IN_TABLES = {
  sign_in_attempts: { rows: { every: EVERY_ROW }, areas: { edge: WRITE_DELETE } },
  staff_sessions: {
    rows: { every: EVERY_ROW },
    areas: {
      security: {
        ...columns(
          'id',
          'subject',
          'roles',
          'second_factor',
          'created_at',
          'last_seen_at',
          'expires_at',
          'ended_at',
          'end_reason',
        ),
        update: ['ended_at', 'end_reason'],
      },
      edge: WRITE,
      worker: { select: 'all', update: ['sealed_id_token'] },
    },
  },
  applicant_codes: { rows: { every: EVERY_ROW }, areas: { edge: WRITE_DELETE } },
  integrator_clients: {
    rows: { every: EVERY_ROW },
    areas: { security: WRITE, edge: { select: 'all' } },
  },
  sign_in_limits: { rows: { every: EVERY_ROW }, areas: { edge: WRITE_DELETE } },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
