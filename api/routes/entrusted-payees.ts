/** The payee of an entrusted payment: a maker of finance registers it with evidence, a checker types it once more and approves. */
import { z } from 'zod';
import { readApplication } from '../../db/queries/apply.ts';
import {
  decidePayee,
  listPayees,
  lockProposedPayee,
  proposePayee,
} from '../../db/queries/entrusted.ts';
import { readPayout } from '../../db/queries/reads/money.ts';
import type { Queryable } from '../../db/database.ts';
import { recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { refuseOwnApplication, visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { payeeDecision, payeeList, payeeProposal } from '../schemas/entrusted.ts';
import { iso, isoOrNull } from '../times.ts';

const tags = ['disburse'];
const answer = { 200: jsonAnswer('The payees, newest first', payeeList) };

const list = defineRoute('GET /v1/payouts/{id}/payees', {
  summary: 'Payees registered for the loan of a payout, without name and account',
  tags,
  request: { params: idParam },
  responses: answer,
});
const propose = defineRoute('POST /v1/payouts/{id}/payees', {
  summary: "Register who is to be paid in the borrower's place, with evidence",
  tags,
  request: { params: idParam, body: jsonBody(payeeProposal) },
  responses: answer,
});
const decide = defineRoute('POST /v1/payouts/{id}/payees/decide', {
  summary: "Approve another person's payee by typing it from the evidence once more, or reject it",
  tags,
  request: { params: idParam, body: jsonBody(payeeDecision) },
  responses: answer,
});

const SEALED = 'entrusted_payees.sealed_payee';
const stored = z.object({ name: z.string(), card: z.string() });

/** The application of a payout, which is not the caller's own. */
async function applicationOf(c: AppContext, payoutId: string): Promise<string> {
  const { db } = c.get('deps');
  const payout = await readPayout(db, payoutId);
  if (payout === undefined) throw new ApiProblem('NOT_FOUND');
  const application = visible(c, await readApplication(db, payout.application_id));
  refuseOwnApplication(c, application.owner_subject);
  return application.id;
}

async function viewOf(db: Queryable, applicationId: string) {
  const rows = await listPayees(db, applicationId);
  return {
    items: rows.map(({ proposedAt, decidedAt, ...row }) => ({
      ...row,
      proposedAt: iso(proposedAt),
      decidedAt: isoOrNull(decidedAt),
    })),
  };
}

async function put(c: AppContext, payoutId: string, said: z.infer<typeof payeeProposal>) {
  const { db, vault } = c.get('deps');
  const applicationId = await applicationOf(c, payoutId);
  const id = derivedId(actKeyOf(c), 'payee');
  const { name, account: card, evidenceKind, evidenceSm3, reason } = said;
  return await db.transaction().execute(async (tx) => {
    const cipher = await vault.ofHouse(tx);
    const by = callerOf(c).subject;
    const sealedPayee = cipher.sealJson(SEALED, id, { name, card });
    const payee = { id, applicationId, sealedPayee, evidenceKind, evidenceSm3, reason, by };
    if (!(await proposePayee(tx, payee))) throw new ApiProblem('ALREADY_PROPOSED');
    await recordDeed(c, tx, {
      action: 'payee.propose',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'DONE',
      reason,
      detail: { payeeId: id, evidenceSm3 },
    });
    return await viewOf(tx, applicationId);
  });
}

async function settle(c: AppContext, payoutId: string, said: z.infer<typeof payeeDecision>) {
  const { db, vault, now } = c.get('deps');
  const applicationId = await applicationOf(c, payoutId);
  return await db.transaction().execute(async (tx) => {
    const row = await lockProposedPayee(tx, applicationId);
    const by = callerOf(c).subject;
    if (row === undefined) throw new ApiProblem('NO_PROPOSAL');
    if (row.proposed_by === by) throw new ApiProblem('FOUR_EYES');
    if (said.decision === 'APPROVE') {
      const cipher = await vault.ofHouse(tx);
      const first = cipher.openJson(SEALED, row.id, row.sealed_payee, (value) =>
        stored.parse(value),
      );
      const same =
        first.name === said.name &&
        first.card === said.account &&
        row.evidence_sm3 === said.evidenceSm3;
      if (!same) throw new ApiProblem('PAYEE_DIFFERS');
    }
    const state = said.decision === 'APPROVE' ? 'APPROVED' : 'REJECTED';
    await decidePayee(tx, applicationId, { id: row.id, state, by, at: now() });
    await recordDeed(c, tx, {
      action: 'payee.decide',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'DONE',
      reason: said.reason,
      detail: { payeeId: row.id, state },
    });
    return await viewOf(tx, applicationId);
  });
}

export function registerEntrustedPayees(app: App): void {
  app.openapi(list, async (c) => {
    const applicationId = await applicationOf(c, c.req.valid('param').id);
    return c.json(await viewOf(c.get('deps').db, applicationId), 200);
  });
  app.openapi(propose, async (c) =>
    c.json(await put(c, c.req.valid('param').id, c.req.valid('json')), 200),
  );
  app.openapi(decide, async (c) =>
    c.json(await settle(c, c.req.valid('param').id, c.req.valid('json')), 200),
  );
}
