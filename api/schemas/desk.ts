/** What is said about the approval matrix, the people at the desk, lent authority, ties, conditions and approvals undone. */
import { z } from '@hono/zod-openapi';
import { DECIDING_ROLES } from '../../domain/authority.ts';
import { GRADES } from '../../domain/loan-terms.ts';
import { conditionView, matrixStage } from './case.ts';
import { amountFen, freeText, instant, reasonCode } from './common.ts';

const subject = z.string().min(1).max(200);
const decidingRole = z.enum(DECIDING_ROLES);

/** A case by its facts, or an application that has them. */
export const simulation = z
  .union([
    z.strictObject({ applicationId: z.uuid(), amountFen: amountFen.optional() }),
    z.strictObject({
      productCode: z.string().min(1).max(64),
      amountFen,
      grade: z.enum(GRADES),
      /** What the person owes, this amount included; the amount alone unless said. */
      exposureFen: amountFen.optional(),
      exceptions: z.number().int().min(0).max(1000).default(0),
    }),
  ])
  .openapi('MatrixSimulation');

export const simulated = z
  .object({
    matrix: z.string(),
    /** False: nobody's authority covers the amount, or there is no matrix; it can be declined or sent back. */
    approvable: z.boolean(),
    row: z.string().nullable(),
    zh: z.string().nullable(),
    en: z.string().nullable(),
    secondPerson: z.boolean(),
    case: z.object({
      productCode: z.string(),
      amountFen,
      grade: z.string(),
      exposureFen: amountFen,
      exceptions: z.number().int(),
    }),
    stages: z.array(
      matrixStage.extend({
        /** People of the roster who may take a seat now: at the desk, there, and for the last stage able. */
        people: z.array(z.string()),
      }),
    ),
    why: z.array(
      z.object({
        row: z.string(),
        zh: z.string(),
        en: z.string(),
        /** The condition that kept the row out; null for the row that fits. */
        misfit: z.string().nullable(),
      }),
    ),
  })
  .openapi('SimulatedApproval');

export const deskPerson = z
  .object({
    subject,
    roles: z.array(z.string()),
    /** Null: the amount of the role holds. */
    limitFen: amountFen.nullable(),
    capacity: z.number().int(),
    load: z.number().int(),
    onDesk: z.boolean(),
    awayFrom: instant.nullable(),
    awayUntil: instant.nullable(),
  })
  .openapi('DeskPerson');
export const deskPeople = z.object({ items: z.array(deskPerson) }).openapi('DeskPeople');

export const presence = z.strictObject({ onDesk: z.boolean() }).openapi('DeskPresence');

export const absence = z
  .strictObject({
    /** Somebody else than the caller: a risk officer alone may say so. */
    subject: subject.optional(),
    from: instant.nullable(),
    until: instant.nullable(),
  })
  .refine(
    ({ from, until }) =>
      from === null || until === null ? from === until : Date.parse(from) < Date.parse(until),
    { path: ['until'], message: 'An absence has a beginning and a later end, or neither.' },
  )
  .openapi('Absence');

const state = z.enum(['PROPOSED', 'APPROVED', 'REJECTED']);

export const newAuthority = z
  .strictObject({
    subject,
    limitFen: amountFen.nullable(),
    capacity: z.number().int().min(1).max(200),
    reason: reasonCode,
  })
  .openapi('NewAuthority');

export const authorityChange = z
  .object({
    id: z.uuid(),
    subject,
    limitFen: amountFen.nullable(),
    capacity: z.number().int(),
    reason: z.string(),
    state,
    proposedBy: z.string(),
    decidedBy: z.string().nullable(),
    proposedAt: instant,
    decidedAt: instant.nullable(),
  })
  .openapi('AuthorityChange');
export const authorityChanges = z
  .object({ items: z.array(authorityChange) })
  .openapi('AuthorityChanges');

const LENT_DAYS = 90;

export const newDelegation = z
  .strictObject({
    /** Whose authority is lent: the caller's, unless a risk officer lends for somebody. */
    from: subject.optional(),
    to: subject,
    role: decidingRole,
    limitFen: amountFen.min(1),
    startsAt: instant,
    endsAt: instant,
    reason: reasonCode,
  })
  .refine(
    ({ startsAt, endsAt }) => {
      const length = Date.parse(endsAt) - Date.parse(startsAt);
      return length > 0 && length <= LENT_DAYS * 86_400_000;
    },
    { path: ['endsAt'], message: 'Authority is lent for 90 days at most.' },
  )
  .openapi('NewDelegation');

export const delegation = z
  .object({
    id: z.uuid(),
    from: z.string(),
    to: z.string(),
    role: z.string(),
    limitFen: amountFen,
    startsAt: instant,
    endsAt: instant,
    reason: z.string(),
    state: z.enum(['PROPOSED', 'APPROVED', 'REJECTED', 'ENDED']),
    proposedBy: z.string(),
    decidedBy: z.string().nullable(),
  })
  .openapi('Delegation');
export const delegations = z.object({ items: z.array(delegation) }).openapi('Delegations');

export const secondDecision = z
  .strictObject({ outcome: z.enum(['APPROVED', 'REJECTED']) })
  .openapi('SecondDecision');

export const newConflict = z
  .strictObject({
    /** Identity number of the person one is tied to; kept as a keyed index alone. */
    idNumber: z.string().regex(/^\d{17}[\dX]$/),
    relation: z.enum(['SELF', 'RELATIVE', 'FRIEND', 'BUSINESS', 'OTHER']),
  })
  .openapi('NewConflict');
export const conflicts = z
  .object({
    items: z.array(
      z.object({
        id: z.uuid(),
        relation: z.string(),
        declaredAt: instant,
        endedAt: instant.nullable(),
        /** True while somebody has proposed to end it: it holds on until another agrees. */
        ending: z.boolean(),
      }),
    ),
  })
  .openapi('Conflicts');
export const conflictQuery = z.object({ subject: subject.optional() });
export const conflictEnd = z.strictObject({ reason: reasonCode }).openapi('ConflictEnd');
export const conflictEnds = z
  .object({
    items: z.array(
      z.object({
        id: z.uuid(),
        conflictId: z.uuid(),
        subject,
        relation: z.string(),
        reason: z.string(),
        state: z.enum(['PROPOSED', 'APPROVED', 'REJECTED']),
        proposedBy: z.string(),
        decidedBy: z.string().nullable(),
        proposedAt: instant,
      }),
    ),
  })
  .openapi('ConflictEnds');

export const loanConditions = z.object({ items: z.array(conditionView) }).openapi('LoanConditions');
export const conditionAnswer = z.strictObject({ text: freeText(2000) }).openapi('ConditionAnswer');
export const conditionStep = z
  .strictObject({
    step: z.enum(['CLEAR', 'REJECT', 'PROPOSE_WAIVER', 'APPROVE_WAIVER', 'REFUSE_WAIVER']),
    reason: reasonCode,
  })
  .openapi('ConditionStep');
export const undoStep = z
  .strictObject({ step: z.enum(['PROPOSE', 'APPROVE', 'REJECT']), reason: reasonCode })
  .openapi('UndoStep');
