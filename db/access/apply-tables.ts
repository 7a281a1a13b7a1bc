/** Privileges on the tables of the apply and verify chapters: applications, their pages, documents and letters. */
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
  WRITE_DELETE,
} from './grants.ts';

/** What everybody who works on a loan reads of its application: stage, amounts and dates, nothing sealed. */
const SUMMARY = columns(
  'id',
  'external_id',
  'owner_subject',
  'applicant_kind',
  'applicant_id',
  'product_code',
  'stage',
  'version',
  'evidence_version',
  'round',
  'amount_fen',
  'term_months',
  'pinned',
  'pending',
  'end_reason',
  'submitted_at',
  'ended_at',
  'created_at',
  'updated_at',
);

export const APPLY_TABLES = {
  applications: {
    rows: {
      every: EVERY_ROW,
      apply: `owner_subject = ${SUBJECT}`,
      // Only what was referred to people, is to be looked at again, was recorded with staff or is proposed to be taken back, what is to be paid, and what has left its owner's desk.
      risk: `exists (select 1 from review_tasks t where t.application_id = applications.id)
        or exists (select 1 from decision_reviews r where r.application_id = applications.id)
        or exists (select 1 from recordings g where g.application_id = applications.id and g.kind = 'ATTENDED')
        or exists (select 1 from approval_undos u where u.application_id = applications.id and u.state = 'PROPOSED')`,
      finance: 'exists (select 1 from payouts p where p.application_id = applications.id)',
      operations: "stage <> 'APPLY'",
    },
    areas: {
      apply: {
        select: 'all',
        insert: 'all',
        update: [
          'stage',
          'version',
          'pending',
          'end_reason',
          'ended_at',
          'updated_at',
          'evidence_version',
          'applicant_id',
        ],
      },
      ...each(['risk', 'oversight'], READ),
      ...each(['finance', 'operations'], SUMMARY),
      worker: WRITE,
    },
  },
  applicants: {
    rows: { every: EVERY_ROW },
    areas: {
      apply: { select: 'all', insert: 'all', update: ['kind'] },
      // Whoever opens a form needs to know whose key it is sealed under.
      ...each(['risk', 'oversight'], columns('id', 'key_subject_id')),
      worker: WRITE,
    },
  },
  application_pages: {
    rows: { every: OF_APPLICATION },
    areas: { apply: READ_ADD, ...each(['risk', 'oversight'], READ), worker: WRITE },
  },
  device_trails: {
    rows: { every: OF_APPLICATION },
    areas: {
      apply: { select: 'all', insert: 'all', update: ['sealed'] },
      ...each(['risk', 'oversight'], READ),
      worker: WRITE,
    },
  },
  documents: {
    rows: { every: OF_APPLICATION },
    areas: {
      apply: READ_ADD,
      oversight: READ,
      ...each(
        ['risk', 'finance', 'operations'],
        columns('id', 'application_id', 'kind', 'object_key', 'media_type', 'created_at'),
      ),
      worker: WRITE_DELETE,
    },
  },
  prefills: {
    rows: { every: OF_APPLICATION },
    areas: {
      apply: READ,
      ...each(
        ['risk', 'oversight'],
        columns('document_id', 'application_id', 'outcome', 'reason', 'same_picture', 'read_at'),
      ),
      worker: WRITE_DELETE,
    },
  },
  authorisations: {
    rows: { every: OF_APPLICATION },
    areas: {
      apply: WRITE,
      oversight: READ,
      ...each(['risk', 'finance', 'operations'], columns('id', 'application_id', 'created_at')),
      worker: WRITE,
    },
  },
  verifications: {
    rows: { every: OF_APPLICATION },
    areas: {
      // That they were checked at all decides how long a person's data stay, which they are told.
      apply: columns('application_id'),
      ...each(['risk', 'oversight'], READ),
      worker: WRITE,
    },
  },
} as const satisfies Partial<Record<keyof Database, TableAccess>>;
