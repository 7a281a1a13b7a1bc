/** Rules in force, their versions, going back to an earlier one, and calling off one that has not begun. */
import type { z } from '@hono/zod-openapi';
import type { Tx } from '../../db/database.ts';
import {
  cancelActivation,
  lockRuleKind,
  readActivations,
  rollBack,
} from '../../db/queries/rule-life.ts';
import { listVersions, readVersion, type RulebookKey } from '../../db/queries/rulebooks.ts';
import { isKilled } from '../../db/queries/rule-switches.ts';
import type { RuleKind } from '../../domain/rule-life.ts';
import { recordDeed } from '../audit.ts';
import type { AppContext } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { ruleActOf } from '../rule-acts.ts';
import { jsonAnswer, jsonBody } from '../schemas/common.ts';
import {
  ruleCancellation,
  ruleParams,
  ruleRollback,
  rulesInForce,
  ruleVersion,
  ruleVersions,
  versionParams,
} from '../schemas/rules.ts';
import { iso } from '../times.ts';
import { type ActivationRow, inForceOf, liveOf, rivalsOf, versionsOf } from '../views/rules.ts';

const tags = ['rules'];
const force = { 200: jsonAnswer('What is in force now, and what is to come', rulesInForce) };

const current = defineRoute('GET /v1/rules', {
  summary: 'Rules in force, rules to come, and whether the kill switch is on',
  tags,
  responses: force,
});
const versions = defineRoute('GET /v1/rules/{kind}/{code}/versions', {
  summary: 'Published versions of one code, newest first, with where they stand',
  tags,
  request: { params: ruleParams },
  responses: { 200: jsonAnswer('The versions', ruleVersions) },
});
const version = defineRoute('GET /v1/rules/{kind}/{code}/versions/{version}', {
  summary: 'Read a published version with its document',
  tags,
  request: { params: versionParams },
  responses: { 200: jsonAnswer('The version', ruleVersion) },
});
const rollback = defineRoute('POST /v1/rules/{kind}/{code}/rollback', {
  summary: 'Go back to a version that was in force before, at once',
  description: 'One person is enough, because two have approved that version before.',
  tags,
  request: { params: ruleParams, body: jsonBody(ruleRollback) },
  responses: force,
});
const cancel = defineRoute('POST /v1/rules/{kind}/{code}/cancel', {
  summary: 'Call off a version that is scheduled and has not begun',
  tags,
  request: { params: ruleParams, body: jsonBody(ruleCancellation) },
  responses: force,
});

async function view(c: AppContext) {
  const { db } = c.get('deps');
  return { killSwitch: await isKilled(db), ...inForceOf(await readActivations(db, null)) };
}

/** The version to go back to: the one named, or the one of this code that was in force before the present one. */
function targetOf(
  rivals: readonly ActivationRow[],
  code: string,
  wanted: number | undefined,
): number {
  const live = liveOf(rivals);
  const isLive = (row: ActivationRow) => row.code === live?.code && row.version === live.version;
  const begun = rivals
    .filter((row) => row.code === code && row.effective_from <= row.now)
    .sort((a, b) => b.effective_from.getTime() - a.effective_from.getTime() || b.id - a.id);
  const named = begun.filter((row) => wanted === undefined || row.version === wanted);
  if (named.length === 0) throw new ApiProblem('RULE_NEVER_IN_FORCE');
  const target = named.find((row) => !isLive(row));
  if (target === undefined) throw new ApiProblem('RULE_ALREADY_IN_FORCE');
  return target.version;
}

async function record(c: AppContext, tx: Tx, action: string, key: RulebookKey, reason: string) {
  await recordDeed(c, tx, {
    action,
    subjectKind: 'rule',
    subjectId: `${key.kind}/${key.code}`,
    result: 'DONE',
    reason,
    detail: { version: key.version },
  });
}

async function goBack(
  c: AppContext,
  of: { readonly kind: RuleKind; readonly code: string },
  said: z.infer<typeof ruleRollback>,
): Promise<void> {
  await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      await lockRuleKind(tx, of.kind);
      const rivals = rivalsOf(await readActivations(tx, of.kind), of.kind, of.code);
      const key = { ...of, version: targetOf(rivals, of.code, said.version) };
      await rollBack(tx, key, ruleActOf(c, said.reason));
      await record(c, tx, 'rule.rollback', key, said.reason);
    });
}

async function callOff(
  c: AppContext,
  of: { readonly kind: RuleKind; readonly code: string },
  said: z.infer<typeof ruleCancellation>,
): Promise<void> {
  await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      await lockRuleKind(tx, of.kind);
      const row = (await readActivations(tx, of.kind)).find(
        (one) => one.id === said.activationId && one.code === of.code,
      );
      if (row === undefined || row.effective_from <= row.now)
        throw new ApiProblem('RULE_NOT_SCHEDULED');
      await cancelActivation(tx, row.id, ruleActOf(c, said.reason));
      await record(c, tx, 'rule.cancel', row, said.reason);
    });
}

export function registerRules(app: App): void {
  app.openapi(current, async (c) => c.json(await view(c), 200));

  app.openapi(versions, async (c) => {
    const { db } = c.get('deps');
    const { kind, code } = c.req.valid('param');
    const rows = await listVersions(db, kind, code);
    if (rows.length === 0) throw new ApiProblem('NOT_FOUND');
    const rivals = rivalsOf(await readActivations(db, kind), kind, code);
    return c.json({ items: versionsOf(rows, rivals, code) }, 200);
  });

  app.openapi(version, async (c) => {
    const key = c.req.valid('param');
    const row = await readVersion(c.get('deps').db, key);
    if (row === undefined) throw new ApiProblem('NOT_FOUND');
    const { document, document_sm3: documentSm3, published_at: publishedAt } = row;
    return c.json({ ...key, documentSm3, publishedAt: iso(publishedAt), document }, 200);
  });

  app.openapi(rollback, async (c) => {
    await goBack(c, c.req.valid('param'), c.req.valid('json'));
    return c.json(await view(c), 200);
  });

  app.openapi(cancel, async (c) => {
    await callOff(c, c.req.valid('param'), c.req.valid('json'));
    return c.json(await view(c), 200);
  });
}
