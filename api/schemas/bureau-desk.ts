/** What the bureau desk takes and gives: the register of queries, queries by hand, weekly reports and objections. */
import { z } from '@hono/zod-openapi';
import { BUREAUS, QUERY_PURPOSES } from '../../domain/authorisation.ts';
import { WEEKLY_FINDINGS } from '../../domain/bureau-desk.ts';
import { OBJECTION_ITEMS, OBJECTION_OUTCOMES, OBJECTION_STATES } from '../../domain/objection.ts';
import { day, instant } from './common.ts';

const bureau = z.enum(BUREAUS);
const purposes = z.enum(QUERY_PURPOSES);
const operation = z.enum(['report', 'watchlist', 'verify']);

/** Why a person of ours asks by hand. */
export const HAND_REASONS = [
  'POST_LOAN_REVIEW',
  'MATERIAL_CHANGE',
  'REPORT_OUTDATED',
  'OBJECTION_CHECK',
] as const;

export const newBureauQuery = z
  .strictObject({
    applicationId: z.uuid(),
    bureau,
    purpose: z.enum(['01', '02']).openapi({
      description: '01 post-loan management of a running loan, 02 approval of an open application.',
    }),
    reason: z.enum(HAND_REASONS),
  })
  .openapi('NewBureauQuery');

export const bureauQueryRequest = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    bureau,
    purpose: purposes,
    reason: z.string(),
    state: z.enum(['PROPOSED', 'APPROVED', 'ANSWERED', 'NO_RECORD', 'FAILED']),
    failureCode: z.string().nullable(),
    offHours: z.boolean(),
    proposedBy: z.string(),
    proposedAt: instant,
    approvedBy: z.string().nullable(),
    approvedAt: instant.nullable(),
    settledAt: instant.nullable(),
  })
  .openapi('BureauQueryRequest');
export const bureauQueryRequests = z
  .object({ items: z.array(bureauQueryRequest) })
  .openapi('BureauQueryRequests');

export const registerFilter = z.object({
  applicationId: z.uuid().optional(),
  operator: z.string().min(1).max(200).optional(),
  before: z.iso.datetime({ offset: true }).optional().openapi({
    description:
      'Only what was asked before this moment: the time of the last row of the page before.',
  }),
});

export const bureauQuery = z
  .object({
    id: z.uuid(),
    askedAt: instant,
    kind: z.enum(['STORY', 'MANUAL']),
    bureau,
    operation,
    purpose: purposes,
    result: z.enum(['ANSWERED', 'NO_RECORD', 'REFUSED']),
    refusal: z.string().nullable(),
    applicationId: z.uuid(),
    authorisationId: z.uuid().nullable(),
    authorisationSm3: z.string().nullable(),
    requestId: z.uuid().nullable(),
    operator: z.string(),
    operatorRole: z.string().nullable(),
    operatorFrom: z.string().nullable(),
    approvedBy: z.string().nullable(),
    offHours: z.boolean(),
    requestNo: z.string().nullable(),
    requestSm3: z.string().nullable(),
    responseSm3: z.string().nullable(),
    charged: z.boolean(),
    costFen: z.int(),
  })
  .openapi('BureauQuery');
export const bureauQueries = z.object({ items: z.array(bureauQuery) }).openapi('BureauQueries');

const weeklyItem = z.object({
  queryId: z.uuid(),
  applicationId: z.uuid(),
  bureau,
  operation,
  operator: z.string(),
  refusal: z.string().nullable(),
  findings: z.array(z.enum(WEEKLY_FINDINGS)),
});
export const weeklyReport = z
  .object({
    weekOf: day,
    createdAt: instant,
    figures: z.object({
      queries: z.int(),
      costFen: z.int(),
      findings: z.record(z.string(), z.int()),
    }),
    items: z.array(weeklyItem),
  })
  .openapi('BureauWeeklyReport');
export const weeklyReports = z
  .object({ items: z.array(weeklyReport) })
  .openapi('BureauWeeklyReports');

const itemKinds = z.enum([...new Set([...OBJECTION_ITEMS.PBOC, ...OBJECTION_ITEMS.BAIHANG])]);

export const newObjection = z
  .strictObject({
    applicationId: z.uuid(),
    bureau,
    item: itemKinds,
    reference: z.string().min(1).max(100).nullable().default(null).openapi({
      description: 'Number of the account, for an ACCOUNT; without one every account is meant.',
    }),
    statement: z.string().trim().min(1).max(2000),
  })
  .openapi('NewObjection');

export const objectionAnswer = z
  .strictObject({
    outcome: z.enum(OBJECTION_OUTCOMES),
    answer: z.string().trim().min(10).max(4000).openapi({ description: 'The written answer.' }),
  })
  .openapi('ObjectionAnswer');

export const objectionBrief = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    bureau,
    item: itemKinds,
    state: z.enum(OBJECTION_STATES),
    outcome: z.enum(OBJECTION_OUTCOMES).nullable(),
    receivedAt: instant,
    dueOn: day,
    overdue: z.boolean(),
    bureauReference: z.string().nullable(),
    repliedAt: instant.nullable(),
  })
  .openapi('ObjectionBrief');
export const objections = z.object({ items: z.array(objectionBrief) }).openapi('Objections');

export const objectionView = objectionBrief
  .extend({
    reference: z.string().nullable(),
    statement: z.string(),
    answer: z.string().nullable(),
  })
  .openapi('Objection');
