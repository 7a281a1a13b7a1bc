/** Counts a repayment: allocated over the instalments oldest first, once per notice and per bank reference. */
import { z } from 'zod';
import { type Fen, fen, sumFen } from '../../domain/money.ts';
import { type Allocation, allocateRepayment } from '../../domain/service.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  lockLoan,
  readBankNotice,
  readInstalments,
  storeRepayment,
  writePaid,
} from '../../db/queries/service.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { accrueDue, EVENT_KEY, post } from '../posting.ts';

export interface RepayInput {
  readonly loanId: string;
  readonly noticeId: string;
  /** Business date by the workflow's clock. */
  readonly today: string;
}

const notice = z.object({
  amountFen: z.number().int().positive(),
  bankReference: z.string().min(1),
});

interface Received {
  readonly loanId: string;
  readonly noticeId: string;
  readonly today: string;
  readonly allocations: readonly Allocation[];
  readonly unappliedFen: Fen;
}

/** Puts the money on the books, behind the claims that it pays. */
async function bookRepayment(tx: Tx, received: Received): Promise<void> {
  const { loanId, noticeId, today, allocations, unappliedFen } = received;
  const paidAhead = allocations.filter((a) => a.interestFen + a.feeFen > 0).map((a) => a.number);
  await accrueDue(tx, { loanId, today, paidAhead });
  const parts = {
    feeFen: sumFen(allocations.map((a) => a.feeFen)),
    penaltyFen: sumFen(allocations.map((a) => a.penaltyFen)),
    interestFen: sumFen(allocations.map((a) => a.interestFen)),
    principalFen: sumFen(allocations.map((a) => a.principalFen)),
  };
  const event = { kind: 'REPAYMENT_RECEIVED', parts, unappliedFen } as const;
  await post(tx, event, { eventKey: EVENT_KEY.repayment(noticeId), loanId, postedOn: today });
}

export async function recordRepayment(deps: ActivityDeps, input: RepayInput): Promise<void> {
  const { loanId, noticeId, today } = input;
  await deps.db.transaction().execute(async (tx) => {
    const loan = await lockLoan(tx, loanId);
    const sealed = await readBankNotice(tx, noticeId);
    if (loan === undefined || sealed === undefined) throw finalFailure('NO_SUCH_NOTICE');
    const cipher = await deps.vault.ofHouse(tx);
    const body = cipher.openJson('bank_notices.sealed_body', noticeId, sealed, (value) =>
      notice.parse(value),
    );
    const amountFen = fen(body.amountFen);
    const { allocations, instalments, unappliedFen } = allocateRepayment(
      await readInstalments(tx, loanId),
      amountFen,
    );
    const counted = await storeRepayment(tx, {
      noticeId,
      loanId,
      bankReference: body.bankReference,
      amountFen,
      allocations,
      unallocatedFen: unappliedFen,
      receivedOn: today,
    });
    if (!counted) return;
    await writePaid(tx, loanId, instalments);
    await bookRepayment(tx, { loanId, noticeId, today, allocations, unappliedFen });
    await recordAudit(tx, {
      actor: 'bank',
      role: null,
      action: 'loan.repayment',
      subjectKind: 'loan',
      subjectId: loanId,
      result: 'DONE',
      detail: { noticeId, amountFen, unallocatedFen: unappliedFen },
    });
  });
}
