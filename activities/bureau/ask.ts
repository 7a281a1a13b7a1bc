/** Asks a bureau one numbered question, and takes only an answer that the domain accepts for what was asked. */
import { z } from 'zod';
import type { CreditAuthorisation } from '../../domain/authorisation.ts';
import type { IdentityPage } from '../../domain/apply.ts';
import {
  parseBaihangReport,
  type Parsed,
  parsePbocReport,
  parseVerification,
  parseWatchList,
  type ReportAsked,
} from '../../domain/bureau.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import type { ActivityDeps } from '../deps.ts';
import { overTheBorder } from '../failures.ts';
import { askOnce } from '../outside.ts';
import { type OutsideAnswer, OutsideFailure, type OutsideFailureCode } from '../ports/answers.ts';
import type { ReportRequest } from '../ports/bureaus.ts';
import { cancellationSignal } from '../signal.ts';
import type { Question } from './desk.ts';

const SHANGHAI_MS = 8 * 3_600_000;

/** `YYYY-MM-DDTHH:mm:ss` in Shanghai, which has no summer time. */
export const localTime = (at: Date): string =>
  new Date(at.getTime() + SHANGHAI_MS).toISOString().slice(0, 19);

type Refusal = Extract<Parsed<unknown>, { ok: false }>;

const FAILURE_OF: Readonly<Record<Refusal['reason'], OutsideFailureCode>> = {
  MALFORMED: 'BAD_ANSWER',
  WRONG_PERSON: 'WRONG_PERSON',
  NOT_OUR_QUERY: 'NOT_OUR_QUERY',
  STALE: 'STALE',
};

/** Sends a question, and says how its answer is read. */
function wayOf(deps: ActivityDeps, { bureau, operation }: Question, request: ReportRequest) {
  const { pboc, baihang } = deps.ports;
  if (bureau === 'PBOC') return { sent: pboc.report(request), parse: parsePbocReport };
  if (operation === 'watchlist') return { sent: baihang.watchlist(request), parse: parseWatchList };
  if (operation === 'verify') return { sent: baihang.verify(request), parse: parseVerification };
  return { sent: baihang.report(request), parse: parseBaihangReport };
}

/** Asks. An answer that does not fit its form, its person or its question is none, and is asked for again. */
async function ask(
  deps: ActivityDeps,
  question: Question,
  request: ReportRequest,
  asked: ReportAsked,
): Promise<OutsideAnswer<unknown>> {
  const { sent, parse } = wayOf(deps, question, request);
  const answer = await sent;
  if (answer.kind === 'NO_RECORD') return answer;
  const parsed = parse(answer.data, { name: request.name, idNumber: request.idNumber }, asked);
  if (parsed.ok) return answer;
  const { bureau, operation } = question;
  if (parsed.reason === 'MALFORMED')
    deps.log.warn({ bureau, operation, path: parsed.path }, 'bureau answer does not fit');
  throw new OutsideFailure(bureau.toLowerCase(), operation, FAILURE_OF[parsed.reason]);
}

export interface AskedOf {
  readonly question: Question;
  readonly authorisation: CreditAuthorisation;
  readonly person: IdentityPage;
  readonly cipher: FieldCipher;
  readonly requestNo: string;
  readonly step: string;
  readonly validityDays: number;
}

/** The answer to one step, asked once and paid for once. */
export async function askBureau(deps: ActivityDeps, of: AskedOf): Promise<OutsideAnswer<unknown>> {
  const { question, authorisation, person, cipher, requestNo, step, validityDays } = of;
  const { bureau, operation, purpose, applicationId } = question;
  const { name, idNumber, mobile } = person;
  const consent = {
    authorisationId: authorisation.authorisationId,
    sm3: authorisation.textHash,
    purpose,
  };
  const asked = () => ({
    organisation: bureau === 'PBOC' ? deps.lender.name : null,
    purpose,
    now: localTime(new Date()),
    validityDays,
  });
  return await overTheBorder(() =>
    askOnce(
      { db: deps.db, fieldCipher: cipher },
      { requestNo, applicationId, step, service: bureau.toLowerCase(), operation },
      (number) =>
        ask(
          deps,
          question,
          { requestNo: number, signal: cancellationSignal(), name, idNumber, mobile, consent },
          asked(),
        ),
      z.unknown(),
    ),
  );
}
