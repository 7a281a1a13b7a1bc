/** What a correction says a field shall hold, parsed as the page of the form would parse it. */
import type { z } from '@hono/zod-openapi';
import { type CorrectionField, placeOf } from '../domain/correction.ts';
import { ApiProblem } from './problem-response.ts';
import { identityPage, loanPageFields, workPage } from './schemas/pages.ts';

const PAGES = { 1: identityPage, 2: workPage, 3: loanPageFields } as const;

/** The value as the page of the form would read it. @throws ApiProblem when it is none */
export function correctedValue(field: CorrectionField, value: unknown): unknown {
  const { page, name } = placeOf(field);
  const shape: Readonly<Record<string, z.ZodType>> = PAGES[page].shape;
  const read = shape[name]?.safeParse(value);
  if (read?.success !== true) throw new ApiProblem('VALIDATION_FAILED');
  return read.data;
}
