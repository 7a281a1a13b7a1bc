/** The reconciliation with the bank: finance sees how each day stands, asks for a day, and closes its cases in two. */
import {
  approveReconciliation,
  listReconciliationCases,
  listReconciliations,
  lockReconciliationCase,
  proposeReconciliation,
} from '../../db/queries/reconciliation.ts';
import type { Tx } from '../../db/database.ts';
import { businessDate } from '../../platform/clock.ts';
import { recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import {
  reconciliationBegun,
  reconciliationCase,
  reconciliationCaseFilter,
  reconciliationCases,
  reconciliationList,
  reconciliationOrder,
  reconciliationResolution,
} from '../schemas/reconciliation.ts';
import { iso, isoOrNull } from '../times.ts';

const tags = ['reconciliation'];
const MOST_DAYS = 60;
/** No bank has a statement of a day to come. */
const TO_COME = {
  pointer: '/day',
  code: 'DAY_TO_COME',
  zh: '该日期尚未到来。',
  en: 'This day is still to come.',
};
const MOST_CASES = 500;

const list = defineRoute('GET /v1/reconciliations', {
  summary: 'How each day stands with the bank, newest first',
  tags,
  responses: { 200: jsonAnswer('The days', reconciliationList) },
});
const run = defineRoute('POST /v1/reconciliations', {
  summary: 'Fetch the statement of a day and reconcile it; the same file again changes nothing',
  tags,
  request: { body: jsonBody(reconciliationOrder) },
  responses: { 200: jsonAnswer('Begun', reconciliationBegun) },
});
const cases = defineRoute('GET /v1/reconciliation-cases', {
  summary: 'Differences between the bank and us, oldest first',
  tags,
  request: { query: reconciliationCaseFilter },
  responses: { 200: jsonAnswer('The cases', reconciliationCases) },
});
const propose = defineRoute('POST /v1/reconciliation-cases/{id}/propose', {
  summary: 'Propose what becomes of a difference',
  tags,
  request: { params: idParam, body: jsonBody(reconciliationResolution) },
  responses: { 200: jsonAnswer('The case', reconciliationCase) },
});
const approve = defineRoute('POST /v1/reconciliation-cases/{id}/approve', {
  summary: "Approve another person's proposal and close the case",
  tags,
  request: { params: idParam, body: jsonBody(reconciliationResolution) },
  responses: { 200: jsonAnswer('The case', reconciliationCase) },
});

type CaseRow = Awaited<ReturnType<typeof listReconciliationCases>>[number];

const viewOf = (row: CaseRow) => ({
  id: row.id,
  day: row.day,
  kind: row.kind,
  why: row.why,
  ourSource: row.our_source,
  ourId: row.our_id,
  ourFen: row.our_fen,
  theirFen: row.their_fen,
  bankReference: row.bank_reference,
  requestNo: row.request_no,
  loanReference: row.loan_reference,
  owner: row.owner,
  state: row.state,
  action: row.action,
  reason: row.reason,
  proposedBy: row.proposed_by,
  approvedBy: row.approved_by,
  openedAt: iso(row.opened_at),
  resolvedAt: isoOrNull(row.resolved_at),
});

interface Resolution {
  readonly step: 'propose' | 'approve';
  readonly action: 'BANK_CORRECTS' | 'BOOKED_BY_HAND' | 'ACCEPTED' | 'NOT_OURS';
  readonly reason: string;
}

async function put(c: AppContext, tx: Tx, row: CaseRow, said: Resolution): Promise<void> {
  if (row.state !== 'OPEN')
    throw new ApiProblem(row.state === 'PROPOSED' ? 'ALREADY_PROPOSED' : 'ALREADY_DECIDED');
  const { action, reason } = said;
  const by = callerOf(c).subject;
  await proposeReconciliation(tx, { id: row.id, action, reason, by, at: c.get('deps').now() });
}

async function agree(c: AppContext, tx: Tx, row: CaseRow, said: Resolution): Promise<void> {
  if (row.state === 'RESOLVED') throw new ApiProblem('ALREADY_DECIDED');
  if (row.state === 'OPEN') throw new ApiProblem('NO_PROPOSAL');
  const by = callerOf(c).subject;
  if (row.proposed_by === by) throw new ApiProblem('FOUR_EYES');
  if (row.action !== said.action) throw new ApiProblem('ACTION_DIFFERS');
  await approveReconciliation(tx, { id: row.id, by, at: c.get('deps').now() });
}

async function resolve(c: AppContext, id: string, said: Resolution) {
  const { db } = c.get('deps');
  return await db.transaction().execute(async (tx) => {
    const row = await lockReconciliationCase(tx, id);
    if (row === undefined) throw new ApiProblem('NOT_FOUND');
    await (said.step === 'propose' ? put : agree)(c, tx, row, said);
    await recordDeed(c, tx, {
      action: `reconciliation.${said.step}`,
      subjectKind: 'reconciliation-case',
      subjectId: id,
      result: 'DONE',
      reason: said.reason,
      detail: { action: said.action, day: row.day, kind: row.kind },
    });
    const now = await lockReconciliationCase(tx, id);
    return viewOf(now ?? row);
  });
}

async function begin(c: AppContext, day: string) {
  const { db, now, desk } = c.get('deps');
  if (day > businessDate(now())) throw new ApiProblem('VALIDATION_FAILED', { errors: [TO_COME] });
  const workflowId = await desk.reconcile(day, actKeyOf(c));
  await recordDeed(c, db, {
    action: 'reconciliation.run',
    subjectKind: 'reconciliation',
    subjectId: day,
    result: 'DONE',
  });
  return { day, workflowId };
}

export function registerReconciliations(app: App): void {
  app.openapi(list, async (c) => {
    const rows = await listReconciliations(c.get('deps').db, MOST_DAYS);
    return c.json({ items: rows.map((row) => ({ ...row, at: iso(row.at) })) }, 200);
  });
  app.openapi(run, async (c) => c.json(await begin(c, c.req.valid('json').day), 200));
  app.openapi(cases, async (c) => {
    const { state, day } = c.req.valid('query');
    const rows = await listReconciliationCases(c.get('deps').db, { state, day }, MOST_CASES);
    return c.json({ items: rows.map(viewOf) }, 200);
  });
  app.openapi(propose, async (c) => {
    const said = { step: 'propose' as const, ...c.req.valid('json') };
    return c.json(await resolve(c, c.req.valid('param').id, said), 200);
  });
  app.openapi(approve, async (c) => {
    const said = { step: 'approve' as const, ...c.req.valid('json') };
    return c.json(await resolve(c, c.req.valid('param').id, said), 200);
  });
}
