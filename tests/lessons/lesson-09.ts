/** Lesson 9: a resubmitted application keeps its old score; scoring fails and review goes on without one. */
import { describe, expect, test } from 'vitest';
import { openTask } from '../../tools/teller/staff.ts';
import { data } from '../../tools/teller/world.ts';
import type { House } from '../support/house.ts';
import { applyAs, eventually, type Loan, reach } from '../support/loan.ts';

async function decidedAgain({ house, id }: Loan): Promise<boolean> {
  const row = await house.db
    .selectFrom('decisions')
    .select('round')
    .where('application_id', '=', id)
    .where('round', '=', 2)
    .executeTakeFirst();
  return row !== undefined;
}

export function lesson09(house: () => House): void {
  describe('lesson 9: evidence that changed is scored again', () => {
    test('an application with new facts is scored and decided on them, and the old score stays on the record', async () => {
      const { world, db } = house();
      const loan = await applyAs(house(), 'refer-one', 6);
      await reach(loan, 'REVIEW/REVIEW');
      const desk = world.as('reviewer', 'reviewer-li').reviews;
      const { id, evidenceVersion } = await openTask(world, loan.id);
      await data(desk.claim(id));
      const items = [{ code: 'INCOME_PROOF', text: 'Please state your income again.' }];
      await data(desk.requestMore(id, { items, evidenceVersion }));
      const { informationRequest } = await reach(loan, 'REVIEW/INFORMATION');
      const { work } = loan.persona.application;
      const pages = { work: { ...work, monthlyIncomeFen: work.monthlyIncomeFen * 2 } };
      const requestId = informationRequest?.id ?? '';
      await data(loan.client.applications.supply(loan.id, { requestId, pages }));
      // Nobody needs to send it back: what was scored has changed, so it is scored again.
      await eventually('a second decision', () => decidedAgain(loan));
      const rounds = await db
        .selectFrom('scores as s')
        .innerJoin('decisions as d', (join) =>
          join.onRef('d.application_id', '=', 's.application_id').onRef('d.round', '=', 's.round'),
        )
        .select([
          's.round',
          's.evidence_version',
          's.variables_sm3',
          'd.evidence_version as decided_on',
        ])
        .where('s.application_id', '=', loan.id)
        .orderBy('s.round')
        .execute();
      expect(rounds).toMatchObject([
        { round: 1, evidence_version: evidenceVersion, decided_on: evidenceVersion },
        { round: 2 },
      ]);
      expect(rounds[1]?.evidence_version).toBeGreaterThan(evidenceVersion);
      expect(rounds[1]?.decided_on).toBe(rounds[1]?.evidence_version);
      expect(rounds[0]?.variables_sm3).not.toBe(rounds[1]?.variables_sm3);
    });

    test('there is no decision in the record without a score of the same round', async () => {
      const { db } = house();
      const blind = await db
        .selectFrom('decisions as d')
        .leftJoin('scores as s', (join) =>
          join.onRef('s.application_id', '=', 'd.application_id').onRef('s.round', '=', 'd.round'),
        )
        .select(['d.application_id', 'd.outcome'])
        .where('s.total', 'is', null)
        .execute();
      expect(blind).toEqual([]);
    });
  });
}
