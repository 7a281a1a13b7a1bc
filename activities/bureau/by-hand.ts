/** Asks a bureau by hand: what two people agreed on, under the consent of the application or for a loan that runs. */
import { ApplicationFailure } from '@temporalio/common';
import { type ApplicationRecord, loadForm, readApplication } from '../../db/queries/apply.ts';
import { hasRunningLoan, readQueryRequest, settleQuery } from '../../db/queries/bureau-desk.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { requestNumber } from '../outside.ts';
import { askBureau } from './ask.ts';
import { keepReport } from './keep-report.ts';
import { deskPolicy, type Question, refuse, requireConsent, requireRoom } from './desk.ts';

export interface ByHandInput {
  readonly requestId: string;
}

type Request = NonNullable<Awaited<ReturnType<typeof readQueryRequest>>>;

function questionOf(request: Request, application: ApplicationRecord, runs: boolean): Question {
  if (application.applicant_id === null) throw finalFailure('NOT_ADMITTED');
  return {
    bureau: request.bureau,
    operation: 'report',
    purpose: request.purpose,
    applicationId: request.application_id,
    applicantId: application.applicant_id,
    operator: {
      kind: 'MANUAL',
      subject: request.proposed_by,
      role: request.proposed_role,
      from: request.proposed_from,
      approvedBy: request.approved_by,
      requestId: request.id,
      offHours: request.off_hours,
    },
    hasRunningLoan: runs,
  };
}

/** Nobody asks about an application of their own, and an application that is over gives no ground for approving a loan. */
async function admit(
  deps: ActivityDeps,
  question: Question,
  request: Request,
  application: ApplicationRecord,
) {
  const own = [request.proposed_by, request.approved_by].includes(application.owner_subject);
  if (own) return await refuse(deps, question, null, 'SELF_QUERY');
  const over = application.submitted_at === null || application.ended_at !== null;
  if (request.purpose === '02' && over)
    return await refuse(deps, question, null, 'APPLICATION_NOT_OPEN');
  const authorisation = await requireConsent(deps, question);
  await requireRoom(deps, question, authorisation);
  return authorisation;
}

async function ask(deps: ActivityDeps, request: Request): Promise<void> {
  const applicationId = request.application_id;
  const application = await readApplication(deps.db, applicationId);
  if (application === undefined) throw finalFailure('NOT_FOUND');
  const runs = await hasRunningLoan(deps.db, applicationId);
  const question = questionOf(request, application, runs);
  const authorisation = await admit(deps, question, request, application);
  const cipher = await deps.vault.of(deps.db, applicationId);
  const form = await loadForm(deps.db, cipher, applicationId);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  const validityDays = (await deskPolicy(deps, deps.db))('bureau.reportValidityDays');
  const step = `bureau:hand:${request.id}`;
  const requestNo = requestNumber(applicationId, step);
  const asked = { question, authorisation, person: form.identity, cipher, requestNo, step };
  const answer = await askBureau(deps, { ...asked, validityDays });
  await deps.db.transaction().execute(async (tx) => {
    const answered = { question, authorisation, requestNo, validityDays, answer };
    const outcome = await keepReport(deps, tx, cipher, answered);
    await settleQuery(tx, request.id, { state: outcome === 'REPORT' ? 'ANSWERED' : 'NO_RECORD' });
  });
}

/** Asks once what was approved. A refusal ends the request with its code; a bureau that is away is asked again. */
export async function askByHand(deps: ActivityDeps, { requestId }: ByHandInput): Promise<void> {
  const request = await readQueryRequest(deps.db, requestId);
  if (request?.state !== 'APPROVED') return;
  try {
    await ask(deps, request);
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.nonRetryable !== true) throw error;
    await settleQuery(deps.db, requestId, { failureCode: error.type ?? 'REFUSED' });
  }
}

/** Ends a request whose bureau stayed away. */
export async function giveUpByHand(deps: ActivityDeps, { requestId }: ByHandInput): Promise<void> {
  await settleQuery(deps.db, requestId, { failureCode: 'UNAVAILABLE' });
}
