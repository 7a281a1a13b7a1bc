/**
 * The simulated Baihang products as forms (regulation.md §2.7: no public specification can be had; never the real
 * interface): the report, the watch list and the verification of a mobile number. Amounts are whole yuan.
 */
import {
  among,
  count,
  date,
  type Fitting,
  list,
  localTime,
  name,
  nullable,
  section,
  within,
  yuan,
} from './report-form.ts';

/** Levels of the watch list (特别关注名单), mildest first. */
export const WATCH_LEVELS = ['M1', 'M2', 'M3_PLUS', 'LOST_CONTACT', 'FRAUD'] as const;
export type WatchLevel = (typeof WATCH_LEVELS)[number];

const subject = section({ name, idNumber: name });

/** Applications in one window: distinct institutions, and applications. */
const applicationWindow = section({ institutions: count, applications: count });

const watchHits = list(section({ level: among(WATCH_LEVELS), listedOn: date, source: name }));
/** Hits of the watch list, each with its date and source. */
export type WatchHits = Fitting<typeof watchHits>;

const mobile = section({
  /** Null when not known. */
  monthsInUse: nullable(count),
  status: among(['ACTIVE', 'SUSPENDED', 'CLOSED', 'UNKNOWN']),
});
/** How long a mobile number has been in use, and whether it is. */
export type MobileFacts = Fitting<typeof mobile>;

export const baihangReport = section({
  reportNo: name,
  /** `YYYY-MM-DDTHH:mm:ss` in Asia/Shanghai. */
  reportTime: localTime,
  subject,
  /** Loans across non-bank lenders. */
  loans: section({
    institutions: count,
    openAccounts: count,
    balanceYuan: yuan,
    overdueAccounts: count,
    overdueYuan: yuan,
    /** Longest days past due over twelve months. */
    maxOverdueDays12m: count,
  }),
  applications: section({
    months1: applicationWindow,
    months3: applicationWindow,
    months6: applicationWindow,
    months12: applicationWindow,
  }),
  watchList: watchHits,
  mobile,
  /** 0–100, high is risky; null when not scored. */
  antiFraudScore: nullable(within(0, 100)),
  /** 300–850, high is good; null when not scored. */
  creditScore: nullable(within(300, 850)),
  /** Open enforcement cases known to Baihang. */
  courtCases: count,
});
export type BaihangReport = Fitting<typeof baihangReport>;

/** The answer of the product `watchlist`. */
export const baihangWatchList = section({ subject, hits: watchHits });
/** The answer of the product `verify`. */
export const baihangVerification = section({
  subject,
  result: among(['MATCH', 'MISMATCH']),
  monthsInUse: nullable(count),
  status: among(['ACTIVE', 'SUSPENDED', 'CLOSED', 'UNKNOWN']),
});
export type BaihangVerification = Fitting<typeof baihangVerification>;
