/** Privileges on the tables of the review desk. */
import type { Database } from '../schema/index.ts';
import {
  each,
  EVERY_ROW,
  OF_APPLICATION,
  READ,
  READ_ADD,
  SUBJECT,
  type TableAccess,
  WRITE,
} from './grants.ts';

const JUDGES = ['risk', 'oversight'] as const;

/** Figures without persons: read with the owner's sight, because risk sees single applications under review only. */
const FIGURES: TableAccess = {
  view: true,
  rows: { every: EVERY_ROW },
  areas: each(JUDGES, READ),
};

export const DESK_TABLES = {
  person_exposures: FIGURES,
  decided_cases: FIGURES,
  waiting_applications: { ...FIGURES, areas: each([...JUDGES, 'operations'], READ) },
  reviews: {
    rows: { every: OF_APPLICATION },
    areas: { ...each([...JUDGES, 'operations'], READ), worker: WRITE },
  },
  desk_people: {
    rows: { every: EVERY_ROW },
    areas: {
      risk: WRITE,
      // Who answers objections is at the desk too; limits are not theirs to set.
      oversight: {
        select: 'all',
        insert: ['subject', 'roles', 'on_desk'],
        update: ['roles', 'on_desk', 'away_from', 'away_until', 'updated_at'],
      },
      worker: WRITE,
    },
  },
  authority_changes: {
    rows: { every: EVERY_ROW },
    areas: { risk: WRITE, oversight: READ, worker: READ },
  },
  delegations: {
    rows: { every: EVERY_ROW },
    areas: { risk: WRITE, oversight: READ, worker: READ },
  },
  conflict_declarations: {
    // Whom a colleague is tied to is nobody's business but theirs and oversight's; the worker compares.
    rows: { every: `subject = ${SUBJECT}` },
    // Nobody declares for another; whoever agreed to the end of a tie writes that it has ended.
    adds: `(subject = ${SUBJECT} or exists (select 1 from conflict_endings e
      where e.conflict_id = conflict_declarations.id and e.decided_by = ${SUBJECT}))`,
    areas: {
      ...each(['risk', 'finance', 'operations'], READ_ADD),
      // Compliance declares its own, and ends what another has proposed to end.
      oversight: { ...READ_ADD, update: ['ended_at'] },
      worker: READ,
    },
  },
  conflict_endings: {
    rows: { every: `subject = ${SUBJECT}` },
    // Who proposes and who decides writes their own name and no other.
    adds: `(proposed_by = ${SUBJECT} or decided_by = ${SUBJECT})`,
    areas: {
      ...each(['risk', 'finance', 'operations'], READ_ADD),
      oversight: { ...READ_ADD, update: ['state', 'decided_by', 'decided_at'] },
      worker: READ,
    },
  },
  loan_conditions: {
    rows: { every: OF_APPLICATION },
    areas: { ...each(['apply', ...JUDGES, 'finance', 'operations'], READ), worker: WRITE },
  },
  approval_undos: {
    // An application is in risk's sight because of what is proposed, not the other way round.
    rows: { every: OF_APPLICATION, risk: EVERY_ROW },
    // A correction that voids an approval is proposed by operations or the person; agreed to through the loan alone.
    adds: `proposed_by = ${SUBJECT} and decided_by is null`,
    areas: {
      ...each([...JUDGES, 'finance'], READ),
      ...each(['apply', 'operations'], READ_ADD),
      worker: WRITE,
    },
  },
  evidence_changes: {
    rows: { every: OF_APPLICATION },
    areas: {
      apply: READ_ADD,
      ...each([...JUDGES, 'operations'], READ),
      worker: READ_ADD,
    },
  },
  case_looks: {
    rows: { every: `subject = ${SUBJECT}` },
    adds: `subject = ${SUBJECT} and ${OF_APPLICATION}`,
    areas: { ...each(JUDGES, WRITE), worker: READ },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
