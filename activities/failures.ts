/** Turns what went wrong into failures that Temporal retries or not, with a code and without personal data. */
import { ApplicationFailure } from '@temporalio/common';
import type { Stage } from '../domain/journey.ts';
import type { MoveResult } from '../db/queries/journey.ts';
import type { Placed, RefusalCode } from './outcomes.ts';
import { OutsideFailure } from './ports/answers.ts';

/** A failure that trying again cannot mend. The code becomes the failure's type. */
export function finalFailure(code: string, cause?: Error): ApplicationFailure {
  return ApplicationFailure.create({
    message: code,
    type: code,
    nonRetryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Maps a failed call outside: final ones stop, others retry, after the time the other side named. */
export function outsideFailure(error: OutsideFailure): ApplicationFailure {
  return ApplicationFailure.create({
    message: error.message,
    type: `${error.service}.${error.code}`,
    nonRetryable: !error.retryable,
    ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
  });
}

/** Runs a call outside and maps its failure; any other error is ours and retries as it is. */
export async function overTheBorder<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof OutsideFailure) throw outsideFailure(error);
    throw error;
  }
}

const CODE_OF_REFUSAL: Readonly<
  Record<Extract<MoveResult, { ok: false }>['refusal'], RefusalCode>
> = {
  NOT_FOUND: 'NOT_FOUND',
  WRONG_STAGE: 'STAGE_DOES_NOT_FIT',
  STALE_VERSION: 'STALE_VERSION',
  NO_SUCH_TRANSITION: 'STAGE_DOES_NOT_FIT',
  HUMAN_ONLY: 'HUMAN_ONLY',
  NOT_FOR_THIS_ACTOR: 'HUMAN_ONLY',
};

/** The code under which a person hears that a move was refused. */
export function refusalCode(result: Extract<MoveResult, { ok: false }>): RefusalCode {
  return CODE_OF_REFUSAL[result.refusal];
}

/**
 * Where a step of the machine leaves the application. A refused step of the machine is a fault: the failure is final
 * and the story parks it for operations. A step that was taken before leaves it where it stands now, so that a story that
 * operations have set back goes on from its record instead of telling the same things twice.
 */
export function placed(result: MoveResult, stage: Stage, pending: string | null = null): Placed {
  if (!result.ok) throw finalFailure(refusalCode(result));
  if (result.repeated) return result.now;
  return { stage, version: result.version, pending };
}
