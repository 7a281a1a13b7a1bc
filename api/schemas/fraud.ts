/** The fraud assessment of an application as a reviewer reads it. */
import { z } from '@hono/zod-openapi';
import { GRAPH_KINDS } from '../../domain/fraud-graph.ts';
import { instant } from './common.ts';
import { listHit } from './lists.ts';

const kind = z.enum(GRAPH_KINDS);

export const fraudSignal = z
  .object({
    code: z.string(),
    weight: z.number(),
    zh: z.string(),
    en: z.string(),
    /** What was seen; absent on assessments from before it was kept. */
    evidence: z.record(z.string(), z.unknown()).optional(),
  })
  .openapi('FraudSignal');

/** Ids are of this answer alone: they stand for applications and values without naming any. */
export const fraudGraph = z
  .object({
    applications: z.number().int(),
    persons: z.number().int(),
    defaults: z.number().int(),
    kinds: z.array(kind),
    density: z.number(),
    hubsIgnored: z.array(kind),
    truncated: z.boolean(),
    /** The part held together by device, numbers and cards alone. */
    close: z.object({
      persons: z.number().int(),
      defaults: z.number().int(),
      kinds: z.array(kind),
    }),
    nodes: z.array(
      z.object({
        id: z.string(),
        kind: z.union([z.literal('APPLICATION'), kind]),
        of: z.enum(['SELF', 'SAME_PERSON', 'OTHER']).optional(),
        inDefault: z.boolean().optional(),
      }),
    ),
    edges: z.array(z.object({ from: z.string(), to: z.string(), kind })),
  })
  .openapi('FraudGraph');

/** What the database holds under `signals`. */
export const storedAssessment = z.object({
  points: z.number(),
  signals: z.array(fraudSignal),
  waived: z.array(z.string()).default([]),
  graph: fraudGraph.nullable().default(null),
});

export const fraudView = z
  .object({
    applicationId: z.uuid(),
    round: z.number().int(),
    level: z.enum(['LOW', 'MEDIUM', 'HIGH']),
    points: z.number(),
    signals: z.array(fraudSignal),
    /** Circumstances seen and, for a person on the white list, not counted. */
    waived: z.array(z.string()),
    graph: fraudGraph.nullable(),
    hits: z.array(listHit),
    at: instant,
  })
  .openapi('FraudAssessment');
