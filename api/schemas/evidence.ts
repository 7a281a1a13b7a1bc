/** What is said about evidence bundles. */
import { z } from '@hono/zod-openapi';
import { EVIDENCE_AUDIENCES } from '../../domain/evidence.ts';
import { instant, sm3Digest } from './common.ts';

export const evidenceRequest = z.strictObject({}).openapi('EvidenceRequest');

export const oversightRequest = z
  .strictObject({ contractId: z.uuid() })
  .openapi('OversightEvidenceRequest');

export const evidenceView = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    contractId: z.uuid(),
    /** What the bundle holds: for staff with the records of decisions, for the applicant without them. */
    audience: z.enum(EVIDENCE_AUDIENCES),
    state: z.enum(['BUILDING', 'READY']),
    requestedAt: instant,
    builtAt: instant.nullable(),
    /** SM3 and size of the archive; null while it is built. */
    sm3: sm3Digest.nullable(),
    sizeBytes: z.number().int().nullable(),
  })
  .openapi('EvidenceBundle');
