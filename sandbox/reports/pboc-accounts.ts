/** The account section (PDA) of the central bank's report: balances, dues and histories that agree with one another. */
import type { Json } from '../answer.ts';
import { dayMonthsBefore, monthBefore } from './calendar.ts';
import type { CardFact, CreditProfile, LoanFact } from './credit-profile.ts';

/** An account, with what the summary sections need to know of it. */
export interface AccountSection {
  readonly type: 'D1' | 'R1' | 'R2' | 'R4';
  readonly org: string;
  readonly open: boolean;
  readonly totalYuan: number;
  readonly balanceYuan: number;
  readonly dueYuan: number;
  readonly overdueMonths: readonly OverdueMonth[];
  readonly json: Json;
}

interface OverdueMonth {
  readonly month: string;
  readonly status: string;
  readonly instalments: number;
  readonly amountYuan: number;
}

const HISTORY_MONTHS = 24;
/** Statuses that count as overdue or abnormal in the five-year section. */
const ABNORMAL = '1234567BDZG';
/** Assumed yearly rate of foreign loans, for the instalment the report prints. */
const ASSUMED_YEARLY_RATE = 0.072;

export function accountsOf(
  profile: CreditProfile,
  idNumber: string,
  at: Date,
): readonly AccountSection[] {
  const number = (index: number): string =>
    `AC${idNumber.slice(6, 14)}${String(index).padStart(3, '0')}`;
  return [
    ...profile.loans.map((loan, index) => loanAccount(loan, number(index), at)),
    ...profile.cards.map((card, index) => cardAccount(card, number(500 + index), at)),
  ];
}

/** Exactly 24 months, oldest first; months before the opening read `/`. */
function fullHistory(history: string, monthsOpen: number, settled: boolean): string {
  const padded = history.slice(-HISTORY_MONTHS).padStart(HISTORY_MONTHS, 'N');
  const before = Math.max(0, HISTORY_MONTHS - monthsOpen);
  const lived = '/'.repeat(before) + padded.slice(before);
  return settled ? `${lived.slice(0, HISTORY_MONTHS - 1)}C` : lived;
}

function instalmentOf(loan: LoanFact): number {
  const rate = ASSUMED_YEARLY_RATE / 12;
  const factor = (1 + rate) ** loan.termMonths;
  return Math.round((loan.amountYuan * rate * factor) / (factor - 1));
}

function overdueMonthsOf(
  history: string,
  instalmentYuan: number,
  at: Date,
): readonly OverdueMonth[] {
  return history
    .split('')
    .flatMap((status, index) => {
      if (!ABNORMAL.includes(status)) return [];
      const instalments = /\d/.test(status) ? Number(status) : 8;
      return [
        {
          month: monthBefore(at, HISTORY_MONTHS - 1 - index),
          status,
          instalments,
          amountYuan: instalments * instalmentYuan,
        },
      ];
    })
    .reverse();
}

/** The five-tier class an account of this last status has at least. */
function fiveTierOf(last: string): string {
  if (last === 'B') return '5';
  if (!/[1-7]/.test(last)) return '1';
  const instalments = Number(last);
  return instalments <= 3 ? '2' : instalments <= 6 ? '3' : '4';
}

function loanAccount(loan: LoanFact, number: string, at: Date): AccountSection {
  const settled = loan.settled ?? false;
  const history = fullHistory(loan.history, loan.monthsOpen, settled);
  const instalment = instalmentOf(loan);
  const remaining = settled ? 0 : Math.max(1, loan.termMonths - loan.monthsOpen);
  const balanceYuan = settled ? 0 : Math.round((loan.amountYuan * remaining) / loan.termMonths);
  const last = history.slice(-1);
  const overdue = /[1-7]/.test(last) ? Number(last) : 0;
  const overdueMonths = overdueMonthsOf(history, instalment, at);
  const status = settled ? '3' : last === 'B' ? '4' : overdue > 0 ? '2' : '1';
  const due = settled ? 0 : instalment;
  return {
    type: loan.type,
    org: loan.org,
    open: !settled,
    totalYuan: loan.amountYuan,
    balanceYuan,
    dueYuan: due,
    overdueMonths,
    json: {
      PD01AI01: number,
      PD01AD01: loan.type,
      PD01AD02: loan.orgType,
      PD01AI02: loan.org,
      PD01AD03: loan.business,
      PD01AR01: dayMonthsBefore(at, loan.monthsOpen),
      PD01AJ01: loan.amountYuan,
      PD01AJ02: null,
      PD01AR02: dayMonthsBefore(at, loan.monthsOpen - loan.termMonths),
      PD01AD06: '03',
      PD01AS01: loan.termMonths,
      PD01CD01: status,
      PD01CJ01: balanceYuan,
      PD01CJ02: null,
      PD01CD02: fiveTierOf(last),
      PD01CS01: remaining,
      PD01CJ04: due,
      PD01CJ05: overdue > 0 ? 0 : due,
      PD01CS02: overdue,
      PD01CJ06: overdue * instalment,
      PD01CJ12: null,
      ...historySections(history, overdueMonths, loan.special ?? [], at),
    },
  };
}

function cardAccount(card: CardFact, number: string, at: Date): AccountSection {
  const history = fullHistory(card.history, card.monthsOpen, false);
  const last = history.slice(-1);
  const overdue = /[1-7]/.test(last) ? Number(last) : 0;
  const due = Math.round(card.usedYuan * 0.1);
  const overdueMonths = overdueMonthsOf(history, due, at);
  return {
    type: 'R2',
    org: card.org,
    open: true,
    totalYuan: card.limitYuan,
    balanceYuan: card.usedYuan,
    dueYuan: due,
    overdueMonths,
    json: {
      PD01AI01: number,
      PD01AD01: 'R2',
      PD01AD02: '11',
      PD01AI02: card.org,
      PD01AD03: '81',
      PD01AR01: dayMonthsBefore(at, card.monthsOpen),
      PD01AJ01: null,
      PD01AJ02: card.limitYuan,
      PD01AR02: null,
      PD01AD06: '03',
      PD01AS01: null,
      PD01CD01: last === 'B' ? '5' : '1',
      PD01CJ01: card.usedYuan,
      PD01CJ02: card.usedYuan,
      PD01CD02: fiveTierOf(last),
      PD01CS01: null,
      PD01CJ04: due,
      PD01CJ05: overdue > 0 ? 0 : due,
      PD01CS02: overdue,
      PD01CJ06: overdue * due,
      PD01CJ12: card.usedYuan,
      ...historySections(history, overdueMonths, [], at),
    },
  };
}

function historySections(
  history: string,
  overdueMonths: readonly OverdueMonth[],
  special: readonly string[],
  at: Date,
): { readonly [key: string]: Json } {
  return {
    PD01DR02: monthBefore(at, 0),
    PD01DD01: history,
    PD01E: overdueMonths.map(({ month, status, amountYuan }) => ({
      PD01ER03: month,
      PD01ED01: status,
      PD01EJ01: amountYuan,
    })),
    PD01F: special.map((code) => ({ PD01FD01: code, PD01FR01: dayMonthsBefore(at, 6) })),
  };
}
