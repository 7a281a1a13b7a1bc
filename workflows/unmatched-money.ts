/** Unmatched money, looked at by a schedule: it comes on the books, and what two people agreed on is carried out. */
import { getExternalWorkflowHandle } from '@temporalio/workflow';
import { openDoors } from './doors.ts';
import { servicingWorkflowId } from './ids.ts';
import { repaymentNotice } from './messages.ts';
import { businessDay } from './time.ts';

/** A loan counts money that was assigned to it like any other, in its own order; one that is over gives it back to the desk. */
async function assign(loanId: string, noticeId: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(servicingWorkflowId(loanId)).signal(repaymentNotice, {
      noticeId,
    });
  } catch {
    await openDoors().record.reopenUnmatched({ noticeId, today: businessDay() });
  }
}

export async function unmatchedMoney(): Promise<{ readonly booked: number }> {
  const { record, outside } = openDoors();
  const { booked, agreed } = await record.bookUnmatched();
  for (const { noticeId, action, loanId } of agreed) {
    if (action === 'ASSIGN' && loanId !== null) await assign(loanId, noticeId);
    if (action === 'REFUND')
      await outside('bank').refundUnmatched({ noticeId, today: businessDay() });
  }
  return { booked };
}
