/** The lender's bank: holder check, transfers, debits, micro-deposits, queries by request number, and the day's statement. */
import { z } from 'zod';
import { found, type Json, noRecord, type Outcome } from '../answer.ts';
import { balanceFen, LENDER_ACCOUNT, openAccount } from '../bank/books.ts';
import type { Callbacks } from '../bank/callbacks.ts';
import { cardAccount, type CardAccount } from '../bank/card-accounts.ts';
import {
  findPayment,
  type Payment,
  type PaymentKind,
  settlePayment,
  writePayment,
} from '../bank/payments.ts';
import { announce, type Settlement } from '../bank/settlement.ts';
import { statementOf } from '../bank/statement.ts';
import { type Faults, STATEMENT_FAULTS } from '../faults.ts';
import { isCardNumber } from '../identifiers.ts';
import { type Call, type Operation, operation } from '../operation.ts';
import type { People } from '../people/people.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { drawsFrom } from '../random.ts';
import { personName } from './identity.ts';

export interface BankParts {
  readonly people: People;
  readonly callbacks: Callbacks;
  readonly settlement: Settlement;
  readonly faults: Faults;
  /** How long an accepted payment ordinarily takes, in milliseconds. */
  readonly settleMs: number;
}

const requestNo = z.string();
const card = z.string().refine(isCardNumber, { message: 'not a card number' });
/** At most a hundred million yuan, in fen. */
const amountFen = z.number().int().positive().max(10_000_000_000);
const reference = z.string().min(1).max(128);

export function bankOperations(parts: BankParts): readonly Operation[] {
  return [
    holderCheck(parts),
    transfer(parts),
    query(),
    debit(parts),
    microDeposit(),
    statement(parts),
  ];
}

/** Reference that follows from the request, so that a replayed database gives the same one. */
function bankReference(appId: string, number: string): string {
  return `BK${sm3Hex(`${appId}|${number}`).slice(0, 20).toUpperCase()}`;
}

function paymentOf(
  call: Call,
  kind: PaymentKind,
  sides: {
    readonly payer: string;
    readonly payee: string;
    readonly amountFen: number;
    readonly loanReference: string | null;
  },
): Payment {
  return {
    ...sides,
    appId: call.appId,
    requestNo: call.requestNo,
    kind,
    status: 'PAID',
    reason: null,
    bankReference: bankReference(call.appId, call.requestNo),
    willBe: null,
    settleAt: null,
    callback: 'PLAIN',
    callbackDelayMs: null,
    receivedAt: call.now,
    settledAt: call.now,
  };
}

function paymentData(payment: Payment): Json {
  return {
    kind: payment.kind,
    status: payment.status,
    reason: payment.reason,
    amountFen: payment.amountFen,
    bankReference: payment.bankReference,
    loanReference: payment.loanReference,
    settledAt: payment.status === 'ACCEPTED' ? null : (payment.settledAt?.toISOString() ?? null),
  };
}

function refusePayment(payment: Payment, reason: string): Payment {
  return { ...payment, status: 'REFUSED', reason };
}

/** Answer to a payment: `3001` while it is only accepted. */
function paymentAnswer(payment: Payment): Outcome {
  if (payment.status !== 'ACCEPTED') return found(paymentData(payment));
  return {
    kind: 'FINAL',
    code: '3001',
    message: 'accepted, ask later',
    data: paymentData(payment),
  };
}

function holderCheck(parts: BankParts): Operation {
  return operation({
    service: 'bank',
    name: 'account',
    priceFen: 20,
    input: z.strictObject({ requestNo, card, holderName: personName }),
    handle: async (input, call) => {
      const { account } = await cardAccount(
        call.tx,
        parts.people,
        input.card,
        input.holderName,
        call.now,
      );
      return found({
        result: account.holderName === input.holderName ? 'MATCH' : 'MISMATCH',
        status: account.status,
        card: input.card,
      });
    },
  });
}

const transferInput = z.strictObject({
  requestNo,
  amountFen,
  toCard: card,
  holderName: personName,
  purpose: z.string().min(1).max(140),
  loanReference: reference.optional(),
});

function transfer(parts: BankParts): Operation {
  return operation({
    service: 'bank',
    name: 'transfer',
    priceFen: 100,
    input: transferInput,
    handle: async (input, call) => {
      const holder = await cardAccount(
        call.tx,
        parts.people,
        input.toCard,
        input.holderName,
        call.now,
      );
      const asked = paymentOf(call, 'TRANSFER', {
        payer: LENDER_ACCOUNT,
        payee: input.toCard,
        amountFen: input.amountFen,
        loanReference: input.loanReference ?? null,
      });
      const funds = await balanceFen(call.tx, LENDER_ACCOUNT);
      const reason = refuseTransfer(holder, input.holderName, funds, input.amountFen);
      const payment =
        reason === null ? admit(parts, holder, asked, call) : refusePayment(asked, reason);
      await writePayment(call.tx, payment);
      if (payment.status === 'ACCEPTED') await arrangeCallback(parts, payment, call);
      return paymentAnswer(payment);
    },
  });
}

function refuseTransfer(
  holder: CardAccount,
  holderName: string,
  fundsFen: number,
  wantedFen: number,
): string | null {
  if (holder.account.holderName !== holderName) return 'HOLDER_MISMATCH';
  if (holder.account.status !== 'OPEN') return `ACCOUNT_${holder.account.status}`;
  return fundsFen < wantedFen ? 'INSUFFICIENT_FUNDS' : null;
}

/** Paid at once, or accepted when the payee's bank is slow or a fault disturbs the callback. */
function admit(parts: BankParts, holder: CardAccount, asked: Payment, call: Call): Payment {
  const disturbance = call.disturbance();
  const { payout, settleMs } = holder.traits;
  if (payout === 'PAID' && disturbance === null) return asked;
  return {
    ...asked,
    status: 'ACCEPTED',
    willBe: payout === 'ACCEPTED_THEN_REFUSED' ? 'REFUSED' : 'PAID',
    settleAt: new Date(call.now.getTime() + (settleMs ?? parts.settleMs)),
    settledAt: null,
    callback: disturbance?.fault ?? 'PLAIN',
    callbackDelayMs: disturbance?.delayMs ?? null,
  };
}

/** An early callback settles before the answer leaves; every other waits for its time. */
async function arrangeCallback(parts: BankParts, payment: Payment, call: Call): Promise<void> {
  if (payment.callback !== 'early-callback') {
    call.beforeAnswer(async () => parts.settlement.wake());
    return;
  }
  await announce(call.tx, parts.callbacks, await settlePayment(call.tx, payment, call.now), null);
  call.beforeAnswer(async () => {
    await parts.callbacks.flush();
    // A refused notice is planned again like any other.
    parts.callbacks.wake();
  });
}

function query(): Operation {
  return operation({
    service: 'bank',
    name: 'query',
    priceFen: 0,
    remembered: false,
    input: z.strictObject({ requestNo }),
    handle: async (_input, call) => {
      const payment = await findPayment(call.tx, call.appId, call.requestNo);
      return payment === null
        ? noRecord('no payment of this request number')
        : found(paymentData(payment));
    },
  });
}

function debit(parts: BankParts): Operation {
  return operation({
    service: 'bank',
    name: 'debit',
    priceFen: 60,
    input: z.strictObject({ requestNo, card, amountFen, loanReference: reference }),
    handle: async (input, call) => {
      const { account, traits } = await cardAccount(
        call.tx,
        parts.people,
        input.card,
        null,
        call.now,
      );
      const asked = paymentOf(call, 'DEBIT', {
        payer: input.card,
        payee: LENDER_ACCOUNT,
        amountFen: input.amountFen,
        loanReference: input.loanReference,
      });
      const held = await balanceFen(call.tx, input.card);
      const reason =
        account.status !== 'OPEN'
          ? `ACCOUNT_${account.status}`
          : traits.debit === 'REFUSE'
            ? 'DEBIT_REFUSED'
            : held < input.amountFen
              ? 'INSUFFICIENT_FUNDS'
              : null;
      const payment = reason === null ? asked : refusePayment(asked, reason);
      await writePayment(call.tx, payment);
      return found(paymentData(payment));
    },
  });
}

/** Pays a few fen with a code in the remark; the company proves its account by naming them. */
function microDeposit(): Operation {
  return operation({
    service: 'bank',
    name: 'micro-deposit',
    priceFen: 50,
    input: z.strictObject({
      requestNo,
      account: z.string().regex(/^[0-9A-Za-z-]{6,40}$/),
      holderName: z.string().min(1).max(200),
    }),
    handle: async (input, call) => {
      await openAccount(
        call.tx,
        {
          number: input.account,
          kind: 'COMPANY',
          holderName: input.holderName,
          holderId: null,
          status: 'OPEN',
          openingBalanceFen: 0,
        },
        call.now,
      );
      const draws = drawsFrom('micro-deposit', call.appId, call.requestNo);
      const payment = paymentOf(call, 'MICRO_DEPOSIT', {
        payer: LENDER_ACCOUNT,
        payee: input.account,
        amountFen: draws.integer(1, 99),
        loanReference: null,
      });
      await writePayment(call.tx, payment);
      return found({
        status: payment.status,
        bankReference: payment.bankReference,
        amountFen: payment.amountFen,
        remark: `XD${draws.digits(6)}`,
        validHours: 72,
      });
    },
  });
}

function statement(parts: BankParts): Operation {
  return operation({
    service: 'bank',
    name: 'statement',
    priceFen: 0,
    remembered: false,
    input: z.strictObject({ requestNo, day: z.iso.date() }),
    handle: async (input, call) => {
      const struck = parts.faults.strike(STATEMENT_FAULTS, 'bank', 'statement', call.now);
      return found(await statementOf(call.tx, input.day, struck?.name ?? null));
    },
  });
}
