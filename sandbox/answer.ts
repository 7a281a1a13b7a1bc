/** What every service answers: the codes, and how an operation's outcome becomes the answer a caller gets. */

/** Services that speak the signed envelope. The time-stamp authority also answers plain RFC 3161. */
export const SERVICES = [
  'pboc',
  'baihang',
  'identity',
  'registry',
  'ca',
  'tsa',
  'bank',
  'sms',
] as const;
export type ServiceName = (typeof SERVICES)[number];

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** `0000` found · `1001` no record · `2001` authorisation invalid · `2002` purpose not allowed · `3001` accepted, ask later · `4001` bad request · `4290` too fast · `5001` busy · `5002` maintenance until. */
export type AnswerCode =
  | '0000'
  | '1001'
  | '2001'
  | '2002'
  | '3001'
  | '4001'
  | '4290'
  | '5001'
  | '5002';

/** The body of every answer. `charged` says whether this request number costs money, however often it is sent. */
export interface Answer {
  readonly code: AnswerCode;
  readonly message: string;
  readonly requestNo: string | null;
  readonly charged: boolean;
  readonly data: Json;
}

/**
 * What an operation concluded. FINAL is kept and repeated for the same request number; PENDING is worked out anew
 * when asked again; REFUSED was not processed, costs nothing, and may be sent again.
 */
export interface Outcome {
  readonly kind: 'FINAL' | 'PENDING' | 'REFUSED';
  readonly code: AnswerCode;
  readonly message: string;
  readonly data: Json;
}

export function found(data: Json): Outcome {
  return { kind: 'FINAL', code: '0000', message: 'ok', data };
}

export function noRecord(message = 'no record'): Outcome {
  return { kind: 'FINAL', code: '1001', message, data: null };
}

/** Accepted; the caller asks again with the same request number, not before `retryAfterMs`. */
export function askLater(retryAfterMs: number): Outcome {
  return { kind: 'PENDING', code: '3001', message: 'accepted, ask later', data: { retryAfterMs } };
}

export function refused(code: AnswerCode, message: string, data: Json = null): Outcome {
  return { kind: 'REFUSED', code, message, data };
}
