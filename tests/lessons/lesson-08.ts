/** Lesson 8: the payout is sent inside a database transaction without a key: a lost reply makes a second payment. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { release } from '../../tools/teller/staff.ts';
import type { House } from '../support/house.ts';
import { applyAs, driveTo, eventually, reach, statesOf } from '../support/loan.ts';
import { transfersTo } from '../support/outside.ts';

/** Locks that others hold on tables of the house. */
async function locksHeld({ db, config }: House): Promise<number> {
  const { rows } = await sql<{ held: number }>`
    select count(*)::integer as held from pg_locks l
      join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = ${config.database.schema} and l.pid <> pg_backend_pid()`.execute(db);
  return rows[0]?.held ?? Number.NaN;
}

export function lesson08(house: () => House): void {
  describe('lesson 8: paying out', () => {
    test('the request is on the record and no transaction is open while the bank is asked', async () => {
      const { sandbox, world } = house();
      const loan = await driveTo(await applyAs(house(), 'straight-approval', 8), 'DISBURSE');
      const card = loan.persona.application.loan.bankCardNumber;
      const slow = { fault: 'delay', delayMs: 3_000, count: 1 } as const;
      sandbox.addFault({ service: 'bank', operation: 'transfer', ...slow });
      await release(world, loan.id);
      await eventually('the bank to be asked', async () => (await transfersTo(house(), card))[0]);
      expect(await statesOf(loan, 'payouts')).toEqual(['SENT']);
      // The notices' relay looks into its table every second; between two looks nothing of ours is locked.
      await eventually('a moment without locks', async () => (await locksHeld(house())) === 0);
      expect(await statesOf(loan, 'payouts')).toEqual(['SENT']);
      await reach(loan, 'SERVICE');
    });

    test('a payout whose reply was lost is asked about and found, and the money has moved once', async () => {
      const { sandbox, world } = house();
      const loan = await driveTo(await applyAs(house(), 'straight-approval', 9), 'DISBURSE');
      const card = loan.persona.application.loan.bankCardNumber;
      sandbox.addFault({ service: 'bank', operation: 'transfer', fault: 'drop-reply', count: 1 });
      await release(world, loan.id);
      await reach(loan, 'SERVICE', 40_000);
      expect(await statesOf(loan, 'payouts')).toEqual(['PAID']);
      const payout = await house()
        .db.selectFrom('payouts')
        .select(['request_no', 'amount_fen'])
        .where('application_id', '=', loan.id)
        .executeTakeFirstOrThrow();
      expect(await transfersTo(house(), card)).toMatchObject([
        { status: 'PAID', requestNo: payout.request_no, amountFen: payout.amount_fen },
      ]);
    });
  });
}
