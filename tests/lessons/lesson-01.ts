/** Lesson 1: an approval sent early stays latched and approves the loan when it reaches review, or is dropped silently. */
import { describe, expect, test } from 'vitest';
import { fen } from '../../domain/money.ts';
import {
  answerOffer,
  claimReview,
  decideReview,
  type DecideReviewInput,
  releasePayout,
  signContract,
} from '../../workflows/messages.ts';
import type { House } from '../support/house.ts';
import { applyAs, driveTo, reach, statesOf } from '../support/loan.ts';
import { freshKey, heard, human, refusalOf, tell } from './voices.ts';

const REVIEWER = human('reviewer-li', 'reviewer');
const SOME_ID = '00000000-0000-8000-8000-000000000001';

export function lesson01(house: () => House): void {
  describe('lesson 1: an act sent before its stage', () => {
    test('an approval sent before review is refused aloud and does not stay latched', async () => {
      const { sandbox } = house();
      sandbox.addFault({ service: 'pboc', fault: 'down' });
      const loan = await applyAs(house(), 'refer-one', 1);
      await reach(loan, 'BUREAU');
      const early: DecideReviewInput = {
        actor: REVIEWER,
        key: freshKey(),
        taskId: SOME_ID,
        decision: 'APPROVE',
        reasons: ['REVIEW_POSITIVE'],
        sealedComment: '',
        amountFen: fen(4_000_000),
        evidenceVersion: 1,
      };
      await refusalOf(tell(loan, decideReview, early));
      const claim = { actor: REVIEWER, key: freshKey(), taskId: SOME_ID };
      await refusalOf(tell(loan, claimReview, claim));
      sandbox.clearFaults();

      await reach(loan, 'REVIEW/REVIEW');
      expect(await heard(loan)).toEqual(['submit']);
      expect(await statesOf(loan, 'review_tasks')).toEqual(['OPEN']);
      // The very same message, sent again in its stage, is weighed afresh: this one names no task of the loan.
      expect(await refusalOf(tell(loan, decideReview, early))).toBe('NO_SUCH_TASK');
      expect((await reach(loan, 'REVIEW/REVIEW')).stage).toBe('REVIEW');
    });

    test('a signature and a release sent before their stages are refused, and the stages wait for new ones', async () => {
      const loan = await driveTo(await applyAs(house(), 'straight-approval', 1), 'OFFER');
      const says = () => ({ actor: human(loan.subject, 'applicant'), key: freshKey() });
      const signing = { ...says(), contractId: SOME_ID, digestSm3: '0'.repeat(64) };
      const finance = { actor: human('finance-qian', 'finance-maker'), key: freshKey() };
      await refusalOf(tell(loan, signContract, signing));
      await refusalOf(tell(loan, releasePayout, { ...finance, payoutId: SOME_ID }));
      await driveTo(loan, 'SIGN');
      expect((await reach(loan, 'SIGN/SIGNATURE')).pending).toBe('SIGNATURE');
      const late = { ...says(), offerId: SOME_ID, answer: 'DECLINE' } as const;
      expect(await refusalOf(tell(loan, answerOffer, late))).toBe('STAGE_DOES_NOT_FIT');
      expect(await heard(loan)).toEqual(['submit', 'answerOffer']);
    });
  });
}
