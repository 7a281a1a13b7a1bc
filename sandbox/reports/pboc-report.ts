/**
 * Writes out the central bank's second-generation personal report (regulation.md §2.4) from the facts of a credit life.
 * Amounts (`J` elements) are whole yuan, histories run oldest month first, no section is ever left out.
 */
import type { Json } from '../answer.ts';
import { drawsFrom } from '../random.ts';
import { dayBefore, dayMonthsBefore, localTimeOf, monthBefore } from './calendar.ts';
import type { CreditProfile, PublicFact } from './credit-profile.ts';
import { accountsOf, type AccountSection, objectionMarks } from './pboc-accounts.ts';
import { creditSummary, querySummary, recordSummary } from './pboc-summary.ts';

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
    PRH: headerSection(profile, accounts, request),
    ...personSections(request),
    PSM: scoreSection(profile),
    PCO: creditSummary(profile, accounts, request.at),
    PNO: [],
    PPO: recordSummary(profile),
    PQO: querySummary(profile.queries, request.at),
    PDA: accounts.map((account) => account.json),
    PCA: profile.cards.map((card, at) => ({
      PD02AI01: `AG${request.idNumber.slice(6, 14)}${at}`,
      PD02AD01: '2',
      PD02AI02: card.org,
      PD02AJ01: card.limitYuan,
      PD02AJ04: card.status === '4' ? 0 : card.usedYuan,
      PD02AD04: card.status === '4' ? '2' : '1',
      PD02Z: [],
    })),
    PCR: profile.guarantees.map(({ amountYuan, fiveTier, overdueMonths }) => ({
      PD03AD01: '11',
      PD03AJ01: amountYuan,
      PD03AJ02: amountYuan,
      PD03AD05: fiveTier,
      PD03AS01: overdueMonths,
      PD03Z: [],
    })),
    PND: [],
    ...publicSections(profile, request.at),
    PHF:
      profile.housingFundYuan === null
        ? null
        : {
            PF05AR02: monthBefore(request.at, 60),
            PF05AR03: monthBefore(request.at, 1),
            PF05AJ01: profile.housingFundYuan,
            PF05AD01: '1',
          },
    PBS: [],
    PPQ: [],
    PAH: [],
    POS: profile.statements.map((statement) => ({
      ZD01: '2',
      ZQ01: statement,
      ZR01: dayMonthsBefore(request.at, 1),
    })),
    POQ: profile.queries.map((query) => ({
      PH010R01: dayBefore(request.at, query.daysAgo),
      PH010D01: query.orgType,
      PH010Q02: query.org,
      PH010Q03: query.reason,
    })),
  };
}

function headerSection(
  profile: CreditProfile,
  accounts: readonly AccountSection[],
  request: PbocRequest,
): Json {
  const disputed =
    accounts.filter((account) => account.disputed).length +
    profile.publicRecords.filter((record) => record.disputed === true).length;
  return {
    PA01AI01: request.reportNo,
    PA01AR01: localTimeOf(request.at),
    PA01BQ01: request.name,
    PA01BD01: '10',
    PA01BI01: request.idNumber,
    PA01BI02: request.queryingOrganisation,
    PA01BD02: request.reason,
    PA01C: [],
    PA01DQ01: profile.fraudWarning,
    PA01ES01: disputed,
  };
}

function scoreSection({ score }: CreditProfile): Json {
  if (score === null) return null;
  return {
    PC010Q01: score,
    PC010Q02: Math.min(99, Math.max(1, Math.round((score - 200) / 7))),
  };
}

function personSections(request: PbocRequest): Record<string, Json> {
  const { idNumber, at } = request;
  const birth = `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`;
  const mobiles =
    request.mobile === null ? [] : [{ PB01BQ01: request.mobile, PB01BR01: dayMonthsBefore(at, 3) }];
  return {
    PIM: {
      PB01AD01: Number(idNumber.charAt(16)) % 2 === 1 ? '1' : '2',
      PB01AR01: birth,
      PB01AD02: drawsFrom('education', idNumber).pick(['20', '30', '60', '99']),
      PB01AD03: '5',
      PB01AD04: '91',
      PB01AQ01: null,
      PB01AQ02: '示范省示范市云山区',
      PB01AD05: 'CHN',
      PB01AQ03: null,
      PB01BH: mobiles,
    },
    PMM: { PB020D01: drawsFrom('marriage', idNumber).pick(['10', '20', '20', '40']) },
    PRM: [{ PB030D01: '1', PB030Q01: '示范省示范市云山区', PB030R01: dayMonthsBefore(at, 8) }],
    POM: [{ PB040D01: '91', PB040Q01: null, PB040R02: dayMonthsBefore(at, 8) }],
  };
}

function publicSections(profile: CreditProfile, at: Date): Record<string, Json> {
  const records = (
    kind: PublicFact['kind'],
    tag: string,
    write: (record: PublicFact) => Record<string, Json>,
  ) =>
    profile.publicRecords
      .filter((record) => record.kind === kind)
      .map((record) => ({
        [`${tag}AQ01`]: record.authority,
        [`${tag}AR01`]: dayMonthsBefore(at, record.monthsAgo),
        ...write(record),
        [`${tag}Z`]: objectionMarks(record.disputed, at),
      }));
  return {
    POT: records('POT', 'PF01', (record) => ({ PF01AJ01: record.amountYuan ?? 0 })),
    PCJ: records('PCJ', 'PF02', (record) => ({ PF02AJ01: record.amountYuan })),
    PCE: records('PCE', 'PF03', (record) => ({
      PF03AJ01: record.amountYuan,
      PF03AR02: record.open ? null : dayMonthsBefore(at, Math.max(1, record.monthsAgo - 3)),
    })),
    PAP: records('PAP', 'PF04', (record) => ({ PF04AJ01: record.amountYuan })),
  };
}
