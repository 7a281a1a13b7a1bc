/** Paid-out loans: their list, schedule, balances and repayments. */
import { listLoans, readLoan, readLoanLedger } from '../../db/queries/reads/money.ts';
import { fen, subtractFen, sumFen } from '../../domain/money.ts';
import { cutPage, readCursor } from '../cursor.ts';
import { callerOf } from '../deps.ts';
import { visible } from '../ownership.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, pageQuery } from '../schemas/common.ts';
import { loanPageView, loanView } from '../schemas/money.ts';
import { isoOrNull } from '../times.ts';

const tags = ['service'];

const list = defineRoute('GET /v1/loans', {
  summary: 'List your loans, newest first',
  tags,
  request: { query: pageQuery },
  responses: { 200: jsonAnswer('A page', loanPageView) },
});

const read = defineRoute('GET /v1/loans/{id}', {
  summary: 'Read a loan: schedule, balances, repayments',
  tags,
  request: { params: idParam },
  responses: { 200: jsonAnswer('The loan', loanView) },
});

type LoanRow = NonNullable<Awaited<ReturnType<typeof readLoan>>>;
type Ledger = Awaited<ReturnType<typeof readLoanLedger>>;

function summaryOf(row: LoanRow) {
  return {
    id: row.id,
    applicationId: row.application_id,
    number: row.number,
    state: row.state,
    principalFen: row.principal_fen,
    annualRate: row.annual_rate,
    termMonths: row.term_months,
    method: row.method,
    tranche: row.tranche,
    disbursedOn: row.disbursed_on,
    daysPastDue: row.days_past_due,
    settledAt: isoOrNull(row.settled_at),
    settledReason: row.settled_reason,
  };
}

/** What is still to be paid by the schedule, without interest that is not due to accrue. */
function balancesOf(row: LoanRow, { instalments }: Ledger) {
  const principalFen = sumFen(
    instalments.map((i) => subtractFen(i.principal_fen, i.paid_principal_fen)),
  );
  const interestFen = sumFen(
    instalments.map((i) => subtractFen(i.interest_fen, i.paid_interest_fen)),
  );
  const feeFen = sumFen(instalments.map((i) => subtractFen(i.fee_fen, i.paid_fee_fen)));
  const penaltyFen = sumFen(instalments.map((i) => subtractFen(i.penalty_fen, i.paid_penalty_fen)));
  return {
    principalFen,
    interestFen,
    feeFen,
    penaltyFen,
    totalFen: fen(principalFen + interestFen + feeFen + penaltyFen),
    heldFen: row.unapplied_fen,
  };
}

function viewOf(row: LoanRow, ledger: Ledger) {
  return {
    ...summaryOf(row),
    scheduleVersion: row.schedule_version,
    balances: balancesOf(row, ledger),
    instalments: ledger.instalments.map((i) => ({
      number: i.number,
      dueDate: i.due_date,
      principalFen: i.principal_fen,
      interestFen: i.interest_fen,
      feeFen: i.fee_fen,
      penaltyFen: i.penalty_fen,
      payableUntil: i.payable_until ?? i.due_date,
      paidPrincipalFen: i.paid_principal_fen,
      paidInterestFen: i.paid_interest_fen,
      paidFeeFen: i.paid_fee_fen,
      paidPenaltyFen: i.paid_penalty_fen,
    })),
    repayments: ledger.repayments.map((r) => ({
      bankReference: r.bank_reference,
      amountFen: r.amount_fen,
      unallocatedFen: r.unallocated_fen,
      receivedOn: r.received_on,
      valueOn: r.value_on ?? r.received_on,
    })),
  };
}

export function registerLoans(app: App): void {
  app.openapi(list, async (c) => {
    const { cursor, limit } = c.req.valid('query');
    const { db } = c.get('deps');
    const rows = await listLoans(db, callerOf(c).subject, readCursor(cursor), limit);
    const page = cutPage(rows, limit);
    return c.json({ items: page.rows.map(summaryOf), next: page.next }, 200);
  });

  app.openapi(read, async (c) => {
    const { db } = c.get('deps');
    const row = visible(c, await readLoan(db, c.req.valid('param').id));
    return c.json(viewOf(row, await readLoanLedger(db, row.id)), 200);
  });
}
