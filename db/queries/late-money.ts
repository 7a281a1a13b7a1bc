/** What money that was told of late is counted by: how far back a loan's account may go, and what of its charges is taken back. */
import { sql } from 'kysely';
import type { PenaltyRecount } from '../../domain/service-recount.ts';
import type { Tx } from '../database.ts';

/**
 * The last day on which anything but days happened to a loan: money, held money that paid, a new schedule, a write-off. The
 * account is not taken back behind it. Null for a loan without journals.
 */
export async function lastEventDay(tx: Tx, loanId: string): Promise<string | null> {
  const { rows } = await sql<{ day: string | null }>`
    select greatest(
             (select max(j.occurred_on) from ledger_journals j
               where j.loan_id = ${loanId} and j.event not in ('INTEREST_ACCRUED','FEE_CHARGED','PENALTY_ACCRUED')),
             (select max(v.effective_on) from schedule_versions v where v.loan_id = ${loanId})) as day`.execute(
    tx,
  );
  return rows[0]?.day ?? null;
}

/** Keeps what of the penalty interest is taken back because of one repayment, by instalment. */
export async function storeRecounts(
  tx: Tx,
  loanId: string,
  noticeId: string,
  recounts: readonly PenaltyRecount[],
): Promise<void> {
  if (recounts.length === 0) return;
  await tx
    .insertInto('penalty_recounts')
    .values(
      recounts.map((one) => ({
        loan_id: loanId,
        number: one.number,
        notice_id: noticeId,
        from_day: one.from,
        until_day: one.until,
        taken_back_fen: one.takenBackFen,
      })),
    )
    .execute();
}
