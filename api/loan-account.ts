/** A loan's account as the API reads it for quotes: under the rules that the loan has pinned, and without a lock. */
import { REPAYMENT_METHODS } from '../domain/loan-terms.ts';
import { policyOf, type PolicyRow } from '../domain/policy.ts';
import { withRulesUnknownTo } from '../domain/policy-rows.ts';
import { publishedProduct } from '../domain/product-upgrade.ts';
import { annualRate } from '../domain/rates.ts';
import { accountFrom, type LoanAccount } from '../domain/service-account.ts';
import { payableUntilBy } from '../domain/service-holidays.ts';
import type { PayableUntil } from '../domain/service-schedule.ts';
import { servicingTerms } from '../domain/service-terms.ts';
import type { Queryable } from '../db/database.ts';
import { readApplication } from '../db/queries/apply.ts';
import { readRulebook } from '../db/queries/rulebooks.ts';
import { readInstalments } from '../db/queries/service.ts';
import { readAccountRow } from '../db/queries/servicing.ts';
import { businessDate } from '../platform/clock.ts';

export interface ReadAccount {
  readonly account: LoanAccount;
  readonly payableUntil: PayableUntil;
}

/** The account of a loan, or null when it or its rules are not in sight. */
export async function readAccount(db: Queryable, loanId: string): Promise<ReadAccount | null> {
  const row = await readAccountRow(db, loanId);
  const application = row === undefined ? undefined : await readApplication(db, row.applicationId);
  const method = REPAYMENT_METHODS.find((known) => known === row?.method);
  const pinned = application?.pinned ?? null;
  const submittedAt = application?.submitted_at ?? null;
  if (row === undefined || method === undefined || pinned === null || submittedAt === null)
    return null;
  const [product, rows] = await Promise.all([
    readRulebook(db, { kind: 'PRODUCT', ...pinned.product }),
    readRulebook(db, { kind: 'POLICY', ...pinned.policy }),
  ]);
  if (product === undefined || rows === undefined) return null;
  // Published documents were parsed when they were published, and the table refuses any change after that.
  const { lenderType, ...costs } = publishedProduct(product);
  const policyRows = withRulesUnknownTo(rows as readonly PolicyRow[]);
  const policy = policyOf(policyRows, businessDate(submittedAt), lenderType);
  const terms = servicingTerms({ annualRate: annualRate(row.annualRate), method }, costs, policy);
  const payableUntil = payableUntilBy(terms.holidayRule);
  const instalments = await readInstalments(db, loanId);
  return { account: accountFrom(row, instalments, terms, payableUntil), payableUntil };
}
