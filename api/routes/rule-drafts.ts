/** Drafts of rules: written, checked and proposed by one person, approved by another, and nothing in force before that. */
import type { z } from '@hono/zod-openapi';
import type { Tx } from '../../db/database.ts';
import {
  approveDraft,
  createDraft,
  editDraft,
  listDrafts,
  lockDraft,
  lockRuleKind,
  moveDraft,
  nextVersion,
  readDatabaseTime,
  readDraft,
  readDraftEvents,
  recordCheck,
} from '../../db/queries/rule-life.ts';
import { DRAFT_STATES, type DraftAct, draftAfter } from '../../domain/rule-life.ts';
import { businessDate } from '../../platform/clock.ts';
import { recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { ruleActOf } from '../rule-acts.ts';
import { checkDraft } from '../rule-check.ts';
import {
  documentSm3,
  named,
  problemsOf,
  RULE_BODY_LIMIT,
  storingFault,
} from '../rule-documents.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import {
  newRuleDraft,
  ruleApproval,
  ruleDraftEdit,
  ruleDraftList,
  ruleDraftQuery,
  ruleDraftView,
  ruleReason,
} from '../schemas/rules.ts';
import { type DraftRow, draftOf, draftSummaryOf } from '../views/rules.ts';

const LIST_MOST = 200;
const tags = ['rules'];
const large = { maxBodyBytes: RULE_BODY_LIMIT };
const shown = { 200: jsonAnswer('The draft, and what it waits for', ruleDraftView) };
const reasoned = { params: idParam, body: jsonBody(ruleReason) };

const create = defineRoute(
  'POST /v1/rule-drafts',
  {
    summary: 'Begin a new version of rules',
    description:
      'Nothing is in force before it was checked, proposed and approved by another person.',
    tags,
    request: { body: jsonBody(newRuleDraft) },
    responses: { 201: jsonAnswer('The draft', ruleDraftView) },
  },
  large,
);
const list = defineRoute('GET /v1/rule-drafts', {
  summary: 'Drafts of rules, newest first; those that are not closed unless asked otherwise',
  tags,
  request: { query: ruleDraftQuery },
  responses: { 200: jsonAnswer('The drafts', ruleDraftList) },
});
const read = defineRoute('GET /v1/rule-drafts/{id}', {
  summary: 'Read a draft with its document and its history',
  tags,
  request: { params: idParam },
  responses: shown,
});
const edit = defineRoute(
  'PUT /v1/rule-drafts/{id}',
  {
    summary: 'Write a changed document, which must then be checked again',
    tags,
    request: { params: idParam, body: jsonBody(ruleDraftEdit) },
    responses: shown,
  },
  large,
);
const check = defineRoute('POST /v1/rule-drafts/{id}/check', {
  summary:
    'Check a draft: its faults, the cases inside it, and that it was rehearsed on what is recorded',
  tags,
  request: reasoned,
  responses: shown,
});
const propose = defineRoute('POST /v1/rule-drafts/{id}/propose', {
  summary: 'Propose a checked draft; it then waits for a second approval',
  tags,
  request: reasoned,
  responses: shown,
});
const approve = defineRoute('POST /v1/rule-drafts/{id}/approve', {
  summary: "Approve another person's proposal, in force from a moment on",
  tags,
  request: { params: idParam, body: jsonBody(ruleApproval) },
  responses: shown,
});
const reject = defineRoute('POST /v1/rule-drafts/{id}/reject', {
  summary: "Reject another person's proposal",
  tags,
  request: reasoned,
  responses: shown,
});
const withdraw = defineRoute('POST /v1/rule-drafts/{id}/withdraw', {
  summary: 'Give a draft up',
  tags,
  request: reasoned,
  responses: shown,
});

async function view(c: AppContext, id: string): Promise<z.infer<typeof ruleDraftView>> {
  const { db } = c.get('deps');
  const row = await readDraft(db, id);
  if (row === undefined) throw new ApiProblem('NOT_FOUND');
  return draftOf(row, await readDraftEvents(db, id));
}

/** The draft, locked, when the act fits its state. @throws ApiProblem NOT_FOUND, RULE_STATE_DOES_NOT_FIT */
async function toAct(tx: Tx, id: string, act: DraftAct): Promise<DraftRow> {
  const row = await lockDraft(tx, id);
  if (row === undefined) throw new ApiProblem('NOT_FOUND');
  if (draftAfter(row.state, act) === null) throw new ApiProblem('RULE_STATE_DOES_NOT_FIT');
  return row;
}

async function record(
  c: AppContext,
  tx: Tx,
  action: string,
  row: Pick<DraftRow, 'id' | 'kind' | 'code' | 'version'> & { readonly sm3: string },
  reason: string,
  more: Readonly<Record<string, string | null>> = {},
): Promise<void> {
  await recordDeed(c, tx, {
    action,
    subjectKind: 'rule-draft',
    subjectId: row.id,
    result: 'DONE',
    reason,
    detail: { rule: `${row.kind}/${row.code}@${row.version}`, sm3: row.sm3, ...more },
  });
}

const withSm3 = (row: DraftRow) => ({ ...row, sm3: row.document_sm3 });

/** @throws ApiProblem RULE_DOCUMENT_INVALID when the document cannot even be kept */
function requireStorable(document: unknown): void {
  const found = storingFault(document);
  if (found !== null)
    throw new ApiProblem('RULE_DOCUMENT_INVALID', { errors: problemsOf([found]) });
}

async function begin(c: AppContext, asked: z.infer<typeof newRuleDraft>): Promise<string> {
  const { kind, code, reason } = asked;
  const id = derivedId(actKeyOf(c), 'rule-draft');
  requireStorable(asked.document);
  await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      await lockRuleKind(tx, kind);
      if ((await readDraft(tx, id)) !== undefined) return;
      const version = await nextVersion(tx, kind, code);
      const document = named(asked.document, kind, code, version);
      const sm3 = documentSm3(document);
      const draft = { id, kind, code, version, document, documentSm3: sm3 };
      await createDraft(tx, draft, ruleActOf(c, reason));
      await record(c, tx, 'rule.draft', { ...draft, sm3 }, reason);
    });
  return id;
}

async function change(c: AppContext, id: string, asked: z.infer<typeof ruleDraftEdit>) {
  requireStorable(asked.document);
  await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      const row = await toAct(tx, id, 'EDIT');
      if (row.document_sm3 !== asked.expectedSm3) throw new ApiProblem('RULE_DOCUMENT_CHANGED');
      const document = named(asked.document, row.kind, row.code, row.version);
      const sm3 = documentSm3(document);
      if (sm3 === row.document_sm3) return;
      await editDraft(tx, id, { document, documentSm3: sm3 }, ruleActOf(c, asked.reason));
      await record(c, tx, 'rule.edit', { ...row, sm3 }, asked.reason);
    });
}

/** What is wrong with a document that can be read. */
const CHECK_CODES: readonly string[] = ['CASE_FAILED', 'BACKTEST_MISSING'];

/** What was found is on the record whether it passed or not. @throws ApiProblem RULE_CHECK_FAILED, RULE_DOCUMENT_INVALID */
async function examine(c: AppContext, id: string, reason: string): Promise<void> {
  const { db, now } = c.get('deps');
  const { faults, report } = await db.transaction().execute(async (tx) => {
    const row = await toAct(tx, id, 'CHECK');
    const found = await checkDraft(tx, row, businessDate(now()));
    await recordCheck(tx, id, found.report, ruleActOf(c, reason));
    const passed = found.report.passed ? 'PASSED' : 'FAILED';
    await record(c, tx, 'rule.check', withSm3(row), reason, { check: passed });
    return found;
  });
  if (report.passed) return;

  const failed = faults.every((one) => CHECK_CODES.includes(one.code));
  const code = failed ? 'RULE_CHECK_FAILED' : 'RULE_DOCUMENT_INVALID';
  throw new ApiProblem(code, { errors: problemsOf(faults) });
}

async function move(
  c: AppContext,
  id: string,
  act: 'PROPOSE' | 'REJECT' | 'WITHDRAW',
  reason: string,
): Promise<void> {
  await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      const row = await toAct(tx, id, act);
      const by = ruleActOf(c, reason);
      if (act === 'REJECT' && row.proposed_by === by.actor)
        throw new ApiProblem('SAME_PERSON_TWICE');
      await moveDraft(tx, id, act, by);
      await record(c, tx, `rule.${act.toLowerCase()}`, withSm3(row), reason);
    });
}

/**
 * A product is held once more to the policy in force, on the day from which it would be sold: a cap may have fallen, or fall by
 * then. @throws ApiProblem RULE_DOCUMENT_INVALID
 */
async function examineForSale(
  tx: Tx,
  row: Parameters<typeof checkDraft>[1],
  day: string,
): Promise<void> {
  if (row.kind !== 'PRODUCT') return;
  const { faults } = await checkDraft(tx, row, day);
  if (faults.length > 0)
    throw new ApiProblem('RULE_DOCUMENT_INVALID', { errors: problemsOf(faults) });
}

async function decide(c: AppContext, id: string, said: z.infer<typeof ruleApproval>) {
  const { now } = c.get('deps');
  const from =
    typeof said.effectiveFrom === 'string' ? new Date(said.effectiveFrom) : said.effectiveFrom;
  await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      const row = await toAct(tx, id, 'APPROVE');
      const by = ruleActOf(c, said.reason);
      const { proposed_by: proposedBy } = row;
      if ([row.created_by, row.edited_by, proposedBy].includes(by.actor))
        throw new ApiProblem('SAME_PERSON_TWICE');
      if (row.document_sm3 !== said.documentSm3 || proposedBy === null)
        throw new ApiProblem('RULE_DOCUMENT_CHANGED');
      if (from instanceof Date && from < (await readDatabaseTime(tx)))
        throw new ApiProblem('RULE_EFFECTIVE_IN_PAST');
      await lockRuleKind(tx, row.kind);
      if (from !== null) await examineForSale(tx, row, businessDate(from ?? now()));
      await approveDraft(tx, { ...row, proposedBy }, from, by);
      const effectiveFrom = from === undefined ? 'AT_ONCE' : (from?.toISOString() ?? null);
      await record(c, tx, 'rule.approve', withSm3(row), said.reason, { effectiveFrom, proposedBy });
    });
}

function registerActs(app: App): void {
  app.openapi(check, async (c) => {
    const { id } = c.req.valid('param');
    await examine(c, id, c.req.valid('json').reason);
    return c.json(await view(c, id), 200);
  });
  app.openapi(propose, async (c) => {
    const { id } = c.req.valid('param');
    await move(c, id, 'PROPOSE', c.req.valid('json').reason);
    return c.json(await view(c, id), 200);
  });
  app.openapi(approve, async (c) => {
    const { id } = c.req.valid('param');
    await decide(c, id, c.req.valid('json'));
    return c.json(await view(c, id), 200);
  });
  app.openapi(reject, async (c) => {
    const { id } = c.req.valid('param');
    await move(c, id, 'REJECT', c.req.valid('json').reason);
    return c.json(await view(c, id), 200);
  });
  app.openapi(withdraw, async (c) => {
    const { id } = c.req.valid('param');
    await move(c, id, 'WITHDRAW', c.req.valid('json').reason);
    return c.json(await view(c, id), 200);
  });
}

/** States that something can still be done in. */
const OPEN_STATES = DRAFT_STATES.filter((state) => draftAfter(state, 'WITHDRAW') !== null);

export function registerRuleDrafts(app: App): void {
  app.openapi(create, async (c) => c.json(await view(c, await begin(c, c.req.valid('json'))), 201));

  app.openapi(list, async (c) => {
    const { kind, state } = c.req.valid('query');
    const filter = { kind: kind ?? null, states: state === undefined ? OPEN_STATES : [state] };
    const rows = await listDrafts(c.get('deps').db, filter, LIST_MOST);
    return c.json({ items: rows.map(draftSummaryOf) }, 200);
  });

  app.openapi(read, async (c) => c.json(await view(c, c.req.valid('param').id), 200));

  app.openapi(edit, async (c) => {
    const { id } = c.req.valid('param');
    await change(c, id, c.req.valid('json'));
    return c.json(await view(c, id), 200);
  });

  registerActs(app);
}
