/** Reads a product document that people wrote: its shape, and what would make it unsellable; every fault with its place. */
import {
  checkId,
  checkInteger,
  checkList,
  checkMembers,
  checkOneOf,
  checkText,
  type Faults,
} from './document-check.ts';
import { at, fault, type Parsed } from './fault.ts';
import { DAY_COUNTS, GRADES, LENDER_TYPES, REPAYMENT_METHODS } from './loan-terms.ts';
import type { Product } from './products.ts';
import { parseAnnualRate } from './rates.ts';

const MEMBERS = [
  'code',
  'version',
  'zh',
  'en',
  'lenderType',
  'minAmountFen',
  'maxAmountFen',
  'amountStepFen',
  'termsMonths',
  'method',
  'dayCount',
  'rateByGrade',
  'fees',
  'contingent',
  'dualRecordingAboveFen',
  'effectiveFrom',
  'effectiveTo',
] as const satisfies readonly (keyof Product)[];

type Members = Readonly<Record<(typeof MEMBERS)[number], unknown>>;

const MOST_FEN = 1_000_000_000_000;
const MOST_MONTHS = 480;
const MOST_FEES = 20;
const MOST_TERMS = 60;

/** A percentage as decimal text, from 0 to below 1,000. */
function checkPercent(faults: Faults, value: unknown, path: string): void {
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

/** A day of the calendar, `YYYY-MM-DD`. */
export function checkDay(faults: Faults, value: unknown, path: string): void {
  const parsed = typeof value === 'string' ? /^\d{4}-\d{2}-\d{2}$/.test(value) : false;
  const instant = parsed ? new Date(`${String(value)}T00:00:00Z`) : null;
  if (
    instant !== null &&
    !Number.isNaN(instant.getTime()) &&
    instant.toISOString().startsWith(String(value))
  )
    return;
  faults.push(
    fault(
      path,
      'DAY_EXPECTED',
      '此处应为日期，如 2026-01-01',
      'A day is wanted, such as 2026-01-01',
    ),
  );
}

function checkRates(faults: Faults, value: unknown): void {
  const rates = checkMembers(faults, value, 'rateByGrade', GRADES);
  if (rates === null) return;
  for (const grade of GRADES) {
    const rate = rates[grade];
    if (rate === null || (typeof rate === 'string' && parseAnnualRate(rate) !== null)) continue;
    faults.push(
      fault(
        at('rateByGrade', grade),
        'RATE_EXPECTED',
        '此处应为年利率文本或 null',
        'A rate a year as text, or null, is wanted here',
      ),
    );
  }
  if (GRADES.every((grade) => rates[grade] === null))
    faults.push(fault('rateByGrade', 'NO_PRICE', '没有任何等级可以借款', 'No grade has a price'));
}

function checkFees(faults: Faults, value: unknown): void {
  for (const [i, one] of checkList(faults, value, 'fees', MOST_FEES).entries()) {
    const place = at('fees', i);
    const fee = checkMembers(faults, one, place, [
      'code',
      'zh',
      'en',
      'timing',
      'percent',
      'payee',
    ]);
    if (fee === null) continue;
    checkId(faults, fee.code, at(place, 'code'));
    for (const name of ['zh', 'en', 'payee'] as const)
      checkText(faults, fee[name], at(place, name));
    checkOneOf(faults, fee.timing, at(place, 'timing'), ['UPFRONT', 'PER_INSTALMENT']);
    checkPercent(faults, fee.percent, at(place, 'percent'));
  }
}

function checkAmounts(faults: Faults, of: Members): void {
  const least = checkInteger(faults, of.minAmountFen, 'minAmountFen', 1, MOST_FEN);
  const most = checkInteger(faults, of.maxAmountFen, 'maxAmountFen', 1, MOST_FEN);
  const step = checkInteger(faults, of.amountStepFen, 'amountStepFen', 1, MOST_FEN);
  if (of.dualRecordingAboveFen !== null)
    checkInteger(faults, of.dualRecordingAboveFen, 'dualRecordingAboveFen', 0, MOST_FEN);
  if (least === null || most === null || step === null) return;
  if (least > most)
    faults.push(
      fault(
        'minAmountFen',
        'RANGE_EMPTY',
        '最低金额高于最高金额',
        'The least amount is above the most',
      ),
    );
  if (least % step !== 0 || most % step !== 0)
    faults.push(
      fault(
        'amountStepFen',
        'STEP_DOES_NOT_FIT',
        '最低和最高金额须为步长的整数倍',
        'The least and the most amount must be multiples of the step',
      ),
    );
}

function checkTerms(faults: Faults, value: unknown): void {
  const terms = checkList(faults, value, 'termsMonths', MOST_TERMS);
  for (const [i, months] of terms.entries())
    checkInteger(faults, months, at('termsMonths', i), 1, MOST_MONTHS);
  if (Array.isArray(value) && (terms.length === 0 || new Set(terms).size !== terms.length))
    faults.push(
      fault(
        'termsMonths',
        'TERMS_EXPECTED',
        '期限不得为空或重复',
        'Terms are wanted, none of them twice',
      ),
    );
}

function checkContingent(faults: Faults, value: unknown): void {
  const names = ['penaltyMarkupPercent', 'misuseMarkupPercent', 'earlySettlementPercent'] as const;
  const costs = checkMembers(faults, value, 'contingent', names);
  if (costs === null) return;
  for (const name of names) checkPercent(faults, costs[name], at('contingent', name));
}

/** Total: whatever is given comes back as a product or as the faults that were found. */
export function parseProduct(document: unknown): Parsed<'product', Product> {
  const faults: Faults = [];
  const of = checkMembers(faults, document, '', MEMBERS);
  if (of !== null) {
    checkId(faults, of.code, 'code');
    checkInteger(faults, of.version, 'version', 1, 1_000_000);
    checkText(faults, of.zh, 'zh');
    checkText(faults, of.en, 'en');
    checkOneOf(faults, of.lenderType, 'lenderType', LENDER_TYPES);
    checkOneOf(faults, of.method, 'method', REPAYMENT_METHODS);
    checkOneOf(faults, of.dayCount, 'dayCount', DAY_COUNTS);
    checkAmounts(faults, of);
    checkTerms(faults, of.termsMonths);
    checkRates(faults, of.rateByGrade);
    checkFees(faults, of.fees);
    checkContingent(faults, of.contingent);
    checkDay(faults, of.effectiveFrom, 'effectiveFrom');
    if (of.effectiveTo !== null) checkDay(faults, of.effectiveTo, 'effectiveTo');
  }
  // Every member was just checked against what the type promises.
  return faults.length === 0 ? { ok: true, product: document as Product } : { ok: false, faults };
}
