/** Reads a form as its reader may see it: not at all, masked, with what a live grant unmasks, or in full. */
import { loadPartialForm } from '../db/queries/apply.ts';
import { liveUnmasking } from '../db/queries/unmask.ts';
import { isUnmaskField, type UnmaskField } from '../domain/unmask.ts';
import { type AppContext, callerOf } from './deps.ts';
import { HIDDEN, type ShownPages, showPages } from './masked-pages.ts';
import { sightOf, SIGHTS } from './sight.ts';

async function unmasked(c: AppContext, applicationId: string): Promise<ReadonlySet<UnmaskField>> {
  const { subject, role } = callerOf(c);
  if (SIGHTS[role].unmasking === null) return new Set();
  const { db, now } = c.get('deps');
  const fields = await liveUnmasking(db, { applicationId, subject, role, now: now() });
  return new Set(fields.filter(isUnmaskField));
}

/** The form of an application whose row the caller may see. What is hidden from a role is not even read. */
export async function readShownForm(c: AppContext, applicationId: string): Promise<ShownPages> {
  const sight = sightOf(callerOf(c).role, 'form');
  if (sight === null) return HIDDEN;
  const { db, vault } = c.get('deps');
  const clear = await unmasked(c, applicationId);
  const form = await loadPartialForm(db, await vault.of(db, applicationId), applicationId);
  return showPages(form, { sight, clear });
}
