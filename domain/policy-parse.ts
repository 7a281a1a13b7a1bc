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
const MOST_ITEMS = 50;
const MEMBERS = [
  'ruleId',
  'version',
  'value',
  'effectiveFrom',
  'effectiveTo',
  'lenderType',
  'source',
] as const;

/** Every rule with the values it is shipped with: the value of a row is built as one of them is. */
const SHIPPED = new Map<RuleId, unknown[]>();
for (const row of POLICY_ROWS)
  SHIPPED.set(row.ruleId, [...(SHIPPED.get(row.ruleId) ?? []), row.value]);
const RULE_IDS = [...SHIPPED.keys()];

const isDecimal = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{1,6}(\.\d{1,6})?$/.test(value);

const MEASURES = ['SIMPLE', 'COMPOUND', 'XIRR'];

/** A text built as the shipped one: a decimal, a measure of cost, or digits in the same places. */
function isTextLike(shipped: string, value: unknown): boolean {
  if (isDecimal(shipped)) return isDecimal(value);
  if (MEASURES.includes(shipped)) return MEASURES.includes(String(value));
  const shape = (text: string) => text.replaceAll(/\d/g, '0');
  return typeof value === 'string' && shape(value) === shape(shipped);
}

/** A list whose items are built as the first shipped one; the steps of a ladder begin at zero days. */
function isListLike(shipped: readonly unknown[], value: unknown): boolean {
  if (!Array.isArray(value) || value.length > MOST_ITEMS) return false;
  const items: readonly unknown[] = value;
  if (!items.every((item) => isLike(shipped[0], item, 'NAMES MAY DIFFER'))) return false;
  const starts = items.map(startOf).filter((start) => start !== null);
  return starts.length === items.length ? items.length === 0 || starts.includes(0) : true;
}

const startOf = (item: unknown): unknown =>
  typeof item === 'object' && item !== null && 'fromDays' in item ? item.fromDays : null;

function isObjectLike(shipped: object, value: unknown, names: Names): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const members = new Map(Object.entries(value));
  const wanted = Object.entries(shipped);
  return (
    members.size === wanted.length &&
    wanted.every(([name, one]) => {
      if (name === 'name' && names === 'NAMES MAY DIFFER')
        return typeof members.get(name) === 'string';
      return members.has(name) && isLike(one, members.get(name), names);
    })
  );
}

/** Whether a member `name` is a text of the author's own: that of a step is. */
type Names = 'NAMES MAY DIFFER' | 'AS SHIPPED';

/** True when a value is built as a shipped one is: amounts and days are whole and not negative. */
function isLike(shipped: unknown, value: unknown, names: Names = 'AS SHIPPED'): boolean {
  if (typeof shipped === 'number') return Number.isSafeInteger(value) && Number(value) >= 0;
  if (typeof shipped === 'string') return isTextLike(shipped, value);
  if (Array.isArray(shipped)) return isListLike(shipped, value);
  if (typeof shipped === 'object' && shipped !== null) return isObjectLike(shipped, value, names);
  return typeof value === typeof shipped && (shipped !== null || value === null);
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
  if (ruleId !== null && SHIPPED.get(ruleId)?.some((one) => isLike(one, row.value)) !== true)
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
