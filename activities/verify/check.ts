/** Asks one identity service about the applicant and records its answer: one paid question per check and evidence. */
import { z } from 'zod';
import type { PersonApplication } from '../../domain/apply.ts';
import type { CheckKind } from '../../domain/verify.ts';
import {
  type ApplicationRecord,
  latestDocument,
  loadForm,
  readApplication,
} from '../../db/queries/apply.ts';
import { recordVerification } from '../../db/queries/verifications.ts';
import type { SubjectCipher } from '../../platform/crypto/subject-cipher.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, overTheBorder } from '../failures.ts';
import { askOnce, requestNumber } from '../outside.ts';
import type { Numbered, OutsideAnswer } from '../ports/answers.ts';
import type { FaceMatch, IdentityPort, Match } from '../ports/identity.ts';
import { cancellationSignal } from '../signal.ts';

export interface CheckInput {
  readonly applicationId: string;
}

const match = z.enum(['MATCH', 'MISMATCH', 'NO_DATA']);
const face = z.object({ match, score: z.number(), live: z.boolean() });

interface Check<T> {
  readonly kind: CheckKind;
  readonly operation: string;
  readonly answer: z.ZodType<T>;
  readonly ask: (
    port: IdentityPort,
    form: PersonApplication,
    numbered: Numbered,
  ) => Promise<OutsideAnswer<T>>;
  readonly outcome: (found: T) => { readonly match: Match; readonly detail: unknown };
}

/** The applicant as one activity asks about them: read once, whatever the number of questions. */
interface Asked {
  readonly application: ApplicationRecord;
  readonly cipher: SubjectCipher;
  readonly form: PersonApplication;
}

async function readAsked(deps: ActivityDeps, { applicationId }: CheckInput): Promise<Asked> {
  const application = await readApplication(deps.db, applicationId);
  if (application === undefined) throw finalFailure('FORM_INCOMPLETE');
  const cipher = await deps.vault.of(deps.db, applicationId);
  const form = await loadForm(deps.db, cipher, applicationId);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  return { application, cipher, form };
}

async function run<T>(
  deps: ActivityDeps,
  { application, cipher, form }: Asked,
  check: Check<T>,
): Promise<void> {
  const applicationId = application.id;
  const step = `verify:${check.kind}:${application.evidence_version}`;
  const requestNo = requestNumber(applicationId, step);
  const answer = await overTheBorder(() =>
    askOnce(
      { db: deps.db, fieldCipher: cipher },
      { requestNo, applicationId, step, service: 'identity', operation: check.operation },
      (number) =>
        check.ask(deps.ports.identity, form, { requestNo: number, signal: cancellationSignal() }),
      check.answer,
    ),
  );
  const { match: outcome, detail } =
    answer.kind === 'FOUND'
      ? check.outcome(answer.data)
      : { match: 'NO_DATA' as const, detail: {} };
  await recordVerification(deps.db, {
    applicationId,
    evidenceVersion: application.evidence_version,
    kind: check.kind,
    outcome,
    detail,
    requestNo,
  });
}

const plain = (found: Match) => ({ match: found, detail: {} });

/** Name and identity number belong together. */
const twoFactor: Check<Match> = {
  kind: 'TWO_FACTOR',
  operation: 'two-factor',
  answer: match,
  ask: (port, { identity: { name, idNumber } }, numbered) =>
    port.twoFactor({ ...numbered, name, idNumber }),
  outcome: plain,
};

/** The mobile is registered under name and number. */
const mobile: Check<Match> = {
  kind: 'MOBILE',
  operation: 'mobile',
  answer: match,
  ask: (port, { identity }, numbered) =>
    port.mobile({
      ...numbered,
      name: identity.name,
      idNumber: identity.idNumber,
      mobile: identity.mobile,
    }),
  outcome: plain,
};

/** The card, with the mobile reserved for it, is the applicant's own. */
const bankCard: Check<Match> = {
  kind: 'BANK_CARD',
  operation: 'bankcard',
  answer: match,
  ask: (port, { identity, loan }, numbered) =>
    port.bankCard({
      ...numbered,
      name: identity.name,
      idNumber: identity.idNumber,
      card: loan.bankCardNumber,
      mobile: loan.bankReservedMobile,
    }),
  outcome: plain,
};

/**
 * Asks about name, mobile and card side by side, in one activity because each event of a history costs a loan time.
 * A check that is answered keeps its answer; only those that failed are asked again by the next attempt.
 */
export async function checkIdentity(deps: ActivityDeps, input: CheckInput): Promise<void> {
  const asked = await readAsked(deps, input);
  const answers = await Promise.allSettled([
    run(deps, asked, twoFactor),
    run(deps, asked, mobile),
    run(deps, asked, bankCard),
  ]);
  const failed = answers.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** The picture shows the holder of the number, alive. */
export async function checkFace(deps: ActivityDeps, input: CheckInput): Promise<void> {
  const asked = await readAsked(deps, input);
  await run<FaceMatch>(deps, asked, {
    kind: 'FACE',
    operation: 'face',
    answer: face,
    ask: async (port, { identity: { name, idNumber } }, numbered) => {
      const picture = await latestDocument(deps.db, input.applicationId, 'FACE');
      if (picture === undefined) throw finalFailure('FACE_MISSING');
      const image = await deps.objects.get(picture.object_key, asked.cipher);
      return await port.face({ ...numbered, name, idNumber, image });
    },
    outcome: (found) => ({ match: found.match, detail: { score: found.score, live: found.live } }),
  });
}
