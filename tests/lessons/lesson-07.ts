/** Lesson 7: no time-out on human approval: the workflow waits for ever. */
import { describe, expect, test } from 'vitest';
import { loanWorkflowId } from '../../workflows/ids.ts';
import { NeedsHuman, SlaDueAt } from '../../workflows/search-attributes.ts';
import type { House } from '../support/house.ts';
import { applyAs, driveTo, type Loan, reach, statesOf } from '../support/loan.ts';
import { untilShown } from './voices.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

async function clocksOf({ house, id }: Loan) {
  return await house.db
    .selectFrom('review_tasks')
    .select(['state', 'reminded_at', 'escalated_at'])
    .where('application_id', '=', id)
    .executeTakeFirstOrThrow();
}

export function lesson07(house: () => House): void {
  describe('lesson 7: waiting for people', () => {
    test('a review that nobody takes is reminded of, then escalated, and never decided by the clock', async () => {
      const loan = await applyAs(house(), 'refer-one', 5);
      await reach(loan, 'REVIEW/REVIEW');
      await untilShown(loan, NeedsHuman, true);
      const { typedSearchAttributes: shown } = await house()
        .client.workflow.getHandle(loanWorkflowId(loan.id))
        .describe();
      expect(shown.get(SlaDueAt)?.getTime()).toBeGreaterThan(Date.now());
      expect(await clocksOf(loan)).toMatchObject({ reminded_at: null, escalated_at: null });
      await house().fastForward(loan.id, 125 * MINUTE_MS);
      expect((await clocksOf(loan)).reminded_at).not.toBeNull();
      expect((await clocksOf(loan)).escalated_at).toBeNull();
      await house().fastForward(loan.id, 120 * MINUTE_MS);
      expect((await clocksOf(loan)).escalated_at).not.toBeNull();
      await house().fastForward(loan.id, 10 * 60 * MINUTE_MS);
      expect((await clocksOf(loan)).state).toBe('OPEN');
      expect((await reach(loan, 'REVIEW/REVIEW')).stage).toBe('REVIEW');
    });

    test('an offer that nobody answers expires', async () => {
      const loan = await driveTo(await applyAs(house(), 'straight-approval', 7), 'OFFER');
      await house().fastForward(loan.id, 8 * DAY_MS);
      await reach(loan, 'EXPIRED');
      expect(await statesOf(loan, 'offers')).toEqual(['EXPIRED']);
    });
  });
}
