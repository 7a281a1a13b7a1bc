/**
 * Draws the credit life of a person nobody wrote down, from the seed and the identity number, with rates that look
 * like a real book of consumer applicants: one in six is unknown to the bureau, one in eight was late in two years.
 */
import { type Draws, drawsFrom } from '../random.ts';
import {
  type BaihangProfile,
  type CardFact,
  type CreditProfile,
  type LoanFact,
  PUNCTUAL,
  type QueryFact,
} from './credit-profile.ts';

const BANKS = [
  '示范国有商业银行',
  '示范股份制银行',
  '示范城市商业银行',
  '示范农村商业银行',
] as const;
const NON_BANKS = [
  { type: '24', name: '示范消费金融公司' },
  { type: '51', name: '示范小额贷款公司' },
  { type: '23', name: '示范汽车金融公司' },
] as const;

/** Share of applicants of whom the central bank's bureau has no record. */
const UNKNOWN_TO_PBOC = 0.16;
/** Share of applicants of whom the Baihang network has no record. */
const UNKNOWN_TO_BAIHANG = 0.22;

type Discipline = 'PUNCTUAL' | 'SLIPS' | 'LATE' | 'BROKEN';

/** The same person for the same seed and number. */
interface DrawnLife {
  readonly discipline: Discipline;
  readonly hunger: number;
}

function drawLife(seed: string, idNumber: string): DrawnLife {
  const draws = drawsFrom(seed, 'life', idNumber);
  const at = draws.next();
  const discipline = at < 0.87 ? 'PUNCTUAL' : at < 0.945 ? 'SLIPS' : at < 0.98 ? 'LATE' : 'BROKEN';
  return { discipline, hunger: draws.chance(0.12) ? draws.integer(4, 12) : draws.integer(0, 3) };
}

/** Null when the bureau has no record of the person. */
export function drawCredit(seed: string, idNumber: string): CreditProfile | null {
  const draws = drawsFrom(seed, 'pboc', idNumber);
  if (draws.chance(UNKNOWN_TO_PBOC)) return null;
  const life = drawLife(seed, idNumber);
  const loans = drawLoans(draws, life);
  const cards = drawCards(draws, life);
  const base = { PUNCTUAL: 760, SLIPS: 640, LATE: 500, BROKEN: 340 }[life.discipline];
  return {
    score:
      loans.length + cards.length === 0
        ? null
        : Math.max(150, base + draws.integer(-60, 60) - life.hunger * 8),
    loans,
    cards,
    queries: drawQueries(draws, life),
    publicRecords:
      life.discipline === 'BROKEN' && draws.chance(0.5)
        ? [
            {
              kind: 'PCE',
              authority: '示范市人民法院',
              monthsAgo: draws.integer(2, 30),
              amountYuan: draws.integer(10, 200) * 1_000,
              open: true,
            },
          ]
        : [],
    guarantees: draws.chance(0.04)
      ? [{ amountYuan: draws.integer(5, 60) * 10_000, fiveTier: '1', overdueMonths: 0 }]
      : [],
    housingFundYuan: draws.chance(0.55) ? draws.integer(4, 40) * 100 : null,
    badDebtYuan: life.discipline === 'BROKEN' && draws.chance(0.4) ? draws.integer(1, 40) * 500 : 0,
    recoveredDebtYuan: 0,
    fraudWarning: null,
    statements: [],
  };
}

function drawHistory(draws: Draws, discipline: Discipline): string {
  const months = PUNCTUAL.split('');
  const setRun = (start: number, run: string): void => {
    run.split('').forEach((status, at) => {
      if (start + at < months.length) months[start + at] = status;
    });
  };
  if (discipline === 'SLIPS') setRun(draws.integer(0, 22), '1');
  if (discipline === 'LATE') {
    setRun(draws.integer(0, 8), '12');
    setRun(draws.integer(11, 20), '1');
  }
  if (discipline === 'BROKEN') setRun(draws.integer(14, 18), '1234567777');
  return months.join('');
}

function drawLoans(draws: Draws, life: DrawnLife): LoanFact[] {
  const loans: LoanFact[] = [];
  if (draws.chance(0.28)) {
    loans.push({
      type: 'D1',
      orgType: '11',
      org: draws.pick(BANKS),
      business: '11',
      amountYuan: draws.integer(30, 200) * 10_000,
      termMonths: 360,
      monthsOpen: draws.integer(6, 120),
      history: PUNCTUAL,
    });
  }
  const count = draws.integer(0, 2) + Math.floor(life.hunger / 4);
  for (let at = 0; at < count; at += 1) {
    const nonBank = draws.chance(0.35) ? draws.pick(NON_BANKS) : null;
    const termMonths = draws.pick([12, 24, 36]);
    const monthsOpen = draws.integer(1, termMonths + 12);
    loans.push({
      type: 'D1',
      orgType: nonBank?.type ?? '11',
      org: nonBank?.name ?? draws.pick(BANKS),
      business: '91',
      amountYuan: draws.integer(1, 12) * 10_000,
      termMonths,
      monthsOpen,
      history: drawHistory(draws, life.discipline),
      settled: monthsOpen >= termMonths,
    });
  }
  return loans;
}

function drawCards(draws: Draws, life: DrawnLife): CardFact[] {
  return Array.from({ length: draws.integer(0, 4) }, () => {
    const limitYuan = draws.integer(1, 10) * 10_000;
    const share = life.hunger > 3 ? 0.5 + draws.next() * 0.5 : draws.next() * 0.5;
    return {
      org: draws.pick(BANKS),
      limitYuan,
      usedYuan: Math.round((limitYuan * share) / 100) * 100,
      monthsOpen: draws.integer(4, 120),
      history: draws.chance(0.5) ? PUNCTUAL : drawHistory(draws, life.discipline),
    };
  });
}

function drawQueries(draws: Draws, life: DrawnLife): QueryFact[] {
  return Array.from({ length: life.hunger + draws.integer(0, 2) }, () => ({
    daysAgo: draws.integer(3, life.hunger > 3 ? 120 : 700),
    orgType: draws.pick(['11', '11', '24', '51']),
    org: draws.pick(BANKS),
    reason: draws.pick(['02', '02', '03', '01']),
  })).sort((a, b) => a.daysAgo - b.daysAgo);
}

/** Null when the network has no record of the person. */
export function drawBaihang(seed: string, idNumber: string): BaihangProfile | null {
  const draws = drawsFrom(seed, 'baihang', idNumber);
  if (draws.chance(UNKNOWN_TO_BAIHANG)) return null;
  const life = drawLife(seed, idNumber);
  const late = life.discipline === 'LATE' || life.discipline === 'BROKEN';
  const month1 = Math.floor(life.hunger / 4);
  const institutions = draws.integer(0, 2) + Math.floor(life.hunger / 3);
  return {
    institutions,
    openAccounts: Math.min(institutions, draws.integer(0, 4)),
    balanceYuan: institutions * draws.integer(0, 12) * 1_000,
    overdueAccounts: late ? 1 : 0,
    overdueYuan: late ? draws.integer(5, 90) * 100 : 0,
    maxOverdueDays12m: { PUNCTUAL: 0, SLIPS: 12, LATE: 48, BROKEN: 190 }[life.discipline],
    applications: [
      month1,
      month1 + Math.floor(life.hunger / 3),
      Math.floor(life.hunger * 0.8),
      life.hunger,
    ],
    watchList:
      life.discipline === 'BROKEN'
        ? [{ level: 'M3_PLUS', monthsAgo: draws.integer(1, 10), source: '示范消费金融公司' }]
        : [],
    mobileMonths: draws.integer(3, 180),
    mobileStatus: 'ACTIVE',
    antiFraudScore: Math.min(100, draws.integer(2, 25) + life.hunger * 4),
    creditScore: Math.max(
      300,
      { PUNCTUAL: 720, SLIPS: 640, LATE: 560, BROKEN: 430 }[life.discipline] - life.hunger * 6,
    ),
    courtCases: life.discipline === 'BROKEN' ? draws.integer(0, 2) : 0,
  };
}
