/**
 * Parses bureau answers into typed reports. Refuses a malformed report and, above all, one about another person.
 * The shape is described by small checkers beside the types of bureau-report.ts: a field that is missing or of the
 * wrong type refuses the whole report, because a half-read report would score as a good one.
 */
import {
  ACCOUNT_TYPES,
  type BaihangReport,
  type PbocReport,
  REPAYMENT_STATUS_CODES,
  WATCH_LEVELS,
} from './bureau-report.ts';
import { isIsoDate } from './calendar.ts';
import { normaliseIdentifier } from './identifiers.ts';

/** Whom the report must be about. */
export interface ReportSubject {
  readonly name: string;
  readonly idNumber: string;
}

export type ReportRefusal =
  /** `path` is the first field that does not fit; never a value. */
  | { readonly ok: false; readonly reason: 'MALFORMED'; readonly path: string }
  | { readonly ok: false; readonly reason: 'WRONG_PERSON' };

export type Parsed<T> = { readonly ok: true; readonly report: T } | ReportRefusal;

/** Returns the path of the first misfit, or null when the value fits. */
type Check = (value: unknown, path: string) => string | null;

const when =
  (fits: (value: unknown) => boolean): Check =>
  (value, path) =>
    fits(value) ? null : path;

const text = when((v) => typeof v === 'string' && v.length <= 500);
const count = when((v) => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0);
const date = when((v) => typeof v === 'string' && isIsoDate(v));
const month = when((v) => typeof v === 'string' && /^\d{4}-(0[1-9]|1[0-2])$/.test(v));
const instant = when(
  (v) => typeof v === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(v),
);
const among = (values: readonly string[]): Check =>
  when((v) => typeof v === 'string' && values.includes(v));
const statuses = when(
  (v) =>
    typeof v === 'string' &&
    v.length === 24 &&
    Array.from(v).every((c) => REPAYMENT_STATUS_CODES.includes(c)),
);

const nullable =
  (check: Check): Check =>
  (value, path) =>
    value === null ? null : check(value, path);

const list =
  (check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value) || value.length > 2000) return path;
    for (const [i, item] of value.entries()) {
      const misfit = check(item, `${path}/${i}`);
      if (misfit !== null) return misfit;
    }
    return null;
  };

const object =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return path;
    const entries = new Map<string, unknown>(Object.entries(value));
    for (const [name, check] of Object.entries(fields)) {
      const misfit = check(entries.get(name), `${path}/${name}`);
      if (misfit !== null) return misfit;
    }
    return null;
  };

/** A checker for every field of a type, so that a field added to the report cannot be forgotten here. */
type Shape<T> = Readonly<Record<keyof T & string, Check>>;
const shape = <T>(fields: Shape<T>): Check => object(fields);

type Item<T> = T extends readonly (infer I)[] ? I : never;

const loanSummary = shape<PbocReport['PCO']['PC02E']>({
  S01: count,
  S02: count,
  J01: count,
  J02: count,
  J03: count,
});
const cardSummary = shape<PbocReport['PCO']['PC02H']>({
  S01: count,
  S02: count,
  J01: count,
  J04: count,
  J05: count,
});
const publicRecord = shape<Item<PbocReport['PCE']>>({
  Q01: text,
  R01: date,
  J01: nullable(count),
  D01: text,
});

const header = shape<PbocReport['PRH']>({
  PA01AI01: text,
  PA01AR01: instant,
  PA01BQ01: text,
  PA01BD01: text,
  PA01BI01: text,
  PA01BI02: text,
  PA01BD02: text,
  PA01DQ01: nullable(text),
  PA01ES01: count,
});

const identity = shape<PbocReport['PIM']>({
  PB01AD01: text,
  PB01AR01: date,
  PB01AD02: text,
  PB01AD04: text,
  PB01AQ02: text,
  PB01BH: list(object({ PB01BQ01: text, PB01BR01: date })),
});

const summary = shape<PbocReport['PCO']>({
  PC02B: object({ PC02BS01: count, PC02BJ01: count }),
  PC02C: object({ PC02CS01: count, PC02CJ01: count }),
  PC02D: list(
    shape<Item<PbocReport['PCO']['PC02D']>>({
      PC02DD01: among(ACCOUNT_TYPES),
      PC02DS02: count,
      PC02DS03: count,
      PC02DJ01: count,
      PC02DS04: count,
    }),
  ),
  PC02E: loanSummary,
  PC02F: loanSummary,
  PC02G: loanSummary,
  PC02H: cardSummary,
  PC02I: cardSummary,
  PC02K: object({ PC02KS01: count, PC02KJ01: count }),
});

const account = shape<Item<PbocReport['PDA']>>({
  PD01AI01: text,
  PD01AD01: among(ACCOUNT_TYPES),
  PD01AD02: text,
  PD01AI02: text,
  PD01AD03: text,
  PD01AR01: date,
  PD01AJ01: nullable(count),
  PD01AJ02: nullable(count),
  PD01AR02: nullable(date),
  PD01AD06: text,
  PD01AS01: nullable(count),
  PD01CD01: text,
  PD01CJ01: count,
  PD01CJ02: nullable(count),
  PD01CD02: text,
  PD01CS01: nullable(count),
  PD01CJ04: count,
  PD01CJ05: count,
  PD01CS02: count,
  PD01CJ06: count,
  PD01CJ12: nullable(count),
  PD01DR02: month,
  PD01DD01: statuses,
  PD01E: list(object({ PD01ER03: month, PD01ED01: text, PD01EJ01: count })),
  PD01F: list(object({ PD01FD01: text, PD01FR01: date })),
});

const pbocReport = shape<PbocReport>({
  PRH: header,
  PIM: identity,
  PMM: object({ PB020D01: text }),
  PSM: nullable(object({ PC010Q01: count, PC010Q02: count })),
  PCO: summary,
  PDA: list(account),
  PCA: list(
    object({
      PD02AI01: text,
      PD02AD01: text,
      PD02AI02: text,
      PD02AJ01: count,
      PD02AJ04: count,
      PD02AD04: text,
    }),
  ),
  PCR: list(
    object({ PD03AD01: text, PD03AJ01: count, PD03AJ02: count, PD03AD05: text, PD03AS01: count }),
  ),
  POT: list(publicRecord),
  PCJ: list(publicRecord),
  PCE: list(publicRecord),
  PAP: list(publicRecord),
  PHF: nullable(object({ PF05AR01: month, PF05AJ01: count, PF05AD01: text })),
  POQ: list(object({ PH010R01: date, PH010D01: text, PH010Q02: text, PH010Q03: text })),
  POS: list(text),
});

const applicationWindow = object({ institutions: count, applications: count });

const baihangReport = shape<BaihangReport>({
  reportNo: text,
  reportTime: instant,
  subject: object({ name: text, idNumber: text }),
  loans: shape<BaihangReport['loans']>({
    institutions: count,
    openAccounts: count,
    balanceYuan: count,
    overdueAccounts: count,
    overdueYuan: count,
    maxOverdueDays12m: count,
  }),
  applications: shape<BaihangReport['applications']>({
    months1: applicationWindow,
    months3: applicationWindow,
    months6: applicationWindow,
    months12: applicationWindow,
  }),
  watchList: list(object({ level: among(WATCH_LEVELS), listedOn: date, source: text })),
  mobile: object({
    monthsInUse: nullable(count),
    status: among(['ACTIVE', 'SUSPENDED', 'CLOSED', 'UNKNOWN']),
  }),
  antiFraudScore: nullable(count),
  creditScore: nullable(count),
  courtCases: count,
});

function isPbocReport(value: unknown): value is PbocReport {
  return pbocReport(value, '') === null;
}

function isBaihangReport(value: unknown): value is BaihangReport {
  return baihangReport(value, '') === null;
}

function samePerson(name: string, idNumber: string, expected: ReportSubject): boolean {
  return (
    normaliseIdentifier(idNumber) === normaliseIdentifier(expected.idNumber) &&
    name.normalize('NFC').replace(/\s/g, '') === expected.name.normalize('NFC').replace(/\s/g, '')
  );
}

/** Reads a central bank report about `expected`. */
export function parsePbocReport(value: unknown, expected: ReportSubject): Parsed<PbocReport> {
  if (!isPbocReport(value)) {
    return { ok: false, reason: 'MALFORMED', path: pbocReport(value, '') ?? '' };
  }
  if (!samePerson(value.PRH.PA01BQ01, value.PRH.PA01BI01, expected)) {
    return { ok: false, reason: 'WRONG_PERSON' };
  }
  return { ok: true, report: value };
}

/** Reads a Baihang report about `expected`. */
export function parseBaihangReport(value: unknown, expected: ReportSubject): Parsed<BaihangReport> {
  if (!isBaihangReport(value)) {
    return { ok: false, reason: 'MALFORMED', path: baihangReport(value, '') ?? '' };
  }
  if (!samePerson(value.subject.name, value.subject.idNumber, expected)) {
    return { ok: false, reason: 'WRONG_PERSON' };
  }
  return { ok: true, report: value };
}
