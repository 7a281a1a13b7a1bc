/** Gives a loan a new schedule by two people: one proposes with a reason, another approves; the old version is kept. */
import type { Actor } from '../../domain/journey.ts';
import { ZERO_FEN } from '../../domain/money.ts';
import { takeIn } from '../../domain/service-quote.ts';
import { reschedule, type RescheduleTerms, underVersion } from '../../domain/service-schedule.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { oweNotice } from '../../db/queries/outbox.ts';
import {
  decideReschedule,
  lockReschedule,
  proposeReschedule,
  type Reschedule,
} from '../../db/queries/servicing-acts.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Recorded, RefusalCode } from '../outcomes.ts';
import { EVENT_KEY, post } from '../posting.ts';
import { type Book, dayOf, openBook, recordTaken, recordVersion, writeHeld } from './account.ts';

export interface RescheduleAct {
  readonly applicationId: string;
  readonly loanId: string;
  readonly rescheduleId: string;
  readonly step: 'PROPOSE' | 'APPROVE' | 'REJECT';
  readonly kind?: 'DEFER' | 'RESTRUCTURE';
  readonly months?: number;
  readonly reason: string;
  readonly actor: Actor;
  readonly cause: string;
  /** Business date by the workflow's clock. */
  readonly today: string;
}

const ROLE_OF_STEP = {
  PROPOSE: 'finance-maker',
  APPROVE: 'finance-checker',
  REJECT: 'finance-checker',
} as const;

const CODE_OF = {
  NOTHING_OWED: 'NOTHING_OWED',
  BEYOND_POLICY: 'RESCHEDULE_BEYOND_POLICY',
  NO_SCHEDULE: 'NO_SCHEDULE',
} as const satisfies Readonly<Record<string, RefusalCode>>;

/** The terms worked out for a day. Nothing is written. */
function worked(book: Book, today: string, terms: RescheduleTerms) {
  const on = dayOf(book.account, today);
  const taken = takeIn(book.account, on, ZERO_FEN, null, book.payableUntil);
  const most = book.policy('service.extensionMaxMonths');
  return { on, taken, made: reschedule(taken.account, on, terms, most, book.payableUntil) };
}

async function audited(tx: Tx, act: RescheduleAct, detail: Readonly<Record<string, unknown>>) {
  await recordAudit(tx, {
    actor: act.actor.subject,
    role: act.actor.role,
    action: `loan.reschedule.${act.step.toLowerCase()}`,
    subjectKind: 'loan',
    subjectId: act.loanId,
    result: 'DONE',
    reason: act.reason,
    detail: { rescheduleId: act.rescheduleId, ...detail },
  });
}

async function put(tx: Tx, book: Book, act: RescheduleAct): Promise<Recorded> {
  const { loanId, rescheduleId: id, kind, months, reason, actor, cause } = act;
  const known = await lockReschedule(tx, loanId, id);
  if (known !== undefined)
    return known.cause === cause
      ? { ok: true, ...book.place }
      : { ok: false, code: 'ALREADY_PROPOSED' };
  if (kind === undefined || months === undefined || !Number.isInteger(months) || months < 1)
    return { ok: false, code: 'NO_SCHEDULE' };
  const { made } = worked(book, act.today, { kind, months });
  if (!made.ok) return { ok: false, code: CODE_OF[made.reason] };
  const proposal = { id, loanId, kind, months, reason, proposedBy: actor.subject, cause };
  if (!(await proposeReschedule(tx, proposal))) return { ok: false, code: 'ALREADY_PROPOSED' };
  await audited(tx, act, { kind, months });
  return { ok: true, ...book.place };
}

async function apply(
  tx: Tx,
  book: Book,
  act: RescheduleAct,
  proposal: Reschedule,
): Promise<Recorded> {
  const { loanId } = act;
  const { on, taken, made } = worked(book, act.today, proposal);
  if (!made.ok) return { ok: false, code: CODE_OF[made.reason] };
  await recordTaken(tx, book, taken, { on, noticeId: null });
  const account = underVersion(taken.account, on, made.instalments);
  await recordVersion(tx, book, account, { reason: 'RESCHEDULED', on });
  await post(
    tx,
    { kind: 'INTEREST_ACCRUED', interestFen: made.interestFen },
    {
      eventKey: EVENT_KEY.rescheduledInterest(loanId, account.scheduleVersion),
      loanId,
      postedOn: on,
    },
  );
  await writeHeld(tx, book, account);
  await decideReschedule(tx, proposal.id, {
    state: 'APPLIED',
    by: act.actor.subject,
    version: account.scheduleVersion,
  });
  // Whoever classifies loans hears of it: a rescheduled loan is at least special mention (regulation.md §7.1).
  await oweNotice(tx, 'loan.rescheduled', book.row.applicationId, {
    loanId,
    version: String(account.scheduleVersion),
    on,
  });
  await audited(tx, act, { version: account.scheduleVersion });
  return { ok: true, ...book.place };
}

/**
 * Proposes, approves or rejects a new schedule. What was proposed is worked out anew on the day of the approval, so that
 * money of the days between is in it; a schedule that the policy no longer allows is refused then too.
 */
export async function rescheduleLoan(deps: ActivityDeps, act: RescheduleAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const { loanId, actor, step } = act;
    const book = await openBook(deps, tx, loanId);
    if (book.row.applicationId !== act.applicationId) return { ok: false, code: 'NOT_FOUND' };
    if (book.row.state === 'SETTLED' || book.row.state === 'RETURNED')
      return { ok: false, code: 'LOAN_SETTLED' };
    if (actor.role !== ROLE_OF_STEP[step]) return { ok: false, code: 'ROLE_DOES_NOT_FIT' };
    if (book.ownerSubject === actor.subject) return { ok: false, code: 'SELF_APPROVAL' };
    if (step === 'PROPOSE') return await put(tx, book, act);
    const proposal = await lockReschedule(tx, loanId, act.rescheduleId);
    if (proposal === undefined) return { ok: false, code: 'NO_SUCH_RESCHEDULE' };
    if (proposal.proposedBy === actor.subject) return { ok: false, code: 'FOUR_EYES' };
    const wanted = step === 'APPROVE' ? 'APPLIED' : 'REJECTED';
    if (proposal.state !== 'PROPOSED')
      return proposal.state === wanted && proposal.decidedBy === actor.subject
        ? { ok: true, ...book.place }
        : { ok: false, code: 'NO_PROPOSAL' };
    if (step === 'APPROVE') return await apply(tx, book, act, proposal);
    await decideReschedule(tx, proposal.id, {
      state: 'REJECTED',
      by: actor.subject,
      version: null,
    });
    await audited(tx, act, {});
    return { ok: true, ...book.place };
  });
}
