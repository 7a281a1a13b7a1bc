/** The bank's double-entry books: accounts opened when first used, and postings whose entries sum to zero. */
import type { PGlite, Transaction } from '@electric-sql/pglite';
import { dayOf } from '../reports/calendar.ts';

export const LENDER_ACCOUNT = 'LENDER-0001';
const CAPITAL_ACCOUNT = 'CAPITAL-0001';
export const CLEARING_ACCOUNT = 'CLEARING-0001';
export const SUSPENSE_ACCOUNT = 'SUSPENSE-0001';

/** What the lender starts with: ten billion yuan, in fen. */
const LENDER_FUNDS_FEN = 1_000_000_000_000;

/** One side of a posting; amounts of all entries of a posting sum to zero. */
export interface Entry {
  readonly account: string;
  /** Positive: the account receives. */
  readonly amountFen: number;
}

export interface AccountToOpen {
  readonly number: string;
  readonly kind: 'CAPITAL' | 'CLEARING' | 'SUSPENSE' | 'LENDER' | 'CARD' | 'COMPANY';
  readonly holderName: string;
  readonly holderId: string | null;
  readonly status: 'OPEN' | 'CLOSED' | 'FROZEN';
  /** Paid in from other banks when the account is opened. */
  readonly openingBalanceFen: number;
}

export interface Account {
  readonly number: string;
  readonly holderName: string;
  readonly holderId: string | null;
  readonly status: 'OPEN' | 'CLOSED' | 'FROZEN';
}

/** Opens the bank's own accounts and the lender's, once. */
export async function openBooks(database: PGlite, now: Date): Promise<void> {
  await database.transaction(async (tx) => {
    const own = { holderId: null, status: 'OPEN', openingBalanceFen: 0 } as const;
    await openAccount(
      tx,
      { number: CAPITAL_ACCOUNT, kind: 'CAPITAL', holderName: '示范银行', ...own },
      now,
    );
    await openAccount(
      tx,
      { number: CLEARING_ACCOUNT, kind: 'CLEARING', holderName: '大小额支付清算', ...own },
      now,
    );
    await openAccount(
      tx,
      { number: SUSPENSE_ACCOUNT, kind: 'SUSPENSE', holderName: '待清算资金', ...own },
      now,
    );
    const lender = {
      number: LENDER_ACCOUNT,
      kind: 'LENDER',
      holderName: '示范消费金融有限公司',
      ...own,
    } as const;
    if (await openAccount(tx, lender, now)) {
      await post(tx, {
        reason: 'OPENING',
        reference: LENDER_ACCOUNT,
        at: now,
        entries: move(CAPITAL_ACCOUNT, LENDER_ACCOUNT, LENDER_FUNDS_FEN),
      });
    }
  });
}

/** Opens an account unless it is open already; says whether it did. */
export async function openAccount(
  tx: Transaction,
  account: AccountToOpen,
  now: Date,
): Promise<boolean> {
  const opened = await tx.query(
    `insert into accounts (number, kind, holder_name, holder_id, status, opened_at) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing returning number`,
    [account.number, account.kind, account.holderName, account.holderId, account.status, now],
  );
  if (opened.rows.length === 0) return false;
  if (account.openingBalanceFen > 0) {
    const entries = move(CLEARING_ACCOUNT, account.number, account.openingBalanceFen);
    await post(tx, { reason: 'OPENING', reference: account.number, at: now, entries });
  }
  return true;
}

export async function findAccount(tx: Transaction, number: string): Promise<Account | null> {
  const rows = await tx.query<{
    number: string;
    holder_name: string;
    holder_id: string | null;
    status: Account['status'];
  }>('select number, holder_name, holder_id, status from accounts where number = $1', [number]);
  const row = rows.rows[0];
  return row === undefined
    ? null
    : {
        number: row.number,
        holderName: row.holder_name,
        holderId: row.holder_id,
        status: row.status,
      };
}

export async function balanceFen(tx: Transaction, number: string): Promise<number> {
  const rows = await tx.query<{ balance: number }>(
    'select coalesce(sum(amount_fen), 0)::bigint as balance from entries where account = $1',
    [number],
  );
  return rows.rows[0]?.balance ?? 0;
}

/** The two entries that carry an amount from one account to another. */
export function move(from: string, to: string, amountFen: number): readonly Entry[] {
  return [
    { account: from, amountFen: -amountFen },
    { account: to, amountFen },
  ];
}

export interface Posting {
  readonly reason: string;
  readonly reference: string;
  readonly at: Date;
  readonly entries: readonly Entry[];
}

/** Writes a posting. @throws RangeError when its entries do not sum to zero: the books refuse what does not balance */
export async function post(tx: Transaction, posting: Posting): Promise<void> {
  const sum = posting.entries.reduce((total, entry) => total + entry.amountFen, 0);
  if (sum !== 0 || posting.entries.length < 2)
    throw new RangeError('a posting must have entries that sum to zero');
  const rows = await tx.query<{ id: number }>(
    'insert into postings (reason, reference, business_day, posted_at) values ($1, $2, $3, $4) returning id',
    [posting.reason, posting.reference, dayOf(posting.at), posting.at],
  );
  for (const entry of posting.entries) {
    await tx.query('insert into entries (posting_id, account, amount_fen) values ($1, $2, $3)', [
      rows.rows[0]?.id,
      entry.account,
      entry.amountFen,
    ]);
  }
}
