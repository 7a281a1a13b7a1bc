/**
 * The annual percentage rate of dated advances and payments on one of three bases: the unit periods of Regulation Z, the
 * calendar years of the EU annex, or its equal months. What `POST /v1/calculations/apr` answers.
 */
import type { Decimal } from 'decimal.js';
import {
  type DatedAmount,
  euAnnualRate,
  type RateFailure,
  type RateResult,
  type TimedAmount,
  unitPeriodRate,
} from './annualised-rate.ts';
import { euYearsBetween, type YearPart } from './eu-intervals.ts';
import { D, formatPercent } from './rates.ts';
import {
  detectUnitPeriod,
  monthDays,
  type Span,
  type UnitPeriod,
  unitPeriodsBetween,
  unitsPerYear,
} from './unit-periods.ts';

/**
 * `UNIT_PERIOD`: nominal rate of Regulation Z, periodic rate times periods a year. `ACT/365` and `EQUAL_MONTHS`: the
 * compound rate of the EU annex, over years of 365 or 366 days or over 12 equal months (52 weeks).
 */
export const APR_BASES = ['UNIT_PERIOD', 'ACT/365', 'EQUAL_MONTHS'] as const;
export type AprBasis = (typeof APR_BASES)[number];

/** Decimals of a percentage that are printed. */
export const RATE_DECIMALS = 8;

export interface AprInput {
  readonly advances: readonly DatedAmount[];
  readonly payments: readonly DatedAmount[];
  readonly basis: AprBasis;
  /** The unit period; found by the rules of Appendix J (b)(4) when absent. */
  readonly unit?: UnitPeriod;
}

/** Rates are percent with eight decimals. */
export interface Apr {
  readonly annualRate: string;
  readonly perPeriod: string;
  readonly periodsPerYear: number;
}

export type AprFailure = RateFailure | 'PAYMENT_BEFORE_ADVANCE';

export type AprResult =
  | { readonly ok: true; readonly apr: Apr }
  | { readonly ok: false; readonly reason: AprFailure };

const inOrder = (flows: readonly DatedAmount[]): readonly DatedAmount[] =>
  flows.toSorted((a, b) => a.date.localeCompare(b.date));

const datesOf = (flows: readonly DatedAmount[]): readonly string[] => flows.map(({ date }) => date);

function timed(
  flows: readonly DatedAmount[],
  timeOf: (date: string) => Span,
): readonly TimedAmount[] {
  return flows.map(({ amountFen, date }) => ({ amountFen, ...timeOf(date) }));
}

function aprOf(rates: RateResult, annual: 'annual' | 'compound', perYear: Decimal): AprResult {
  if (!rates.ok) return rates;
  const { periodic } = rates.rates;
  return {
    ok: true,
    apr: {
      annualRate: formatPercent(rates.rates[annual], RATE_DECIMALS),
      perPeriod: formatPercent(periodic, RATE_DECIMALS),
      periodsPerYear: perYear.toNumber(),
    },
  };
}

/** The day of the month that a date stands for. */
type DayOf = ReturnType<typeof monthDays>;

function byUnitPeriod(
  advances: readonly DatedAmount[],
  payments: readonly DatedAmount[],
  start: string,
  unit: UnitPeriod,
  dayOf: DayOf,
): AprResult {
  const timeOf = (date: string) => unitPeriodsBetween(start, date, unit, dayOf(date));
  const perYear = unitsPerYear(unit);
  const rates = unitPeriodRate({
    advances: timed(advances, timeOf),
    payments: timed(payments, timeOf),
    unitsPerYear: perYear,
  });
  return aprOf(rates, 'annual', perYear);
}

/** The EU annex prefers whole units: weeks for a loan that runs in weeks, else months. */
function yearPartOf(basis: AprBasis, unit: UnitPeriod): YearPart {
  if (basis === 'ACT/365') return 'YEAR';
  return unit.unit === 'WEEK' ? 'WEEK' : 'MONTH';
}

function byEuAnnex(
  input: AprInput,
  advances: readonly DatedAmount[],
  payments: readonly DatedAmount[],
  start: string,
  found: UnitPeriod,
  dayOf: DayOf,
): AprResult {
  const part = yearPartOf(input.basis, found);
  const timeOf = (date: string) => euYearsBetween(start, date, part, dayOf(date));
  const rates = euAnnualRate({
    advances: timed(advances, timeOf),
    payments: timed(payments, timeOf),
  });
  if (!rates.ok || input.unit === undefined) return aprOf(rates, 'compound', new D(1));
  const perYear = unitsPerYear(input.unit);
  const { compound } = rates.rates;
  const periodic = compound.plus(1).pow(new D(1).dividedBy(perYear)).minus(1);
  return aprOf({ ok: true, rates: { ...rates.rates, periodic } }, 'compound', perYear);
}

/**
 * The rate at which the advances are worth as much as the payments. Negative when less is paid back than was advanced.
 * Amounts of zero are skipped payments and count for nothing; dates need no order.
 */
export function annualPercentageRate(input: AprInput): AprResult {
  const counts = ({ amountFen }: DatedAmount) => amountFen > 0;
  const advances = inOrder(input.advances.filter(counts));
  const payments = inOrder(input.payments.filter(counts));
  const [first, due] = [advances[0], payments[0]];
  if (first === undefined) return { ok: false, reason: 'NO_ADVANCE' };
  if (due === undefined) return { ok: false, reason: 'NO_PAYMENT' };
  if (due.date < first.date) return { ok: false, reason: 'PAYMENT_BEFORE_ADVANCE' };
  const later = payments.filter(({ date }) => date > first.date);
  const unit = input.unit ?? detectUnitPeriod(datesOf(advances), datesOf(later));
  // A skipped payment is not paid, and its date still shows which day of the month the payments stand for.
  const dayOf = monthDays(datesOf(advances), datesOf(inOrder(input.payments)));
  return input.basis === 'UNIT_PERIOD'
    ? byUnitPeriod(advances, payments, first.date, unit, dayOf)
    : byEuAnnex(input, advances, payments, first.date, unit, dayOf);
}
