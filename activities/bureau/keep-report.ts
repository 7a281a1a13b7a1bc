/** Keeps what a bureau answered: the sealed report with its validity, and the query in the register, in one transaction. */
import { randomUUID } from 'node:crypto';
import type { CreditAuthorisation } from '../../domain/authorisation.ts';
import type { Tx } from '../../db/database.ts';
import { storeReport } from '../../db/queries/bureau.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { ActivityDeps } from '../deps.ts';
import type { OutsideAnswer } from '../ports/answers.ts';
import { type Question, register } from './desk.ts';

const DAY_MS = 86_400_000;
const REPORT_COLUMN = 'bureau_reports.sealed_report';

export interface AnsweredQuestion {
  readonly question: Question;
  readonly authorisation: CreditAuthorisation;
  readonly requestNo: string;
  readonly validityDays: number;
  readonly answer: OutsideAnswer<unknown>;
}

/** Stores and registers the answer; "no record" is kept too, for it is an answer and was paid for. */
export async function keepReport(
  deps: ActivityDeps,
  tx: Tx,
  cipher: FieldCipher,
  { question, authorisation, requestNo, validityDays, answer }: AnsweredQuestion,
): Promise<'REPORT' | 'NO_RECORD'> {
  const { bureau, applicantId, purpose } = question;
  const report = answer.kind === 'FOUND' ? answer.data : null;
  const outcome = report === null ? 'NO_RECORD' : 'REPORT';
  await storeReport(tx, {
    id: randomUUID(),
    applicantId,
    authorisationId: authorisation.authorisationId,
    bureau,
    purpose,
    requestNo,
    outcome,
    sealedReport: report === null ? null : cipher.sealJson(REPORT_COLUMN, requestNo, report),
    reportSm3: sm3Hex(JSON.stringify(report)),
    validUntil: new Date(Date.now() + validityDays * DAY_MS),
  });
  const { charged } = answer;
  await register(deps, tx, question, authorisation, { requestNo, data: report, charged });
  return outcome;
}
