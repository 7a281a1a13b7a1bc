/** Made-up variables of people who apply, drawn from a seed: enough good and bad ones that every outcome occurs. */
import {
  VARIABLE_CATALOGUE,
  type VariableName,
  type Variables,
} from '../../../domain/variables.ts';
import { recordedVariables } from '../../../domain/recorded-variables.ts';
import type { Random } from '../../scorecard-fit/random.ts';

type Draw = (random: Random) => number | string | boolean | null;

const whole =
  (low: number, high: number): Draw =>
  (random) =>
    low + Math.floor(random() * (high - low + 1));
const oneOf =
  (...values: readonly string[]): Draw =>
  (random) =>
    values[Math.floor(random() * values.length)] ?? null;
/** Nothing for most people, and up to `high` for the rest. */
const seldom =
  (share: number, high: number): Draw =>
  (random) =>
    random() < share ? whole(1, high)(random) : 0;
const gapped =
  (share: number, draw: Draw): Draw =>
  (random) =>
    random() < share ? null : draw(random);

const DRAWS: Partial<Record<VariableName, Draw>> = {
  ageYears: whole(20, 64),
  education: oneOf('POSTGRADUATE', 'BACHELOR', 'COLLEGE', 'SECONDARY'),
  employment: oneOf(
    'CIVIL_SERVANT',
    'EMPLOYED',
    'EMPLOYED',
    'EMPLOYED',
    'SELF_EMPLOYED',
    'FREELANCE',
  ),
  employmentMonths: whole(1, 200),
  housing: oneOf('OWNED', 'MORTGAGED', 'FAMILY', 'RENTED'),
  dependants: whole(0, 3),
  purpose: oneOf('RENOVATION', 'EDUCATION', 'TRAVEL'),
  contactCount: whole(2, 4),
  formSeconds: whole(60, 900),
  formPastes: seldom(0.2, 6),
  formCorrections: whole(0, 20),
  maxOverdue3m: seldom(0.03, 2),
  maxOverdue6m: seldom(0.05, 2),
  maxOverdue12m: seldom(0.08, 3),
  maxOverdue24m: seldom(0.12, 4),
  currentOverdueAccounts: seldom(0.02, 2),
  worstClass: whole(1, 1),
  queryInstitutions1m: seldom(0.4, 4),
  queryInstitutions3m: seldom(0.6, 7),
  queryInstitutions6m: seldom(0.7, 10),
  cardUtilisation: gapped(0.02, whole(0, 95)),
  loanBalanceFen: whole(0, 60_000_000),
  openLoans: whole(0, 6),
  openCards: whole(0, 8),
  nonBankLenders: seldom(0.3, 4),
  fileAgeMonths: whole(3, 180),
  housingFundMonths: whole(0, 120),
  pbocScore: gapped(0.05, whole(350, 800)),
  baihangInstitutions3m: seldom(0.4, 6),
  baihangMaxOverdueDays12m: seldom(0.1, 40),
  baihangOpenLenders: seldom(0.3, 4),
  baihangScore: gapped(0.1, whole(400, 800)),
  watchLevel: oneOf('NONE'),
  mobileMonths: whole(2, 150),
  mobileActive: () => true,
  fraudLevel: oneOf('LOW'),
  fraudPoints: whole(0, 9),
  faceScore: whole(85, 99),
};

const percent = (part: number, income: number): number =>
  Math.min(999, Math.ceil((part * 1000) / income) / 10);

/** One person's variables who asks for an amount over a term. */
export function drawVariables(random: Random, amountFen: number, termMonths: number): Variables {
  const drawn: Partial<Record<VariableName, unknown>> = {};
  for (const name of Object.keys(VARIABLE_CATALOGUE) as VariableName[]) {
    const none = VARIABLE_CATALOGUE[name].type === 'boolean' ? false : 0;
    const draw = DRAWS[name];
    drawn[name] = draw === undefined ? none : draw(random);
    if (draw === undefined && VARIABLE_CATALOGUE[name].type === 'text') drawn[name] = null;
  }
  const income = 300_000 + Math.floor(random() ** 2 * 4_000_000);
  const debt = Math.floor(random() * income * 0.5);
  const payment = Math.ceil((amountFen / termMonths) * 1.08);
  const age = Number(drawn.ageYears);
  const variables = recordedVariables({
    ...drawn,
    ageAtMaturityYears: age + Math.ceil(termMonths / 12),
    requestedAmountFen: amountFen,
    termMonths,
    monthlyIncomeFen: income,
    debtServiceFen: debt,
    monthlyDebtServiceFen: debt,
    requestPaymentFen: payment,
    debtRatioPercent: percent(debt, income),
    debtRatioAfterPercent: percent(debt + payment, income),
    housingCostPercent: percent(income * random() * 0.4, income),
    amountToIncomePercent: percent(amountFen, income * 12),
    balanceToIncomePercent: percent(Number(drawn.loanBalanceFen), income * 12),
  });
  if (variables === null) throw new Error('the made-up variables do not fit the catalogue');
  return variables;
}
