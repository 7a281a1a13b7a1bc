/** Reads a strategy document: its shape first, then what its rules mean together; every fault with its place. */
import {
  checkBoolean,
  checkId,
  checkInteger,
  checkList,
  checkMembers,
  checkOneOf,
  checkText,
  type Faults,
} from './document-check.ts';
import { expressionFaults } from './expression-check.ts';
import { at, type Fault, fault, MOST_FAULTS, type Parsed } from './fault.ts';
import { GRADES } from './loan-terms.ts';
import { parseAnnualRate } from './rates.ts';
import { GAP_CODES, isReasonCode } from './reasons.ts';
import { strategyMeaningFaults } from './strategy-meaning.ts';
import { upgradeStrategy } from './strategy-upgrade.ts';
import { MAX_CASES, MAX_RULES, type Strategy, WHEN_ABSENT } from './strategy.ts';
import { VARIABLE_CATALOGUE } from './variable-catalogue.ts';

const MOST_FEN = 1_000_000_000_000;

function checkReason(faults: Faults, value: unknown, path: string, prefix: string): void {
  if (typeof value === 'string' && isReasonCode(value) && value.startsWith(prefix)) return;
  faults.push(
    fault(
      path,
      'REASON_EXPECTED',
      `此处应为以 ${prefix} 开头的原因代码`,
      `A reason code that starts with ${prefix} is wanted here`,
    ),
  );
}

function checkNames(faults: Faults, of: { zh: unknown; en: unknown }, path: string): void {
  checkText(faults, of.zh, at(path, 'zh'));
  checkText(faults, of.en, at(path, 'en'));
}

function checkRules(faults: Faults, list: unknown, path: string, prefix: 'KO_' | 'REFER_'): void {
  for (const [i, value] of checkList(faults, list, path, MAX_RULES).entries()) {
    const place = at(path, i);
    const rule = checkMembers(faults, value, place, [
      'id',
      'zh',
      'en',
      'reason',
      'when',
      'whenAbsent',
    ]);
    if (rule === null) continue;
    checkId(faults, rule.id, at(place, 'id'));
    checkNames(faults, rule, place);
    checkReason(faults, rule.reason, at(place, 'reason'), prefix);
    checkOneOf(faults, rule.whenAbsent, at(place, 'whenAbsent'), WHEN_ABSENT);
    faults.push(...expressionFaults(rule.when, at(place, 'when'), 'boolean'));
  }
}

function checkCutoffs(faults: Faults, value: unknown, path: string): void {
  const cutoffs = checkMembers(faults, value, path, ['autoApproveFrom', 'autoDeclineBelow']);
  if (cutoffs === null) return;
  checkInteger(faults, cutoffs.autoApproveFrom, at(path, 'autoApproveFrom'), -100_000, 100_000);
  checkInteger(faults, cutoffs.autoDeclineBelow, at(path, 'autoDeclineBelow'), -100_000, 100_000);
}

function checkLimits(faults: Faults, value: unknown, path: string): void {
  const limits = checkMembers(faults, value, path, GRADES);
  if (limits === null) return;
  for (const grade of GRADES) {
    const place = at(path, grade);
    const limit = checkMembers(faults, limits[grade], place, ['maxFen', 'incomeMonths']);
    if (limit === null) continue;
    checkInteger(faults, limit.maxFen, at(place, 'maxFen'), 0, MOST_FEN);
    checkInteger(faults, limit.incomeMonths, at(place, 'incomeMonths'), 0, 600);
  }
}

function checkPrices(faults: Faults, value: unknown, path: string): void {
  const table = checkMembers(faults, value, path, GRADES);
  if (table === null) return;
  for (const grade of GRADES) {
    const price = table[grade];
    if (price === null || price === 'PRODUCT') continue;
    if (typeof price === 'string' && parseAnnualRate(price) !== null) continue;
    faults.push(
      fault(
        at(path, grade),
        'PRICE_EXPECTED',
        '此处应为年利率（百分数文本）、PRODUCT 或 null',
        'A rate a year in percent as a text, PRODUCT or null is wanted here',
      ),
    );
  }
}

function checkPricing(faults: Faults, value: unknown, path: string): void {
  const pricing = checkMembers(faults, value, path, ['rateByGrade', 'segments']);
  if (pricing === null) return;
  checkPrices(faults, pricing.rateByGrade, at(path, 'rateByGrade'));
  const list = at(path, 'segments');
  for (const [i, item] of checkList(faults, pricing.segments, list, MAX_RULES).entries()) {
    const place = at(list, i);
    const segment = checkMembers(faults, item, place, ['id', 'zh', 'en', 'when', 'rateByGrade']);
    if (segment === null) continue;
    checkId(faults, segment.id, at(place, 'id'));
    checkNames(faults, segment, place);
    faults.push(...expressionFaults(segment.when, at(place, 'when'), 'boolean'));
    checkPrices(faults, segment.rateByGrade, at(place, 'rateByGrade'));
  }
}

function checkAuthority(faults: Faults, value: unknown, path: string): void {
  const authority = checkMembers(faults, value, path, ['autoApproveMaxFen', 'twoPersonAboveFen']);
  if (authority === null) return;
  for (const name of ['autoApproveMaxFen', 'twoPersonAboveFen'] as const)
    if (authority[name] !== null)
      checkInteger(faults, authority[name], at(path, name), 0, MOST_FEN);
}

const JSON_TYPES = { number: 'number', boolean: 'boolean', text: 'string' } as const;

function checkVariables(faults: Faults, value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.push(fault(path, 'OBJECT_EXPECTED', '此处应为对象', 'An object is wanted here'));
    return;
  }
  const catalogue: Readonly<Record<string, { readonly type: keyof typeof JSON_TYPES }>> =
    VARIABLE_CATALOGUE;
  for (const [name, given] of Object.entries(value)) {
    const place = at(path, name.slice(0, 60));
    const known = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
    if (known === undefined)
      faults.push(
        fault(
          place,
          'UNKNOWN_VARIABLE',
          '变量目录中没有该变量',
          'No such variable is in the catalogue',
        ),
      );
    else if (given !== null && typeof given !== JSON_TYPES[known.type])
      faults.push(
        fault(
          place,
          'TYPE_MISMATCH',
          '值的类型与变量不符',
          'The value does not have the type of the variable',
        ),
      );
  }
}

function checkExpectation(faults: Faults, value: unknown, path: string): void {
  const expected = checkMembers(faults, value, path, ['outcome', 'reasons', 'hits']);
  if (expected === null) return;
  checkOneOf(faults, expected.outcome, at(path, 'outcome'), ['APPROVE', 'DECLINE', 'REFER']);
  for (const [i, code] of checkList(faults, expected.reasons, at(path, 'reasons'), 4).entries())
    checkReason(faults, code, at(at(path, 'reasons'), i), '');
  for (const [i, id] of checkList(faults, expected.hits, at(path, 'hits'), MAX_RULES).entries())
    checkId(faults, id, at(at(path, 'hits'), i));
}

const CASE_MEMBERS = ['id', 'zh', 'en', 'like', 'variables', 'gaps', 'request', 'expect'] as const;
const REQUEST_MEMBERS = ['amountFen', 'termMonths', 'wantsPerson'] as const;

function checkCases(faults: Faults, list: unknown, path: string): void {
  const before = new Set<unknown>([null]);
  for (const [i, item] of checkList(faults, list, path, MAX_CASES).entries()) {
    const place = at(path, i);
    const one = checkMembers(faults, item, place, CASE_MEMBERS);
    if (one === null) continue;
    checkId(faults, one.id, at(place, 'id'));
    checkNames(faults, one, place);
    if (!before.has(one.like))
      faults.push(
        fault(
          at(place, 'like'),
          'UNKNOWN_CASE',
          '须为 null 或先前用例的标识',
          'null or the id of an earlier case is wanted here',
        ),
      );
    before.add(one.id);
    checkVariables(faults, one.variables, at(place, 'variables'));
    for (const [j, gap] of checkList(
      faults,
      one.gaps,
      at(place, 'gaps'),
      GAP_CODES.length,
    ).entries())
      checkReason(faults, gap, at(at(place, 'gaps'), j), 'GAP_');
    const request = checkMembers(faults, one.request, at(place, 'request'), REQUEST_MEMBERS);
    if (request !== null) {
      const where = at(place, 'request');
      checkInteger(faults, request.amountFen, at(where, 'amountFen'), 1, MOST_FEN);
      checkInteger(faults, request.termMonths, at(where, 'termMonths'), 1, 600);
      checkBoolean(faults, request.wantsPerson, at(where, 'wantsPerson'));
    }
    checkExpectation(faults, one.expect, at(place, 'expect'));
  }
}

const MEMBERS = [
  'format',
  'id',
  'version',
  'scorecard',
  'knockouts',
  'referrals',
  'cutoffs',
  'maxDebtRatioPercent',
  'limits',
  'pricing',
  'authority',
  'tests',
] as const;

function shapeFaults(value: unknown): readonly Fault[] {
  const faults: Faults = [];
  const document = checkMembers(faults, value, '', MEMBERS);
  if (document === null) return faults;
  if (document.format !== 2)
    faults.push(fault('format', 'FORMAT', '仅支持格式 2', 'Only format 2 is read'));
  checkId(faults, document.id, 'id');
  checkInteger(faults, document.version, 'version', 1, 1_000_000);
  if (
    typeof document.scorecard !== 'string' ||
    !/^[A-Z][A-Z0-9_]{0,47}@[1-9]\d{0,6}$/.test(document.scorecard)
  )
    faults.push(
      fault(
        'scorecard',
        'VERSION_EXPECTED',
        '此处应为“标识@版本”',
        'An `ID@version` is wanted here',
      ),
    );
  checkRules(faults, document.knockouts, 'knockouts', 'KO_');
  checkRules(faults, document.referrals, 'referrals', 'REFER_');
  checkCutoffs(faults, document.cutoffs, 'cutoffs');
  checkInteger(faults, document.maxDebtRatioPercent, 'maxDebtRatioPercent', 1, 100);
  checkLimits(faults, document.limits, 'limits');
  checkPricing(faults, document.pricing, 'pricing');
  checkAuthority(faults, document.authority, 'authority');
  checkCases(faults, document.tests, 'tests');
  return faults;
}

/** How many rules a document claims to have, without reading any. */
function claimedRules(document: unknown): number {
  if (typeof document !== 'object' || document === null) return 0;
  const { knockouts, referrals, pricing } = document as Readonly<Record<string, unknown>>;
  const segments =
    typeof pricing === 'object' && pricing !== null && 'segments' in pricing
      ? pricing.segments
      : [];
  return [knockouts, referrals, segments].reduce<number>(
    (sum, list) => sum + (Array.isArray(list) ? list.length : 0),
    0,
  );
}

/**
 * Reads a strategy document of either format. Gives every fault with its place, at most MOST_FAULTS of them; a document
 * with more rules than MAX_RULES gets that one fault alone, before anything in it is read. Total on any JSON value.
 */
export function parseStrategy(document: unknown): Parsed<'strategy', Strategy> {
  if (claimedRules(document) > MAX_RULES) {
    const zh = `规则总数超过 ${MAX_RULES} 条`;
    return {
      ok: false,
      faults: [fault('', 'TOO_MANY_RULES', zh, `There are more than ${MAX_RULES} rules`)],
    };
  }
  const upgraded = upgradeStrategy(document);
  const shape = shapeFaults(upgraded);
  if (shape.length > 0) return { ok: false, faults: shape.slice(0, MOST_FAULTS) };
  // Every member was just found to have the shape that the type states.
  const strategy = upgraded as Strategy;
  const meaning = strategyMeaningFaults(strategy);
  if (meaning.length > 0) return { ok: false, faults: meaning.slice(0, MOST_FAULTS) };
  return { ok: true, strategy };
}
