/** Asks the outside world once per business step: the row before the call, the stored answer instead of a second call. */
import type { Queryable } from '../db/database.ts';
import {
  beginOutsideRequest,
  noteOutsideFailure,
  type OutsideRequest,
  readOutsideRequest,
  settleOutsideRequest,
} from '../db/queries/outside-requests.ts';
import type { FieldCipher } from '../platform/crypto/field-cipher.ts';
import { sm3Hex } from '../platform/crypto/sm3.ts';
import { type OutsideAnswer, OutsideFailure } from './ports/answers.ts';

const ANSWER_COLUMN = 'outside_requests.sealed_answer';

/** The request number of a step: the same for every attempt, and no two steps share one. */
export function requestNumber(applicationId: string, step: string): string {
  return `XD${sm3Hex(`${applicationId}|${step}`).slice(0, 30).toUpperCase()}`;
}

export interface AskDeps {
  readonly db: Queryable;
  readonly fieldCipher: FieldCipher;
}

/** Reads an answer back from the form it was stored in (JSON); throws for what is not a T. */
export interface AnswerCodec<T> {
  parse(stored: unknown): T;
}

/**
 * The answer to one step, asked at most as often as it takes to get one and paid for once. An answered step gives its
 * stored answer without a call. Not for questions whose answer changes, such as the state of a payment.
 * @param request its `requestNo` comes from {@link requestNumber}
 * @param ask makes the call with the number it is given; the data it finds must survive JSON
 * @throws OutsideFailure from the call: the row stays pending with its code, and asking again uses the same number
 */
export async function askOnce<T>(
  deps: AskDeps,
  request: OutsideRequest,
  ask: (requestNo: string) => Promise<OutsideAnswer<T>>,
  codec: AnswerCodec<T>,
): Promise<OutsideAnswer<T>> {
  const { requestNo } = request;
  const standing = await beginOutsideRequest(deps.db, request);
  if (standing.state === 'ANSWERED')
    return openedAnswer(deps.fieldCipher, requestNo, standing, codec);
  const answer = await askNotingFailure(deps, requestNo, ask);
  const settled = await settleOutsideRequest(deps.db, requestNo, {
    code: answer.kind,
    charged: answer.charged,
    sealedAnswer:
      answer.kind === 'FOUND'
        ? deps.fieldCipher.sealJson(ANSWER_COLUMN, requestNo, answer.data)
        : null,
  });
  if (settled) return answer;
  // Another attempt was answered first. Its answer is the record, so this one must not act on a different one.
  const first = await readOutsideRequest(deps.db, requestNo);
  if (first?.state !== 'ANSWERED') throw new Error('A settled outside request vanished.');
  return openedAnswer(deps.fieldCipher, requestNo, first, codec);
}

async function askNotingFailure<T>(
  deps: AskDeps,
  requestNo: string,
  ask: (requestNo: string) => Promise<OutsideAnswer<T>>,
): Promise<OutsideAnswer<T>> {
  try {
    return await ask(requestNo);
  } catch (error) {
    if (error instanceof OutsideFailure) await noteOutsideFailure(deps.db, requestNo, error.code);
    throw error;
  }
}

/** The answer of a request that was settled, read back from where it is sealed. */
export function openedAnswer<T>(
  fieldCipher: FieldCipher,
  requestNo: string,
  stored: { readonly charged: boolean; readonly sealedAnswer: Buffer | null },
  codec: AnswerCodec<T>,
): OutsideAnswer<T> {
  const { charged, sealedAnswer } = stored;
  if (sealedAnswer === null) return { kind: 'NO_RECORD', charged };
  const data = fieldCipher.openJson(ANSWER_COLUMN, requestNo, sealedAnswer, (value) =>
    codec.parse(value),
  );
  return { kind: 'FOUND', charged, data };
}
