/**
 * Whether the sections of a central bank report agree with one another: dates, histories, marks and the summaries that
 * count what the lists hold. A report that contradicts itself was cut, mixed up or forged, and is refused like one that is
 * malformed. Each check yields the path of what does not fit.
 */
import { HISTORY_MONTHS, LONG_HISTORY_MONTHS, type PbocAccount } from './bureau-account.ts';
import {
  ABNORMAL_STATUS_CODES,
  ACCOUNT_STATUSES,
  type AccountType,
  ACCOUNT_TYPES,
  BAD_DEBT_STATUS,
  CLOSED_STATUSES,
  OBJECTION_MARK,
  OWN_QUERY,
} from './bureau-codes.ts';
import type { PbocQuery, PbocReport } from './bureau-report.ts';
import { addMonthsClamped } from './calendar.ts';

type Faults = Generator<string, void>;

/** Whole months from one `YYYY-MM` to another. */
export function monthsApart(from: string, to: string): number {
  const [fromYear = 0, fromMonth = 0] = from.split('-').map(Number);
  const [toYear = 0, toMonth = 0] = to.split('-').map(Number);
  return (toYear - fromYear) * 12 + toMonth - fromMonth;
}

/** True while something is owed, or can be drawn, on the account. */
export const isOpen = (account: PbocAccount): boolean =>
  !CLOSED_STATUSES[account.PD01AD01].includes(account.PD01BD01);

/** True for an account in the status of a bad debt. */
export const isBadDebt = (account: PbocAccount): boolean =>
  account.PD01BD01 === BAD_DEBT_STATUS[account.PD01AD01];

export const isDisputed = (item: { readonly ZD01: string }): boolean =>
  item.ZD01 === OBJECTION_MARK;

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Months before the last one of the string at which each status stands: [months ago, status]. */
export function statusesOf(account: PbocAccount): readonly (readonly [number, string])[] {
  return Array.from(account.PD01DD01)
    .reverse()
    .map((status, ago) => [ago, status] as const);
}

/** The string begins with the month of opening, and five years say of a month what the string says of it. */
function* historyFaults(account: PbocAccount, path: string, reportMonth: string): Faults {
  if (account.PD01DR02 > reportMonth) yield `${path}/PD01DR02`;
  const openedAgo = monthsApart(account.PD01AR01.slice(0, 7), account.PD01DR02);
  const statuses = statusesOf(account);
  const misplaced = statuses.some(([ago, status]) =>
    status === '/' ? ago < openedAgo : ago > openedAgo,
  );
  if (misplaced) yield `${path}/PD01DD01`;
  const listed = new Map<number, string>();
  for (const [i, entry] of account.PD01E.entries()) {
    const at = `${path}/PD01E/${i}`;
    const ago = monthsApart(entry.PD01ER03, account.PD01DR02);
    const beyond = monthsApart(entry.PD01ER03, reportMonth) >= LONG_HISTORY_MONTHS;
    if (ago < 0 || beyond || listed.has(ago) || ago > openedAgo) yield `${at}/PD01ER03`;
    listed.set(ago, entry.PD01ED01);
  }
  for (const [ago, status] of statuses) {
    const here = ABNORMAL_STATUS_CODES.includes(status) ? status : undefined;
    if (listed.get(ago) !== here) yield `${path}/PD01DD01`;
  }
}

/** Which amounts an account of a type has: a loan its amount, a card or line its limit, a card its used limit. */
const HAS: Readonly<Record<AccountType, readonly (keyof PbocAccount)[]>> = {
  D1: ['PD01AJ01', 'PD01AR02'],
  R4: ['PD01AJ01', 'PD01AR02'],
  R1: ['PD01AJ02'],
  R2: ['PD01AJ02', 'PD01CJ02', 'PD01CJ12'],
  R3: ['PD01AJ02', 'PD01CJ02', 'PD01CJ12'],
  C1: [],
};

function* accountFaults(account: PbocAccount, path: string, reportDay: string): Faults {
  const statuses = ACCOUNT_STATUSES[account.PD01AD01];
  for (const element of ['PD01BD01', 'PD01CD01'] as const)
    if (!Object.hasOwn(statuses, account[element])) yield `${path}/${element}`;
  for (const element of HAS[account.PD01AD01])
    if (account[element] === null) yield `${path}/${element}`;
  const closed = CLOSED_STATUSES[account.PD01AD01];
  if (closed.includes(account.PD01CD01) === isOpen(account)) yield `${path}/PD01CD01`;
  if ((account.PD01BR01 === null) !== isOpen(account)) yield `${path}/PD01BR01`;
  if (account.PD01BR01 !== null && account.PD01BR01 < account.PD01AR01) yield `${path}/PD01BR01`;
  if (account.PD01BR01 !== null && account.PD01BJ01 > 0) yield `${path}/PD01BJ01`;
  if (account.PD01CS02 > 0 !== account.PD01CJ06 > 0) yield `${path}/PD01CJ06`;
  for (const element of ['PD01AR01', 'PD01BR01', 'PD01BR03'] as const)
    if ((account[element] ?? '') > reportDay) yield `${path}/${element}`;
  if (account.PD01F.some((one) => one.PD01FR01 > reportDay)) yield `${path}/PD01F`;
  if (account.PD01G.some((one) => one.PD01GR01 > reportDay.slice(0, 7))) yield `${path}/PD01G`;
  if (account.PD01H.some((one) => one.PD01HR01 > reportDay || one.PD01HR02 < one.PD01HR01))
    yield `${path}/PD01H`;
  yield* historyFaults(account, path, reportDay.slice(0, 7));
}

function repeated(values: readonly string[]): number {
  return values.findIndex((value, i) => values.indexOf(value) !== i);
}

function* listFaults(report: PbocReport, reportDay: string): Faults {
  const accounts = repeated(report.PDA.map((one) => one.PD01AI01));
  if (accounts >= 0) yield `/PDA/${accounts}/PD01AI01`;
  const agreements = repeated(report.PCA.map((one) => one.PD02AI01));
  if (agreements >= 0) yield `/PCA/${agreements}/PD02AI01`;
  const dated = {
    '/PIM/PB01BH': report.PIM.PB01BH.map((one) => one.PB01BR01),
    '/PIM/PB01AR01': [report.PIM.PB01AR01],
    '/PRM': report.PRM.map((one) => one.PB030R01),
    '/POM': report.POM.map((one) => one.PB040R02),
    '/POT': report.POT.map((one) => one.PF01AR01),
    '/PCJ': report.PCJ.map((one) => one.PF02AR01),
    '/PCE': report.PCE.flatMap((one) => [one.PF03AR01, one.PF03AR02 ?? one.PF03AR01]),
    '/PAP': report.PAP.map((one) => one.PF04AR01),
    '/PHF': report.PHF === null ? [] : [`${report.PHF.PF05AR02}-01`, `${report.PHF.PF05AR03}-01`],
    '/POQ': report.POQ.map((one) => one.PH010R01),
  };
  for (const [path, dates] of Object.entries(dated))
    if (dates.some((date) => date > reportDay)) yield path;
  if (report.PCE.some((one) => one.PF03AR02 !== null && one.PF03AR02 < one.PF03AR01)) yield '/PCE';
  if (report.PHF !== null && report.PHF.PF05AR03 < report.PHF.PF05AR02) yield '/PHF/PF05AR03';
}

/** Every mark on an item or on the report as a whole. */
export function marksOf(report: PbocReport) {
  return [
    ...report.POS,
    ...report.PDA.flatMap((one) => one.PD01Z),
    ...report.PCA.flatMap((one) => one.PD02Z),
    ...report.PCR.flatMap((one) => one.PD03Z),
    ...report.POT.flatMap((one) => one.PF01Z),
    ...report.PCJ.flatMap((one) => one.PF02Z),
    ...report.PCE.flatMap((one) => one.PF03Z),
    ...report.PAP.flatMap((one) => one.PF04Z),
  ];
}

const institutions = (accounts: readonly PbocAccount[]): number =>
  new Set(accounts.map((one) => one.PD01AI02)).size;
const balanceOf = (accounts: readonly PbocAccount[]): number =>
  sum(accounts.map((one) => one.PD01CJ01));

/** Pairs of a path and what the lists say must stand there. */
function creditTotals(report: PbocReport): readonly (readonly [string, number, number])[] {
  const { PCO, PDA } = report;
  const open = (type: AccountType) => PDA.filter((one) => one.PD01AD01 === type && isOpen(one));
  const [d1, r4, r1, r2, r3] = [open('D1'), open('R4'), open('R1'), open('R2'), open('R3')];
  const collected = open('C1');
  const bad = PDA.filter(isBadDebt);
  const limitOf = (cards: readonly PbocAccount[]) => sum(cards.map((one) => one.PD01AJ02 ?? 0));
  const usedOf = (cards: readonly PbocAccount[]) => sum(cards.map((one) => one.PD01CJ02 ?? 0));
  return [
    ['PC02A/PC02AS01', PCO.PC02A.PC02AS01, PDA.length],
    ['PC02B/PC02BS01', PCO.PC02B.PC02BS01, collected.length],
    ['PC02B/PC02BJ01', PCO.PC02B.PC02BJ01, balanceOf(collected)],
    ['PC02C/PC02CS01', PCO.PC02C.PC02CS01, bad.length],
    ['PC02C/PC02CJ01', PCO.PC02C.PC02CJ01, balanceOf(bad)],
    ['PC02E/PC02ES01', PCO.PC02E.PC02ES01, institutions(d1)],
    ['PC02E/PC02ES02', PCO.PC02E.PC02ES02, d1.length],
    ['PC02E/PC02EJ02', PCO.PC02E.PC02EJ02, balanceOf(d1)],
    ['PC02F/PC02FS01', PCO.PC02F.PC02FS01, institutions(r4)],
    ['PC02F/PC02FS02', PCO.PC02F.PC02FS02, r4.length],
    ['PC02F/PC02FJ02', PCO.PC02F.PC02FJ02, balanceOf(r4)],
    ['PC02G/PC02GS01', PCO.PC02G.PC02GS01, institutions(r1)],
    ['PC02G/PC02GS02', PCO.PC02G.PC02GS02, r1.length],
    ['PC02G/PC02GJ02', PCO.PC02G.PC02GJ02, balanceOf(r1)],
    ['PC02H/PC02HS01', PCO.PC02H.PC02HS01, institutions(r2)],
    ['PC02H/PC02HS02', PCO.PC02H.PC02HS02, r2.length],
    ['PC02H/PC02HJ01', PCO.PC02H.PC02HJ01, limitOf(r2)],
    ['PC02H/PC02HJ04', PCO.PC02H.PC02HJ04, usedOf(r2)],
    ['PC02I/PC02IS01', PCO.PC02I.PC02IS01, institutions(r3)],
    ['PC02I/PC02IS02', PCO.PC02I.PC02IS02, r3.length],
    ['PC02I/PC02IJ01', PCO.PC02I.PC02IJ01, limitOf(r3)],
    ['PC02I/PC02IJ04', PCO.PC02I.PC02IJ04, usedOf(r3)],
    ['PC02K/PC02KS01', PCO.PC02K.PC02KS01, report.PCR.length],
    ['PC02K/PC02KJ01', PCO.PC02K.PC02KJ01, sum(report.PCR.map((one) => one.PD03AJ02))],
  ];
}

function* overdueFaults(report: PbocReport): Faults {
  for (const type of Object.keys(ACCOUNT_TYPES)) {
    const late = report.PDA.filter((one) => one.PD01AD01 === type && one.PD01E.length > 0);
    const months = late.flatMap((one) => one.PD01E);
    const rows = report.PCO.PC02D.filter((row) => row.PC02DD01 === type);
    const [row] = rows;
    const agrees =
      row === undefined
        ? late.length === 0
        : rows.length === 1 &&
          row.PC02DS02 === late.length &&
          row.PC02DS03 === months.length &&
          row.PC02DJ01 === Math.max(0, ...months.map((one) => one.PD01EJ01));
    if (!agrees) yield '/PCO/PC02D';
  }
}

/** Queries after `since` of one reason. */
const queriesSince = (queries: readonly PbocQuery[], since: string, reason: string) =>
  queries.filter((one) => one.PH010Q03 === reason && one.PH010R01 > since);

function* queryFaults(report: PbocReport, reportDay: string): Faults {
  const { PC05A, PC05B } = report.PQO;
  const newest = report.POQ.map((one) => one.PH010R01)
    .sort()
    .at(-1);
  if ((PC05A?.PC05AR01 ?? undefined) !== newest) yield '/PQO/PC05A';
  const month = (reason: string) =>
    queriesSince(report.POQ, addMonthsClamped(reportDay, -1), reason);
  const years = (reason: string) =>
    queriesSince(report.POQ, addMonthsClamped(reportDay, -HISTORY_MONTHS), reason).length;
  const asking = (reason: string) => new Set(month(reason).map((one) => one.PH010Q02)).size;
  const counted = [
    ['PC05BS01', PC05B.PC05BS01, asking('02')],
    ['PC05BS02', PC05B.PC05BS02, asking('03')],
    ['PC05BS03', PC05B.PC05BS03, month('02').length],
    ['PC05BS04', PC05B.PC05BS04, month('03').length],
    ['PC05BS05', PC05B.PC05BS05, month(OWN_QUERY).length],
    ['PC05BS06', PC05B.PC05BS06, years('01')],
    ['PC05BS07', PC05B.PC05BS07, years('08')],
    ['PC05BS08', PC05B.PC05BS08, years('19')],
  ] as const;
  for (const [element, said, found] of counted) if (said !== found) yield `/PQO/PC05B/${element}`;
}

function* recordFaults(report: PbocReport): Faults {
  const kinds = { '1': report.POT, '2': report.PCJ, '3': report.PCE, '4': report.PAP };
  for (const [kind, records] of Object.entries(kinds)) {
    const rows = report.PPO.filter((row) => row.PC040D01 === kind);
    if (sum(rows.map((row) => row.PC040S02)) !== records.length) yield '/PPO';
  }
  const owing = report.PND.filter((one) => one.PE01AJ01 > 0).length;
  if (sum(report.PNO.map((row) => row.PC030S02)) !== owing) yield '/PNO';
}

function* faultsOf(report: PbocReport): Faults {
  const reportDay = report.PRH.PA01AR01.slice(0, 10);
  for (const [i, account] of report.PDA.entries())
    yield* accountFaults(account, `/PDA/${i}`, reportDay);
  yield* listFaults(report, reportDay);
  for (const [path, said, counted] of creditTotals(report))
    if (said !== counted) yield `/PCO/${path}`;
  yield* overdueFaults(report);
  yield* queryFaults(report, reportDay);
  yield* recordFaults(report);
  const marks = marksOf(report);
  if (marks.some((one) => one.ZR01 > reportDay)) yield '/POS';
  if (report.PRH.PA01ES01 !== marks.filter(isDisputed).length) yield '/PRH/PA01ES01';
}

/** The path of the first contradiction, or null when the report agrees with itself. */
export function contradictionIn(report: PbocReport): string | null {
  const { value } = faultsOf(report).next();
  return value ?? null;
}
