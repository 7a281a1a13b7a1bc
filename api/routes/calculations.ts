/** The open calculators: a repayment schedule from terms, an annual percentage rate from dated flows. Nothing is stored. */
import { annualPercentageRate, RATE_DECIMALS } from '../../domain/apr.ts';
import type { Fen } from '../../domain/money.ts';
import { D, roundToFen, type Rounding } from '../../domain/rates.ts';
import {
  buildSchedule,
  ScheduleError,
  type ScheduleFee,
  type ScheduleInput,
} from '../../domain/schedule.ts';
import type { FeeTiming } from '../../domain/schedule-terms.ts';
import { ApiProblem, type FieldProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { APR_FAILURES, SCHEDULE_FAULTS } from '../schemas/calculation-words.ts';
import {
  type AprRequest,
  aprRequest,
  aprView,
  type FEE_KINDS,
  type ScheduleRequest,
  scheduleRequest,
  scheduleView,
} from '../schemas/calculations.ts';
import { jsonAnswer, jsonBody } from '../schemas/common.ts';

const tags = ['calculations'];

const schedule = defineRoute(
  'POST /v1/calculations/schedule',
  {
    summary: 'Calculate a repayment schedule and its annualised rates',
    description: 'Open to anybody, limited by address. Amounts in fen, rates in percent.',
    tags,
    request: { body: jsonBody(scheduleRequest) },
    responses: { 200: jsonAnswer('The schedule', scheduleView) },
  },
  { maxBodyBytes: 16 * 1024 },
);

const apr = defineRoute(
  'POST /v1/calculations/apr',
  {
    summary: 'Calculate the annual percentage rate of dated advances and payments',
    description:
      'UNIT_PERIOD: nominal rate of Regulation Z, Appendix J. ACT/365 and EQUAL_MONTHS: compound rate of the EU annex.',
    tags,
    request: { body: jsonBody(aprRequest) },
    responses: { 200: jsonAnswer('The rate', aprView) },
  },
  { maxBodyBytes: 192 * 1024 },
);

const refused = (problem: FieldProblem): ApiProblem =>
  new ApiProblem('VALIDATION_FAILED', { errors: [problem] });

const TIMINGS: Readonly<Record<(typeof FEE_KINDS)[number], FeeTiming>> = {
  UPFRONT_DEDUCTED: 'UPFRONT',
  UPFRONT_PAID: 'UPFRONT_PAID',
  PER_INSTALMENT: 'PER_INSTALMENT',
  LAST_INSTALMENT: 'LAST_INSTALMENT',
};

function feeOf(
  { name, kind, amountFen, percent = '0' }: NonNullable<ScheduleRequest['fees']>[number],
  principalFen: Fen,
  rounding: Rounding | undefined,
): ScheduleFee {
  const share = new D(percent).times(principalFen).dividedBy(100);
  return { code: name, timing: TIMINGS[kind], amountFen: amountFen ?? roundToFen(share, rounding) };
}

function termsOf(request: ScheduleRequest): ScheduleInput {
  const { fees = [], instalments, days, firstDueDate, dueDay, rounding, ...rest } = request;
  return {
    ...rest,
    instalments: instalments ?? 1,
    ...(days === undefined ? {} : { days }),
    ...(firstDueDate === undefined ? {} : { firstDueDate }),
    ...(dueDay === undefined ? {} : { dueDay }),
    ...(rounding === undefined ? {} : { rounding }),
    fees: fees.map((fee) => feeOf(fee, rest.principalFen, rounding)),
  };
}

function scheduleOf(request: ScheduleRequest) {
  try {
    const { instalments, totals, annualised } = buildSchedule(termsOf(request), RATE_DECIMALS);
    return { instalments: [...instalments], totals, annualised };
  } catch (error) {
    if (error instanceof ScheduleError) throw refused(SCHEDULE_FAULTS[error.code]);
    throw error;
  }
}

function aprOf({ unit, ...flows }: AprRequest) {
  const period = unit === undefined ? {} : { unit: { unit: unit.of, count: unit.every } };
  const result = annualPercentageRate({ ...flows, ...period });
  if (!result.ok) throw refused(APR_FAILURES[result.reason]);
  return result.apr;
}

export function registerCalculations(app: App): void {
  app.openapi(schedule, (c) => c.json(scheduleOf(c.req.valid('json')), 200));
  app.openapi(apr, (c) => c.json(aprOf(c.req.valid('json')), 200));
}
