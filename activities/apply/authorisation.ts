/** Ends the credit authorisation of a story that ended without a loan: a rejected application's consent expires at once. */
import { readApplication } from '../../db/queries/apply.ts';
import { expireAuthorisations } from '../../db/queries/verify.ts';
import { groupOfPerson } from '../../platform/cache.ts';
import type { ActivityDeps } from '../deps.ts';

/** Regulation.md §2.3, duration: "application rejected → immediately expires"; what was derived under it goes as well. */
export async function expireAuthorisation(
  deps: ActivityDeps,
  { applicationId, at }: { readonly applicationId: string; readonly at: string },
): Promise<void> {
  await expireAuthorisations(deps.db, applicationId, new Date(at));
  const applicant = (await readApplication(deps.db, applicationId))?.applicant_id ?? null;
  if (applicant !== null) await deps.cache.forget(groupOfPerson(deps.vault, applicant));
}
