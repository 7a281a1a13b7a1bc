/** What an answer from outside the house may be, the same for every port. */

/** The other side answered for good: it found something, or it has no record. */
export type OutsideAnswer<T> =
  | { readonly kind: 'FOUND'; readonly charged: boolean; readonly data: T }
  | { readonly kind: 'NO_RECORD'; readonly charged: boolean };

/**
 * Why a call gave no usable answer. Every port throws `OutsideFailure` with one of these and nothing else.
 * - `UNREACHABLE` no connection, or no answer in time: it may have been processed all the same
 * - `BAD_ANSWER`  an answer that is not theirs or not readable; a wrong signature counts as no answer
 * - `BUSY`, `MAINTENANCE`, `THROTTLED`  they ask us to come back; `retryAfterMs` when they say when
 * - `UNAUTHORISED`  the authorisation or its purpose was refused
 * - `REJECTED`  our request is wrong; sending it again cannot help
 * - `WRONG_PERSON`  the answer is about somebody else; it is never used
 * - `STALE`  the answer is older than it may be, or from the future; it is never used
 * - `NOT_OUR_QUERY`  the answer names another asker or purpose; it is never used
 */
export type OutsideFailureCode =
  | 'UNREACHABLE'
  | 'BAD_ANSWER'
  | 'BUSY'
  | 'MAINTENANCE'
  | 'THROTTLED'
  | 'UNAUTHORISED'
  | 'REJECTED'
  | 'WRONG_PERSON'
  | 'STALE'
  | 'NOT_OUR_QUERY';

const FINAL: readonly OutsideFailureCode[] = ['UNAUTHORISED', 'REJECTED'];

/** A call outside that gave no usable answer. The message is public: a service, an operation and a code. */
export class OutsideFailure extends Error {
  readonly code: OutsideFailureCode;
  readonly service: string;
  readonly operation: string;
  readonly retryAfterMs: number | undefined;

  constructor(
    service: string,
    operation: string,
    code: OutsideFailureCode,
    options: { retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(`${service}.${operation}: ${code}`, { cause: options.cause });
    this.name = 'OutsideFailure';
    this.service = service;
    this.operation = operation;
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** False when sending the same request again cannot help. */
  get retryable(): boolean {
    return !FINAL.includes(this.code);
  }
}

/** Every request has a number that is the same for the same business step, whatever the attempt. */
export interface Numbered {
  readonly requestNo: string;
  /** Aborts the call when the activity is cancelled. */
  readonly signal?: AbortSignal | undefined;
}
