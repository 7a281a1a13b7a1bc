/** Writes what two people agreed to correct into a form: a new revision beside the former, told to the applicant. */
import type { Actor } from '../domain/journey.ts';
import { placeOf } from '../domain/correction.ts';
import type { Tx } from '../db/database.ts';
import { loadPartialForm, savePage } from '../db/queries/apply.ts';
import { recordAudit } from '../db/queries/audit.ts';
import { CORRECTION_COLUMN, type lockCorrections, markApplied } from '../db/queries/corrections.ts';
import { oweNotice } from '../db/queries/outbox.ts';
import type { ActivityDeps } from './deps.ts';

export type Correction = Awaited<ReturnType<typeof lockCorrections>>[number];

const PAGES = { 1: 'identity', 2: 'work', 3: 'loan' } as const;

async function write(
  deps: Pick<ActivityDeps, 'vault'>,
  tx: Tx,
  applicationId: string,
  correction: Correction,
): Promise<void> {
  const { page, name } = placeOf(correction.field);
  const house = await deps.vault.ofHouse(tx);
  const { sealed_value: sealed } = correction;
  if (sealed === null) throw new Error('a proposed correction has no value');
  const value = house.openJson(CORRECTION_COLUMN, correction.id, sealed, (one) => one);
  const cipher = await deps.vault.of(tx, applicationId);
  const content = (await loadPartialForm(tx, cipher, applicationId))[PAGES[page]];
  // The API has parsed the value as the page's own; a page of another kind stays as it is beside the one field.
  await savePage(tx, cipher, {
    applicationId,
    page,
    content: { ...content, [name]: value } as Parameters<typeof savePage>[2]['content'],
  });
}

/**
 * Writes corrections that are locked and agreed to as new revisions of the form; the former ones stay. Each leaves an
 * audit entry, and the applicant is owed a notice of which fields were corrected. The caller has asked who agrees.
 * @param of the case or the proposal they belong to, for the trail
 */
export async function writeCorrections(
  deps: Pick<ActivityDeps, 'vault'>,
  tx: Tx,
  applicationId: string,
  corrections: readonly Correction[],
  actor: Actor,
  of: { readonly caseId: string } | { readonly undoId: string },
): Promise<void> {
  for (const correction of corrections) {
    await write(deps, tx, applicationId, correction);
    await recordAudit(tx, {
      actor: actor.subject,
      role: actor.role,
      action: 'case.correct',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'DONE',
      detail: { ...of, field: correction.field, proposedBy: correction.proposed_by },
    });
  }
  await markApplied(
    tx,
    corrections.map(({ id }) => id),
    actor.subject,
  );
  await oweNotice(tx, 'application.corrected', applicationId, {
    fields: corrections.map(({ field }) => field).join(' '),
  });
}
