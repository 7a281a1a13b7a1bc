/** The bank's notices: signed, kept before anything is done about them, then told to the loan they are for. */
import { findOrder, storeUnmatched } from '../../db/queries/bank-orders.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { nonceSeen, recordNotice, settleNotice } from '../../db/queries/idempotency.ts';
import { findLoanByNumber, findPayoutByRequestNo } from '../../db/queries/reads/money.ts';
import type { PayoutState } from '../../domain/disburse.ts';
import { fen } from '../../domain/money.ts';
import { verifySigned } from '../../platform/crypto/envelope.ts';
import { payoutReturnWorkflowId, payoutStoryId, servicingWorkflowId } from '../../workflows/ids.ts';
import type { AppContext } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { jsonAnswer, jsonBody } from '../schemas/common.ts';
import { signedPath } from '../signed-path.ts';
import { type BankNotice, bankNotice, noticeTaken } from '../schemas/money.ts';

const BANK = 'bank';

/** States in which a payout's money was with the borrower, now or before. */
const AFTER_PAYMENT: ReadonlySet<PayoutState> = new Set(['PAID', 'RETURNED']);

/** @throws ApiProblem SIGNATURE_REFUSED, REPLAYED */
async function requireEnvelope(c: AppContext): Promise<void> {
  const { db, webhookKeyFor, now } = c.get('deps');
  const verdict = await verifySigned({
    method: c.req.method,
    path: signedPath(c.req.url),
    body: new Uint8Array(await c.req.arrayBuffer()),
    headers: c.req.raw.headers,
    publicKeyFor: webhookKeyFor,
    nowMs: now().getTime(),
    seenNonce: (appId, nonce) => nonceSeen(db, appId, nonce),
  });
  if (verdict.ok) return;
  await recordAudit(db, {
    actor: BANK,
    role: null,
    action: 'webhook.refuse',
    subjectKind: 'webhook',
    subjectId: BANK,
    result: 'DENIED',
    detail: { reason: verdict.reason },
  });
  throw new ApiProblem(verdict.reason === 'NONCE_SEEN' ? 'REPLAYED' : 'SIGNATURE_REFUSED');
}

const take = defineRoute(
  'POST /v1/webhooks/bank',
  {
    summary: 'Take a notice of the bank',
    description: 'The same notice again is answered alike. 503 asks the bank to come again.',
    tags: ['webhooks'],
    request: { body: jsonBody(bankNotice) },
    responses: { 200: jsonAnswer('Taken', noticeTaken) },
  },
  // Before the body is parsed: whoever cannot sign learns nothing about its form.
  {
    guard: async (c, next) => {
      await requireEnvelope(c);
      await next();
    },
  },
);

/**
 * A debit that the bank made is money of the borrower like any other; the loan that has counted it by asking knows its
 * reference. What became of an order that moved no money to us is asked by the loan itself.
 */
async function forwardOrder(
  c: AppContext,
  { noticeId, status }: BankNotice,
  requestNo: string,
): Promise<string | null> {
  const { db, loans } = c.get('deps');
  const order = await findOrder(db, requestNo);
  if (order === undefined) return null;
  const brings = order.kind === 'DEBIT' && status === 'PAID';
  if (!brings || (await loans.notifyRepayment(order.loanId, { noticeId })))
    return servicingWorkflowId(order.loanId);
  throw new ApiProblem('UNAVAILABLE', { retryAfterSeconds: 5 });
}

/** Money that no open loan is there for becomes a case of finance. */
async function keepUnmatched(
  c: AppContext,
  { noticeId, amountFen, bankReference, kind }: BankNotice,
  loanId: string | null,
): Promise<null> {
  if (kind !== 'REPAYMENT' || amountFen === 0) return null;
  await storeUnmatched(c.get('deps').db, {
    noticeId,
    loanId,
    cause: loanId === null ? 'NO_SUCH_LOAN' : 'LOAN_CLOSED',
    amountFen: fen(amountFen),
    bankReference,
  });
  return null;
}

/** Tells the notice to its workflow. Gives the workflow's id, or null when nothing of ours waits for it. */
async function forward(c: AppContext, notice: BankNotice): Promise<string | null> {
  const { db, loans } = c.get('deps');
  const { noticeId, requestNo, loanReference } = notice;
  if (notice.kind === 'TRANSFER_SETTLED') {
    if (requestNo === undefined) return null;
    const payout = await findPayoutByRequestNo(db, requestNo);
    if (payout === undefined) return await forwardOrder(c, notice, requestNo);
    const { applicationId, tranche } = payout;
    // Money that was paid and came back: the story of the loan is over by then, and another takes it back.
    if (notice.status === 'RETURNED' && AFTER_PAYMENT.has(payout.state)) {
      await loans.payoutReturned(applicationId, payout.id, tranche);
      return payoutReturnWorkflowId(applicationId, tranche);
    }
    const told = await loans.notifyPayout(applicationId, { noticeId, requestNo }, tranche);
    return told ? payoutStoryId(applicationId, tranche) : null;
  }
  // Money that is nothing moves nothing, whatever loan it names.
  if (notice.amountFen === 0) return null;
  const loan = loanReference === undefined ? undefined : await findLoanByNumber(db, loanReference);
  if (loan === undefined) return await keepUnmatched(c, notice, null);
  if (await loans.notifyRepayment(loan.id, { noticeId })) return servicingWorkflowId(loan.id);
  // The loan is on the record a moment before its servicing runs: the bank is asked to come again, and does.
  if (loan.state !== 'SETTLED' && loan.state !== 'RETURNED')
    throw new ApiProblem('UNAVAILABLE', { retryAfterSeconds: 5 });
  return await keepUnmatched(c, notice, loan.id);
}

async function settle(c: AppContext, notice: BankNotice, workflowId: string | null) {
  const { db } = c.get('deps');
  const { noticeId, kind } = notice;
  if (workflowId !== null) {
    await settleNotice(db, noticeId, { state: 'FORWARDED', workflowId });
    return 'FORWARDED' as const;
  }
  await settleNotice(db, noticeId, { state: 'UNMATCHED' });
  await recordAudit(db, {
    actor: BANK,
    role: null,
    action: 'webhook.unmatched',
    subjectKind: 'bank_notice',
    subjectId: noticeId,
    result: 'FAILED',
    detail: { kind },
  });
  return 'UNMATCHED' as const;
}

export function registerBankWebhook(app: App): void {
  app.openapi(take, async (c) => {
    const { db, vault } = c.get('deps');
    const notice = c.req.valid('json');
    const { noticeId, kind } = notice;
    await recordNotice(db, await vault.ofHouse(db), {
      noticeId,
      kind,
      workflowId: null,
      body: notice,
    });
    // Told again when it comes again: the loan takes a notice it knows for the one it has.
    const outcome = await settle(c, notice, await forward(c, notice));
    return c.json({ noticeId, outcome }, 200);
  });
}
