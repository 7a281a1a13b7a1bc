/** The areas of the house as PostgreSQL knows them: one database role each, none of which may log in by itself. */

/**
 * Who works in which area: `apply` owners of applications, `risk` reviewers and risk officers, `finance`, `operations`,
 * `oversight` compliance and audit, `security` those who hand out access, `worker` the activities, and `edge` the API
 * before it knows its caller and for the bank's notices.
 */
export const AREAS = [
  'apply',
  'risk',
  'finance',
  'operations',
  'oversight',
  'security',
  'worker',
  'edge',
] as const;
export type Area = (typeof AREAS)[number];

/** Name of the area's role; roles belong to the whole cluster, their privileges to one schema. */
export const roleOf = (area: Area): string => `xindai_${area}`;

/** Session setting that holds the subject of whoever the connection works for; row-level security compares with it. */
export const SUBJECT_SETTING = 'xindai.subject';
