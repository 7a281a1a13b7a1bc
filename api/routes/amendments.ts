/** Corrections after an application was weighed: proposed with the taking back of what was approved, and agreed to with it. */
import { randomUUID } from 'node:crypto';
import type { z } from '@hono/zod-openapi';
import { readApplication } from '../../db/queries/apply.ts';
import { proposeUndo } from '../../db/queries/conditions.ts';
import {
  CORRECTION_COLUMN,
  listAmendments,
  proposeCorrection,
} from '../../db/queries/corrections.ts';
import { amendableAt, mayAmend } from '../../domain/correction.ts';
import { maskAddress } from '../../domain/masks.ts';
import { beginReadRecord, recordDeed } from '../audit.ts';
import { correctedValue } from '../correction-values.ts';
import { type AppContext, callerOf } from '../deps.ts';
import { looksAsStaff, refuseOwnApplication, visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { amendmentList, amendmentRequest } from '../schemas/operations.ts';
import { sightOf } from '../sight.ts';
import { iso, isoOrNull } from '../times.ts';

const tags = ['decide'];
const shown = { 200: jsonAnswer('What may be corrected, and what is proposed', amendmentList) };
const request = { params: idParam, body: jsonBody(amendmentRequest) };
const description =
  'Nothing changes before a second person approves at POST /v1/applications/{id}/undo-approval: then what was approved is void, the former values stay as revisions, the application is weighed again, people decide, and the applicant is told.';

const list = defineRoute('GET /v1/applications/{id}/corrections', {
  summary: 'Corrections after an application was weighed',
  tags,
  request: { params: idParam },
  responses: shown,
});
const propose = defineRoute('POST /v1/applications/{id}/corrections', {
  summary: 'Propose to correct the form of an application that was weighed',
  description,
  tags,
  request,
  responses: shown,
});
const ask = defineRoute('POST /v1/applications/{id}/correction-requests', {
  summary: 'Ask that a form handed in and weighed is corrected',
  description,
  tags,
  request,
  responses: shown,
});

type Row = Awaited<ReturnType<typeof listAmendments>>[number];

/** What a proposal says, as far as the caller's role sees the form; null once it is closed. */
function valueOf(c: AppContext, row: Row, value: unknown): string | number | null {
  const sight = sightOf(callerOf(c).role, 'form');
  if (sight === null || (typeof value !== 'string' && typeof value !== 'number')) return null;
  return sight === 'masked' && row.field === 'identity.address'
    ? maskAddress(String(value))
    : value;
}

async function show(
  c: AppContext,
  id: string,
  withValues: boolean,
): Promise<z.infer<typeof amendmentList>> {
  const { db, vault } = c.get('deps');
  const application = visible(c, await readApplication(db, id));
  if (withValues) beginReadRecord(c, id);
  const rows = await listAmendments(db, id);
  const house = await vault.ofHouse(db);
  const said = (row: Row): unknown =>
    row.sealed_value === null || !withValues
      ? null
      : house.openJson(CORRECTION_COLUMN, row.id, row.sealed_value, (one) => one);
  const asStaff = looksAsStaff(c);
  return {
    correctable: [...amendableAt(application.stage)],
    // Said of what is proposed: a second person is waited for, and nothing is done.
    pending: rows.some(({ state }) => state === 'PROPOSED') ? 'UNDO_APPROVAL' : null,
    items: rows.map((row) => ({
      id: row.id,
      field: row.field,
      value: valueOf(c, row, said(row)),
      state: row.state,
      reason: row.reason,
      // To an applicant every person of ours is nobody in particular.
      proposedBy: asStaff ? row.proposed_by : null,
      appliedBy: asStaff ? row.applied_by : null,
      proposedAt: iso(row.proposed_at),
      closedAt: isoOrNull(row.closed_at),
    })),
  };
}

/** Keeps the proposal with everything it corrects in one transaction: whoever agrees, agrees to all of it. */
async function put(
  c: AppContext,
  id: string,
  { reason, corrections }: z.infer<typeof amendmentRequest>,
): Promise<void> {
  const { db, vault } = c.get('deps');
  const by = callerOf(c).subject;
  await db.transaction().execute(async (tx) => {
    const application = visible(c, await readApplication(tx, id));
    if (looksAsStaff(c)) refuseOwnApplication(c, application.owner_subject);
    const { stage, round } = application;
    if (!corrections.every(({ field }) => mayAmend(field, stage)))
      throw new ApiProblem('ACTION_NOT_ALLOWED');
    const undoId = randomUUID();
    const kept = await proposeUndo(tx, {
      id: undoId,
      applicationId: id,
      round,
      stage,
      reason,
      proposedBy: by,
    });
    if (!kept) throw new ApiProblem('ALREADY_PROPOSED');
    const house = await vault.ofHouse(tx);
    for (const { field, value } of corrections) {
      const correctionId = randomUUID();
      const sealedValue = house.sealJson(
        CORRECTION_COLUMN,
        correctionId,
        correctedValue(field, value),
      );
      const of = { undoId };
      const proposed = { id: correctionId, of, applicationId: id, field, sealedValue, reason, by };
      // The same field twice in one proposal says two things.
      if (!(await proposeCorrection(tx, proposed))) throw new ApiProblem('VALIDATION_FAILED');
    }
    await recordDeed(c, tx, {
      action: 'case.propose-correction',
      subjectKind: 'application',
      subjectId: id,
      result: 'DONE',
      reason,
      detail: { undoId, fields: corrections.map(({ field }) => field) },
    });
  });
}

export function registerAmendments(app: App): void {
  app.openapi(list, async (c) => c.json(await show(c, c.req.valid('param').id, true), 200));

  app.openapi(propose, async (c) => {
    const { id } = c.req.valid('param');
    await put(c, id, c.req.valid('json'));
    return c.json(await show(c, id, false), 200);
  });

  app.openapi(ask, async (c) => {
    const { id } = c.req.valid('param');
    await put(c, id, c.req.valid('json'));
    return c.json(await show(c, id, false), 200);
  });
}
