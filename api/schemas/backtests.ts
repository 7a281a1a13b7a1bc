/** Backtests: what is to be tried on which decisions, how far it is and what came out. */
import { z } from '@hono/zod-openapi';
import { askedDay, instant, sm3Digest } from './common.ts';

/** A version of rules: one that was published, or a draft. */
const version = z.union([
  z.strictObject({ draftId: z.uuid() }),
  z.strictObject({
    code: z.string().regex(/^[A-Z][A-Z0-9_]{1,63}$/),
    version: z.number().int().min(1),
  }),
]);

export const newBacktest = z
  .strictObject({
    strategy: version,
    scorecard: version
      .optional()
      .openapi({ description: "In place of the strategy's own: the strategy is tried with it." }),
    from: askedDay.openapi({ description: 'First day of decisions, in Shanghai.' }),
    to: askedDay.openapi({ description: 'Last day of decisions, in Shanghai.' }),
    sampleLimit: z
      .number()
      .int()
      .min(0)
      .max(1000)
      .default(100)
      .openapi({ description: 'Ids of applications kept of each set.' }),
    lgdPercent: z
      .number()
      .int()
      .min(0)
      .max(100)
      .default(60)
      .openapi({ description: 'Assumed loss given default, percent of the amount.' }),
  })
  .openapi('NewBacktest');

const percent = z.number().nullable();
const row = z.object({ APPROVE: z.number(), REFER: z.number(), DECLINE: z.number() });

const side = z
  .object({
    approved: z.number().int(),
    approvalRatePercent: percent,
    averageAmountFen: z.number().nullable(),
    averageRatePercent: percent,
    approvedAmountFen: z.number(),
    expectedLossFen: z.number(),
    expectedLossPercent: percent,
  })
  .openapi('BacktestSide');

const group = z
  .object({
    compared: z.number().int(),
    matrix: z
      .object({ APPROVE: row, REFER: row, DECLINE: row })
      .openapi({ description: 'By what was decided, then by what would be.' }),
    swapIn: z.number().int().openapi({ description: 'Approved now and not before.' }),
    swapOut: z.number().int().openapi({ description: 'Approved before and not now.' }),
    before: side,
    after: side,
  })
  .openapi('BacktestGroup');

export const backtestReportView = z
  .object({
    total: group,
    segments: z.array(group.extend({ word: z.string(), value: z.string() })),
    unreadable: z.record(z.string(), z.number()).openapi({
      description: 'Decisions that could not be made again, by why: erased, unreadable, no inputs.',
    }),
    samples: z.object({
      swapIn: z.array(z.uuid()),
      swapOut: z.array(z.uuid()),
      unreadable: z.array(z.uuid()),
    }),
    assumptions: z.object({ lgdPercent: z.number(), zh: z.string(), en: z.string() }),
  })
  .openapi('BacktestReport');

const summary = z.object({
  id: z.uuid(),
  strategy: z.object({
    draftId: z.uuid().nullable(),
    code: z.string(),
    version: z.number().int(),
    sm3: sm3Digest,
  }),
  from: instant,
  until: instant,
  state: z.enum(['RUNNING', 'DONE', 'FAILED']),
  total: z.number().int().nullable(),
  failureCode: z.string().nullable(),
  startedBy: z.string(),
  startedAt: instant,
  finishedAt: instant.nullable(),
});

export const backtestView = summary
  .extend({
    scorecard: z.object({ name: z.string(), sm3: sm3Digest }),
    sampleLimit: z.number().int(),
    decided: z.number().int().openapi({ description: 'Applications decided again so far.' }),
    report: backtestReportView.nullable(),
  })
  .openapi('Backtest');

export const backtestList = z
  .object({ items: z.array(summary.openapi('BacktestSummary')) })
  .openapi('Backtests');

export type NewBacktest = z.infer<typeof newBacktest>;
export type VersionChoice = z.infer<typeof version>;
