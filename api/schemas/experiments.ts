/** What is said about experiments: the document, where it stands, and its report. */
import { z } from '@hono/zod-openapi';
import { ARM_ROLES, BAND_MEASURES } from '../../domain/experiment.ts';
import { instant, reasonCode, sm3Digest } from './common.ts';

export const newExperiment = z
  .strictObject({
    document: z.record(z.string(), z.unknown()).openapi({
      description: 'docs/experiments.md describes it; every fault is named with its place.',
    }),
  })
  .openapi('NewExperiment');

export const experimentApproval = z
  .strictObject({
    documentSm3: sm3Digest.openapi({ description: 'Digest of the document that was looked at.' }),
  })
  .openapi('ExperimentApproval');

export const experimentStop = z
  .strictObject({
    arm: z.string().min(1).max(32).optional().openapi({
      description: 'One challenger that takes nobody in any more; the whole experiment without it.',
    }),
    reason: reasonCode,
  })
  .openapi('ExperimentStop');

const armStop = z.object({
  arm: z.string(),
  reason: z.enum(['STOP_LOSS', 'PERSON']),
  measure: z.enum(BAND_MEASURES).nullable(),
  hits: z.number().int().nullable(),
  seen: z.number().int().nullable(),
  lowBp: z.number().int().nullable(),
  highBp: z.number().int().nullable(),
  stoppedBy: z.string(),
  at: instant,
});

const arm = z.object({
  name: z.string(),
  role: z.enum(ARM_ROLES),
  strategyVersion: z.number().int(),
  shareBp: z.number().int(),
});

export const experimentView = z
  .object({
    id: z.uuid(),
    code: z.string(),
    strategyCode: z.string(),
    status: z.enum(['DRAFT', 'PROPOSED', 'RUNNING', 'STOPPED', 'FINISHED']),
    document: z.object({
      format: z.literal(1),
      code: z.string(),
      strategyCode: z.string(),
      salt: z.string(),
      arms: z.array(arm),
      exposureCap: z.object({
        maxPersons: z.number().int().nullable(),
        maxFen: z.number().int().nullable(),
      }),
      stopLoss: z.array(
        z.object({
          arm: z.string(),
          measure: z.enum(BAND_MEASURES),
          lowBp: z.number().int(),
          highBp: z.number().int(),
          minimumSample: z.number().int(),
        }),
      ),
      earlyOverdue: z.object({ days: z.number().int(), marginBp: z.number().int() }),
      minimumSample: z.number().int(),
      startsAt: instant,
      endsAt: instant,
    }),
    documentSm3: sm3Digest,
    createdBy: z.string(),
    proposedBy: z.string().nullable(),
    approvedBy: z.string().nullable(),
    stoppedBy: z.string().nullable(),
    stopReason: z.string().nullable(),
    createdAt: instant,
    proposedAt: instant.nullable(),
    approvedAt: instant.nullable(),
    endedAt: instant.nullable(),
    armStops: z.array(armStop),
  })
  .openapi('Experiment');

export const experimentList = z.object({ items: z.array(experimentView) });

const estimate = z
  .object({ value: z.number(), low: z.number(), high: z.number() })
  .nullable()
  .openapi({ description: 'With the interval of the stated confidence; null without a sample.' });

const sample = z.object({
  mean: z.number(),
  deviation: z.number(),
  of: z.number().int(),
});

const armReport = z.object({
  arm: z.string(),
  role: z.enum(ARM_ROLES),
  counts: z.object({
    arm: z.string(),
    persons: z.number().int(),
    diverted: z.number().int(),
    approved: z.number().int(),
    declined: z.number().int(),
    referred: z.number().int(),
    limit: sample,
    price: sample,
    matured: z.number().int(),
    earlyOverdue: z.number().int(),
  }),
  approvalRate: estimate,
  declineRate: estimate,
  limitFen: estimate,
  pricePercent: estimate,
  earlyOverdueRate: estimate,
  againstChampion: z
    .object({
      approvalRate: estimate,
      limitFen: estimate,
      pricePercent: estimate,
      earlyOverdueRate: estimate,
    })
    .nullable(),
  verdict: z.object({ code: z.string(), zh: z.string(), en: z.string() }).nullable(),
});

export const experimentReport = z
  .object({
    id: z.uuid(),
    code: z.string(),
    status: z.enum(['DRAFT', 'PROPOSED', 'RUNNING', 'STOPPED', 'FINISHED']),
    confidence: z.number(),
    differenceConfidence: z.number(),
    arms: z.array(armReport),
    balance: z
      .object({
        test: z.literal('PEARSON_CHI_SQUARE'),
        chiSquare: z.number(),
        degrees: z.number().int(),
        pValue: z.number(),
        doubtful: z.boolean(),
      })
      .nullable(),
    shadows: z.array(
      z.object({
        arm: z.string(),
        outcome: z.enum(['APPROVE', 'DECLINE', 'REFER']),
        shadowOutcome: z.enum(['APPROVE', 'DECLINE', 'REFER']).nullable(),
        decisions: z.number().int(),
      }),
    ),
    armStops: z.array(armStop),
  })
  .openapi('ExperimentReport');
