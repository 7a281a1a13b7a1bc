/** Looks at a loan on a day: how late it is, whether it is settled, and when to look again. */
import { addDays } from '../../domain/calendar.ts';
import { COLLECTION } from '../../domain/desk-kinds.ts';
import { SYSTEM } from '../../domain/journey.ts';
import { policyOf } from '../../domain/policy.ts';
import { daysPastDue, nextWakeUp, settled } from '../../domain/service.ts';
import type { Tx } from '../../db/database.ts';
import { closeCollection, openCollection } from '../../db/queries/desk-tasks.ts';
import { advance } from '../../db/queries/journey.ts';
import { lockLoan, readInstalments, writeLoanState } from '../../db/queries/service.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, placed } from '../failures.ts';
import { pinnedOf } from '../pinned.ts';
import { policyFor } from '../rulebooks.ts';

export interface ReviewInput {
  readonly loanId: string;
  /** Business date by the workflow's clock. */
  readonly today: string;
}

export interface LoanStanding {
  readonly state: 'ACTIVE' | 'OVERDUE' | 'SETTLED';
  readonly daysPastDue: number;
  /** Next day on which something changes by the calendar alone; null once settled. */
  readonly nextOn: string | null;
}

/** An unpaid loan that has passed its last bucket is still looked at once a month. */
const LATE_LOOK_DAYS = 30;

/**
 * Somebody of ours speaks with a borrower who is late for longer than the house waits, until what was late is paid. Gives the
 * day on which that begins while it lies ahead.
 */
async function collect(
  deps: ActivityDeps,
  tx: Tx,
  loan: {
    readonly loanId: string;
    readonly applicationId: string;
    readonly late: number;
    readonly today: string;
  },
): Promise<string | null> {
  const { loanId, applicationId, late, today } = loan;
  if (late === 0) {
    await closeCollection(tx, loanId, new Date());
    return null;
  }
  // What the house does for its borrowers holds for every loan from the day it is in force, whatever the loan has pinned.
  const policy = policyOf(await deps.rulebooks.newestPolicy(tx), today, 'BANK');
  const from = policy('service.collectionFromDays');
  if (late < from) return addDays(today, from - late);
  const slaDueAt = new Date(Date.now() + policy('review.slaMinutes') * 60_000);
  await openCollection(tx, { loanId, applicationId, roles: COLLECTION.roles, slaDueAt });
  return null;
}

export async function reviewLoan(
  deps: ActivityDeps,
  { loanId, today }: ReviewInput,
): Promise<LoanStanding> {
  return await deps.db.transaction().execute(async (tx) => {
    const loan = await lockLoan(tx, loanId);
    if (loan === undefined) throw finalFailure('NO_SUCH_LOAN');
    const { applicationId } = loan;
    const { rules } = await pinnedOf(deps, tx, applicationId);
    const instalments = await readInstalments(tx, loanId);
    if (settled(instalments)) {
      await writeLoanState(tx, loanId, 'SETTLED', 0);
      await closeCollection(tx, loanId, new Date());
      const move = {
        from: 'SERVICE',
        to: 'SETTLED',
        actor: SYSTEM,
        reason: 'LOAN_SETTLED',
      } as const;
      placed(
        await advance(tx, { applicationId, ...move, cause: `service.settle:${loanId}` }),
        'SETTLED',
      );
      return { state: 'SETTLED', daysPastDue: 0, nextOn: null };
    }
    const policy = policyFor(rules, today);
    const late = daysPastDue(instalments, today, policy('service.graceDays'));
    const state = late > 0 ? 'OVERDUE' : 'ACTIVE';
    await writeLoanState(tx, loanId, state, late);
    const collectOn = await collect(deps, tx, { loanId, applicationId, late, today });
    const byCalendar =
      nextWakeUp(instalments, today, policy('service.dpdBuckets')) ??
      addDays(today, LATE_LOOK_DAYS);
    const nextOn = collectOn !== null && collectOn < byCalendar ? collectOn : byCalendar;
    return { state, daysPastDue: late, nextOn };
  });
}
