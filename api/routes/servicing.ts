/** Loans in service: quotes for everybody who may see the loan, prepayments of the borrower, new schedules and refunds by two people. */
import type { UpdateDefinition } from '@temporalio/common';
import { listOrders, listUnmatched } from '../../db/queries/bank-orders.ts';
import { readLoan } from '../../db/queries/reads/money.ts';
import { listVersions } from '../../db/queries/servicing.ts';
import { listReschedules } from '../../db/queries/servicing-acts.ts';
import { fen } from '../../domain/money.ts';
import { quote, type QuoteAsk } from '../../domain/service-quote.ts';
import { coolingOffUntil } from '../../domain/service-terms.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import {
  refundHeld,
  requestPrepayment,
  type RequestPrepaymentInput,
  rescheduleLoan,
  type ServicingSays,
  type Standing,
} from '../../workflows/messages.ts';
import { actKeyOf, actorOf, type AppContext } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { readAccount } from '../loan-account.ts';
import { isClosedLoan, refuseClosedLoan, refuseOwnApplication, visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody, standingSchema } from '../schemas/common.ts';
import {
  prepaymentRequest,
  quoteQuery,
  quoteView,
  refundDecision,
  refundRequest,
  rescheduleDecision,
  rescheduleRequest,
  servicingView,
  unmatchedView,
} from '../schemas/servicing.ts';
import { iso } from '../times.ts';

const tags = ['service'];
const standing = { 200: jsonAnswer('Where the loan stands now', standingSchema) };
const params = idParam;

const quoted = defineRoute('GET /v1/loans/{id}/quote', {
  summary: 'Quote a payment on a day',
  description:
    'What is owed by part, and what a payment of that day is taken for. A prepayment is carried out only after it was asked for.',
  tags,
  request: { params, query: quoteQuery },
  responses: { 200: jsonAnswer('The quote', quoteView) },
});

const prepay = defineRoute('POST /v1/loans/{id}/prepayments', {
  summary: 'Ask to repay early, or give the loan back in the cooling-off time',
  tags,
  request: { params, body: jsonBody(prepaymentRequest) },
  responses: standing,
});

const look = defineRoute('GET /v1/loans/{id}/servicing', {
  summary: "Read a loan's schedule versions, reschedules and orders to the bank",
  tags,
  request: { params },
  responses: { 200: jsonAnswer('The servicing', servicingView) },
});

const proposeSchedule = defineRoute('POST /v1/loans/{id}/reschedules', {
  summary: 'Propose a new schedule',
  tags,
  request: { params, body: jsonBody(rescheduleRequest) },
  responses: standing,
});

const decideSchedule = defineRoute('POST /v1/loans/{id}/reschedules/decide', {
  summary: "Approve or reject another person's new schedule",
  tags,
  request: { params, body: jsonBody(rescheduleDecision) },
  responses: standing,
});

const proposeRefund = defineRoute('POST /v1/loans/{id}/refunds', {
  summary: 'Propose to give back money that is held for the borrower',
  tags,
  request: { params, body: jsonBody(refundRequest) },
  responses: standing,
});

const decideRefund = defineRoute('POST /v1/loans/{id}/refunds/decide', {
  summary: "Approve or reject another person's refund",
  tags,
  request: { params, body: jsonBody(refundDecision) },
  responses: standing,
});

const unmatched = defineRoute('GET /v1/unmatched-money', {
  summary: 'List money that no open loan is there for',
  tags,
  responses: { 200: jsonAnswer('The money, oldest first', unmatchedView) },
});

async function loanOf(c: AppContext, id: string) {
  return visible(c, await readLoan(c.get('deps').db, id));
}

/** What an act on the loan names; staff never act on a loan of their own. */
async function frameFor(c: AppContext, id: string, by: 'OWNER' | 'STAFF') {
  const loan = await loanOf(c, id);
  if (by === 'STAFF') refuseOwnApplication(c, loan.owner_subject);
  return {
    actor: actorOf(c),
    key: actKeyOf(c),
    loanId: id,
    applicationId: loan.application_id,
  };
}

const AMOUNT_MISSING = {
  pointer: '/amountFen',
  code: 'REQUIRED',
  zh: '此项必填',
  en: 'This field is required',
};

function askIn(query: {
  readonly kind: QuoteAsk['kind'];
  readonly amountFen?: number | undefined;
  readonly choice: 'LOWER_PAYMENT' | 'SHORTER_TERM';
}): QuoteAsk {
  const { kind, amountFen, choice } = query;
  if (kind !== 'PARTIAL') return { kind };
  if (amountFen === undefined)
    throw new ApiProblem('VALIDATION_FAILED', { errors: [AMOUNT_MISSING] });
  return { kind, amountFen: fen(amountFen), choice };
}

/** Says of a cooling-off time that is over which day was its last. */
function coolingOffOver(until: string | null, cause?: unknown): ApiProblem {
  const on = until ?? '—';
  const field = {
    pointer: '/kind',
    code: 'COOLING_OFF_OVER',
    zh: `冷静期截至${on}，且须在首期到期之前。`,
    en: `The last day was ${on}, or the day before the first instalment fell due.`,
  };
  return new ApiProblem('COOLING_OFF_OVER', { errors: [field], cause });
}

/** Tells the loan's servicing; one that is over says so by its loan, and not as an application that has ended. */
async function tell<I extends ServicingSays>(
  c: AppContext,
  definition: UpdateDefinition<Standing, [I]>,
  input: I,
): Promise<Standing> {
  const { loans, db } = c.get('deps');
  try {
    return await loans.updateServicing(definition, input);
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'AFTER_ENDING') throw error;
    const loan = await readLoan(db, input.loanId);
    if (loan !== undefined && isClosedLoan(loan))
      throw new ApiProblem('LOAN_SETTLED', { cause: error });
    throw error;
  }
}

async function askPrepayment(c: AppContext, input: RequestPrepaymentInput) {
  const { db } = c.get('deps');
  try {
    return await tell(c, requestPrepayment, input);
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'COOLING_OFF_OVER') throw error;
    const read = await readAccount(db, input.loanId);
    if (read === null) throw error;
    const { disbursedOn, terms } = read.account;
    throw coolingOffOver(coolingOffUntil(disbursedOn, terms), error);
  }
}

function registerQuotes(app: App): void {
  app.openapi(quoted, async (c) => {
    const { on, paymentFen, ...rest } = c.req.valid('query');
    const { id } = c.req.valid('param');
    refuseClosedLoan(await loanOf(c, id));
    const read = await readAccount(c.get('deps').db, id);
    if (read === null) throw new ApiProblem('NOT_FOUND');
    const payment = paymentFen === undefined ? null : fen(paymentFen);
    const said = quote(read.account, on, askIn(rest), payment, read.payableUntil);
    const { disbursedOn, terms } = read.account;
    const until = coolingOffUntil(disbursedOn, terms);
    if (!said.ok)
      throw said.reason === 'COOLING_OFF_OVER'
        ? coolingOffOver(until)
        : new ApiProblem(said.reason);
    const { owed, allocations, ...figures } = said.quote;
    return c.json(
      {
        ...figures,
        owed: { ...owed },
        allocations: allocations.map((one) => ({ ...one })),
        coolingOffUntil: until,
      },
      200,
    );
  });

  app.openapi(prepay, async (c) => {
    const body = c.req.valid('json');
    const frame = await frameFor(c, c.req.valid('param').id, 'OWNER');
    const asked =
      body.kind === 'PARTIAL' ? { ...body, amountFen: fen(body.amountFen) } : { kind: body.kind };
    return c.json(await askPrepayment(c, { ...frame, ...asked }), 200);
  });
}

function registerLooks(app: App): void {
  app.openapi(look, async (c) => {
    const { id: loanId } = c.req.valid('param');
    const { db } = c.get('deps');
    const loan = await loanOf(c, loanId);
    const [versions, reschedules, orders] = await Promise.all([
      listVersions(db, loanId),
      listReschedules(db, loanId),
      listOrders(db, loanId),
    ]);
    return c.json(
      {
        loanId,
        heldFen: loan.unapplied_fen,
        versions: versions.map(({ version, reason, state, effective_on: effectiveOn }) => ({
          version,
          reason,
          state,
          effectiveOn,
        })),
        reschedules: reschedules.map(
          ({ id, kind, months, reason, state, proposedBy, decidedBy }) => ({
            id,
            kind,
            months,
            reason,
            state,
            proposedBy,
            decidedBy,
          }),
        ),
        orders: orders.map((order) => ({
          requestNo: order.requestNo,
          kind: order.kind,
          step: order.step,
          amountFen: order.amountFen,
          state: order.state,
          orderedOn: order.orderedOn,
          proposedBy: order.proposedBy,
          decidedBy: order.decidedBy,
          failureCode: order.failureCode,
        })),
      },
      200,
    );
  });

  app.openapi(unmatched, async (c) => {
    const items = await listUnmatched(c.get('deps').db);
    return c.json(
      { items: items.map(({ recordedAt, ...one }) => ({ ...one, recordedAt: iso(recordedAt) })) },
      200,
    );
  });
}

function registerActs(app: App): void {
  app.openapi(proposeSchedule, async (c) => {
    const frame = await frameFor(c, c.req.valid('param').id, 'STAFF');
    const input = {
      ...frame,
      ...c.req.valid('json'),
      rescheduleId: derivedId(frame.key, 'reschedule'),
      step: 'PROPOSE' as const,
    };
    return c.json(await tell(c, rescheduleLoan, input), 200);
  });

  app.openapi(decideSchedule, async (c) => {
    const { decision: step, rescheduleId, reason } = c.req.valid('json');
    const frame = await frameFor(c, c.req.valid('param').id, 'STAFF');
    const input = { ...frame, rescheduleId, step, reason };
    return c.json(await tell(c, rescheduleLoan, input), 200);
  });

  app.openapi(proposeRefund, async (c) => {
    const { amountFen, reason } = c.req.valid('json');
    const frame = await frameFor(c, c.req.valid('param').id, 'STAFF');
    const requestNo = `XD${sm3Hex(`refund|${frame.key}`).slice(0, 30).toUpperCase()}`;
    const input = {
      ...frame,
      requestNo,
      step: 'PROPOSE' as const,
      amountFen: fen(amountFen),
      reason,
    };
    return c.json(await tell(c, refundHeld, input), 200);
  });

  app.openapi(decideRefund, async (c) => {
    const { decision: step, requestNo, reason } = c.req.valid('json');
    const frame = await frameFor(c, c.req.valid('param').id, 'STAFF');
    const input = { ...frame, requestNo, step, reason };
    return c.json(await tell(c, refundHeld, input), 200);
  });
}

export function registerServicing(app: App): void {
  registerQuotes(app);
  registerLooks(app);
  registerActs(app);
}
