/** What monitoring says of decisions, and the thresholds it goes by. */
import { z } from '@hono/zod-openapi';
import { day, instant, reasonCode } from './common.ts';

export const monitoringThresholds = z
  .strictObject({
    currentDays: z.number().int().min(1).max(31),
    baselineDays: z.number().int().min(7).max(365),
    minimumDecisions: z.number().int().min(20).max(10_000_000),
    stabilityIndex: z.number().min(0.02).max(5),
    outcomePoints: z.number().min(0.5).max(100),
    ruleFactor: z.number().min(1.1).max(100),
    ruleHits: z.number().int().min(1).max(1_000_000),
    overridePercent: z.number().min(1).max(100),
  })
  .openapi('MonitoringThresholds');

export const newThresholds = z
  .strictObject({
    after: z.number().int().min(0).max(2_000_000).openapi({
      description: 'Version that these follow, 0 for the shipped ones.',
    }),
    thresholds: monitoringThresholds,
    reason: reasonCode,
  })
  .openapi('NewMonitoringThresholds');

export const thresholdsView = z
  .object({ version: z.number().int(), thresholds: monitoringThresholds })
  .openapi('MonitoringThresholdsVersion');

const sides = z.object({ before: z.number().int(), now: z.number().int() });
const share = z.number().nullable();

export const monitoringView = z
  .object({
    windows: z.object({ from: day, split: day, to: day }),
    thresholds: thresholdsView,
    strategies: z.array(
      z.object({
        strategyCode: z.string(),
        arm: z.string(),
        decisions: sides,
        outcomes: z.array(z.object({ outcome: z.string(), before: share, now: share })),
        rules: z.array(z.object({ rule: z.string(), hits: sides, before: share, now: share })),
        scores: z.array(z.object({ scorecard: z.string(), psi: share })),
        variables: z.array(z.object({ scorecard: z.string(), dimension: z.string(), psi: share })),
        overrides: z.object({
          reviews: z.number().int(),
          overridden: z.number().int(),
          rate: share,
        }),
      }),
    ),
    alerts: z.array(
      z.object({
        day,
        cause: z.string(),
        strategyCode: z.string(),
        measured: z.string(),
        threshold: z.string(),
        at: instant,
      }),
    ),
  })
  .openapi('RiskMonitoring');
