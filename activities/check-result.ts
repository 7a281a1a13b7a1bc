/** Reads a stored identity check as the domain judges it. */
import { z } from 'zod';
import type { CheckResult } from '../domain/verify.ts';
import type { Verification } from '../db/queries/verifications.ts';

const faceDetail = z.object({ score: z.number(), live: z.boolean() });

/** Reads a stored check as the domain knows it; a face without its score is a gap there. */
export function asCheckResult(row: Verification): CheckResult {
  if (row.kind !== 'FACE') return { kind: row.kind, outcome: row.outcome };
  const detail = faceDetail.safeParse(row.detail);
  if (!detail.success)
    return { kind: 'FACE', outcome: row.outcome, score: null, liveness: 'UNKNOWN' };
  return {
    kind: 'FACE',
    outcome: row.outcome,
    score: detail.data.score,
    liveness: detail.data.live ? 'PASS' : 'FAIL',
  };
}
