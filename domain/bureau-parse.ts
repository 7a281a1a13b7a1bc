/**
 * Parses bureau answers into reports: of the right form, agreeing with itself, about the person asked for, and where it is
 * said what was asked, queried by us, for that purpose, and young enough. Anything else is refused with a name and never
 * read in part, because a half-read report would score as a good one.
 */
import {
  type BaihangReport,
  baihangReport,
  baihangVerification,
  type BaihangVerification,
  baihangWatchList,
  type WatchHits,
} from './baihang-report.ts';
import { contradictionIn } from './bureau-consistency.ts';
import { type PbocReport, pbocReport } from './bureau-report.ts';
import { addDays } from './calendar.ts';
import { normaliseIdentifier } from './identifiers.ts';
import type { Form } from './report-form.ts';
import { fits } from './report-form.ts';

/** Whom the report must be about. */
export interface ReportSubject {
  readonly name: string;
  readonly idNumber: string;
}

/** What was asked, when the answer is new; a report from the store was held to it when it came. */
export interface ReportAsked {
  /** Our name, as the report prints it; null for a bureau that does not print it. */
  readonly organisation: string | null;
  /** Query reason code. */
  readonly purpose: string;
  /** Now in Shanghai, `YYYY-MM-DDTHH:mm:ss`. */
  readonly now: string;
  /** Policy `bureau.reportValidityDays`. */
  readonly validityDays: number;
}

export type ReportRefusal =
  /** `path` is the first element that does not fit or contradicts another; never a value. */
  | { readonly ok: false; readonly reason: 'MALFORMED'; readonly path: string }
  | { readonly ok: false; readonly reason: 'WRONG_PERSON' }
  /** Queried by another house, or for another purpose. */
  | { readonly ok: false; readonly reason: 'NOT_OUR_QUERY' }
  /** Older than its validity, or from the future. */
  | { readonly ok: false; readonly reason: 'STALE' };

export type Parsed<T> = { readonly ok: true; readonly report: T } | ReportRefusal;

function samePerson(name: string, idNumber: string, expected: ReportSubject): boolean {
  return (
    normaliseIdentifier(idNumber) === normaliseIdentifier(expected.idNumber) &&
    name.normalize('NFC').replace(/\s/g, '') === expected.name.normalize('NFC').replace(/\s/g, '')
  );
}

const malformed = (path: string): ReportRefusal => ({ ok: false, reason: 'MALFORMED', path });

function ofForm<T>(form: Form<T>, value: unknown): Parsed<T> {
  return fits(form, value) ? { ok: true, report: value } : malformed(form.misfit(value, '') ?? '');
}

/** Clocks of two houses differ by minutes at most. */
const MOST_SKEW_MS = 5 * 60_000;
const instantOf = (localTime: string): number => Date.parse(`${localTime}+08:00`);

function isStale(reportTime: string, { now, validityDays }: ReportAsked): boolean {
  const future = instantOf(reportTime) > instantOf(now) + MOST_SKEW_MS;
  return future || addDays(reportTime.slice(0, 10), validityDays) < now.slice(0, 10);
}

/**
 * Reads a central bank report about `expected`.
 * @param asked what was asked, for an answer that has just come
 */
export function parsePbocReport(
  value: unknown,
  expected: ReportSubject,
  asked?: ReportAsked,
): Parsed<PbocReport> {
  const read = ofForm(pbocReport, value);
  if (!read.ok) return read;
  const { PRH } = read.report;
  if (!samePerson(PRH.PA01BQ01, PRH.PA01BI01, expected))
    return { ok: false, reason: 'WRONG_PERSON' };
  const contradiction = contradictionIn(read.report);
  if (contradiction !== null) return malformed(contradiction);
  if (asked === undefined) return read;
  const ours = asked.organisation === null || PRH.PA01BI02 === asked.organisation;
  if (!ours || PRH.PA01BD02 !== asked.purpose) return { ok: false, reason: 'NOT_OUR_QUERY' };
  return isStale(PRH.PA01AR01, asked) ? { ok: false, reason: 'STALE' } : read;
}

/** The path of the first contradiction of a Baihang report, or null. */
function baihangContradiction(report: BaihangReport): string | null {
  const { months1, months3, months6, months12 } = report.applications;
  const windows = Object.entries({ months1, months3, months6, months12 });
  let before = { institutions: 0, applications: 0 };
  for (const [name, window] of windows) {
    const { institutions, applications } = window;
    const shrinks = institutions < before.institutions || applications < before.applications;
    if (shrinks || applications < institutions) return `/applications/${name}`;
    before = window;
  }
  const { loans } = report;
  if (loans.overdueAccounts > 0 !== loans.overdueYuan > 0) return '/loans/overdueYuan';
  const today = report.reportTime.slice(0, 10);
  const late = report.watchList.findIndex((hit) => hit.listedOn > today);
  return late < 0 ? null : `/watchList/${late}/listedOn`;
}

/** Reads a Baihang report about `expected`. Baihang prints neither who asked nor why. */
export function parseBaihangReport(
  value: unknown,
  expected: ReportSubject,
  asked?: ReportAsked,
): Parsed<BaihangReport> {
  const read = ofForm(baihangReport, value);
  if (!read.ok) return read;
  const { subject, reportTime } = read.report;
  if (!samePerson(subject.name, subject.idNumber, expected))
    return { ok: false, reason: 'WRONG_PERSON' };
  const contradiction = baihangContradiction(read.report);
  if (contradiction !== null) return malformed(contradiction);
  const stale = asked !== undefined && isStale(reportTime, asked);
  return stale ? { ok: false, reason: 'STALE' } : read;
}

/** Reads the hits of Baihang's watch list about `expected`. */
export function parseWatchList(value: unknown, expected: ReportSubject): Parsed<WatchHits> {
  const read = ofForm(baihangWatchList, value);
  if (!read.ok) return read;
  const { subject, hits } = read.report;
  return samePerson(subject.name, subject.idNumber, expected)
    ? { ok: true, report: hits }
    : { ok: false, reason: 'WRONG_PERSON' };
}

/** Reads Baihang's verification of the mobile number of `expected`. */
export function parseVerification(
  value: unknown,
  expected: ReportSubject,
): Parsed<BaihangVerification> {
  const read = ofForm(baihangVerification, value);
  if (!read.ok) return read;
  const { subject } = read.report;
  return samePerson(subject.name, subject.idNumber, expected)
    ? read
    : { ok: false, reason: 'WRONG_PERSON' };
}
