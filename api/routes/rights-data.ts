/**
 * The copy of everything held of a person, as JSON (PIPL art. 45): form, authorisations, consents, decisions, offers,
 * loans, what is due and what was paid.
 */
import { loadPartialForm } from '../../db/queries/apply.ts';
import { listOwnedApplications, readConsents, readHeldRecords } from '../../db/queries/rights.ts';
import { toldDecision } from '../../domain/told.ts';
import { CryptoError } from '../../platform/crypto/errors.ts';
import { recordDeed } from '../audit.ts';
import { cutPage, readCursor } from '../cursor.ts';
import { type AppContext, callerOf } from '../deps.ts';
import { type App, defineRoute } from '../route.ts';
import { jsonAnswer } from '../schemas/common.ts';
import { personalData, personalDataQuery } from '../schemas/rights.ts';
import { iso } from '../times.ts';

const copy = defineRoute('GET /v1/me/data', {
  summary: 'Everything that is held of you, as JSON',
  description:
    'Newest applications first, in parts: ask again with `next` as cursor until it is null.',
  tags: ['rights'],
  request: { query: personalDataQuery },
  responses: { 200: jsonAnswer('The copy', personalData) },
});

/** The form as it stands, or null where its keys were destroyed. */
async function formOf(c: AppContext, applicationId: string) {
  const { db, vault } = c.get('deps');
  try {
    return { ...(await loadPartialForm(db, await vault.of(db, applicationId), applicationId)) };
  } catch (error) {
    if (error instanceof CryptoError && error.code === 'SUBJECT_ERASED') return null;
    throw error;
  }
}

async function copyOf(c: AppContext, owned: { readonly id: string; readonly at: string }) {
  const { db } = c.get('deps');
  const { at: _, ...application } = owned;
  const { id } = application;
  const { decisions, ...records } = await readHeldRecords(db, id);
  const language = c.get('language') === 'en' ? 'en' : 'zh';
  const consents = await readConsents(db, id);
  return {
    application: { ...application },
    form: await formOf(c, id),
    ...records,
    decisions: decisions.map((held) => ({
      ...toldDecision(held, language),
      at: iso(held.at),
    })),
    consents: consents.map((one) => ({
      authorisationId: one.authorisation_id,
      purpose: one.purpose,
      act: one.act,
      textSm3: one.text_sm3,
      at: iso(one.at),
    })),
  };
}

export function registerRightsData(app: App): void {
  app.openapi(copy, async (c) => {
    const { db, now } = c.get('deps');
    const { subject } = callerOf(c);
    const { cursor, limit } = c.req.valid('query');
    const owned = cutPage(
      await listOwnedApplications(db, subject, readCursor(cursor), limit),
      limit,
    );
    // One entry for each part, written before anything of it leaves.
    await recordDeed(c, db, {
      action: 'rights.copy',
      subjectKind: 'person',
      subjectId: subject,
      result: 'DONE',
      detail: { applications: owned.rows.length },
    });
    const applications = [];
    for (const application of owned.rows) applications.push(await copyOf(c, application));
    return c.json({ subject, madeAt: iso(now()), next: owned.next, applications }, 200);
  });
}
