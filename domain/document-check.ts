/** Checks of the parts that every written document is made of: members, texts, whole numbers, choices and lists. */
import { at, type Fault, fault } from './fault.ts';

/** Where checks leave what they find. */
export type Faults = Fault[];

/** The members of an object with exactly these names, or null after saying what is wrong. Optional ones may be there too. */
export function checkMembers<K extends string>(
  faults: Faults,
  value: unknown,
  path: string,
  names: readonly K[],
  optional: readonly string[] = [],
): Readonly<Record<K, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.push(fault(path, 'OBJECT_EXPECTED', '此处应为对象', 'An object is wanted here'));
    return null;
  }
  for (const name of Object.keys(value)) {
    if (![...names, ...optional].includes(name))
      faults.push(
        fault(
          at(path, name.slice(0, 60)),
          'UNKNOWN_MEMBER',
          '不支持该字段',
          'This member is not known',
        ),
      );
  }
  const missing = names.filter((name) => !Object.hasOwn(value, name));
  for (const name of missing)
    faults.push(fault(at(path, name), 'MISSING_MEMBER', '缺少该字段', 'This member is missing'));
  // Every name was just found among the value's own members.
  return missing.length === 0 ? (value as Readonly<Record<K, unknown>>) : null;
}

/** The items of a list of at most `most`; empty after a fault. */
export function checkList(
  faults: Faults,
  value: unknown,
  path: string,
  most: number,
): readonly unknown[] {
  if (!Array.isArray(value)) {
    faults.push(fault(path, 'LIST_EXPECTED', '此处应为列表', 'A list is wanted here'));
    return [];
  }
  if (value.length > most) {
    faults.push(
      fault(
        path,
        'LIST_TOO_LONG',
        `列表不得超过 ${most} 项`,
        `The list has more than ${most} items`,
      ),
    );
    return [];
  }
  return value;
}

export function checkText(faults: Faults, value: unknown, path: string, most = 200): string | null {
  if (typeof value === 'string' && value.length > 0 && value.length <= most) return value;
  faults.push(
    fault(
      path,
      'TEXT_EXPECTED',
      `此处应为 1 至 ${most} 个字符的文本`,
      `A text of 1 to ${most} characters is wanted here`,
    ),
  );
  return null;
}

/** An identifier: capital letter, then capitals, digits and `_`; it stands in records and metrics. */
export function checkId(faults: Faults, value: unknown, path: string): string | null {
  if (typeof value === 'string' && /^[A-Z][A-Z0-9_]{0,47}$/.test(value)) return value;
  faults.push(
    fault(
      path,
      'ID_EXPECTED',
      '标识须以大写字母开头，由大写字母、数字和下划线组成，至多 48 个字符',
      'An id starts with a capital and has capitals, digits and _, at most 48',
    ),
  );
  return null;
}

export function checkInteger(
  faults: Faults,
  value: unknown,
  path: string,
  least: number,
  most: number,
): number | null {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most)
    return value;
  faults.push(
    fault(
      path,
      'INTEGER_EXPECTED',
      `此处应为 ${least} 至 ${most} 的整数`,
      `A whole number from ${least} to ${most} is wanted here`,
    ),
  );
  return null;
}

export function checkBoolean(faults: Faults, value: unknown, path: string): void {
  if (typeof value !== 'boolean')
    faults.push(
      fault(path, 'BOOLEAN_EXPECTED', '此处应为 true 或 false', 'true or false is wanted here'),
    );
}

export function checkOneOf<T extends string>(
  faults: Faults,
  value: unknown,
  path: string,
  choices: readonly T[],
): T | null {
  const found = choices.find((choice) => choice === value);
  if (found === undefined)
    faults.push(
      fault(
        path,
        'CHOICE_EXPECTED',
        '不在允许的取值之内',
        `One of ${choices.slice(0, 12).join(', ')} is wanted here`,
      ),
    );
  return found ?? null;
}

/** Says of every id that was met before where it stands. */
export function checkUnique(faults: Faults, ids: readonly (readonly [string, string])[]): void {
  const seen = new Set<string>();
  for (const [path, id] of ids) {
    if (seen.has(id))
      faults.push(fault(path, 'DUPLICATE_ID', '标识重复', 'This id is used before'));
    seen.add(id);
  }
}
