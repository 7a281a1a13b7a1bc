/** The account of a loan in service: quotes are what allocation takes, and time passes the same in days or in one leap. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, daysBetween } from '../../domain/calendar.ts';
import { type Fen, fen, sumFen, ZERO_FEN } from '../../domain/money.ts';
import { outstanding, sumParts, totalParts } from '../../domain/service.ts';
import { advanceTo, isPaid, owedNow, receive } from '../../domain/service-account.ts';
import { quote, takeIn } from '../../domain/service-quote.ts';
import {
  planPrepayment,
  type PrepaymentAsk,
  reschedule,
  underVersion,
} from '../../domain/service-schedule.ts';
import { anyTerms, inSteps, opened, part, START } from './accounts.ts';

const anyAsk: fc.Arbitrary<PrepaymentAsk | null> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant<PrepaymentAsk>({ kind: 'SETTLE' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('PARTIAL' as const),
      amountFen: fc.integer({ min: 1, max: 9_000_00 }).map((amount) => fen(amount)),
      choice: fc.constantFrom('LOWER_PAYMENT' as const, 'SHORTER_TERM' as const),
    }),
  },
);
const anySteps = fc.array(
  fc.record({
    days: fc.integer({ min: 0, max: 75 }),
    amount: fc.integer({ min: 1, max: 2_500_00 }).map((amount) => fen(amount)),
    ask: anyAsk,
  }),
  { minLength: 1, maxLength: 12 },
);

describe('a quote', () => {
  it('is to the fen what the allocation takes on that day, whatever happened before and however often anybody looked', () => {
    fc.assert(
      fc.property(anyTerms, anySteps, fc.integer({ min: 1, max: 40 }), (terms, steps, every) => {
        let account = opened(terms);
        let on = START;
        for (const { days, amount, ask } of steps) {
          on = addDays(on, days);
          const said = quote(account, on, ask ?? { kind: 'DUE' }, amount);
          const taken = takeIn(inSteps(account, on, every), on, amount, ask);
          if (said.ok) {
            const given = [...taken.allocations, ...(taken.prepaid?.allocations ?? [])];
            expect(totalParts(said.quote.allocations)).toEqual(totalParts(given));
            expect(said.quote.unappliedFen).toBe(taken.account.unappliedFen);
          } else expect(taken.prepaid).toBeNull();
          account = taken.account;
        }
      }),
      { numRuns: 150 },
    );
  });

  it('of what must come in settles the loan with nothing left over, and one fen less does not', () => {
    fc.assert(
      fc.property(anyTerms, anySteps, fc.integer({ min: 0, max: 60 }), (terms, steps, later) => {
        let account = opened(terms);
        let on = START;
        for (const { days, amount } of steps.slice(0, 5)) {
          on = addDays(on, days);
          account = takeIn(account, on, amount, null).account;
        }
        on = addDays(on, later);
        const said = quote(account, on, { kind: 'SETTLE' });
        if (!said.ok || said.quote.toPayFen <= 1) return;
        const { toPayFen } = said.quote;
        const ask = { kind: 'SETTLE' } as const;
        const settled = takeIn(account, on, toPayFen, ask);
        expect(isPaid(settled.account)).toBe(true);
        expect(settled.account.unappliedFen).toBe(0);
        expect(isPaid(takeIn(account, on, fen(toPayFen - 1), ask).account)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('is refused for a day that the account has passed', () => {
    const { account } = advanceTo(opened(), '2026-03-01');
    expect(quote(account, '2026-02-28', { kind: 'DUE' })).toEqual({
      ok: false,
      reason: 'DATE_PASSED',
    });
  });
});

describe('an account', () => {
  it('conserves money and principal through every history', () => {
    fc.assert(
      fc.property(anyTerms, anySteps, (terms, steps) => {
        let account = opened(terms);
        let on = START;
        let paidIn = 0;
        for (const { days, amount, ask } of steps) {
          on = addDays(on, days);
          account = takeIn(account, on, amount, ask).account;
          paidIn += amount;
        }
        const paid = sumFen(account.instalments.map((i) => sumParts(i.paid)));
        expect(paid + account.unappliedFen).toBe(paidIn);
        expect(part(account, 'principalFen')).toBe(10_000_00);
        expect(account.instalments.every((i) => outstanding(i) >= 0)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('accrues penalty interest on overdue principal from the day after the due date, exactly, at the raised rate', () => {
    const { account, accruals } = advanceTo(opened(), '2026-02-25');
    // 788.49 yuan of principal, 18 % a year over 360, ten days: 3.94245 yuan.
    expect(part(account, 'penaltyFen')).toBe(3_94);
    expect(accruals).toEqual([
      {
        number: 1,
        from: '2026-02-15',
        until: '2026-02-25',
        principalFen: 788_49,
        interestFen: 0,
        chargedFen: 3_94,
      },
    ]);
    let daily = opened();
    for (let day = addDays(START, 1); day <= '2026-02-25'; day = addDays(day, 1))
      daily = advanceTo(daily, day).account;
    expect(daily).toEqual(account);
  });

  it('charges penalty interest on overdue interest only where the contract agrees on it', () => {
    const plain = advanceTo(opened(), '2026-03-14').account;
    const compound = advanceTo(opened({ compoundPenalty: true }), '2026-03-14').account;
    // 27 days on 788.49, and on 888.49 with the 100 yuan of interest.
    expect(part(plain, 'penaltyFen')).toBe(Math.round((788_49 * 27 * 18) / 36_000));
    expect(part(compound, 'penaltyFen')).toBe(Math.round((888_49 * 27 * 18) / 36_000));
  });

  it('charges nothing for a due date that waits for the next business day, and counts from that day when it passes', () => {
    const account = opened();
    const shifted = {
      ...account,
      instalments: account.instalments.map((i) =>
        i.number === 1 ? { ...i, payableUntil: '2026-02-24' } : i,
      ),
    };
    expect(part(advanceTo(shifted, '2026-02-24').account, 'penaltyFen')).toBe(0);
    const late = advanceTo(shifted, '2026-02-26');
    expect(late.accruals).toMatchObject([{ from: '2026-02-24', until: '2026-02-26' }]);
  });

  it('holds what is paid before it is due, and the due date takes it', () => {
    const early = takeIn(opened(), '2026-01-20', fen(1_000_00), null);
    expect(early.allocations).toEqual([]);
    expect(early.account.unappliedFen).toBe(1_000_00);
    const due = advanceTo(early.account, '2026-02-15');
    expect(due.uses).toHaveLength(1);
    expect(due.account.unappliedFen).toBe(1_000_00 - 888_49);
    expect(sumParts(owedNow(due.account, '2026-02-15'))).toBe(0);
  });

  it('pays principal first once the loan is 91 days late, and interest first before', () => {
    const on = (days: number) => {
      const day = addDays('2026-02-15', days);
      return receive(advanceTo(opened(), day).account, day, fen(500_00)).allocations[0];
    };
    expect(on(90)?.interestFen).toBe(100_00);
    expect(on(91)).toMatchObject({ interestFen: 0, penaltyFen: 0, principalFen: 500_00 });
  });

  it('takes no money that is nothing or less', () => {
    expect(() => receive(opened(), START, ZERO_FEN)).toThrow(RangeError);
    expect(() => receive(opened(), START, -1 as Fen)).toThrow(RangeError);
  });
});

describe('a prepayment', () => {
  const afterFirst = takeIn(opened(), '2026-02-15', fen(888_49), null).account;

  it('in full costs interest for the days since the last due date and the fee of the contract', () => {
    const later = advanceTo(afterFirst, '2026-02-25').account;
    const planned = planPrepayment(later, '2026-02-25', { kind: 'SETTLE' });
    const principal = 10_000_00 - 788_49;
    expect(planned).toMatchObject({
      ok: true,
      plan: {
        parts: {
          principalFen: principal,
          interestFen: Math.round((principal * 10 * 12) / 36_000),
          feeFen: 0,
        },
      },
    });
    const dear = {
      ...later,
      terms: { ...later.terms, earlySettlement: [{ fromMonth: 0, percent: '1' }] },
    };
    expect(planPrepayment(dear, '2026-02-25', { kind: 'SETTLE' })).toMatchObject({
      plan: { parts: { feeFen: Math.round(principal / 100) } },
    });
  });

  it('in part keeps the term and lowers the payment, or keeps the payment and shortens the term', () => {
    const ask = { kind: 'PARTIAL', amountFen: fen(4_000_00) } as const;
    const by = (choice: 'LOWER_PAYMENT' | 'SHORTER_TERM') => {
      const taken = takeIn(afterFirst, '2026-02-25', fen(4_000_00), { ...ask, choice });
      expect(taken.prepaid).not.toBeNull();
      return taken.account.instalments.filter((i) => i.accruedOn === null);
    };
    const lower = by('LOWER_PAYMENT');
    const shorter = by('SHORTER_TERM');
    expect(lower).toHaveLength(11);
    expect(
      sumParts(
        lower[1]?.due ??
          afterFirst.instalments[0]?.due ?? {
            feeFen: ZERO_FEN,
            penaltyFen: ZERO_FEN,
            interestFen: ZERO_FEN,
            principalFen: ZERO_FEN,
          },
      ),
    ).toBeLessThan(888_49);
    expect(shorter.length).toBeLessThan(8);
    expect(Math.max(...shorter.map((i) => sumParts(i.due)))).toBeLessThanOrEqual(888_49);
    expect(lower[0]?.dueDate).toBe('2026-03-15');
  });

  it('is not carried out before its money is there, and not while anything is due', () => {
    const ask = { kind: 'SETTLE' } as const;
    const short = takeIn(afterFirst, '2026-02-25', fen(100_00), ask);
    expect(short.prepaid).toBeNull();
    expect(short.account.unappliedFen).toBe(100_00);
  });

  it('in the cooling-off time gives back what was received for the interest of the days, and is refused afterwards', () => {
    const account = {
      ...opened({ coolingOffDays: 7, earlySettlement: [{ fromMonth: 0, percent: '3' }] }),
      deductedFeeFen: fen(200_00),
    };
    const ask = { kind: 'COOLING_OFF' } as const;
    const said = quote(account, '2026-01-20', ask);
    expect(said).toMatchObject({
      ok: true,
      quote: { owed: { principalFen: 9_800_00, interestFen: 16_67, feeFen: 0 } },
    });
    const back = takeIn(account, '2026-01-22', fen(10_000_00), ask);
    expect(back.prepaid?.plan.reason).toBe('COOLING_OFF');
    expect(isPaid(back.account)).toBe(true);
    expect(quote(account, '2026-01-23', ask)).toEqual({ ok: false, reason: 'COOLING_OFF_OVER' });
    expect(quote(opened(), '2026-01-16', ask)).toEqual({ ok: false, reason: 'NO_COOLING_OFF' });
  });
});

describe('rescheduling', () => {
  it('spreads all unpaid principal anew, makes no interest principal, and ends being late', () => {
    fc.assert(
      fc.property(
        anyTerms,
        anySteps,
        fc.constantFrom('DEFER' as const, 'RESTRUCTURE' as const),
        fc.integer({ min: 1, max: 12 }),
        (terms, steps, kind, months) => {
          let account = opened(terms);
          let on = START;
          for (const { days, amount } of steps.slice(0, 4)) {
            on = addDays(on, days);
            account = takeIn(account, on, amount, null).account;
          }
          const before = account.instalments.reduce(
            (sum, i) => sum + i.due.principalFen - i.paid.principalFen,
            0,
          );
          const made = reschedule(account, on, { kind, months }, 24);
          if (!made.ok) return;
          const after = underVersion(account, on, made.instalments);
          expect(
            after.instalments.reduce((sum, i) => sum + i.due.principalFen - i.paid.principalFen, 0),
          ).toBe(before);
          expect(sumParts(owedNow(after, on))).toBe(0);
          expect(new Set(after.instalments.map((i) => i.number)).size).toBe(
            after.instalments.length,
          );
          const said = quote(after, addDays(on, 200), { kind: 'SETTLE' });
          if (said.ok)
            expect(
              isPaid(
                takeIn(after, addDays(on, 200), said.quote.toPayFen, { kind: 'SETTLE' }).account,
              ),
            ).toBe(said.quote.toPayFen > 0 || isPaid(after));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('does not go beyond what the policy allows past the first schedule', () => {
    const account = opened();
    expect(reschedule(account, '2026-01-20', { kind: 'DEFER', months: 3 }, 2)).toEqual({
      ok: false,
      reason: 'BEYOND_POLICY',
    });
    const made = reschedule(account, '2026-01-20', { kind: 'DEFER', months: 2 }, 2);
    expect(made.ok && made.instalments.at(-1)?.dueDate).toBe('2027-03-15');
    expect(
      made.ok &&
        daysBetween(
          '2026-04-15',
          made.instalments.find((i) => i.due.principalFen > 0)?.dueDate ?? '',
        ),
    ).toBe(0);
  });
});
