/** Debits of the borrower's card: never twice for one moment, never for more than is owed, never made up for. */
import { describe, expect, it } from 'vitest';
import { fen, ZERO_FEN } from '../../domain/money.ts';
import { annualRate } from '../../domain/rates.ts';
import { buildSchedule } from '../../domain/schedule.ts';
import { ALLOCATION_ORDER, servicedInstalments } from '../../domain/service.ts';
import type { LoanAccount } from '../../domain/service-account.ts';
import { planDebit } from '../../domain/service-debit.ts';
import { takeIn } from '../../domain/service-quote.ts';

const START = '2026-01-15';
const RULE = { hours: [9, 14, 20], days: 2 };
const schedule = buildSchedule({
  principalFen: fen(10_000_00),
  annualRate: annualRate('12'),
  instalments: 12,
  method: 'EQUAL_INSTALMENT',
  dayCount: 'MONTHS/12',
  startDate: START,
});
const OPENED: LoanAccount = {
  terms: {
    annualRate: annualRate('12'),
    method: 'EQUAL_INSTALMENT',
    dayCount: 'MONTHS/12',
    penaltyMarkupPercent: '50',
    compoundPenalty: false,
    allocation: { order: ALLOCATION_ORDER, principalFirstFromDays: null },
    earlySettlement: [{ fromMonth: 0, percent: '0' }],
    coolingOffDays: 0,
    coolingOffInterest: true,
    holidayRule: 'AS_AGREED',
  },
  disbursedOn: START,
  deductedFeeFen: ZERO_FEN,
  servicedTo: START,
  scheduleVersion: 1,
  versionFrom: START,
  firstMaturity: '2027-01-15',
  instalments: servicedInstalments(schedule),
  unappliedFen: ZERO_FEN,
};

function at(day: string, hour: number, made: readonly string[] = [], paidFen = 0) {
  const { account } = takeIn(OPENED, day, fen(paidFen), null);
  return planDebit(account, { day, hour }, RULE, new Set(made));
}

describe('the debit of an instalment', () => {
  it('waits for the first hour of the due date, and is for what is owed', () => {
    expect(at('2026-02-15', 8)).toEqual({ due: null, next: { day: '2026-02-15', hour: 9 } });
    expect(at('2026-02-15', 9).due).toEqual({ step: 'debit:1:1', amountFen: 888_49 });
    expect(at('2026-02-15', 9, [], 800_00).due?.amountFen).toBe(88_49);
    expect(at('2026-02-15', 9, [], 888_49)).toEqual({ due: null, next: null });
  });

  it('is made once for each moment, with penalty interest on the days after', () => {
    expect(at('2026-02-15', 10, ['debit:1:1'])).toEqual({
      due: null,
      next: { day: '2026-02-15', hour: 14 },
    });
    // 888.49 yuan and a day of 18 % over 360 on 788.49.
    expect(at('2026-02-16', 9).due).toEqual({ step: 'debit:1:4', amountFen: 888_88 });
  });

  it('is not made up for after an outage: of the moments that have passed only the last of the day counts', () => {
    expect(at('2026-02-15', 21).due?.step).toBe('debit:1:3');
    expect(at('2026-02-16', 8)).toEqual({ due: null, next: { day: '2026-02-16', hour: 9 } });
  });

  it('is over after the days of the policy', () => {
    expect(at('2026-02-17', 9)).toEqual({ due: null, next: null });
  });
});
