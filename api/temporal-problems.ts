/** Maps what Temporal's client throws to the problems the API answers with. */
import {
  isGrpcServiceError,
  ServiceError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import {
  ApplicationFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/common';
import { ApiProblem } from './problem-response.ts';
import { isProblemCode, type ProblemCode } from './problems.ts';

/** gRPC status codes (google.rpc.Code). */
const GRPC = {
  CANCELLED: 1,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  UNAVAILABLE: 14,
} as const;

/** Form of a refusal's type, so that nothing else of a failure ever reaches the caller. */
const REFUSAL = /^[A-Z][A-Z0-9_]{1,63}$/;

/** The last word of a chain of causes that names a refusal: an activity's failure carries the activity's reason inside. */
function refusalType(error: unknown): string | undefined {
  let type: string | undefined;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && typeof cause.type === 'string') type = cause.type;
  }
  return type !== undefined && REFUSAL.test(type) ? type : undefined;
}

function unavailable(cause: unknown): ApiProblem {
  return new ApiProblem('UNAVAILABLE', { retryAfterSeconds: 5, cause });
}

function problemOfGrpc(error: unknown): ApiProblem {
  const cause = error instanceof ServiceError ? error.cause : error;
  if (!isGrpcServiceError(cause)) return new ApiProblem('INTERNAL', { cause: error });
  switch (cause.code as number) {
    case GRPC.NOT_FOUND:
      return new ApiProblem('AFTER_ENDING', { cause: error });
    case GRPC.CANCELLED:
    case GRPC.DEADLINE_EXCEEDED:
    case GRPC.RESOURCE_EXHAUSTED:
    case GRPC.FAILED_PRECONDITION:
    case GRPC.UNAVAILABLE:
      return unavailable(error);
    default:
      return new ApiProblem('INTERNAL', { cause: error });
  }
}

/** What the SDK answers to an update whose handler the workflow has not set yet; it names no type. */
const NO_HANDLER = 'No registered handler for update';

/**
 * Whether the loan has not yet taken over where its last step left it. The step writes the record before the workflow
 * hears of it, so whoever reads the record and acts at once may be the quicker one. Nothing was written to history.
 * @param contradicted the refusals that the record, as the caller has read it, does not bear out
 */
export function isAheadOfStory(error: unknown, contradicted: readonly ProblemCode[]): boolean {
  if (!(error instanceof WorkflowUpdateFailedError)) return false;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure)) return false;
  return cause.message.startsWith(NO_HANDLER) || contradicted.some((code) => code === cause.type);
}

/**
 * The problem for a failed update or signal. A refusal keeps its code; one this API does not know is a 409 that shows
 * it. A workflow that is gone has ended, for the API asks only for loans it found in the database.
 */
export function problemOfUpdate(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof WorkflowUpdateFailedError) {
    const type = refusalType(error.cause);
    if (type === undefined) return new ApiProblem('INTERNAL', { cause: error });
    return isProblemCode(type)
      ? new ApiProblem(type, { cause: error })
      : new ApiProblem('STAGE_DOES_NOT_FIT', { shownCode: type, cause: error });
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return unavailable(error);
  const ended =
    error instanceof WorkflowNotFoundError || error instanceof WorkflowExecutionAlreadyStartedError;
  return ended ? new ApiProblem('AFTER_ENDING', { cause: error }) : problemOfGrpc(error);
}
