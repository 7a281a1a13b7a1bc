/** The day's statement of the lender's account, as the file a bank hands over for reconciliation. */
import type { Transaction } from '@electric-sql/pglite';
import type { Json } from '../answer.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { StatementFault } from '../faults.ts';
import { LENDER_ACCOUNT } from './books.ts';

const HEADER =
  'line,postedAt,reason,direction,amountFen,bankReference,requestNo,loanReference,counterparty';

interface StatementRow {
  readonly posted_at: Date;
  readonly reason: string;
  readonly reference: string;
  readonly amount_fen: number;
  readonly request_no: string | null;
  readonly loan_reference: string | null;
  readonly counterparty: string | null;
}

/** The rows as a faulty file tells them. */
function told(
  rows: readonly StatementRow[],
  fault: StatementFault | null,
): readonly StatementRow[] {
  const last = rows.at(-1);
  if (last === undefined || fault === null) return rows;
  if (fault === 'duplicate-line') return [...rows, last];
  const more = last.amount_fen > 0 ? 1 : -1;
  return [...rows.slice(0, -1), { ...last, amount_fen: last.amount_fen + more }];
}

/** `{day, fileName, sm3, lineCount, inFen, outFen, content}`; `content` is CSV with a header line, LF at every end. */
export async function statementOf(
  tx: Transaction,
  day: string,
  fault: StatementFault | null,
): Promise<Json> {
  const read = await tx.query<StatementRow>(
    `select p.posted_at,
       case when p.reason = 'TRANSFER' and pay.status = 'ACCEPTED' then 'TRANSFER_PENDING' else p.reason end as reason,
       p.reference, e.amount_fen, pay.request_no, pay.loan_reference,
       case when pay.payer = $1 then pay.payee else pay.payer end as counterparty
     from postings p join entries e on e.posting_id = p.id left join payments pay on pay.bank_reference = p.reference
     where e.account = $1 and p.business_day = $2 and p.reason <> 'OPENING' order by p.id`,
    [LENDER_ACCOUNT, day],
  );
  const rows = told(read.rows, fault);
  const lines = rows.map((row, at) => {
    const amount = row.amount_fen;
    return [
      at + 1,
      row.posted_at.toISOString(),
      row.reason,
      amount > 0 ? 'IN' : 'OUT',
      Math.abs(amount),
      row.reference,
      row.request_no ?? '',
      row.loan_reference ?? '',
      row.counterparty ?? '',
    ].join(',');
  });
  const content = [HEADER, ...lines].map((line) => `${line}\n`).join('');
  const sum = (sign: 1 | -1): number =>
    rows
      .map((row) => row.amount_fen * sign)
      .filter((amount) => amount > 0)
      .reduce((total, amount) => total + amount, 0);
  return {
    day,
    fileName: `${LENDER_ACCOUNT}-${day}.csv`,
    sm3: sm3Hex(content),
    lineCount: lines.length,
    inFen: sum(1),
    outFen: sum(-1),
    content,
  };
}
