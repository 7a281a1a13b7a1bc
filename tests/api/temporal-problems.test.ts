/** What Temporal's client throws, as the caller of the API hears it. */
import {
  ServiceError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import {
  ActivityFailure,
  ApplicationFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { RefusalCode } from '../../activities/outcomes.ts';
import { renderProblem } from '../../api/problem-response.ts';
import { isProblemCode, PROBLEMS } from '../../api/problems.ts';
import { isAheadOfStory, problemOfUpdate } from '../../api/temporal-problems.ts';

/** gRPC status codes (google.rpc.Code). */
const grpc = {
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  RESOURCE_EXHAUSTED: 8,
  INTERNAL: 13,
  UNAVAILABLE: 14,
};

const refused = (type: string) =>
  new WorkflowUpdateFailedError(
    'Workflow Update failed',
    ApplicationFailure.nonRetryable('x', type),
  );

function grpcError(code: number): ServiceError {
  const cause = Object.assign(new Error('grpc'), { code, details: '', metadata: {} });
  return new ServiceError('call failed', { cause });
}

describe('a refusal of the loan', () => {
  it('keeps its code, status and texts, for every code the activities know', () => {
    const codes: Record<RefusalCode, true> = {
      NOTHING_UNDRAWN: true,
      NOTHING_OWED: true,
      AMOUNT_TOO_SMALL: true,
      AMOUNT_PAYS_ALL: true,
      NO_COOLING_OFF: true,
      COOLING_OFF_OVER: true,
      RESCHEDULE_BEYOND_POLICY: true,
      NO_SCHEDULE: true,
      NO_SUCH_RESCHEDULE: true,
      NO_SUCH_REFUND: true,
      NOT_HELD: true,
      LOAN_SETTLED: true,
      ACT_NOT_SEALED: true,
      NOT_FOUND: true,
      STAGE_DOES_NOT_FIT: true,
      STALE_EVIDENCE: true,
      STALE_VERSION: true,
      HUMAN_ONLY: true,
      FORM_INCOMPLETE: true,
      FORM_INVALID: true,
      FACE_MISSING: true,
      AUTHORISATION_MISSING: true,
      PRODUCT_UNKNOWN: true,
      NO_SUCH_TASK: true,
      ALREADY_CLAIMED: true,
      NOT_YOUR_TASK: true,
      ALREADY_DECIDED: true,
      SELF_APPROVAL: true,
      SAME_PERSON_TWICE: true,
      ABOVE_AUTHORITY: true,
      ABOVE_DECIDED_AMOUNT: true,
      ROLE_DOES_NOT_FIT: true,
      REASON_MISSING: true,
      NO_OPEN_REQUEST: true,
      INFORMATION_PENDING: true,
      LIST_HIT_STANDS: true,
      NO_SUCH_OFFER: true,
      OFFER_EXPIRED: true,
      NO_SUCH_CONTRACT: true,
      DIGEST_DIFFERS: true,
      COST_NOT_DISCLOSED: true,
      DISCLOSURE_UNCONFIRMED: true,
      SIGNING_CODE_MISSING: true,
      SIGNING_OVER: true,
      PARTY_ANSWERED: true,
      NOT_YOUR_TURN: true,
      CO_SIGNER_UNPROVED: true,
      RECORDING_MISSING: true,
      RECORDING_UNREVIEWED: true,
      NO_SUCH_PAYOUT: true,
      PAYOUT_STATE_DOES_NOT_FIT: true,
      FOUR_EYES: true,
      NO_PROPOSAL: true,
      ACTION_DIFFERS: true,
      ALREADY_PROPOSED: true,
      NO_SUCH_CASE: true,
      ACTION_NOT_ALLOWED: true,
      AFTER_ENDING: true,
      TOO_LATE_TO_WITHDRAW: true,
      ALREADY_WITHDRAWING: true,
      CONFLICT_OF_INTEREST: true,
      DELEGATION_NOT_IN_FORCE: true,
      NOBODY_MAY_APPROVE: true,
      NOBODY_HOLDS_IT: true,
      OWN_TASK: true,
      COMMENT_MISSING: true,
      TERMS_DIFFER: true,
      TERMS_OUT_OF_POLICY: true,
      CONDITION_UNKNOWN: true,
      NO_SUCH_CONDITION: true,
      CONDITION_CLOSED: true,
      CONDITION_NOT_ANSWERED: true,
      CONDITION_OPEN: true,
      TOO_LATE_TO_UNDO: true,
    };
    for (const code of Object.keys(codes)) {
      expect(isProblemCode(code), code).toBe(true);
      const problem = problemOfUpdate(refused(code));
      expect(problem.code).toBe(code);
      expect([403, 404, 409, 422]).toContain(problem.status);
    }
  });

  it('that this API does not know is a conflict that shows its code', () => {
    const problem = problemOfUpdate(refused('MOON_PHASE_WRONG'));
    expect(renderProblem(problem, 'en', 'r')).toMatchObject({
      status: 409,
      code: 'MOON_PHASE_WRONG',
    });
  });

  it('is found under the failure of the activity that made it', () => {
    const inner = ApplicationFailure.nonRetryable('x', 'SELF_APPROVAL');
    const activity = new ActivityFailure(
      'failed',
      'decideReview',
      '1',
      'NON_RETRYABLE_FAILURE',
      'w',
      inner,
    );
    expect(problemOfUpdate(new WorkflowUpdateFailedError('failed', activity)).code).toBe(
      'SELF_APPROVAL',
    );
  });

  it('never carries a failure’s text: a type that is no code is an internal failure', () => {
    const problem = problemOfUpdate(refused('张伟 110105199001011234'));
    expect(problem.code).toBe('INTERNAL');
    expect(JSON.stringify(renderProblem(problem, 'zh-CN', 'r'))).not.toContain('110105');
  });
});

describe('a call that does not come through', () => {
  it('to a loan that is over is a conflict after the ending', () => {
    const gone = [
      new WorkflowNotFoundError('gone', 'loan/1', undefined),
      new WorkflowExecutionAlreadyStartedError('started', 'loan/1', 'loanOrigination'),
      grpcError(grpc.NOT_FOUND),
    ];
    for (const error of gone) expect(problemOfUpdate(error).code).toBe('AFTER_ENDING');
  });

  it('asks to come again when time ran out or Temporal is away', () => {
    const away = [
      new WorkflowUpdateRPCTimeoutOrCancelledError('late'),
      grpcError(grpc.UNAVAILABLE),
      grpcError(grpc.DEADLINE_EXCEEDED),
      grpcError(grpc.RESOURCE_EXHAUSTED),
    ];
    for (const error of away) {
      const problem = problemOfUpdate(error);
      expect([problem.code, problem.options.retryAfterSeconds]).toEqual(['UNAVAILABLE', 5]);
    }
  });

  it('for any other reason is an internal failure', () => {
    expect(problemOfUpdate(grpcError(grpc.INTERNAL)).code).toBe('INTERNAL');
    expect(problemOfUpdate(new TypeError('bug')).code).toBe('INTERNAL');
  });
});

it('every problem has both texts, distinct, and a status of its kind', () => {
  for (const [code, { zh, en, status }] of Object.entries(PROBLEMS)) {
    expect(zh, code).toMatch(/[\u4e00-\u9fff].*。$/u);
    expect(en, code).toMatch(/^[A-Z].*\.$/);
    expect(status, code).toBeGreaterThanOrEqual(400);
  }
});

describe('an act that is quicker than the loan', () => {
  it('is told by a refusal that the record does not bear out, and by no other', () => {
    const refusal = refused('PAYOUT_STATE_DOES_NOT_FIT');
    expect(isAheadOfStory(refusal, ['PAYOUT_STATE_DOES_NOT_FIT'])).toBe(true);
    expect(isAheadOfStory(refusal, ['TOO_LATE_TO_WITHDRAW'])).toBe(false);
    expect(isAheadOfStory(refusal, [])).toBe(false);
  });
});
