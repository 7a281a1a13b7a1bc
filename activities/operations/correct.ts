/** Applies what two people agreed to correct in a parked loan's form, before its step is tried again. */
import type { Actor } from '../../domain/journey.ts';
import { mayCorrect, placeOf } from '../../domain/correction.ts';
import type { Tx } from '../../db/database.ts';
import { type ApplicationRecord, loadPartialForm, savePage } from '../../db/queries/apply.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { CORRECTION_COLUMN, lockCorrections, markApplied } from '../../db/queries/corrections.ts';
import { oweNotice } from '../../db/queries/outbox.ts';
import type { ActivityDeps } from '../deps.ts';
import type { RefusalCode } from '../outcomes.ts';

type Correction = Awaited<ReturnType<typeof lockCorrections>>[number];

const PAGES = { 1: 'identity', 2: 'work', 3: 'loan' } as const;

async function write(
  deps: ActivityDeps,
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
 * Writes the corrections of a case as new revisions of its form; the former ones stay. Each leaves an audit entry, and the
 * applicant is told that something was corrected. A refusal changes nothing.
 */
export async function applyCorrections(
  deps: ActivityDeps,
  tx: Tx,
  application: ApplicationRecord,
  caseId: string,
  actor: Actor,
): Promise<RefusalCode | null> {
  const corrections = await lockCorrections(tx, caseId);
  if (corrections.length === 0) return null;
  if (corrections.some((one) => one.proposed_by === actor.subject)) return 'FOUR_EYES';
  if (corrections.some(({ field }) => !mayCorrect(field, application.stage)))
    return 'ACTION_NOT_ALLOWED';
  for (const correction of corrections) {
    await write(deps, tx, application.id, correction);
    await recordAudit(tx, {
      actor: actor.subject,
      role: actor.role,
      action: 'case.correct',
      subjectKind: 'application',
      subjectId: application.id,
      result: 'DONE',
      detail: { caseId, field: correction.field, proposedBy: correction.proposed_by },
    });
  }
  await markApplied(
    tx,
    corrections.map(({ id }) => id),
    actor.subject,
  );
  await oweNotice(tx, 'application.corrected', application.id, {
    fields: corrections.map(({ field }) => field).join(' '),
  });
  return null;
}
