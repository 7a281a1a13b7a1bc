/** From the gateway's answer to the port's: the data parsed, the subject compared, a delayed answer asked for again. */
import { z } from 'zod';
import { type OutsideAnswer, OutsideFailure } from '../ports/answers.ts';
import type { PersonKeys } from '../ports/identity.ts';
import type { GatewayAnswer } from './gateway-answer.ts';

/** The person an answer speaks of, where the service names one. */
export const subjectForm = z.object({ name: z.string(), idNumber: z.string() });

/**
 * The port's answer of a gateway answer. An answer that is accepted for later (3001) is BUSY: the same request number
 * is to be sent again.
 * @param read makes the port's data of the service's; throws OutsideFailure for data that must not be used
 * @throws OutsideFailure BUSY, BAD_ANSWER when the data is not of `form`, and whatever `read` throws
 */
export function toPortAnswer<S, T>(
  service: string,
  operation: string,
  answer: GatewayAnswer,
  form: z.ZodType<S>,
  read: (data: S) => T,
): OutsideAnswer<T> {
  if (answer.kind === 'ACCEPTED') {
    throw new OutsideFailure(service, operation, 'BUSY', { retryAfterMs: answer.retryAfterMs });
  }
  if (answer.kind === 'NO_RECORD') return answer;
  const data = parseData(service, operation, form, answer.data);
  return { kind: 'FOUND', charged: answer.charged, data: read(data) };
}

/** The data of an answer as `form` says. @throws OutsideFailure BAD_ANSWER, with paths and never values in its cause */
export function parseData<S>(
  service: string,
  operation: string,
  form: z.ZodType<S>,
  data: unknown,
): S {
  const parsed = form.safeParse(data);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`);
  throw new OutsideFailure(service, operation, 'BAD_ANSWER', {
    cause: new Error(`answer not of the agreed form (${issues.join('; ')})`),
  });
}

/** @throws OutsideFailure WRONG_PERSON unless the answer speaks of the person who was asked about */
export function requireSubject(
  service: string,
  operation: string,
  asked: PersonKeys,
  answered: PersonKeys,
): void {
  const same =
    answered.idNumber.toUpperCase() === asked.idNumber.toUpperCase() &&
    answered.name.normalize('NFC') === asked.name.normalize('NFC');
  if (!same) throw new OutsideFailure(service, operation, 'WRONG_PERSON');
}
