/** What is said about authorisations, offers, contracts and recordings. */
import { z } from '@hono/zod-openapi';
import { CONSENT_ACTS } from '../../domain/authorisation.ts';
import { amountFen, instant, sm3Digest } from './common.ts';

export const newAuthorisation = z
  .strictObject({ applicationId: z.uuid() })
  .openapi('NewAuthorisation');

export const authorisationView = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    state: z.enum(['SHOWN', 'AGREED', 'WITHDRAWN', 'EXPIRED']),
    templateVersion: z.string(),
    /** Null for those who may know that it exists but not read it. */
    text: z.string().nullable(),
    textSm3: sm3Digest,
    acts: z.array(z.enum(CONSENT_ACTS)),
    createdAt: instant,
    agreedAt: instant.nullable(),
    validUntil: instant.nullable(),
    endedAt: instant.nullable(),
  })
  .openapi('Authorisation');

export const agreement = z
  .strictObject({
    textSm3: sm3Digest.openapi({ description: 'SM3 of the UTF-8 text that was shown.' }),
    acts: z
      .array(z.enum(CONSENT_ACTS))
      .openapi({ description: 'Each act the person ticked; every one is needed.' }),
  })
  .openapi('Agreement');

export const offerView = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    state: z.enum(['OPEN', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'CANCELLED']),
    productCode: z.string(),
    productVersion: z.number().int(),
    amountFen,
    termMonths: z.number().int(),
    method: z.string(),
    /** Percent a year, as a decimal string. */
    annualRate: z.string(),
    annualisedSimple: z.string(),
    annualisedCompound: z.string(),
    schedule: z.unknown(),
    capRule: z.unknown(),
    validUntil: instant,
    answeredAt: instant.nullable(),
    createdAt: instant,
  })
  .openapi('Offer');

export const contractView = z
  .object({
    id: z.uuid(),
    applicationId: z.uuid(),
    offerId: z.uuid(),
    number: z.string(),
    state: z.enum(['READY', 'SIGNED', 'VOID']),
    /** SM3 of the PDF; what the signer signs. */
    digestSm3: sm3Digest,
    createdAt: instant,
    signedAt: instant.nullable(),
    signatures: z.array(
      z.object({
        party: z.string().regex(/^(APPLICANT|LENDER|(SPOUSE|GUARANTOR)_[1-4])$/),
        at: instant,
      }),
    ),
    timestamps: z.array(z.object({ moment: z.enum(['BEFORE', 'AFTER']), generatedAt: instant })),
    recordingComplete: z.boolean(),
    /** What must be confirmed before signing; null for contracts from before it was a paper of its own. */
    disclosure: z
      .object({
        formSm3: sm3Digest,
        minReadSeconds: z.number().int(),
        confirmedAt: instant.nullable(),
      })
      .nullable(),
  })
  .openapi('Contract');

export const signingCodeRequest = z
  .strictObject({
    digestSm3: sm3Digest.openapi({ description: 'SM3 of the exact PDF that was shown.' }),
  })
  .openapi('SigningCodeRequest');

const pageDwell = z.strictObject({
  page: z.int().min(1).max(200),
  dwellMs: z.int().min(0).max(86_400_000).openapi({ description: 'How long it was on screen.' }),
});

export const signing = z
  .strictObject({
    digestSm3: sm3Digest.openapi({ description: 'SM3 of the exact PDF that was shown.' }),
    code: z
      .string()
      .regex(/^\d{6}$/)
      .openapi({ description: 'The code that was sent for this contract.' }),
    pages: z.array(pageDwell).min(1).max(200),
    device: z
      .string()
      .min(1)
      .max(128)
      .optional()
      .openapi({ description: 'What names the device, as the person consented to.' }),
  })
  .openapi('Signing');
