/** What every bureau query passes before it leaves: the consent, the day's caps, and the register that also keeps refusals. */
import { randomUUID } from 'node:crypto';
import {
  type CreditAuthorisation,
  mayQuery,
  type QueryPurpose,
} from '../../domain/authorisation.ts';
import { type Fen, fen, ZERO_FEN } from '../../domain/money.ts';
import { type PolicyReader, policyOf } from '../../domain/policy.ts';
import type { Queryable } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  countQueries,
  type Operator,
  registerQuery,
  type RegisteredQuery,
  registerRefusal,
} from '../../db/queries/bureau-desk.ts';
import { readAgreedAuthorisation, readLoanAuthorisation } from '../../db/queries/verify.ts';
import type { BureauQueryRow } from '../../db/schema/bureau-desk.ts';
import { businessDate } from '../../platform/clock.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';

export type BureauName = 'PBOC' | 'BAIHANG';

/** The machine as an operator: a story asks at whatever hour it stands there. */
export const STORY: Operator = {
  kind: 'STORY',
  subject: 'xindai',
  role: null,
  from: null,
  approvedBy: null,
  requestId: null,
  offHours: false,
};

export interface Question {
  readonly bureau: BureauName;
  readonly operation: BureauQueryRow['operation'];
  readonly purpose: QueryPurpose;
  readonly applicationId: string;
  /** Whose report is asked for. */
  readonly applicantId: string;
  readonly operator: Operator;
  /** Post-loan management (01) asks for a loan that runs. */
  readonly hasRunningLoan: boolean;
}

/** The house's own rules of today. */
export async function deskPolicy(deps: ActivityDeps, db: Queryable): Promise<PolicyReader> {
  return policyOf(await deps.rulebooks.newestPolicy(db), businessDate(new Date()), 'BANK');
}

function entryOf(question: Question, authorisation: CreditAuthorisation | null): RegisteredQuery {
  return {
    id: randomUUID(),
    operator: question.operator,
    bureau: question.bureau,
    operation: question.operation,
    purpose: question.purpose,
    applicationId: question.applicationId,
    applicantId: question.applicantId,
    authorisation:
      authorisation === null
        ? null
        : { id: authorisation.authorisationId, sm3: authorisation.textHash },
  };
}

/** Registers a refused attempt, on the trail as well, and refuses it for good. */
export async function refuse(
  deps: ActivityDeps,
  question: Question,
  authorisation: CreditAuthorisation | null,
  code: string,
): Promise<never> {
  const { operator, applicationId, bureau, operation, purpose } = question;
  await deps.db.transaction().execute(async (tx) => {
    await registerRefusal(tx, entryOf(question, authorisation), code);
    await recordAudit(tx, {
      actor: operator.subject,
      role: operator.role,
      via: 'worker',
      action: 'bureau.refuse',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'DENIED',
      reason: code,
      detail: { bureau, operation, purpose, kind: operator.kind },
    });
  });
  deps.log.warn({ applicationId, bureau, code }, 'bureau query refused');
  throw finalFailure(code);
}

/** Post-loan management rests on the letter the loan was made under, whatever became of it since. */
async function consentOf(db: Queryable, applicationId: string, purpose: QueryPurpose) {
  return purpose === '01'
    ? await readLoanAuthorisation(db, applicationId)
    : await readAgreedAuthorisation(db, applicationId);
}

/** The consent of the application, or a registered refusal: without it no question leaves the house. */
export async function requireConsent(
  deps: ActivityDeps,
  question: Question,
): Promise<CreditAuthorisation> {
  const { applicationId, applicantId, bureau, purpose, hasRunningLoan } = question;
  const authorisation = await consentOf(deps.db, applicationId, purpose);
  if (authorisation === null) return await refuse(deps, question, null, 'AUTHORISATION_MISSING');
  const allowed = mayQuery(authorisation, {
    now: new Date().toISOString(),
    purpose,
    subjectId: applicantId,
    bureau,
    hasRunningLoan,
  });
  if (!allowed.ok)
    return await refuse(deps, question, authorisation, `AUTHORISATION_${allowed.reason}`);
  return authorisation;
}

const beginningOf = (day: string): Date => new Date(`${day}T00:00:00+08:00`);

/** Refuses a question over the day's cap of the house or, by hand, of the person. */
export async function requireRoom(
  deps: ActivityDeps,
  question: Question,
  authorisation: CreditAuthorisation,
): Promise<void> {
  const policy = await deskPolicy(deps, deps.db);
  const [house, person] = [policy('bureau.houseDailyCap'), policy('bureau.operatorDailyCap')];
  const counts = await countQueries(deps.db, {
    bureau: question.bureau,
    operator: question.operator.subject,
    dayBegan: beginningOf(businessDate(new Date())),
    most: Math.max(house, person),
  });
  if (counts.house >= house) await refuse(deps, question, authorisation, 'BUREAU_CAP_HOUSE');
  if (question.operator.kind === 'MANUAL' && counts.operator >= person)
    await refuse(deps, question, authorisation, 'BUREAU_CAP_OPERATOR');
}

export interface Answered {
  readonly requestNo: string;
  /** Null when the bureau has no record. */
  readonly data: unknown;
  readonly charged: boolean;
}

async function costOf(
  deps: ActivityDeps,
  db: Queryable,
  { bureau, operation }: Question,
  charged: boolean,
): Promise<Fen> {
  if (!charged) return ZERO_FEN;
  const prices = (await deskPolicy(deps, db))('bureau.priceFen');
  return fen(prices[`${bureau}.${operation}`] ?? 0);
}

/**
 * Registers an answered query and puts it on the trail. The digest of the request is over ids and the digest of the agreed
 * text: a digest of a name and number could be found by trying.
 */
export async function register(
  deps: ActivityDeps,
  tx: Queryable,
  question: Question,
  authorisation: CreditAuthorisation,
  { requestNo, data, charged }: Answered,
): Promise<void> {
  const { bureau, operation, purpose, applicantId, applicationId, operator } = question;
  const reportSm3 = sm3Hex(JSON.stringify(data ?? null));
  const asked = [requestNo, bureau, operation, purpose, applicantId, authorisation.textHash];
  await registerQuery(tx, entryOf(question, authorisation), {
    result: data === null ? 'NO_RECORD' : 'ANSWERED',
    requestNo,
    requestSm3: sm3Hex(asked.join('|')),
    responseSm3: reportSm3,
    charged,
    costFen: await costOf(deps, tx, question, charged),
  });
  await recordAudit(tx, {
    actor: operator.subject,
    role: operator.role,
    via: 'worker',
    action: 'bureau.query',
    subjectKind: 'application',
    subjectId: applicationId,
    result: 'DONE',
    // The query reason code of the bureaus, 02 for the approval of a loan (regulation 2.5).
    reason: purpose,
    detail: {
      bureau,
      operation,
      applicantId,
      authorisationSm3: authorisation.textHash,
      reportSm3,
      authorisationId: authorisation.authorisationId,
      requestNo,
      charged,
      ...(operator.kind === 'STORY'
        ? {}
        : { request: operator.requestId, approvedBy: operator.approvedBy }),
    },
  });
}
