/** The sandbox bank's own books, read as an auditor would: payments, and what moved on the lender's account. */
import { z } from 'zod';

const books = z.object({
  lenderAccount: z.string(),
  entries: z.array(
    z.object({ reason: z.string(), account: z.string(), amountFen: z.coerce.number() }),
  ),
  payments: z.array(
    z.object({
      requestNo: z.string(),
      bankReference: z.string(),
      kind: z.string(),
      status: z.string(),
      amountFen: z.coerce.number(),
      loanReference: z.string().nullable(),
    }),
  ),
});

export interface BankBooks {
  readonly payments: z.output<typeof books>['payments'];
  /** What the lender's account has gained since it was opened, in fen. */
  readonly lenderMovedFen: number;
  /** Zero when the bank's own books balance. */
  readonly sumFen: number;
}

/** @throws when the sandbox does not answer */
export async function readBank(sandboxUrl: string): Promise<BankBooks> {
  const answer = await fetch(`${sandboxUrl}/_admin/books`);
  if (!answer.ok) throw new Error(`the sandbox shows no books: HTTP ${answer.status}`);
  const read = books.parse(await answer.json());
  const sum = (of: typeof read.entries) => of.reduce((total, entry) => total + entry.amountFen, 0);
  return {
    payments: read.payments,
    lenderMovedFen: sum(
      read.entries.filter(
        ({ account, reason }) => account === read.lenderAccount && reason !== 'OPENING',
      ),
    ),
    sumFen: sum(read.entries),
  };
}
