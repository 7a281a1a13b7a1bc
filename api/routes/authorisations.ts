/** Credit authorisations: the letter is rendered, shown, agreed to by its hash, and can be withdrawn at any time. */
import type { Tx } from '../../db/database.ts';
import { loadPartialForm, readApplication, upsertApplicant } from '../../db/queries/apply.ts';
import {
  agreeAuthorisation,
  type AuthorisationRecord,
  type AuthorisationTerms,
  linkApplicant,
  openAuthorisationText,
  readAuthorisation,
  showAuthorisation,
  withdrawAuthorisation,
} from '../../db/queries/verify.ts';
import { readLetterPaper } from '../../db/queries/issued-papers.ts';
import { groupOfPerson } from '../../platform/cache.ts';
import type { IdentityPage } from '../../domain/apply.ts';
import { authorisationText, BUREAUS, CONSENT_ACTS } from '../../domain/authorisation.ts';
import { addDays } from '../../domain/calendar.ts';
import { letterKey } from '../../domain/issued-papers.ts';
import { businessDate } from '../../platform/clock.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { beginReadRecord, recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { visible } from '../ownership.ts';
import { answerPdf, pdfContent } from '../pdf-answer.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { currentPolicy } from '../rules.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { noBody } from '../schemas/money.ts';
import { agreement, authorisationView, newAuthorisation } from '../schemas/papers.ts';
import { sightOf } from '../sight.ts';
import { iso, isoOrNull } from '../times.ts';
import { lockDraft } from './drafts.ts';

/** Version of the letter's wording in domain/authorisation.ts. */
const TEMPLATE_VERSION = 1;

const tags = ['verify'];
const shown = { 200: jsonAnswer('The authorisation', authorisationView) };

const create = defineRoute('POST /v1/authorisations', {
  summary: 'Render the credit authorisation of a draft, to be shown',
  description: 'The text names the person of page 1; another page 1 ends it.',
  tags,
  request: { body: jsonBody(newAuthorisation) },
  responses: { 201: jsonAnswer('The letter', authorisationView) },
});

const read = defineRoute('GET /v1/authorisations/{id}', {
  summary: 'Read an authorisation',
  tags,
  request: { params: idParam },
  responses: shown,
});

const agree = defineRoute('POST /v1/authorisations/{id}/agree', {
  summary: 'Agree to the text that was shown, act by act',
  tags,
  request: { params: idParam, body: jsonBody(agreement) },
  responses: shown,
});

const withdraw = defineRoute('POST /v1/authorisations/{id}/withdraw', {
  summary: 'Withdraw an authorisation: no new report is queried under it',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: shown,
});

const readPdf = defineRoute('GET /v1/authorisations/{id}/pdf', {
  summary: 'The letter that was agreed to as PDF, each act in its box',
  description: 'Drawn when it is first asked for; PAPER_NOT_DUE until the letter was agreed to.',
  tags,
  request: { params: idParam },
  responses: pdfContent('The PDF'),
});

/** The letter names the person in full, so that only they read it. */
async function textOf(c: AppContext, row: AuthorisationRecord): Promise<string | null> {
  if (sightOf(callerOf(c).role, 'letter') !== 'clear') return null;
  const { db, vault } = c.get('deps');
  return openAuthorisationText(await vault.of(db, row.applicationId), row);
}

async function viewOf(c: AppContext, row: AuthorisationRecord) {
  return {
    id: row.id,
    applicationId: row.applicationId,
    state: row.state,
    templateVersion: row.templateVersion,
    text: await textOf(c, row),
    textSm3: row.textSm3,
    acts: [...row.terms.acts],
    createdAt: iso(row.createdAt),
    agreedAt: isoOrNull(row.agreedAt),
    validUntil: isoOrNull(row.validUntil),
    endedAt: isoOrNull(row.endedAt),
  };
}

async function find(c: AppContext, id: string): Promise<AuthorisationRecord> {
  const row = await readAuthorisation(c.get('deps').db, id);
  visible(c, row === undefined ? undefined : { owner_subject: row.ownerSubject });
  if (row === undefined) throw new ApiProblem('NOT_FOUND');
  beginReadRecord(c, row.applicationId);
  return row;
}

async function record(c: AppContext, tx: Tx, action: string, id: string, textSm3: string) {
  const subject = { subjectKind: 'authorisation', subjectId: id };
  await recordDeed(c, tx, { action, ...subject, result: 'DONE', detail: { textSm3 } });
}

/** Renders the letter for the person of page 1 and keeps it as shown. */
async function show(c: AppContext, tx: Tx, applicationId: string, person: IdentityPage) {
  const { vault, lender, now } = c.get('deps');
  const id = derivedId(actKeyOf(c), 'authorisation');
  const date = businessDate(now());
  const policy = await currentPolicy(tx, date);
  const terms: AuthorisationTerms = {
    grantee: { name: lender.name, uscc: lender.uscc },
    bureaus: BUREAUS,
    purposes: ['02', '01'],
    date,
    validityDays: policy('authorisation.validityDays'),
    acts: [],
  };
  const { name, idNumber, mobile } = person;
  const letter = authorisationText({
    ...terms,
    authorisationId: id,
    templateVersion: TEMPLATE_VERSION,
    grantor: { name, idNumber, mobile },
  });
  const applicantId = await upsertApplicant(tx, {
    id: derivedId(actKeyOf(c), 'applicant'),
    kind: 'PERSON',
    identityIndex: vault.blindIndex('id_number', idNumber),
  });
  await linkApplicant(tx, applicationId, applicantId);
  await showAuthorisation(tx, await vault.of(tx, applicationId), {
    id,
    applicationId,
    applicantId,
    templateVersion: String(TEMPLATE_VERSION),
    text: letter.textHashInput,
    textSm3: sm3Hex(letter.textHashInput),
    terms,
  });
  return id;
}

/** The end of the letter's last day, in Shanghai. */
const endOf = (terms: AuthorisationTerms): Date =>
  new Date(`${addDays(terms.date, terms.validityDays + 1)}T00:00:00+08:00`);

async function agreeTo(
  c: AppContext,
  id: string,
  said: { readonly textSm3: string; readonly acts: readonly string[] },
): Promise<void> {
  const { db, now } = c.get('deps');
  const found = await find(c, id);
  const missing = CONSENT_ACTS.filter((act) => !said.acts.includes(act));
  if (missing.length > 0) throw new ApiProblem('CONSENT_INCOMPLETE');
  if (said.textSm3 !== found.textSm3) throw new ApiProblem('DIGEST_DIFFERS');
  await db.transaction().execute(async (tx) => {
    await lockDraft(c, tx, found.applicationId);
    const fresh = await readAuthorisation(tx, id);
    if (fresh?.state === 'AGREED') return;
    // The letter bears its day; agreed to on another it would say what is not so.
    if (found.terms.date !== businessDate(now())) throw new ApiProblem('AUTHORISATION_CHANGED');
    const agreed = await agreeAuthorisation(tx, {
      id,
      agreedBy: callerOf(c).subject,
      agreedAt: now(),
      validUntil: endOf(found.terms),
      acts: CONSENT_ACTS,
    });
    if (!agreed) throw new ApiProblem('AUTHORISATION_CHANGED');
    await record(c, tx, 'authorisation.agree', id, found.textSm3);
  });
}

/** The letter of an authorisation as paper: the one that is there, or the one drawn now. */
async function letterOf(c: AppContext, id: string) {
  const { db, issuedPapers } = c.get('deps');
  const { applicationId, agreedAt } = await find(c, id);
  if (agreedAt === null) throw new ApiProblem('PAPER_NOT_DUE');
  const known = await readLetterPaper(db, applicationId, letterKey(id));
  if (known !== undefined) return await answerPdf(c, known, id);
  const paper = {
    kind: 'AUTHORISATION',
    applicationId,
    loanId: null,
    authorisationId: id,
  } as const;
  await issuedPapers.drawNow(paper);
  const row = await readLetterPaper(db, applicationId, letterKey(id));
  if (row === undefined) throw new ApiProblem('PAPER_NOT_READY');
  return await answerPdf(c, row, id);
}

export function registerAuthorisations(app: App): void {
  app.openapi(readPdf, async (c) => await letterOf(c, c.req.valid('param').id));

  app.openapi(create, async (c) => {
    const { db, vault } = c.get('deps');
    const { applicationId } = c.req.valid('json');
    visible(c, await readApplication(db, applicationId));
    const id = await db.transaction().execute(async (tx) => {
      await lockDraft(c, tx, applicationId);
      const { identity } = await loadPartialForm(
        tx,
        await vault.of(tx, applicationId),
        applicationId,
      );
      if (identity === null) throw new ApiProblem('FORM_INCOMPLETE');
      return await show(c, tx, applicationId, identity);
    });
    return c.json(await viewOf(c, await find(c, id)), 201);
  });

  app.openapi(read, async (c) =>
    c.json(await viewOf(c, await find(c, c.req.valid('param').id)), 200),
  );

  app.openapi(agree, async (c) => {
    const { id } = c.req.valid('param');
    await agreeTo(c, id, c.req.valid('json'));
    return c.json(await viewOf(c, await find(c, id)), 200);
  });

  app.openapi(withdraw, async (c) => {
    const { db, now, vault, cache } = c.get('deps');
    const { id } = c.req.valid('param');
    const found = await find(c, id);
    await db.transaction().execute(async (tx) => {
      if (await withdrawAuthorisation(tx, id, now())) {
        await record(c, tx, 'authorisation.withdraw', id, found.textSm3);
      }
    });
    await cache.forget(groupOfPerson(vault, found.applicantId));
    return c.json(await viewOf(c, await find(c, id)), 200);
  });
}
