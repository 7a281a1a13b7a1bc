/** Lists over the API: entries as they are proposed and shown, hits, and what two people find. */
import { z } from '@hono/zod-openapi';
import { normaliseIdentifier, parseMobile } from '../../domain/identifiers.ts';
import { day, instant, line, pageOf, pageQuery, reasonCode } from './common.ts';

export const listKind = z.enum(['BLACK', 'GREY', 'WHITE', 'SANCTIONS']);
export const listParam = z.object({ kind: listKind });
export const entryParam = z.object({ kind: listKind, id: z.uuid() });
export const entriesQuery = pageQuery;

const FORMS: Readonly<Record<'ID_NUMBER' | 'MOBILE' | 'CARD' | 'DEVICE', RegExp>> = {
  ID_NUMBER: /^\d{17}[\dX]$/,
  MOBILE: /^1\d{10}$/,
  CARD: /^\d{13,19}$/,
  DEVICE: /^\P{Cc}{1,128}$/u,
};

/** The value in the one form in which applications are compared with it. */
function normalised(subject: keyof typeof FORMS, value: string): string {
  if (subject === 'DEVICE') return value.trim();
  const mobile = subject === 'MOBILE' ? parseMobile(value) : null;
  return mobile?.ok === true ? mobile.number : normaliseIdentifier(value);
}

const reasons = {
  /** Who says so, as a code: `UNSC`, `MPS_FRAUD`, `HOUSE`. */
  source: reasonCode,
  reason: reasonCode,
  listedOn: day,
  /** By which way the person may object, as a code. */
  appeal: reasonCode,
  /** First day on which the entry no longer holds. */
  expiresOn: day.nullable(),
} as const;

const exactEntry = z
  .strictObject({
    subject: z.enum(['ID_NUMBER', 'MOBILE', 'CARD', 'DEVICE']),
    value: z.string().min(1).max(256),
    ...reasons,
  })
  .transform((entry) => ({ ...entry, value: normalised(entry.subject, entry.value) }))
  .refine((entry) => FORMS[entry.subject].test(entry.value), {
    path: ['value'],
    message: 'not a value of this subject',
  });

/** Names are searched by likeness, and on sanctions lists alone, which are public. */
const nameEntry = z.strictObject({
  subject: z.literal('NAME'),
  name: line(128),
  birthDate: day.nullable(),
  sex: z.enum(['MALE', 'FEMALE']).nullable(),
  ...reasons,
});

export const newListEntry = z.union([nameEntry, exactEntry]).openapi('NewListEntry');

export const listEntry = z
  .object({
    id: z.uuid(),
    kind: listKind,
    subject: z.string(),
    name: z.string().nullable(),
    birthDate: z.string().nullable(),
    sex: z.string().nullable(),
    source: z.string(),
    reason: z.string(),
    listedOn: z.string(),
    appeal: z.string(),
    expiresOn: z.string().nullable(),
    state: z.enum(['PROPOSED', 'ACTIVE', 'REFUSED', 'ENDED', 'EXPIRED']),
    createdAt: instant,
  })
  .openapi('ListEntry');
export const listEntries = pageOf(listEntry).openapi('ListEntries');

export const endQuery = z.object({ reason: reasonCode });

export const listProposal = z
  .object({
    id: z.uuid(),
    act: z.enum(['ADD', 'END', 'TRUE_MATCH', 'FALSE_MATCH']),
    entryId: z.uuid().nullable(),
    hitId: z.uuid().nullable(),
    reason: z.string(),
    proposedBy: z.string(),
    proposedAt: instant,
    outcome: z.enum(['APPROVED', 'REFUSED']).nullable(),
    decidedBy: z.string().nullable(),
    decidedAt: instant.nullable(),
  })
  .openapi('ListProposal');
export const listProposals = z.object({ items: z.array(listProposal) }).openapi('ListProposals');

export const listDecision = z
  .strictObject({ outcome: z.enum(['APPROVED', 'REFUSED']) })
  .openapi('ListDecision');

export const listHit = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    entryId: z.uuid(),
    listedName: z.string().nullable(),
    source: z.string(),
    similarity: z.number(),
    secondFactor: z.enum(['AGREES', 'DIFFERS', 'UNKNOWN']),
    foundAt: instant,
    disposition: z.enum(['TRUE_MATCH', 'FALSE_MATCH']).nullable(),
  })
  .openapi('ListHit');
export const listHits = z.object({ items: z.array(listHit) }).openapi('ListHits');

export const newDisposition = z
  .strictObject({ outcome: z.enum(['TRUE_MATCH', 'FALSE_MATCH']), reason: reasonCode })
  .openapi('NewDisposition');
