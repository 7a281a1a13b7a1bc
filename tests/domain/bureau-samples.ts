/** Sample bureau reports for the domain tests: clean, and in agreement with themselves whatever is changed in their lists. */
import type { BaihangReport } from '../../domain/baihang-report.ts';
import { isBadDebt, isOpen, marksOf } from '../../domain/bureau-consistency.ts';
import type { PbocAccount, PbocReport } from '../../domain/bureau-report.ts';
import { idCheckDigit } from '../../domain/identifiers.ts';

/** A number of the unassigned region 999999 for a birth date. */
export function syntheticId(birthDate: string, sequence = '001'): string {
  const first17 = `999999${birthDate.replaceAll('-', '')}${sequence}`;
  return first17 + idCheckDigit(first17);
}

export const ID_NUMBER = syntheticId('1990-06-15');
export const NAME = '测试张';

const LAST_MONTH = '2026-10';

function monthBefore(month: string, months: number): string {
  const at = new Date(`${month}-01T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() - months);
  return at.toISOString().slice(0, 7);
}

/** The five-year section that says what the string says. */
function abnormalMonths(statuses: string, last: string): PbocAccount['PD01E'] {
  return Array.from(statuses).flatMap((status, at) =>
    '1234567BDZG'.includes(status)
      ? [{ PD01ER03: monthBefore(last, 23 - at), PD01ED01: status, PD01EJ01: 100 }]
      : [],
  );
}

/** A punctual bank loan of 60,000; sections B and E say what C and D say unless told. */
export function account(over: Partial<PbocAccount> = {}): PbocAccount {
  const told = {
    PD01AI01: 'A1',
    PD01AD01: 'D1',
    PD01AD02: '11',
    PD01AI02: 'BANK-1',
    PD01AD03: '91',
    PD01AR01: '2019-05-01',
    PD01AJ01: 60_000,
    PD01AJ02: null,
    PD01AR02: '2028-05-01',
    PD01AD06: '03',
    PD01AS01: 60,
    PD01BR01: null,
    PD01BR03: '2026-11-01',
    PD01CD01: '1',
    PD01CJ01: 30_000,
    PD01CJ02: null,
    PD01CJ03: null,
    PD01CD02: '1',
    PD01CS01: 30,
    PD01CJ04: 1_200,
    PD01CJ05: 1_200,
    PD01CS02: 0,
    PD01CJ06: 0,
    PD01CJ12: null,
    PD01DR02: LAST_MONTH,
    PD01DD01: 'N'.repeat(24),
    PD01F: [],
    PD01G: [],
    PD01H: [],
    PD01Z: [],
    ...over,
  } as const;
  return {
    PD01BD01: told.PD01CD01,
    PD01BJ01: told.PD01CJ01,
    PD01BD03: told.PD01CD02,
    PD01BD04: 'N',
    PD01E: abnormalMonths(told.PD01DD01, told.PD01DR02),
    ...told,
  };
}

/** A credit card with a limit of 40,000, of which 6,000 are used. */
export function card(over: Partial<PbocAccount> = {}): PbocAccount {
  return account({
    PD01AI01: 'C1',
    PD01AD01: 'R2',
    PD01AI02: 'BANK-2',
    PD01AD03: '81',
    PD01AR01: '2017-03-01',
    PD01AJ01: null,
    PD01AJ02: 40_000,
    PD01AR02: null,
    PD01AS01: null,
    PD01CJ01: 6_000,
    PD01CJ02: 6_000,
    PD01CJ03: 0,
    PD01CS01: null,
    PD01CJ04: 600,
    PD01CJ12: 8_000,
    ...over,
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const institutions = (accounts: readonly PbocAccount[]): number =>
  new Set(accounts.map((one) => one.PD01AI02)).size;
const balance = (accounts: readonly PbocAccount[]): number =>
  sum(accounts.map((one) => one.PD01CJ01));
const limit = (accounts: readonly PbocAccount[]): number =>
  sum(accounts.map((one) => one.PD01AJ02 ?? 0));
const used = (accounts: readonly PbocAccount[]): number =>
  sum(accounts.map((one) => one.PD01CJ02 ?? 0));

function summaryOf(
  accounts: readonly PbocAccount[],
  liabilities: PbocReport['PCR'],
): PbocReport['PCO'] {
  const open = (type: string) => accounts.filter((one) => one.PD01AD01 === type && isOpen(one));
  const [d1, r4, r1, r2, r3, c1] = [
    open('D1'),
    open('R4'),
    open('R1'),
    open('R2'),
    open('R3'),
    open('C1'),
  ];
  const bad = accounts.filter(isBadDebt);
  const types = [...new Set(accounts.map((one) => one.PD01AD01))];
  return {
    PC02A: { PC02AS01: accounts.length, PC02AH: [] },
    PC02B: { PC02BS01: c1.length, PC02BJ01: balance(c1) },
    PC02C: { PC02CS01: bad.length, PC02CJ01: balance(bad) },
    PC02D: types.flatMap((type) => {
      const late = accounts.filter((one) => one.PD01AD01 === type && one.PD01E.length > 0);
      const months = late.flatMap((one) => one.PD01E);
      if (months.length === 0) return [];
      return [
        {
          PC02DD01: type,
          PC02DS02: late.length,
          PC02DS03: months.length,
          PC02DJ01: Math.max(...months.map((one) => one.PD01EJ01)),
          PC02DS04: months.length,
        },
      ];
    }),
    PC02E: {
      PC02ES01: institutions(d1),
      PC02ES02: d1.length,
      PC02EJ01: 0,
      PC02EJ02: balance(d1),
      PC02EJ03: 0,
    },
    PC02F: {
      PC02FS01: institutions(r4),
      PC02FS02: r4.length,
      PC02FJ01: 0,
      PC02FJ02: balance(r4),
      PC02FJ03: 0,
    },
    PC02G: {
      PC02GS01: institutions(r1),
      PC02GS02: r1.length,
      PC02GJ01: 0,
      PC02GJ02: balance(r1),
      PC02GJ03: 0,
    },
    PC02H: {
      PC02HS01: institutions(r2),
      PC02HS02: r2.length,
      PC02HJ01: limit(r2),
      PC02HJ02: 0,
      PC02HJ03: 0,
      PC02HJ04: used(r2),
      PC02HJ05: 0,
    },
    PC02I: {
      PC02IS01: institutions(r3),
      PC02IS02: r3.length,
      PC02IJ01: limit(r3),
      PC02IJ02: 0,
      PC02IJ03: 0,
      PC02IJ04: used(r3),
      PC02IJ05: 0,
    },
    PC02K: { PC02KS01: liabilities.length, PC02KJ01: sum(liabilities.map((one) => one.PD03AJ02)) },
  };
}

/** Counted with the dates of a report of 2026-11-24. */
function queriesOf(queries: PbocReport['POQ']): PbocReport['PQO'] {
  const since = (day: string, reason: string) =>
    queries.filter((one) => one.PH010Q03 === reason && one.PH010R01 > day);
  const month = (reason: string) => since('2026-10-24', reason);
  const years = (reason: string) => since('2024-11-24', reason).length;
  const asking = (reason: string) => new Set(month(reason).map((one) => one.PH010Q02)).size;
  const [last] = [...queries].sort((a, b) => b.PH010R01.localeCompare(a.PH010R01));
  return {
    PC05A:
      last === undefined
        ? null
        : {
            PC05AR01: last.PH010R01,
            PC05AD01: last.PH010D01,
            PC05AI01: last.PH010Q02,
            PC05AQ01: last.PH010Q03,
          },
    PC05B: {
      PC05BS01: asking('02'),
      PC05BS02: asking('03'),
      PC05BS03: month('02').length,
      PC05BS04: month('03').length,
      PC05BS05: month('05').length,
      PC05BS06: years('01'),
      PC05BS07: years('08'),
      PC05BS08: years('19'),
    },
  };
}

const HEADER: PbocReport['PRH'] = {
  PA01AI01: 'R0001',
  PA01AR01: '2026-11-24T10:00:00',
  PA01BQ01: NAME,
  PA01BD01: '10',
  PA01BI01: ID_NUMBER,
  PA01BI02: 'XINDAI',
  PA01BD02: '02',
  PA01C: [],
  PA01DQ01: null,
  PA01ES01: 0,
};

const PERSON: Pick<PbocReport, 'PIM' | 'PMM' | 'PRM' | 'POM' | 'PSM'> = {
  PIM: {
    PB01AD01: '1',
    PB01AR01: '1990-06-15',
    PB01AD02: '20',
    PB01AD03: '4',
    PB01AD04: '11',
    PB01AQ01: null,
    PB01AQ02: '浙江省杭州市',
    PB01AD05: 'CHN',
    PB01AQ03: null,
    PB01BH: [{ PB01BQ01: '13800000001', PB01BR01: '2024-01-01' }],
  },
  PMM: { PB020D01: '20' },
  PRM: [],
  POM: [],
  PSM: { PC010Q01: 720, PC010Q02: 60 },
};

/** A clean report of 2026-11-24; its summaries count what its lists hold unless told. */
export function pboc(over: Partial<PbocReport> = {}): PbocReport {
  const lists = {
    PDA: [account(), card()],
    PCA: [],
    PCR: [],
    PND: [],
    POT: [],
    PCJ: [],
    PCE: [],
    PAP: [],
    PBS: [],
    PPQ: [],
    PAH: [],
    POS: [],
    POQ: [{ PH010R01: '2026-10-20', PH010D01: '11', PH010Q02: 'BANK-3', PH010Q03: '02' }],
    ...over,
  } as const satisfies Partial<PbocReport>;
  const records = { '1': lists.POT, '2': lists.PCJ, '3': lists.PCE, '4': lists.PAP };
  const report: PbocReport = {
    PRH: HEADER,
    ...PERSON,
    PCO: summaryOf(lists.PDA, lists.PCR),
    PNO: [],
    PPO: Object.entries(records).flatMap(([kind, of]) =>
      of.length === 0 ? [] : [{ PC040D01: kind, PC040S02: of.length, PC040J01: 0 }],
    ),
    PQO: queriesOf(lists.POQ),
    PHF: { PF05AR02: '2020-04', PF05AR03: '2026-10', PF05AJ01: 1_800, PF05AD01: '1' },
    ...lists,
  };
  const marked = marksOf(report).filter((one) => one.ZD01 === '1').length;
  return over.PRH === undefined ? { ...report, PRH: { ...HEADER, PA01ES01: marked } } : report;
}

const NOTHING = { institutions: 0, applications: 0 };

/** A clean Baihang report of 2026-11-24. */
export function baihang(over: Partial<BaihangReport> = {}): BaihangReport {
  return {
    reportNo: 'B0001',
    reportTime: '2026-11-24T10:00:00',
    subject: { name: NAME, idNumber: ID_NUMBER },
    loans: {
      institutions: 0,
      openAccounts: 0,
      balanceYuan: 0,
      overdueAccounts: 0,
      overdueYuan: 0,
      maxOverdueDays12m: 0,
    },
    applications: { months1: NOTHING, months3: NOTHING, months6: NOTHING, months12: NOTHING },
    watchList: [],
    mobile: { monthsInUse: 80, status: 'ACTIVE' },
    antiFraudScore: 10,
    creditScore: 690,
    courtCases: 0,
    ...over,
  };
}
