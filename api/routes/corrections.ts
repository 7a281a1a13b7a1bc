/** Corrections of a parked loan's form: proposed by one person, applied when another approves that the step is retried. */
import { randomUUID } from 'node:crypto';
import type { z } from '@hono/zod-openapi';
import { readApplication } from '../../db/queries/apply.ts';
import {
  CORRECTION_COLUMN,
  listCorrections,
  proposeCorrection,
} from '../../db/queries/corrections.ts';
import { readOperatorCase } from '../../db/queries/reads/reviews.ts';
import { correctableAt, mayCorrect } from '../../domain/correction.ts';
import { recordDeed } from '../audit.ts';
import { correctedValue } from '../correction-values.ts';
import { type AppContext, callerOf } from '../deps.ts';
import { refuseOwnApplication, visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { correctionList, correctionRequest } from '../schemas/operations.ts';
import { iso, isoOrNull } from '../times.ts';

const tags = ['operations'];
const shown = { 200: jsonAnswer('The corrections, without their values', correctionList) };

const list = defineRoute('GET /v1/operator-cases/{id}/corrections', {
  summary: 'What may be corrected of a parked loan, and what is proposed',
  tags,
  request: { params: idParam },
  responses: shown,
});
const propose = defineRoute('POST /v1/operator-cases/{id}/corrections', {
  summary: "Propose what a field of the applicant's form shall say",
  description:
    'Nothing changes before another person approves that the step is retried. The former value stays as a revision, and the applicant is told. What was weighed already is corrected with the approval instead: POST /v1/applications/{id}/corrections.',
  tags,
  request: { params: idParam, body: jsonBody(correctionRequest) },
  responses: shown,
});

async function parked(c: AppContext, id: string) {
  const { db } = c.get('deps');
  const row = await readOperatorCase(db, id);
  if (row === undefined) throw new ApiProblem('NOT_FOUND');
  return { row, application: visible(c, await readApplication(db, row.application_id)) };
}

async function show(c: AppContext, id: string): Promise<z.infer<typeof correctionList>> {
  const { application } = await parked(c, id);
  const rows = await listCorrections(c.get('deps').db, id);
  return {
    correctable: [...correctableAt(application.stage)],
    items: rows.map((row) => ({
      id: row.id,
      field: row.field,
      state: row.state,
      reason: row.reason,
      proposedBy: row.proposed_by,
      appliedBy: row.applied_by,
      proposedAt: iso(row.proposed_at),
      closedAt: isoOrNull(row.closed_at),
    })),
  };
}

async function put(
  c: AppContext,
  caseId: string,
  said: z.infer<typeof correctionRequest>,
): Promise<void> {
  const { db, vault } = c.get('deps');
  const { row, application } = await parked(c, caseId);
  refuseOwnApplication(c, application.owner_subject);
  const { field, reason } = said;
  if (row.state === 'RESOLVED' || !mayCorrect(field, application.stage))
    throw new ApiProblem('ACTION_NOT_ALLOWED');
  const value = correctedValue(field, said.value);
  const id = randomUUID();
  await db.transaction().execute(async (tx) => {
    const house = await vault.ofHouse(tx);
    const proposed = await proposeCorrection(tx, {
      id,
      of: { caseId },
      applicationId: application.id,
      field,
      sealedValue: house.sealJson(CORRECTION_COLUMN, id, value),
      reason,
      by: callerOf(c).subject,
    });
    if (!proposed) throw new ApiProblem('ALREADY_PROPOSED');
    await recordDeed(c, tx, {
      action: 'case.propose-correction',
      subjectKind: 'application',
      subjectId: application.id,
      result: 'DONE',
      reason,
      detail: { caseId, field },
    });
  });
}

export function registerCorrections(app: App): void {
  app.openapi(list, async (c) => c.json(await show(c, c.req.valid('param').id), 200));

  app.openapi(propose, async (c) => {
    const { id } = c.req.valid('param');
    await put(c, id, c.req.valid('json'));
    return c.json(await show(c, id), 200);
  });
}
