/** The rows of calls that leave the house: written before the call, settled by its first answer and never again. */
import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

export interface OutsideRequest {
  readonly requestNo: string;
  readonly applicationId: string;
  /** The business step that asks; one request per step of an application. */
  readonly step: string;
  readonly service: string;
  readonly operation: string;
}

/** How a request stands: still to be sent (again), or answered for good. */
export type OutsideRequestState =
  | { readonly state: 'PENDING'; readonly sends: number }
  | {
      readonly state: 'ANSWERED';
      readonly code: string;
      readonly charged: boolean;
      readonly sealedAnswer: Buffer | null;
    };

/** The number is already that of another step, service or operation: a programming mistake, never a state. */
export class RequestNumberTaken extends Error {
  constructor(requestNo: string) {
    super(`The outside request ${requestNo} belongs to another step.`);
    this.name = 'RequestNumberTaken';
  }
}

/**
 * Writes the row of a request that is about to be sent and counts the sending, or says that it is answered already.
 * One statement, so that two attempts of one step meet on one row.
 * @throws RequestNumberTaken
 */
export async function beginOutsideRequest(
  db: Queryable,
  request: OutsideRequest,
): Promise<OutsideRequestState> {
  const row = await db
    .insertInto('outside_requests')
    .values({
      request_no: request.requestNo,
      application_id: request.applicationId,
      step: request.step,
      service: request.service,
      operation: request.operation,
      state: 'PENDING',
      sends: 1,
    })
    .onConflict((conflict) =>
      conflict.column('request_no').doUpdateSet({
        sends: sql<number>`outside_requests.sends + case outside_requests.state when 'PENDING' then 1 else 0 end`,
      }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  const same =
    row.application_id === request.applicationId &&
    row.step === request.step &&
    row.service === request.service &&
    row.operation === request.operation;
  if (!same) throw new RequestNumberTaken(request.requestNo);
  if (row.state === 'PENDING') return { state: 'PENDING', sends: row.sends };
  return {
    state: 'ANSWERED',
    code: row.code ?? '',
    charged: row.charged ?? false,
    sealedAnswer: row.sealed_answer,
  };
}

/**
 * Settles a request with its answer. False when another attempt settled it first: then that answer stands.
 * @param sealedAnswer the answer's data, sealed for this row; null when there is none
 */
export async function settleOutsideRequest(
  db: Queryable,
  requestNo: string,
  answer: {
    readonly code: string;
    readonly charged: boolean;
    readonly sealedAnswer: Buffer | null;
  },
): Promise<boolean> {
  const settled = await db
    .updateTable('outside_requests')
    .set({
      state: 'ANSWERED',
      code: answer.code,
      charged: answer.charged,
      sealed_answer: answer.sealedAnswer,
      answered_at: sql<Date>`now()`,
    })
    .where('request_no', '=', requestNo)
    .where('state', '=', 'PENDING')
    .executeTakeFirst();
  return settled.numUpdatedRows === 1n;
}

/** Keeps on a pending row why its last sending gave no answer, for those who look after it. */
export async function noteOutsideFailure(
  db: Queryable,
  requestNo: string,
  failureCode: string,
): Promise<void> {
  await db
    .updateTable('outside_requests')
    .set({ code: failureCode })
    .where('request_no', '=', requestNo)
    .where('state', '=', 'PENDING')
    .execute();
}

/** Reads how a request stands without sending anything; null when there is no such request. */
export async function readOutsideRequest(
  db: Queryable,
  requestNo: string,
): Promise<OutsideRequestState | null> {
  const row = await db
    .selectFrom('outside_requests')
    .select(['state', 'code', 'charged', 'sealed_answer', 'sends'])
    .where('request_no', '=', requestNo)
    .executeTakeFirst();
  if (row === undefined) return null;
  if (row.state === 'PENDING') return { state: 'PENDING', sends: row.sends };
  return {
    state: 'ANSWERED',
    code: row.code ?? '',
    charged: row.charged ?? false,
    sealedAnswer: row.sealed_answer,
  };
}
