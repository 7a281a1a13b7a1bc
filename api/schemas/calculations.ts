/** What the open calculators take and give: schedules and annual percentage rates. */
import { z } from '@hono/zod-openapi';
import { APR_BASES } from '../../domain/apr.ts';
import { isIsoDate } from '../../domain/calendar.ts';
import { DAY_COUNTS, REPAYMENT_METHODS } from '../../domain/loan-terms.ts';
import { fen } from '../../domain/money.ts';
import { annualRate } from '../../domain/rates.ts';
import { MOST_INSTALMENTS } from '../../domain/schedule.ts';
import { isUnitPeriod } from '../../domain/unit-periods.ts';
import { amountFen, day } from './common.ts';
import { type Word, wrong } from './calculation-words.ts';

/** The first of several checks that a value fails, or none. */
const firstOf = (checks: readonly (readonly [fails: boolean, word: Word])[]): Word | undefined =>
  checks.find(([fails]) => fails)?.[1];

function amountFault(value: number, least: 0 | 1): Word | undefined {
  return firstOf([
    [value > Number.MAX_SAFE_INTEGER, 'AMOUNT_TOO_LARGE'],
    [value < 0, 'AMOUNT_NEGATIVE'],
    [!Number.isInteger(value), 'AMOUNT_FRACTION'],
    [value < least, 'AMOUNT_ZERO'],
  ]);
}

/** An amount in fen; JSON numbers past 2^53 are refused by name, not rounded. */
const amount = (least: 0 | 1) =>
  z
    .number()
    .superRefine((value, ctx) => {
      const fault = amountFault(value, least);
      if (fault !== undefined) ctx.addIssue(wrong(fault));
    })
    .transform((value) => fen(value))
    .openapi({ type: 'integer', minimum: least, maximum: Number.MAX_SAFE_INTEGER });

function percentFault(text: string, most: number, tooHigh: Word): Word | undefined {
  return firstOf([
    [/^-\d/.test(text), 'PERCENT_NEGATIVE'],
    [/^\d+\.\d{9,}$/.test(text), 'PERCENT_DECIMALS'],
    [!/^(0|[1-9]\d*)(\.\d+)?$/.test(text), 'PERCENT_TYPE'],
    [Number(text) > most, tooHigh],
  ]);
}

/** A percentage as a plain decimal string of at most eight decimals. */
const percent = (most: number, tooHigh: Word) =>
  z
    .string()
    .max(40)
    .superRefine((text, ctx) => {
      const fault = percentFault(text, most, tooHigh);
      if (fault !== undefined) ctx.addIssue(wrong(fault));
    })
    .openapi({ example: '14.4' });

function dateFault(text: string): Word | undefined {
  return firstOf([
    [!/^\d{4}-\d{2}-\d{2}$/.test(text), 'DATE_FORMAT'],
    [!isIsoDate(text) && !text.startsWith('0'), 'DATE_UNKNOWN'],
    [text < '1900-01-01' || text > '2200-12-31', 'DATE_RANGE'],
  ]);
}

const date = z
  .string()
  .superRefine((text, ctx) => {
    const fault = dateFault(text);
    if (fault !== undefined) ctx.addIssue(wrong(fault));
  })
  .openapi({ format: 'date', example: '2026-01-15' });

export const FEE_KINDS = [
  'UPFRONT_DEDUCTED',
  'UPFRONT_PAID',
  'PER_INSTALMENT',
  'LAST_INSTALMENT',
] as const;

const fee = z
  .strictObject({
    name: z.string().trim().min(1).max(64),
    kind: z.enum(FEE_KINDS),
    amountFen: amount(0).optional(),
    /** Of the original principal. */
    percent: percent(100, 'PERCENT_TOO_HIGH').optional(),
    payee: z.string().trim().min(1).max(64).optional(),
  })
  .superRefine((value, ctx) => {
    if ((value.amountFen === undefined) === (value.percent === undefined))
      ctx.addIssue(wrong('FEE_AMOUNT_OR_PERCENT'));
  });

export const scheduleRequest = z
  .strictObject({
    principalFen: amount(1),
    annualRate: percent(1000, 'RATE_TOO_HIGH').transform((text) => annualRate(text)),
    /** Months. */
    instalments: z.number().int().min(1).max(MOST_INSTALMENTS).optional(),
    /** The term of a loan repaid once, in days. */
    days: z.number().int().min(1).max(36_500).optional(),
    method: z.enum(REPAYMENT_METHODS),
    dayCount: z.enum(DAY_COUNTS),
    startDate: date,
    firstDueDate: date.optional(),
    dueDay: z.number().int().min(1).max(31).optional(),
    rounding: z.enum(['HALF_UP', 'HALF_EVEN']).optional(),
    fees: z.array(fee).max(20).optional(),
  })
  .superRefine((value, ctx) => {
    if (value.days === undefined) {
      if (value.instalments === undefined) ctx.addIssue(wrong('TERM_MISSING', ['instalments']));
      return;
    }
    if (value.instalments !== undefined) ctx.addIssue(wrong('TERM_TWICE', ['days']));
    for (const field of ['firstDueDate', 'dueDay'] as const)
      if (value[field] !== undefined) ctx.addIssue(wrong('DAYS_ALONE', [field]));
  })
  .openapi('ScheduleCalculation');
export type ScheduleRequest = z.infer<typeof scheduleRequest>;

/** Percent with eight decimals; below zero when less is paid than advanced. */
const ratePercent = z.string().openapi({ example: '24.00006012' });

export const scheduleView = z
  .object({
    instalments: z.array(
      z.object({
        number: z.number().int(),
        dueDate: day,
        principalFen: amountFen,
        interestFen: amountFen,
        feeFen: amountFen,
        paymentFen: amountFen,
        balanceFen: amountFen,
      }),
    ),
    totals: z.object({
      principalFen: amountFen,
      interestFen: amountFen,
      feeFen: amountFen,
      paymentFen: amountFen,
      advancedFen: amountFen,
    }),
    annualised: z.object({ simple: ratePercent, compound: ratePercent, xirr: ratePercent }),
  })
  .openapi('CalculatedSchedule');

const flow = (least: 0 | 1) => z.strictObject({ date, amountFen: amount(least) });

const unit = z
  .strictObject({
    every: z.number().int().min(1).max(365),
    of: z.enum(['DAY', 'WEEK', 'HALF_MONTH', 'MONTH']),
  })
  .superRefine((value, ctx) => {
    if (!isUnitPeriod({ unit: value.of, count: value.every }))
      ctx.addIssue(wrong('UNIT_TOO_LONG', ['every']));
  });

/** Most advances and payments of one calculation: what a processor answers in a fraction of a second. */
const MOST_ADVANCES = 120;
const MOST_PAYMENTS = 1_000;

export const aprRequest = z
  .strictObject({
    advances: z.array(flow(1)).min(1).max(MOST_ADVANCES),
    payments: z.array(flow(0)).min(1).max(MOST_PAYMENTS),
    basis: z.enum(APR_BASES),
    unit: unit.optional(),
  })
  .openapi('AprCalculation');
export type AprRequest = z.infer<typeof aprRequest>;

export const aprView = z
  .object({ annualRate: ratePercent, perPeriod: ratePercent, periodsPerYear: z.number() })
  .openapi('CalculatedApr');
