/** Port to the paying bank. */
import type { Fen } from '../../domain/money.ts';
import type { Numbered, OutsideAnswer } from './answers.ts';

export interface TransferRequest extends Numbered {
  readonly amountFen: Fen;
  readonly toCard: string;
  readonly holderName: string;
  /** Remark on the statement: the contract number. */
  readonly purpose: string;
}

/** How a transfer stands at the bank. */
export type TransferStatus =
  | { readonly status: 'PAID'; readonly bankReference: string }
  | { readonly status: 'ACCEPTED' }
  | { readonly status: 'REFUSED'; readonly reason: string };

export interface DebitRequest extends Numbered {
  readonly card: string;
  readonly amountFen: Fen;
  readonly loanReference: string;
}

export interface BankPort {
  /** Does the card belong to the holder and can it receive money? */
  account(
    request: Numbered & { readonly card: string; readonly holderName: string },
  ): Promise<OutsideAnswer<{ readonly match: boolean; readonly open: boolean }>>;
  /** Sends money. `UNREACHABLE` and `BAD_ANSWER` mean unknown: ask by `query` before anything else. */
  transfer(request: TransferRequest): Promise<OutsideAnswer<TransferStatus>>;
  /** What became of a transfer; `NO_RECORD` when the bank never saw that number. */
  query(request: Numbered & { readonly of: string }): Promise<OutsideAnswer<TransferStatus>>;
  debit(request: DebitRequest): Promise<OutsideAnswer<TransferStatus>>;
  /** All movements of our account on one day: CSV lines without the header, and the SM3 of the whole file that was checked. */
  statement(
    request: Numbered & { readonly day: string },
  ): Promise<OutsideAnswer<{ readonly lines: readonly string[]; readonly sm3: string }>>;
}
