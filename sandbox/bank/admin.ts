/** The bank seen by an operator or a test: its books to the fen, and what borrowers and other banks do by themselves. */
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { CALLBACK_FAULTS } from '../faults.ts';
import type { SandboxParts } from '../parts.ts';
import { balanceFen, CLEARING_ACCOUNT, LENDER_ACCOUNT, move, post } from './books.ts';
import { cardAccount } from './card-accounts.ts';
import { type Payment, returnPayment, selectPayments, writePayment } from './payments.ts';
import { announce } from './settlement.ts';

/** Body of `POST /_admin/bank/repayment`: the borrower pays by transfer. */
const repaymentInput = z.strictObject({
  loanReference: z.string().min(1).max(128),
  amountFen: z.number().int().positive().max(10_000_000_000),
  /** Default: the card the loan was paid to, else another bank. */
  fromCard: z
    .string()
    .regex(/^\d{13,19}$/)
    .optional(),
});

/** Body of `POST /_admin/bank/return`: the receiving bank gives a payment back. */
const returnInput = z.strictObject({
  requestNo: z.string(),
  reason: z.string().max(100).default('ACCOUNT_CANNOT_BE_CREDITED'),
});

export function bankAdmin(parts: SandboxParts): Hono<{ Bindings: HttpBindings }> {
  const admin = new Hono<{ Bindings: HttpBindings }>();
  admin.get('/books', async (c) => c.json(await books(parts)));
  admin.post('/bank/repayment', async (c) => {
    const input = repaymentInput.parse(await c.req.json());
    const payment = await repay(parts, input);
    parts.callbacks.wake();
    return c.json(payment, 201);
  });
  admin.post('/bank/return', async (c) => {
    const input = returnInput.parse(await c.req.json());
    const returned = await giveBack(parts, input.requestNo, input.reason);
    if (returned === null) return c.json({ error: 'no paid transfer of this request number' }, 404);
    parts.callbacks.wake();
    return c.json(returned);
  });
  return admin;
}

/** Every account with its balance, every posting with its entries, every payment. */
async function books(parts: SandboxParts): Promise<unknown> {
  const { database } = parts;
  const accounts = await database.query(
    `select a.number, a.kind, a.holder_name as "holderName", a.holder_id as "holderId", a.status, coalesce(sum(e.amount_fen), 0)::bigint as "balanceFen"
     from accounts a left join entries e on e.account = a.number group by a.number order by a.opened_at, a.number`,
  );
  const entries = await database.query(
    `select p.id as "postingId", p.reason, p.reference, p.business_day::text as "businessDay", p.posted_at as "postedAt", e.account, e.amount_fen as "amountFen"
     from postings p join entries e on e.posting_id = p.id order by p.id`,
  );
  const payments = await selectPayments(database, 'order by received_at, request_no');
  return {
    lenderAccount: LENDER_ACCOUNT,
    accounts: accounts.rows,
    entries: entries.rows,
    payments,
  };
}

async function repay(parts: SandboxParts, input: z.infer<typeof repaymentInput>): Promise<Payment> {
  const now = parts.clock();
  const struck = parts.faults.strike(CALLBACK_FAULTS, 'bank', 'repayment', now);
  return parts.database.transaction(async (tx) => {
    const [payout] = await selectPayments(
      tx,
      `where loan_reference = $1 and kind = 'TRANSFER' order by received_at desc limit 1`,
      [input.loanReference],
    );
    const card = input.fromCard ?? payout?.payee ?? null;
    const payer =
      card === null
        ? CLEARING_ACCOUNT
        : (await cardAccount(tx, parts.people, card, null, now)).account.number;
    const held = await balanceFen(tx, payer);
    if (card !== null && held < input.amountFen) {
      // The borrower fetches what is missing from elsewhere: that they pay is what the caller asked for.
      await post(tx, {
        reason: 'TOP_UP',
        reference: card,
        at: now,
        entries: move(CLEARING_ACCOUNT, payer, input.amountFen - held),
      });
    }
    const number = `RP-${crypto.randomUUID()}`;
    const payment: Payment = {
      appId: 'bank',
      requestNo: number,
      kind: 'REPAYMENT',
      payer,
      payee: LENDER_ACCOUNT,
      amountFen: input.amountFen,
      status: 'PAID',
      reason: null,
      bankReference: `BK${number.replaceAll('-', '').slice(2, 22).toUpperCase()}`,
      loanReference: input.loanReference,
      willBe: null,
      settleAt: null,
      callback: struck?.name ?? 'PLAIN',
      callbackDelayMs: struck?.delayMs ?? null,
      receivedAt: now,
      settledAt: now,
    };
    await writePayment(tx, payment);
    await announce(
      tx,
      parts.callbacks,
      payment,
      struck === null ? null : { fault: struck.name, delayMs: struck.delayMs },
    );
    return payment;
  });
}

async function giveBack(
  parts: SandboxParts,
  requestNo: string,
  reason: string,
): Promise<Payment | null> {
  const now = parts.clock();
  return parts.database.transaction(async (tx) => {
    const [paid] = await selectPayments(
      tx,
      `where request_no = $1 and kind = 'TRANSFER' and status = 'PAID'`,
      [requestNo],
    );
    if (paid === undefined) return null;
    const returned = await returnPayment(tx, paid, reason, now);
    await announce(tx, parts.callbacks, returned, null);
    return returned;
  });
}
