/** Lesson 15: two active schedules of one loan, and rejected applications that can still be processed. */
import { describe, expect, test } from 'vitest';
import { openLoan } from '../../activities/service/open.ts';
import { ENDINGS, refuseTransition, STAGES, SYSTEM, TIMER } from '../../domain/journey.ts';
import { openTask, review } from '../../tools/teller/staff.ts';
import type { House } from '../support/house.ts';
import { applyAs, driveTo, loanIdOf, reach } from '../support/loan.ts';
import { human, problemOf, untilClosed } from './voices.ts';

const DECLINE = { decision: 'DECLINE', reasons: ['REVIEW_CAPACITY'] } as const;

export function lesson15(house: () => House): void {
  describe('lesson 15: one schedule, and endings that end', () => {
    test('opening a loan again, as a retry does, gives the same loan with the same one schedule', async () => {
      const { db, deps } = house();
      const loan = await driveTo(await applyAs(house(), 'straight-approval', 40), 'SERVICE');
      const loanId = await loanIdOf(loan);
      const schedule = () =>
        db
          .selectFrom('instalments as i')
          .innerJoin('loans as l', 'l.id', 'i.loan_id')
          .select(['l.id', 'i.number', 'i.due_date', 'i.principal_fen'])
          .where('l.application_id', '=', loan.id)
          .orderBy('i.number')
          .execute();
      const before = await schedule();
      const { disbursed_on: disbursedOn } = await db
        .selectFrom('loans')
        .select('disbursed_on')
        .where('id', '=', loanId)
        .executeTakeFirstOrThrow();
      const again = await openLoan(deps, { applicationId: loan.id, disbursedOn });
      expect(again.loanId).toBe(loanId);
      expect(await schedule()).toEqual(before);
      expect(before.map((row) => row.number)).toEqual(before.map((_, index) => index + 1));
    });

    test('a declined application is processed no further, whoever asks for whatever', async () => {
      const { world, db } = house();
      const loan = await applyAs(house(), 'refer-then-declined', 1);
      await reach(loan, 'REVIEW/REVIEW');
      const task = await openTask(world, loan.id);
      await review(world, loan.id, 'senior-reviewer', 'senior-zhao', DECLINE);
      await reach(loan, 'DECLINED');
      await untilClosed(loan);
      const { evidenceVersion } = task;
      const desk = world.as('senior-reviewer', 'senior-zhao').reviews;
      const approval = {
        decision: 'APPROVE' as const,
        reasons: ['REVIEW_POSITIVE'],
        comment: 'Looked into.',
        amountFen: task.amountFen ?? 0,
        evidenceVersion,
      };
      const { applications } = loan.client;
      const asked = [
        desk.claim(task.id),
        desk.decide(task.id, approval),
        desk.returnTo(task.id, {
          stage: 'SCORE',
          reasons: ['REVIEW_POSITIVE'],
          comment: 'Looked into.',
          evidenceVersion,
        }),
        applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' }),
        applications.submit(loan.id, { evidenceVersion }),
      ];
      for (const answering of asked) expect(await problemOf(answering)).toBe('AFTER_ENDING');
      const { stage, version } = await db
        .selectFrom('applications')
        .select(['stage', 'version'])
        .where('id', '=', loan.id)
        .executeTakeFirstOrThrow();
      const moves = await db
        .selectFrom('journey_events')
        .select('to_stage')
        .where('application_id', '=', loan.id)
        .orderBy('number')
        .execute();
      expect(stage).toBe('DECLINED');
      expect(moves).toHaveLength(version);
      expect(moves.at(-1)).toEqual({ to_stage: 'DECLINED' });
    });

    test('no transition leads out of an ending, for nobody', () => {
      for (const from of ENDINGS)
        for (const to of STAGES)
          for (const actor of [SYSTEM, TIMER, human('risk-sun', 'risk-officer')])
            expect(refuseTransition(from, to, actor)).toBe('NO_SUCH_TRANSITION');
    });
  });
}
