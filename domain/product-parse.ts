/** Reads a product document that people wrote, of either format: its shape, and what would make it unsellable; every fault with its place. */
import { isIsoDate } from './calendar.ts';
import {
  checkId,
  checkInteger,
  checkList,
  checkMembers,
  checkOneOf,
  checkText,
  checkUnique,
  type Faults,
} from './document-check.ts';
import { at, fault, MOST_FAULTS, type Parsed } from './fault.ts';
import {
  DAY_COUNTS,
  FIXED_METHODS,
  GRADES,
  LENDER_TYPES,
  REPAYMENT_METHODS,
} from './loan-terms.ts';
import {
  checkContingent,
  checkPercent,
  checkPurposes,
  checkScheduleRules,
  checkServicing,
  checkTranches,
} from './product-parse-terms.ts';
import { unpricedTerms } from './product-policy.ts';
import { type ProductV1, upgradeProduct } from './product-upgrade.ts';
import type { Product } from './product.ts';
import { parseAnnualRate } from './rates.ts';
import { FEE_TIMINGS } from './schedule-terms.ts';

const MEMBERS_1 = [
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
] as const satisfies readonly (keyof ProductV1)[];

const MEMBERS_2 = [
  ...MEMBERS_1,
  'format',
  'termRates',
  'schedule',
  'servicing',
  'excludedPurposes',
] as const satisfies readonly (keyof Product)[];

type Members = Readonly<Record<(typeof MEMBERS_1)[number], unknown>>;
type Members2 = Readonly<Record<(typeof MEMBERS_2)[number], unknown>>;

const MOST_FEN = 1_000_000_000_000;
const MOST_MONTHS = 480;
const MOST_FEES = 20;
const MOST_TERMS = 60;

/** A day of the calendar, `YYYY-MM-DD`. */
export function checkDay(faults: Faults, value: unknown, path: string): void {
  if (typeof value === 'string' && isIsoDate(value)) return;
  faults.push(
    fault(
      path,
      'DAY_EXPECTED',
      '此处应为日期，如 2026-01-01',
      'A day is wanted, such as 2026-01-01',
    ),
  );
}

function checkRates(faults: Faults, value: unknown, place: string): void {
  const rates = checkMembers(faults, value, place, GRADES);
  if (rates === null) return;
  for (const grade of GRADES) {
    const rate = rates[grade];
    if (rate === null || (typeof rate === 'string' && parseAnnualRate(rate) !== null)) continue;
    faults.push(
      fault(
        at(place, grade),
        'RATE_EXPECTED',
        '此处应为年利率文本或 null',
        'A rate a year as text, or null, is wanted here',
      ),
    );
  }
}

interface Range {
  readonly place: string;
  readonly from: number;
  readonly to: number;
}

/** Reads the months of one range of terms; null where they are none. */
function rangeOf(faults: Faults, range: Record<'fromMonths' | 'toMonths', unknown>, place: string) {
  const from = checkInteger(faults, range.fromMonths, at(place, 'fromMonths'), 1, MOST_MONTHS);
  const to = checkInteger(faults, range.toMonths, at(place, 'toMonths'), 1, MOST_MONTHS);
  if (from === null || to === null) return null;
  if (from <= to) return { place, from, to };
  faults.push(
    fault(place, 'RANGE_EMPTY', '起始期限长于截止期限', 'The range begins after it ends'),
  );
  return null;
}

/** Prices of ranges of terms, of which no two may name the same term. */
function checkTermRates(faults: Faults, value: unknown): void {
  const ranges: Range[] = [];
  for (const [i, one] of checkList(faults, value, 'termRates', MOST_TERMS).entries()) {
    const place = at('termRates', i);
    const rates = checkMembers(faults, one, place, ['fromMonths', 'toMonths', 'rateByGrade']);
    if (rates === null) continue;
    checkRates(faults, rates.rateByGrade, at(place, 'rateByGrade'));
    const range = rangeOf(faults, rates, place);
    if (range === null) continue;
    if (ranges.some((other) => other.from <= range.to && range.from <= other.to))
      faults.push(
        fault(
          place,
          'TERMS_OVERLAP',
          '同一期限出现在两个区间',
          'A term stands in more than one range',
        ),
      );
    ranges.push(range);
  }
}

/** Every term has a price for some grade. */
function checkPrices(
  faults: Faults,
  product: Pick<Product, 'termsMonths' | 'rateByGrade' | 'termRates'>,
): void {
  const bare = unpricedTerms(product);
  if (bare.length === 0) return;
  const place = product.termRates.length === 0 ? 'rateByGrade' : 'termRates';
  faults.push(
    fault(
      place,
      'NO_PRICE',
      `期限 ${bare.join('、')} 个月没有任何等级可以借款`,
      `No grade has a price for the terms of ${bare.join(', ')} months`,
    ),
  );
}

const FEE_MEMBERS = ['code', 'zh', 'en', 'timing', 'payee'] as const;

function checkFee(faults: Faults, one: unknown, place: string, isFormat2: boolean): void {
  const size = isFormat2 && typeof one === 'object' && one !== null && 'amountFen' in one;
  const member = size ? 'amountFen' : 'percent';
  const fee = checkMembers(faults, one, place, [...FEE_MEMBERS, member]);
  if (fee === null) return;
  checkId(faults, fee.code, at(place, 'code'));
  for (const name of ['zh', 'en', 'payee'] as const) checkText(faults, fee[name], at(place, name));
  checkOneOf(
    faults,
    fee.timing,
    at(place, 'timing'),
    isFormat2 ? FEE_TIMINGS : ['UPFRONT', 'PER_INSTALMENT'],
  );
  if (size) checkInteger(faults, fee[member], at(place, member), 1, MOST_FEN);
  else checkPercent(faults, fee[member], at(place, member));
}

/** Fees, none of them twice: two fees of one code would be one on the disclosure. */
function checkFees(faults: Faults, value: unknown, isFormat2: boolean): void {
  const fees = checkList(faults, value, 'fees', MOST_FEES);
  for (const [i, one] of fees.entries()) checkFee(faults, one, at('fees', i), isFormat2);
  const codes = fees.flatMap((one, i) =>
    typeof one === 'object' && one !== null && 'code' in one && typeof one.code === 'string'
      ? [[at(at('fees', i), 'code'), one.code] as const]
      : [],
  );
  checkUnique(faults, codes);
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

function checkPeriodOfSale(faults: Faults, of: Members): void {
  checkDay(faults, of.effectiveFrom, 'effectiveFrom');
  if (of.effectiveTo === null) return;
  checkDay(faults, of.effectiveTo, 'effectiveTo');
  const { effectiveFrom, effectiveTo } = of;
  if (typeof effectiveFrom !== 'string' || typeof effectiveTo !== 'string') return;
  if (effectiveTo <= effectiveFrom)
    faults.push(
      fault('effectiveTo', 'RANGE_EMPTY', '停售日不晚于起售日', 'The sale ends before it begins'),
    );
}

/** What both formats have. */
function checkCommon(faults: Faults, of: Members, isFormat2: boolean): void {
  checkId(faults, of.code, 'code');
  checkInteger(faults, of.version, 'version', 1, 1_000_000);
  checkText(faults, of.zh, 'zh');
  checkText(faults, of.en, 'en');
  checkOneOf(faults, of.lenderType, 'lenderType', LENDER_TYPES);
  checkOneOf(faults, of.method, 'method', isFormat2 ? REPAYMENT_METHODS : FIXED_METHODS);
  checkOneOf(faults, of.dayCount, 'dayCount', DAY_COUNTS);
  checkAmounts(faults, of);
  checkTerms(faults, of.termsMonths);
  checkFees(faults, of.fees, isFormat2);
  checkPeriodOfSale(faults, of);
}

function parseFormat1(document: unknown): Parsed<'product', Product> {
  const faults: Faults = [];
  const of = checkMembers(faults, document, '', MEMBERS_1);
  if (of !== null) {
    checkCommon(faults, of, false);
    checkRates(faults, of.rateByGrade, 'rateByGrade');
    checkContingent(faults, of.contingent, false);
  }
  if (faults.length > 0) return { ok: false, faults };
  // Every member was just checked against what the type promises.
  const product = upgradeProduct(document as ProductV1);
  checkPrices(faults, product);
  return faults.length === 0 ? { ok: true, product } : { ok: false, faults };
}

function checkFormat2(faults: Faults, of: Members2): void {
  if (of.format !== 2)
    faults.push(fault('format', 'FORMAT_UNKNOWN', '仅支持格式 2', 'Format 2 is the known one'));
  checkCommon(faults, of, true);
  checkRates(faults, of.rateByGrade, 'rateByGrade');
  checkTermRates(faults, of.termRates);
  checkContingent(faults, of.contingent, true);
  checkScheduleRules(faults, of);
  checkServicing(faults, of.servicing);
  checkPurposes(faults, of.excludedPurposes);
  if ('tranches' in of) checkTranches(faults, of.tranches);
}

function parseFormat2(document: unknown): Parsed<'product', Product> {
  const faults: Faults = [];
  // Documents from before there were several payouts do not have the member, and pay out once.
  const of = checkMembers(faults, document, '', MEMBERS_2, ['tranches']);
  if (of !== null) checkFormat2(faults, of);
  // Every member was just checked against what the type promises.
  const product = document as Product;
  if (faults.length === 0) checkPrices(faults, product);
  return faults.length === 0 ? { ok: true, product } : { ok: false, faults };
}

/** Total: whatever is given comes back as a product of format 2 or as the faults that were found, at most `MOST_FAULTS`. */
export function parseProduct(document: unknown): Parsed<'product', Product> {
  const isFormat2 = typeof document === 'object' && document !== null && 'format' in document;
  const parsed = isFormat2 ? parseFormat2(document) : parseFormat1(document);
  return parsed.ok ? parsed : { ok: false, faults: parsed.faults.slice(0, MOST_FAULTS) };
}
