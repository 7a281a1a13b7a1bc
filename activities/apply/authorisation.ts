/** Ends the credit authorisation of a story that ended without a loan: a rejected application's consent expires at once. */
import { expireAuthorisations } from '../../db/queries/verify.ts';
import type { ActivityDeps } from '../deps.ts';

/** Regulation.md §2.3, duration: "application rejected → immediately expires". */
export async function expireAuthorisation(
  deps: ActivityDeps,
  { applicationId, at }: { readonly applicationId: string; readonly at: string },
): Promise<void> {
  await expireAuthorisations(deps.db, applicationId, new Date(at));
}
