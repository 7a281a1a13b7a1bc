/** Lesson 13: maker-checker is bypassed by a second route, what is pending is invisible, and "waits for a checker" reads "done". */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { fen } from '../../domain/money.ts';
import { APPROVE, openTask, heldPayoutOf, release, review } from '../../tools/teller/staff.ts';
import { data } from '../../tools/teller/world.ts';
import { claimReview, decideReview, resolvePayout } from '../../workflows/messages.ts';
import type { House } from '../support/house.ts';
import { applyAs, driveTo, reach } from '../support/loan.ts';
import { freshKey, human, problemOf, refusalOf, tell } from './voices.ts';

const MAKER = 'senior-zhao';

export function lesson13(house: () => House): void {
  describe('lesson 13: four eyes', () => {
    test('the maker of an approval cannot be its checker by the API, past it, or in the tables, and what is pending shows', async () => {
      const { world, db } = house();
      const loan = await applyAs(house(), 'refer-two-people', 1);
      await reach(loan, 'REVIEW/REVIEW');
      const answered = await review(world, loan.id, 'senior-reviewer', MAKER, APPROVE);
      expect(answered).toMatchObject({ stage: 'REVIEW', pending: 'SECOND_REVIEW' });
      expect(await reach(loan, 'REVIEW/SECOND_REVIEW')).toMatchObject({ pending: 'SECOND_REVIEW' });
      const task = await openTask(world, loan.id);
      expect(task).toMatchObject({ level: 2, state: 'OPEN', pending: 'SECOND_REVIEW' });

      const again = world.as('risk-officer', MAKER).reviews;
      expect(await problemOf(again.claim(task.id))).toBe('SAME_PERSON_TWICE');
      const says = { actor: human(MAKER, 'risk-officer'), taskId: task.id };
      const claim = { ...says, key: freshKey() };
      expect(await refusalOf(tell(loan, claimReview, claim))).toBe('SAME_PERSON_TWICE');
      const approval = {
        ...says,
        key: freshKey(),
        decision: 'APPROVE' as const,
        reasons: ['REVIEW_POSITIVE'],
        sealedComment: '',
        amountFen: fen(task.amountFen ?? 0),
        evidenceVersion: task.evidenceVersion,
      };
      expect(await refusalOf(tell(loan, decideReview, approval))).toBe('NOT_YOUR_TASK');
      const row = db.insertInto('review_actions').values({
        id: randomUUID(),
        task_id: task.id,
        application_id: loan.id,
        round: 1,
        actor: MAKER,
        actor_role: 'risk-officer',
        action: 'APPROVE',
        reasons: ['REVIEW_POSITIVE'],
        sealed_comment: null,
        amount_fen: fen(task.amountFen ?? 0),
        evidence_version: task.evidenceVersion,
        cause: freshKey(),
      });
      await expect(row.execute()).rejects.toThrow('review_one_approval_each');

      await review(world, loan.id, 'risk-officer', 'risk-sun', APPROVE);
      expect((await reach(loan, 'OFFER')).stage).toBe('OFFER');
    });

    test('a payout that did not reach the borrower is tried again by two people or not at all, and the proposal shows', async () => {
      const { world } = house();
      const loan = await driveTo(await applyAs(house(), 'payout-refused', 1), 'DISBURSE');
      await release(world, loan.id);
      await reach(loan, 'DISBURSE/PAYOUT_RETRY');
      const payout = await heldPayoutOf(world, loan.id);
      const desk = world.as('finance-maker', 'finance-qian').payouts;
      const act = { action: 'CANCEL', reason: 'ACCOUNT_CHECKED' } as const;
      expect(await data(desk.propose(payout.id, act))).toMatchObject({
        stage: 'DISBURSE',
        pending: 'PAYOUT_RETRY_APPROVAL',
      });
      await reach(loan, 'DISBURSE/PAYOUT_RETRY_APPROVAL');
      expect((await heldPayoutOf(world, loan.id)).proposal).toMatchObject({
        action: 'CANCEL',
        proposedBy: 'finance-qian',
        approvedBy: null,
      });
      expect(await problemOf(desk.approve(payout.id, act))).toBe('ROLE_MISSING');
      // Nor is it any use to the maker to have become a checker since.
      const since = world.as('finance-checker', 'finance-qian').payouts;
      expect(await problemOf(since.approve(payout.id, act))).toBe('FOUR_EYES');
      const past = {
        ...act,
        actor: human('finance-qian', 'finance-checker'),
        key: freshKey(),
        payoutId: payout.id,
        step: 'APPROVE' as const,
      };
      expect(await refusalOf(tell(loan, resolvePayout, past))).toBe('FOUR_EYES');
      await data(world.as('finance-checker', 'finance-zhou').payouts.approve(payout.id, act));
      await reach(loan, 'CANCELLED');
    });
  });
}
