/** Erases a person: destroys their data keys, so that nothing sealed under them opens ever again. */
import { recordAudit } from '../../db/queries/audit.ts';
import { destroyPersonKeys } from '../../db/queries/keys.ts';
import { hasOpenBusiness } from '../../db/queries/sealed-rows.ts';
import { groupOfPerson } from '../../platform/cache.ts';
import type { ActivityDeps } from '../deps.ts';

/** Whoever asks for it has checked that no law wants the data kept any longer (regulation.md §9). */
export interface EraseInput {
  readonly applicantId: string;
  readonly proposedBy: string;
  readonly approvedBy: string;
}

export type Erased =
  | { readonly ok: true; readonly keys: number }
  | { readonly ok: false; readonly code: 'SAME_PERSON' | 'OPEN_BUSINESS' };

/** Two people decide it, and never while an application or a loan is under way. The same again destroys nothing more. */
export async function erasePerson(
  deps: Pick<ActivityDeps, 'db' | 'vault' | 'cache'>,
  input: EraseInput,
): Promise<Erased> {
  const { applicantId, proposedBy, approvedBy } = input;
  if (proposedBy === approvedBy) return { ok: false, code: 'SAME_PERSON' };
  const erased = await deps.db.transaction().execute<Erased>(async (tx) => {
    if (await hasOpenBusiness(tx, applicantId)) return { ok: false, code: 'OPEN_BUSINESS' };
    const keys = await destroyPersonKeys(tx, applicantId, new Date());
    await recordAudit(tx, {
      actor: approvedBy,
      role: null,
      via: 'worker',
      action: 'keys.erase',
      subjectKind: 'applicant',
      subjectId: applicantId,
      result: 'DONE',
      detail: { proposedBy, keys },
    });
    return { ok: true, keys };
  });
  if (erased.ok) await deps.cache.forget(groupOfPerson(deps.vault, applicantId));
  return erased;
}
