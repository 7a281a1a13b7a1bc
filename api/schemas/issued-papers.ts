/** What is said about cost disclosures and papers that are drawn on request. */
import { z } from '@hono/zod-openapi';
import { amountFen, instant, sm3Digest } from './common.ts';

const device = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .openapi({ description: 'The device as the page knows it; kept sealed as evidence.' });

export const disclosureShowing = z.strictObject({ device }).openapi('DisclosureShowing');

export const disclosureConfirmation = z
  .strictObject({
    formSm3: sm3Digest.openapi({ description: 'SM3 of the exact PDF that was shown.' }),
    dwellMs: z
      .number()
      .int()
      .min(0)
      .max(86_400_000)
      .openapi({ description: 'How long the form stood on the screen, in milliseconds.' }),
    scrolledToEnd: z.boolean(),
    device,
  })
  .openapi('DisclosureConfirmation');

const named = z.object({ orgName: z.string(), text: z.string() });

/** The form as data, by the members of the industry's schema. */
const form = z
  .object({
    costRate: z.string(),
    costRateCompound: z.string(),
    principalFen: amountFen,
    loanInterest: z.object({
      orgName: z.string(),
      rate: z.string(),
      rateType: z.literal('ANNUAL_SIMPLE'),
      repayMode: z.string(),
    }),
    normalFees: z.array(
      named.extend({ code: z.string(), name: z.string(), amountFen, charging: z.string() }),
    ),
    overduePenaltyInterest: named,
    misappropriationPenaltyInterest: named,
    prepaymentPenalty: named.extend({ name: z.string() }),
    otherContingent: z.array(named.extend({ name: z.string() })),
    capped: z.boolean(),
    notice: z.string(),
  })
  .openapi('CostDisclosureForm');

export const disclosureView = z
  .object({
    id: z.uuid(),
    contractId: z.uuid(),
    formSm3: sm3Digest,
    minReadSeconds: z.number().int(),
    shownAt: instant,
    confirmedAt: instant.nullable(),
    form,
  })
  .openapi('CostDisclosure');

export const paperRequest = z.strictObject({}).openapi('PaperRequest');

export const issuedPaperView = z
  .object({
    applicationId: z.uuid(),
    kind: z.enum(['DECLINE_NOTICE', 'SETTLEMENT_CERTIFICATE']),
    state: z.enum(['DRAWING', 'READY']),
  })
  .openapi('IssuedPaper');
