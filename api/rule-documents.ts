/** Documents of rules at the border: what cannot be kept is refused, their names are set, and each kind is parsed. */
import { canonicalJson } from '../domain/canonical-json.ts';
import { at, type Fault, fault } from '../domain/fault.ts';
import type { RuleKind } from '../domain/rule-life.ts';
import { sm3Hex } from '../platform/crypto/sm3.ts';
import type { FieldProblem } from './problem-response.ts';

/** Largest body of a draft: a strategy of 300 rules and 500 cases has a third of it. */
export const RULE_BODY_LIMIT = 512 * 1024;
/** Deepest nesting: conditions are 32 deep at most, and a document holds them a few levels down. */
const MOST_DEPTH = 64;

/** Half of a surrogate pair. */
const HALF = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** True for text that PostgreSQL does not keep: a null character, or half of a surrogate pair. */
const isUnkept = (text: string): boolean => text.includes('\0') || HALF.test(text);

interface Place {
  readonly value: unknown;
  readonly path: string;
  readonly depth: number;
}

function faultOf({ value, depth, path }: Place): Fault | null {
  if (depth > MOST_DEPTH)
    return fault(path, 'TOO_DEEP', '嵌套层数过多', `Nested deeper than ${MOST_DEPTH} levels`);
  if (typeof value === 'string' && isUnkept(value))
    return fault(
      path,
      'TEXT_UNKEPT',
      '文本含有不支持的字符',
      'The text has a character we do not keep',
    );
  if (typeof value === 'number' && !Number.isFinite(value))
    return fault(path, 'NUMBER_TOO_LARGE', '数值过大', 'The number is too large');
  return null;
}

function membersOf({ value, path, depth }: Place): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const hasNames = !Array.isArray(value);
  return Object.entries(value).flatMap(([name, member]) => {
    const place = at(path, hasNames ? name.slice(0, 60) : Number(name));
    const inside = { value: member, path: place, depth: depth + 1 };
    return hasNames ? [{ value: name, path: place, depth }, inside] : [inside];
  });
}

/** The first fault that keeps a document from being stored at all, or null; goes through it without recursion. */
export function storingFault(document: unknown): Fault | null {
  const open: Place[] = [{ value: document, path: '', depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const found = faultOf(next);
    if (found !== null) return found;
    open.push(...membersOf(next));
  }
  return null;
}

/** The document under the name and number it will be published by; a policy bears neither. */
export function named(document: unknown, kind: RuleKind, code: string, version: number): unknown {
  if (kind === 'POLICY' || typeof document !== 'object' || document === null) return document;
  if (Array.isArray(document)) return document;
  return kind === 'PRODUCT' ? { ...document, code, version } : { ...document, id: code, version };
}

/** Digest by which what was checked is what is approved: over canonical JSON, so that no storage changes it. */
export const documentSm3 = (document: unknown): string => sm3Hex(canonicalJson(document));

/** A fault's place, `knockouts[3].when`, as a JSON pointer into the request's document. */
function pointerOf(path: string): string {
  const parts = path.split(/[.[\]]+/).filter((part) => part !== '');
  return [
    '/document',
    ...parts.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')),
  ].join('/');
}

/** Faults as the problem answer lists them, in both languages. */
export function problemsOf(faults: readonly Fault[]): readonly FieldProblem[] {
  return faults.map(({ path, code, zh, en }) => ({ pointer: pointerOf(path), code, zh, en }));
}
