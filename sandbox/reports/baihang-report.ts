/** Writes out the simulated Baihang report (regulation.md §2.7) from what the network knows of a person. */
import type { Json } from '../answer.ts';
import { dayMonthsBefore, localTimeOf } from './calendar.ts';
import type { BaihangProfile } from './credit-profile.ts';

export interface BaihangRequest {
  readonly reportNo: string;
  readonly name: string;
  readonly idNumber: string;
  readonly at: Date;
}

export function baihangReport(profile: BaihangProfile, request: BaihangRequest): Json {
  const [months1, months3, months6, months12] = profile.applications;
  // A person asks an institution a little more than once.
  const window = (institutions: number): Json => ({
    institutions,
    applications: institutions + Math.floor(institutions / 3),
  });
  return {
    reportNo: request.reportNo,
    reportTime: localTimeOf(request.at),
    subject: { name: request.name, idNumber: request.idNumber },
    loans: {
      institutions: profile.institutions,
      openAccounts: profile.openAccounts,
      balanceYuan: profile.balanceYuan,
      overdueAccounts: profile.overdueAccounts,
      overdueYuan: profile.overdueYuan,
      maxOverdueDays12m: profile.maxOverdueDays12m,
    },
    applications: {
      months1: window(months1),
      months3: window(months3),
      months6: window(months6),
      months12: window(months12),
    },
    watchList: watchListOf(profile, request.at),
    mobile: { monthsInUse: profile.mobileMonths, status: profile.mobileStatus },
    antiFraudScore: profile.antiFraudScore,
    creditScore: profile.creditScore,
    courtCases: profile.courtCases,
  };
}

export function watchListOf(profile: BaihangProfile, at: Date): readonly Json[] {
  return profile.watchList.map(({ level, monthsAgo, source }) => ({
    level,
    listedOn: dayMonthsBefore(at, monthsAgo),
    source,
  }));
}
