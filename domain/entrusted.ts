/** Entrusted or self payment: up to which amount the borrower may be paid, and when the money must go to a payee instead. */
import type { PolicyReader } from './policy.ts';

/** Whom two people of finance have registered: nobody, somebody apart from the borrower, or the borrower under another name. */
export type PayeeStanding = 'NONE' | 'APART' | 'BORROWER';

/**
 * Most that a borrower may be paid for one purpose, fen: loans for consumption and loans for production or trade have limits of
 * their own (个人贷款管理办法 2024, regulation.md §3.2).
 */
export function selfPayLimit(purpose: string, policy: PolicyReader): number {
  return policy(
    purpose === 'BUSINESS' ? 'disburse.selfPayBusinessFen' : 'disburse.selfPayPersonalFen',
  );
}

export interface SelfPayment {
  /** Principal of this loan, fen. */
  readonly amountFen: number;
  /** What the person was paid on other loans within the window of the policy, fen: a loan cut in parts counts as one. */
  readonly selfPaidFen: number;
  readonly selfPayLimitFen: number;
  readonly payee: PayeeStanding;
}

/** Whether the money may leave: to a payee apart from the borrower, or to the borrower within the limit. Written so that an amount that is no number is above it. */
export function mayBePaid({
  amountFen,
  selfPaidFen,
  selfPayLimitFen,
  payee,
}: SelfPayment): boolean {
  return payee === 'APART' || (payee === 'NONE' && amountFen + selfPaidFen <= selfPayLimitFen);
}

const bare = (text: string): string => text.normalize('NFKC').replaceAll(/\s/gu, '').toUpperCase();

/** How a payee stands to the borrower: the same account or the same name is the borrower. */
export function payeeStanding(
  payee: { readonly name: string; readonly card: string } | null,
  borrower: { readonly name: string; readonly card: string },
): PayeeStanding {
  if (payee === null) return 'NONE';
  const isSame =
    bare(payee.card) === bare(borrower.card) || bare(payee.name) === bare(borrower.name);
  return isSame ? 'BORROWER' : 'APART';
}
