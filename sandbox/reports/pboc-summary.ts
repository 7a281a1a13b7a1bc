/** The summaries of the central bank's report: what PCO, PNO, PPO and PQO count of the lists they stand before. */
import type { Json } from '../answer.ts';
import { dayBefore, monthBefore, sameDayMonthsBefore } from './calendar.ts';
import type { CreditProfile, QueryFact } from './credit-profile.ts';
import type { AccountSection } from './pboc-accounts.ts';

type Sections = readonly AccountSection[];

function total(sections: Sections, value: (section: AccountSection) => number): number {
  return sections.reduce((sum, section) => sum + value(section), 0);
}

const balance = (sections: Sections): number => total(sections, (section) => section.balanceYuan);

function institutions(sections: Sections): number {
  return new Set(sections.map((section) => section.org)).size;
}

/** PCO / PC02. */
export function creditSummary(profile: CreditProfile, accounts: Sections, at: Date): Json {
  const open = (type: AccountSection['type']) =>
    accounts.filter((account) => account.type === type && account.open);
  const bad = accounts.filter((account) => account.badDebt);
  return {
    PC02A: { PC02AS01: accounts.length, PC02AH: byBusiness(accounts, at) },
    PC02B: { PC02BS01: open('C1').length, PC02BJ01: balance(open('C1')) },
    PC02C: { PC02CS01: bad.length, PC02CJ01: balance(bad) },
    PC02D: overdueSummary(accounts),
    PC02E: loanSummary('PC02E', open('D1')),
    PC02F: loanSummary('PC02F', open('R4')),
    PC02G: loanSummary('PC02G', open('R1')),
    PC02H: cardSummary('PC02H', open('R2')),
    PC02I: cardSummary('PC02I', open('R3')),
    PC02K: {
      PC02KS01: profile.guarantees.length,
      PC02KJ01: profile.guarantees.reduce((sum, debt) => sum + debt.amountYuan, 0),
    },
  };
}

function byBusiness(accounts: Sections, at: Date): readonly Json[] {
  const kinds = [...new Set(accounts.map((account) => account.business))];
  return kinds.map((business) => {
    const these = accounts.filter((account) => account.business === business);
    return {
      PC02AD01: business,
      PC02AD02: these[0]?.type ?? '',
      PC02AS03: these.length,
      PC02AR01: monthBefore(at, Math.max(...these.map((account) => account.monthsOpen))),
    };
  });
}

function loanSummary(tag: string, sections: Sections): Json {
  return {
    [`${tag}S01`]: institutions(sections),
    [`${tag}S02`]: sections.length,
    [`${tag}J01`]: total(sections, (section) => section.totalYuan),
    [`${tag}J02`]: balance(sections),
    [`${tag}J03`]: total(sections, (section) => section.dueYuan),
  };
}

function cardSummary(tag: string, sections: Sections): Json {
  const limits = sections.map((section) => section.totalYuan);
  return {
    [`${tag}S01`]: institutions(sections),
    [`${tag}S02`]: sections.length,
    [`${tag}J01`]: limits.reduce((sum, limit) => sum + limit, 0),
    [`${tag}J02`]: Math.max(0, ...limits),
    [`${tag}J03`]: limits.length === 0 ? 0 : Math.min(...limits),
    [`${tag}J04`]: balance(sections),
    [`${tag}J05`]: balance(sections),
  };
}

function overdueSummary(accounts: Sections): readonly Json[] {
  const types = ['D1', 'R1', 'R2', 'R3', 'R4', 'C1'] as const;
  return types.flatMap((type) => {
    const late = accounts.filter(
      (account) => account.type === type && account.overdueMonths.length > 0,
    );
    if (late.length === 0) return [];
    const months = late.flatMap((account) => account.overdueMonths);
    return [
      {
        PC02DD01: type,
        PC02DS02: late.length,
        PC02DS03: months.length,
        PC02DJ01: Math.max(...months.map((month) => month.amountYuan)),
        PC02DS04: Math.max(...months.map((month) => month.instalments)),
      },
    ];
  });
}

/** PQO / PC05: windows that end on the day of the report and begin the day after the same day of an earlier month. */
export function querySummary(queries: readonly QueryFact[], at: Date): Json {
  const since = (months: number, reason: string) =>
    queries.filter(
      (query) =>
        query.reason === reason && dayBefore(at, query.daysAgo) > sameDayMonthsBefore(at, months),
    );
  const organisations = (reason: string) =>
    new Set(since(1, reason).map((query) => query.org)).size;
  const last = [...queries].sort((a, b) => a.daysAgo - b.daysAgo)[0];
  return {
    PC05A:
      last === undefined
        ? null
        : {
            PC05AR01: dayBefore(at, last.daysAgo),
            PC05AD01: last.orgType,
            PC05AI01: last.org,
            PC05AQ01: last.reason,
          },
    PC05B: {
      PC05BS01: organisations('02'),
      PC05BS02: organisations('03'),
      PC05BS03: since(1, '02').length,
      PC05BS04: since(1, '03').length,
      PC05BS05: since(1, '05').length,
      PC05BS06: since(24, '01').length,
      PC05BS07: since(24, '08').length,
      PC05BS08: since(24, '19').length,
    },
  };
}

const RECORD_KINDS = { POT: '1', PCJ: '2', PCE: '3', PAP: '4' } as const;

/** PPO / PC04, by kind of public record. */
export function recordSummary({ publicRecords }: CreditProfile): readonly Json[] {
  return (['POT', 'PCJ', 'PCE', 'PAP'] as const).flatMap((kind) => {
    const records = publicRecords.filter((record) => record.kind === kind);
    if (records.length === 0) return [];
    return [
      {
        PC040D01: RECORD_KINDS[kind],
        PC040S02: records.length,
        PC040J01: records.reduce((sum, record) => sum + (record.amountYuan ?? 0), 0),
      },
    ];
  });
}
