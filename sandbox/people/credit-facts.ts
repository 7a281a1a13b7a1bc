/** Credit facts that several personas share. */
import { type LoanFact, PUNCTUAL, type QueryFact } from '../reports/credit-profile.ts';

/** A consumer loan of 50,000 over three years, paid on time where `change` does not say otherwise. */
export function consumerLoan(change: Partial<LoanFact>): LoanFact {
  return {
    type: 'D1',
    orgType: '24',
    org: '示范消费金融公司',
    business: '91',
    amountYuan: 50_000,
    termMonths: 36,
    monthsOpen: 26,
    history: PUNCTUAL,
    ...change,
  };
}

/** Loan-approval queries by as many institutions, the first two days ago. */
export function approvalQueries(count: number, everyDays: number): readonly QueryFact[] {
  return Array.from({ length: count }, (_, at) => ({
    daysAgo: 2 + at * everyDays,
    orgType: at % 2 === 0 ? '24' : '51',
    org: `示范机构${at + 1}`,
    reason: '02',
  }));
}
