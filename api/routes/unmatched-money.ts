/** Unmatched money: a maker of finance says whose it is or that it goes back, a checker agrees, and the worker carries it out. */
import type { z } from 'zod';
import type { Tx } from '../../db/database.ts';
import { readLoan } from '../../db/queries/reads/money.ts';
import {
  approveUnmatched,
  isCounted,
  lockUnmatched,
  proposeUnmatched,
  reopenUnmatched,
  type UnmatchedProposal,
} from '../../db/queries/unmatched.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { refuseClosedLoan, refuseOwnApplication } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { jsonAnswer, jsonBody } from '../schemas/common.ts';
import {
  noticeParam,
  unmatchedDecision,
  unmatchedProposal,
  unmatchedStanding,
} from '../schemas/unmatched.ts';

const tags = ['service'];
const responses = { 200: jsonAnswer('Where the money stands now', unmatchedStanding) };

const propose = defineRoute('POST /v1/unmatched-money/{id}/propose', {
  summary: 'Propose whose unmatched money is, or that it goes back',
  tags,
  request: { params: noticeParam, body: jsonBody(unmatchedProposal) },
  responses,
});
const decide = defineRoute('POST /v1/unmatched-money/{id}/decide', {
  summary:
    "Approve or reject another person's proposal; what is approved is carried out within minutes",
  tags,
  request: { params: noticeParam, body: jsonBody(unmatchedDecision) },
  responses,
});

type Proposal = z.infer<typeof unmatchedProposal>;
type Decision = z.infer<typeof unmatchedDecision>;
type Row = NonNullable<Awaited<ReturnType<typeof lockUnmatched>>>;

/** The loan that money is assigned to is in service and not the caller's own. */
async function requireLoan(c: AppContext, tx: Tx, loanId: string): Promise<void> {
  const loan = await readLoan(tx, loanId);
  if (loan === undefined) throw new ApiProblem('NOT_FOUND');
  refuseOwnApplication(c, loan.owner_subject);
  refuseClosedLoan(loan);
}

async function lockOpen(tx: Tx, noticeId: string): Promise<Row> {
  const row = await lockUnmatched(tx, noticeId);
  if (row === undefined) throw new ApiProblem('NOT_FOUND');
  // A loan has counted the same money under another notice: nothing is left of it to decide on.
  if (await isCounted(tx, row.bank_reference)) throw new ApiProblem('ALREADY_DECIDED');
  return row;
}

async function saidOf(
  c: AppContext,
  tx: Tx,
  id: string,
  said: Proposal,
): Promise<UnmatchedProposal> {
  const by = callerOf(c).subject;
  const frame = { reason: said.reason, by, at: c.get('deps').now() };
  if (said.action === 'ASSIGN') {
    await requireLoan(c, tx, said.loanId);
    return { ...frame, action: 'ASSIGN', loanId: said.loanId };
  }
  const cipher = await c.get('deps').vault.ofHouse(tx);
  const payee = { name: said.name, card: said.account };
  const sealedPayee = cipher.sealJson('unmatched_money.sealed_payee', id, payee);
  const requestNo = `XD${sm3Hex(`unmatched|${actKeyOf(c)}`)
    .slice(0, 30)
    .toUpperCase()}`;
  return { ...frame, action: 'REFUND', sealedPayee, requestNo };
}

async function put(c: AppContext, id: string, said: Proposal) {
  return await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      const row = await lockOpen(tx, id);
      if (row.state !== 'OPEN')
        throw new ApiProblem(row.state === 'PROPOSED' ? 'ALREADY_PROPOSED' : 'ALREADY_DECIDED');
      await proposeUnmatched(tx, id, await saidOf(c, tx, id, said));
      await deed(c, tx, id, `unmatched.propose`, said);
      return { noticeId: id, state: 'PROPOSED' as const };
    });
}

async function settle(c: AppContext, id: string, said: Decision) {
  const { db, now } = c.get('deps');
  return await db.transaction().execute(async (tx) => {
    const row = await lockOpen(tx, id);
    const by = callerOf(c).subject;
    if (row.state === 'OPEN') throw new ApiProblem('NO_PROPOSAL');
    if (row.state !== 'PROPOSED') throw new ApiProblem('ALREADY_DECIDED');
    if (row.proposed_by === by) throw new ApiProblem('FOUR_EYES');
    if (row.action !== said.action) throw new ApiProblem('ACTION_DIFFERS');
    if (said.decision === 'APPROVE') {
      if (row.assigned_loan_id !== null) await requireLoan(c, tx, row.assigned_loan_id);
      await approveUnmatched(tx, id, { by, at: now() });
    } else await reopenUnmatched(tx, id, null);
    await deed(c, tx, id, `unmatched.${said.decision.toLowerCase()}`, said);
    return { noticeId: id, state: said.decision === 'APPROVE' ? 'APPROVED' : 'OPEN' } as const;
  });
}

async function deed(
  c: AppContext,
  tx: Tx,
  id: string,
  action: string,
  { action: what, reason }: Pick<Decision, 'action' | 'reason'>,
): Promise<void> {
  await recordDeed(c, tx, {
    action,
    subjectKind: 'unmatched_money',
    subjectId: id,
    result: 'DONE',
    reason,
    detail: { action: what },
  });
}

export function registerUnmatchedMoney(app: App): void {
  app.openapi(propose, async (c) =>
    c.json(await put(c, c.req.valid('param').id, c.req.valid('json')), 200),
  );
  app.openapi(decide, async (c) =>
    c.json(await settle(c, c.req.valid('param').id, c.req.valid('json')), 200),
  );
}
