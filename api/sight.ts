/** What each role sees: its area in the database, the rows in its sight, and every kind of data clear, masked or not at all. */
import type { Role } from '../domain/authority.ts';
import type { Area } from '../db/access/areas.ts';

/**
 * Kinds of data by who needs them. `form`: identity, contact, work and card as filled in (JR/T 0171-2020 C2).
 * `letter`: the authorisation that names the person. `paper`: the contract as PDF. `evidence`: checks, bureau, fraud, score
 * and why it was decided so. `recording`: picture and sound of a dual recording. `loan`: stage, amounts, offers, schedule, repayments. `payout`: what is sent and its proposals.
 * `request`: what a person says of a request by right, and what is said to them.
 * `case`: why a loan is parked. `payload`: what the Temporal UI shows of a running loan.
 */
export const DATA_KINDS = [
  'form',
  'letter',
  'paper',
  'recording',
  'evidence',
  'loan',
  'payout',
  'request',
  'case',
  'payload',
] as const;
export type DataKind = (typeof DATA_KINDS)[number];

export type Sight = 'clear' | 'masked';

/** Rows in sight: one's own, those under review, those with a payout, those handed in, or all. */
export type Rows = 'own' | 'reviewed' | 'paid' | 'handed in' | 'all' | 'none';

/** What must hold for fields of the form to be shown in clear for a while; null for a role that never sees them so. */
export type Unmasking = 'claimed task' | 'purpose' | null;

export interface RoleSight {
  readonly area: Area;
  readonly rows: Rows;
  /** A kind that is absent is not shown. */
  readonly data: Partial<Readonly<Record<DataKind, Sight>>>;
  readonly unmasking: Unmasking;
}

const OWNER: RoleSight = {
  area: 'apply',
  rows: 'own',
  data: { form: 'clear', letter: 'clear', paper: 'clear', loan: 'clear', request: 'clear' },
  unmasking: null,
};
const REVIEWER: RoleSight = {
  area: 'risk',
  rows: 'reviewed',
  data: { form: 'masked', recording: 'clear', evidence: 'clear', loan: 'clear' },
  unmasking: 'claimed task',
};
const FINANCE: RoleSight = {
  area: 'finance',
  rows: 'paid',
  data: { loan: 'clear', payout: 'clear' },
  unmasking: null,
};
const OVERSIGHT: RoleSight = {
  area: 'oversight',
  rows: 'all',
  data: {
    form: 'masked',
    paper: 'clear',
    recording: 'clear',
    evidence: 'clear',
    loan: 'clear',
    payout: 'clear',
    case: 'clear',
    payload: 'clear',
  },
  unmasking: null,
};

export const SIGHTS: Readonly<Record<Role, RoleSight>> = {
  applicant: OWNER,
  integrator: OWNER,
  reviewer: REVIEWER,
  'senior-reviewer': REVIEWER,
  'risk-officer': REVIEWER,
  'risk-approver': { ...REVIEWER, unmasking: null },
  'finance-maker': FINANCE,
  'finance-checker': FINANCE,
  operations: {
    area: 'operations',
    rows: 'handed in',
    data: { loan: 'clear', payout: 'clear', case: 'clear', payload: 'clear' },
    unmasking: null,
  },
  compliance: {
    ...OVERSIGHT,
    // They answer what a person asks for, and so must read it.
    data: { ...OVERSIGHT.data, request: 'clear' },
    unmasking: 'purpose',
  },
  auditor: OVERSIGHT,
  'security-admin': { area: 'security', rows: 'none', data: {}, unmasking: null },
};

/** How a role sees a kind of data; null when it is not shown to it. */
export const sightOf = (role: Role, kind: DataKind): Sight | null =>
  SIGHTS[role].data[kind] ?? null;
