/** Counts a repayment: allocated over the instalments oldest first, once per notice and per bank reference. */
import { z } from 'zod';
import { fen } from '../../domain/money.ts';
import { allocateRepayment } from '../../domain/service.ts';
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
