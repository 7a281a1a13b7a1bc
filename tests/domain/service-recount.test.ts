/** Money that is told of late: the loan's account ends as if it had been told on its day. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../domain/calendar.ts';
import { fen, sumFen, ZERO_FEN } from '../../domain/money.ts';
import { advanceTo } from '../../domain/service-account.ts';
import { takeIn } from '../../domain/service-quote.ts';
import { takenBack, takeInLate, valueDay } from '../../domain/service-recount.ts';
import { anyTerms, inSteps, opened, part, START } from './accounts.ts';

describe('money whose notice comes late', () => {
  const anyLate = fc.record({
    before: fc.array(
      fc.record({
        days: fc.integer({ min: 0, max: 60 }),
        amount: fc.integer({ min: 1, max: 2_500_00 }).map((amount) => fen(amount)),
      }),
      { maxLength: 5 },
    ),
    valueAfter: fc.integer({ min: 0, max: 90 }),
    seenAfter: fc.integer({ min: 0, max: 90 }),
    toldAfter: fc.integer({ min: 0, max: 40 }),
    amount: fc.integer({ min: 1, max: 12_000_00 }).map((amount) => fen(amount)),
    every: fc.integer({ min: 1, max: 40 }),
  });

  it('ends with the account of money that was told on its day, and takes back what the lateness had cost', () => {
    let costly = 0;
    fc.assert(
      fc.property(anyTerms, anyLate, (terms, late) => {
        let account = opened(terms);
        let day = START;
        for (const { days, amount } of late.before) {
          day = addDays(day, days);
          account = takeIn(account, day, amount, null).account;
        }
        const valueOn = addDays(day, late.valueAfter);
        const seenOn = addDays(valueOn, late.seenAfter);
        const toldOn = addDays(seenOn, late.toldAfter);
        const inTime = takeIn(account, valueOn, late.amount, null);
        const wanted = advanceTo(inTime.account, toldOn).account;
        // Nobody knew of the money: the account was counted to a later day, however often somebody looked.
        const unaware = takeIn(
          inSteps(account, seenOn, late.every),
          seenOn,
          ZERO_FEN,
          null,
        ).account;
        const told = takeInLate(unaware, { valueOn, on: toldOn }, late.amount, null);
        expect(told.account).toEqual(wanted);
        expect(told.allocations).toEqual(inTime.allocations);
        const charged = part(unaware, 'penaltyFen') - takenBack(told.recounts);
        const since = sumFen(told.accruals.map((one) => one.chargedFen));
        expect(part(wanted, 'penaltyFen')).toBe(charged + since);
        if (told.recounts.length > 0) costly += 1;
      }),
      { numRuns: 300 },
    );
    expect(costly).toBeGreaterThan(20);
  });

  it('counts from the bank’s day by any clock of the loan, and from no day to come', () => {
    expect(valueDay('2026-11-20', '2026-11-24', '2026-11-24')).toBe('2026-11-20');
    expect(valueDay('2026-11-24', '2026-11-24', '2026-11-24')).toBe('2026-11-24');
    // Told on the day, recorded after midnight: nobody is late.
    expect(valueDay('2026-11-24', '2026-11-25', '2026-11-24')).toBe('2026-11-24');
    // A loan whose clock is ahead, as in rehearsals.
    expect(valueDay('2026-11-20', '2026-11-24', '2027-03-10')).toBe('2027-03-06');
    expect(valueDay('2026-11-30', '2026-11-24', '2026-11-24')).toBe('2026-11-24');
  });
});
