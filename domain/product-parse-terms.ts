/** Checks the conditions inside a product document: its schedule, its servicing, the costs that may arise, its purposes. */
import type { Decimal } from 'decimal.js';
import { LOAN_PURPOSES } from './apply.ts';
import {
  checkBoolean,
  checkInteger,
  checkList,
  checkMembers,
  checkOneOf,
  type Faults,
} from './document-check.ts';
import { at, fault } from './fault.ts';
import {
  ALLOCATION_PARTS,
  FIRST_PERIODS,
  HOLIDAY_RULES,
  MONTH_ENDS,
  MOST_TRANCHES,
  type ScheduleRules,
  type ServicingRules,
} from './product.ts';
import { D } from './rates.ts';

const MOST_STEPS = 60;
const MOST_MONTHS = 480;
const MOST_DAYS = 365;
/** A contract that pays out for longer than two years is another loan. */
const MOST_TRANCHE_DAYS = 730;
/** The last day that every month has. */
const LAST_DUE_DAY = 28;

/** A percentage as decimal text, from 0 to below 1,000. */
export function checkPercent(faults: Faults, value: unknown, path: string): void {
  if (typeof value === 'string' && /^\d{1,3}(\.\d{1,6})?$/.test(value)) return;
  faults.push(
    fault(
      path,
      'PERCENT_EXPECTED',
      '此处应为百分数文本，如 7.20',
      'A percentage as text is wanted, such as 7.20',
    ),
  );
}

/** The fee of early settlement by months: from month 0, each step later than the one before. */
function checkSteps(faults: Faults, value: unknown, path: string): void {
  const steps = checkList(faults, value, path, MOST_STEPS);
  let before = -1;
  for (const [i, one] of steps.entries()) {
    const place = at(path, i);
    const step = checkMembers(faults, one, place, ['fromMonth', 'percent']);
    if (step === null) continue;
    checkPercent(faults, step.percent, at(place, 'percent'));
    const from = checkInteger(faults, step.fromMonth, at(place, 'fromMonth'), 0, MOST_MONTHS);
    if (from === null) continue;
    if (i === 0 ? from !== 0 : from <= before)
      faults.push(
        fault(
          at(place, 'fromMonth'),
          'STEPS_IN_ORDER',
          '首档须从第 0 个月起，其后逐档递增',
          'The first step is from month 0, every other one later than the one before',
        ),
      );
    before = from;
  }
  if (Array.isArray(value) && value.length === 0)
    faults.push(fault(path, 'STEPS_EXPECTED', '至少应有一档', 'One step at least is wanted'));
}

export function checkContingent(faults: Faults, value: unknown, isFormat2: boolean): void {
  const early = isFormat2 ? 'earlySettlement' : 'earlySettlementPercent';
  const markups = ['penaltyMarkupPercent', 'misuseMarkupPercent'] as const;
  const costs = checkMembers(faults, value, 'contingent', [...markups, early]);
  if (costs === null) return;
  for (const name of markups) checkPercent(faults, costs[name], at('contingent', name));
  const place = at('contingent', early);
  if (isFormat2) checkSteps(faults, costs[early], place);
  else checkPercent(faults, costs[early], place);
}

const DUE_DAY_MEMBERS = {
  PAYOUT_DAY: [],
  FIXED: ['day'],
  CHOICE: ['from', 'to', 'standard'],
} as const;

/** A rule of due days; its kind, or null. */
function checkDueDay(faults: Faults, value: unknown): keyof typeof DUE_DAY_MEMBERS | null {
  const path = 'schedule.dueDay';
  const named = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : null;
  const kind = checkOneOf(faults, named, at(path, 'kind'), ['PAYOUT_DAY', 'FIXED', 'CHOICE']);
  if (kind === null) return null;
  const names: readonly string[] = DUE_DAY_MEMBERS[kind];
  const rule = checkMembers(faults, value, path, ['kind', ...names]);
  if (rule === null) return kind;
  const day = (name: string) => checkInteger(faults, rule[name], at(path, name), 1, LAST_DUE_DAY);
  if (kind === 'FIXED') day('day');
  if (kind !== 'CHOICE') return kind;
  const [from, to, standard] = [day('from'), day('to'), day('standard')];
  if (from === null || to === null || standard === null) return kind;
  if (from > standard || standard > to)
    faults.push(
      fault(
        path,
        'RANGE_EMPTY',
        '默认还款日须在可选范围之内',
        'The standard day must lie between the first and the last',
      ),
    );
  return kind;
}

const RULES = [
  'dueDay',
  'firstPeriod',
  'leastFirstDays',
  'monthEnd',
  'rounding',
  'minimumPercent',
] as const satisfies readonly (keyof ScheduleRules)[];

/** 随借随还 counts days and asks for a part of the balance; no other method does. */
function checkRevolving(
  faults: Faults,
  method: unknown,
  dayCount: unknown,
  minimum: unknown,
): void {
  const place = 'schedule.minimumPercent';
  if (method !== 'REVOLVING') {
    if (minimum !== null)
      faults.push(
        fault(
          place,
          'MINIMUM_WITHOUT_REVOLVING',
          '仅随借随还产品有最低还款比例',
          'Only a loan repaid at any time has a minimum payment',
        ),
      );
    return;
  }
  checkPercent(faults, minimum, place);
  if (typeof minimum === 'string' && Number(minimum) > 100)
    faults.push(fault(place, 'MINIMUM_ABOVE_ALL', '不得高于 100', 'It is at most 100'));
  if (dayCount !== 'ACT/360' && dayCount !== 'ACT/365')
    faults.push(
      fault(
        'dayCount',
        'DAYS_EXPECTED',
        '随借随还须按实际天数计息',
        'A loan repaid at any time bears interest by the day',
      ),
    );
}

/** Checks the rules of the schedule against the method and day count that they are for. */
export function checkScheduleRules(
  faults: Faults,
  { schedule, method, dayCount }: Readonly<Record<'schedule' | 'method' | 'dayCount', unknown>>,
): void {
  const rules = checkMembers(faults, schedule, 'schedule', RULES);
  if (rules === null) return;
  const kind = checkDueDay(faults, rules.dueDay);
  const first = checkOneOf(faults, rules.firstPeriod, 'schedule.firstPeriod', FIRST_PERIODS);
  checkInteger(faults, rules.leastFirstDays, 'schedule.leastFirstDays', 1, LAST_DUE_DAY);
  checkOneOf(faults, rules.monthEnd, 'schedule.monthEnd', MONTH_ENDS);
  checkOneOf(faults, rules.rounding, 'schedule.rounding', ['HALF_UP', 'HALF_EVEN']);
  checkRevolving(faults, method, dayCount, rules.minimumPercent);
  const isWhole = first === 'FULL_MONTH';
  if (isWhole && kind !== null && kind !== 'PAYOUT_DAY')
    faults.push(
      fault(
        'schedule.firstPeriod',
        'FIRST_PERIOD_DOES_NOT_FIT',
        '整月首期须以放款日为还款日',
        'A first period of a full month needs the day of the payout as due day',
      ),
    );
  if (method === 'BULLET' && first !== null && !isWhole)
    faults.push(
      fault(
        'schedule.firstPeriod',
        'FIRST_PERIOD_DOES_NOT_FIT',
        '一次还本付息产品的期限须为整月',
        'A loan repaid once has a term of full months',
      ),
    );
}

const SERVICING = [
  'graceDays',
  'holidayRule',
  'compoundPenalty',
  'allocationOrder',
  'principalFirstFromDays',
  'coolingOffDays',
  'coolingOffInterest',
] as const satisfies readonly (keyof ServicingRules)[];

function checkOrder(faults: Faults, value: unknown): void {
  const place = 'servicing.allocationOrder';
  const order = checkList(faults, value, place, ALLOCATION_PARTS.length);
  const isWhole = ALLOCATION_PARTS.every((part) => order.includes(part));
  if (Array.isArray(value) && (!isWhole || order.length !== ALLOCATION_PARTS.length))
    faults.push(
      fault(
        place,
        'ORDER_EXPECTED',
        '须包含费用、罚息、利息、本金各一次',
        `Each of ${ALLOCATION_PARTS.join(', ')} is wanted once`,
      ),
    );
}

/** Members may be null: then the policy says. */
export function checkServicing(faults: Faults, value: unknown): void {
  const rules = checkMembers(faults, value, 'servicing', SERVICING);
  if (rules === null) return;
  for (const name of ['graceDays', 'principalFirstFromDays', 'coolingOffDays'] as const)
    if (rules[name] !== null)
      checkInteger(faults, rules[name], at('servicing', name), 0, MOST_DAYS);
  for (const name of ['compoundPenalty', 'coolingOffInterest'] as const)
    if (rules[name] !== null) checkBoolean(faults, rules[name], at('servicing', name));
  if (rules.holidayRule !== null)
    checkOneOf(faults, rules.holidayRule, 'servicing.holidayRule', HOLIDAY_RULES);
  if (rules.allocationOrder !== null) checkOrder(faults, rules.allocationOrder);
}

export function checkPurposes(faults: Faults, value: unknown): void {
  const purposes = checkList(faults, value, 'excludedPurposes', LOAN_PURPOSES.length);
  for (const [i, purpose] of purposes.entries())
    checkOneOf(faults, purpose, at('excludedPurposes', i), LOAN_PURPOSES);
}

const share = (value: unknown): Decimal | null =>
  typeof value === 'string' && /^(0\.\d{1,8}|1(\.0{1,8})?)$/.test(value) ? new D(value) : null;

/** Parts in which a loan is paid out: two at least, shares that sum to one, and days that grow from nothing. */
export function checkTranches(faults: Faults, value: unknown): void {
  if (value === null) return;
  const tranches = checkList(faults, value, 'tranches', MOST_TRANCHES);
  if (Array.isArray(value) && value.length < 2)
    faults.push(
      fault('tranches', 'TRANCHES_EXPECTED', '分次放款至少两次', 'At least two parts are wanted'),
    );
  let sum = new D(0);
  let before = -1;
  for (const [i, one] of tranches.entries()) {
    const place = at('tranches', i);
    const rule = checkMembers(faults, one, place, ['share', 'afterDays']);
    if (rule === null) return;
    const part = share(rule.share);
    if (part === null || part.isZero()) {
      faults.push(
        fault(
          at(place, 'share'),
          'SHARE_EXPECTED',
          '此处应为 0 与 1 之间的小数文本',
          'A decimal between 0 and 1 as text is wanted here',
        ),
      );
      return;
    }
    sum = sum.plus(part);
    const days = checkInteger(faults, rule.afterDays, at(place, 'afterDays'), 0, MOST_TRANCHE_DAYS);
    if (days === null) return;
    if (i === 0 ? days !== 0 : days <= before)
      faults.push(
        fault(
          at(place, 'afterDays'),
          'DAYS_DO_NOT_GROW',
          '首次为 0 天，其后逐次递增',
          'The first is at 0 days, and each that follows later than the one before',
        ),
      );
    before = days;
  }
  if (tranches.length > 0 && !sum.equals(1))
    faults.push(
      fault('tranches', 'SHARES_DO_NOT_SUM', '各次比例之和须为 1', 'The shares must sum to 1'),
    );
}
