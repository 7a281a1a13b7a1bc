/** Takes the borrower's wish to repay early or to give the loan back; it is carried out when its money is there. */
import { addDays } from '../../domain/calendar.ts';
import type { Actor } from '../../domain/journey.ts';
import { type Fen, ZERO_FEN } from '../../domain/money.ts';
import { takeIn } from '../../domain/service-quote.ts';
import { planPrepayment, type PrepaymentAsk } from '../../domain/service-schedule.ts';
import { coolingOffUntil } from '../../domain/service-terms.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { prepaymentByCause, storePrepayment } from '../../db/queries/servicing-acts.ts';
import type { ActivityDeps } from '../deps.ts';
import { derivedUuid } from '../idempotency.ts';
import type { Recorded } from '../outcomes.ts';
import { dayOf, openBook, recordTaken } from './account.ts';

export interface PrepaymentAct {
  readonly applicationId: string;
  readonly loanId: string;
  readonly kind: 'SETTLE' | 'PARTIAL' | 'COOLING_OFF';
  readonly amountFen?: Fen;
  readonly choice?: 'LOWER_PAYMENT' | 'SHORTER_TERM';
  readonly actor: Actor;
  readonly cause: string;
  /** Business date by the workflow's clock. */
  readonly today: string;
}

function askIn({ kind, amountFen, choice }: PrepaymentAct): PrepaymentAsk | null {
  if (kind !== 'PARTIAL') return { kind };
  if (amountFen === undefined || !Number.isSafeInteger(amountFen) || amountFen <= 0) return null;
  return { kind, amountFen, choice: choice ?? 'LOWER_PAYMENT' };
}

/**
 * Records the wish. It stands for the days of the policy, a cooling-off not beyond its window; money that is held already
 * may carry it out at once. A wish that is still open gives way to the newer one.
 */
export async function requestPrepayment(deps: ActivityDeps, act: PrepaymentAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const { loanId, actor, cause } = act;
    const book = await openBook(deps, tx, loanId);
    if (book.row.applicationId !== act.applicationId) return { ok: false, code: 'NOT_FOUND' };
    if (book.ownerSubject !== actor.subject) return { ok: false, code: 'NOT_FOUND' };
    if ((await prepaymentByCause(tx, cause)) !== undefined) return { ok: true, ...book.place };
    if (book.row.state === 'SETTLED' || book.row.state === 'RETURNED')
      return { ok: false, code: 'LOAN_SETTLED' };
    const ask = askIn(act);
    if (ask === null) return { ok: false, code: 'AMOUNT_TOO_SMALL' };
    const on = dayOf(book.account, act.today);
    const looked = takeIn(book.account, on, ZERO_FEN, null, book.payableUntil);
    const planned = planPrepayment(looked.account, on, ask, book.payableUntil);
    if (!planned.ok) return { ok: false, code: planned.reason };
    const stands = addDays(on, book.policy('service.prepaymentValidDays'));
    const window =
      ask.kind === 'COOLING_OFF' ? coolingOffUntil(book.account.disbursedOn, book.terms) : null;
    const validUntil = window !== null && window < stands ? window : stands;
    await storePrepayment(tx, {
      id: derivedUuid(loanId, `prepayment:${cause}`),
      loanId,
      kind: ask.kind,
      amountFen: ask.kind === 'PARTIAL' ? ask.amountFen : null,
      choice: ask.kind === 'PARTIAL' ? ask.choice : null,
      askedBy: actor.subject,
      cause,
      askedOn: on,
      validUntil,
    });
    const taken = takeIn(book.account, on, ZERO_FEN, ask, book.payableUntil);
    await recordTaken(tx, book, taken, { on, noticeId: null });
    await recordAudit(tx, {
      actor: actor.subject,
      role: actor.role,
      action: 'loan.prepayment.ask',
      subjectKind: 'loan',
      subjectId: loanId,
      result: 'DONE',
      detail: { kind: ask.kind, validUntil, totalFen: planned.plan.totalFen },
    });
    return { ok: true, ...book.place };
  });
}
