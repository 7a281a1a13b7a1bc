/** Money that no open loan was there for: it comes on the books, goes back by the bank once, or lies on the desk again. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  closeUnmatched,
  listAgreed,
  listUnbooked,
  lockUnmatched,
  markUnmatchedSent,
  readUnmatchedPayee,
  reopenUnmatched as reopen,
} from '../../db/queries/unmatched.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { type OutsideAnswer, OutsideFailure } from '../ports/answers.ts';
import type { TransferStatus } from '../ports/bank.ts';
import { EVENT_KEY, post } from '../posting.ts';
import { cancellationSignal } from '../signal.ts';

/** What is taken at once; the rest is taken at the next look. */
const MOST = 200;

export interface AgreedMoney {
  readonly noticeId: string;
  readonly action: 'ASSIGN' | 'REFUND' | null;
  readonly loanId: string | null;
}

/** Puts on the books what is not there yet, once each, and gives what two people have agreed on. */
export async function bookUnmatched(deps: Pick<ActivityDeps, 'db'>): Promise<{
  readonly booked: number;
  readonly agreed: readonly AgreedMoney[];
}> {
  const unbooked = await listUnbooked(deps.db, MOST);
  for (const { noticeId, amountFen, receivedOn } of unbooked)
    await deps.db.transaction().execute(async (tx) => {
      await post(
        tx,
        { kind: 'UNMATCHED_RECEIVED', amountFen },
        { eventKey: EVENT_KEY.unmatched(noticeId), loanId: null, postedOn: receivedOn },
      );
    });
  return { booked: unbooked.length, agreed: await listAgreed(deps.db, MOST) };
}

export interface UnmatchedInput {
  readonly noticeId: string;
  /** Business date by the workflow's clock. */
  readonly today: string;
}

type Row = NonNullable<Awaited<ReturnType<typeof lockUnmatched>>>;

async function audit(tx: Tx, row: Row, action: string, result: 'DONE' | 'FAILED'): Promise<void> {
  await recordAudit(tx, {
    actor: 'bank',
    role: null,
    action,
    subjectKind: 'unmatched_money',
    subjectId: row.notice_id,
    result,
    detail: { amountFen: row.amount_fen, requestNo: row.request_no },
  });
}

/** Lays money back on the desk: the loan that it was assigned to is closed by now. */
export async function reopenUnmatched(
  deps: Pick<ActivityDeps, 'db'>,
  { noticeId }: UnmatchedInput,
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const row = await lockUnmatched(tx, noticeId);
    if (row?.state !== 'APPROVED') return;
    await reopen(tx, noticeId, 'LOAN_CLOSED');
    await audit(tx, row, 'unmatched.reopen', 'FAILED');
  });
}

const payee = z.object({ name: z.string(), card: z.string() });

async function send(deps: ActivityDeps, row: Row): Promise<OutsideAnswer<TransferStatus>> {
  const { request_no: requestNo, notice_id: noticeId } = row;
  const sealed = await readUnmatchedPayee(deps.db, noticeId);
  if (requestNo === null || sealed === null) throw finalFailure('NO_SUCH_REFUND');
  const cipher = await deps.vault.ofHouse(deps.db);
  const { name: holderName, card: toCard } = cipher.openJson(
    'unmatched_money.sealed_payee',
    noticeId,
    sealed,
    (value) => payee.parse(value),
  );
  const signal = cancellationSignal();
  const amountFen = row.amount_fen;
  const purpose = row.bank_reference;
  return await deps.ports.bank.transfer({
    requestNo,
    signal,
    amountFen,
    toCard,
    holderName,
    purpose,
  });
}

/** The bank's word; null while nothing is known. A first transfer that the bank would not even take is refused. */
async function ask(
  deps: ActivityDeps,
  row: Row,
  isFirst: boolean,
): Promise<{ readonly paid: string } | { readonly refused: string } | null> {
  const said = ({ kind, ...rest }: OutsideAnswer<TransferStatus>) => {
    if (kind === 'NO_RECORD' || !('data' in rest)) return null;
    const { data } = rest;
    if (data.status === 'PAID') return { paid: data.bankReference };
    return data.status === 'REFUSED' ? { refused: data.reason } : null;
  };
  try {
    if (isFirst) return said(await send(deps, row));
    const requestNo = `XQ${randomUUID().replaceAll('-', '').slice(0, 30).toUpperCase()}`;
    const signal = cancellationSignal();
    const of = row.request_no ?? '';
    const known = await deps.ports.bank.query({ requestNo, signal, of });
    return said(known.kind === 'NO_RECORD' ? await send(deps, row) : known);
  } catch (error) {
    if (!(error instanceof OutsideFailure)) throw error;
    return isFirst && !error.retryable ? { refused: error.code } : null;
  }
}

/**
 * Sends money back that two people agreed on, or asks what became of it: by its number first, and again under the same number
 * only when the bank never saw it. What the bank refuses lies on the desk again.
 */
export async function refundUnmatched(
  deps: ActivityDeps,
  { noticeId, today }: UnmatchedInput,
): Promise<'PAID' | 'REFUSED' | 'UNKNOWN'> {
  const isFirst = await markUnmatchedSent(deps.db, noticeId);
  const row = await deps.db.transaction().execute((tx) => lockUnmatched(tx, noticeId));
  if (row === undefined) throw finalFailure('NO_SUCH_REFUND');
  if (row.state === 'CLOSED') return 'PAID';
  if (row.state !== 'SENT') return 'REFUSED';
  const answer = await ask(deps, row, isFirst);
  if (answer === null) return 'UNKNOWN';
  return await deps.db.transaction().execute(async (tx) => {
    const now = await lockUnmatched(tx, noticeId);
    // Whoever asked beside us has settled it, or it is another refund by now.
    if (now?.state !== 'SENT' || now.request_no !== row.request_no) return 'UNKNOWN';
    if ('refused' in answer) {
      await reopen(tx, noticeId, answer.refused);
      await audit(tx, row, 'unmatched.refund', 'FAILED');
      return 'REFUSED';
    }
    await bookReceived(tx, row);
    await post(
      tx,
      { kind: 'UNMATCHED_RETURNED', amountFen: row.amount_fen },
      { eventKey: EVENT_KEY.unmatchedReturned(noticeId), loanId: null, postedOn: today },
    );
    await closeUnmatched(tx, noticeId, answer.paid);
    await audit(tx, row, 'unmatched.refund', 'DONE');
    return 'PAID';
  });
}

/** Puts money on the books as it came, before it leaves its account again. */
export async function bookReceived(
  tx: Tx,
  row: Pick<Row, 'notice_id' | 'amount_fen' | 'recorded_at'>,
): Promise<void> {
  await post(
    tx,
    { kind: 'UNMATCHED_RECEIVED', amountFen: row.amount_fen },
    {
      eventKey: EVENT_KEY.unmatched(row.notice_id),
      loanId: null,
      postedOn: businessDate(row.recorded_at),
    },
  );
}
