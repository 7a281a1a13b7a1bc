/** Lesson 2: approvals without actor, amount, stage or evidence version; anybody, any time, and the last one wins. */
import { describe, expect, test } from 'vitest';
import { fen } from '../../domain/money.ts';
import { openTask } from '../../tools/teller/staff.ts';
import { data } from '../../tools/teller/world.ts';
import { decideReview } from '../../workflows/messages.ts';
import type { House } from '../support/house.ts';
import { applyAs, reach } from '../support/loan.ts';
import { freshKey, human, problemOf, refusalOf, tell } from './voices.ts';

export function lesson02(house: () => House): void {
  describe('lesson 2: who approves what, and on which evidence', () => {
    test('an approval counts only from the holder of the task, for the amount and the evidence that stand', async () => {
      const { world, db } = house();
      const loan = await applyAs(house(), 'refer-one', 2);
      await reach(loan, 'REVIEW/REVIEW');
      const { id, amountFen, evidenceVersion } = await openTask(world, loan.id);
      const asked = amountFen ?? 0;
      const [li, wang] = ['reviewer-li', 'reviewer-wang'].map((who) => world.as('reviewer', who));
      if (li === undefined || wang === undefined) throw new Error('nobody reviews');
      const approval = {
        decision: 'APPROVE' as const,
        reasons: ['REVIEW_POSITIVE'],
        comment: 'Looked into.',
        amountFen: asked,
        evidenceVersion,
      };
      expect(await problemOf(li.reviews.decide(id, approval))).toBe('NOT_YOUR_TASK');
      await data(li.reviews.claim(id));
      const refused = async (change: Partial<typeof approval>) =>
        await problemOf(li.reviews.decide(id, { ...approval, ...change }));
      expect(await refused({ evidenceVersion: evidenceVersion + 1 })).toBe('STALE_EVIDENCE');
      expect(await refused({ amountFen: asked + 100_00 })).toBe('ABOVE_DECIDED_AMOUNT');
      expect(await refused({ reasons: [] })).toBe('VALIDATION_FAILED');
      expect(await problemOf(wang.reviews.decide(id, approval))).toBe('NOT_YOUR_TASK');
      expect(await problemOf(loan.client.reviews.decide(id, approval))).toBe('ROLE_MISSING');

      // Past the API it is no easier: the loan asks for the role again.
      const asApplicant = {
        ...approval,
        actor: human('reviewer-li', 'finance-checker'),
        key: freshKey(),
        taskId: id,
        sealedComment: '',
        amountFen: fen(asked),
      };
      expect(await refusalOf(tell(loan, decideReview, asApplicant))).toBe('ROLE_DOES_NOT_FIT');

      expect((await reach(loan, 'REVIEW/REVIEW')).stage).toBe('REVIEW');
      await data(li.reviews.decide(id, approval));
      const second = wang.reviews.decide(id, { ...approval, decision: 'DECLINE' });
      expect(await problemOf(second)).toBe('STAGE_DOES_NOT_FIT');
      const acts = await db
        .selectFrom('review_actions')
        .select(['actor', 'actor_role', 'action', 'amount_fen', 'evidence_version'])
        .where('application_id', '=', loan.id)
        .execute();
      expect(acts.filter(({ action }) => action !== 'CLAIM')).toEqual([
        {
          actor: 'reviewer-li',
          actor_role: 'reviewer',
          action: 'APPROVE',
          amount_fen: asked,
          evidence_version: evidenceVersion,
        },
      ]);
    });

    test('nobody decides on their own application, whatever roles they hold', async () => {
      const { world } = house();
      const loan = await applyAs(house(), 'refer-one', 3);
      await reach(loan, 'REVIEW/REVIEW');
      const { id } = await openTask(world, loan.id);
      const own = world.as('reviewer', loan.subject);
      expect(await problemOf(own.reviews.claim(id))).toBe('SELF_APPROVAL');
    });
  });
}
