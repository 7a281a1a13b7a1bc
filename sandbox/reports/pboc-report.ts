/**
 * Writes out the central bank's second-generation personal report (regulation.md §2.4) from the facts of a credit life.
 * Amounts (`J` elements) are whole yuan, histories run oldest month first, no section is ever left out.
 */
import type { Json } from '../answer.ts';
import { drawsFrom } from '../random.ts';
import { dayBefore, dayMonthsBefore, localTimeOf, monthBefore } from './calendar.ts';
import type { CreditProfile, PublicFact } from './credit-profile.ts';
import { accountsOf, type AccountSection } from './pboc-accounts.ts';

export interface PbocRequest {
  readonly reportNo: string;
  readonly name: string;
  readonly idNumber: string;
  readonly mobile: string | null;
  readonly queryingOrganisation: string;
  /** Reason code of §2.5. */
  readonly reason: string;
  readonly at: Date;
}

/** The report as JSON; the same facts, number and day give the same text but for its number and time. */
export function pbocReport(profile: CreditProfile, request: PbocRequest): Json {
  const accounts = accountsOf(profile, request.idNumber, request.at);
  return {
    PRH: {
      PA01AI01: request.reportNo,
      PA01AR01: localTimeOf(request.at),
      PA01BQ01: request.name,
      PA01BD01: '10',
      PA01BI01: request.idNumber,
      PA01BI02: request.queryingOrganisation,
      PA01BD02: request.reason,
      PA01DQ01: profile.fraudWarning,
      PA01ES01: profile.statements.length,
    },
    PIM: identitySection(request),
    PMM: { PB020D01: drawsFrom('marriage', request.idNumber).pick(['10', '20', '20', '40']) },
    PSM:
      profile.score === null
        ? null
        : {
            PC010Q01: profile.score,
            PC010Q02: Math.min(99, Math.max(1, Math.round((profile.score - 200) / 7))),
          },
    PCO: summary(profile, accounts),
    PDA: accounts.map((account) => account.json),
    PCA: profile.cards.map((card, at) => ({
      PD02AI01: `AG${request.idNumber.slice(6, 14)}${at}`,
      PD02AD01: '2',
      PD02AI02: card.org,
      PD02AJ01: card.limitYuan,
      PD02AJ04: card.usedYuan,
      PD02AD04: '1',
    })),
    PCR: profile.guarantees.map(({ amountYuan, fiveTier, overdueMonths }) => ({
      PD03AD01: '2',
      PD03AJ01: amountYuan,
      PD03AJ02: amountYuan,
      PD03AD05: fiveTier,
      PD03AS01: overdueMonths,
    })),
    POT: publicRecords(profile, 'POT', request.at),
    PCJ: publicRecords(profile, 'PCJ', request.at),
    PCE: publicRecords(profile, 'PCE', request.at),
    PAP: publicRecords(profile, 'PAP', request.at),
    PHF:
      profile.housingFundYuan === null
        ? null
        : {
            PF05AR01: monthBefore(request.at, 60),
            PF05AJ01: profile.housingFundYuan,
            PF05AD01: '1',
          },
    POQ: profile.queries.map((query) => ({
      PH010R01: dayBefore(request.at, query.daysAgo),
      PH010D01: query.orgType,
      PH010Q02: query.org,
      PH010Q03: query.reason,
    })),
    POS: profile.statements,
  };
}

function identitySection(request: PbocRequest): Json {
  const mobiles =
    request.mobile === null
      ? []
      : [{ PB01BQ01: request.mobile, PB01BR01: dayMonthsBefore(request.at, 3) }];
  return {
    PB01AD01: Number(request.idNumber.charAt(16)) % 2 === 1 ? '1' : '2',
    PB01AR01: `${request.idNumber.slice(6, 10)}-${request.idNumber.slice(10, 12)}-${request.idNumber.slice(12, 14)}`,
    PB01AD02: drawsFrom('education', request.idNumber).pick(['20', '30', '60', '99']),
    PB01AD04: '91',
    PB01AQ02: '示范省示范市云山区',
    PB01BH: mobiles,
  };
}

function publicRecords(profile: CreditProfile, kind: PublicFact['kind'], at: Date): Json {
  return profile.publicRecords
    .filter((record) => record.kind === kind)
    .map((record) => ({
      Q01: record.authority,
      R01: dayMonthsBefore(at, record.monthsAgo),
      J01: record.amountYuan,
      D01: record.open ? '1' : '2',
    }));
}

function total(
  sections: readonly AccountSection[],
  value: (section: AccountSection) => number,
): number {
  return sections.reduce((sum, section) => sum + value(section), 0);
}

function institutions(sections: readonly AccountSection[]): number {
  return new Set(sections.map((section) => section.org)).size;
}

function summary(profile: CreditProfile, accounts: readonly AccountSection[]): Json {
  const open = accounts.filter((account) => account.open);
  return {
    PC02B: { PC02BS01: profile.recoveredDebtYuan > 0 ? 1 : 0, PC02BJ01: profile.recoveredDebtYuan },
    PC02C: { PC02CS01: profile.badDebtYuan > 0 ? 1 : 0, PC02CJ01: profile.badDebtYuan },
    PC02D: overdueSummary(accounts),
    PC02E: loanSummary(open.filter((account) => account.type === 'D1')),
    PC02F: loanSummary(open.filter((account) => account.type === 'R4')),
    PC02G: loanSummary(open.filter((account) => account.type === 'R1')),
    PC02H: cardSummary(open.filter((account) => account.type === 'R2')),
    PC02I: cardSummary([]),
    PC02K: {
      PC02KS01: profile.guarantees.length,
      PC02KJ01: profile.guarantees.reduce((sum, debt) => sum + debt.amountYuan, 0),
    },
  };
}

function loanSummary(sections: readonly AccountSection[]): Json {
  return {
    S01: institutions(sections),
    S02: sections.length,
    J01: total(sections, (section) => section.totalYuan),
    J02: total(sections, (section) => section.balanceYuan),
    J03: total(sections, (section) => section.dueYuan),
  };
}

function cardSummary(sections: readonly AccountSection[]): Json {
  const used = total(sections, (section) => section.balanceYuan);
  return {
    S01: institutions(sections),
    S02: sections.length,
    J01: total(sections, (section) => section.totalYuan),
    J04: used,
    J05: used,
  };
}

function overdueSummary(accounts: readonly AccountSection[]): Json {
  const types = ['D1', 'R1', 'R2', 'R4'] as const;
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
