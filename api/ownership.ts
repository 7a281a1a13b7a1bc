/** Who may see whose records: owners their own, staff all; what one may not see is not found. */
import { type AppContext, callerOf } from './deps.ts';
import { isOwnerRole } from './permissions.ts';
import { ApiProblem } from './problem-response.ts';

/** The row, when it is there and the caller may see it. @throws ApiProblem NOT_FOUND */
export function visible<T extends { readonly owner_subject: string }>(
  c: AppContext,
  row: T | undefined,
): T {
  const { subject, role } = callerOf(c);
  if (row === undefined) throw new ApiProblem('NOT_FOUND');
  if (isOwnerRole(role) && row.owner_subject !== subject) throw new ApiProblem('NOT_FOUND');
  return row;
}

/** True when the caller looks at somebody else's record in a staff role, so that personal data is masked. */
export function looksAsStaff(c: AppContext): boolean {
  return !isOwnerRole(callerOf(c).role);
}

/**
 * Nothing is paid, changed or collected of a loan whose last fen is paid or whose money came back.
 * @throws ApiProblem LOAN_SETTLED
 */
export function refuseClosedLoan(loan: { readonly state: string }): void {
  if (isClosedLoan(loan)) throw new ApiProblem('LOAN_SETTLED');
}

/** Whether the last fen of a loan is paid, or its money came back. */
export const isClosedLoan = ({ state }: { readonly state: string }): boolean =>
  state === 'SETTLED' || state === 'RETURNED';

/** A person of ours never acts on an application of their own. @throws ApiProblem SELF_APPROVAL */
export function refuseOwnApplication(c: AppContext, ownerSubject: string): void {
  if (callerOf(c).subject === ownerSubject) throw new ApiProblem('SELF_APPROVAL');
}
