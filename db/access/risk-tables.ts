/** Privileges on the tables of the bureau, fraud, score and decide chapters: evidence, decisions and reviews. */
import type { Database } from '../schema/index.ts';
import {
  columns,
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

const TERMS_OF_LOANS = "kind in ('PRODUCT','POLICY')";

export const RISK_TABLES = {
  bureau_reports: {
    rows: { every: EVERY_ROW },
    // The report itself stays sealed in a column that nobody but the worker reads.
    areas: {
      ...each(JUDGES, columns('id', 'bureau', 'outcome', 'received_at')),
      worker: WRITE,
    },
  },
  bureau_evidence: {
    rows: { every: OF_APPLICATION },
    areas: { ...each(JUDGES, READ), worker: WRITE },
  },
  registry_screenings: {
    rows: { every: OF_APPLICATION },
    areas: { ...each(JUDGES, READ), worker: WRITE },
  },
  fraud_links: { rows: { every: OF_APPLICATION }, areas: { worker: READ_ADD } },
  list_entries: {
    rows: { every: EVERY_ROW },
    areas: { risk: READ_ADD, oversight: READ, worker: READ },
  },
  list_hits: {
    rows: { every: EVERY_ROW },
    areas: { ...each(JUDGES, READ), worker: READ_ADD },
  },
  list_proposals: {
    rows: { every: EVERY_ROW },
    adds: `proposed_by = ${SUBJECT}`,
    areas: { risk: READ_ADD, oversight: READ, worker: READ },
  },
  list_decisions: {
    rows: { every: EVERY_ROW },
    adds: `decided_by = ${SUBJECT}`,
    areas: { risk: READ_ADD, oversight: READ, worker: READ },
  },
  ip_ranges: { rows: { every: EVERY_ROW }, areas: { worker: READ } },
  fraud_assessments: {
    rows: { every: OF_APPLICATION },
    areas: { ...each(JUDGES, READ), worker: WRITE },
  },
  scores: {
    rows: { every: OF_APPLICATION },
    areas: {
      ...each(
        JUDGES,
        columns(
          'application_id',
          'round',
          'evidence_version',
          'scorecard_code',
          'scorecard_version',
          'total',
          'grade',
          'complete',
          'contributions',
          'at',
        ),
      ),
      worker: WRITE,
    },
  },
  decisions: {
    rows: { every: OF_APPLICATION },
    areas: {
      ...each(['apply', ...JUDGES], READ),
      ...each(['finance', 'operations'], columns('id', 'application_id', 'round')),
      worker: WRITE,
    },
  },
  review_tasks: {
    // Risk sees the applications that have a task, and operations those handed in: no task is of any other.
    // Objections are compliance's: an application is not in risk's sight because somebody objects to a bureau's report.
    rows: { every: OF_APPLICATION, risk: "kind <> 'OBJECTION'", operations: EVERY_ROW },
    // A review is held and decided through its loan's story alone; the other kinds are held from here.
    adds: "kind <> 'REVIEW'",
    areas: {
      operations: READ,
      ...each(['risk', 'oversight'], {
        select: 'all',
        update: ['state', 'assignee', 'claimed_at', 'active_at', 'closed_at'],
      }),
      worker: WRITE,
    },
  },
  review_actions: {
    rows: { every: OF_APPLICATION },
    // A comment is sealed anew when its key is renewed; the table's trigger keeps the rest.
    // Nobody writes an act in another's name, and none of a review that way.
    adds: `actor = ${SUBJECT} and action in ('CLAIM','RELEASE','STEAL','CONTACT','PROMISE','UPHOLD','OVERTURN','ANSWER')
      and exists (select from review_tasks t where t.id = task_id and t.kind <> 'REVIEW')`,
    areas: {
      ...each(['risk', 'oversight'], READ_ADD),
      worker: { ...READ_ADD, update: ['sealed_comment'] },
    },
  },
  information_requests: {
    rows: { every: OF_APPLICATION },
    areas: {
      ...each(['apply', ...JUDGES], READ),
      ...each(['finance', 'operations'], columns('id', 'application_id', 'state', 'created_at')),
      worker: WRITE,
    },
  },
  unmask_grants: {
    rows: { every: `subject = ${SUBJECT}` },
    adds: `subject = ${SUBJECT} and ${OF_APPLICATION}`,
    areas: { ...each(JUDGES, READ_ADD), worker: READ },
  },
  rulebooks: {
    // A loan's quote needs its product and the policy of its day; how people are judged is no matter of the desks of money.
    rows: { every: EVERY_ROW, finance: TERMS_OF_LOANS, operations: TERMS_OF_LOANS },
    // Those who approve a version publish it.
    areas: {
      ...each(['apply', 'finance', 'operations', 'oversight'], READ),
      risk: READ_ADD,
      worker: READ_ADD,
    },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
