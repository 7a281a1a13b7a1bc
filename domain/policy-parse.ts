/** Reads a policy document that people wrote: rows of known rules with values of their kind, and none of them lost. */
import {
  checkInteger,
  checkList,
  checkMembers,
  checkOneOf,
  checkText,
  type Faults,
} from './document-check.ts';
import { at, fault, type Parsed } from './fault.ts';
import { LENDER_TYPES } from './loan-terms.ts';
import { POLICY_ROWS } from './policy-rows.ts';
import { policyAt, type PolicyRow, type RuleId } from './policy.ts';
import { checkDay } from './product-parse.ts';

const MOST_ROWS = 1_000;
const MEMBERS = [
  'ruleId',
  'version',
  'value',
  'effectiveFrom',
  'effectiveTo',
  'lenderType',
  'source',
] as const;

/** Every rule, with a shipped value of it: the value of a row is of the same kind. */
const SHIPPED: ReadonlyMap<RuleId, unknown> = new Map(
  POLICY_ROWS.map((row) => [row.ruleId, row.value]),
);
const RULE_IDS = [...SHIPPED.keys()];

const isDecimal = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{1,6}(\.\d{1,6})?$/.test(value);

function isStep(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'fromDays' in value &&
    Number.isSafeInteger(value.fromDays) &&
    Object.keys(value).length === 2
  );
}

/** A ladder starts at zero days, so that every day is on one of its steps. */
const isLadder = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length <= 50 &&
  value.every(isStep) &&
  value.some((step) => step.fromDays === 0);

const isCap = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'percent' in value &&
  isDecimal(value.percent) &&
  'measure' in value &&
  ['SIMPLE', 'COMPOUND', 'XIRR'].includes(String(value.measure)) &&
  Object.keys(value).length === 2;

/** True when a value is of the same kind as the shipped one of its rule. */
function isOfKind(shipped: unknown, value: unknown): boolean {
  if (typeof shipped === 'number') return Number.isSafeInteger(value) && Number(value) >= 0;
  if (typeof shipped === 'string') return isDecimal(value);
  return Array.isArray(shipped) ? isLadder(value) : isCap(value);
}

function checkRow(faults: Faults, value: unknown, place: string): void {
  const row = checkMembers(faults, value, place, MEMBERS);
  if (row === null) return;
  const ruleId = checkOneOf(faults, row.ruleId, at(place, 'ruleId'), RULE_IDS);
  checkInteger(faults, row.version, at(place, 'version'), 1, 1_000_000);
  checkDay(faults, row.effectiveFrom, at(place, 'effectiveFrom'));
  if (row.effectiveTo !== null) checkDay(faults, row.effectiveTo, at(place, 'effectiveTo'));
  checkOneOf(faults, row.lenderType, at(place, 'lenderType'), [...LENDER_TYPES, 'ANY']);
  checkText(faults, row.source, at(place, 'source'));
  if (ruleId !== null && !isOfKind(SHIPPED.get(ruleId), row.value))
    faults.push(
      fault(
        at(place, 'value'),
        'VALUE_EXPECTED',
        '取值的类型与该规则不符',
        'The value is not of the kind that this rule has',
      ),
    );
}

/** Rules that would have no value for a lender on the day: a loan must not go on under a rule that nobody has set. */
function checkCoverage(faults: Faults, rows: readonly PolicyRow[], day: string): void {
  for (const ruleId of RULE_IDS) {
    const bare = LENDER_TYPES.filter((lender) => {
      try {
        policyAt(rows, ruleId, day, lender);
        return false;
      } catch {
        return true;
      }
    });
    if (bare.length > 0)
      faults.push(
        fault(
          '',
          'RULE_WITHOUT_VALUE',
          `规则 ${ruleId} 在 ${day} 对 ${bare.join('、')} 没有取值`,
          `Rule ${ruleId} has no value on ${day} for ${bare.join(', ')}`,
        ),
      );
  }
}

/** Total. @param day the business day on which every rule must have a value, ISO */
export function parsePolicy(document: unknown, day: string): Parsed<'rows', readonly PolicyRow[]> {
  const faults: Faults = [];
  const rows = checkList(faults, document, '', MOST_ROWS);
  for (const [i, row] of rows.entries()) checkRow(faults, row, at('', i));
  // Without faults every row is what the type promises: a known rule with a value of its kind.
  if (faults.length === 0) checkCoverage(faults, rows as readonly PolicyRow[], day);
  return faults.length === 0
    ? { ok: true, rows: rows as readonly PolicyRow[] }
    : { ok: false, faults: faults.slice(0, 100) };
}
