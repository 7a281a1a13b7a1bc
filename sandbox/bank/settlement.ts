/** Brings accepted payments to rest when their time has come, and tells the platform. */
import type { PGlite, Transaction } from '@electric-sql/pglite';
import { CALLBACK_FAULTS, type CallbackDisturbance } from '../faults.ts';
import type { Callbacks, Notice } from './callbacks.ts';
import { type Payment, selectPayments, settlePayment } from './payments.ts';

export interface Settlement {
  /** Looks for payments that are due, now and whenever the next one is. */
  wake(): void;
  stop(): Promise<void>;
}

export function createSettlement(
  database: PGlite,
  callbacks: Callbacks,
  clock: () => Date,
): Settlement {
  let timer: NodeJS.Timeout | null = null;
  let working: Promise<void> = Promise.resolve();
  let stopped = false;
  const work = async (): Promise<void> => {
    if (stopped) return;
    const due = await selectPayments(
      database,
      `where status = 'ACCEPTED' and settle_at <= $1 order by settle_at`,
      [clock()],
    );
    for (const payment of due) await settleOne(database, callbacks, payment, clock());
    if (due.length > 0) callbacks.wake();
    const [next] = await selectPayments(
      database,
      `where status = 'ACCEPTED' order by settle_at limit 1`,
    );
    if (stopped || next === undefined || next.settleAt === null) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(
      wake,
      Math.min(3_600_000, Math.max(1, next.settleAt.getTime() - clock().getTime())),
    );
  };
  const wake = (): void => {
    working = working.then(work).catch((error: unknown) => {
      process.stderr.write(
        `sandbox settlement: ${error instanceof Error ? error.message : 'failed'}\n`,
      );
    });
  };
  return {
    wake,
    stop: async () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await working;
    },
  };
}

async function settleOne(
  database: PGlite,
  callbacks: Callbacks,
  payment: Payment,
  now: Date,
): Promise<void> {
  await database.transaction(async (tx) => {
    const [still] = await selectPayments(
      tx,
      `where app_id = $1 and request_no = $2 and status = 'ACCEPTED'`,
      [payment.appId, payment.requestNo],
    );
    if (still === undefined) return;
    await announce(tx, callbacks, await settlePayment(tx, still, now), disturbanceOf(still));
  });
}

function disturbanceOf(payment: Payment): CallbackDisturbance | null {
  const fault = CALLBACK_FAULTS.find((name) => name === payment.callback);
  return fault === undefined ? null : { fault, delayMs: payment.callbackDelayMs };
}

/** Writes the notice of a payment that came to rest. */
export async function announce(
  tx: Transaction,
  callbacks: Callbacks,
  payment: Payment,
  disturbance: CallbackDisturbance | null,
): Promise<void> {
  await callbacks.enqueue(tx, noticeOf(payment), disturbance);
}

function noticeOf(payment: Payment): Notice {
  const status = payment.status === 'ACCEPTED' ? 'PAID' : payment.status;
  return {
    noticeId: `${payment.bankReference}-${status}`,
    kind: payment.kind === 'REPAYMENT' ? 'REPAYMENT' : 'TRANSFER_SETTLED',
    ...(payment.kind === 'REPAYMENT' ? {} : { requestNo: payment.requestNo }),
    status,
    ...(payment.reason === null ? {} : { reason: payment.reason }),
    amountFen: payment.amountFen,
    bankReference: payment.bankReference,
    ...(payment.loanReference === null ? {} : { loanReference: payment.loanReference }),
    occurredAt: (payment.settledAt ?? payment.receivedAt).toISOString(),
  };
}
