/** The copy of everything held of a person, as JSON (PIPL art. 45): form, authorisations, consents, decisions, loans. */
import { loadPartialForm } from '../../db/queries/apply.ts';
import { listOwnedApplications, readConsents, readHeldRecords } from '../../db/queries/rights.ts';
import { toldDecision } from '../../domain/told.ts';
import { CryptoError } from '../../platform/crypto/errors.ts';
import { recordDeed } from '../audit.ts';
import { type AppContext, callerOf } from '../deps.ts';
import { type App, defineRoute } from '../route.ts';
import { jsonAnswer } from '../schemas/common.ts';
import { personalData } from '../schemas/rights.ts';
import { iso } from '../times.ts';

/** More than any person has; what is beyond is asked for by application. */
const APPLICATIONS_MOST = 50;

const copy = defineRoute('GET /v1/me/data', {
  summary: 'Everything that is held of you, as JSON',
  tags: ['rights'],
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

async function copyOf(c: AppContext, application: { readonly id: string }) {
  const { db } = c.get('deps');
  const { id } = application;
  const consents = await readConsents(db, id);
  const records = await readHeldRecords(db, id);
  return {
    application: { ...application },
    form: await formOf(c, id),
    ...records,
    decisions: records.decisions.map(toldDecision),
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
    const owned = await listOwnedApplications(db, subject, APPLICATIONS_MOST);
    // One entry for the whole copy, written before anything of it leaves.
    await recordDeed(c, db, {
      action: 'rights.copy',
      subjectKind: 'person',
      subjectId: subject,
      result: 'DONE',
      detail: { applications: owned.length },
    });
    const applications = [];
    for (const application of owned) applications.push(await copyOf(c, application));
    return c.json({ subject, madeAt: iso(now()), applications }, 200);
  });
}
