/** Looks at a loan on a day: how late it is, whether it is settled, and when to look again. */
import { addDays } from '../../domain/calendar.ts';
import { SYSTEM } from '../../domain/journey.ts';
import { daysPastDue, nextWakeUp, settled } from '../../domain/service.ts';
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
    const nextOn =
      nextWakeUp(instalments, today, policy('service.dpdBuckets')) ??
      addDays(today, LATE_LOOK_DAYS);
    return { state, daysPastDue: late, nextOn };
  });
}
