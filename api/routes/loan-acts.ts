/** Acts on bad loans: a worse class by one person, a better one and a write-off by two; a worker carries them out within the hour. */
import {
  decideLoanAct,
  type LoanAct,
  lockLoanAct,
  type NewLoanAct,
  proposeLoanAct,
} from '../../db/queries/loan-acts.ts';
import { readLoan } from '../../db/queries/reads/money.ts';
import { recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { refuseClosedLoan, refuseOwnApplication, visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import {
  actDecision,
  classActRequest,
  loanActView,
  writeOffRequest,
} from '../schemas/collection.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';

const tags = ['collection'];
const params = idParam;
const shown = { 200: jsonAnswer('The act', loanActView) };

const proposeClass = defineRoute('POST /v1/loans/{id}/class-acts', {
  summary: "Worsen a loan's class, or propose a better one",
  tags,
  request: { params, body: jsonBody(classActRequest) },
  responses: shown,
});
const decideClass = defineRoute('POST /v1/class-acts/{id}/decide', {
  summary: "Approve or reject another person's better class",
  tags,
  request: { params, body: jsonBody(actDecision) },
  responses: shown,
});
const proposeWriteOff = defineRoute('POST /v1/loans/{id}/write-offs', {
  summary: 'Propose to write a loan off; the borrower owes it all the same',
  tags,
  request: { params, body: jsonBody(writeOffRequest) },
  responses: shown,
});
const decideWriteOff = defineRoute('POST /v1/write-offs/{id}/decide', {
  summary: "Approve or reject another person's write-off",
  tags,
  request: { params, body: jsonBody(actDecision) },
  responses: shown,
});

/** An act as it is shown. */
export function actView(act: LoanAct) {
  const { id, loanId, kind, toTier, reason, state, refusal, proposedBy, decidedBy } = act;
  return { id, loanId, kind, toTier, reason, state, refusal, proposedBy, decidedBy };
}

async function propose(
  c: AppContext,
  loanId: string,
  said: Pick<NewLoanAct, 'kind' | 'event' | 'toTier' | 'reason'>,
) {
  const id = derivedId(actKeyOf(c), 'loan-act');
  return await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      const loan = visible(c, await readLoan(tx, loanId));
      refuseOwnApplication(c, loan.owner_subject);
      refuseClosedLoan(loan);
      const proposed = await proposeLoanAct(tx, { ...said, id, loanId, by: callerOf(c).subject });
      const act = await lockLoanAct(tx, id);
      if (act === undefined) throw new ApiProblem('LOAN_ACT_OPEN');
      if (proposed)
        await recordDeed(c, tx, {
          action: `loan-act.${said.kind === 'WORSEN' ? 'worsen' : 'propose'}`,
          subjectKind: 'loan',
          subjectId: loanId,
          result: 'DONE',
          reason: said.reason,
          detail: { actId: id, kind: said.kind, toTier: said.toTier },
        });
      return actView(act);
    });
}

async function decide(
  c: AppContext,
  id: string,
  kind: 'LIFT' | 'WRITE_OFF',
  said: { readonly decision: 'APPROVE' | 'REJECT'; readonly reason: string },
) {
  const by = callerOf(c).subject;
  return await c
    .get('deps')
    .db.transaction()
    .execute(async (tx) => {
      const act = await lockLoanAct(tx, id);
      if (act?.kind !== kind) throw new ApiProblem('NOT_FOUND');
      const loan = visible(c, await readLoan(tx, act.loanId));
      refuseOwnApplication(c, loan.owner_subject);
      if (act.proposedBy === by) throw new ApiProblem('FOUR_EYES');
      if (said.decision === 'APPROVE') refuseClosedLoan(loan);
      const state = said.decision === 'APPROVE' ? 'APPROVED' : 'REJECTED';
      if (!(await decideLoanAct(tx, { id, state, by }))) throw new ApiProblem('ALREADY_DECIDED');
      await recordDeed(c, tx, {
        action: `loan-act.${said.decision.toLowerCase()}`,
        subjectKind: 'loan',
        subjectId: act.loanId,
        result: 'DONE',
        reason: said.reason,
        detail: { actId: id, kind },
      });
      return actView({ ...act, state, decidedBy: by });
    });
}

export function registerLoanActs(app: App): void {
  app.openapi(proposeClass, async (c) => {
    const said = c.req.valid('json');
    const event = said.kind === 'WORSEN' ? said.event : null;
    const { kind, toTier, reason } = said;
    const { id } = c.req.valid('param');
    return c.json(await propose(c, id, { kind, event, toTier, reason }), 200);
  });
  app.openapi(decideClass, async (c) =>
    c.json(await decide(c, c.req.valid('param').id, 'LIFT', c.req.valid('json')), 200),
  );
  app.openapi(proposeWriteOff, async (c) => {
    const { reason } = c.req.valid('json');
    const said = { kind: 'WRITE_OFF', event: null, toTier: null, reason } as const;
    return c.json(await propose(c, c.req.valid('param').id, said), 200);
  });
  app.openapi(decideWriteOff, async (c) =>
    c.json(await decide(c, c.req.valid('param').id, 'WRITE_OFF', c.req.valid('json')), 200),
  );
}
