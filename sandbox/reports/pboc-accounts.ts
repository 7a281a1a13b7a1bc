/** The account section (PDA) of the central bank's report: balances, dues and histories that agree with one another. */
import type { Json } from '../answer.ts';
import { dayMonthsBefore, firstOfMonth, monthBefore } from './calendar.ts';
import {
  type CardFact,
  type CreditProfile,
  type LoanFact,
  type OlderMonth,
  PUNCTUAL,
} from './credit-profile.ts';

/** An account, with what the summary sections need to know of it. */
export interface AccountSection {
  readonly type: 'D1' | 'R1' | 'R2' | 'R3' | 'R4' | 'C1';
  readonly org: string;
  readonly business: string;
  readonly monthsOpen: number;
  readonly open: boolean;
  readonly badDebt: boolean;
  readonly disputed: boolean;
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
  const loans = [...profile.loans, ...badDebtOf(profile)];
  return [
    ...loans.map((loan, index) => loanAccount(loan, number(index), at)),
    ...profile.cards.map((card, index) => cardAccount(card, number(500 + index), at)),
    ...(profile.recoveredDebtYuan === 0
      ? []
      : [collectedAccount(profile.recoveredDebtYuan, number(900), at)]),
  ];
}

/** A bad debt that no account of the profile is: one of its own. */
function badDebtOf({ badDebtYuan, loans }: CreditProfile): readonly LoanFact[] {
  if (badDebtYuan === 0 || loans.some((loan) => loan.history.endsWith('B'))) return [];
  return [
    {
      type: 'D1',
      orgType: '11',
      org: '示范国有商业银行',
      business: '91',
      amountYuan: badDebtYuan,
      termMonths: 36,
      monthsOpen: 50,
      history: `${'7'.repeat(18)}${'B'.repeat(6)}`,
    },
  ];
}

/** Exactly 24 months, oldest first; months before the opening read `/`. */
function fullHistory(history: string, monthsOpen: number, settled: boolean): string {
  const padded = history.slice(-HISTORY_MONTHS).padStart(HISTORY_MONTHS, 'N');
  const before = Math.max(0, HISTORY_MONTHS - monthsOpen);
  const lived = '/'.repeat(before) + padded.slice(before);
  return settled && !ENDINGS.includes(lived.slice(-1))
    ? `${lived.slice(0, HISTORY_MONTHS - 1)}C`
    : lived;
}

/** Statuses with which an account is over. */
const ENDINGS = 'CZG';

function instalmentOf(loan: LoanFact): number {
  const rate = ASSUMED_YEARLY_RATE / 12;
  const factor = (1 + rate) ** loan.termMonths;
  return Math.round((loan.amountYuan * rate * factor) / (factor - 1));
}

function overdueMonthsOf(
  history: string,
  older: readonly OlderMonth[],
  instalmentYuan: number,
  at: Date,
): readonly OverdueMonth[] {
  const inString = history.split('').map((status, index) => ({
    monthsAgo: HISTORY_MONTHS - 1 - index,
    status,
  }));
  return [...older, ...inString]
    .filter(({ status }) => ABNORMAL.includes(status))
    .map(({ monthsAgo, status }) => {
      const instalments = /\d/.test(status) ? Number(status) : 8;
      const month = monthBefore(at, monthsAgo);
      return { month, status, instalments, amountYuan: instalments * instalmentYuan };
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

/** What an account says now; sections B and C say the same of it. */
interface Now {
  readonly status: string;
  readonly balanceYuan: number;
  readonly dueYuan: number;
  /** Instalments overdue, and what one of them is. */
  readonly overdue: number;
  readonly instalmentYuan: number;
}

function performance(now: Now, history: string, open: boolean, at: Date): Record<string, Json> {
  const last = history.slice(-1);
  const { status, balanceYuan, dueYuan, overdue, instalmentYuan } = now;
  return {
    PD01BD01: status,
    PD01BR01: open ? null : firstOfMonth(at),
    PD01BJ01: balanceYuan,
    PD01BD03: fiveTierOf(last),
    PD01BD04: last,
    PD01BR03: firstOfMonth(at),
    PD01CD01: status,
    PD01CJ01: balanceYuan,
    PD01CD02: fiveTierOf(last),
    PD01CJ04: dueYuan,
    PD01CJ05: overdue > 0 ? 0 : dueYuan,
    PD01CS02: overdue,
    PD01CJ06: overdue * instalmentYuan,
  };
}

function lateness(history: string): number {
  const last = history.slice(-1);
  return /[1-7]/.test(last) ? Number(last) : 0;
}

function loanAccount(loan: LoanFact, number: string, at: Date): AccountSection {
  const settled = (loan.settled ?? false) || 'ZG'.includes(loan.history.slice(-1));
  const history = fullHistory(loan.history, loan.monthsOpen, settled);
  const instalmentYuan = instalmentOf(loan);
  const remaining = settled ? 0 : Math.max(1, loan.termMonths - loan.monthsOpen);
  const balanceYuan = settled ? 0 : Math.round((loan.amountYuan * remaining) / loan.termMonths);
  const overdue = settled ? 0 : lateness(history);
  const badDebt = history.endsWith('B');
  const status = settled ? '3' : badDebt ? '4' : overdue > 0 ? '2' : '1';
  const dueYuan = settled ? 0 : instalmentYuan;
  const overdueMonths = overdueMonthsOf(history, loan.older ?? [], instalmentYuan, at);
  const isLine = loan.type === 'R1';
  return {
    type: loan.type,
    org: loan.org,
    business: loan.business,
    monthsOpen: loan.monthsOpen,
    open: !settled,
    badDebt,
    disputed: loan.disputed ?? false,
    totalYuan: loan.amountYuan,
    balanceYuan,
    dueYuan,
    overdueMonths,
    json: {
      PD01AI01: number,
      PD01AD01: loan.type,
      PD01AD02: loan.orgType,
      PD01AI02: loan.org,
      PD01AD03: loan.business,
      PD01AR01: dayMonthsBefore(at, loan.monthsOpen),
      PD01AJ01: isLine ? null : loan.amountYuan,
      PD01AJ02: isLine ? loan.amountYuan : null,
      PD01AR02: dayMonthsBefore(at, loan.monthsOpen - loan.termMonths),
      PD01AD06: '03',
      PD01AS01: loan.termMonths,
      ...performance(
        { status, balanceYuan, dueYuan, overdue, instalmentYuan },
        history,
        !settled,
        at,
      ),
      PD01CJ02: isLine ? balanceYuan : null,
      PD01CJ03: null,
      PD01CS01: remaining,
      PD01CJ12: null,
      ...historySections(history, overdueMonths, loan.special ?? [], at),
      PD01H: [],
      PD01Z: objectionMarks(loan.disputed, at),
    },
  };
}

function cardAccount(card: CardFact, number: string, at: Date): AccountSection {
  const closed = card.status === '4';
  const history = fullHistory(card.history, card.monthsOpen, closed);
  const overdue = closed ? 0 : lateness(history);
  const averageYuan = card.averageUsedYuan ?? card.usedYuan;
  const dueYuan = closed ? 0 : Math.round(card.usedYuan * 0.1);
  const instalmentYuan = Math.max(1, dueYuan);
  const overdueMonths = overdueMonthsOf(history, [], instalmentYuan, at);
  const type = card.type ?? 'R2';
  const badDebt = history.endsWith('B');
  const status = card.status ?? (badDebt ? '5' : '1');
  const balanceYuan = closed ? 0 : card.usedYuan;
  return {
    type,
    org: card.org,
    business: type === 'R3' ? '71' : '81',
    monthsOpen: card.monthsOpen,
    open: !closed,
    badDebt,
    disputed: card.disputed ?? false,
    totalYuan: card.limitYuan,
    balanceYuan,
    dueYuan,
    overdueMonths,
    json: {
      PD01AI01: number,
      PD01AD01: type,
      PD01AD02: '11',
      PD01AI02: card.org,
      PD01AD03: type === 'R3' ? '71' : '81',
      PD01AR01: dayMonthsBefore(at, card.monthsOpen),
      PD01AJ01: null,
      PD01AJ02: card.limitYuan,
      PD01AR02: null,
      PD01AD06: '03',
      PD01AS01: null,
      ...performance(
        { status, balanceYuan, dueYuan, overdue, instalmentYuan },
        history,
        !closed,
        at,
      ),
      PD01CJ02: balanceYuan,
      PD01CJ03: card.largeInstalment?.usedYuan ?? 0,
      PD01CS01: null,
      PD01CJ12: closed ? 0 : averageYuan,
      ...historySections(history, overdueMonths, [], at),
      PD01H: largeInstalments(card, at),
      PD01Z: objectionMarks(card.disputed, at),
    },
  };
}

function largeInstalments({ largeInstalment }: CardFact, at: Date): readonly Json[] {
  if (largeInstalment === undefined) return [];
  return [
    {
      PD01HJ01: largeInstalment.limitYuan,
      PD01HR01: dayMonthsBefore(at, 6),
      PD01HR02: dayMonthsBefore(at, -30),
      PD01HJ02: largeInstalment.usedYuan,
    },
  ];
}

/** A debt that somebody else paid and now collects (被追偿). */
function collectedAccount(balanceYuan: number, number: string, at: Date): AccountSection {
  const org = '示范融资担保公司';
  const monthsOpen = 14;
  const history = fullHistory(PUNCTUAL.replaceAll('N', '*'), monthsOpen, false);
  const now = { status: '1', balanceYuan, dueYuan: 0, overdue: 0, instalmentYuan: 0 };
  return {
    type: 'C1',
    org,
    business: 'B1',
    monthsOpen,
    open: true,
    badDebt: false,
    disputed: false,
    totalYuan: balanceYuan,
    balanceYuan,
    dueYuan: 0,
    overdueMonths: [],
    json: {
      PD01AI01: number,
      PD01AD01: 'C1',
      PD01AD02: '53',
      PD01AI02: org,
      PD01AD03: 'B1',
      PD01AR01: dayMonthsBefore(at, monthsOpen),
      PD01AJ01: balanceYuan,
      PD01AJ02: null,
      PD01AR02: null,
      PD01AD06: '08',
      PD01AS01: null,
      ...performance(now, history, true, at),
      PD01CJ02: null,
      PD01CJ03: null,
      PD01CS01: null,
      PD01CJ12: null,
      ...historySections(history, [], [], at),
      PD01H: [],
      PD01Z: [],
    },
  };
}

/** The mark of an objection (异议标注), where there is one. */
export function objectionMarks(disputed: true | undefined, at: Date): readonly Json[] {
  if (disputed === undefined) return [];
  return [{ ZD01: '1', ZQ01: '本人对该信息提出异议，正在核查', ZR01: dayMonthsBefore(at, 1) }];
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
    PD01G: [],
  };
}
