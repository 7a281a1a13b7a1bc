/** Accounts of loans for tests: opened on one day, under any terms, and looked at however often. */
import * as fc from 'fast-check';
import { addDays } from '../../domain/calendar.ts';
import type { DayCount, RepaymentMethod } from '../../domain/loan-terms.ts';
import { fen, ZERO_FEN } from '../../domain/money.ts';
import { annualRate } from '../../domain/rates.ts';
import { buildSchedule } from '../../domain/schedule.ts';
import { ALLOCATION_ORDER, type Part, servicedInstalments } from '../../domain/service.ts';
import type { LoanAccount } from '../../domain/service-account.ts';
import { takeIn } from '../../domain/service-quote.ts';
import type { ServicingTerms } from '../../domain/service-terms.ts';

/** The day on which the accounts begin. */
export const START = '2026-01-15';
const TERMS: ServicingTerms = {
  annualRate: annualRate('12'),
  method: 'EQUAL_INSTALMENT',
  dayCount: 'MONTHS/12',
  penaltyMarkupPercent: '50',
  compoundPenalty: false,
  allocation: { order: ALLOCATION_ORDER, principalFirstFromDays: 91 },
  earlySettlement: [{ fromMonth: 0, percent: '0' }],
  coolingOffDays: 0,
  coolingOffInterest: true,
  holidayRule: 'AS_AGREED',
};

/** An account of twelve instalments on its first day. */
export function opened(
  terms: Partial<ServicingTerms> = {},
  principalFen = fen(10_000_00),
): LoanAccount {
  const all = { ...TERMS, ...terms };
  const schedule = buildSchedule({
    principalFen,
    annualRate: all.annualRate,
    instalments: 12,
    method: all.method,
    dayCount: all.dayCount,
    startDate: START,
  });
  return {
    terms: all,
    disbursedOn: START,
    deductedFeeFen: ZERO_FEN,
    servicedTo: START,
    scheduleVersion: 1,
    versionFrom: START,
    firstMaturity: schedule.instalments.at(-1)?.dueDate ?? START,
    instalments: servicedInstalments(schedule),
    unappliedFen: ZERO_FEN,
  };
}

/** What is charged of a part over all instalments. */
export const part = (account: LoanAccount, name: Part): number =>
  account.instalments.reduce((sum, i) => sum + i.due[name], 0);

const METHODS: readonly RepaymentMethod[] = [
  'EQUAL_INSTALMENT',
  'EQUAL_PRINCIPAL',
  'INTEREST_FIRST',
  'BULLET',
];
const COUNTS: readonly DayCount[] = ['MONTHS/12', 'ACT/360', 'ACT/365', '30/360'];
/** Terms of any method, count, rate and fee. */
export const anyTerms = fc.record({
  method: fc.constantFrom(...METHODS),
  dayCount: fc.constantFrom(...COUNTS),
  compoundPenalty: fc.boolean(),
  earlySettlement: fc
    .constantFrom('0', '1', '0.5', '3')
    .map((percent) => [{ fromMonth: 0, percent }]),
  coolingOffDays: fc.constantFrom(0, 7, 20),
  annualRate: fc.constantFrom(annualRate('7.2'), annualRate('14.4'), annualRate('23.99')),
});
/** Looks at the account every few days on the way, as a workflow that woke often would. */
export function inSteps(account: LoanAccount, on: string, every: number): LoanAccount {
  let now = account;
  for (let day = addDays(now.servicedTo, every); day < on; day = addDays(day, every))
    now = takeIn(now, day, ZERO_FEN, null).account;
  return now;
}
