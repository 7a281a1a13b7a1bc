/** Sends a released payout, and asks what became of it: a doubt is a state that is asked about, never a second payment. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type BankAnswer, type PayoutState, payoutStep } from '../../domain/disburse.ts';
import { loadForm } from '../../db/queries/apply.ts';
import {
  type Payout,
  readPayout,
  type Settlement,
  settlePayout,
} from '../../db/queries/disburse.ts';
import { payeeOfPayout } from '../../db/queries/entrusted.ts';
import { setPending } from '../../db/queries/journey.ts';
import { closeCases } from '../../db/queries/operations.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { type OutsideAnswer, OutsideFailure } from '../ports/answers.ts';
import type { TransferStatus } from '../ports/bank.ts';
import { cancellationSignal } from '../signal.ts';
import { clearToSend, type PayTo } from './preflight.ts';

export interface PayInput {
  readonly applicationId: string;
  readonly payoutId: string;
}

/** How a payout stands after asking the bank; `STOPPED` when our own check held it back and the bank was not asked. */
export interface PayoutOutcome {
  readonly state: Settlement['state'] | 'STOPPED';
}

/** The bank's word, with its reference where money moved. */
type Heard = BankAnswer & { readonly reference?: string };

/** The bank's word as the domain knows it. */
function said(answer: OutsideAnswer<TransferStatus>): Heard {
  if (answer.kind === 'NO_RECORD') return { kind: 'NOT_FOUND' };
  const { data } = answer;
  switch (data.status) {
    case 'PAID':
      return { kind: 'PAID', reference: data.bankReference };
    case 'ACCEPTED':
      return { kind: 'ACCEPTED' };
    case 'REFUSED':
      return { kind: 'REFUSED', code: data.reason };
  }
}

const payee = z.object({ name: z.string(), card: z.string() });

/** Who is paid in the borrower's place, as two people of finance have registered it. */
async function payeeOf({ db, vault }: ActivityDeps, payoutId: string): Promise<PayTo['payee']> {
  const row = await payeeOfPayout(db, payoutId);
  if (row === undefined) return null;
  const cipher = await vault.ofHouse(db);
  const opened = cipher.openJson('entrusted_payees.sealed_payee', row.id, row.sealed, (value) =>
    payee.parse(value),
  );
  return { id: row.id, ...opened };
}

async function payTo(deps: ActivityDeps, payout: Payout): Promise<PayTo> {
  const cipher = await deps.vault.of(deps.db, payout.applicationId);
  const form = await loadForm(deps.db, cipher, payout.applicationId);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  const { card } = cipher.openJson(
    'payouts.sealed_account',
    payout.id,
    payout.sealedAccount,
    (value) => z.object({ card: z.string() }).parse(value),
  );
  return { payout, form, cipher, card, payee: await payeeOf(deps, payout.id) };
}

async function transfer(
  deps: ActivityDeps,
  { payout, form, card, payee: other }: PayTo,
  sending: 'FIRST' | 'AGAIN',
): Promise<Heard> {
  const receiver = other ?? { card, name: form.identity.name };
  try {
    const answer = await deps.ports.bank.transfer({
      requestNo: payout.requestNo,
      signal: cancellationSignal(),
      amountFen: payout.amountFen,
      toCard: receiver.card,
      holderName: receiver.name,
      purpose: payout.contractNumber,
    });
    return said(answer);
  } catch (error) {
    if (!(error instanceof OutsideFailure)) throw error;
    return error.retryable || sending === 'AGAIN'
      ? { kind: 'NO_ANSWER' }
      : { kind: 'REFUSED', code: error.code };
  }
}

/** A query that was refused says nothing about the payment: nothing is known then. */
async function query(deps: ActivityDeps, payout: Payout): Promise<Heard> {
  const requestNo = `XQ${randomUUID().replaceAll('-', '').slice(0, 30).toUpperCase()}`;
  try {
    return said(
      await deps.ports.bank.query({
        requestNo,
        signal: cancellationSignal(),
        of: payout.requestNo,
      }),
    );
  } catch (error) {
    if (error instanceof OutsideFailure) return { kind: 'NO_ANSWER' };
    throw error;
  }
}

/** Settles the bank's word; a payout that was settled for good meanwhile keeps what it has, and that is the outcome. */
async function settle(
  deps: ActivityDeps,
  payout: Payout,
  answer: Heard,
  state: Settlement['state'],
): Promise<PayoutOutcome> {
  return await deps.db.transaction().execute(async (tx) => {
    const settled = await settlePayout(tx, payout.id, {
      state,
      bankReference: answer.reference ?? null,
      failureCode: answer.kind === 'REFUSED' ? answer.code : null,
    });
    const standing = settled ? { state } : known((await readPayout(tx, payout.id)) ?? payout);
    if (standing === null) throw finalFailure('PAYOUT_NOT_SENT');
    if (standing.state === 'REFUSED') await setPending(tx, payout.applicationId, 'PAYOUT_RETRY');
    if (standing.state === 'PAID' || standing.state === 'REFUSED')
      await closeCases(tx, payout.applicationId, 'disburse.unknown');
    return standing;
  });
}

async function load(deps: ActivityDeps, { applicationId, payoutId }: PayInput): Promise<Payout> {
  const payout = await readPayout(deps.db, payoutId);
  if (payout === undefined || payout.applicationId !== applicationId)
    throw finalFailure('NO_SUCH_PAYOUT');
  return payout;
}

/** What is settled for good, or was held back, needs no bank; anything else is asked about. */
function known({ state }: Payout): PayoutOutcome | null {
  if (state === 'RETURNED') return { state: 'REFUSED' };
  return state === 'PAID' || state === 'REFUSED' || state === 'STOPPED' ? { state } : null;
}

async function askAndSettle(deps: ActivityDeps, payout: Payout): Promise<PayoutOutcome> {
  const answer = await query(deps, payout);
  const step = payoutStep(answer, 'QUERY');
  if (step.next !== 'SEND') return await settle(deps, payout, answer, asSettled(step.state));
  // The bank never saw this number. Sending the same number again pays at most once, even if the first is still on its
  // way; and because it may be, only the bank's own refusal of this number counts, not a request it would not take.
  return await sendAndSettle(deps, await payTo(deps, payout), 'AGAIN');
}

async function sendAndSettle(
  deps: ActivityDeps,
  to: PayTo,
  sending: 'FIRST' | 'AGAIN',
): Promise<PayoutOutcome> {
  const answer = await transfer(deps, to, sending);
  return await settle(deps, to.payout, answer, asSettled(payoutStep(answer, 'TRANSFER').state));
}

function asSettled(state: PayoutState): Settlement['state'] {
  return state === 'PAID' || state === 'REFUSED' || state === 'ACCEPTED' ? state : 'UNKNOWN';
}

/**
 * Sends a released payout that passes the check right before the money. An attempt that finds it sent already asks the bank
 * before anything else.
 */
export async function sendPayout(deps: ActivityDeps, input: PayInput): Promise<PayoutOutcome> {
  const payout = await load(deps, input);
  const done = known(payout);
  if (done !== null) return done;
  if (payout.state === 'READY' || payout.state === 'CANCELLED')
    throw finalFailure('PAYOUT_NOT_RELEASED');
  if (payout.state !== 'RELEASED') return await askAndSettle(deps, payout);
  const to = await payTo(deps, payout);
  const clearance = await clearToSend(deps, to);
  if (clearance === 'STOPPED') return { state: 'STOPPED' };
  return clearance === 'SEND'
    ? await sendAndSettle(deps, to, 'FIRST')
    : await askAndSettle(deps, payout);
}

/** The bank's own word on a payout that is settled on our record, for what may happen to it afterwards; changes nothing. */
export async function askBank(deps: ActivityDeps, input: PayInput): Promise<BankAnswer> {
  return await query(deps, await load(deps, input));
}

/** Asks what became of a payout. */
export async function queryPayout(deps: ActivityDeps, input: PayInput): Promise<PayoutOutcome> {
  const payout = await load(deps, input);
  return known(payout) ?? (await askAndSettle(deps, payout));
}
