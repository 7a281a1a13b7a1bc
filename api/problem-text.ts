/** The form of one row of the problem tables. */

export interface ProblemText {
  readonly status: ProblemStatus;
  readonly zh: string;
  readonly en: string;
}

/** The HTTP statuses of problems. */
export type ProblemStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 406
  | 409
  | 410
  | 411
  | 413
  | 415
  | 422
  | 429
  | 431
  | 500
  | 503;
